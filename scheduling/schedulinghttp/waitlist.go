package schedulinghttp

import (
	"errors"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// waitRecord is what somebody wants to wait for.
type waitRecord struct {
	EventType string      `json:"event_type"` // its id or, with the expert, its slug
	Expert    string      `json:"expert"`
	Duration  minutes     `json:"duration"`
	Seats     int         `json:"seats"`
	From      string      `json:"from"` // default now
	To        string      `json:"to"`
	Client    string      `json:"client"`
	Guest     guestRecord `json:"guest"`
}

// waitingRecord is somebody on the waitlist.
type waitingRecord struct {
	ID        string                  `json:"id"`
	EventType string                  `json:"event_type"`
	Expert    string                  `json:"expert"`
	Client    string                  `json:"client"`
	Guest     guestRecord             `json:"guest"`
	Duration  minutes                 `json:"duration"`
	Seats     int                     `json:"seats"`
	From      time.Time               `json:"from"`
	To        time.Time               `json:"to"`
	Status    scheduling.WaitingState `json:"status"`
	Booking   string                  `json:"booking"` // the hold that is offered
	ExpiresAt time.Time               `json:"expires_at,omitzero"`
	CreatedAt time.Time               `json:"created_at"`
}

type waitTicketRecord struct {
	waitingRecord
	Token string `json:"token,omitempty"`
}

func newWaitingRecord(n *scheduling.Waiting) waitingRecord {
	return waitingRecord{
		ID: n.ID, EventType: n.EventType, Expert: n.Expert, Client: n.Client, Guest: guestRecord(n.Guest), Duration: newMinutes(&n.Duration),
		Seats: n.Seats, From: n.In.Start.UTC(), To: n.In.End.UTC(), Status: n.State, Booking: n.Booking, ExpiresAt: n.ExpiresAt, CreatedAt: n.CreatedAt,
	}
}

func (h *handler) wait(w http.ResponseWriter, r *http.Request) error {
	var asked waitRecord
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	wants, err := asked.request()
	if err != nil {
		return err
	}
	t, err := h.find(r.Context(), asked.Expert, asked.EventType)
	if err != nil {
		return err
	}
	wants.EventType, wants.Expert = t.ID, onlyWith(t, asked.Expert)
	n, err := h.svc.Wait(r.Context(), wants)
	if err != nil {
		return err
	}
	w.Header().Set("Location", located(r, "/waitlist/"+n.Waiting.ID))
	return writeJSON(w, http.StatusCreated, waitTicketRecord{newWaitingRecord(&n.Waiting), n.Token})
}

// request reads all but the event type and the host.
func (a *waitRecord) request() (scheduling.WaitRequest, error) {
	wants := scheduling.WaitRequest{Duration: a.Duration.duration(), Seats: a.Seats, Client: a.Client, Guest: scheduling.Guest(a.Guest)}
	named := requestRecord{EventType: a.EventType, Expert: a.Expert, Client: a.Client}
	errs := []error{named.strange()}
	if a.EventType == "" {
		errs = append(errs, frontdesk.InvalidField("event_type", "is required"))
	}
	var err error
	if a.From != "" {
		wants.In.Start, err = instant("from", a.From)
		errs = append(errs, err)
	}
	wants.In.End, err = instant("to", a.To)
	return wants, errors.Join(append(errs, err)...)
}

// waitRef names the entry of the path, with the token of the request.
func waitRef(r *http.Request) (scheduling.WaitRef, error) {
	at, err := ref(r)
	return scheduling.WaitRef{ID: at.Booking, Token: at.Token}, err
}

func (h *handler) waits(w http.ResponseWriter, r *http.Request) error {
	at, err := waitRef(r)
	if err != nil {
		return err
	}
	n, err := h.svc.Waiting(r.Context(), at)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, newWaitingRecord(&n.Waiting))
}

func (h *handler) leave(w http.ResponseWriter, r *http.Request) error {
	at, err := waitRef(r)
	if err != nil {
		return err
	}
	if err := h.svc.Leave(r.Context(), at); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// waitlist lists who waits.
func (h *handler) waitlist(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, []string{"event_type", "client"}, "status")
	if err != nil {
		return err
	}
	f := scheduling.WaitingFilter{EventType: q.Get("event_type"), Client: q.Get("client"), Limit: 500}
	f.States, err = oneOf(q, "status", scheduling.WaitingOpen, scheduling.WaitingOffered, scheduling.WaitingTaken, scheduling.WaitingLeft, scheduling.WaitingOver)
	if err != nil {
		return err
	}
	all, err := h.svc.WaitingList(r.Context(), f)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, newPage(all, newWaitingRecord))
}
