package store

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

const suppressionColumns = "address, reason, since, message, detail"

// Suppress adds an address unless it is there.
func (s emailStore) Suppress(ctx context.Context, sup email.Suppression) (added bool, err error) {
	err = s.write(ctx, func(q queries) error {
		n, err := q.exec(ctx, "INSERT INTO frontdesk_email_suppressions ("+suppressionColumns+") VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			storable(sup.Address), string(sup.Reason), micros(sup.Since), sup.Message, storable(sup.Detail))
		added = n > 0
		return err
	})
	return added && err == nil, err
}

// Unsuppress takes an address off the list.
func (s emailStore) Unsuppress(ctx context.Context, address string) error {
	return s.write(ctx, func(q queries) error {
		n, err := q.exec(ctx, "DELETE FROM frontdesk_email_suppressions WHERE address = ?", storable(address))
		if err == nil && n == 0 {
			return frontdesk.Errorf(frontdesk.NotFound, "the address is not suppressed")
		}
		return err
	})
}

// Suppressions lists, in alphabetical order.
func (s emailStore) Suppressions(ctx context.Context, f email.SuppressionFilter) (all []email.Suppression, err error) {
	query, args := selectSuppressions(f)
	err = s.read(ctx, func(q queries) (err error) {
		all, err = list(ctx, q, scanSuppression, query, args...)
		return err
	})
	return all, err
}

func selectSuppressions(f email.SuppressionFilter) (query string, args []any) {
	addresses := make([]string, len(f.Addresses))
	for i, a := range f.Addresses {
		addresses[i] = storable(a)
	}
	var where filter
	where.when(len(addresses) > 0, "address IN (?)", addresses)
	where.when(f.After != "", "address > ?", storable(f.After))
	return "SELECT " + suppressionColumns + " FROM frontdesk_email_suppressions" + where.sql() + " ORDER BY address LIMIT ?",
		append(where.args, bounded(f.Limit))
}

func scanSuppression(r row) (s email.Suppression, err error) {
	var since int64
	err = r.Scan(&s.Address, &s.Reason, &since, &s.Message, &s.Detail)
	s.Since = moment(since)
	return s, err
}
