package schedulinghttp

import (
	"context"
	"errors"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// requestRecord is what somebody wants to book.
type requestRecord struct {
	EventType string  `json:"event_type"` // its id or, with the expert, its slug
	Expert    string  `json:"expert"`
	Start     string  `json:"start"`
	StartsAt  string  `json:"starts_at"` // as start
	Duration  minutes `json:"duration"`
	Seats     int     `json:"seats"`
	Client    string  `json:"client"`
	Override  bool    `json:"override"`
	detailsRecord
}

// detailsRecord is what somebody says about themselves.
type detailsRecord struct {
	Guest       guestRecord       `json:"guest"`
	Location    *locationRecord   `json:"location"`
	Answers     map[string]string `json:"answers"`
	Pack        string            `json:"pack"`
	SuccessPath string            `json:"success_path"`
	CancelPath  string            `json:"cancel_path"`
}

// request reads all but the event type.
func (r *requestRecord) request(key string) (scheduling.Request, error) {
	d := r.details()
	q := scheduling.Request{
		Expert: r.Expert, Duration: r.Duration.duration(), Seats: r.Seats, Client: r.Client, Override: r.Override, Key: key,
		Guest: d.Guest, Location: d.Location, Answers: d.Answers, Pack: d.Pack, SuccessPath: d.SuccessPath, CancelPath: d.CancelPath,
	}
	start, err := startOf(r.Start, r.StartsAt)
	q.Start = start
	return q, errors.Join(err, r.strange())
}

// startOf is start, as slots name it, or starts_at, as meetings do.
func startOf(start, startsAt string) (time.Time, error) {
	if start != "" && startsAt != "" {
		return time.Time{}, frontdesk.InvalidField("starts_at", "is start by another name: give one")
	}
	return instant("start", start+startsAt)
}

// strange refuses ids that no store could have.
func (r *requestRecord) strange() error {
	var errs []error
	for _, f := range []struct{ name, value string }{
		{"event_type", r.EventType}, {"expert", r.Expert}, {"client", r.Client}, {"pack", r.Pack},
	} {
		if !plausible(f.value) {
			errs = append(errs, frontdesk.InvalidField(f.name, "is not valid"))
		}
	}
	return errors.Join(errs...)
}

func (r *detailsRecord) details() scheduling.Details {
	d := scheduling.Details{
		Guest: scheduling.Guest(r.Guest), Answers: r.Answers, Pack: r.Pack, SuccessPath: r.SuccessPath, CancelPath: r.CancelPath,
	}
	if r.Location != nil {
		d.Location = scheduling.Location(*r.Location)
	}
	return d
}

// instant reads a time of a body.
func instant(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, frontdesk.InvalidField(field, "is required")
	}
	t, ok := parseInstant(text)
	if !ok {
		return t, frontdesk.InvalidField(field, "must be an instant like 2027-03-14T09:00:00Z")
	}
	return t, nil
}

// find is the event type that an id means or, among what the expert offers, a slug. The expert must offer
// or host it.
func (h *handler) find(ctx context.Context, expert, named string) (*scheduling.EventType, error) {
	t, err := h.svc.EventType(ctx, named)
	switch {
	case err == nil && hosts(t, expert):
		return t, nil
	case err != nil && frontdesk.CodeOf(err) != frontdesk.NotFound:
		return nil, err
	case expert == "":
		return nil, errNoEventType
	}
	all, err := h.svc.EventTypes(ctx, expert)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Slug == named {
			return &all[i], nil
		}
	}
	return nil, errNoEventType
}

var errNoEventType = frontdesk.Errorf(frontdesk.NotFound, "there is no such event type")

// hosts reports whether the expert, if one is named, has to do with the event type.
func hosts(t *scheduling.EventType, expert string) bool {
	if expert == "" || t.Owner == expert {
		return true
	}
	for _, h := range t.Hosts {
		if h.Expert == expert {
			return true
		}
	}
	return false
}

// onlyWith is the expert with whom a meeting is meant: none when it is what the owner offers.
func onlyWith(t *scheduling.EventType, expert string) string {
	if expert == t.Owner {
		return ""
	}
	return expert
}
