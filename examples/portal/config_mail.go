package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email/smtp"
)

// defaultSender is who writes the portal's mails unless MAIL_FROM says otherwise.
const defaultSender = portalName + " <portal@frontdesk.example>"

// mailConfig is the mail provider. Without a key and without a server it is the mailbox
// in memory.
type mailConfig struct {
	key     frontdesk.Secret   // Resend's
	secrets []frontdesk.Secret // of its webhook endpoint
	apiBase string
	server  *smtp.Options
	from    mail.Address
}

// inMemory reports whether mails reach nobody.
func (c mailConfig) inMemory() bool { return c.key.IsZero() && c.server == nil }

func readMail(getenv func(string) string) (mailConfig, error) {
	c := mailConfig{
		key:     frontdesk.NewSecret(strings.TrimSpace(getenv("RESEND_API_KEY"))),
		apiBase: strings.TrimSpace(getenv("RESEND_API_BASE")),
	}
	for _, s := range words(getenv("RESEND_WEBHOOK_SECRET")) {
		c.secrets = append(c.secrets, frontdesk.NewSecret(s))
	}
	from, err := mail.ParseAddress(cmp.Or(strings.TrimSpace(getenv("MAIL_FROM")), defaultSender))
	if err != nil {
		return c, errors.New("MAIL_FROM must be an address such as Frontdesk <portal@frontdesk.example>")
	}
	c.from = *from
	if c.server, err = readSMTP(getenv); err != nil {
		return c, err
	}
	switch {
	case !c.key.IsZero() && c.server != nil:
		return c, errors.New("RESEND_API_KEY and SMTP_URL are both set; one of them sends the mails")
	case c.key.IsZero() && c.apiBase != "":
		return c, errors.New("RESEND_API_BASE is set without RESEND_API_KEY")
	case c.key.IsZero() && len(c.secrets) > 0:
		return c, errors.New("RESEND_WEBHOOK_SECRET is set without RESEND_API_KEY")
	}
	return c, nil
}

func readSMTP(getenv func(string) string) (*smtp.Options, error) {
	text := strings.TrimSpace(getenv("SMTP_URL"))
	if text == "" {
		return nil, nil
	}
	o, err := smtp.ParseURL(text)
	if err != nil {
		return nil, fmt.Errorf("SMTP_URL: %w", err)
	}
	return &o, nil
}
