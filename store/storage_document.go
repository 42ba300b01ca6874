package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk/storage"
)

const (
	documentColumns = "id, client, key, title, folder, by_id, by_role, status, reason, decided_by, decided_role, decided_at, visibility, " +
		"created_at, updated_at"

	insertDocument = "INSERT INTO frontdesk_storage_documents (" + documentColumns + ", latest, deleted) " +
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, FALSE)"
	updateDocument = "UPDATE frontdesk_storage_documents AS d SET title = ?, folder = ?, status = ?, reason = ?, decided_by = ?, decided_role = ?, " +
		"decided_at = ?, visibility = ?, updated_at = ?, latest = ? WHERE d.id = ?"

	// holdDocument is a write also where nothing changes: on Postgres with snapshots
	// that is what makes those who waited for it begin again.
	holdDocument = "UPDATE frontdesk_storage_documents AS d SET deleted = FALSE WHERE d.id = ? AND NOT deleted"

	withKey = "d.client = ? AND d.key = ? AND d.key <> ''"
)

// selectDocuments reads documents with their newest versions.
var selectDocuments = "SELECT " + columnsOf("d", documentColumns) + ", " + columnsOf("v", versionColumns) + " FROM frontdesk_storage_documents d " +
	"JOIN frontdesk_storage_versions v ON v.document = d.id AND v.number = d.latest WHERE NOT d.deleted AND "

// columnsOf names the columns of a table that has another name in the query.
func columnsOf(table, columns string) string {
	return table + "." + strings.ReplaceAll(columns, ", ", ", "+table+".")
}

