package booking

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// Payments returns what scheduling.Options.Payments asks for. Nil options are the zero Options.
func Payments(b Billing, o *Options) scheduling.Payments {
	p := &payments{billing: b}
	if o != nil {
		p.options = *o
	}
	p.options.fill()
	return p
}

type payments struct {
	billing Billing
	options Options
}

// Request opens the page where the order is paid. While that is open, it is the same page. It fails with
// FailedPrecondition when the order was paid, or is about to be by a slow means.
func (p *payments) Request(ctx context.Context, o scheduling.Order) (*scheduling.Invitation, error) {
	ctx, client := asSystem(ctx), clientOf(o)
	if _, err := p.billing.EnsureCustomer(ctx, client, billing.CustomerDetails{Email: o.Guest.Email, Name: o.Guest.Name}); err != nil {
		return nil, err
	}
	session, err := p.billing.StartCheckout(ctx, billing.Checkout{
		Client: client, Mode: billing.CheckoutModePayment,
		Lines:       []billing.CheckoutLine{{Name: o.Title, Amount: o.Amount, Quantity: 1}},
		SuccessPath: cmp.Or(o.SuccessPath, p.options.SuccessPath), CancelPath: cmp.Or(o.CancelPath, p.options.CancelPath),
		AutomaticTax: p.options.AutomaticTax, Metadata: map[string]string{metadataOrder: o.ID},
		Key: "order/" + o.ID, For: p.options.For(o),
	})
	if err != nil {
		return nil, err
	}
	if session.Status != billing.CheckoutStatusOpen {
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "the order was paid, or is being paid")
	}
	return &scheduling.Invitation{ID: session.ID, URL: session.URL}, nil
}

// clientOf is the client who pays. A guest is one for the one order: nobody has proved that the
// address is theirs, so that a later guest with the same address learns nothing of this one.
func clientOf(o scheduling.Order) string {
	if o.Client != "" {
		return o.Client
	}
	return "guest:" + strings.ReplaceAll(o.ID, "/", ":") // ids of clients have no slashes
}

// Refund gives back what is missing of the amount. What a person gave back in the provider's dashboard counts.
func (p *payments) Refund(ctx context.Context, o scheduling.Order, payment string, amount frontdesk.Money) error {
	ctx = asSystem(ctx)
	paid, err := p.billing.Payment(ctx, payment)
	if err != nil {
		return err
	}
	rest := frontdesk.Money{Amount: amount.Amount - paid.Refunded, Currency: amount.Currency}
	if rest.Amount <= 0 {
		return nil
	}
	_, err = p.billing.Refund(ctx, payment, billing.Return{
		Amount: rest, KeepCommission: p.options.KeepCommission,
		Key: fmt.Sprintf("refund/%s/%s/%d", o.ID, payment, amount.Amount),
	})
	return err
}

// Release closes the order's pages.
func (p *payments) Release(ctx context.Context, o scheduling.Order) error {
	ctx = asSystem(ctx)
	open := billing.Listing{States: []string{string(billing.CheckoutStatusOpen)}}
	for more := true; more; more = open.Cursor != "" {
		page, next, err := p.billing.Checkouts(ctx, clientOf(o), open)
		if err != nil {
			return err
		}
		for _, session := range page {
			if session.Metadata[metadataOrder] != o.ID {
				continue
			}
			if err := p.expire(ctx, session.ID); err != nil {
				return err
			}
		}
		open.Cursor = next
	}
	return nil
}

// expire closes a page, unless it was paid or closed in this moment.
func (p *payments) expire(ctx context.Context, session string) error {
	_, err := p.billing.ExpireCheckout(ctx, session)
	if errors.Is(err, frontdesk.FailedPrecondition) {
		return nil
	}
	return err
}
