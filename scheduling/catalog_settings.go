package scheduling

import (
	"context"
	"errors"
	"net/mail"
	"slices"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// maxReminder is how long before a meeting people can be reminded of it.
const maxReminder = 30 * 24 * time.Hour

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
	errs := []error{validZone("zone", n.Zone), s.validCalendars(n.Calendars)}
	if n.Expert == "" {
		errs = append(errs, frontdesk.InvalidField("expert", "must not be empty"))
	}
	if a, err := mail.ParseAddress(n.Email); n.Email != "" && (err != nil || a.Name != "" || a.Address != n.Email) {
		errs = append(errs, frontdesk.InvalidField("email", "is no address"))
	}
	if n.WeekStart < time.Sunday || n.WeekStart > time.Saturday {
		errs = append(errs, frontdesk.InvalidField("week_start", "must be 0, Sunday, to 6"))
	}
	if i := slices.IndexFunc(n.Reminders, func(d time.Duration) bool { return d <= 0 || d > maxReminder }); i >= 0 {
		errs = append(errs, frontdesk.InvalidField(index("reminders", i), "must be above 0 and at most 30 days"))
	}
	return errors.Join(errs...)
}

func (s *Service) validCalendars(all []CalendarRef) error {
	var errs []error
	writes := 0
	for i, c := range all {
		calendar, feed := s.calendar(c.Kind), s.options.Feeds[c.Kind]
		if calendar == nil && feed == nil {
			errs = append(errs, frontdesk.InvalidField(index("calendars", i)+".kind", "is no kind that is set up"))
		}
		if c.ID == "" {
			errs = append(errs, frontdesk.InvalidField(index("calendars", i)+".id", "must not be empty"))
		}
		if !c.Write {
			continue
		}
		if writes++; calendar == nil || writes > 1 {
			errs = append(errs, frontdesk.InvalidField(index("calendars", i)+".write", "must be set for one calendar at most, which can be written to"))
		}
	}
	return errors.Join(errs...)
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

func index(field string, i int) string { return field + "[" + strconv.Itoa(i) + "]" }
