package billingtest

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// invoice is an invoice with what billing.Invoice does not show.
type invoice struct {
	billing.Invoice
	manual  bool // sent to be paid by hand, rather than charged
	days    int64
	retries int // collections that followed the first
}

// GetInvoice returns an invoice.
func (p *Provider) GetInvoice(ctx context.Context, ref billing.Ref) (*billing.Invoice, error) {
	if err := mustID(ref.ID); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("GetInvoice", ref.Account), func(a *account) (*billing.Invoice, error) {
		return a.shownInvoice(ref.ID)
	})
}

// ListInvoices lists invoices, newest first.
func (p *Provider) ListInvoices(ctx context.Context, f billing.InvoiceFilter) iter.Seq2[*billing.Invoice, error] {
	return list(ctx, p, "ListInvoices", f.Account, func(a *account) ([]*billing.Invoice, error) {
		return clones(shown(a.invoices.newest(), invoiceOf), func(i *billing.Invoice) bool {
			return matches(f.Customer, i.Customer) && matches(f.Status, i.Status) && !i.Created.Before(f.Since)
		})
	})
}

// CreateInvoice creates a draft with its items.
func (p *Provider) CreateInvoice(ctx context.Context, w billing.Write, c billing.InvoiceParams) (*billing.Invoice, error) {
	if err := mustWrite(w, c.Customer); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CreateInvoice", w, c), func(a *account) (*billing.Invoice, error) {
		lines, err := a.invoiceLines(c.Items)
		if err != nil {
			return nil, err
		}
		return a.draft(c, lines)
	})
}

// AdvanceInvoice finalizes, sends, pays, voids or writes off an invoice.
func (p *Provider) AdvanceInvoice(ctx context.Context, w billing.Write, id string, action billing.InvoiceAction) (*billing.Invoice, error) {
	if err := mustWrite(w, id); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("AdvanceInvoice", w, id, action), func(a *account) (*billing.Invoice, error) {
		return a.advanceInvoice(id, action)
	})
}

func invoiceOf(i *invoice) *billing.Invoice { return &i.Invoice }

func (a *account) shownInvoice(id string) (*billing.Invoice, error) {
	inv, err := a.invoices.find("invoice", id)
	if err != nil {
		return nil, err
	}
	return &inv.Invoice, nil
}

// draft creates an invoice that belongs to no subscription.
func (a *account) draft(c billing.InvoiceParams, lines []billing.InvoiceLine) (*billing.Invoice, error) {
	customer, err := a.livingCustomer("customer", c.Customer)
	if err != nil {
		return nil, err
	}
	inv := &invoice{manual: c.DaysUntilDue > 0, days: c.DaysUntilDue, Invoice: billing.Invoice{
		Header: a.header(a.newID("in"), customer.ID, c.Metadata),
		Status: billing.InvoiceStatusDraft, Email: customer.Email, Description: c.Description,
	}}
	if inv.manual {
		inv.DueDate = a.second().AddDate(0, 0, int(c.DaysUntilDue))
	}
	if err := inv.add(lines...); err != nil {
		return nil, err
	}
	a.invoices.put(inv.ID, inv)
	a.emit("invoice.created", &inv.Invoice, nil)
	return &inv.Invoice, nil
}

// add appends lines and keeps the sums right.
func (i *invoice) add(lines ...billing.InvoiceLine) error {
	for _, line := range lines {
		if i.Total.Currency != "" && i.Total.Currency != line.Amount.Currency {
			return invalid("currency", "must be the same on all items of an invoice")
		}
		i.Total.Currency = line.Amount.Currency
		i.Total.Amount += line.Amount.Amount
		i.Lines = append(i.Lines, line)
	}
	i.AmountDue = max(i.Total.Amount, 0)
	return nil
}

