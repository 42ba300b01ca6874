package schedulingtest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var (
	_ scheduling.Calendar = (*Calendar)(nil)
	_ scheduling.Changes  = (*Calendar)(nil)
)

// Calendar is a scheduling.Calendar in memory, which fails when it is told to. It is safe
// for concurrent use.
type Calendar struct {
	mu        sync.Mutex
	calendars map[string]*calendarRows
	version   int // rises with each change
	forgotten int // tokens up to this version are no longer good
	faults    calendarFaults
}

// calendarRows is one calendar.
type calendarRows struct {
	zone *time.Location
	rows []*calendarRow // none ever goes
}

// calendarRow is a meeting of ours or an appointment.
type calendarRow struct {
	id, uid string
	version int
	removed bool
	foreign Appointment
	ours    *scheduling.Entry
	ref     scheduling.EntryRef
}

// Appointment is what a person has put into a calendar by hand.
type Appointment struct {
	UID  string // that of iCalendar; by default one is made
	Span scheduling.Span
	// First and End make it one of whole days: the first, and the one after the last.
	First, End scheduling.Date

	Tentative   bool
	Transparent bool // it blocks nothing
	Declined    bool // the calendar's owner does not come
}

// NewCalendar returns one that has no calendars yet.
func NewCalendar() *Calendar { return &Calendar{calendars: map[string]*calendarRows{}} }

// Name returns "memory".
func (c *Calendar) Name() string { return "memory" }

// AddCalendar makes an empty calendar. A zone that is not known is UTC.
func (c *Calendar) AddCalendar(id, zone string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	in, err := time.LoadLocation(zone)
	if err != nil {
		in = time.UTC
	}
	c.calendars[id] = &calendarRows{zone: in}
}

// Add puts an appointment into a calendar and returns its id; "" when there is no such calendar.
func (c *Calendar) Add(calendar string, a Appointment) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	rows := c.calendars[calendar]
	if rows == nil {
		return ""
	}
	id := "event-" + strconv.Itoa(c.version+1)
	rows.rows = append(rows.rows, c.touch(&calendarRow{id: id, uid: cmp.Or(a.UID, id+"@memory"), foreign: a}))
	return id
}

// Remove deletes what has the id, as a person would by hand, and reports whether it was there.
func (c *Calendar) Remove(calendar, id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remove(c.calendars[calendar], func(r *calendarRow) bool { return r.id == id })
}

// Entries are the meetings of ours in a calendar, in the order in which they were first put.
func (c *Calendar) Entries(calendar string) (all []scheduling.Entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.calendars[calendar].all() {
		if r.ours != nil && !r.removed {
			all = append(all, *r.ours)
		}
	}
	return all
}

func (c *calendarRows) all() []*calendarRow {
	if c == nil {
		return nil
	}
	return c.rows
}

// touch gives a row the next version.
func (c *Calendar) touch(r *calendarRow) *calendarRow {
	c.version++
	r.version = c.version
	return r
}

func (c *Calendar) remove(rows *calendarRows, is func(*calendarRow) bool) bool {
	for _, r := range rows.all() {
		if is(r) && !r.removed {
			r.removed = true
			c.touch(r)
			return true
		}
	}
	return false
}

// Busy implements scheduling.FreeBusy.
func (c *Calendar) Busy(ctx context.Context, calendars []string, in scheduling.Span, except func(uid string) bool) (map[string][]scheduling.Busy, error) {
	errs := []error{checkCalendarSpan(in)}
	for _, id := range calendars {
		errs = append(errs, checkCalendarName("calendars", id))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.arrive(ctx); err != nil {
		return nil, err
	}
	busy := make(map[string][]scheduling.Busy, len(calendars))
	for _, id := range calendars {
		rows, err := c.find(id)
		if err != nil {
			return nil, err
		}
		busy[id] = rows.busy(in, except)
	}
	return busy, nil
}

func (c *Calendar) find(id string) (*calendarRows, error) {
	if rows := c.calendars[id]; rows != nil {
		return rows, nil
	}
	return nil, frontdesk.Errorf(frontdesk.NotFound, "schedulingtest: there is no such calendar")
}

func (c *calendarRows) busy(in scheduling.Span, except func(string) bool) (all []scheduling.Busy) {
	for _, r := range c.rows {
		if b := c.busyOf(r); !b.Empty() && b.Overlaps(in) && (except == nil || !except(r.uid)) {
			all = append(all, b)
		}
	}
	slices.SortFunc(all, func(a, b scheduling.Busy) int { return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End)) })
	return all
}

// busyOf is the time that a row blocks.
func (c *calendarRows) busyOf(r *calendarRow) scheduling.Busy {
	if r.removed || r.foreign.Transparent || r.foreign.Declined {
		return scheduling.Busy{}
	}
	b := scheduling.Busy{Span: c.span(r), Kind: scheduling.BusyMeeting, Source: "memory", Ref: r.id}
	if r.foreign.Tentative || r.ours != nil && r.ours.Tentative {
		b.Kind = scheduling.BusyTentative
	}
	return b
}

func (c *calendarRows) span(r *calendarRow) scheduling.Span {
	switch {
	case r.ours != nil:
		return r.ours.Span
	case !r.foreign.First.IsZero():
		return scheduling.Span{Start: r.foreign.First.In(c.zone).Start, End: r.foreign.End.In(c.zone).Start}
	}
	return r.foreign.Span
}

// Put implements scheduling.Calendar. When the entry that is there has a higher Sequence, it
// stays, and its EntryRef is returned.
func (c *Calendar) Put(ctx context.Context, calendar string, e scheduling.Entry) (*scheduling.EntryRef, error) {
	if err := checkCalendarEntry(calendar, &e); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.arrive(ctx); err != nil {
		return nil, err
	}
	rows, err := c.find(calendar)
	if err != nil {
		return nil, err
	}
	return c.answer(rows.put(c, e))
}

func (c *calendarRows) put(in *Calendar, e scheduling.Entry) *scheduling.EntryRef {
	e.Attendees = slices.Clone(e.Attendees)
	for _, r := range c.rows {
		switch {
		case r.ours == nil || r.uid != e.UID:
		case !r.removed && r.ours.Sequence > e.Sequence:
			return r.copyRef()
		default:
			r.ours, r.removed = &e, false
			return in.touch(r).refer()
		}
	}
	r := in.touch(&calendarRow{id: "entry-" + strconv.Itoa(in.version+1), uid: e.UID, ours: &e})
	c.rows = append(c.rows, r)
	return r.refer()
}

// refer makes the row's EntryRef.
func (r *calendarRow) refer() *scheduling.EntryRef {
	r.ref = scheduling.EntryRef{ID: r.id, Link: "https://calendar.test/" + r.id}
	if r.ours.Conference {
		r.ref.Conference = "https://calls.test/" + r.id
	}
	return r.copyRef()
}

func (r *calendarRow) copyRef() *scheduling.EntryRef {
	ref := r.ref
	return &ref
}

// Delete implements scheduling.Calendar.
func (c *Calendar) Delete(ctx context.Context, calendar, uid string) error {
	if err := errors.Join(checkCalendarName("calendar", calendar), checkCalendarName("uid", uid)); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.arrive(ctx); err != nil {
		return err
	}
	c.remove(c.calendars[calendar], func(r *calendarRow) bool { return r.ours != nil && r.uid == uid })
	_, err := c.answer(nil)
	return err
}
