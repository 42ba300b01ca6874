package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// work is a table of rows that workers lease and settle: the inbox and the outbox
// differ only in words.
type work struct {
	table   string
	noun    string
	waiting string // the state of a row that nobody has tried
	held    string // the state of a row that a worker has leased
	failed  string // the state of a row that will be tried again
	job     string
}

var (
	eventWork = work{
		table: "frontdesk_billing_events", noun: "event", job: JobProcessEvents,
		waiting: string(billing.EventReceived), held: string(billing.EventProcessing), failed: string(billing.EventFailed),
	}
	effectWork = work{
		table: "frontdesk_billing_effects", noun: "effect", job: JobDeliverEffects,
		waiting: string(billing.EffectPending), held: string(billing.EffectDelivering), failed: string(billing.EffectFailed),
	}
)

// due is the condition on rows that a worker may take, with one ? twice for the time.
// It begins with the words of the index on such rows, for SQLite uses a partial
// index only for a query that repeats them.
func (w work) due() string {
	return fmt.Sprintf("state IN ('%s', '%s', '%s') AND (state <> '%[2]s' AND next_at <= ? OR state = '%[2]s' AND lease_until < ?)",
		w.waiting, w.held, w.failed)
}

func (w work) listDue(ctx context.Context, s session, now time.Time, limit int) (ids []int64, err error) {
	query := "SELECT id FROM " + w.table + " WHERE " + w.due() + " ORDER BY id LIMIT ?"
	err = s.read(ctx, func(q queries) (err error) {
		ids, err = list(ctx, q, scalar[int64], query, micros(now), micros(now), max(limit, 0))
		return err
	})
	return ids, err
}

// take leases the row and returns it as scan reads the columns.
func take[T any](ctx context.Context, s session, w work, columns string, scan func(row) (T, error), id int64, l billing.Lease) (T, error) {
	var taken T
	query := "UPDATE " + w.table + " SET state = ?, lease = ?, lease_until = ?, attempts = attempts + 1 WHERE id = ? AND " +
		w.due() + " RETURNING " + columns
	err := s.write(ctx, func(q queries) (err error) {
		taken, err = first(ctx, q, scan, query, w.held, l.Token, micros(l.Until), id, micros(l.Now), micros(l.Now))
		if errors.Is(err, errNoRow) {
			return w.whyNot(ctx, q, id)
		}
		return err
	})
	return taken, err
}

// whyNot says why a row cannot be taken.
func (w work) whyNot(ctx context.Context, q queries, id int64) error {
	state, err := first(ctx, q, scalar[string], "SELECT state FROM "+w.table+" WHERE id = ?", id)
	switch {
	case err != nil:
		return missing(err, fmt.Sprintf("%s %d", w.noun, id))
	case state == w.held:
		return frontdesk.Errorf(frontdesk.Aborted, "another lease on %s %d is alive", w.noun, id)
	case state == w.waiting || state == w.failed:
		return frontdesk.Errorf(frontdesk.Aborted, "%s %d is not to be tried yet", w.noun, id)
	}
	return frontdesk.Errorf(frontdesk.FailedPrecondition, "there is nothing left to do for %s %d, it is %s", w.noun, id, state)
}

// settle ends a lease; more is what else is set.
func (w work) settle(ctx context.Context, s session, id int64, st billing.Settlement, more string, args ...any) error {
	if st.State == "" || st.State == w.held {
		return frontdesk.InvalidField("state", "must say how the work on the %s ended", w.noun)
	}
	if st.State != w.failed || s.db.enqueuer == nil {
		return s.write(ctx, func(q queries) error { return w.end(ctx, q, id, st, more, args) })
	}
	return s.atomically(ctx, func(tx *Tx, q queries) error {
		if err := w.end(ctx, q, id, st, more, args); err != nil {
			return err
		}
		return tx.enqueue(ctx, w.job, st.NextAt, id)
	})
}

func (w work) end(ctx context.Context, q queries, id int64, st billing.Settlement, more string, args []any) error {
	free := 0
	if st.Free {
		free = 1
	}
	all := append([]any{st.State, free, storable(st.Error), micros(st.NextAt), noTime}, args...)
	n, err := q.exec(ctx, "UPDATE "+w.table+" SET state = ?, attempts = attempts - ?, last_error = ?, next_at = ?, lease = '', lease_until = ?"+
		more+" WHERE id = ? AND state = ? AND lease = ?", append(all, id, w.held, st.Lease)...)
	if err == nil && n == 0 {
		return frontdesk.Errorf(frontdesk.Aborted, "the lease on %s %d was lost", w.noun, id)
	}
	return err
}

// storable makes a text of ours or of a provider's one that both databases take:
// Postgres refuses bytes that are not UTF-8, and NUL.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// notNull is b for a column that has no null.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// bounded is how many rows a list may return.
func bounded(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 500)
}
