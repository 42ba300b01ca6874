package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	meetingColumns = "id, event_type, series, starts_at, ends_at, status, expires_at, updated_at, details"

	// selectMeetings reads meetings with their bookings, a row for each booking.
	selectMeetings = "SELECT page.id, page.event_type, page.series, page.starts_at, page.ends_at, page.status, page.expires_at, page.updated_at, page.details, " +
		"COALESCE(b.id, ''), COALESCE(b.client, ''), COALESCE(b.key, ''), COALESCE(b.status, ''), COALESCE(b.expires_at, 0), " +
		"COALESCE(b.seats, 0), COALESCE(b.updated_at, 0), COALESCE(b.details, '') " +
		"FROM %s page LEFT JOIN frontdesk_scheduling_bookings b ON b.meeting = page.id "

	insertMeeting = "INSERT INTO frontdesk_scheduling_meetings (event_type, series, starts_at, ends_at, status, expires_at, lapses_at, updated_at, " +
		"details, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	updateMeeting = "UPDATE frontdesk_scheduling_meetings SET event_type = ?, series = ?, starts_at = ?, ends_at = ?, status = ?, expires_at = ?, " +
		"lapses_at = ?, updated_at = ?, details = ? WHERE id = ?"
	holdMeeting = "SELECT id FROM frontdesk_scheduling_meetings WHERE id = ?"
)

var (
	selectMeeting      = fmt.Sprintf(selectMeetings, "frontdesk_scheduling_meetings") + "WHERE page.id = ? ORDER BY b.id"
	selectMeetingOf    = fmt.Sprintf(selectMeetings, "frontdesk_scheduling_meetings") + "WHERE page.id = (SELECT meeting FROM frontdesk_scheduling_bookings WHERE id = ?) ORDER BY b.id"
	selectMeetingByKey = fmt.Sprintf(selectMeetings, "frontdesk_scheduling_meetings") + "WHERE page.id = (SELECT meeting FROM frontdesk_scheduling_bookings WHERE key = ? AND key <> '') ORDER BY b.id"
)

// meetingDetails is what a row has of a meeting as JSON.
type meetingDetails struct {
	Title         string
	Hosts         []string
	Before, After time.Duration
	Seats         int
	Sequence      int
	Location      scheduling.Location
	JoinURL       string
	Notes         string
	CreatedAt     time.Time
}

// AddMeeting stores the meeting unless a key of its bookings is known. When two come at
// once with one key, the later one finds the meeting of the earlier.
func (s schedulingStore) AddMeeting(ctx context.Context, m scheduling.Meeting, now time.Time) (there *scheduling.Meeting, added bool, err error) {
	if err := checkMeeting(&m); err != nil {
		return nil, false, err
	}
	for range 3 {
		err = s.together(ctx, func(_ *Tx, q queries) (err error) {
			there, added, err = addMeeting(ctx, q, &m, now)
			return err
		})
		if !errors.Is(err, errKeyMeanwhile) {
			break
		}
	}
	if err != nil {
		return nil, false, err
	}
	return there, added, nil
}

// checkMeeting refuses what no agenda can have.
func checkMeeting(m *scheduling.Meeting) error {
	if m.Blocked().Empty() {
		return frontdesk.InvalidField("end", "must be after the start")
	}
	return nil
}

// errKeyMeanwhile says that another booking with the key came first.
var errKeyMeanwhile = frontdesk.Errorf(frontdesk.Aborted, "there is a booking with the key meanwhile")

func addMeeting(ctx context.Context, q queries, m *scheduling.Meeting, now time.Time) (*scheduling.Meeting, bool, error) {
	if err := lockHosts(ctx, q, m.Hosts); err != nil {
		return nil, false, err
	}
	for _, b := range m.Bookings {
		if known, err := findMeeting(ctx, q, selectMeetingByKey, storable(b.Key)); !errors.Is(err, errNoRow) {
			return known, false, err
		}
	}
	if err := putMeeting(ctx, q, insertMeeting, m); err != nil {
		return nil, false, err
	}
	if err := keepBookings(ctx, q, &scheduling.Meeting{}, m); err != nil {
		return nil, false, err
	}
	if err := keepHosts(ctx, q, &scheduling.Meeting{}, m, now); err != nil {
		return nil, false, err
	}
	there, err := findMeeting(ctx, q, selectMeeting, storable(m.ID))
	return there, true, err
}

