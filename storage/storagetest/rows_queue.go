package storagetest

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// leased reports whether the version's lease holds others off.
func leased(v storage.Version, now time.Time) bool {
	return v.Transfer.Lease != "" && !v.Transfer.LeaseUntil.Before(now)
}

func (d *rowsData) paused(v storage.Version, now time.Time) bool {
	return v.State != storage.StateRemoving && d.pauses.rows[rowsPlace{v.Transfer.Store, v.Client}].After(now)
}

func (d *rowsData) due(v storage.Version, store string, now time.Time) bool {
	return v.State.Waits() && v.Transfer.Store == store && !d.paused(v, now) && !leased(v, now) && !v.Transfer.NextAt.After(now)
}

// TakeVersion leases a version.
func (s *Rows) TakeVersion(ctx context.Context, id int64, store string, l storage.Lease) (*storage.Version, error) {
	var v storage.Version
	err := s.do(ctx, func(d *rowsData) (err error) {
		if v, err = d.version(id); err != nil {
			return err
		}
		switch {
		case !v.State.Waits():
			return frontdesk.Errorf(frontdesk.FailedPrecondition, "there is nothing left to do, it is %s", v.State)
		case v.Transfer.Store != store:
			return frontdesk.Errorf(frontdesk.FailedPrecondition, "it belongs in %s", v.Transfer.Store)
		case !d.due(v, store, l.Now):
			return frontdesk.Errorf(frontdesk.Aborted, "it is not to be tried yet, or somebody else does")
		}
		v.Transfer.Attempts++
		v.Transfer.Lease, v.Transfer.LeaseUntil = l.Token, rowTime(l.Until)
		d.versions.put(id, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	v = copyVersion(v)
	return &v, nil
}

// held is the version, if the lease is its.
func (d *rowsData) held(id int64, lease string) (storage.Version, error) {
	v, err := d.version(id)
	if err == nil && (lease == "" || v.Transfer.Lease != lease) {
		err = frontdesk.Errorf(frontdesk.Aborted, "the lease was lost")
	}
	return v, err
}

// AdvanceVersion writes down what the holder knows.
func (s *Rows) AdvanceVersion(ctx context.Context, id int64, p storage.Progress) error {
	removing := false
	err := s.do(ctx, func(d *rowsData) error {
		v, err := d.held(id, p.Lease)
		if err != nil {
			return err
		}
		removing = v.State == storage.StateRemoving
		v.Done, v.Transfer.ObjectID, v.Transfer.Session = p.Done, p.ObjectID, bytes.Clone(p.Session)
		v.Transfer.LeaseUntil, v.Transfer.ScannedAt = rowTime(p.Until), rowTime(p.ScannedAt)
		if v.State == storage.StateHeld && !p.ScannedAt.IsZero() {
			v.State = storage.StateQueued
		}
		d.versions.put(id, v)
		return nil
	})
	if err == nil && removing {
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "it is to be removed")
	}
	return err
}

// SettleVersion ends a lease.
func (s *Rows) SettleVersion(ctx context.Context, id int64, st storage.Settlement) error {
	return s.do(ctx, func(d *rowsData) error {
		v, err := d.held(id, st.Lease)
		if err != nil {
			return err
		}
		if st.State == storage.StateRemoved {
			d.forget(v)
			return nil
		}
		if v.State == storage.StateRemoving && st.State != storage.StateRemoving {
			st.State, st.NextAt = storage.StateRemoving, st.At
		}
		d.versions.put(id, copyVersion(settled(v, st)))
		return nil
	})
}

func settled(v storage.Version, st storage.Settlement) storage.Version {
	t := &v.Transfer
	v.State, v.Done, t.NextAt, t.ObjectID, t.Spool, t.Session = st.State, st.Done, st.NextAt, st.ObjectID, st.Spool, st.Session
	t.ScannedAt, t.LastError, t.Lease, t.LeaseUntil = st.ScannedAt, st.Error, "", time.Time{}
	if st.Free && t.Attempts > 0 {
		t.Attempts--
	}
	if st.State == storage.StateStored {
		v.StoredAt = st.At
	}
	return v
}

// forget removes a version, and its document with the last one.
func (d *rowsData) forget(v storage.Version) {
	d.versions.remove(v.ID)
	if len(d.ofDocument(v.Document)) > 0 {
		return
	}
	d.documents.remove(v.Document)
	for id, r := range d.receipts.rows {
		if r.Document == v.Document {
			d.receipts.remove(id)
		}
	}
}

// RetryVersion makes a dead version wait again.
func (s *Rows) RetryVersion(ctx context.Context, id int64, state storage.State, at time.Time) error {
	return s.do(ctx, func(d *rowsData) error {
		v, err := d.version(id)
		if err != nil {
			return err
		}
		if _, err := d.document(v.Document); err != nil {
			return err
		}
		if v.State != storage.StateDead {
			return frontdesk.Errorf(frontdesk.FailedPrecondition, "it is %s", v.State)
		}
		v.State, v.Transfer.Attempts, v.Transfer.NextAt = state, 0, rowTime(at)
		d.versions.put(id, v)
		return nil
	})
}

// DueVersions lists what a worker should take.
func (s *Rows) DueVersions(ctx context.Context, store string, now time.Time, limit int) (ids []int64, err error) {
	err = s.do(ctx, func(d *rowsData) error {
		var due []storage.Version
		for _, v := range d.versions.rows {
			if d.due(v, store, now) {
				due = append(due, v)
			}
		}
		slices.SortFunc(due, func(a, b storage.Version) int {
			return cmp.Or(a.Transfer.NextAt.Compare(b.Transfer.NextAt), cmp.Compare(a.ID, b.ID))
		})
		for _, v := range due[:min(limit, len(due))] {
			ids = append(ids, v.ID)
		}
		return nil
	})
	return ids, err
}
