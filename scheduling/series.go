package scheduling

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// SeriesError says at which starts a series cannot be booked. It is found in the error of
// BookSeries with errors.As.
type SeriesError struct{ Conflicts []Conflict }

// Conflict is a start that cannot be booked.
type Conflict struct {
	Start time.Time
	Err   error // ErrSlotTaken, or what has the Reason as a cause
}

// Error says how many there are.
func (e *SeriesError) Error() string {
	return fmt.Sprintf("%d of the meetings cannot be booked", len(e.Conflicts))
}

func (e *SeriesError) add(start time.Time, err error) {
	e.Conflicts = append(e.Conflicts, Conflict{start, err})
}

// err is the error that is returned, or nil without conflicts.
func (e *SeriesError) err() error {
	if len(e.Conflicts) == 0 {
		return nil
	}
	return &frontdesk.Error{Code: frontdesk.FailedPrecondition, Message: e.Error(), Err: e}
}

// BookSeries books a meeting that recurs, all of it or nothing: when a start cannot be booked it fails with
// FailedPrecondition and a [SeriesError] that lists all of those. Each meeting is a booking like others and can be moved and
// cancelled alone; they have Meeting.Series in common.
//
// A series is free or paid from a pack that has enough left, and its event type is for one
// guest: FailedPrecondition otherwise. It is for whom Book is for. A repeated call with the
// same Key returns the same.
func (s *Service) BookSeries(ctx context.Context, r Request, repeat Repeat) (_ []Ticket, err error) {
	const op = "scheduling.BookSeries"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := repeat.check(); err != nil {
		return nil, err
	}
	ctx, c := callerOf(ctx)
	in, err := s.intend(ctx, op, c, &r, func(t *EventType, b *Booking) error { return s.recur(t, b, &r) })
	if err != nil {
		return nil, err
	}
	if m, err := s.known(ctx, keyOf(in, 0)); m != nil || err != nil {
		return s.repeatedSeries(ctx, m, in, &repeat, err)
	}
	sv, starts, err := s.surveySeries(ctx, in, &repeat)
	if err != nil {
		return nil, err
	}
	tickets, err := s.commitSeries(ctx, op, in, sv, starts)
	if errors.Is(err, errRepeated) {
		m, err := s.known(ctx, keyOf(in, 0))
		return s.repeatedSeries(ctx, m, in, &repeat, err)
	}
	return tickets, err
}

// recur is complete for a booking that recurs.
func (s *Service) recur(t *EventType, b *Booking, r *Request) error {
	if t.Seats > 1 {
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "meetings for several are booked one by one")
	}
	if r.Pack == "" && !b.Price.IsZero() {
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "recurring meetings that cost something are booked from a pack")
	}
	d := r.details()
	return s.complete(t, b, &d)
}

// keyOf is the key of the booking with the number.
func keyOf(in *intent, number int) string {
	if in.booking.Key == "" {
		return ""
	}
	return in.booking.Key + "/" + strconv.Itoa(number)
}

var errRepeated = frontdesk.Errorf(frontdesk.Aborted, "the same call was faster")

// repeatedSeries answers a call whose key is known as the first one was answered.
func (s *Service) repeatedSeries(ctx context.Context, m *Meeting, in *intent, repeat *Repeat, err error) ([]Ticket, error) {
	var all []Ticket
	for number := range repeat.Count {
		if number > 0 && err == nil {
			m, err = s.known(ctx, keyOf(in, number))
		}
		if err != nil {
			return nil, err
		}
		b := m.withKey(keyOf(in, number))
		if b == nil || m.EventType != in.wish.eventType.ID || number == 0 && m.never(in.wish.start, in.wish.duration) {
			return nil, frontdesk.InvalidField("key", "was used for another booking")
		}
		all = append(all, *s.ticket(m, b.ID))
	}
	return all, nil
}

func (m *Meeting) withKey(key string) *Booking {
	if m == nil {
		return nil
	}
	for i := range m.Bookings {
		if m.Bookings[i].Key == key {
			return &m.Bookings[i]
		}
	}
	return nil
}

