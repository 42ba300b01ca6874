package main

import (
	"cmp"
	"context"
	"io"
	_ "time/tzdata" // mails tell times in their reader's zone, also on machines that have none

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/templates"
	"github.com/frontdesk-go/frontdesk/notify"
	"github.com/frontdesk-go/frontdesk/store"
)

// portalName is what people know the portal as.
const portalName = "Frontdesk"

// openMail is all that a host needs for mails: who sends them, how they look, and which
// of them follow from billing.
func (p *portal) openMail(st *store.DB) (err error) {
	if p.mailer, p.mailbox, err = openMailer(p.config, p.now, p.log); err != nil {
		return err
	}
	if p.mails, err = templates.New(&templates.Options{Brand: p.brand()}); err != nil {
		return err
	}
	p.mail = email.New(p.mailer, st.Email(), &email.Options{From: p.mailing.from, Clock: p.now, Logger: p.log})
	p.mailed = notify.Billing(p.mail, &notify.BillingOptions{
		Set: p.mails, Reader: p.reader, Plan: planName, BillingURL: p.appURL + "/portal/", Logger: p.log,
	})
	if p.mailbox != nil {
		p.mailbox.SendTo(p.mail)
	}
	return nil
}

func (p *portal) brand() templates.Brand {
	return templates.Brand{Name: portalName, URL: p.appURL + "/portal/", Color: "#3152db", DarkColor: "#5069ec"}
}

// reader is who gets a client's mails. A real host asks its own user table.
func (p *portal) reader(_ context.Context, client string) (notify.Reader, error) {
	who, ok := p.people.find(string(frontdesk.RoleClient) + ":" + client)
	if !ok {
		return notify.Reader{}, nil // then the mail goes to the address that the payment provider has
	}
	return notify.Reader{Email: who.email(), Name: who.Contact, Language: who.Language, Zone: who.Zone}, nil
}

// planNames are what clients call what they subscribe to.
var planNames = map[string]string{demoPrice: "Growth"}

func planName(s billing.Subscription) string {
	for _, i := range s.Items {
		return cmp.Or(planNames[i.Price], i.Lookup, i.Product, i.Price)
	}
	return s.ID
}

// closeMail ends the connections that a mailer keeps.
func (p *portal) closeMail() error {
	if c, ok := p.mailer.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
