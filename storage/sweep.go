package storage

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// SweepOptions says what a sweep does. The zero value reports, and deletes nothing.
type SweepOptions struct {
	// Grace is how old something must be to count as left over: what is younger may
	// be on its way. Default 24 hours.
	Grace time.Duration
	// Delete deletes objects that no version has, bytes in the spool that no version
	// needs, and uploads in parts that were given up. Versions are never deleted.
	Delete bool
}

// SweepReport is what a sweep has found.
type SweepReport struct {
	Objects  int // of ours that were looked at
	Versions int // stored ones that were looked at
	// Orphans are objects of ours that no version has.
	Orphans []Object
	// Missing are stored versions whose objects are not there, or have another size.
	Missing []Version
	// Leftovers are bytes in the spool that no version needs.
	Leftovers []SpoolEntry
	// Dead are versions that were tried too often.
	Dead []Version
	// Sessions is how many uploads in parts nobody has continued for Options.SessionLife.
	Sessions int
	// Deleted is how many orphans, leftovers and sessions were deleted.
	Deleted int
}

// Sweep compares what is remembered with what the document store and the spool hold.
// It lists all of the document store. Only objects of the Service's namespace count. It is
// for administrators and the system. Nil options are the zero SweepOptions.
func (s *Service) Sweep(ctx context.Context, o *SweepOptions) (r *SweepReport, err error) {
	const op = "storage.Sweep"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permitStaff(ctx, op, "documents"); err != nil {
		return nil, err
	}
	w := &sweep{Service: s, report: new(SweepReport), sizes: map[string]int64{}}
	if o != nil {
		w.asked = *o
	}
	if w.asked.Grace == 0 {
		w.asked.Grace = 24 * time.Hour
	}
	w.before = s.now().Add(-w.asked.Grace)
	if err := w.run(ctx); err != nil {
		return nil, err
	}
	return w.report, s.audit(ctx, s.store, op, "documents", frontdesk.Succeeded, nil, map[string]string{
		"orphans": strconv.Itoa(len(w.report.Orphans)), "missing": strconv.Itoa(len(w.report.Missing)),
		"leftovers": strconv.Itoa(len(w.report.Leftovers)), "sessions": strconv.Itoa(w.report.Sessions), "deleted": strconv.Itoa(w.report.Deleted),
	})
}

// sweep is one run.
type sweep struct {
	*Service
	asked  SweepOptions
	report *SweepReport
	before time.Time        // older than that is left over
	sizes  map[string]int64 // of our objects, by id
}

func (w *sweep) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{w.objects, w.versions, w.dead, w.sessions, w.spool} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// objects looks for objects that no version has.
func (w *sweep) objects(ctx context.Context) error {
	for object, err := range w.docs.List(ctx, "") {
		if err != nil {
			return err
		}
		if object.Metadata[metaNamespace] != w.options.Namespace {
			continue
		}
		w.report.Objects++
		w.sizes[object.ID] = object.Size
		if orphan, err := w.orphan(ctx, object); err != nil {
			return err
		} else if orphan {
			w.report.Orphans = append(w.report.Orphans, *object)
		}
	}
	for _, object := range w.report.Orphans {
		if err := w.remove(ctx, &object); err != nil {
			return err
		}
	}
	return nil
}

// orphan reports whether an object is old and no version has it or may still get it.
func (w *sweep) orphan(ctx context.Context, object *Object) (bool, error) {
	if !object.CreatedAt.Before(w.before) {
		return false, nil
	}
	id, err := strconv.ParseInt(object.Metadata[metaVersion], 10, 64)
	if err != nil {
		return true, nil //nolint:nilerr // what has no version of ours is nobody's
	}
	v, err := w.store.Version(ctx, id)
	switch {
	case frontdesk.CodeOf(err) == frontdesk.NotFound:
		return true, nil
	case err != nil:
		return false, err
	case v.Document != object.Metadata[metaDocument]:
		return true, nil
	}
	mayGet := v.State.Waits() && v.Transfer.ObjectID == ""
	return !mayGet && (v.Transfer.ObjectID != object.ID || v.Transfer.Store != w.docs.Name()), nil
}

// remove looks once more before it deletes: listing takes time.
func (w *sweep) remove(ctx context.Context, object *Object) error {
	if !w.asked.Delete {
		return nil
	}
	if still, err := w.orphan(ctx, object); err != nil || !still {
		return err
	}
	if err := w.docs.Delete(ctx, object.ID); err != nil {
		return err
	}
	w.report.Deleted++
	return nil
}

// versions looks for stored versions whose objects are not there.
func (w *sweep) versions(ctx context.Context) error {
	return w.each(ctx, StateStored, func(v Version) error {
		w.report.Versions++
		if size, listed := w.sizes[v.Transfer.ObjectID]; listed && size == v.Size {
			return nil
		}
		object, err := w.docs.Stat(ctx, v.Transfer.ObjectID) // lists lag
		switch {
		case frontdesk.CodeOf(err) == frontdesk.NotFound:
		case err != nil:
			return err
		case object.Size == v.Size:
			return nil
		}
		return w.missing(ctx, v)
	})
}

// missing reports a version, unless it was deleted meanwhile.
func (w *sweep) missing(ctx context.Context, v Version) error {
	now, err := w.store.Version(ctx, v.ID)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return nil
	}
	if err == nil && now.State == StateStored && now.Transfer.ObjectID == v.Transfer.ObjectID {
		w.report.Missing = append(w.report.Missing, v)
	}
	return err
}

func (w *sweep) dead(ctx context.Context) error {
	return w.each(ctx, StateDead, func(v Version) error {
		w.report.Dead = append(w.report.Dead, v)
		return nil
	})
}

// each gives fn every version in the state.
func (w *sweep) each(ctx context.Context, state State, fn func(Version) error) error {
	for after := int64(0); ; {
		page, err := w.store.VersionsIn(ctx, w.docs.Name(), state, after, pageSize)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, v := range page {
			if err := fn(v); err != nil {
				return err
			}
			after = v.ID
		}
	}
}

// spool looks for bytes that no version needs.
func (w *sweep) spool(ctx context.Context) error {
	var old []SpoolEntry
	for entry, err := range w.options.Spool.List(ctx) {
		if err != nil {
			return err
		}
		if entry.CreatedAt.Before(w.before) {
			old = append(old, entry)
		}
	}
	for len(old) > 0 {
		n := min(len(old), pageSize)
		if err := w.leftovers(ctx, old[:n]); err != nil {
			return err
		}
		old = old[n:]
	}
	return nil
}

func (w *sweep) leftovers(ctx context.Context, entries []SpoolEntry) error {
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name
	}
	list, err := w.store.Spooled(ctx, names)
	if err != nil {
		return err
	}
	needed := make(map[string]bool, len(list))
	for _, name := range list {
		needed[name] = true
	}
	for _, e := range entries {
		if needed[e.Name] {
			continue
		}
		w.report.Leftovers = append(w.report.Leftovers, e)
		if w.asked.Delete {
			err = errors.Join(err, w.options.Spool.Remove(ctx, e.Name))
			w.report.Deleted++
		}
	}
	return err
}
