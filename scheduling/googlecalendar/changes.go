package googlecalendar

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// Changes implements [scheduling.Changes]. The token is Google's.
func (c *Calendar) Changes(ctx context.Context, calendar, token string, from time.Time) (*scheduling.ChangeSet, error) {
	if err := checkName("calendar", calendar); err != nil {
		return nil, err
	}
	set, err := c.changes(ctx, calendar, token, from)
	if token != "" && forgotten(err) {
		return c.changes(ctx, calendar, "", from)
	}
	return set, err
}

// forgotten reports whether Google wants no more of a token, or never knew it.
func forgotten(err error) bool {
	status := statusOf(err)
	return status == http.StatusGone || status == http.StatusBadRequest
}

func (c *Calendar) changes(ctx context.Context, calendar, token string, from time.Time) (*scheduling.ChangeSet, error) {
	list := c.api.Events.List(calendar).ShowDeleted(true)
	switch {
	case token != "":
		list.SyncToken(token)
	case !from.IsZero():
		list.TimeMin(stamp(from))
	}
	latest := newLatest()
	set := &scheduling.ChangeSet{All: token == ""}
	for page, err := range c.pages(ctx, list) {
		if err != nil {
			return nil, err
		}
		for _, e := range page.Items {
			entry, err := c.entry(e, page.TimeZone)
			if err != nil {
				return nil, err
			}
			latest.add(entry)
		}
		set.Next = page.NextSyncToken
	}
	if set.Next == "" {
		return nil, senseless("events.list told no token")
	}
	set.Entries = latest.entries
	if set.All {
		set.Entries = slices.DeleteFunc(set.Entries, func(e scheduling.CalendarEntry) bool { return e.Removed })
	}
	return set, nil
}

// latest keeps the last of what is told of an event, for one that changes meanwhile comes twice.
type latest struct {
	entries []scheduling.CalendarEntry
	at      map[string]int
}

func newLatest() *latest { return &latest{at: map[string]int{}} }

func (l *latest) add(e scheduling.CalendarEntry) {
	if i, known := l.at[e.ID]; known {
		l.entries[i] = e
		return
	}
	l.at[e.ID] = len(l.entries)
	l.entries = append(l.entries, e)
}
