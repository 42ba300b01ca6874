package billing

import (
	"context"
	"errors"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// target is one object that an event concerns.
type target struct {
	key   Key
	shown Object // as the payload shows it; nil when the payload only names it
}

// read brings a taken event to rest by reading each object it concerns.
func (s *Service) read(ctx context.Context, e *Event) error {
	objects, rest, why, err := s.decode(e)
	if err != nil {
		return err
	}
	if rest != EventProcessing {
		return settle(ctx, s.store, e, rest, why)
	}
	o, err := s.owner(ctx, s.store, objects)
	if err != nil {
		return err
	}
	if !o.found() {
		return s.park(ctx, s.store, e, o)
	}
	for _, t := range targets(objects) {
		if _, err := s.refresh(ctx, t, o, e.Created); err != nil {
			return err
		}
	}
	return settle(ctx, s.store, e, EventDone, "")
}

// targets lists the objects that are shown, then those that they name and whose
// state the same happening may have changed.
func targets(objects []Object) []target {
	var all []target
	listed := map[Key]bool{}
	for _, o := range objects {
		all, listed[o.Key()] = append(all, target{o.Key(), o}), true
	}
	for _, o := range objects {
		for _, k := range related(o) {
			if k.ID != "" && !listed[k] {
				all, listed[k] = append(all, target{key: k}), true
			}
		}
	}
	return all
}

func related(o Object) []Key {
	at := func(k Kind, id string) Key { return Key{k, Ref{o.Head().Account, id}} }
	switch o := o.(type) {
	case *Invoice:
		return []Key{at(KindSubscription, o.Subscription)}
	case *Payment:
		if o.Account != "" { // its transfer and fee are the platform's, which its movements name
			return []Key{at(KindInvoice, o.Invoice)}
		}
		return []Key{at(KindInvoice, o.Invoice), at(KindTransfer, o.Transfer), at(KindApplicationFee, o.ApplicationFee)}
	case *Refund:
		return []Key{at(KindPayment, o.Payment)}
	case *Dispute:
		return []Key{at(KindPayment, o.Payment)}
	case *CheckoutSession:
		return []Key{at(KindSubscription, o.Subscription), at(KindInvoice, o.Invoice), at(KindPayment, o.Payment)}
	}
	return nil
}

// refresh reads the target from the provider and writes what it finds, under
// the object's lock, and reports whether that was new. What was only named is
// not read again when it has been read after a later event.
func (s *Service) refresh(ctx context.Context, t target, o owner, asOf time.Time) (wrote bool, err error) {
	if t.shown == nil {
		seen, err := known(ctx, s.store, t.key)
		if err != nil || seen != nil && seen.Head().Version.At.After(asOf) {
			return false, err
		}
	}
	var fresh Object
	err = s.locked(ctx, t.key.String(), func(ctx context.Context) (err error) {
		fresh, err = s.current(ctx, t, asOf)
		return err
	}, func(tx Store) (err error) {
		if fresh != nil {
			wrote, err = s.apply(ctx, tx, fresh, o)
		}
		return err
	})
	return wrote, err
}

// current is the target as the provider has it now, or as the payload shows it
// when the provider does not have it any more or may not be asked.
func (s *Service) current(ctx context.Context, t target, asOf time.Time) (Object, error) {
	fresh, err := s.fetch(ctx, t.key)
	switch {
	case errors.Is(err, frontdesk.NotFound):
		return s.gone(ctx, t)
	case t.key.Account != "" && errors.Is(err, frontdesk.PermissionDenied), errors.Is(err, frontdesk.Unimplemented):
		return t.shown, nil
	case err != nil:
		return nil, err
	}
	fresh.Head().Version = Version{At: later(asOf, fresh.Head().Created), Rank: RankRead}
	switch shown := t.shown.(type) {
	case *CheckoutSession:
		fresh.(*CheckoutSession).recall(shown)
	case *Account:
		fresh.(*Account).recall(shown)
	}
	return fresh, nil
}

// gone is what is left of an object that the provider does not have. One that
// was read there before has been deleted since, unless the payload shows how it
// ended; of another, the payload is all there is. Customers leave a trace at the
// provider when they are deleted.
func (s *Service) gone(ctx context.Context, t target) (Object, error) {
	if t.key.Kind == KindCustomer || t.shown != nil && terminal(t.shown) {
		return t.shown, nil
	}
	before, err := known(ctx, s.store, t.key)
	if err != nil || before == nil || before.Head().Version.Rank != RankRead || terminal(before) {
		return t.shown, err
	}
	before.Head().Deleted = true
	return before, nil
}

// fetch reads an object from the provider.
func (s *Service) fetch(ctx context.Context, k Key) (Object, error) {
	switch k.Kind {
	case KindCustomer:
		return object(s.provider.GetCustomer(ctx, k.Ref))
	case KindSubscription:
		return object(s.provider.GetSubscription(ctx, k.Ref))
	case KindInvoice:
		return object(s.provider.GetInvoice(ctx, k.Ref))
	case KindPayment:
		return object(s.provider.GetPayment(ctx, k.Ref))
	case KindRefund:
		return object(s.provider.GetRefund(ctx, k.Ref))
	case KindDispute:
		return object(s.provider.GetDispute(ctx, k.Ref))
	case KindCheckout:
		return object(s.provider.GetCheckout(ctx, k.Ref))
	}
	return s.fetchConnected(ctx, k)
}

func (s *Service) fetchConnected(ctx context.Context, k Key) (Object, error) {
	provider, err := able[Connect](s)
	if err != nil {
		return nil, err
	}
	switch k.Kind {
	case KindAccount:
		return object(provider.GetAccount(ctx, k.ID))
	case KindPayout:
		return object(provider.GetPayout(ctx, k.Ref))
	case KindBalance:
		return object(provider.GetBalance(ctx, k.Account))
	case KindTransfer:
		return object(provider.GetTransfer(ctx, k.ID))
	case KindApplicationFee:
		return object(fetchFee(ctx, provider, k.ID))
	}
	return nil, frontdesk.Errorf(frontdesk.Unimplemented, "objects of kind %q cannot be read", k.Kind)
}

// fetchFee reads a fee with what the payer's balance shows of its refunds, if it may.
func fetchFee(ctx context.Context, provider Connect, id string) (*ApplicationFee, error) {
	f, err := provider.GetApplicationFee(ctx, id)
	if err != nil || len(f.Refunds) == 0 {
		return f, err
	}
	since := f.Refunds[0].Created
	for _, r := range f.Refunds {
		if r.Created.Before(since) {
			since = r.Created
		}
	}
	returned := []Movement{}
	for m, err := range provider.ListMovements(ctx, MovementFilter{Account: f.Payer, Since: since}) {
		if errors.Is(err, frontdesk.PermissionDenied) {
			return f, nil
		}
		if err != nil {
			return nil, err
		}
		if m.Kind == EntryFee && m.Amount.Amount > 0 {
			returned = append(returned, m)
		}
	}
	f.returned = returned
	return f, nil
}

// object keeps a nil pointer from becoming an Object.
func object[O Object](o O, err error) (Object, error) {
	if err != nil {
		return nil, err
	}
	return o, nil
}
