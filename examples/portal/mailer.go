package main

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
	"github.com/frontdesk-go/frontdesk/email/resend"
	"github.com/frontdesk-go/frontdesk/email/smtp"
)

// openMailer returns Resend, the SMTP server, or the mailbox in memory, which is then
// also the second result.
func openMailer(c config, now func() time.Time, log *slog.Logger) (email.Mailer, *emailtest.Mailbox, error) {
	switch {
	case c.mailing.inMemory():
		if !c.demo {
			log.Warn("neither RESEND_API_KEY nor SMTP_URL is set: mails stay in memory, and reach nobody")
		}
		box := emailtest.NewMailbox()
		box.Advance(c.ahead)
		return box, box, nil
	case c.mailing.server != nil:
		o := *c.mailing.server
		o.Clock = now
		m, err := smtp.New(o)
		if err != nil {
			return nil, nil, fmt.Errorf("SMTP_URL: %w", err)
		}
		return m, nil, nil
	}
	m, err := resend.New(c.mailing.key.Reveal(), &resend.Options{
		WebhookSecrets: c.mailing.secrets, BaseURL: c.mailing.apiBase, Logger: log, Clock: now,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("RESEND_API_KEY, RESEND_WEBHOOK_SECRET or RESEND_API_BASE: %w", err)
	}
	return m, nil, nil
}
