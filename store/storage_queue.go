package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

const (
	// waits begins what is asked of versions that wait, in the words of their indexes.
	waits = "state IN ('held', 'queued', 'removing')"

	// dueVersion is the condition on versions v that a worker may take, with the store
	// and the time three times. Few have a lease.
	dueVersion = waits + " AND store = ? AND next_at <= ? AND (lease = '' OR lease_until < ?) AND (state = 'removing' OR NOT EXISTS " +
		"(SELECT 1 FROM frontdesk_storage_pauses p WHERE p.store = v.store AND p.client = v.client AND p.paused_until > ?))"

	selectDueVersions = "SELECT id FROM frontdesk_storage_versions AS v WHERE " + dueVersion + " ORDER BY next_at, id LIMIT ?"

	takeVersion = "UPDATE frontdesk_storage_versions AS v SET lease = ?, lease_until = ?, attempts = attempts + 1 WHERE id = ? AND " +
		dueVersion + " RETURNING " + versionColumns

	advanceVersion = "UPDATE frontdesk_storage_versions SET lease_until = ?, done = ?, object_id = ?, session = ?, scanned_at = ?"
	leaveHeld      = ", state = CASE state WHEN 'held' THEN 'queued' ELSE state END"

	// settleVersion leaves a version that is to be removed meanwhile as it is.
	settleVersion = `UPDATE frontdesk_storage_versions SET state = CASE state WHEN 'removing' THEN state ELSE ? END,
		next_at = CASE state WHEN 'removing' THEN CAST(? AS BIGINT) ELSE CAST(? AS BIGINT) END, object_id = ?, spool = ?, session = ?,
		scanned_at = ?, done = ?, last_error = ?, attempts = CASE WHEN attempts > 0 THEN attempts - ? ELSE 0 END, lease = '', lease_until = ?`
	setStored = ", stored_at = CASE state WHEN 'removing' THEN stored_at ELSE ? END"

	retryVersion = "UPDATE frontdesk_storage_versions SET state = ?, attempts = 0, next_at = ? WHERE id = ? AND state = 'dead'"

	ofVersionLease = " WHERE id = ? AND lease = ? AND lease <> ''"
	leftOfVersion  = " RETURNING state, next_at"
)

// DueVersions lists what a worker should take.
func (s storageStore) DueVersions(ctx context.Context, store string, now time.Time, limit int) (ids []int64, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		ids, err = list(ctx, q, scalar[int64], selectDueVersions, store, micros(now), micros(now), micros(now), max(limit, 0))
		return err
	})
	return ids, err
}

