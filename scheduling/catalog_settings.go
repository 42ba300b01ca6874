package scheduling

import (
	"context"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Bounds of Settings.
const (
	maxCalendars  = 50
	maxCalendarID = 2_000 // bytes: it may be a feed's URL
)

// Settings returns how an expert meets people. It fails with NotFound before they were saved.
// They are for the expert, administrators and the system.
func (s *Service) Settings(ctx context.Context, expert string) (_ *Settings, err error) {
	const op = "scheduling.Settings"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permitExpertReader(ctx, op, expert); err != nil {
		return nil, err
	}
	return s.store.Settings(ctx, expert)
}

// SaveSettings replaces all of them. It fails with Aborted unless their Revision is that of
// what they replace, 0 for the first.
// They are for the expert, administrators and the system.
func (s *Service) SaveSettings(ctx context.Context, n Settings) (saved *Settings, err error) {
	const op = "scheduling.SaveSettings"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if _, err := s.permitExpert(ctx, op, n.Expert); err != nil {
		return nil, err
	}
	if err := s.validSettings(&n); err != nil {
		return nil, err
	}
	n.UpdatedAt = s.now()
	err = s.store.InTx(ctx, func(tx Store) error {
		if err := ownSchedule(ctx, tx, n.Expert, n.Schedule); err != nil {
			return err
		}
		if err := n.keepFeed(ctx, tx); err != nil {
			return err
		}
		if saved, err = tx.SaveSettings(ctx, n); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, "expert:"+n.Expert, frontdesk.Succeeded, nil, map[string]string{
			"zone": n.Zone, "schedule": n.Schedule, "calendars": strconv.Itoa(len(n.Calendars)), "revision": strconv.Itoa(saved.Revision),
		})
	})
	return saved, err
}

// keepFeed lets which link to the feed is valid be as it is: only RevokeFeed changes it.
func (n *Settings) keepFeed(ctx context.Context, tx Store) error {
	there, err := tx.Settings(ctx, n.Expert)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		n.Feed = 0
		return nil
	}
	if err != nil {
		return err
	}
	n.Feed = there.Feed
	return nil
}

func (s *Service) validSettings(n *Settings) error {
	var c complaints
	c.when(n.Expert == "", "expert", "must not be empty")
	c.zone("zone", n.Zone)
	c.text("name", n.Name, MaxName, false)
	c.when(n.Email != "" && !isAddress(n.Email), "email", "is no address")
	c.text("locale", n.Locale, maxLocale, false)
	c.when(n.WeekStart < time.Sunday || n.WeekStart > time.Saturday, "week_start", "must be 0, Sunday, to 6")
	c.reminders("reminders", n.Reminders)
	c.most("calendars", len(n.Calendars), maxCalendars)
	if err := c.err(); err != nil { // a list without bounds is not looked through
		return err
	}
	return s.validCalendars(n.Calendars)
}

func (s *Service) validCalendars(all []CalendarRef) error {
	var c complaints
	writes := 0
	for i, ref := range all {
		at := item("calendars", i)
		calendar, feed := s.calendar(ref.Kind), s.options.Feeds[ref.Kind]
		c.when(calendar == nil && feed == nil, at+".kind", "is no kind that is set up")
		c.when(ref.ID == "", at+".id", "must not be empty")
		c.text(at+".id", ref.ID, maxCalendarID, false)
		if !ref.Write {
			continue
		}
		writes++
		c.when(calendar == nil || writes > 1, at+".write", "must be set for one calendar at most, which can be written to")
	}
	return c.err()
}

// calendar is the one of the kind, or nil.
func (s *Service) calendar(kind string) Calendar {
	for _, c := range s.options.Calendars {
		if c.Name() == kind {
			return c
		}
	}
	return nil
}

// ownSchedule passes the schedules of the expert, and none.
func ownSchedule(ctx context.Context, tx Store, expert, id string) error {
	if id == "" {
		return nil
	}
	schedule, err := tx.Schedule(ctx, id)
	if frontdesk.CodeOf(err) == frontdesk.NotFound || err == nil && schedule.Expert != expert {
		return frontdesk.InvalidField("schedule", "is none of the expert's")
	}
	return err
}
