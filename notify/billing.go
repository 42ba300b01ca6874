package notify

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/templates"
)

// BillingOptions adjusts the mails about billing. The zero value is ready to use.
type BillingOptions struct {
	// Set renders the mails. Default templates.Default().
	Set *templates.Set
	// Reader finds who gets mails about a client. Default: the address that the
	// provider has for them.
	Reader func(ctx context.Context, client string) (Reader, error)
	// Plan is what a subscription is called. Default: its price's lookup key, or its product.
	Plan func(s billing.Subscription) string
	// BillingURL is where clients manage how they pay, for invoices without a page of
	// their own.
	BillingURL string
	// Replace decides which mail follows from a change. The draft is what would be sent, or
	// nil for changes that send none. Returning the draft keeps it, nil sends nothing, and
	// another mail goes in its place. Default: the draft.
	Replace func(ctx context.Context, c billing.Change, draft email.Mail) (email.Mail, error)
	// Logger hears of mails that can never be written. Default slog.Default().
	Logger *slog.Logger
}

// Billing returns a hook for billing.Options.OnChange that mails the client: a receipt
// for a paid invoice or payment, an invoice that is to be paid by hand, a collection that
// has failed, and the end of a subscription. What happens on connected accounts is
// theirs to tell.
//
// Who is not known by an address gets no mail. A mail that can never be written, because
// the provider knows an address that is none, is logged and given up: it must not hold up
// what else follows from the change. Nil options are the zero BillingOptions.
func Billing(q Queue, o *BillingOptions) func(ctx context.Context, c billing.Change) error {
	n := &biller{queue: q}
	if o != nil {
		n.options = *o
	}
	n.options.fill()
	return n.changed
}

func (o *BillingOptions) fill() {
	if o.Set == nil {
		o.Set = templates.Default()
	}
	if o.Reader == nil {
		o.Reader = func(context.Context, string) (Reader, error) { return Reader{}, nil }
	}
	if o.Plan == nil {
		o.Plan = planOf
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Replace == nil {
		o.Replace = func(_ context.Context, _ billing.Change, draft email.Mail) (email.Mail, error) { return draft, nil }
	}
}

func planOf(s billing.Subscription) string {
	for _, i := range s.Items {
		return cmp.Or(i.Lookup, i.Product, i.Price)
	}
	return s.ID
}

type biller struct {
	queue   Queue
	options BillingOptions
}

func (n *biller) changed(ctx context.Context, c billing.Change) error {
	draft, err := n.draft(ctx, c)
	if err != nil {
		return err
	}
	mail, err := n.options.Replace(ctx, c, draft)
	if err != nil || mail == nil {
		return err
	}
	_, err = n.queue.Enqueue(ctx, mail, keyOf(c), &email.EnqueueOptions{Client: c.About().Client})
	if errors.Is(err, frontdesk.Invalid) {
		n.options.Logger.ErrorContext(ctx, "notify: mail cannot be written", "change", c.Key(), "error", err)
		return nil
	}
	return err
}

// keyOf is the change's key without what no mail's key may have.
func keyOf(c billing.Change) string { return strings.ReplaceAll(c.Key(), " ", "_") }

// draft is the mail that follows from a change, or nil.
func (n *biller) draft(ctx context.Context, c billing.Change) (email.Mail, error) {
	client := c.About().Client
	if client == "" {
		return nil, nil
	}
	r, err := n.options.Reader(ctx, client)
	if err != nil {
		return nil, err
	}
	var draft templates.Template
	switch c := c.(type) {
	case billing.InvoicePaid:
		draft = receipt(r, c)
	case billing.PaymentSucceeded:
		draft = paymentReceipt(r, c)
	case billing.InvoiceFinalized:
		draft = invoiceSent(r, c)
	case billing.PaymentFailed:
		draft = n.paymentFailed(r, c)
	case billing.SubscriptionCanceled:
		draft = n.canceled(r, c)
	}
	if draft == nil {
		return nil, nil
	}
	return n.options.Set.Mail(draft), nil
}
