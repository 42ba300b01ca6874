package schedulingtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// AddMeeting stores the meeting unless a key of its bookings is known.
func (s *Store) AddMeeting(ctx context.Context, m scheduling.Meeting, now time.Time) (*scheduling.Meeting, bool, error) {
	if err := checkMeeting(&m); err != nil {
		return nil, false, err
	}
	var there scheduling.Meeting
	added := false
	err := s.do(ctx, func(d *data) error {
		id, known := d.known(m)
		if !known {
			if _, found := d.meetings.rows[m.ID]; found {
				return frontdesk.Errorf(frontdesk.AlreadyExists, "there is a meeting %q", m.ID)
			}
			if err := d.putMeeting(m, now); err != nil {
				return err
			}
			id, added = m.ID, true
		}
		there = copyMeeting(d.meetings.rows[id])
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	return &there, added, nil
}

// checkMeeting refuses what no agenda can have.
func checkMeeting(m *scheduling.Meeting) error {
	if m.Blocked().Empty() {
		return frontdesk.InvalidField("end", "must be after the start")
	}
	return nil
}

// known is the meeting of a booking whose key one of the meeting's has.
func (d *data) known(m scheduling.Meeting) (id string, found bool) {
	for _, b := range m.Bookings {
		if id, found = d.keys.rows[b.Key]; found {
			return id, true
		}
	}
	return "", false
}

// putMeeting stores the meeting if its hosts have time for it.
func (d *data) putMeeting(m scheduling.Meeting, now time.Time) error {
	m = copyMeeting(m)
	if occupies(m.Status) {
		if err := d.clear(m, utc(now)); err != nil {
			return err
		}
	}
	slices.SortFunc(m.Bookings, func(a, b scheduling.Booking) int { return cmp.Compare(a.ID, b.ID) })
	for i := range m.Bookings {
		m.Bookings[i].Meeting = m.ID
		if err := d.putBooking(m.Bookings[i]); err != nil {
			return err
		}
	}
	d.meetings.put(m.ID, m)
	return nil
}

// occupies reports whether meetings with the status keep others away, until they are expired.
func occupies(s scheduling.Status) bool {
	return s == scheduling.StatusHeld || s == scheduling.StatusPending || s == scheduling.StatusConfirmed
}

// putBooking remembers where the booking is.
func (d *data) putBooking(b scheduling.Booking) error {
	if in, found := d.bookings.rows[b.ID]; found && in != b.Meeting {
		return frontdesk.Errorf(frontdesk.AlreadyExists, "there is a booking %q", b.ID)
	}
	if in, found := d.keys.rows[b.Key]; found && in != b.Meeting {
		return frontdesk.Errorf(frontdesk.Aborted, "there is a booking with the key meanwhile")
	}
	d.bookings.put(b.ID, b.Meeting)
	if b.Key != "" {
		d.keys.put(b.Key, b.Meeting)
	}
	return nil
}

// clear expires the holds that are over in the meeting's way, and fails if anything else is there.
func (d *data) clear(m scheduling.Meeting, now time.Time) error {
	for _, other := range d.meetings.where(func(other scheduling.Meeting) bool { return other.ID != m.ID && inWay(other, m) }) {
		if other.Live(now) {
			return scheduling.ErrSlotTaken
		}
		if other.Status == scheduling.StatusHeld {
			d.meetings.put(other.ID, expired(other, now))
		}
	}
	return nil
}

func inWay(a, b scheduling.Meeting) bool {
	return a.Blocked().Overlaps(b.Blocked()) && slices.ContainsFunc(a.Hosts, func(h string) bool { return slices.Contains(b.Hosts, h) })
}

func expired(m scheduling.Meeting, now time.Time) scheduling.Meeting {
	m = copyMeeting(m)
	m.Status, m.UpdatedAt = scheduling.StatusExpired, now
	for i := range m.Bookings {
		if b := &m.Bookings[i]; b.Status == scheduling.StatusHeld {
			b.Status, b.UpdatedAt = scheduling.StatusExpired, now
		}
	}
	return m
}

// ChangeMeeting changes a meeting.
func (s *Store) ChangeMeeting(ctx context.Context, id string, now time.Time, fn func(*scheduling.Meeting) error) (*scheduling.Meeting, error) {
	var there scheduling.Meeting
	err := s.do(ctx, func(d *data) error {
		old, found := d.meetings.rows[id]
		if !found {
			return notFound("meeting", id)
		}
		m := copyMeeting(old)
		if err := fn(&m); err != nil {
			return err
		}
		m.ID, m.EventType, m.CreatedAt = old.ID, old.EventType, old.CreatedAt
		if err := checkChange(old, m); err != nil {
			return err
		}
		if err := d.putMeeting(m, now); err != nil {
			return err
		}
		there = copyMeeting(d.meetings.rows[id])
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &there, nil
}

func checkChange(old, m scheduling.Meeting) error {
	for _, b := range old.Bookings {
		if !slices.ContainsFunc(m.Bookings, func(kept scheduling.Booking) bool { return kept.ID == b.ID }) {
			return frontdesk.Errorf(frontdesk.Internal, "the booking %q was left out", b.ID)
		}
	}
	return checkMeeting(&m)
}

// Meeting returns a meeting.
func (s *Store) Meeting(ctx context.Context, id string) (*scheduling.Meeting, error) {
	return s.meetingAt(ctx, id, func(*data) string { return id })
}

// MeetingOf returns the meeting that the booking is in.
func (s *Store) MeetingOf(ctx context.Context, booking string) (*scheduling.Meeting, error) {
	return s.meetingAt(ctx, booking, func(d *data) string { return d.bookings.rows[booking] })
}

// MeetingByKey returns the meeting of the booking with the key.
func (s *Store) MeetingByKey(ctx context.Context, key string) (*scheduling.Meeting, error) {
	return s.meetingAt(ctx, key, func(d *data) string { return d.keys.rows[key] })
}

func (s *Store) meetingAt(ctx context.Context, of string, id func(*data) string) (*scheduling.Meeting, error) {
	var m scheduling.Meeting
	err := s.do(ctx, func(d *data) error {
		row, found := d.meetings.rows[id(d)]
		if !found {
			return notFound("meeting of", of)
		}
		m = copyMeeting(row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &m, nil
}