func (a *account) invoiceLines(items []billing.InvoiceItem) ([]billing.InvoiceLine, error) {
	var lines []billing.InvoiceLine
	for _, item := range items {
		line, err := a.invoiceLine(item)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func (a *account) invoiceLine(item billing.InvoiceItem) (billing.InvoiceLine, error) {
	line := billing.InvoiceLine{ID: a.newID("il"), Description: item.Description, Quantity: max(item.Quantity, 1)}
	if item.Price == "" {
		if !item.Amount.Currency.Valid() {
			return line, invalid("currency", "must be a currency")
		}
		line.Amount = a.money(item.Amount.Amount*line.Quantity, item.Amount.Currency)
		return line, nil
	}
	price, err := a.usablePrice("price", item.Price)
	if err != nil {
		return line, err
	}
	line.Price = price.ID
	line.Amount = a.money(price.Unit.Amount*line.Quantity, price.Unit.Currency)
	line.Description = orElse(line.Description, a.priceName(price))
	return line, nil
}

func (a *account) advanceInvoice(id string, action billing.InvoiceAction) (*billing.Invoice, error) {
	inv, err := a.invoices.find("invoice", id)
	if err != nil {
		return nil, err
	}
	switch action {
	case billing.InvoiceActionFinalize:
		err = a.finalizeDraft(inv)
	case billing.InvoiceActionSend:
		err = a.sendInvoice(inv)
	case billing.InvoiceActionPay:
		err = a.payInvoice(inv)
	case billing.InvoiceActionVoid:
		err = a.closeInvoice(inv, billing.InvoiceStatusVoid, "invoice.voided")
	case billing.InvoiceActionMarkUncollectible:
		err = a.closeInvoice(inv, billing.InvoiceStatusUncollectible, "invoice.marked_uncollectible")
	default:
		err = invalid("action", "must be one of the invoice actions")
	}
	return &inv.Invoice, err
}

func (a *account) finalizeDraft(inv *invoice) error {
	if inv.Status != billing.InvoiceStatusDraft {
		return wrongState("invoice_not_editable", "This invoice is already finalized, you can't re-finalize a non-draft invoice.")
	}
	a.finalize(inv)
	return nil
}

// finalize gives a draft its number and its payment. One of nothing is paid at once.
func (a *account) finalize(inv *invoice) {
	a.serial++
	inv.Number = fmt.Sprintf("%s-%04d", inv.serialPrefix(), a.serial)
	inv.HostedURL = a.options.Pages + "/invoices/" + inv.ID
	inv.PDF = inv.HostedURL + ".pdf"
	if inv.manual {
		inv.DueDate = a.second().AddDate(0, 0, int(inv.days))
	}
	inv.Status = billing.InvoiceStatusOpen
	if inv.AmountDue == 0 {
		a.emit("invoice.finalized", &inv.Invoice, nil)
		a.settleInvoice(inv, 0)
		return
	}
	pay := a.newPayment(inv.Customer, a.money(inv.AmountDue, inv.Total.Currency), nil)
	pay.Invoice, pay.Email = inv.ID, inv.Email
	inv.Payment = pay.ID
	a.emit("payment_intent.created", &pay.Payment, nil)
	a.emit("invoice.finalized", &inv.Invoice, nil)
}

func (i *invoice) serialPrefix() string {
	if i.Subscription != "" {
		return "SUB"
	}
	return "INV"
}

func (a *account) sendInvoice(inv *invoice) error {
	switch {
	case !inv.manual:
		return wrongState("", "You can only manually send an invoice if its collection method is 'send_invoice'.")
	case inv.Status == billing.InvoiceStatusDraft:
		a.finalize(inv)
	case inv.Status != billing.InvoiceStatusOpen:
		return wrongState("invoice_not_editable", "You can only send an open invoice.")
	}
	a.emit("invoice.sent", &inv.Invoice, nil)
	return nil
}

// payInvoice is an attempt to collect that somebody asks for.
func (a *account) payInvoice(inv *invoice) error {
	switch inv.Status {
	case billing.InvoiceStatusDraft:
		a.finalize(inv)
		if inv.Status == billing.InvoiceStatusPaid {
			return nil
		}
	case billing.InvoiceStatusOpen, billing.InvoiceStatusUncollectible:
	case billing.InvoiceStatusPaid:
		return wrongState("invoice_already_paid", "Invoice is already paid")
	default:
		return wrongState("invoice_not_editable", "You can only pay an open invoice.")
	}
	return a.collect(inv)
}

// collect charges an open invoice to what its subscription or customer pays with.
func (a *account) collect(inv *invoice) error {
	pay := a.payments.rows[inv.Payment]
	if pay.Status == billing.PaymentStatusProcessing {
		return unexpectedPayment(pay)
	}
	pay.method = a.methodFor(inv)
	if inv.Attempts == 0 {
		inv.Attempts = 1
	}
	err := a.chargeInvoice(pay)
	a.follow(pay)
	return err
}

// chargeInvoice charges what is stored; when nothing is, the payment fails as a
// declined one does, but the answer to somebody who asked tells it apart.
func (a *account) chargeInvoice(pay *payment) error {
	if pay.method == "" {
		a.fail(pay, decline{code: "missing"})
		return wrongState("", "There is no `default_payment_method` set on this Customer or Invoice.")
	}
	return a.charge(pay, false)
}

func (a *account) methodFor(inv *invoice) string {
	if sub, ok := a.subscriptions.get(inv.Subscription); ok && sub.method != "" {
		if m, ok := a.methods.get(sub.method); ok && m.Customer != "" {
			return sub.method
		}
	}
	if c, ok := a.customers.get(inv.Customer); ok {
		return c.DefaultPaymentMethod
	}
	return ""
}

// followInvoice makes the invoice what its payment has become.
func (a *account) followInvoice(inv *invoice, pay *payment) {
	if inv.Status.Terminal() {
		return
	}
	before := clone(&inv.Invoice)
	open := inv.Status == billing.InvoiceStatusOpen // one that was written off shows no failure
	switch pay.Status {
	case billing.PaymentStatusSucceeded:
		a.settleInvoice(inv, pay.Received)
		return
	case billing.PaymentStatusRequiresAction:
		inv.NeedsAction, inv.Failed = open, false
		a.emit("invoice.updated", &inv.Invoice, before)
		a.emit("invoice.payment_action_required", &inv.Invoice, nil)
	case billing.PaymentStatusRequiresPaymentMethod:
		inv.NeedsAction, inv.Failed = false, open
		inv.NextAttempt = a.nextAttempt(inv)
		a.emit("invoice.updated", &inv.Invoice, before)
		a.emit("invoice.payment_failed", &inv.Invoice, nil)
	default:
		inv.NeedsAction, inv.Failed = false, false
		a.emit("invoice.updated", &inv.Invoice, before)
	}
	a.followSubscription(inv)
}

// settleInvoice marks an invoice paid.
func (a *account) settleInvoice(inv *invoice, amount int64) {
	before := clone(&inv.Invoice)
	inv.Status, inv.AmountPaid, inv.AmountDue = billing.InvoiceStatusPaid, amount, max(inv.Total.Amount, 0)
	inv.NeedsAction, inv.Failed, inv.NextAttempt, inv.PaidAt = false, false, time.Time{}, a.second()
	a.followSubscription(inv)
	a.emit("invoice.updated", &inv.Invoice, before)
	a.emit("invoice.paid", &inv.Invoice, nil)
	a.emit("invoice.payment_succeeded", &inv.Invoice, nil)
}

// closeInvoice voids an invoice or writes it off.
func (a *account) closeInvoice(inv *invoice, to billing.InvoiceStatus, event string) error {
	written := inv.Status == billing.InvoiceStatusUncollectible && to == billing.InvoiceStatusVoid
	if inv.Status != billing.InvoiceStatusOpen && !written {
		return wrongState("invoice_not_editable", "The invoice is "+string(inv.Status)+", only open ones can become "+string(to)+".")
	}
	before := clone(&inv.Invoice)
	inv.Status, inv.NextAttempt, inv.Failed, inv.NeedsAction = to, time.Time{}, false, false
	if pay, ok := a.payments.get(inv.Payment); ok && to == billing.InvoiceStatusVoid && !pay.Status.Terminal() {
		pay.Status = billing.PaymentStatusCanceled
		a.emit("payment_intent.canceled", &pay.Payment, nil)
	}
	a.emit("invoice.updated", &inv.Invoice, before)
	a.emit(event, &inv.Invoice, nil)
	return nil
}

// PayOutside is the customer who pays an open invoice, on its page.
func (p *Provider) PayOutside(invoiceID string) error {
	return p.drive(func() error {
		a, inv, err := owner(p, invoiceID, func(a *account) *table[*invoice] { return &a.invoices })
		if err != nil {
			return err
		}
		if inv.Status != billing.InvoiceStatusOpen && inv.Status != billing.InvoiceStatusUncollectible {
			return wrongState("invoice_not_editable", "The invoice is "+string(inv.Status)+".")
		}
		pay := a.payments.rows[inv.Payment]
		pay.method = a.addMethod(billing.PaymentMethod{Customer: inv.Customer}).ID
		err = a.charge(pay, false)
		a.follow(pay)
		return err
	})
}

// times is the amount of several units.
func times(unit frontdesk.Money, quantity int64) frontdesk.Money {
	return frontdesk.Money{Amount: unit.Amount * quantity, Currency: unit.Currency}
}
