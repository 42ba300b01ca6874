package billingtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// AddEntries appends entries and adds them to their balances.
func (s *Store) AddEntries(ctx context.Context, entries ...billing.Entry) error {
	for _, e := range entries {
		if err := e.Validate(); err != nil {
			return err
		}
	}
	return s.do(ctx, func(d *data) error {
		for _, e := range entries {
			if err := d.addEntry(e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *data) addEntry(e billing.Entry) error {
	// A slice that was there before the transaction is as long as it was when that is
	// taken back, whatever was appended behind its end.
	entries := d.entries.rows[e.Account]
	if slices.ContainsFunc(entries, func(known billing.Entry) bool { return sameEntry(known, e) }) {
		return frontdesk.Errorf(frontdesk.Aborted, "part %d of the %s %s is in the ledger already", e.Part, e.Kind, e.Object)
	}
	e.ID = d.nextID()
	e.AvailableOn, e.Created, e.RecordedAt = utc(e.AvailableOn), utc(e.Created), utc(e.RecordedAt)
	d.entries.put(e.Account, append(entries, e))
	d.putBalance(plusEntry(d.balance(e.Account, e.Currency), e))
	return nil
}

func sameEntry(a, b billing.Entry) bool {
	return a.Account == b.Account && a.Kind == b.Kind && a.Object == b.Object && a.Part == b.Part
}

// EntriesOf lists the entries of an object, by currency and part.
func (s *Store) EntriesOf(ctx context.Context, account string, kind billing.EntryKind, object string) ([]billing.Entry, error) {
	var found []billing.Entry
	err := s.do(ctx, func(d *data) error {
		for _, e := range d.entries.rows[account] {
			if e.Kind == kind && e.Object == object {
				found = append(found, e)
			}
		}
		slices.SortFunc(found, func(a, b billing.Entry) int {
			return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Part, b.Part))
		})
		return nil
	})
	return found, err
}

// Entries lists, newest first.
func (s *Store) Entries(ctx context.Context, f billing.EntryFilter) ([]billing.Entry, error) {
	var found []billing.Entry
	err := s.do(ctx, func(d *data) error {
		for _, e := range slices.Backward(d.entries.rows[f.Account]) {
			if len(found) == bounded(f.Limit) {
				break
			}
			if selectsEntry(f, e) {
				found = append(found, e)
			}
		}
		return nil
	})
	return found, err
}

func selectsEntry(f billing.EntryFilter, e billing.Entry) bool {
	return (f.Currency == "" || f.Currency == e.Currency) &&
		(len(f.Kinds) == 0 || slices.Contains(f.Kinds, e.Kind)) &&
		(f.Object == "" || f.Object == e.Object) &&
		(f.AvailableAfter.IsZero() || e.AvailableOn.After(f.AvailableAfter)) &&
		(f.AvailableUntil.IsZero() || !e.AvailableOn.After(f.AvailableUntil)) &&
		(f.Before <= 0 || e.ID < f.Before)
}

// MatureBalances moves what has become available by asOf from pending to available.
func (s *Store) MatureBalances(ctx context.Context, account string, asOf time.Time) error {
	return s.do(ctx, func(d *data) error {
		for _, b := range d.maturedBalances(account, asOf) {
			d.putBalance(b)
		}
		return nil
	})
}

// Balances lists the account's balances as they are by asOf.
func (s *Store) Balances(ctx context.Context, account string, asOf time.Time) ([]billing.LedgerBalance, error) {
	var balances []billing.LedgerBalance
	err := s.do(ctx, func(d *data) error {
		balances = d.maturedBalances(account, asOf)
		return nil
	})
	return balances, err
}

// SumEntries computes the balances from the entries alone.
func (s *Store) SumEntries(ctx context.Context, account string) ([]billing.LedgerBalance, error) {
	var sums []billing.LedgerBalance
	err := s.do(ctx, func(d *data) error {
		sums = d.sumEntries(account)
		return nil
	})
	return sums, err
}

// RebuildBalances puts the sums of the entries in the place of the balances.
func (s *Store) RebuildBalances(ctx context.Context, account string) error {
	return s.do(ctx, func(d *data) error {
		d.balances.put(account, d.sumEntries(account))
		return nil
	})
}
