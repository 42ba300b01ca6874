package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

const (
	// dueMessage is the condition on messages that a worker may take, with the provider
	// and the time twice.
	dueMessage = "status = 'queued' AND provider = ? AND due_at <= ? AND " +
		"NOT EXISTS (SELECT 1 FROM frontdesk_email_parks p WHERE p.provider = ? AND p.parked_until > ?)"

	selectDueMessages = "SELECT id FROM frontdesk_email_messages WHERE " + dueMessage + " ORDER BY due_at, id LIMIT ?"

	takeMessage = "UPDATE frontdesk_email_messages SET lease = ?, lease_until = ?, due_at = ?, attempts = attempts + 1, tries = tries + 1 " +
		"WHERE id = ? AND " + dueMessage + " RETURNING " + mailColumns + ", tries"

	leaveAttempt = "UPDATE frontdesk_email_attempts SET outcome = 'uncertain' " +
		"WHERE message = ? AND number = ? AND outcome = 'started' RETURNING started_at"

	settleMessage = "UPDATE frontdesk_email_messages SET status = ?, attempts = attempts - ?, last_error = ?, next_at = ?, due_at = ?, " +
		"uncertain_since = ?, withheld = ?, lease = '', lease_until = ?"
	ofLease = " WHERE id = ? AND lease = ? AND lease <> '' RETURNING provider, tries"
)

// DueMessages lists ids that a worker should take, those first that have been due for
// longest.
func (s emailStore) DueMessages(ctx context.Context, provider string, now time.Time, limit int) (ids []int64, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		ids, err = list(ctx, q, scalar[int64], selectDueMessages, provider, micros(now), provider, micros(now), max(limit, 0))
		return err
	})
	return ids, err
}

// Park stops the provider's queue.
func (s emailStore) Park(ctx context.Context, provider string, until time.Time) error {
	return s.write(ctx, func(q queries) error {
		_, err := q.exec(ctx, `INSERT INTO frontdesk_email_parks AS p (provider, parked_until) VALUES (?, ?) ON CONFLICT (provider)
			DO UPDATE SET parked_until = excluded.parked_until WHERE p.parked_until < excluded.parked_until`, provider, micros(until))
		return err
	})
}

// taken is a message in the hands of a worker, and the number of its attempt.
type taken struct {
	entry  email.Entry
	number int
}

// TakeMessage leases a message and begins an attempt.
func (s emailStore) TakeMessage(ctx context.Context, id int64, provider string, l email.Lease) (*email.Entry, error) {
	scan := func(r row) (t taken, err error) {
		t.entry, err = scanMailColumns(r, &t.number)
		return t, err
	}
	var t taken
	err := s.atomically(ctx, func(_ *Tx, q queries) (err error) {
		t, err = first(ctx, q, scan, takeMessage, l.Token, micros(l.Until), afterLease(l.Until), id,
			provider, micros(l.Now), provider, micros(l.Now))
		if errors.Is(err, errNoRow) {
			return whyNotTaken(ctx, q, id, provider)
		}
		if err != nil {
			return err
		}
		return t.begin(ctx, q, l.Now)
	})
	if err != nil {
		return nil, err
	}
	return &t.entry, nil
}

// begin starts the attempt. One before it that was never settled may have sent the
// message.
func (t *taken) begin(ctx context.Context, q queries, now time.Time) error {
	left, err := list(ctx, q, scalar[int64], leaveAttempt, t.entry.ID, t.number-1)
	if err != nil {
		return err
	}
	if len(left) > 0 && t.entry.UncertainSince.IsZero() {
		t.entry.UncertainSince = moment(left[0])
		if _, err := q.exec(ctx, "UPDATE frontdesk_email_messages SET uncertain_since = ? WHERE id = ?", left[0], t.entry.ID); err != nil {
			return err
		}
	}
	_, err = q.exec(ctx, "INSERT INTO frontdesk_email_attempts (message, "+attemptColumns+") VALUES (?, ?, ?, ?, ?, '', '')",
		t.entry.ID, t.number, micros(now), noTime, string(email.OutcomeStarted))
	return err
}

// whyNotTaken says why a message cannot be taken.
func whyNotTaken(ctx context.Context, q queries, id int64, provider string) error {
	e, err := first(ctx, q, scanMail, selectMail, id)
	switch {
	case err != nil:
		return missing(err, fmt.Sprintf("message %d", id))
	case e.Status != email.StatusQueued:
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "there is nothing left to do for message %d, it is %s", id, e.Status)
	case e.Provider != provider:
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "message %d is sent by %s", id, e.Provider)
	}
	return frontdesk.Errorf(frontdesk.Aborted, "message %d is not to be tried yet, or another lease on it is alive", id)
}

// SettleMessage ends a lease and its attempt, and joins the events that waited for the
// message.
func (s emailStore) SettleMessage(ctx context.Context, id int64, st email.Settlement) (joined []email.Event, err error) {
	err = s.atomically(ctx, func(tx *Tx, q queries) error {
		t, err := settle(ctx, q, id, st)
		if err != nil {
			return err
		}
		if st.Status == email.StatusQueued {
			return tx.enqueue(ctx, JobDeliverMessages, st.NextAt, id)
		}
		if st.Status == email.StatusSent && st.ProviderID != "" {
			joined, err = join(ctx, q, t.entry.Provider, st.ProviderID, id)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return joined, nil
}

func settle(ctx context.Context, q queries, id int64, st email.Settlement) (taken, error) {
	withheld, err := fields(st.Withheld)
	if err != nil {
		return taken{}, frontdesk.Errorf(frontdesk.Internal, "encode who did not get it: %w", err)
	}
	free := 0
	if st.Free {
		free = 1
	}
	query, args := settleMessage, []any{string(st.Status), free, storable(st.Error), micros(st.NextAt), micros(st.NextAt),
		micros(st.UncertainSince), withheld, noTime}
	if st.Status == email.StatusSent {
		query, args = query+", provider_id = ?, sent_at = ?", append(args, storable(st.ProviderID), micros(st.At))
	}
	scan := func(r row) (t taken, err error) { err = r.Scan(&t.entry.Provider, &t.number); return t, err }
	t, err := first(ctx, q, scan, query+ofLease, append(args, id, st.Lease)...)
	if errors.Is(err, errNoRow) {
		return t, frontdesk.Errorf(frontdesk.Aborted, "the lease on message %d was lost", id)
	}
	if err != nil {
		return t, err
	}
	_, err = q.exec(ctx, "UPDATE frontdesk_email_attempts SET ended_at = ?, outcome = ?, code = ?, error = ? WHERE message = ? AND number = ?",
		micros(st.At), string(st.Outcome), storable(st.Code), storable(st.Error), id, t.number)
	return t, err
}
