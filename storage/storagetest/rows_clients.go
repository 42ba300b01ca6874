package storagetest

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// Folder returns the id of a client's folder.
func (s *Rows) Folder(ctx context.Context, store, client string) (id string, err error) {
	err = s.do(ctx, func(d *rowsData) error {
		var found bool
		if id, found = d.folders.rows[rowsPlace{store, client}]; !found {
			return frontdesk.Errorf(frontdesk.NotFound, "the client has no folder yet")
		}
		return nil
	})
	return id, err
}

// SetFolder remembers or forgets it.
func (s *Rows) SetFolder(ctx context.Context, store, client, id string) error {
	return s.do(ctx, func(d *rowsData) error {
		if id == "" {
			d.folders.remove(rowsPlace{store, client})
			return nil
		}
		d.folders.put(rowsPlace{store, client}, id)
		return nil
	})
}

// ReserveFolder reserves an id for a client's folder, or returns the one that was.
func (s *Rows) ReserveFolder(ctx context.Context, store, client, id, gone string) (reserved string, err error) {
	err = s.do(ctx, func(d *rowsData) error {
		place := rowsPlace{store, client}
		there, found := d.reserved.rows[place]
		if !found || there == gone {
			d.reserved.put(place, id)
		}
		reserved = d.reserved.rows[place]
		return nil
	})
	return reserved, err
}

// Pause holds back what a client stores.
func (s *Rows) Pause(ctx context.Context, store, client string, until time.Time) error {
	return s.do(ctx, func(d *rowsData) error {
		place := rowsPlace{store, client}
		if until.After(d.pauses.rows[place]) {
			d.pauses.put(place, rowTime(until))
			d.holdBack(place, until)
		}
		return nil
	})
}

// holdBack moves what waits to the end of the pause.
func (d *rowsData) holdBack(p rowsPlace, until time.Time) {
	for id, v := range d.versions.rows {
		moves := v.State.Waits() && v.State != storage.StateRemoving && v.Transfer.Lease == ""
		if moves && p == (rowsPlace{v.Transfer.Store, v.Client}) && v.Transfer.NextAt.Before(until) {
			v.Transfer.NextAt = rowTime(until)
			d.versions.put(id, v)
		}
	}
}

// Resume ends a pause.
func (s *Rows) Resume(ctx context.Context, store, client string, at time.Time) error {
	return s.do(ctx, func(d *rowsData) error {
		d.pauses.remove(rowsPlace{store, client})
		for id, v := range d.versions.rows {
			if v.Client == client && v.Transfer.Store == store && v.State.Waits() && v.Transfer.NextAt.After(at) {
				v.Transfer.NextAt = rowTime(at)
				d.versions.put(id, v)
			}
		}
		return nil
	})
}

// Usage tells what a client has.
func (s *Rows) Usage(ctx context.Context, store, client string) (u storage.Usage, err error) {
	err = s.do(ctx, func(d *rowsData) error {
		for _, row := range d.documents.rows {
			if row.Client == client && !row.deleted {
				u.Documents++
			}
		}
		u.Bytes, u.PausedUntil = d.bytes(client), d.pauses.rows[rowsPlace{store, client}]
		return nil
	})
	return u, err
}