// surveySeries reads what is known of the hosts for the whole series, their calendars once, and refuses it
// with all starts that cannot be booked.
func (s *Service) surveySeries(ctx context.Context, in *intent, repeat *Repeat) (*survey, []time.Time, error) {
	w := &in.wish
	sv, err := s.survey(ctx, s.store, Query{
		Type: w.eventType, Duration: w.duration, Seats: w.seats, Now: s.now(), Waive: w.waive, From: w.start, To: w.start.Add(time.Second),
	}, w.hosts)
	if err != nil {
		return nil, nil, err
	}
	z, err := loadZone(sv.zone)
	if err != nil {
		return nil, nil, err
	}
	starts, err := repeat.starts(z, w.start)
	if err != nil {
		return nil, nil, err
	}
	if err := sv.extend(w.start, starts[len(starts)-1]).refresh(ctx, s.store); err != nil {
		return nil, nil, err
	}
	if err := s.readCalendars(ctx, sv); err != nil {
		return nil, nil, err
	}
	var refused SeriesError
	for _, start := range starts {
		if _, err := sv.at(start, w.duration); err != nil {
			refused.add(start, err)
		}
	}
	sv.location, sv.series = in.location, newID(s.now())
	return sv, starts, refused.err()
}

// extend lets the survey be about the starts from the first to the last.
func (sv *survey) extend(first, last time.Time) *survey {
	sv.query.From, sv.query.To = first, last.Add(time.Second)
	sv.needs, sv.counts = sv.query.Needs()
	return sv
}

// commitSeries places all of the meetings, or none.
func (s *Service) commitSeries(ctx context.Context, op string, in *intent, sv *survey, starts []time.Time) (tickets []Ticket, err error) {
	err = s.store.InTx(ctx, func(tx Store) error {
		tickets = nil
		var refused SeriesError
		for number, start := range starts {
			m, booking, err := s.In(tx).commitOne(ctx, op, in, sv, number, start)
			if _, is := errors.AsType[Reason](err); is || errors.Is(err, ErrSlotTaken) {
				refused.add(start, err)
				continue
			}
			if err != nil {
				return err
			}
			tickets = append(tickets, *s.ticket(m, booking))
		}
		return refused.err()
	})
	if err != nil {
		return nil, err
	}
	return tickets, nil
}

func (s *Service) commitOne(ctx context.Context, op string, in *intent, sv *survey, number int, start time.Time) (*Meeting, string, error) {
	one, of := *in, *sv
	one.booking.ID, one.booking.Key = newID(s.now()), keyOf(in, number)
	m, added, err := s.commit(ctx, op, &one, of.extend(start, start))
	if err == nil && !added {
		err = errRepeated
	}
	return m, one.booking.ID, err
}

// CancelSeries cancels the booking and those that come after it in its series, of the same
// client or guest, all of them or none: each as Cancel does, for whom Cancel is for. It returns
// those that it cancelled. It fails with FailedPrecondition when the meeting is of no series.
func (s *Service) CancelSeries(ctx context.Context, r Ref, reason string) (cancelled []Booking, err error) {
	const op = "scheduling.CancelSeries"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	ctx, f, err := s.findToChange(ctx, op, r)
	if err != nil {
		return nil, err
	}
	var c complaints
	c.text("reason", reason, MaxNote, true)
	if err := c.err(); err != nil {
		return nil, err
	}
	if f.meeting.Series == "" {
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "the meeting does not recur")
	}
	policy, err := s.policy(ctx, s.store, f.meeting)
	if err != nil {
		return nil, err
	}
	err = s.store.InTx(ctx, func(tx Store) error {
		cancelled, err = s.cancelFrom(ctx, tx, op, f, policy, reason)
		return err
	})
	if err != nil {
		return nil, err
	}
	return cancelled, nil
}

func (s *Service) cancelFrom(ctx context.Context, tx Store, op string, f *found, policy Policy, reason string) (cancelled []Booking, err error) {
	rest, err := tx.Meetings(ctx, MeetingFilter{Series: f.meeting.Series, From: f.meeting.Start, Limit: 500})
	if err != nil {
		return nil, err
	}
	for _, m := range rest {
		for _, b := range m.Bookings {
			if m.Start.Before(f.meeting.Start) || b.Status.over() || !b.sameHolder(f.booking) {
				continue
			}
			_, ended, err := s.conclude(ctx, tx, op, m.ID, b.ID, s.cancellation(f, policy, reason))
			if err != nil {
				return nil, err
			}
			cancelled = append(cancelled, *ended.shown())
		}
	}
	return cancelled, nil
}
