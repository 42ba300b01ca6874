package storagetest

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

func copyVersion(v storage.Version) storage.Version {
	v.SHA256, v.Transfer.Session = bytes.Clone(v.SHA256), bytes.Clone(v.Transfer.Session)
	v.CreatedAt, v.StoredAt = rowTime(v.CreatedAt), rowTime(v.StoredAt)
	t := &v.Transfer
	t.ScannedAt, t.NextAt, t.LeaseUntil = rowTime(t.ScannedAt), rowTime(t.NextAt), rowTime(t.LeaseUntil)
	return v
}

// document is a document that is not deleted, with its newest version.
func (d *rowsData) document(id string) (storage.Document, error) {
	row, found := d.documents.rows[id]
	if !found || row.deleted {
		return storage.Document{}, frontdesk.Errorf(frontdesk.NotFound, "there is no document %q", id)
	}
	doc := row.Document
	doc.Latest = d.ofDocument(id)[0]
	return doc, nil
}

// ofDocument are the versions of a document, newest first.
func (d *rowsData) ofDocument(id string) []storage.Version {
	var all []storage.Version
	for _, v := range d.versions.rows {
		if v.Document == id {
			all = append(all, copyVersion(v))
		}
	}
	slices.SortFunc(all, func(a, b storage.Version) int { return cmp.Compare(b.Number, a.Number) })
	return all
}

func (d *rowsData) putDocument(doc storage.Document) {
	doc.Latest = storage.Version{}
	doc.CreatedAt, doc.UpdatedAt, doc.DecidedAt = rowTime(doc.CreatedAt), rowTime(doc.UpdatedAt), rowTime(doc.DecidedAt)
	d.documents.put(doc.ID, rowsDocument{Document: doc})
}

// bytes are what the client has.
func (d *rowsData) bytes(client string) (sum int64) {
	for _, v := range d.versions.rows {
		if v.Client == client && v.State.Counts() {
			sum += v.Size
		}
	}
	return sum
}

// putVersion adds a version if there is room for it.
func (d *rowsData) putVersion(v storage.Version, quota int64) error {
	if quota > 0 && d.bytes(v.Client)+v.Size > quota {
		return frontdesk.Errorf(frontdesk.QuotaExceeded, "there is no room left")
	}
	v.ID = d.nextID()
	d.versions.put(v.ID, copyVersion(v))
	return nil
}

