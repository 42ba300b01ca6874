package schedulinghttp

import (
	"net/http"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

func (h *handler) schedules(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, []string{"expert"})
	if err != nil {
		return err
	}
	expert, err := ownExpert(r, q.Get("expert"))
	if err != nil {
		return err
	}
	all, err := h.svc.Schedules(r.Context(), expert)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, newPage(all, newScheduleRecord))
}

func (h *handler) schedule(w http.ResponseWriter, r *http.Request) error {
	s, err := h.svc.Schedule(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeRevision(w, http.StatusOK, s.Revision, newScheduleRecord(s))
}

func (h *handler) addSchedule(w http.ResponseWriter, r *http.Request) error {
	var asked scheduleRecord
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	expert, err := ownExpert(r, asked.Expert)
	if err != nil {
		return err
	}
	n, err := asked.schedule("", expert, 0)
	if err != nil {
		return err
	}
	saved, err := h.svc.SaveSchedule(r.Context(), n)
	if err != nil {
		return err
	}
	w.Header().Set("Location", located(r, "/schedules/"+saved.ID))
	return writeRevision(w, http.StatusCreated, saved.Revision, newScheduleRecord(saved))
}

func (h *handler) putSchedule(w http.ResponseWriter, r *http.Request) error {
	var asked scheduleRecord
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	n, err := h.replacing(r, &asked)
	if err != nil {
		return err
	}
	saved, err := h.svc.SaveSchedule(r.Context(), n)
	if err != nil {
		return err
	}
	return writeRevision(w, http.StatusOK, saved.Revision, newScheduleRecord(saved))
}

// replacing is what the record makes of the schedule that is there.
func (h *handler) replacing(r *http.Request, asked *scheduleRecord) (scheduling.Schedule, error) {
	old, err := h.svc.Schedule(r.Context(), r.PathValue("id"))
	if err != nil {
		return scheduling.Schedule{}, err
	}
	revision, err := revisionOf(r, asked.Revision, old.Revision)
	if err != nil {
		return scheduling.Schedule{}, err
	}
	return asked.schedule(old.ID, old.Expert, revision)
}

func (h *handler) deleteSchedule(w http.ResponseWriter, r *http.Request) error {
	if err := h.svc.DeleteSchedule(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
