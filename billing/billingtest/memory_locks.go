package billingtest

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// Lock leases the key.
func (s *Store) Lock(ctx context.Context, key string, l billing.Lease) error {
	return s.do(ctx, func(d *data) error {
		held, locked := d.locks.rows[key]
		if locked && held.Token != l.Token && !held.Until.Before(l.Now) {
			return frontdesk.Errorf(frontdesk.Aborted, "another lease on %s is alive", key)
		}
		d.locks.put(key, l)
		return nil
	})
}

// Unlock gives the lease back.
func (s *Store) Unlock(ctx context.Context, key, token string) error {
	return s.do(ctx, func(d *data) error {
		held, locked := d.locks.rows[key]
		if !locked || held.Token != token {
			return frontdesk.Errorf(frontdesk.Aborted, "the lease on %s was lost", key)
		}
		d.locks.remove(key)
		return nil
	})
}
