package scheduling

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// wish is a start of an event type that somebody wants.
type wish struct {
	eventType *EventType
	hosts     []Host // of the event type, who may host it
	start     time.Time
	duration  time.Duration
	seats     int
	waive     Waiver
	moving    string // see Query.Moving
}

// allWaived is what hosts and administrators may book against.
var allWaived = Waiver{Notice: true, Horizon: true, Hours: true, Grid: true, Limits: true}

// consider reads what is known of the hosts, their calendars included, and refuses what cannot be
// booked with the Reason that the list has for it. It must not run in a transaction.
func (s *Service) consider(ctx context.Context, w wish) (*survey, error) {
	sv, err := s.survey(ctx, s.store, Query{
		Type: w.eventType, Duration: w.duration, Seats: w.seats, Now: s.now(), Moving: w.moving, Waive: w.waive,
		From: w.start, To: w.start.Add(time.Second),
	}, w.hosts)
	if err != nil {
		return nil, err
	}
	// What our own rows refuse needs no calendar.
	if _, err := sv.at(w.start, w.duration); err != nil {
		return nil, err
	}
	if err := s.readCalendars(ctx, sv); err != nil {
		return nil, err
	}
	_, err = sv.at(w.start, w.duration)
	sv.fresh = true
	return sv, err
}

// place puts the booking into a meeting that begins at the survey's start, in the transaction: one that is
// there and has seats, or a new one. Whoever could host it is tried before it fails with
// ErrSlotTaken. A booking whose Key is known is not placed: place returns the meeting of that, and false. What follows is for
// the caller to announce.
func (s *Service) place(ctx context.Context, tx Store, sv *survey, b Booking) (*Meeting, bool, error) {
	if b.Key != "" {
		m, err := tx.MeetingByKey(ctx, b.Key)
		if frontdesk.CodeOf(err) != frontdesk.NotFound {
			return m, false, err
		}
	}
	start, length := sv.query.From, sv.query.Duration
	for range len(sv.hosts) + 2 {
		if !sv.fresh { // somebody was faster, or the transaction runs again
			if err := sv.refresh(ctx, tx); err != nil {
				return nil, false, err
			}
		}
		sv.fresh = false
		slot, err := sv.at(start, length)
		if lost(err) {
			return nil, false, ErrSlotTaken
		}
		if err != nil {
			return nil, false, err
		}
		m, added, err := s.placeAt(ctx, tx, sv, slot, b)
		if !errors.Is(err, ErrSlotTaken) {
			return m, added, err
		}
	}
	return nil, false, ErrSlotTaken
}

func (s *Service) placeAt(ctx context.Context, tx Store, sv *survey, slot Slot, b Booking) (*Meeting, bool, error) {
	if slot.Joins {
		m, err := s.takeSeat(ctx, tx, sv.joinable(slot, b.Seats), slot, b)
		return m, err == nil, err
	}
	m := sv.meeting(slot, b, s.now())
	if err := s.clearWay(ctx, tx, &m); err != nil {
		return nil, false, err
	}
	there, added, err := tx.AddMeeting(ctx, m, m.CreatedAt)
	if err == nil && added {
		err = sv.bound(ctx, tx, &m)
	}
	return there, added, err
}

// joinable is the meeting with the seats of the slot; empty when it is full by now.
func (sv *survey) joinable(slot Slot, seats int) string {
	for _, t := range sv.taken {
		host := slices.IndexFunc(sv.query.Hosts, func(d Diary) bool { return d.Expert == t.Host })
		if t.EventType == sv.query.Type.ID && t.Span.Start.Equal(slot.Start) && t.Span.End.Equal(slot.End) &&
			t.Free >= seats && slot.Hosts.Has(host) && t.Meeting != sv.query.Moving {
			return t.Meeting
		}
	}
	return ""
}

// takeSeat puts the booking into the meeting, if that is still the slot's: its host may have moved it.
func (s *Service) takeSeat(ctx context.Context, tx Store, meeting string, slot Slot, b Booking) (*Meeting, error) {
	if meeting == "" {
		return nil, ErrSlotTaken
	}
	now := s.now()
	return tx.ChangeMeeting(ctx, meeting, now, func(m *Meeting) error {
		if !m.Live(now) || m.Free(now) < b.Seats || !m.Start.Equal(slot.Start) || !m.End.Equal(slot.End) {
			return ErrSlotTaken
		}
		b.Meeting, m.UpdatedAt = m.ID, now
		m.Bookings = append(m.Bookings, b)
		m.settle()
		return nil
	})
}

// meeting is a new one for the slot. Of hosts who take turns, the one with the least share takes it.
func (sv *survey) meeting(slot Slot, b Booking, now time.Time) Meeting {
	t := sv.query.Type
	m := Meeting{
		ID: newID(now), EventType: t.ID, Title: t.Title, Span: Span{slot.Start, slot.End}, Before: t.Before, After: t.After,
		Seats: max(t.Seats, 1), Location: sv.location, Series: sv.series, CreatedAt: now, UpdatedAt: now,
	}
	chosen := Pick(sv.hosts, slot.Hosts, sv.had())
	for i, h := range sv.hosts {
		if t.Mode != RoundRobin || h.Fixed || i == chosen {
			m.Hosts = append(m.Hosts, h.Expert)
		}
	}
	b.Meeting = m.ID
	m.Bookings = []Booking{b}
	m.settle()
	return m
}

// bound looks at the limits once more, now that nobody else can add a meeting of the hosts: of two who
// come at once, the later is refused.
func (sv *survey) bound(ctx context.Context, tx Store, m *Meeting) error {
	if len(sv.query.Type.Limits) == 0 || sv.query.Waive.Limits {
		return nil
	}
	if err := sv.refresh(ctx, tx); err != nil {
		return err
	}
	t := *sv.query.Type
	q := sv.query
	q.Type, q.Moving, q.Hosts = &t, m.ID, nil
	t.Mode = together(m)
	for _, d := range sv.query.Hosts {
		if slices.Contains(m.Hosts, d.Expert) {
			q.Hosts = append(q.Hosts, d)
		}
	}
	return Check(q, m.Start, m.Duration())
}

// together is the mode in which all hosts of a meeting take part.
func together(m *Meeting) Mode {
	if len(m.Hosts) == 1 {
		return One
	}
	return Collective
}

// clearWay ends the holds that are over in the meeting's way, as Lapse would, so that everybody is
// told whose they were.
func (s *Service) clearWay(ctx context.Context, tx Store, m *Meeting) error {
	now := s.now()
	for _, h := range m.Hosts {
		held, err := tx.Meetings(ctx, MeetingFilter{Host: h, Statuses: []Status{StatusHeld}, From: m.Blocked().Start.Add(-MaxDuration), To: m.Blocked().End.Add(MaxDuration), Limit: 500})
		if err != nil {
			return err
		}
		for i := range held {
			if o := &held[i]; o.ID != m.ID && !o.Live(now) && o.Blocked().Overlaps(m.Blocked()) {
				if err := s.lapse(ctx, tx, o.ID); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
