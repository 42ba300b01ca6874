package schedulinghttp

import (
	"errors"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// seriesRecord is what somebody wants to book again and again.
type seriesRecord struct {
	requestRecord
	Repeat repeatRecord `json:"repeat"`
}

type repeatRecord struct {
	Every    scheduling.Frequency `json:"every"`
	Interval int                  `json:"interval"`
	Count    int                  `json:"count"`
}

// conflictRecord is a start of a series that cannot be booked.
type conflictRecord struct {
	Start  time.Time         `json:"start"`
	Reason scheduling.Reason `json:"reason"`
}

func newConflictRecord(c *scheduling.Conflict) conflictRecord {
	return conflictRecord{c.Start.UTC(), reasonOf(c.Err)}
}

// conflictsOf are the starts of a series that cannot be booked, if the error tells of any.
func conflictsOf(err error) []conflictRecord {
	if series, found := errors.AsType[*scheduling.SeriesError](err); found {
		return each(series.Conflicts, newConflictRecord)
	}
	return nil
}

func (h *handler) bookSeries(w http.ResponseWriter, r *http.Request) error {
	var asked seriesRecord
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	wants, err := h.wants(r, &asked.requestRecord)
	if err != nil {
		return err
	}
	all, err := h.svc.BookSeries(r.Context(), wants, scheduling.Repeat(asked.Repeat))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, newPage(all, newTicketRecord))
}

// cancelSeries cancels a booking and those that come after it in its series.
func (h *handler) cancelSeries(w http.ResponseWriter, r *http.Request) error {
	var asked because
	at, err := h.readAbout(w, r, &asked)
	if err != nil {
		return err
	}
	all, err := h.svc.CancelSeries(r.Context(), at, asked.Reason)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, newPage(all, newBookingRecord))
}
