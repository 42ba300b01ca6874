package schedulingtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// Meetings lists.
func (s *Store) Meetings(ctx context.Context, f scheduling.MeetingFilter) ([]scheduling.Meeting, error) {
	var all []scheduling.Meeting
	err := s.do(ctx, func(d *data) error {
		found := d.meetings.where(func(m scheduling.Meeting) bool { return selects(f, m) && follows(f, m) })
		slices.SortFunc(found, func(a, b scheduling.Meeting) int { return inOrder(f, placeOf(a), placeOf(b)) })
		for _, m := range first(found, bounded(f.Limit)) {
			all = append(all, copyMeeting(m))
		}
		return nil
	})
	return all, err
}

func selects(f scheduling.MeetingFilter, m scheduling.Meeting) bool {
	return (f.Host == "" || slices.Contains(m.Hosts, f.Host)) &&
		(f.Client == "" || slices.ContainsFunc(m.Bookings, func(b scheduling.Booking) bool { return b.Client == f.Client })) &&
		(f.EventType == "" || m.EventType == f.EventType) &&
		(f.Series == "" || m.Series == f.Series) &&
		anyOf(f.Statuses, m.Status) &&
		(f.From.IsZero() || m.End.After(f.From)) &&
		(f.To.IsZero() || m.Start.Before(f.To))
}

func placeOf(m scheduling.Meeting) scheduling.MeetingCursor {
	return scheduling.MeetingCursor{Start: m.Start, ID: m.ID}
}

func follows(f scheduling.MeetingFilter, m scheduling.Meeting) bool {
	return f.After == scheduling.MeetingCursor{} || inOrder(f, f.After, placeOf(m)) < 0
}

func inOrder(f scheduling.MeetingFilter, a, b scheduling.MeetingCursor) int {
	if f.Backward {
		a, b = b, a
	}
	return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
}

// Taken lists what takes time of the hosts.
func (s *Store) Taken(ctx context.Context, hosts []string, in scheduling.Span, now time.Time) ([]scheduling.Taken, error) {
	var all []scheduling.Taken
	err := s.do(ctx, func(d *data) error {
		for _, m := range d.meetings.rows {
			if !takes(m, now) || !m.Blocked().Overlaps(in) {
				continue
			}
			for _, h := range m.Hosts {
				if slices.Contains(hosts, h) {
					all = append(all, takenBy(h, m, now))
				}
			}
		}
		return nil
	})
	slices.SortFunc(all, func(a, b scheduling.Taken) int {
		return cmp.Or(cmp.Compare(a.Host, b.Host), a.Span.Start.Compare(b.Span.Start), cmp.Compare(a.Meeting, b.Meeting))
	})
	return all, err
}

func takes(m scheduling.Meeting, now time.Time) bool {
	return m.Live(now) || m.Status == scheduling.StatusDone || m.Status == scheduling.StatusNoShow
}

func takenBy(host string, m scheduling.Meeting, now time.Time) scheduling.Taken {
	return scheduling.Taken{
		Host: host, Meeting: m.ID, EventType: m.EventType, Span: m.Span, Blocked: m.Blocked(), Status: m.Status, Seats: m.Seats, Free: m.Free(now),
	}
}

// LapsedMeetings lists ids of meetings with a hold that is over.
func (s *Store) LapsedMeetings(ctx context.Context, now time.Time, limit int) ([]string, error) {
	var ids []string
	err := s.do(ctx, func(d *data) error {
		lapsed := d.meetings.where(func(m scheduling.Meeting) bool { at := lapsesAt(m); return !at.IsZero() && !at.After(now) })
		slices.SortFunc(lapsed, func(a, b scheduling.Meeting) int {
			return cmp.Or(lapsesAt(a).Compare(lapsesAt(b)), cmp.Compare(a.ID, b.ID))
		})
		for _, m := range first(lapsed, limit) {
			ids = append(ids, m.ID)
		}
		return nil
	})
	return ids, err
}

// lapsesAt is when the first of the meeting's holds ends; zero: it has none.
func lapsesAt(m scheduling.Meeting) time.Time {
	at := lapses(time.Time{}, m.Status, m.ExpiresAt)
	for _, b := range m.Bookings {
		at = lapses(at, b.Status, b.ExpiresAt)
	}
	return at
}

// lapses is the earlier of the time and the end of a hold, also of one that waits to be confirmed.
func lapses(at time.Time, s scheduling.Status, expires time.Time) time.Time {
	waits := s == scheduling.StatusHeld || s == scheduling.StatusPending
	if !waits || expires.IsZero() || !at.IsZero() && at.Before(expires) {
		return at
	}
	return expires
}
