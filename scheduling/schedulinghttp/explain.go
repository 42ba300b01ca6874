package schedulinghttp

import (
	"net/http"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// explanation is why a time cannot be booked; an empty reason is none.
type explanation struct {
	Reason scheduling.Reason `json:"reason"`
	Text   string            `json:"text"`
}

func (h *handler) explain(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, []string{"start", "duration"})
	if err != nil {
		return err
	}
	start, err := instant("start", q.Get("start"))
	if err != nil {
		return err
	}
	length, err := parseDuration(q)
	if err != nil {
		return err
	}
	why, err := h.svc.Explain(r.Context(), r.PathValue("id"), start, length)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, explanation{why, why.Text()})
}
