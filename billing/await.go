package billing

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// link ties a customer to a client and wakes the events that waited for it.
func (s *Service) link(ctx context.Context, st Store, customer Ref, client string) (owner string, err error) {
	k := Key{KindCustomer, customer}
	err = s.gate(ctx, st, k, func(tx Store) error {
		if owner, err = tx.LinkCustomer(ctx, customer, client); err != nil {
			return err
		}
		return tx.WakeEvents(ctx, k.String(), s.now())
	})
	return owner, err
}

// wake makes the events that waited for k run, now that it is here.
func (s *Service) wake(ctx context.Context, st Store, k Key) error {
	return s.gate(ctx, st, k, func(tx Store) error {
		return tx.WakeEvents(ctx, k.String(), s.now())
	})
}

// park lets an event wait for its owner, unless that has appeared meanwhile. What
// the accounts of strangers do is nobody's business.
func (s *Service) park(ctx context.Context, st Store, e *Event, o owner) error {
	if o.stranger {
		return settle(ctx, st, e, EventIgnored, "the connected account is not known")
	}
	awaits := o.awaits
	out := Settlement{Lease: e.Lease, State: string(EventUnmatched), Error: "it belongs to nobody yet"}
	if awaits.ID == "" {
		return st.SettleEvent(ctx, e.ID, out)
	}
	out.Awaits = awaits.String()
	return s.gate(ctx, st, awaits, func(tx Store) error {
		here, err := appeared(ctx, tx, awaits)
		if err != nil {
			return err
		}
		if here {
			return frontdesk.Errorf(frontdesk.Aborted, "%s has just appeared", awaits)
		}
		return tx.SettleEvent(ctx, e.ID, out)
	})
}

func appeared(ctx context.Context, st Store, k Key) (bool, error) {
	var err error
	switch k.Kind {
	case KindCustomer:
		_, err = st.ClientOf(ctx, k.Ref)
	case KindAccount:
		_, err = st.ExpertOf(ctx, k.ID)
	default:
		_, err = st.Object(ctx, k)
	}
	if errors.Is(err, frontdesk.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// gate runs fn in a transaction that overlaps no other one at the gate of k, so
// that nothing is parked in the moment when k appears.
func (s *Service) gate(ctx context.Context, st Store, k Key, fn func(Store) error) error {
	key, l := "await/"+k.String(), s.lease()
	return st.InTx(ctx, func(tx Store) error {
		if err := tx.Lock(ctx, key, l); err != nil {
			return err
		}
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Unlock(ctx, key, l.Token)
	})
}