// putMeeting writes the meeting's own row.
func putMeeting(ctx context.Context, q queries, query string, m *scheduling.Meeting) error {
	text, err := details(meetingDetails{
		m.Title, m.Hosts, m.Before, m.After, m.Seats, m.Sequence, m.Location, m.JoinURL, m.Notes, m.CreatedAt.UTC(),
	})
	if err != nil {
		return err
	}
	_, err = q.exec(ctx, query, storable(m.EventType), storable(m.Series), micros(m.Start), micros(m.End), string(m.Status), micros(m.ExpiresAt),
		meetingLapses(m), micros(m.UpdatedAt), text, storable(m.ID))
	if isUnique(q, err) {
		return frontdesk.Errorf(frontdesk.AlreadyExists, "there is a meeting %q", m.ID)
	}
	return err
}

// meetingLapses is when the first of the meeting's holds ends, also of those that wait to be
// confirmed; 0: it has none.
func meetingLapses(m *scheduling.Meeting) int64 {
	at := lapses(0, m.Status, m.ExpiresAt)
	for _, b := range m.Bookings {
		at = lapses(at, b.Status, b.ExpiresAt)
	}
	return at
}

func lapses(at int64, s scheduling.Status, expires time.Time) int64 {
	waits := s == scheduling.StatusHeld || s == scheduling.StatusPending
	if !waits || expires.IsZero() || at != 0 && at < micros(expires) {
		return at
	}
	return micros(expires)
}

// findMeeting is the one meeting that the query selects; without one it is errNoRow.
func findMeeting(ctx context.Context, q queries, query string, args ...any) (*scheduling.Meeting, error) {
	all, err := listMeetings(ctx, q, query, args...)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errNoRow
	}
	return &all[0], nil
}

// listMeetings joins the rows of each meeting.
func listMeetings(ctx context.Context, q queries, query string, args ...any) ([]scheduling.Meeting, error) {
	rows, err := list(ctx, q, scanMeeting, query, args...)
	if err != nil {
		return nil, err
	}
	var all []scheduling.Meeting
	for _, m := range rows {
		if last := len(all) - 1; last >= 0 && all[last].ID == m.ID {
			all[last].Bookings = append(all[last].Bookings, m.Bookings...)
		} else {
			all = append(all, m)
		}
	}
	return all, nil
}

// scanMeeting reads a meeting with one of its bookings, if it has any.
func scanMeeting(r row) (m scheduling.Meeting, err error) {
	var starts, ends, expires, updated int64
	var bookingExpires, bookingUpdated int64
	var text, bookingText string
	b := scheduling.Booking{}
	if err := r.Scan(&m.ID, &m.EventType, &m.Series, &starts, &ends, &m.Status, &expires, &updated, &text,
		&b.ID, &b.Client, &b.Key, &b.Status, &bookingExpires, &b.Seats, &bookingUpdated, &bookingText); err != nil {
		return m, err
	}
	var d meetingDetails
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return m, err
	}
	m.Title, m.Hosts, m.Before, m.After, m.Seats, m.Sequence = d.Title, d.Hosts, d.Before, d.After, d.Seats, d.Sequence
	m.Location, m.JoinURL, m.Notes, m.CreatedAt = d.Location, d.JoinURL, d.Notes, d.CreatedAt.UTC()
	m.Span = scheduling.Span{Start: moment(starts), End: moment(ends)}
	m.ExpiresAt, m.UpdatedAt = moment(expires), moment(updated)
	if b.ID == "" {
		return m, nil
	}
	b.Meeting, b.ExpiresAt, b.UpdatedAt = m.ID, moment(bookingExpires), moment(bookingUpdated)
	err = readBooking(&b, bookingText)
	m.Bookings = []scheduling.Booking{b}
	return m, err
}

