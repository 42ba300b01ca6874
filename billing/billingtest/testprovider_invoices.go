package billingtest

import (
	"fmt"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var invoiceRules = []providerRule{
	{"a new invoice is a draft with all its items", checkDraft},
	{"a repeated key creates one invoice with its items once", checkDraftOnce},
	{"an invoice with an unknown price is NotFound and leaves nothing", checkDraftUnknownPrice},
	{"a finalized invoice has a number, a page and a payment", checkFinalize},
	{"an invoice is charged to the customer's default card", checkPayInvoice},
	{"a declined card leaves the invoice open", checkPayDeclined},
	{"an invoice cannot be paid without a way to pay", checkPayNothing},
	{"an invoice is sent to be paid by hand", checkSend},
	{"an invoice that is charged cannot be sent", checkSendCharged},
	{"a void invoice stays void", checkVoid},
	{"an invoice that was written off can still be paid", checkUncollectible},
	{"a paid invoice cannot be paid or voided", checkPaidIsFinal},
	{"an invoice of nothing is paid when it is finalized", checkZeroInvoice},
	{"invoices are listed by customer, status and time", checkListInvoices},
}

// invoice creates a draft of 25 euros.
func (t *providerTest) invoice(customer *billing.Customer, days int64) *billing.Invoice {
	t.Helper()
	return ask(t.p.CreateInvoice(t.ctx, t.write(), billing.InvoiceParams{
		Customer: customer.ID, DaysUntilDue: days, Description: "March", Metadata: map[string]string{"client": "acme"},
		Items: []billing.InvoiceItem{{Description: "Setup", Amount: euros(1000)}, {Description: "Hours", Amount: euros(500), Quantity: 3}},
	})).must(t)
}

func (t *providerTest) advance(inv *billing.Invoice, a billing.InvoiceAction) answer[*billing.Invoice] {
	return ask(t.p.AdvanceInvoice(t.ctx, t.write(), inv.ID, a))
}

func checkDraft(t *providerTest) {
	c := t.customer()
	inv := ask(t.p.GetInvoice(t.ctx, t.invoice(c, 0).Ref)).must(t)
	equal(t, "the status", inv.Status, billing.InvoiceStatusDraft)
	equal(t, "the customer", inv.Customer, c.ID)
	equal(t, "the total", inv.Total, euros(2500))
	equal(t, "what is due", inv.AmountDue, 2500)
	equal(t, "the description", inv.Description, "March")
	equal(t, "the metadata", inv.Metadata["client"], "acme")
	equal(t, "the email", inv.Email, c.Email)
	var texts []string
	for _, line := range inv.Lines {
		texts = append(texts, line.Description)
	}
	equal(t, "the lines", fmt.Sprint(texts), "[Setup Hours]")
}

func checkDraftOnce(t *providerTest) {
	c, w := t.customer(), t.write()
	params := billing.InvoiceParams{Customer: c.ID, Items: []billing.InvoiceItem{{Price: t.price(single), Quantity: 2}}}
	first := ask(t.p.CreateInvoice(t.ctx, w, params)).must(t)
	again := ask(t.p.CreateInvoice(t.ctx, w, params)).must(t)
	equal(t, "the second id", again.ID, first.ID)
	equal(t, "the total", again.Total, euros(3000))
	equal(t, "the number of lines", len(again.Lines), 1)
	equal(t, "the price", again.Lines[0].Price, single)
}

func checkDraftUnknownPrice(t *providerTest) {
	c := t.customer()
	params := billing.InvoiceParams{Customer: c.ID, Items: []billing.InvoiceItem{
		{Description: "Setup", Amount: euros(1000)}, {Price: "price_unknown"},
	}}
	ask(t.p.CreateInvoice(t.ctx, t.write(), params)).refused(t, frontdesk.NotFound)
	equal(t, "the number of invoices", len(listed(t, t.p.ListInvoices(t.ctx, billing.InvoiceFilter{Customer: c.ID}))), 0)
}

func checkFinalize(t *providerTest) {
	inv := t.advance(t.invoice(t.customer(), 14), billing.InvoiceActionFinalize).must(t)
	equal(t, "the status", inv.Status, billing.InvoiceStatusOpen)
	equal(t, "the due date", inv.DueDate, inv.Created.AddDate(0, 0, 14))
	if inv.Number == "" || inv.HostedURL == "" || inv.PDF == "" || inv.Payment == "" {
		t.Errorf("a finalized invoice has a number, a page, a PDF and a payment: %+v", inv)
	}
	t.advance(inv, billing.InvoiceActionFinalize).refused(t, frontdesk.FailedPrecondition)
}

func checkPayInvoice(t *providerTest) {
	draft := t.invoice(t.payer(), 0)
	t.advance(draft, billing.InvoiceActionFinalize).must(t)
	inv := t.advance(draft, billing.InvoiceActionPay).must(t)
	equal(t, "the status", inv.Status, billing.InvoiceStatusPaid)
	equal(t, "what was paid", inv.AmountPaid, 2500)
	if inv.PaidAt.IsZero() {
		t.Error("a paid invoice has no time of payment")
	}
	pay := ask(t.p.GetPayment(t.ctx, billing.Ref{ID: inv.Payment})).must(t)
	equal(t, "the payment", pay.Status, billing.PaymentStatusSucceeded)
	equal(t, "its invoice", pay.Invoice, inv.ID)
}

func checkPayDeclined(t *providerTest) {
	draft := t.invoice(t.payer(), 0)
	t.advance(draft, billing.InvoiceActionFinalize).must(t)
	t.driver.DeclineNext("insufficient_funds")
	t.advance(draft, billing.InvoiceActionPay).refused(t, frontdesk.Declined)
	inv := ask(t.p.GetInvoice(t.ctx, draft.Ref)).must(t)
	equal(t, "the status", inv.Status, billing.InvoiceStatusOpen)
	equal(t, "failed", inv.Failed, true)
	t.advance(draft, billing.InvoiceActionPay).must(t)
}

func checkPayNothing(t *providerTest) {
	draft := t.invoice(t.customer(), 0)
	t.advance(draft, billing.InvoiceActionFinalize).must(t)
	t.advance(draft, billing.InvoiceActionPay).refused(t, frontdesk.FailedPrecondition, frontdesk.Declined)
}

func checkSend(t *providerTest) {
	inv := t.advance(t.invoice(t.customer(), 7), billing.InvoiceActionSend).must(t)
	equal(t, "the status", inv.Status, billing.InvoiceStatusOpen)
}

func checkSendCharged(t *providerTest) {
	t.advance(t.invoice(t.customer(), 0), billing.InvoiceActionSend).refused(t, frontdesk.FailedPrecondition)
}

func checkVoid(t *providerTest) {
	draft := t.invoice(t.payer(), 0)
	t.advance(draft, billing.InvoiceActionFinalize).must(t)
	equal(t, "the status", t.advance(draft, billing.InvoiceActionVoid).must(t).Status, billing.InvoiceStatusVoid)
	for _, a := range []billing.InvoiceAction{
		billing.InvoiceActionFinalize, billing.InvoiceActionPay, billing.InvoiceActionVoid, billing.InvoiceActionMarkUncollectible,
	} {
		t.advance(draft, a).refused(t, frontdesk.FailedPrecondition)
	}
}

func checkUncollectible(t *providerTest) {
	draft := t.invoice(t.payer(), 0)
	t.advance(draft, billing.InvoiceActionFinalize).must(t)
	written := t.advance(draft, billing.InvoiceActionMarkUncollectible).must(t)
	equal(t, "the status", written.Status, billing.InvoiceStatusUncollectible)
	equal(t, "the status", t.advance(draft, billing.InvoiceActionPay).must(t).Status, billing.InvoiceStatusPaid)
}

func checkPaidIsFinal(t *providerTest) {
	draft := t.invoice(t.payer(), 0)
	t.advance(draft, billing.InvoiceActionFinalize).must(t)
	t.advance(draft, billing.InvoiceActionPay).must(t)
	t.advance(draft, billing.InvoiceActionPay).refused(t, frontdesk.FailedPrecondition)
	t.advance(draft, billing.InvoiceActionVoid).refused(t, frontdesk.FailedPrecondition)
}

func checkZeroInvoice(t *providerTest) {
	draft := ask(t.p.CreateInvoice(t.ctx, t.write(), billing.InvoiceParams{
		Customer: t.customer().ID, Items: []billing.InvoiceItem{{Description: "Gift", Amount: euros(0)}},
	})).must(t)
	inv := t.advance(draft, billing.InvoiceActionFinalize).must(t)
	equal(t, "the status", inv.Status, billing.InvoiceStatusPaid)
	equal(t, "the payment", inv.Payment, "")
}

func checkListInvoices(t *providerTest) {
	mine, theirs := t.customer(), t.customer()
	old := t.invoice(mine, 7)
	t.driver.Advance(day)
	since := t.driver.Now()
	recent := t.invoice(mine, 7)
	t.advance(recent, billing.InvoiceActionFinalize).must(t)
	t.invoice(theirs, 7)
	list := func(f billing.InvoiceFilter) string { return ids(listed(t, t.p.ListInvoices(t.ctx, f))) }
	equal(t, "mine, newest first", list(billing.InvoiceFilter{Customer: mine.ID}), fmt.Sprint([]string{recent.ID, old.ID}))
	equal(t, "my drafts", list(billing.InvoiceFilter{Customer: mine.ID, Status: billing.InvoiceStatusDraft}), fmt.Sprint([]string{old.ID}))
	equal(t, "mine since", list(billing.InvoiceFilter{Customer: mine.ID, Since: since}), fmt.Sprint([]string{recent.ID}))
}
