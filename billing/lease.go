package billing

import (
	"context"
	"crypto/rand"
	"errors"
	mrand "math/rand/v2"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

const (
	leaseTime = 2 * time.Minute  // after it the work of a dead process is free
	workTime  = 90 * time.Second // work under a lease is cut off well before it ends
	lockWait  = 3 * time.Second  // how long a worker stands in line for an object
)

func (s *Service) lease() Lease {
	now := s.now()
	return Lease{Token: rand.Text(), Now: now, Until: now.Add(leaseTime)}
}

// locked runs work while it holds the key's lease, then commits: end runs in the
// transaction that gives the lease back, so nothing is written by a holder
// that has lost it.
func (s *Service) locked(ctx context.Context, key string, work func(context.Context) error, end func(Store) error) error {
	l := s.lease()
	if err := s.lock(ctx, key, l); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, workTime)
	defer cancel()
	if err := work(bounded); err != nil {
		return errors.Join(err, s.release(ctx, key, l))
	}
	err := s.store.InTx(ctx, func(tx Store) error {
		if err := end(tx); err != nil {
			return err
		}
		return tx.Unlock(ctx, key, l.Token)
	})
	if err != nil {
		return errors.Join(err, s.release(ctx, key, l))
	}
	return nil
}

// release gives a lease back after a failure, also when ctx has ended. A lease
// that was lost or that cannot be given back ends by itself.
func (s *Service) release(ctx context.Context, key string, l Lease) error {
	ctx, cancel := closing(ctx)
	defer cancel()
	err := s.store.Unlock(ctx, key, l.Token)
	if errors.Is(err, frontdesk.Aborted) {
		return nil
	}
	return err
}

// closing is a context in which work that was done is written down, also when
// ctx has ended meanwhile.
func closing(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), lockWait)
}

// lock stands in line for the key; Aborted when it takes too long.
func (s *Service) lock(ctx context.Context, key string, l Lease) error {
	patience := time.NewTimer(lockWait)
	defer patience.Stop()
	for pause := 2 * time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		err := s.store.Lock(ctx, key, l)
		if !errors.Is(err, frontdesk.Aborted) {
			return err
		}
		next := time.NewTimer(pause/2 + mrand.N(pause))
		select {
		case <-next.C:
		case <-patience.C:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
