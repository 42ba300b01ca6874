package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

const (
	addedEntryColumns = "account, kind, object, part, currency, gross, fee, balance, in_transit, paid_out, held, exact, " +
		"available_on, created, recorded_at"
	addedEntryCount = 15
	entryColumns    = "id, " + addedEntryColumns

	selectEntriesOf = "SELECT " + entryColumns + " FROM frontdesk_billing_entries " +
		"WHERE account = ? AND kind = ? AND object = ? ORDER BY currency, part"
)

// addedEntry is an entry in the table that its balance does not count yet.
type addedEntry struct {
	id                int64
	account, currency string
}

// AddEntries appends entries and adds them to their balances.
func (s billingStore) AddEntries(ctx context.Context, entries ...billing.Entry) error {
	for _, e := range entries {
		if err := e.Validate(); err != nil {
			return err
		}
	}
	if len(entries) == 0 {
		return nil
	}
	return s.atomically(ctx, func(_ *Tx, q queries) error {
		var all []addedEntry
		for chunk := range slices.Chunk(entries, rowsPerInsert) {
			added, err := insertEntries(ctx, q, chunk)
			if err != nil {
				return err
			}
			all = append(all, added...)
		}
		if len(all) < len(entries) {
			return refuseEntries(ctx, q, all)
		}
		return addToBalances(ctx, q, all)
	})
}

// insertEntries leaves out those that are there, for an error would end a transaction
// on Postgres that may go on without them.
func insertEntries(ctx context.Context, q queries, entries []billing.Entry) ([]addedEntry, error) {
	values := strings.Repeat(", (?"+strings.Repeat(", ?", addedEntryCount-1)+")", len(entries))[2:]
	args := make([]any, 0, addedEntryCount*len(entries))
	for _, e := range entries {
		args = append(args, e.Account, string(e.Kind), e.Object, e.Part, string(e.Currency), e.Gross, e.Fee, e.Balance, e.InTransit,
			e.PaidOut, e.Held, e.Exact, micros(e.AvailableOn), micros(e.Created), micros(e.RecordedAt))
	}
	scan := func(r row) (a addedEntry, err error) { err = r.Scan(&a.id, &a.account, &a.currency); return a, err }
	return list(ctx, q, scan, "INSERT INTO frontdesk_billing_entries ("+addedEntryColumns+") VALUES "+values+
		" ON CONFLICT DO NOTHING RETURNING id, account, currency", args...)
}

// refuseEntries takes those back that came in beside one that was there.
func refuseEntries(ctx context.Context, q queries, added []addedEntry) error {
	for chunk := range slices.Chunk(added, rowsPerInsert) {
		if _, err := list(ctx, q, scalar[int64], "DELETE FROM frontdesk_billing_entries WHERE id IN (?) RETURNING id", idsOf(chunk)); err != nil {
			return err
		}
	}
	return frontdesk.Errorf(frontdesk.Aborted, "the ledger has an entry of this account, kind, object and part already")
}

// addToBalances locks balances in their order, so that two processes that add to the
// same ones cannot wait for each other.
func addToBalances(ctx context.Context, q queries, added []addedEntry) error {
	slices.SortFunc(added, func(a, b addedEntry) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.currency, b.currency), cmp.Compare(a.id, b.id))
	})
	for chunk := range slices.Chunk(added, rowsPerInsert) {
		ids := idsOf(chunk)
		if _, err := list(ctx, q, scalar[string], addBalances, ids, ids); err != nil {
			return err
		}
	}
	return nil
}

func idsOf(added []addedEntry) []int64 {
	ids := make([]int64, len(added))
	for i, a := range added {
		ids[i] = a.id
	}
	return ids
}

// EntriesOf lists the entries of an object, by currency and part.
func (s billingStore) EntriesOf(ctx context.Context, account string, kind billing.EntryKind, object string) ([]billing.Entry, error) {
	return s.entries(ctx, selectEntriesOf, account, string(kind), object)
}

// Entries lists, newest first.
func (s billingStore) Entries(ctx context.Context, f billing.EntryFilter) ([]billing.Entry, error) {
	query, args := selectEntries(f)
	return s.entries(ctx, query, args...)
}

func selectEntries(f billing.EntryFilter) (query string, args []any) {
	var where filter
	where.when(true, "account = ?", f.Account)
	where.when(f.Currency != "", "currency = ?", string(f.Currency))
	where.when(len(f.Kinds) > 0, "kind IN (?)", f.Kinds)
	where.when(f.Object != "", "object = ?", f.Object)
	where.when(!f.AvailableAfter.IsZero(), "available_on > ?", micros(f.AvailableAfter))
	where.when(!f.AvailableUntil.IsZero(), "available_on <= ?", micros(f.AvailableUntil))
	where.when(f.Before > 0, "id < ?", f.Before)
	return "SELECT " + entryColumns + " FROM frontdesk_billing_entries" + where.sql() + " ORDER BY id DESC LIMIT ?", append(where.args, bounded(f.Limit))
}

func (s billingStore) entries(ctx context.Context, query string, args ...any) (entries []billing.Entry, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		entries, err = list(ctx, q, scanEntry, query, args...)
		return err
	})
	return entries, err
}

func scanEntry(r row) (e billing.Entry, err error) {
	var available, created, recorded int64
	err = r.Scan(&e.ID, &e.Account, &e.Kind, &e.Object, &e.Part, &e.Currency, &e.Gross, &e.Fee, &e.Balance, &e.InTransit, &e.PaidOut,
		&e.Held, &e.Exact, &available, &created, &recorded)
	e.AvailableOn, e.Created, e.RecordedAt = moment(available), moment(created), moment(recorded)
	return e, err
}
