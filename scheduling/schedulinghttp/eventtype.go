package schedulinghttp

import (
	"errors"
	"net/http"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

func (h *handler) eventTypes(w http.ResponseWriter, r *http.Request) error {
	expert, err := queryExpert(r)
	if err != nil {
		return err
	}
	all, err := h.svc.EventTypes(r.Context(), expert)
	if err != nil {
		return err
	}
	if !mayManage(r, expert) {
		return writeJSON(w, http.StatusOK, newPage(all, newOfferRecord))
	}
	return writeJSON(w, http.StatusOK, newPage(all, newEventTypeRecord))
}

func (h *handler) eventType(w http.ResponseWriter, r *http.Request) error {
	t, err := h.svc.EventType(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !mayManage(r, t.Owner) {
		return writeJSON(w, http.StatusOK, newOfferRecord(t))
	}
	return writeRevision(w, http.StatusOK, t.Revision, newEventTypeRecord(t))
}

func (h *handler) addEventType(w http.ResponseWriter, r *http.Request) error {
	var asked eventTypeRecord
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	owner, err := ownExpert(r, asked.Owner)
	if err != nil {
		return err
	}
	n, err := asked.onto(&scheduling.EventType{Owner: owner, Active: true}, 0)
	if err != nil {
		return err
	}
	saved, err := h.svc.SaveEventType(r.Context(), n)
	if err != nil {
		return err
	}
	w.Header().Set("Location", located(r, "/event-types/"+saved.ID))
	return writeRevision(w, http.StatusCreated, saved.Revision, newEventTypeRecord(saved))
}

func (h *handler) putEventType(w http.ResponseWriter, r *http.Request) error {
	var asked eventTypeRecord
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	old, err := h.svc.EventType(r.Context(), r.PathValue("id"))
	if err == nil && !mayManage(r, old.Owner) {
		err = errUnknown
	}
	if err != nil {
		return err
	}
	revision, err := revisionOf(r, asked.Revision, old.Revision)
	n, wrong := asked.onto(old, revision)
	if err := errors.Join(err, wrong); err != nil {
		return err
	}
	saved, err := h.svc.SaveEventType(r.Context(), n)
	if err != nil {
		return err
	}
	return writeRevision(w, http.StatusOK, saved.Revision, newEventTypeRecord(saved))
}

func (h *handler) deleteEventType(w http.ResponseWriter, r *http.Request) error {
	if err := h.svc.DeleteEventType(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// activated says whether an event type can be booked.
func (h *handler) activated(active bool) serve {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := h.empty(w, r); err != nil {
			return err
		}
		saved, err := h.svc.ActivateEventType(r.Context(), r.PathValue("id"), active)
		if err != nil {
			return err
		}
		return writeRevision(w, http.StatusOK, saved.Revision, newEventTypeRecord(saved))
	}
}

func (h *handler) orderEventTypes(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		Expert string   `json:"expert"`
		IDs    []string `json:"ids"`
	}
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	expert, err := ownExpert(r, asked.Expert)
	if err != nil {
		return err
	}
	if err := h.svc.OrderEventTypes(r.Context(), expert, asked.IDs); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