// AddDocument stores the document unless the client has one with its key.
func (s storageStore) AddDocument(ctx context.Context, d storage.Document, v storage.Version, quota int64) (there *storage.Document, added bool, err error) {
	v.Document, v.Client, v.Number = d.ID, d.Client, 1
	err = s.together(ctx, func(tx *Tx, q queries) (err error) {
		added = false
		if err := holdClient(ctx, q, d.Client); err != nil {
			return err
		}
		if there, err = findDocument(ctx, q, withKey, d.Client, d.Key); !errors.Is(err, errNoRow) {
			return err
		}
		if err := addVersion(ctx, tx, q, v, quota); err != nil {
			return err
		}
		if _, err := q.exec(ctx, insertDocument, d.ID, d.Client, d.Key, storable(d.Title), storable(d.Folder), storable(d.By.ID), string(d.By.Role),
			string(d.Status), storable(d.Reason), storable(d.DecidedBy.ID), string(d.DecidedBy.Role), micros(d.DecidedAt), string(d.Visibility),
			micros(d.CreatedAt), micros(d.UpdatedAt)); err != nil {
			return err
		}
		added = true
		there, err = findDocument(ctx, q, "d.id = ?", d.ID)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	return there, added, nil
}

// AddVersion stores the next version of a document.
func (s storageStore) AddVersion(ctx context.Context, v storage.Version, quota int64, fn func(*storage.Document) error) (there *storage.Document, err error) {
	err = s.together(ctx, func(tx *Tx, q queries) error {
		d, err := editDocument(ctx, q, v.Document, fn)
		if err != nil {
			return err
		}
		if err := holdClient(ctx, q, d.Client); err != nil {
			return err
		}
		v.Client, v.Number = d.Client, d.Latest.Number+1
		if err := addVersion(ctx, tx, q, v, quota); err != nil {
			return err
		}
		there, err = keepDocument(ctx, q, d, v.Number)
		return err
	})
	if err != nil {
		return nil, err
	}
	return there, nil
}

// Document returns a document.
func (s storageStore) Document(ctx context.Context, id string) (d *storage.Document, err error) {
	err = s.read(ctx, func(q queries) error {
		d, err = findDocument(ctx, q, "d.id = ?", storable(id))
		return missing(err, fmt.Sprintf("document %q", id))
	})
	return d, err
}

// ChangeDocument changes a document.
func (s storageStore) ChangeDocument(ctx context.Context, id string, fn func(*storage.Document) error) (there *storage.Document, err error) {
	err = s.together(ctx, func(_ *Tx, q queries) error {
		d, err := editDocument(ctx, q, id, fn)
		if err != nil {
			return err
		}
		there, err = keepDocument(ctx, q, d, d.Latest.Number)
		return err
	})
	if err != nil {
		return nil, err
	}
	return there, nil
}

// RemoveDocument deletes a document, and leaves its versions to be removed.
func (s storageStore) RemoveDocument(ctx context.Context, id string, at time.Time, fn func(*storage.Document) error) error {
	return s.together(ctx, func(tx *Tx, q queries) error {
		d, err := editDocument(ctx, q, id, fn)
		if err != nil {
			return err
		}
		if _, err := q.exec(ctx, "UPDATE frontdesk_storage_documents SET deleted = TRUE, key = '' WHERE id = ?", d.ID); err != nil {
			return err
		}
		ids, err := list(ctx, q, scalar[int64], removeVersions, micros(at), d.ID)
		if err != nil {
			return err
		}
		slices.Sort(ids)
		return tx.enqueue(ctx, JobStoreVersions, at, ids...)
	})
}

// Documents lists, by falling id.
func (s storageStore) Documents(ctx context.Context, f storage.Filter) (all []storage.Document, err error) {
	query, args := filterDocuments(f)
	err = s.read(ctx, func(q queries) (err error) {
		all, err = list(ctx, q, scanDocument, query, args...)
		return err
	})
	return all, err
}

func filterDocuments(f storage.Filter) (query string, args []any) {
	var where filter
	where.when(f.Client != "", "d.client = ?", storable(f.Client))
	where.when(len(f.Folders) > 0, "d.folder IN (?)", f.Folders)
	where.when(len(f.Statuses) > 0, "d.status IN (?)", f.Statuses)
	where.when(len(f.States) > 0, "v.state IN (?)", f.States)
	where.when(f.Visibility != "", "d.visibility = ?", string(f.Visibility))
	where.when(f.VisibleToClient, "(d.visibility = 'shared' OR d.by_role = 'client')")
	where.when(f.Before != "", "d.id < ?", storable(f.Before))
	where.when(len(where.conditions) == 0, "d.id > ''")
	return selectDocuments + strings.Join(where.conditions, " AND ") + " ORDER BY d.id DESC LIMIT ?", append(where.args, bounded(f.Limit))
}

// findDocument is the one that meets the condition; without one it is errNoRow.
func findDocument(ctx context.Context, q queries, condition string, args ...any) (*storage.Document, error) {
	d, err := first(ctx, q, scanDocument, selectDocuments+condition, args...)
	if err != nil {
		return nil, err
	}
	return &d, nil
}

// editDocument locks the document and returns what fn makes of it. It reads it with a
// later statement than the one that locks it, which on Postgres sees what the lock was
// waited for.
func editDocument(ctx context.Context, q queries, id string, fn func(*storage.Document) error) (*storage.Document, error) {
	if err := lockDocument(ctx, q, id); err != nil {
		return nil, err
	}
	d, err := findDocument(ctx, q, "d.id = ?", id)
	if err != nil {
		return nil, err
	}
	edited := *d
	if err := fn(&edited); err != nil {
		return nil, callersError{err}
	}
	d.Title, d.Folder, d.Status, d.Reason = edited.Title, edited.Folder, edited.Status, edited.Reason
	d.DecidedBy, d.DecidedAt, d.Visibility, d.UpdatedAt = edited.DecidedBy, edited.DecidedAt, edited.Visibility, edited.UpdatedAt
	return d, nil
}

// lockDocument keeps a document that is not deleted to the transaction.
func lockDocument(ctx context.Context, q queries, id string) error {
	n, err := q.exec(ctx, holdDocument, storable(id))
	if err == nil && n == 0 {
		return missing(errNoRow, fmt.Sprintf("document %q", id))
	}
	return err
}

// keepDocument stores what may change of a document, and reads it back.
func keepDocument(ctx context.Context, q queries, d *storage.Document, latest int) (*storage.Document, error) {
	if _, err := q.exec(ctx, updateDocument, storable(d.Title), storable(d.Folder), string(d.Status), storable(d.Reason),
		storable(d.DecidedBy.ID), string(d.DecidedBy.Role), micros(d.DecidedAt), string(d.Visibility), micros(d.UpdatedAt), latest, d.ID); err != nil {
		return nil, err
	}
	return findDocument(ctx, q, "d.id = ?", d.ID)
}

func scanDocument(r row) (d storage.Document, err error) {
	var decided, created, updated int64
	d.Latest, err = scanVersionColumns(r, &d.ID, &d.Client, &d.Key, &d.Title, &d.Folder, &d.By.ID, &d.By.Role, &d.Status, &d.Reason,
		&d.DecidedBy.ID, &d.DecidedBy.Role, &decided, &d.Visibility, &created, &updated)
	d.DecidedAt, d.CreatedAt, d.UpdatedAt = moment(decided), moment(created), moment(updated)
	return d, err
}