// AddDocument stores the document unless there is one with its key.
func (s *Rows) AddDocument(ctx context.Context, doc storage.Document, v storage.Version, quota int64) (*storage.Document, bool, error) {
	var there storage.Document
	added := false
	err := s.do(ctx, func(d *rowsData) (err error) {
		key := rowsKey{doc.Client, doc.Key}
		id, known := d.keys.rows[key]
		if !known {
			id, added = doc.ID, true
			v.Document, v.Client, v.Number = doc.ID, doc.Client, 1
			if err := d.putVersion(v, quota); err != nil {
				return err
			}
			d.putDocument(doc)
			if doc.Key != "" {
				d.keys.put(key, id)
			}
		}
		there, err = d.document(id)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	return &there, added, nil
}

// AddVersion stores the next version of a document.
func (s *Rows) AddVersion(ctx context.Context, v storage.Version, quota int64, fn func(*storage.Document) error) (*storage.Document, error) {
	var doc storage.Document
	err := s.do(ctx, func(d *rowsData) (err error) {
		if err := d.change(v.Document, fn); err != nil {
			return err
		}
		if doc, err = d.document(v.Document); err != nil {
			return err
		}
		v.Client, v.Number = doc.Client, doc.Latest.Number+1
		if err := d.putVersion(v, quota); err != nil {
			return err
		}
		doc, err = d.document(v.Document)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &doc, nil
}

// change stores what fn may change of a document.
func (d *rowsData) change(id string, fn func(*storage.Document) error) error {
	doc, err := d.document(id)
	if err != nil {
		return err
	}
	edited := doc
	if err := fn(&edited); err != nil {
		return err
	}
	doc.Title, doc.Folder, doc.Status, doc.Reason = edited.Title, edited.Folder, edited.Status, edited.Reason
	doc.DecidedBy, doc.DecidedAt = edited.DecidedBy, edited.DecidedAt
	doc.Visibility, doc.UpdatedAt = edited.Visibility, edited.UpdatedAt
	d.putDocument(doc)
	return nil
}

// Document returns a document.
func (s *Rows) Document(ctx context.Context, id string) (*storage.Document, error) {
	return s.ChangeDocument(ctx, id, func(*storage.Document) error { return nil })
}

// ChangeDocument changes a document.
func (s *Rows) ChangeDocument(ctx context.Context, id string, fn func(*storage.Document) error) (*storage.Document, error) {
	var doc storage.Document
	err := s.do(ctx, func(d *rowsData) (err error) {
		if err := d.change(id, fn); err != nil {
			return err
		}
		doc, err = d.document(id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &doc, nil
}

// RemoveDocument deletes a document, and leaves its versions to be removed.
func (s *Rows) RemoveDocument(ctx context.Context, id string, at time.Time, fn func(*storage.Document) error) error {
	return s.do(ctx, func(d *rowsData) error {
		doc, err := d.document(id)
		if err != nil {
			return err
		}
		edited := doc
		if err := fn(&edited); err != nil {
			return err
		}
		d.keys.remove(rowsKey{doc.Client, doc.Key})
		d.documents.put(id, rowsDocument{doc, true})
		for _, v := range d.ofDocument(id) {
			v.State, v.Transfer.NextAt, v.Transfer.Attempts = storage.StateRemoving, rowTime(at), 0
			d.versions.put(v.ID, v)
		}
		return nil
	})
}

// Documents lists, by falling id.
func (s *Rows) Documents(ctx context.Context, f storage.Filter) ([]storage.Document, error) {
	var found []storage.Document
	err := s.do(ctx, func(d *rowsData) error {
		for _, id := range slices.Backward(slices.Sorted(maps.Keys(d.documents.rows))) {
			doc, err := d.document(id)
			if err == nil && len(found) < boundedRows(f.Limit) && (f.Before == "" || id < f.Before) && selects(f, &doc) {
				found = append(found, doc)
			}
		}
		return nil
	})
	return found, err
}

func selects(f storage.Filter, d *storage.Document) bool {
	return (f.Client == "" || f.Client == d.Client) &&
		(len(f.Folders) == 0 || slices.Contains(f.Folders, d.Folder)) &&
		(len(f.Statuses) == 0 || slices.Contains(f.Statuses, d.Status)) &&
		(len(f.States) == 0 || slices.Contains(f.States, d.Latest.State)) &&
		(f.Visibility == "" || f.Visibility == d.Visibility) &&
		(!f.VisibleToClient || d.Visibility == storage.Shared || d.By.Role == frontdesk.RoleClient)
}

// boundedRows is how many rows a list may return.
func boundedRows(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 500)
}

// Version returns a version.
func (s *Rows) Version(ctx context.Context, id int64) (*storage.Version, error) {
	var v storage.Version
	err := s.do(ctx, func(d *rowsData) (err error) {
		v, err = d.version(id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &v, nil
}

func (d *rowsData) version(id int64) (storage.Version, error) {
	v, found := d.versions.rows[id]
	if !found {
		return v, frontdesk.Errorf(frontdesk.NotFound, "there is no version %d", id)
	}
	return copyVersion(v), nil
}

// Versions lists those of a document, newest first.
func (s *Rows) Versions(ctx context.Context, document string) (all []storage.Version, err error) {
	err = s.do(ctx, func(d *rowsData) error {
		if _, err := d.document(document); err == nil {
			all = d.ofDocument(document)
		}
		return nil
	})
	return all, err
}

// VersionsIn lists by rising id.
func (s *Rows) VersionsIn(ctx context.Context, store string, state storage.State, after int64, limit int) (all []storage.Version, err error) {
	err = s.do(ctx, func(d *rowsData) error {
		for _, id := range slices.Sorted(maps.Keys(d.versions.rows)) {
			v := d.versions.rows[id]
			if id > after && v.Transfer.Store == store && v.State == state && len(all) < limit {
				all = append(all, copyVersion(v))
			}
		}
		return nil
	})
	return all, err
}

// Spooled says which names belong to a version.
func (s *Rows) Spooled(ctx context.Context, names []string) (known []string, err error) {
	err = s.do(ctx, func(d *rowsData) error {
		for _, v := range d.versions.rows {
			if v.Transfer.Spool != "" && slices.Contains(names, v.Transfer.Spool) {
				known = append(known, v.Transfer.Spool)
			}
		}
		return nil
	})
	return known, err
}

// MoveVersion makes a stored version another document store's.
func (s *Rows) MoveVersion(ctx context.Context, id int64, from, to storage.ObjectRef) error {
	return s.do(ctx, func(d *rowsData) error {
		v, err := d.version(id)
		if err != nil {
			return err
		}
		if v.State != storage.StateStored || (storage.ObjectRef{Store: v.Transfer.Store, ID: v.Transfer.ObjectID}) != from {
			return frontdesk.Errorf(frontdesk.Aborted, "the version is not that object")
		}
		v.Transfer.Store, v.Transfer.ObjectID = to.Store, to.ID
		d.versions.put(id, v)
		return nil
	})
}

// AddReceipt stores a receipt unless there is one like it.
func (s *Rows) AddReceipt(ctx context.Context, r storage.Receipt, since time.Time) (added bool, err error) {
	err = s.do(ctx, func(d *rowsData) error {
		if _, err := d.document(r.Document); err != nil {
			return err
		}
		for _, known := range d.receipts.rows {
			if known.Document == r.Document && known.Version == r.Version && known.Kind == r.Kind && known.By == r.By && !known.At.Before(since) {
				return nil
			}
		}
		r.ID, r.At, added = d.nextID(), rowTime(r.At), true
		d.receipts.put(r.ID, r)
		return nil
	})
	return added && err == nil, err
}

// Receipts lists, newest first.
func (s *Rows) Receipts(ctx context.Context, document string, before int64, limit int) (all []storage.Receipt, err error) {
	err = s.do(ctx, func(d *rowsData) error {
		if _, err := d.document(document); err != nil {
			return nil //nolint:nilerr // what is deleted has none
		}
		for _, id := range slices.Backward(slices.Sorted(maps.Keys(d.receipts.rows))) {
			if r := d.receipts.rows[id]; r.Document == document && (before == 0 || id < before) && len(all) < limit {
				all = append(all, r)
			}
		}
		return nil
	})
	return all, err
}