// ChangeMeeting changes a meeting. Hosts are locked before the meeting, so that nobody waits
// for somebody who waits for them; when fn brings others, it runs again with
// those locked too.
func (s schedulingStore) ChangeMeeting(ctx context.Context, id string, now time.Time, fn func(*scheduling.Meeting) error) (there *scheduling.Meeting, err error) {
	var locked []string
	err = errMoreHosts
	for errors.Is(err, errMoreHosts) {
		err = s.together(ctx, func(_ *Tx, q queries) (err error) {
			c := meetingChange{id: storable(id), now: now, fn: fn, locked: locked}
			there, err = c.apply(ctx, q)
			locked = c.locked
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	return there, nil
}

var errMoreHosts = frontdesk.Errorf(frontdesk.Internal, "more hosts must be locked")

// meetingChange is a change of a meeting while some hosts are locked.
type meetingChange struct {
	id     string
	now    time.Time
	fn     func(*scheduling.Meeting) error
	locked []string
}

func (c *meetingChange) apply(ctx context.Context, q queries) (*scheduling.Meeting, error) {
	old, err := c.hold(ctx, q)
	if err != nil {
		return nil, err
	}
	m := *old
	m.Hosts, m.Bookings = slices.Clone(old.Hosts), cloneBookings(old.Bookings)
	if err := c.fn(&m); err != nil {
		return nil, callersError{err}
	}
	m.ID, m.EventType, m.CreatedAt = old.ID, old.EventType, old.CreatedAt
	if err := c.cover(m.Hosts); err != nil && q.dialect.rowLock != "" {
		return nil, err
	}
	if err := checkMeeting(&m); err != nil {
		return nil, err
	}
	if err := putMeeting(ctx, q, updateMeeting, &m); err != nil {
		return nil, err
	}
	if err := keepBookings(ctx, q, old, &m); err != nil {
		return nil, err
	}
	if err := keepHosts(ctx, q, old, &m, c.now); err != nil {
		return nil, err
	}
	return findMeeting(ctx, q, selectMeeting, m.ID)
}

// hold keeps the meeting and its hosts to the transaction.
func (c *meetingChange) hold(ctx context.Context, q queries) (*scheduling.Meeting, error) {
	seen, err := c.find(ctx, q)
	if err != nil {
		return nil, err
	}
	_ = c.cover(seen.Hosts)
	if err := lockHosts(ctx, q, c.locked); err != nil {
		return nil, err
	}
	if q.dialect.rowLock == "" {
		return seen, nil
	}
	if _, err := first(ctx, q, scalar[string], holdMeeting+q.dialect.rowLock, c.id); err != nil {
		return nil, err
	}
	held, err := c.find(ctx, q)
	if err != nil {
		return nil, err
	}
	return held, c.cover(held.Hosts)
}

func (c *meetingChange) find(ctx context.Context, q queries) (*scheduling.Meeting, error) {
	m, err := findMeeting(ctx, q, selectMeeting, c.id)
	return m, missing(err, fmt.Sprintf("meeting %q", c.id))
}

// cover adds hosts to those that are locked; it fails if there was one to add.
func (c *meetingChange) cover(hosts []string) error {
	before := len(c.locked)
	for _, h := range hosts {
		if !slices.Contains(c.locked, h) {
			c.locked = append(slices.Clip(c.locked), h)
		}
	}
	if len(c.locked) > before {
		return errMoreHosts
	}
	return nil
}

// Meeting returns a meeting.
func (s schedulingStore) Meeting(ctx context.Context, id string) (*scheduling.Meeting, error) {
	return s.meetingAt(ctx, selectMeeting, id)
}

// MeetingOf returns the meeting that the booking is in.
func (s schedulingStore) MeetingOf(ctx context.Context, booking string) (*scheduling.Meeting, error) {
	return s.meetingAt(ctx, selectMeetingOf, booking)
}

// MeetingByKey returns the meeting of the booking with the key.
func (s schedulingStore) MeetingByKey(ctx context.Context, key string) (*scheduling.Meeting, error) {
	return s.meetingAt(ctx, selectMeetingByKey, key)
}

func (s schedulingStore) meetingAt(ctx context.Context, query, of string) (m *scheduling.Meeting, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		m, err = findMeeting(ctx, q, query, storable(of))
		return missing(err, fmt.Sprintf("meeting of %q", of))
	})
	return m, err
}
