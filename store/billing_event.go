package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

const (
	eventHead = "id, provider, account, livemode, event_id, type, api_version, created, object_kind, object_account, object_id, " +
		"skip, state, attempts, last_error, awaits, received_at, next_at, lease, lease_until"
	eventColumns = eventHead + ", payload"

	addedColumns = "provider, account, livemode, event_id, type, api_version, created, object_kind, object_account, object_id, " +
		"skip, state, attempts, last_error, awaits, received_at, next_at, payload"
	addedCount = 18

	// rowsPerInsert bounds the parameters of a statement (SQLite takes 32,766) and how
	// many sizes of it a driver keeps prepared.
	rowsPerInsert = 64

	pruneBatch = 1000
)

// AddEvents stores the events. Outside of a transaction concurrent calls share commits.
func (s billingStore) AddEvents(ctx context.Context, events ...billing.Event) error {
	for _, e := range events {
		if err := checkEvent(e); err != nil {
			return err
		}
	}
	switch {
	case len(events) == 0:
		return nil
	case s.tx == nil:
		return s.db.inbox.add(ctx, events)
	}
	return s.addEvents(ctx, events)
}

// commitEvents stores what a group has gathered.
func (db *DB) commitEvents(ctx context.Context, events []billing.Event) error {
	return billingStore{session{db: db}}.addEvents(ctx, events)
}

// addEvents inserts in the order of the unique index, so that two processes that store
// the same events cannot wait for each other.
func (s billingStore) addEvents(ctx context.Context, events []billing.Event) error {
	events = slices.SortedStableFunc(slices.Values(events), compareIdentity)
	return s.atomically(ctx, func(tx *Tx, q queries) error {
		var received []int64
		for chunk := range slices.Chunk(events, rowsPerInsert) {
			ids, err := insertEvents(ctx, q, chunk)
			if err != nil {
				return err
			}
			received = append(received, ids...)
		}
		slices.Sort(received)
		return tx.enqueue(ctx, JobProcessEvents, time.Time{}, received...)
	})
}

// insertEvents returns the ids of the new events that wait for a worker.
func insertEvents(ctx context.Context, q queries, events []billing.Event) ([]int64, error) {
	values := strings.Repeat(", (?"+strings.Repeat(", ?", addedCount-1)+")", len(events))[2:]
	args := make([]any, 0, addedCount*len(events))
	for _, e := range events {
		args = append(args, e.Provider, e.Account, e.Livemode, e.ProviderID, e.Type, e.APIVersion, micros(e.Created),
			string(e.Object.Kind), e.Object.Account, e.Object.ID, e.Skip, string(e.State), e.Attempts, storable(e.LastError), e.Awaits,
			micros(e.ReceivedAt), micros(e.NextAt), notNull(e.Payload))
	}
	type added struct {
		id    int64
		state billing.EventState
	}
	all, err := list(ctx, q, func(r row) (a added, err error) { err = r.Scan(&a.id, &a.state); return a, err },
		"INSERT INTO frontdesk_billing_events ("+addedColumns+") VALUES "+values+" ON CONFLICT DO NOTHING RETURNING id, state", args...)
	var received []int64
	for _, a := range all {
		if a.state == billing.EventReceived {
			received = append(received, a.id)
		}
	}
	return received, err
}

// checkEvent refuses what not every database can store.
func checkEvent(e billing.Event) error {
	if e.ProviderID == "" {
		return frontdesk.InvalidField("provider_id", "must not be empty")
	}
	if e.State == "" {
		return frontdesk.InvalidField("state", "must not be empty")
	}
	for _, f := range []struct{ name, text string }{
		{"provider", e.Provider}, {"provider_id", e.ProviderID}, {"account", e.Account}, {"type", e.Type}, {"api_version", e.APIVersion},
		{"object", e.Object.Account + string(e.Object.Kind) + e.Object.ID}, {"skip", e.Skip}, {"awaits", e.Awaits},
	} {
		if !utf8.ValidString(f.text) || strings.Contains(f.text, "\x00") {
			return frontdesk.InvalidField(f.name, "must be UTF-8 without NUL")
		}
	}
	return nil
}

func compareIdentity(a, b billing.Event) int {
	return cmp.Or(cmp.Compare(a.ProviderID, b.ProviderID), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Provider, b.Provider))
}

// TakeEvent leases an event for processing.
func (s billingStore) TakeEvent(ctx context.Context, id int64, l billing.Lease) (*billing.Event, error) {
	return take(ctx, s.session, eventWork, eventColumns, scanEvent, id, l)
}

// SettleEvent ends a lease.
func (s billingStore) SettleEvent(ctx context.Context, id int64, st billing.Settlement) error {
	return eventWork.settle(ctx, s.session, id, st, ", awaits = ?", st.Awaits)
}

// WakeEvents makes the unmatched events that await the key received again.
func (s billingStore) WakeEvents(ctx context.Context, awaits string, now time.Time) error {
	return s.receiveAgain(ctx, now, "state = 'unmatched' AND awaits = ?", awaits)
}

