package scheduling

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"github.com/frontdesk-go/frontdesk"
)

// maxRounds is how often an attempt follows a meeting that changes while it is written.
const maxRounds = 8

// showing is what a host's calendar is to show of a meeting: an entry, or none.
type showing struct {
	calendar CalendarRef
	entry    *Entry
}

// syncCalendars makes the hosts' calendars show the meeting as it is. It ends only after it has
// seen that the meeting is still what it wrote: of two workers that overtake each other,
// the last one writes what is true.
func (s *Service) syncCalendars(ctx context.Context, e *Effect) error {
	var written []showing
	for range maxRounds {
		m, err := s.store.Meeting(ctx, e.Meeting)
		if frontdesk.CodeOf(err) == frontdesk.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		wanted, err := s.showings(ctx, m)
		if err != nil {
			return err
		}
		missing := slices.DeleteFunc(slices.Clone(wanted), func(w showing) bool { return slices.ContainsFunc(written, w.is) })
		if len(missing) == 0 {
			return nil
		}
		if err := s.show(ctx, m, missing); err != nil {
			return err
		}
		written = wanted
	}
	return frontdesk.Errorf(frontdesk.Aborted, "the meeting changes all the time")
}

func (w showing) is(o showing) bool {
	return w.calendar.Kind == o.calendar.Kind && w.calendar.ID == o.calendar.ID && reflect.DeepEqual(w.entry, o.entry)
}

// show writes to the calendars. One that fails does not keep the others from it.
func (s *Service) show(ctx context.Context, m *Meeting, all []showing) error {
	var errs []error
	for _, w := range all {
		errs = append(errs, s.showOne(ctx, m, w))
	}
	return errors.Join(errs...)
}

func (s *Service) showOne(ctx context.Context, m *Meeting, w showing) error {
	calendar := s.calendar(w.calendar.Kind)
	if calendar == nil {
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "there is no calendar of the kind %q in Options.Calendars", w.calendar.Kind)
	}
	if w.entry == nil {
		err := calendar.Delete(ctx, w.calendar.ID, m.ID)
		if frontdesk.CodeOf(err) == frontdesk.NotFound {
			return nil // the calendar is gone, and the entry with it
		}
		return err
	}
	ref, err := calendar.Put(ctx, w.calendar.ID, *w.entry)
	if err != nil || !w.entry.Conference {
		return err
	}
	if ref.Conference == "" {
		return frontdesk.Errorf(frontdesk.Unavailable, "the calendar has not made the video call yet")
	}
	return s.noteCall(ctx, m, ref.Conference)
}

// noteCall writes down where the meeting's video call is.
func (s *Service) noteCall(ctx context.Context, m *Meeting, url string) error {
	if m.JoinURL == url {
		return nil
	}
	_, err := s.store.ChangeMeeting(ctx, m.ID, s.now(), func(m *Meeting) error {
		m.JoinURL, m.UpdatedAt = url, s.now()
		return nil
	})
	return err
}

// showings are what the calendars of its hosts are to show of the meeting.
func (s *Service) showings(ctx context.Context, m *Meeting) ([]showing, error) {
	if m.neverShown() {
		return nil, nil
	}
	hosts, err := settingsOf(ctx, s.store, m.Hosts)
	if err != nil {
		return nil, err
	}
	var all []showing
	for _, h := range hosts {
		at := slices.IndexFunc(h.Calendars, func(c CalendarRef) bool { return c.Write })
		if at < 0 || slices.ContainsFunc(all, func(w showing) bool { return w.calendar == h.Calendars[at] }) {
			continue
		}
		w := showing{calendar: h.Calendars[at]}
		if m.shown() {
			w.entry = m.hostEntry(hosts, len(all) == 0)
		}
		all = append(all, w)
	}
	return all, nil
}

// hostEntry is what a host's calendar shows. That of the first makes the video call, if there is one.
func (m *Meeting) hostEntry(hosts []Settings, first bool) *Entry {
	e := m.Entry(hosts, nil)
	if m.Location.Kind == ByCalendar && first {
		e.Conference, e.Location = true, ""
	}
	return &e
}

// shown reports whether calendars show the meeting.
func (m *Meeting) shown() bool {
	return m.Status == StatusConfirmed || m.Status == StatusPending || m.Status == StatusDone || m.Status == StatusNoShow
}

// neverShown reports whether the meeting was held, and no more.
func (m *Meeting) neverShown() bool {
	return !slices.ContainsFunc(m.Bookings, func(b Booking) bool { return b.Status != StatusHeld })
}

// settingsOf are the settings of the experts in their order; of one who has none, only the name
// of the expert is known.
func settingsOf(ctx context.Context, st Store, experts []string) ([]Settings, error) {
	all := make([]Settings, 0, len(experts))
	for _, expert := range experts {
		settings, err := st.Settings(ctx, expert)
		if frontdesk.CodeOf(err) == frontdesk.NotFound {
			settings, err = &Settings{Expert: expert}, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, *settings)
	}
	return all, nil
}
