package emailtest

import (
	"context"
	"maps"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// Suppress adds an address unless it is there.
func (s *Store) Suppress(ctx context.Context, sup email.Suppression) (added bool, err error) {
	err = s.do(ctx, func(d *data) error {
		if _, known := d.suppressed.rows[sup.Address]; known {
			return nil
		}
		added = true
		sup.Since = utc(sup.Since)
		d.suppressed.put(sup.Address, sup)
		return nil
	})
	return added && err == nil, err
}

// Unsuppress takes an address off the list.
func (s *Store) Unsuppress(ctx context.Context, address string) error {
	return s.do(ctx, func(d *data) error {
		if _, known := d.suppressed.rows[address]; !known {
			return frontdesk.Errorf(frontdesk.NotFound, "the address is not suppressed")
		}
		d.suppressed.remove(address)
		return nil
	})
}

// Suppressions lists, in alphabetical order.
func (s *Store) Suppressions(ctx context.Context, f email.SuppressionFilter) ([]email.Suppression, error) {
	var found []email.Suppression
	err := s.do(ctx, func(d *data) error {
		for _, address := range slices.Sorted(maps.Keys(d.suppressed.rows)) {
			wanted := address > f.After && (len(f.Addresses) == 0 || slices.Contains(f.Addresses, address))
			if wanted && len(found) < bounded(f.Limit) {
				found = append(found, d.suppressed.rows[address])
			}
		}
		return nil
	})
	return found, err
}
