package scheduling

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Bounds of a Search.
const (
	maxSearch = 400 * 24 * time.Hour
	maxSlots  = 20_000
)

// Search asks when an event type can be booked.
type Search struct {
	EventType string
	Experts   []string      // of its hosts, with any of whom; none: any
	From, To  time.Time     // starts are in [From, To), of at most 400 days; zero: from now, and as far as can be booked
	Duration  time.Duration // 0: the event type's first
	Seats     int           // 0: one
	Zone      string        // in which the slots are shown; empty: the expert's
	Limit     int           // of slots; 0: as many as there are, at most 20000
	// Moving is a booking that would be moved, or a hold of whoever asks: its own time counts as free.
	Moving Ref
}

// Result is what a Search found.
type Result struct {
	Zone    string
	Experts []string // whom Slot.Hosts means, by their index
	Slots   []Slot   // by start, in UTC
	More    bool     // there are more than the Limit
	// Unknown are hosts of whom it is not known when they are busy, because a calendar could not be
	// read: they are in no slot.
	Unknown []string
}

// Search lists when an event type can be booked: what Book would accept now. It needs no actor, for what can be
// booked is public. All calendars are asked side by side, and our own meetings and holds
// in one query. It fails with Unavailable when it is known of nobody who could meet when they are busy.
func (s *Service) Search(ctx context.Context, q Search) (_ *Result, err error) {
	const op = "scheduling.Search"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := q.check(s.now()); err != nil {
		return nil, err
	}
	query, hosts, err := s.question(ctx, op, &q)
	if err != nil {
		return nil, err
	}
	if err := query.Type.asks(query); err != nil {
		return nil, err
	}
	sv, err := s.survey(ctx, s.store, query, hosts)
	if err != nil {
		return nil, err
	}
	if err := s.readCalendars(ctx, sv); err != nil {
		return nil, err
	}
	return sv.result(&q), nil
}

func (q *Search) check(now time.Time) error {
	var c complaints
	from := q.From
	orElse(&from, now)
	if q.Zone != "" {
		c.zone("zone", q.Zone)
	}
	c.when(!q.To.IsZero() && q.To.Sub(from) > maxSearch, "to", "is more than 400 days after from")
	c.when(!q.To.IsZero() && q.To.Before(from) && !q.From.IsZero(), "to", "is before from")
	c.when(q.Duration < 0 || q.Duration > MaxDuration, "duration", "must be between 0 and %v", MaxDuration)
	c.when(q.Seats < 0, "seats", "must not be negative")
	c.when(q.Limit < 0, "limit", "must not be negative")
	if q.To.IsZero() {
		q.To = from.Add(maxSearch)
	}
	return c.err()
}

// question is what the engine is asked, and of whom.
func (s *Service) question(ctx context.Context, op string, q *Search) (Query, []Host, error) {
	query := Query{Duration: q.Duration, Seats: q.Seats, From: q.From, To: q.To, Now: s.now()}
	actx, c := callerOf(ctx)
	if q.Moving.Booking == "" {
		t, err := s.offered(actx, c, q.EventType)
		if err != nil {
			return query, nil, err
		}
		query.Type = t
		hosts, err := t.among(q.Experts...)
		return query, hosts, err
	}
	_, f, err := s.find(ctx, op, q.Moving)
	if err != nil {
		return query, nil, err
	}
	t, err := s.store.EventType(actx, f.meeting.EventType)
	if err != nil {
		return query, nil, unknown(err)
	}
	if q.EventType != "" && q.EventType != t.ID {
		return query, nil, frontdesk.InvalidField("event_type", "is not that of the booking")
	}
	w := f.wish(t, &MoveTo{})
	query.Type, query.Moving, query.Seats = w.eventType, w.moving, w.seats
	orElse(&query.Duration, f.meeting.Duration())
	return query, w.hosts, nil
}

// asks refuses questions that the engine does not answer.
func (t *EventType) asks(q Query) error {
	var c complaints
	c.when(q.Duration != 0 && q.Moving == "" && !t.offers(q.Duration), "duration", "is none of the event type's")
	c.between("seats", q.Seats, 0, max(t.Seats, 1))
	return c.err()
}

func (sv *survey) result(q *Search) *Result {
	r := &Result{Zone: q.Zone, Unknown: sv.unknown}
	orElse(&r.Zone, sv.zone)
	for _, d := range sv.query.Hosts {
		r.Experts = append(r.Experts, d.Expert)
	}
	limit := maxSlots
	if q.Limit > 0 {
		limit = min(limit, q.Limit)
	}
	for slot := range Slots(sv.query) {
		if len(r.Slots) == limit {
			r.More = true
			break
		}
		r.Slots = append(r.Slots, slot)
	}
	return r
}

// Explain says why a start cannot be booked now, and is empty for one that can: see [Explain].
// It is for who may host the event type, administrators and the system.
func (s *Service) Explain(ctx context.Context, eventType string, start time.Time, d time.Duration) (_ Reason, err error) {
	const op = "scheduling.Explain"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return "", err
	}
	t, err := s.store.EventType(ctx, eventType)
	if err == nil && !(caller{Actor: a}).hosts(t.experts()...) {
		err = errUnknown
	}
	if err != nil {
		return "", s.refuse(ctx, op, "event_type:"+eventType, unknown(err))
	}
	query := Query{Type: t, Duration: d, Now: s.now(), From: start, To: start.Add(time.Second)}
	if err := t.asks(query); err != nil {
		return "", err
	}
	sv, err := s.survey(ctx, s.store, query, t.hosted())
	if err != nil {
		return "", err
	}
	if err := s.readCalendars(ctx, sv); err != nil {
		return "", err
	}
	return Explain(sv.query, start, d), nil
}
