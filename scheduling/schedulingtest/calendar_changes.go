package schedulingtest

import (
	"context"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// Changes implements scheduling.Changes.
func (c *Calendar) Changes(ctx context.Context, calendar, token string, from time.Time) (*scheduling.ChangeSet, error) {
	if err := checkCalendarName("calendar", calendar); err != nil {
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
	since, err := strconv.Atoi(token)
	set := &scheduling.ChangeSet{All: err != nil || since < c.forgotten, Next: strconv.Itoa(c.version)}
	for _, r := range rows.rows {
		switch {
		case set.All && (r.removed || !rows.span(r).End.After(from)):
		case set.All || r.version > since:
			set.Entries = append(set.Entries, rows.entry(r))
		}
	}
	return set, nil
}

func (c *calendarRows) entry(r *calendarRow) scheduling.CalendarEntry {
	if r.removed {
		return scheduling.CalendarEntry{ID: r.id, Removed: true}
	}
	return scheduling.CalendarEntry{ID: r.id, UID: r.uid, Busy: c.busyOf(r), ZoneDay: !r.foreign.First.IsZero()}
}

// ForgetTokens makes all tokens that Changes has returned bad.
func (c *Calendar) ForgetTokens() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version++
	c.forgotten = c.version
}
