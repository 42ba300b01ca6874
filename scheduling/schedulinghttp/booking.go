package schedulinghttp

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

func (h *handler) hold(w http.ResponseWriter, r *http.Request) error {
	return h.request(w, r, h.svc.Hold)
}

func (h *handler) book(w http.ResponseWriter, r *http.Request) error {
	return h.request(w, r, h.svc.Book)
}

// request holds or books.
func (h *handler) request(w http.ResponseWriter, r *http.Request, make func(context.Context, scheduling.Request) (*scheduling.Ticket, error)) error {
	var asked requestRecord
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	wants, err := h.wants(r, &asked)
	if err != nil {
		return err
	}
	t, err := make(r.Context(), wants)
	if t != nil {
		w.Header().Set("Location", located(r, "/bookings/"+t.Booking.ID))
	}
	return writeTicket(w, http.StatusCreated, t, err)
}

func (h *handler) wants(r *http.Request, asked *requestRecord) (scheduling.Request, error) {
	key, err := requestKey(r)
	wants, wrong := asked.request(key)
	if asked.EventType == "" {
		wrong = errors.Join(frontdesk.InvalidField("event_type", "is required"), wrong)
	}
	if err := errors.Join(err, wrong); err != nil {
		return wants, err
	}
	t, err := h.find(r.Context(), asked.Expert, asked.EventType)
	if err != nil {
		return wants, err
	}
	wants.EventType, wants.Expert = t.ID, onlyWith(t, asked.Expert)
	return wants, nil
}

// ticketError tells beside the error what is held all the same.
type ticketError struct {
	error
	ticket ticketRecord
}

func (e *ticketError) Unwrap() error { return e.error }

// writeTicket answers with the ticket. One that comes with an error is held, and POST
// /bookings/{id}/pay asks again where it is paid.
func writeTicket(w http.ResponseWriter, status int, t *scheduling.Ticket, err error) error {
	switch {
	case err != nil && t != nil:
		return &ticketError{err, newTicketRecord(t)}
	case err != nil:
		return err
	}
	return writeJSON(w, status, newTicketRecord(t))
}

// ref names the booking of the path, with the token of the request: that of the query, or, unless somebody
// has signed in, that of the Authorization.
func ref(r *http.Request, known ...string) (scheduling.Ref, error) {
	q, err := readQuery(r, append(known, "token"))
	if err != nil {
		return scheduling.Ref{}, err
	}
	at := scheduling.Ref{Booking: r.PathValue("id"), Token: q.Get("token")}
	scheme, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if at.Token == "" && !signedIn(r) && strings.EqualFold(scheme, "Bearer") {
		at.Token = strings.TrimSpace(bearer)
	}
	return at, nil
}

// readAbout reads what is to be done with the booking that ref names.
func (h *handler) readAbout(w http.ResponseWriter, r *http.Request, v any) (scheduling.Ref, error) {
	at, err := ref(r)
	if err != nil {
		return at, err
	}
	return at, h.readJSON(w, r, v)
}

func (h *handler) booking(w http.ResponseWriter, r *http.Request) error {
	at, err := ref(r)
	if err != nil {
		return err
	}
	t, err := h.svc.BookingByRef(r.Context(), at)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, newMeetingRecord(&t.Meeting))
}

func (h *handler) take(w http.ResponseWriter, r *http.Request) error {
	var asked detailsRecord
	at, err := h.readAbout(w, r, &asked)
	if err != nil {
		return err
	}
	t, err := h.svc.Take(r.Context(), at, asked.details())
	return writeTicket(w, http.StatusOK, t, err)
}

func (h *handler) pay(w http.ResponseWriter, r *http.Request) error {
	var asked pathsRecord
	at, err := h.readAbout(w, r, &asked)
	if err != nil {
		return err
	}
	t, err := h.svc.Pay(r.Context(), at, asked.SuccessPath, asked.CancelPath)
	return writeTicket(w, http.StatusOK, t, err)
}

// moveRecord is where a booking is to move to.
type moveRecord struct {
	Start    string  `json:"start"`
	StartsAt string  `json:"starts_at"` // as start
	Duration minutes `json:"duration"`
	Override bool    `json:"override"`
}

func (h *handler) move(w http.ResponseWriter, r *http.Request) error {
	var asked moveRecord
	at, err := h.readAbout(w, r, &asked)
	if err != nil {
		return err
	}
	start, err := startOf(asked.Start, asked.StartsAt)
	if err != nil {
		return err
	}
	t, err := h.svc.Move(r.Context(), at, scheduling.MoveTo{Start: start, Duration: asked.Duration.duration(), Override: asked.Override})
	return writeTicket(w, http.StatusOK, t, err)
}

// pathsRecord is where a payer comes back to.
type pathsRecord struct {
	SuccessPath string `json:"success_path"`
	CancelPath  string `json:"cancel_path"`
}

// because is why something ends.
type because struct {
	Reason string `json:"reason"`
}

func (h *handler) cancel(w http.ResponseWriter, r *http.Request) error {
	var asked because
	at, err := h.readAbout(w, r, &asked)
	if err != nil {
		return err
	}
	return writeBooking(w)(h.svc.Cancel(r.Context(), at, asked.Reason))
}

func (h *handler) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := h.empty(w, r); err != nil {
		return err
	}
	return writeBooking(w)(h.svc.Confirm(r.Context(), r.PathValue("id")))
}

func (h *handler) decline(w http.ResponseWriter, r *http.Request) error {
	var asked because
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	return writeBooking(w)(h.svc.Decline(r.Context(), r.PathValue("id"), asked.Reason))
}

func (h *handler) noShow(w http.ResponseWriter, r *http.Request) error {
	if err := h.empty(w, r); err != nil {
		return err
	}
	return writeBooking(w)(h.svc.NoShow(r.Context(), r.PathValue("id")))
}

// writeBooking answers with the booking that a call has left.
func writeBooking(w http.ResponseWriter) func(*scheduling.Booking, error) error {
	return func(b *scheduling.Booking, err error) error {
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusOK, newBookingRecord(b))
	}
}
