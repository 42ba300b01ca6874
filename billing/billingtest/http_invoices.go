package billingtest

import (
	"context"
	"iter"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var invoiceRoutes = map[string]endpoint{
	"POST /v1/invoices":                         createInvoice,
	"GET /v1/invoices":                          listInvoices,
	"GET /v1/invoices/upcoming":                 upcomingInvoice,
	"GET /v1/invoices/{id}":                     getInvoice,
	"DELETE /v1/invoices/{id}":                  deleteInvoice,
	"POST /v1/invoices/{id}/finalize":           advance(billing.InvoiceActionFinalize),
	"POST /v1/invoices/{id}/send":               advance(billing.InvoiceActionSend),
	"POST /v1/invoices/{id}/pay":                advance(billing.InvoiceActionPay),
	"POST /v1/invoices/{id}/void":               advance(billing.InvoiceActionVoid),
	"POST /v1/invoices/{id}/mark_uncollectible": advance(billing.InvoiceActionMarkUncollectible),
	"POST /v1/invoiceitems":                     createInvoiceItem,
	"DELETE /v1/invoiceitems/{id}":              deleteInvoiceItem,
}

// createInvoice creates a draft without items, which follow one by one.
func createInvoice(c *call) action {
	f := c.form
	params := billing.InvoiceParams{
		Customer: f.text("customer"), Description: f.text("description"), Metadata: f.pairs("metadata"),
		DaysUntilDue: f.number("days_until_due"),
	}
	if f.text("collection_method") == "send_invoice" && params.DaysUntilDue == 0 {
		f.fail("days_until_due", "is needed to send an invoice")
	}
	f.flag("auto_advance")
	if f.text("pending_invoice_items_behavior") == "include" {
		f.fail("pending_invoice_items_behavior", "must be exclude: there are no pending items here")
	}
	currency := frontdesk.Currency(f.text("currency"))
	r := writing("CreateInvoice", c.write, params, currency)
	return func(ctx context.Context) (any, error) {
		return perform(ctx, c.Provider, r, func(a *account) (*billing.Invoice, error) {
			return a.draftIn(params, currency)
		})
	}
}

// draftIn is a draft in a currency that no item tells yet: by default the
// customer's, which is taken to be US dollars.
func (a *account) draftIn(c billing.InvoiceParams, currency frontdesk.Currency) (*billing.Invoice, error) {
	drafted, err := a.draft(c, nil)
	if err != nil {
		return nil, err
	}
	if currency == "" {
		currency = "usd"
	}
	drafted.Total.Currency = currency
	return drafted, nil
}

func getInvoice(c *call) action {
	return func(ctx context.Context) (any, error) { return c.GetInvoice(ctx, c.ref()) }
}

func listInvoices(c *call) action {
	filter := billing.InvoiceFilter{
		Account: c.write.Account, Customer: c.form.text("customer"),
		Status: billing.InvoiceStatus(c.form.text("status")), Since: c.form.since(),
	}
	subscription := c.form.text("subscription")
	return listing(c, func(ctx context.Context) iter.Seq2[*billing.Invoice, error] {
		return kept(c.ListInvoices(ctx, filter), func(i *billing.Invoice) bool { return matches(subscription, i.Subscription) })
	})
}

func advance(to billing.InvoiceAction) endpoint {
	return func(c *call) action {
		return func(ctx context.Context) (any, error) { return c.AdvanceInvoice(ctx, c.write, c.id, to) }
	}
}

func upcomingInvoice(c *call) action {
	c.id = c.form.text("subscription")
	u := c.form.subscriptionUpdate("subscription_items", "subscription_")
	if c.form.has("subscription_cancel_at") && c.form.text("subscription_cancel_at") == "" {
		no := false
		u.CancelAtPeriodEnd = &no
	}
	return func(ctx context.Context) (any, error) { return c.PreviewUpdate(ctx, c.ref(), u) }
}

func createInvoiceItem(c *call) action {
	f := c.form
	id, customer := f.text("invoice"), f.text("customer")
	if id == "" {
		f.fail("invoice", "is needed: there are no pending items here")
	}
	item := billing.InvoiceItem{
		Description: f.text("description"), Price: f.text("price"), Quantity: f.number("quantity"),
		Amount: f.money("amount", "currency"),
	}
	if f.has("unit_amount") {
		item.Amount = f.money("unit_amount", "currency")
	}
	r := writing(MethodCreateInvoiceItem, c.write, id, customer, item)
	return func(ctx context.Context) (any, error) {
		return perform(ctx, c.Provider, r, func(a *account) (object, error) { return a.addInvoiceItem(id, customer, item) })
	}
}

func (a *account) addInvoiceItem(id, customer string, item billing.InvoiceItem) (object, error) {
	inv, err := a.draftNamed(id)
	if err != nil {
		return nil, err
	}
	if inv.Customer != customer {
		return nil, absent("invoice", "invoice", id)
	}
	line, err := a.invoiceLine(item)
	if err != nil {
		return nil, err
	}
	if len(inv.Lines) == 0 {
		inv.Total.Currency = line.Amount.Currency
	}
	if err := inv.add(line); err != nil {
		return nil, err
	}
	return object{
		"id": line.ID, "object": "invoiceitem", "invoice": id, "customer": customer,
		"amount": units(line.Amount), "currency": line.Amount.Currency,
	}, nil
}

// draftNamed finds a draft that a parameter names.
func (a *account) draftNamed(id string) (*invoice, error) {
	inv, ok := a.invoices.get(id)
	switch {
	case !ok:
		return nil, absent("invoice", "invoice", id)
	case inv.Status != billing.InvoiceStatusDraft:
		return nil, wrongState("invoice_not_editable", "The invoice "+id+" is no draft.")
	}
	return inv, nil
}

func deleteInvoiceItem(c *call) action {
	r := writing("DeleteInvoiceItem", c.write, c.id)
	return func(ctx context.Context) (any, error) {
		return perform(ctx, c.Provider, r, func(a *account) (object, error) { return a.deleteInvoiceItem(c.id) })
	}
}

func (a *account) deleteInvoiceItem(id string) (object, error) {
	for inv := range a.invoices.oldest() {
		i := slices.IndexFunc(inv.Lines, func(l billing.InvoiceLine) bool { return l.ID == id })
		if i < 0 || inv.Status != billing.InvoiceStatusDraft {
			continue
		}
		inv.Total.Amount -= inv.Lines[i].Amount.Amount
		inv.AmountDue = max(inv.Total.Amount, 0)
		inv.Lines = slices.Delete(inv.Lines, i, i+1)
		return object{"id": id, "object": "invoiceitem", "deleted": true}, nil
	}
	return nil, missing("invoiceitem", id)
}

func deleteInvoice(c *call) action {
	r := writing("DeleteInvoice", c.write, c.id)
	return func(ctx context.Context) (any, error) {
		return perform(ctx, c.Provider, r, func(a *account) (object, error) { return a.deleteDraft(c.id) })
	}
}

func (a *account) deleteDraft(id string) (object, error) {
	inv, err := a.invoices.find("invoice", id)
	switch {
	case err != nil:
		return nil, err
	case inv.Status != billing.InvoiceStatusDraft || inv.Subscription != "":
		return nil, wrongState("invoice_not_editable", "You can only delete draft invoices that belong to no subscription.")
	}
	a.invoices.remove(id)
	a.emit("invoice.deleted", &inv.Invoice, nil)
	return object{"id": id, "object": "invoice", "deleted": true}, nil
}