// TakeVersion leases a version.
func (s storageStore) TakeVersion(ctx context.Context, id int64, store string, l storage.Lease) (*storage.Version, error) {
	var v storage.Version
	now := micros(l.Now)
	err := s.atomically(ctx, func(_ *Tx, q queries) (err error) {
		v, err = first(ctx, q, scanVersion, takeVersion, l.Token, micros(l.Until), id, store, now, now, now)
		if errors.Is(err, errNoRow) {
			return whyVersionNotTaken(ctx, q, id, store)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// whyVersionNotTaken says why a version cannot be taken.
func whyVersionNotTaken(ctx context.Context, q queries, id int64, store string) error {
	v, err := first(ctx, q, scanVersion, selectVersion, id)
	switch {
	case err != nil:
		return missing(err, fmt.Sprintf("version %d", id))
	case !v.State.Waits():
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "there is nothing left to do for version %d, it is %s", id, v.State)
	case v.Transfer.Store != store:
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "version %d belongs in %s", id, v.Transfer.Store)
	}
	return frontdesk.Errorf(frontdesk.Aborted, "version %d is not to be tried yet, or another lease on it is alive", id)
}

// left is what a version waits for after a worker has written to it.
type left struct {
	state storage.State
	next  time.Time
}

func scanLeft(r row) (l left, err error) {
	var next int64
	err = r.Scan(&l.state, &next)
	l.next = moment(next)
	return l, err
}

// writeHeld runs a statement on the version that the lease is on.
func writeHeld(ctx context.Context, q queries, id int64, lease, statement string, args ...any) (left, error) {
	l, err := first(ctx, q, scanLeft, statement+ofVersionLease+leftOfVersion, append(args, id, lease)...)
	if errors.Is(err, errNoRow) {
		err = whyNotVersion(ctx, q, id, frontdesk.Errorf(frontdesk.Aborted, "the lease on version %d was lost", id))
	}
	return l, err
}

// AdvanceVersion writes down what the holder knows.
func (s storageStore) AdvanceVersion(ctx context.Context, id int64, p storage.Progress) error {
	statement := advanceVersion
	if !p.ScannedAt.IsZero() {
		statement += leaveHeld
	}
	var l left
	err := s.write(ctx, func(q queries) (err error) {
		l, err = writeHeld(ctx, q, id, p.Lease, statement, micros(p.Until), p.Done, storable(p.ObjectID), notNull(p.Session), micros(p.ScannedAt))
		return err
	})
	if err == nil && l.state == storage.StateRemoving {
		err = frontdesk.Errorf(frontdesk.FailedPrecondition, "version %d is to be removed", id)
	}
	return err
}

// SettleVersion ends a lease.
func (s storageStore) SettleVersion(ctx context.Context, id int64, st storage.Settlement) error {
	return s.together(ctx, func(tx *Tx, q queries) error {
		if st.State == storage.StateRemoved {
			return forgetVersion(ctx, q, id, st.Lease)
		}
		l, err := settleHeld(ctx, q, id, st)
		if err != nil || !l.state.Waits() {
			return err
		}
		return tx.enqueue(ctx, JobStoreVersions, l.next, id)
	})
}

func settleHeld(ctx context.Context, q queries, id int64, st storage.Settlement) (left, error) {
	free, removal := 0, st.At
	if st.Free {
		free = 1
	}
	if st.State == storage.StateRemoving {
		removal = st.NextAt
	}
	statement, args := settleVersion, []any{
		string(st.State), micros(removal), micros(st.NextAt), storable(st.ObjectID), st.Spool, notNull(st.Session),
		micros(st.ScannedAt), st.Done, storable(st.Error), free, noTime,
	}
	if st.State == storage.StateStored {
		statement, args = statement+setStored, append(args, micros(st.At))
	}
	return writeHeld(ctx, q, id, st.Lease, statement, args...)
}

const (
	// holdDocumentOf lets those who remove versions of a document go one by one, so that
	// one of them is the last.
	holdDocumentOf = "UPDATE frontdesk_storage_documents AS d SET deleted = d.deleted WHERE d.id = (SELECT document FROM frontdesk_storage_versions WHERE id = ?)"

	deleteVersion  = "DELETE FROM frontdesk_storage_versions" + ofVersionLease + " RETURNING document"
	deleteDocument = "DELETE FROM frontdesk_storage_documents AS d WHERE d.id = ? AND NOT EXISTS " +
		"(SELECT 1 FROM frontdesk_storage_versions WHERE document = ?)"
	deleteReceipts = "DELETE FROM frontdesk_storage_receipts WHERE document = ?"
	resetLatest    = "UPDATE frontdesk_storage_documents AS d SET latest = (SELECT MAX(number) FROM frontdesk_storage_versions WHERE document = ?) WHERE d.id = ?"
)

// forgetVersion deletes a version, and with the last one the document and its receipts.
func forgetVersion(ctx context.Context, q queries, id int64, lease string) error {
	if _, err := q.exec(ctx, holdDocumentOf, id); err != nil {
		return err
	}
	document, err := first(ctx, q, scalar[string], deleteVersion, id, lease)
	if errors.Is(err, errNoRow) {
		return whyNotVersion(ctx, q, id, frontdesk.Errorf(frontdesk.Aborted, "the lease on version %d was lost", id))
	}
	if err != nil {
		return err
	}
	n, err := q.exec(ctx, deleteDocument, document, document)
	switch {
	case err != nil:
		return err
	case n > 0:
		_, err = q.exec(ctx, deleteReceipts, document)
	default:
		_, err = q.exec(ctx, resetLatest, document, document)
	}
	return err
}

// RetryVersion makes a dead version wait again. Versions of a deleted document are not
// dead.
func (s storageStore) RetryVersion(ctx context.Context, id int64, state storage.State, at time.Time) error {
	return s.together(ctx, func(tx *Tx, q queries) error {
		n, err := q.exec(ctx, retryVersion, string(state), micros(at), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return whyNotRetried(ctx, q, id)
		}
		return tx.enqueue(ctx, JobStoreVersions, at, id)
	})
}

func whyNotRetried(ctx context.Context, q queries, id int64) error {
	v, err := first(ctx, q, scanVersion, selectVersion, id)
	if err == nil {
		_, err = findDocument(ctx, q, "d.id = ?", v.Document)
	}
	if err != nil {
		return missing(err, "such version of a document")
	}
	return frontdesk.Errorf(frontdesk.FailedPrecondition, "version %d is %s", id, v.State)
}
