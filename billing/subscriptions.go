package billing

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// Cancel says how a subscription ends. The zero Cancel ends it at the end of
// the period that is paid for.
type Cancel struct {
	Now        bool
	InvoiceNow bool // with Now: invoice what is still unbilled
	Prorate    bool // with Now: credit the unused time
}

// CancelSubscription ends a subscription, by our id or the provider's.
func (s *Service) CancelSubscription(ctx context.Context, id string, c Cancel) (sub *Subscription, err error) {
	const op = "billing.CancelSubscription"
	if c.Now {
		p := SubscriptionCancel{InvoiceNow: c.InvoiceNow, Prorate: c.Prorate}
		return manage(ctx, s, op, id, toWrite, p, s.provider.CancelSubscription)
	}
	yes := true
	return manage(ctx, s, op, id, toWrite, SubscriptionUpdate{CancelAtPeriodEnd: &yes}, s.provider.UpdateSubscription)
}

// KeepSubscription undoes a planned cancellation, before it has happened.
func (s *Service) KeepSubscription(ctx context.Context, id string) (*Subscription, error) {
	no := false
	return manage(ctx, s, "billing.KeepSubscription", id, toWrite, SubscriptionUpdate{CancelAtPeriodEnd: &no}, s.provider.UpdateSubscription)
}

// ChangeSubscription changes a subscription's price or quantity.
func (s *Service) ChangeSubscription(ctx context.Context, id string, u SubscriptionUpdate) (*Subscription, error) {
	if err := u.validate(); err != nil {
		return nil, frontdesk.Wrap("billing.ChangeSubscription", err)
	}
	return manage(ctx, s, "billing.ChangeSubscription", id, toWrite, u, s.provider.UpdateSubscription)
}

func (u SubscriptionUpdate) validate() error {
	var errs []error
	if u.Price == "" && u.Quantity == 0 && u.CancelAtPeriodEnd == nil {
		errs = append(errs, frontdesk.InvalidField("price", "is required where nothing else changes"))
	}
	if u.Price != "" {
		errs = append(errs, validID("price", u.Price))
	}
	if u.Item != "" {
		errs = append(errs, validID("item", u.Item))
	}
	if u.Quantity < 0 {
		errs = append(errs, frontdesk.InvalidField("quantity", "is below zero"))
	}
	switch u.Proration {
	case "", ProrationCreate, ProrationAlwaysInvoice, ProrationNone:
	default:
		errs = append(errs, frontdesk.InvalidField("proration", "is not known"))
	}
	return errors.Join(errs...)
}

// PreviewSubscription shows the invoice that ChangeSubscription would lead to.
// Unimplemented where the provider cannot tell.
func (s *Service) PreviewSubscription(ctx context.Context, id string, u SubscriptionUpdate) (i *Invoice, err error) {
	const op = "billing.PreviewSubscription"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := u.validate(); err != nil {
		return nil, err
	}
	preview, err := able[UpdatePreviewer](s)
	if err != nil {
		return nil, err
	}
	sub, _, err := find[*Subscription](ctx, s, op, id, toRead)
	if err != nil {
		return nil, err
	}
	return preview.PreviewUpdate(ctx, sub.Ref, u)
}

// PauseCollection stops collecting a subscription's invoices.
func (s *Service) PauseCollection(ctx context.Context, id string, b PauseBehavior) (*Subscription, error) {
	const op = "billing.PauseCollection"
	switch b {
	case PauseKeepAsDraft, PauseMarkUncollectible, PauseVoid:
	default:
		return nil, frontdesk.Wrap(op, frontdesk.InvalidField("pause_behavior", "is not known"))
	}
	pauser, err := able[CollectionPauser](s)
	if err != nil {
		return nil, frontdesk.Wrap(op, err)
	}
	return manage(ctx, s, op, id, toOperate, b, pauser.PauseCollection)
}

// ResumeCollection collects a subscription's invoices again.
func (s *Service) ResumeCollection(ctx context.Context, id string) (*Subscription, error) {
	const op = "billing.ResumeCollection"
	pauser, err := able[CollectionPauser](s)
	if err != nil {
		return nil, frontdesk.Wrap(op, err)
	}
	resume := func(ctx context.Context, w Write, id string, _ struct{}) (*Subscription, error) {
		return pauser.ResumeCollection(ctx, w, id)
	}
	return manage(ctx, s, op, id, toOperate, struct{}{}, resume)
}

// manage changes an object that exists: one call to the provider under its lock.
func manage[P any, O Object](ctx context.Context, s *Service, op, id string, p permission, params P,
	call func(context.Context, Write, string, P) (O, error)) (changed O, err error) {
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	o, whose, err := find[O](ctx, s, op, id, p)
	if err != nil {
		return o, err
	}
	w := write[P]{op: op, target: o.Key(), owner: whose, params: params}
	return carryOut(ctx, s, w, func(ctx context.Context, w Write, params P) (O, error) {
		return call(ctx, w, o.Head().ID, params)
	})
}

// able finds an ability that not every provider has.
func able[A any](s *Service) (A, error) {
	a, ok := s.provider.(A)
	if !ok {
		return a, frontdesk.Errorf(frontdesk.Unimplemented, "%s cannot do this", s.provider.Name())
	}
	return a, nil
}
