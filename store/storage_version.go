package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

const (
	addedVersionColumns = "document, client, number, name, content_type, size, sha256, by_id, by_role, created_at, stored_at, state, done, " +
		"store, object_id, spool, session, scanned_at, attempts, last_error, next_at, lease, lease_until"
	versionColumns = "id, " + addedVersionColumns

	insertVersion = "INSERT INTO frontdesk_storage_versions (" + addedVersionColumns + ") " +
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
	selectVersion  = "SELECT " + versionColumns + " FROM frontdesk_storage_versions WHERE id = ?"
	removeVersions = "UPDATE frontdesk_storage_versions SET state = 'removing', next_at = ?, attempts = 0 WHERE document = ? RETURNING id"
	moveVersion    = "UPDATE frontdesk_storage_versions SET store = ?, object_id = ? WHERE id = ? AND state = 'stored' AND store = ? AND object_id = ?"

	selectVersionsIn = "SELECT " + versionColumns + " FROM frontdesk_storage_versions WHERE store = ? AND state = ? AND id > ? ORDER BY id LIMIT ?"
	selectSpooled    = "SELECT spool FROM frontdesk_storage_versions WHERE spool <> '' AND spool IN (?)"

	// notDeleted is the condition on what belongs to a document, with its id twice: what is
	// deleted has nothing.
	notDeleted       = "document = ? AND EXISTS (SELECT 1 FROM frontdesk_storage_documents d WHERE d.id = ? AND NOT d.deleted)"
	selectVersionsOf = "SELECT " + versionColumns + " FROM frontdesk_storage_versions WHERE " + notDeleted + " ORDER BY number DESC"

	sumOfSizes = "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM frontdesk_storage_versions WHERE client = ? AND " + counts
	counts     = "state NOT IN ('infected', 'removing')"
)

// holdClient keeps what the client has to the transaction. A later statement sees all
// that others have added.
func holdClient(ctx context.Context, q queries, client string) error {
	_, err := q.exec(ctx, "INSERT INTO frontdesk_storage_clients (client) VALUES (?) "+
		"ON CONFLICT (client) DO UPDATE SET client = excluded.client", client)
	return err
}

// addVersion adds a version if there is room for it. The client is held.
func addVersion(ctx context.Context, tx *Tx, q queries, v storage.Version, quota int64) error {
	if err := refuseMore(ctx, q, v, quota); err != nil {
		return err
	}
	t := v.Transfer
	id, err := first(ctx, q, scalar[int64], insertVersion, v.Document, v.Client, v.Number, storable(v.Name), storable(v.ContentType), v.Size,
		notNull(v.SHA256), storable(v.By.ID), string(v.By.Role), micros(v.CreatedAt), micros(v.StoredAt), string(v.State), v.Done, t.Store,
		storable(t.ObjectID), t.Spool, notNull(t.Session), micros(t.ScannedAt), t.Attempts, storable(t.LastError), micros(t.NextAt), t.Lease,
		micros(t.LeaseUntil))
	if err != nil || !v.State.Waits() {
		return err
	}
	return tx.enqueue(ctx, JobStoreVersions, t.NextAt, id)
}

func refuseMore(ctx context.Context, q queries, v storage.Version, quota int64) error {
	if quota <= 0 {
		return nil
	}
	sum, err := first(ctx, q, scalar[int64], sumOfSizes, v.Client)
	if err == nil && v.Size > quota-sum {
		return frontdesk.Errorf(frontdesk.QuotaExceeded, "there is no room left")
	}
	return err
}

// Version returns a version.
func (s storageStore) Version(ctx context.Context, id int64) (*storage.Version, error) {
	var v storage.Version
	err := s.read(ctx, func(q queries) (err error) {
		v, err = first(ctx, q, scanVersion, selectVersion, id)
		return missing(err, fmt.Sprintf("version %d", id))
	})
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// Versions lists those of a document, newest first.
func (s storageStore) Versions(ctx context.Context, document string) ([]storage.Version, error) {
	return s.versions(ctx, selectVersionsOf, storable(document), storable(document))
}

// VersionsIn lists by rising id.
func (s storageStore) VersionsIn(ctx context.Context, store string, state storage.State, after int64, limit int) ([]storage.Version, error) {
	return s.versions(ctx, selectVersionsIn, store, string(state), after, max(limit, 0))
}

func (s storageStore) versions(ctx context.Context, query string, args ...any) (all []storage.Version, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		all, err = list(ctx, q, scanVersion, query, args...)
		return err
	})
	return all, err
}

// Spooled says which names belong to a version.
func (s storageStore) Spooled(ctx context.Context, names []string) (known []string, err error) {
	for chunk := range slices.Chunk(names, rowsPerInsert) {
		if err := s.read(ctx, func(q queries) error {
			found, err := list(ctx, q, scalar[string], selectSpooled, chunk)
			known = append(known, found...)
			return err
		}); err != nil {
			return nil, err
		}
	}
	return known, nil
}

// MoveVersion makes a stored version another document store's.
func (s storageStore) MoveVersion(ctx context.Context, id int64, from, to storage.ObjectRef) error {
	return s.atomically(ctx, func(_ *Tx, q queries) error {
		n, err := q.exec(ctx, moveVersion, to.Store, storable(to.ID), id, from.Store, storable(from.ID))
		if err != nil || n > 0 {
			return err
		}
		return whyNotVersion(ctx, q, id, frontdesk.Errorf(frontdesk.Aborted, "version %d is not stored as that object", id))
	})
}

// whyNotVersion is the reason, unless there is no such version.
func whyNotVersion(ctx context.Context, q queries, id int64, reason error) error {
	if _, err := first(ctx, q, scalar[string], "SELECT state FROM frontdesk_storage_versions WHERE id = ?", id); err != nil {
		return missing(err, fmt.Sprintf("version %d", id))
	}
	return reason
}

func scanVersion(r row) (storage.Version, error) { return scanVersionColumns(r) }

// scanVersionColumns scans a version that stands behind others.
func scanVersionColumns(r row, before ...any) (v storage.Version, err error) {
	var created, stored, scanned, next, until int64
	t := &v.Transfer
	err = r.Scan(append(before, &v.ID, &v.Document, &v.Client, &v.Number, &v.Name, &v.ContentType, &v.Size, &v.SHA256, &v.By.ID, &v.By.Role,
		&created, &stored, &v.State, &v.Done, &t.Store, &t.ObjectID, &t.Spool, &t.Session, &scanned, &t.Attempts, &t.LastError, &next, &t.Lease,
		&until)...)
	v.CreatedAt, v.StoredAt = moment(created), moment(stored)
	t.ScannedAt, t.NextAt, t.LeaseUntil = moment(scanned), moment(next), moment(until)
	v.SHA256, t.Session = orNil(v.SHA256), orNil(t.Session)
	return v, err
}

// orNil is what notNull was given.
func orNil(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}
