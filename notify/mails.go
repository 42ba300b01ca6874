package notify

import (
	"cmp"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/email/templates"
)

func receipt(r Reader, c billing.InvoicePaid) templates.Template {
	to := cmp.Or(r.Email, c.Email)
	if to == "" {
		return nil
	}
	i := c.Invoice
	return templates.Receipt{
		To: to, Person: r.Name, Language: r.Language, Zone: r.Zone,
		Invoice: cmp.Or(i.Number, i.ID), Description: i.Description, Amount: paid(i), PaidAt: when(i.PaidAt, i.Version.At),
		URL: i.HostedURL, PDFURL: i.PDF,
	}
}

// paid is what the payer gave. Old invoices tell only their total.
func paid(i billing.Invoice) frontdesk.Money {
	return frontdesk.Money{Amount: cmp.Or(i.AmountPaid, i.Total.Amount), Currency: i.Total.Currency}
}

func paymentReceipt(r Reader, c billing.PaymentSucceeded) templates.Template {
	to := cmp.Or(r.Email, c.Email)
	if to == "" {
		return nil
	}
	p := c.Payment
	return templates.Receipt{
		To: to, Person: r.Name, Language: r.Language, Zone: r.Zone,
		Invoice: p.ID, Description: p.Description, Amount: p.Amount, PaidAt: when(p.Version.At, p.Created),
	}
}

// invoiceSent asks for invoices that are paid by hand, which have a date until when. The
// others are collected without anybody's doing.
func invoiceSent(r Reader, c billing.InvoiceFinalized) templates.Template {
	i := c.Invoice
	to := cmp.Or(r.Email, c.Email)
	if to == "" || i.DueDate.IsZero() || i.HostedURL == "" {
		return nil
	}
	return templates.InvoiceSent{
		To: to, Person: r.Name, Language: r.Language, Zone: r.Zone,
		Invoice: cmp.Or(i.Number, i.ID), Description: i.Description, Amount: due(i), Due: i.DueDate, PayURL: i.HostedURL, PDFURL: i.PDF,
	}
}

func due(i billing.Invoice) frontdesk.Money {
	return frontdesk.Money{Amount: cmp.Or(i.AmountDue, i.Total.Amount), Currency: i.Total.Currency}
}

// paymentFailed is sent where there is a page to pay on. Who pays without an invoice
// is there to see the failure.
func (n *biller) paymentFailed(r Reader, c billing.PaymentFailed) templates.Template {
	to := cmp.Or(r.Email, c.Email)
	if to == "" || c.Invoice == nil {
		return nil
	}
	i := *c.Invoice
	page := cmp.Or(i.HostedURL, n.options.BillingURL)
	if page == "" {
		return nil
	}
	return templates.PaymentFailed{
		To: to, Person: r.Name, Language: r.Language, Zone: r.Zone,
		Invoice: cmp.Or(i.Number, i.ID), Amount: due(i), FailedAt: when(i.Version.At, i.Created), RetryAt: i.NextAttempt, PayURL: page,
	}
}

// canceled confirms the end of a subscription that had begun. Its object knows no
// address, so without a Reader's there is nobody to tell.
func (n *biller) canceled(r Reader, c billing.SubscriptionCanceled) templates.Template {
	if r.Email == "" || c.Subscription.Status != billing.SubscriptionStatusCanceled {
		return nil
	}
	return templates.SubscriptionCanceled{
		To: r.Email, Person: r.Name, Language: r.Language, Zone: r.Zone,
		Plan: n.options.Plan(c.Subscription), URL: n.options.BillingURL,
	}
}

// when is the first of the times that is known.
func when(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
