package schedulinghttp

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	defaultLimit = 50
	maxLimit     = 499
)

var statusNames = []scheduling.Status{
	scheduling.StatusConfirmed, scheduling.StatusPending, scheduling.StatusHeld, scheduling.StatusDone,
	scheduling.StatusNoShow, scheduling.StatusCancelled, scheduling.StatusDeclined, scheduling.StatusExpired,
}

func (h *handler) meetings(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, []string{"expert", "client", "event_type", "series", "from", "to", "zone", "order", "cursor", "limit"}, "status")
	if err != nil {
		return err
	}
	f, err := meetingFilter(q)
	if err != nil {
		return err
	}
	all, err := h.svc.Meetings(r.Context(), f)
	if err != nil {
		return err
	}
	more := len(all) == f.Limit
	all = all[:min(len(all), f.Limit-1)]
	p := newPage(all, func(m *scheduling.Meeting) meetingRecord { return seen(r, m) })
	if more {
		last := &all[len(all)-1]
		next := strconv.FormatInt(last.Start.UnixMicro(), 10) + "." + last.ID
		p.NextCursor = &next
	}
	return writeJSON(w, http.StatusOK, p)
}

// meetingFilter reads which meetings are asked for, and one more than that.
func meetingFilter(q url.Values) (f scheduling.MeetingFilter, err error) {
	f = scheduling.MeetingFilter{Host: q.Get("expert"), Client: q.Get("client"), EventType: q.Get("event_type"), Series: q.Get("series")}
	if f.Statuses, err = oneOf(q, "status", statusNames...); err != nil {
		return f, err
	}
	order, err := oneOf(q, "order", "asc", "desc")
	if err != nil {
		return f, err
	}
	f.Backward = len(order) > 0 && order[0] == "desc"
	if f.Limit, err = number(q, "limit", defaultLimit, 1, maxLimit); err != nil {
		return f, err
	}
	f.Limit++
	if f.After, err = meetingCursor(q); err != nil {
		return f, err
	}
	zone := time.UTC
	if q.Has("zone") {
		if zone, err = parseZone(q.Get("zone")); err != nil {
			return f, err
		}
	}
	in, err := parseSpan(q, zone, 0)
	f.From, f.To = in.Start, in.End
	return f, err
}

func meetingCursor(q url.Values) (c scheduling.MeetingCursor, err error) {
	if !q.Has("cursor") {
		return c, nil
	}
	at, id, _ := strings.Cut(q.Get("cursor"), ".")
	micros, err := strconv.ParseInt(at, 10, 64)
	if err != nil || id == "" || micros < -1<<55 || micros > 1<<58 {
		return c, frontdesk.InvalidField("cursor", "is none of ours")
	}
	return scheduling.MeetingCursor{Start: time.UnixMicro(micros).UTC(), ID: id}, nil
}

func (h *handler) meeting(w http.ResponseWriter, r *http.Request) error {
	m, err := h.svc.Meeting(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, seen(r, m))
}

// seen is a meeting as whoever asks reads it.
func seen(r *http.Request, m *scheduling.Meeting) meetingRecord {
	a, err := frontdesk.ActorFrom(r.Context())
	for _, host := range m.Hosts {
		if err == nil && a.MayReadExpert(host) {
			return newHostedRecord(m)
		}
	}
	return newMeetingRecord(m)
}

func (h *handler) annotate(w http.ResponseWriter, r *http.Request) error {
	var asked struct {
		Notes *string `json:"notes"`
	}
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	if asked.Notes == nil {
		return frontdesk.InvalidField("notes", "is required")
	}
	if err := h.svc.Annotate(r.Context(), r.PathValue("id"), *asked.Notes); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (h *handler) cancelMeeting(w http.ResponseWriter, r *http.Request) error {
	var asked because
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	if err := h.svc.CancelMeeting(r.Context(), r.PathValue("id"), asked.Reason); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
