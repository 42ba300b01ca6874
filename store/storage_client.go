package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk/storage"
)

const (
	resumeVersions = `UPDATE frontdesk_storage_versions SET next_at = CASE WHEN next_at > ? THEN CAST(? AS BIGINT) ELSE next_at END
		WHERE ` + waits + " AND client = ? AND store = ? RETURNING id"

	reserveFolder = `INSERT INTO frontdesk_storage_reservations AS r (store, client, folder) VALUES (?, ?, ?)
		ON CONFLICT (store, client) DO UPDATE SET folder = CASE WHEN r.folder = ? THEN excluded.folder ELSE r.folder END RETURNING folder`

	pauseClient = `INSERT INTO frontdesk_storage_pauses AS p (store, client, paused_until) VALUES (?, ?, ?)
		ON CONFLICT (store, client) DO UPDATE SET paused_until = excluded.paused_until WHERE p.paused_until < excluded.paused_until
		RETURNING paused_until`

	// holdBack takes what waits out of the way of those who look for due versions, as
	// much as is cheap. The rest, and what comes later, they pass over.
	holdBack = `UPDATE frontdesk_storage_versions SET next_at = ? WHERE state <> 'removing' AND lease = '' AND id IN
		(SELECT id FROM frontdesk_storage_versions WHERE ` + waits + ` AND client = ? AND store = ? AND state <> 'removing' AND lease = '' AND next_at < ? LIMIT ?)`

	countDocuments = "SELECT COUNT(*) FROM frontdesk_storage_documents WHERE client = ? AND NOT deleted"
	selectPause    = "SELECT paused_until FROM frontdesk_storage_pauses WHERE store = ? AND client = ?"
)

// heldBack is how many rows a pause writes at most.
const heldBack = 1000

// Folder returns the id of a client's folder.
func (s storageStore) Folder(ctx context.Context, store, client string) (id string, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		id, err = first(ctx, q, scalar[string], "SELECT folder FROM frontdesk_storage_folders WHERE store = ? AND client = ?", store, client)
		return missing(err, "folder of the client yet")
	})
	return id, err
}

// SetFolder remembers or forgets it.
func (s storageStore) SetFolder(ctx context.Context, store, client, id string) error {
	return s.write(ctx, func(q queries) error {
		if id == "" {
			_, err := q.exec(ctx, "DELETE FROM frontdesk_storage_folders WHERE store = ? AND client = ?", store, client)
			return err
		}
		_, err := q.exec(ctx, "INSERT INTO frontdesk_storage_folders (store, client, folder) VALUES (?, ?, ?) "+
			"ON CONFLICT (store, client) DO UPDATE SET folder = excluded.folder", store, client, id)
		return err
	})
}

// ReserveFolder reserves an id for a client's folder, or returns the one that was.
func (s storageStore) ReserveFolder(ctx context.Context, store, client, id, gone string) (reserved string, err error) {
	err = s.write(ctx, func(q queries) (err error) {
		reserved, err = first(ctx, q, scalar[string], reserveFolder, store, client, id, gone)
		return err
	})
	return reserved, err
}

// Pause holds back what a client stores.
func (s storageStore) Pause(ctx context.Context, store, client string, until time.Time) error {
	return s.atomically(ctx, func(_ *Tx, q queries) error {
		_, err := first(ctx, q, scalar[int64], pauseClient, store, client, micros(until))
		if errors.Is(err, errNoRow) {
			return nil // it is held back for longer
		}
		if err == nil {
			_, err = q.exec(ctx, holdBack, micros(until), client, store, micros(until), heldBack)
		}
		return err
	})
}

// Resume ends a pause.
func (s storageStore) Resume(ctx context.Context, store, client string, at time.Time) error {
	return s.together(ctx, func(tx *Tx, q queries) error {
		if _, err := q.exec(ctx, "DELETE FROM frontdesk_storage_pauses WHERE store = ? AND client = ?", store, client); err != nil {
			return err
		}
		ids, err := list(ctx, q, scalar[int64], resumeVersions, micros(at), micros(at), client, store)
		if err != nil {
			return err
		}
		slices.Sort(ids)
		return tx.enqueue(ctx, JobStoreVersions, at, ids...)
	})
}

// Usage tells what a client has.
func (s storageStore) Usage(ctx context.Context, store, client string) (storage.Usage, error) {
	var u storage.Usage
	err := s.read(ctx, func(q queries) (err error) {
		if u.Documents, err = first(ctx, q, scalar[int], countDocuments, client); err != nil {
			return err
		}
		if u.Bytes, err = first(ctx, q, scalar[int64], sumOfSizes, client); err != nil {
			return err
		}
		pauses, err := list(ctx, q, scalar[int64], selectPause, store, client)
		u.PausedUntil = moment(append(pauses, noTime)[0]) // without a row: never
		return err
	})
	if err != nil {
		return storage.Usage{}, err
	}
	return u, nil
}
