package storage

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
)

// sessions looks for uploads in parts that nobody has continued for too long.
func (w *sweep) sessions(ctx context.Context) error {
	parts, can := w.options.Spool.(Parts)
	if !can {
		return nil
	}
	for p, err := range parts.Partials(ctx, "") {
		if err == nil && w.givenUp(p) {
			err = w.removeSession(ctx, parts, p.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *sweep) givenUp(p Partial) bool {
	return p.At.Before(w.now().Add(-w.options.SessionLife))
}

// removeSession looks once more when nobody else can change it. Somebody who is at it
// continues it.
func (w *sweep) removeSession(ctx context.Context, parts Parts, id string) error {
	if !w.asked.Delete {
		w.report.Sessions++
		return nil
	}
	h, err := parts.HoldPartial(ctx, id)
	switch frontdesk.CodeOf(err) {
	case frontdesk.Aborted, frontdesk.NotFound:
		return nil
	}
	if err != nil {
		return err
	}
	defer h.Close()
	if !w.givenUp(h.State()) {
		return nil
	}
	w.report.Sessions++
	if err := h.Remove(ctx); err != nil {
		return err
	}
	w.report.Deleted++
	return nil
}
