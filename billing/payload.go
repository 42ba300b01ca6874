package billing

import (
	"context"
	"errors"
	"slices"

	"github.com/frontdesk-go/frontdesk"
)

// batch is a group of events that are applied from their payloads in one transaction.
type batch struct {
	*Service
	tx     Store
	lease  Lease
	events []*shown
	locked map[string]error // by key: nil when the batch holds it
}

// shown is a taken event with what its payload shows.
type shown struct {
	*Event
	objects []Object
	rest    EventState
	why     string
	err     error
}

// processPayloads applies events from their payloads. One that fails is rolled
// back alone and settled as failed.
func (s *Service) processPayloads(ctx context.Context, ids []int64) error {
	return s.store.InTx(ctx, func(tx Store) error {
		b := &batch{Service: s, tx: tx, lease: s.lease(), locked: map[string]error{}}
		for _, step := range []func(context.Context) error{
			func(ctx context.Context) error { return b.take(ctx, ids) }, b.lock, b.apply, b.unlock,
		} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *batch) take(ctx context.Context, ids []int64) error {
	for _, id := range slices.Sorted(slices.Values(ids)) {
		e, err := b.tx.TakeEvent(ctx, id, b.lease)
		if err != nil {
			if err = notWaiting(err); err != nil {
				return err
			}
			continue
		}
		p := &shown{Event: e}
		p.err = b.guard(e.Attempts, func() (err error) {
			p.objects, p.rest, p.why, err = b.decode(e)
			return err
		})
		b.events = append(b.events, p)
	}
	return nil
}

// lock leases every object of the batch, in one order for all batches, so that
// two of them cannot wait for each other.
func (b *batch) lock(ctx context.Context) error {
	for _, p := range b.events {
		for _, o := range p.objects {
			b.locked[o.Key().String()] = nil
		}
	}
	for _, key := range b.keys() {
		err := b.tx.Lock(ctx, key, b.lease)
		if err != nil && !errors.Is(err, frontdesk.Aborted) {
			return err
		}
		b.locked[key] = err
	}
	return nil
}

func (b *batch) keys() []string {
	keys := make([]string, 0, len(b.locked))
	for key := range b.locked {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (b *batch) unlock(ctx context.Context) error {
	for _, key := range b.keys() {
		if b.locked[key] != nil {
			continue
		}
		if err := b.tx.Unlock(ctx, key, b.lease.Token); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) apply(ctx context.Context) error {
	for _, p := range b.events {
		err := p.err
		if err == nil {
			err = b.guard(p.Attempts, func() error { return b.one(ctx, p) })
		}
		if ctx.Err() != nil || errors.Is(err, frontdesk.Unavailable) {
			return err
		}
		if err == nil {
			continue
		}
		if err := b.tx.SettleEvent(ctx, p.ID, b.failure(ctx, p.Event, err)); err != nil {
			return err
		}
	}
	return nil
}

// one brings an event to rest, or leaves no trace.
func (b *batch) one(ctx context.Context, p *shown) error {
	if p.rest != EventProcessing {
		return settle(ctx, b.tx, p.Event, p.rest, p.why)
	}
	for _, o := range p.objects {
		if err := b.locked[o.Key().String()]; err != nil {
			return err
		}
	}
	return b.tx.InTx(ctx, func(tx Store) error {
		o, err := b.owner(ctx, tx, p.objects)
		if err != nil {
			return err
		}
		if !o.found() {
			return b.park(ctx, tx, p.Event, o)
		}
		for _, next := range p.objects {
			if _, err := b.Service.apply(ctx, tx, next, o); err != nil {
				return err
			}
		}
		return settle(ctx, tx, p.Event, EventDone, "")
	})
}