// ReplayEvent makes an event received again.
func (s billingStore) ReplayEvent(ctx context.Context, id int64, now time.Time) error {
	return s.atomically(ctx, func(tx *Tx, q queries) error {
		state, err := first(ctx, q, scalar[string], "SELECT state FROM frontdesk_billing_events WHERE id = ?", id)
		if err != nil {
			return missing(err, fmt.Sprintf("event %d", id))
		}
		again, err := receiveAgain(ctx, q, now, "id = ? AND NOT (state = 'processing' AND lease_until >= ?)", id, micros(now))
		if err == nil && len(again) == 0 {
			return frontdesk.Errorf(frontdesk.Aborted, "event %d is %s", id, state)
		}
		if err != nil {
			return err
		}
		return tx.enqueue(ctx, JobProcessEvents, now, again...)
	})
}

func (s billingStore) receiveAgain(ctx context.Context, now time.Time, condition string, args ...any) error {
	return s.atomically(ctx, func(tx *Tx, q queries) error {
		again, err := receiveAgain(ctx, q, now, condition, args...)
		if err != nil {
			return err
		}
		return tx.enqueue(ctx, JobProcessEvents, now, again...)
	})
}

func receiveAgain(ctx context.Context, q queries, now time.Time, condition string, args ...any) ([]int64, error) {
	return list(ctx, q, scalar[int64], "UPDATE frontdesk_billing_events SET state = 'received', attempts = 0, awaits = '', next_at = ?, "+
		"lease = '', lease_until = ? WHERE "+condition+" RETURNING id", append([]any{micros(now), noTime}, args...)...)
}

// Event returns the event with its payload.
func (s billingStore) Event(ctx context.Context, id int64) (e *billing.Event, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		e, err = first(ctx, q, scanEvent, "SELECT "+eventColumns+" FROM frontdesk_billing_events WHERE id = ?", id)
		return missing(err, fmt.Sprintf("event %d", id))
	})
	return e, err
}

// Events lists without payloads, newest first.
func (s billingStore) Events(ctx context.Context, f billing.EventFilter) (events []billing.Event, err error) {
	var where filter
	where.when(len(f.States) > 0, "state IN (?)", f.States)
	where.when(len(f.States) > 0 && within(f.States, trouble), "state IN ('failed', 'dead', 'unmatched')") // see trouble
	where.when(f.Type != "", "type = ?", f.Type)
	where.when(f.Before > 0, "id < ?", f.Before)
	query := "SELECT " + eventHead + " FROM frontdesk_billing_events" + where.sql() + " ORDER BY id DESC LIMIT ?"
	err = s.read(ctx, func(q queries) (err error) {
		events, err = list(ctx, q, scanEventHead, query, append(where.args, bounded(f.Limit))...)
		return err
	})
	return events, err
}

// trouble are the states whose rows have an index. Planners use it only for a query
// that says, in the index's words, that it is about no others.
var trouble = []billing.EventState{billing.EventFailed, billing.EventDead, billing.EventUnmatched}

func within[T comparable](some, all []T) bool {
	return !slices.ContainsFunc(some, func(v T) bool { return !slices.Contains(all, v) })
}

// DueEvents lists ids that a worker should take, oldest first.
func (s billingStore) DueEvents(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	return eventWork.listDue(ctx, s.session, now, limit)
}

// PruneEvents deletes what is over, in batches so that others are not held up.
func (s billingStore) PruneEvents(ctx context.Context, before time.Time) (int, error) {
	const query = `DELETE FROM frontdesk_billing_events WHERE id IN (SELECT id FROM frontdesk_billing_events
		WHERE state IN ('done', 'ignored') AND received_at < ? ORDER BY id LIMIT ?)`
	for pruned := 0; ; {
		var n int64
		err := s.write(ctx, func(q queries) (err error) {
			n, err = q.exec(ctx, query, micros(before), pruneBatch)
			return err
		})
		if pruned += int(n); err != nil || n < pruneBatch {
			return pruned, err
		}
	}
}

func scanEvent(r row) (*billing.Event, error) {
	var payload []byte
	e, err := scanEventColumns(r, &payload)
	e.Payload = payload
	return &e, err
}

func scanEventHead(r row) (billing.Event, error) { return scanEventColumns(r) }

func scanEventColumns(r row, more ...any) (e billing.Event, err error) {
	var created, received, next, until int64
	err = r.Scan(append([]any{&e.ID, &e.Provider, &e.Account, &e.Livemode, &e.ProviderID, &e.Type, &e.APIVersion, &created,
		&e.Object.Kind, &e.Object.Account, &e.Object.ID, &e.Skip, &e.State, &e.Attempts, &e.LastError, &e.Awaits,
		&received, &next, &e.Lease, &until}, more...)...)
	e.Created, e.ReceivedAt, e.NextAt, e.LeaseUntil = moment(created), moment(received), moment(next), moment(until)
	return e, err
}
