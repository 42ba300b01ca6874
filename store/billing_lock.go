package store

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// Lock leases the key. The holder of the lease may lock it again, to prolong it.
func (s billingStore) Lock(ctx context.Context, key string, l billing.Lease) error {
	return s.write(ctx, func(q queries) error {
		n, err := q.exec(ctx, `INSERT INTO frontdesk_billing_locks AS held (name, lease, lease_until) VALUES (?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET lease = excluded.lease, lease_until = excluded.lease_until
			WHERE held.lease_until < ? OR held.lease = excluded.lease`, key, l.Token, micros(l.Until), micros(l.Now))
		if err == nil && n == 0 {
			return frontdesk.Errorf(frontdesk.Aborted, "another lease on %s is alive", key)
		}
		return err
	})
}

// Unlock gives the lease back.
func (s billingStore) Unlock(ctx context.Context, key, token string) error {
	return s.write(ctx, func(q queries) error {
		n, err := q.exec(ctx, "DELETE FROM frontdesk_billing_locks WHERE name = ? AND lease = ?", key, token)
		if err == nil && n == 0 {
			return frontdesk.Errorf(frontdesk.Aborted, "the lease on %s was lost", key)
		}
		return err
	})
}
