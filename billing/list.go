package billing

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
)

// Listing asks for a part of a list, newest first.
type Listing struct {
	Cursor string // from the page before
	Limit  int    // default 50, at most 500
	States []string
}

// Subscriptions lists the client's subscriptions, ended ones too.
func (s *Service) Subscriptions(ctx context.Context, client string, l Listing) ([]*Subscription, string, error) {
	return listed[*Subscription](ctx, s, "billing.Subscriptions", client, l)
}

// Invoices lists the client's invoices.
func (s *Service) Invoices(ctx context.Context, client string, l Listing) ([]*Invoice, string, error) {
	return listed[*Invoice](ctx, s, "billing.Invoices", client, l)
}

// Payments lists the client's payments.
func (s *Service) Payments(ctx context.Context, client string, l Listing) ([]*Payment, string, error) {
	return listed[*Payment](ctx, s, "billing.Payments", client, l)
}

// Refunds lists the client's refunds.
func (s *Service) Refunds(ctx context.Context, client string, l Listing) ([]*Refund, string, error) {
	return listed[*Refund](ctx, s, "billing.Refunds", client, l)
}

// Checkouts lists the client's checkout sessions.
func (s *Service) Checkouts(ctx context.Context, client string, l Listing) ([]*CheckoutSession, string, error) {
	return listed[*CheckoutSession](ctx, s, "billing.Checkouts", client, l)
}

// Disputes lists the client's disputes.
func (s *Service) Disputes(ctx context.Context, client string, l Listing) ([]*Dispute, string, error) {
	return listed[*Dispute](ctx, s, "billing.Disputes", client, l)
}

func listed[O Object](ctx context.Context, s *Service, op, client string, l Listing) (page []O, next string, err error) {
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := validClient(client); err != nil {
		return nil, "", err
	}
	if err := s.allow(ctx, op, client, toRead); err != nil {
		return nil, "", err
	}
	if err := l.validate(); err != nil {
		return nil, "", err
	}
	return listedAs[O](ctx, s, ObjectFilter{Client: client}, l)
}

func (l Listing) validate() error {
	if l.Limit < 0 || l.Limit > maxPage {
		return frontdesk.InvalidField("limit", "is not between 0 and %d", maxPage)
	}
	return nil
}

func listedAs[O Object](ctx context.Context, s *Service, f ObjectFilter, l Listing) (page []O, next string, err error) {
	f.Kind, f.States, f.Cursor, f.Limit = kindOf[O](), l.States, l.Cursor, l.Limit
	found, err := s.store.Objects(ctx, f)
	if err != nil {
		return nil, "", err
	}
	for _, o := range found.Objects {
		page = append(page, o.(O))
	}
	return page, found.Next, nil
}

// Subscription returns a subscription by our id or the provider's; NotFound.
func (s *Service) Subscription(ctx context.Context, id string) (*Subscription, error) {
	return one[*Subscription](ctx, s, "billing.Subscription", id)
}

// Invoice returns an invoice by our id or the provider's; NotFound.
func (s *Service) Invoice(ctx context.Context, id string) (*Invoice, error) {
	return one[*Invoice](ctx, s, "billing.Invoice", id)
}

// Payment returns a payment by our id or the provider's; NotFound.
func (s *Service) Payment(ctx context.Context, id string) (*Payment, error) {
	return one[*Payment](ctx, s, "billing.Payment", id)
}

func one[O Object](ctx context.Context, s *Service, op, id string) (o O, err error) {
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	o, _, err = find[O](ctx, s, op, id, toRead)
	return o, err
}
