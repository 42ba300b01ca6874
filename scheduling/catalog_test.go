package scheduling_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

func TestSettings(t *testing.T) {
	good := scheduling.Settings{Expert: "nina", Zone: "Europe/Lisbon", Email: "nina@example.com", Reminders: []time.Duration{time.Hour}}

	t.Run("they are the expert's and the administrators'", func(t *testing.T) {
		w := newWorld(t)
		_, err := w.svc.Settings(w.nina, "nina")
		w.refused(err, frontdesk.NotFound)
		saved, err := w.svc.SaveSettings(w.nina, good)
		require.NoError(t, err)
		require.Equal(t, 1, saved.Revision)
		for _, ctx := range []func() error{
			func() error { _, err := w.svc.SaveSettings(w.omar, good); return err },
			func() error { _, err := w.svc.Settings(w.omar, "nina"); return err },
			func() error { _, err := w.svc.Settings(w.acme, "nina"); return err },
		} {
			w.refused(ctx(), frontdesk.PermissionDenied)
		}
		_, err = w.svc.Settings(w.guest, "nina")
		w.refused(err, frontdesk.Unauthenticated)
		_, err = w.svc.Settings(w.admin, "nina")
		require.NoError(t, err)
	})

	t.Run("who saves what somebody else has changed meanwhile is told", func(t *testing.T) {
		w := newWorld(t)
		_, err := w.svc.SaveSettings(w.nina, good)
		require.NoError(t, err)
		_, err = w.svc.SaveSettings(w.nina, good)
		w.refused(err, frontdesk.Aborted)
	})

	t.Run("what is wrong is named", func(t *testing.T) {
		w := newWorld(t)
		others := w.hours("omar", "UTC", 60, 120)
		for field, change := range map[string]func(*scheduling.Settings){
			"zone":              func(s *scheduling.Settings) { s.Zone = "Local" },
			"email":             func(s *scheduling.Settings) { s.Email = "Nina <nina@example.com>" },
			"week_start":        func(s *scheduling.Settings) { s.WeekStart = 7 },
			"schedule":          func(s *scheduling.Settings) { s.Schedule = others.ID },
			"reminders[0]":      func(s *scheduling.Settings) { s.Reminders = []time.Duration{-time.Hour} },
			"calendars[0].kind": func(s *scheduling.Settings) { s.Calendars = []scheduling.CalendarRef{{ID: "x", Kind: "moon"}} },
			"calendars[0].id":   func(s *scheduling.Settings) { s.Calendars = []scheduling.CalendarRef{{Kind: "memory"}} },
			"calendars[1].write": func(s *scheduling.Settings) {
				s.Calendars = []scheduling.CalendarRef{{ID: "x", Kind: "memory", Write: true}, {ID: "y", Kind: "memory", Write: true}}
			},
		} {
			s := good
			change(&s)
			_, err := w.svc.SaveSettings(w.nina, s)
			w.refused(err, frontdesk.Invalid, field)
		}
	})
}

func TestSchedules(t *testing.T) {
	t.Run("a schedule is replaced as a whole, by who has seen its latest revision", func(t *testing.T) {
		w := newWorld(t)
		s := w.hours("nina", "UTC", 60, 120)
		s.Weekly = s.Weekly[:1]
		saved, err := w.svc.SaveSchedule(w.nina, *s)
		require.NoError(t, err)
		require.Len(t, saved.Weekly, 1)
		_, err = w.svc.SaveSchedule(w.nina, *s)
		w.refused(err, frontdesk.Aborted)
		s.Weekly[0].End = 30
		_, err = w.svc.SaveSchedule(w.nina, *s)
		w.refused(err, frontdesk.Invalid, "weekly[0].end")
		list, err := w.svc.Schedules(w.nina, "nina")
		require.NoError(t, err)
		require.Len(t, list, 2)
	})

	t.Run("those of others are not there", func(t *testing.T) {
		w := newWorld(t)
		s := w.hours("nina", "UTC", 60, 120)
		_, err := w.svc.Schedule(w.omar, s.ID)
		w.refused(err, frontdesk.NotFound)
		w.refused(w.svc.DeleteSchedule(w.omar, s.ID), frontdesk.NotFound)
		stolen := *s
		stolen.Expert = "omar"
		_, err = w.svc.SaveSchedule(w.omar, stolen)
		w.refused(err, frontdesk.NotFound)
		_, err = w.svc.Schedules(w.omar, "nina")
		w.refused(err, frontdesk.PermissionDenied)
		require.Contains(t, w.audited(), "omar scheduling.SaveSchedule denied")
	})

	t.Run("one that is named stays", func(t *testing.T) {
		w := newWorld(t)
		s := w.hours("nina", "UTC", 60, 120)
		e := w.offer(func(e *scheduling.EventType) { e.Schedule = s.ID })
		w.refused(w.svc.DeleteSchedule(w.nina, s.ID), frontdesk.FailedPrecondition)
		require.NoError(t, w.svc.DeleteEventType(w.nina, e.ID))
		require.NoError(t, w.svc.DeleteSchedule(w.nina, s.ID))
		_, err := w.svc.Schedule(w.nina, s.ID)
		w.refused(err, frontdesk.NotFound)
	})
}

func TestEventTypes(t *testing.T) {
	slug := func(s string, active bool) func(*scheduling.EventType) {
		return func(e *scheduling.EventType) { e.Slug, e.Active = s, active }
	}

	t.Run("the public sees what is active, in the owner's order", func(t *testing.T) {
		w := newWorld(t)
		a, b, hidden := w.offer(slug("a", true)), w.offer(slug("b", true)), w.offer(slug("c", false))
		require.NoError(t, w.svc.OrderEventTypes(w.nina, "nina", []string{hidden.ID, b.ID, a.ID}))
		list, err := w.svc.EventTypes(w.guest, "nina")
		require.NoError(t, err)
		require.Equal(t, []string{"b", "a"}, []string{list[0].Slug, list[1].Slug})
		require.Len(t, list, 2)
		list, err = w.svc.EventTypes(w.nina, "nina")
		require.NoError(t, err)
		require.Len(t, list, 3)
		_, err = w.svc.EventType(w.guest, hidden.ID)
		w.refused(err, frontdesk.NotFound)
		_, err = w.svc.ActivateEventType(w.nina, hidden.ID, true)
		require.NoError(t, err)
		_, err = w.svc.EventType(w.guest, hidden.ID)
		require.NoError(t, err)
		w.refused(w.svc.OrderEventTypes(w.nina, "nina", []string{a.ID}), frontdesk.FailedPrecondition)
		w.refused(w.svc.OrderEventTypes(w.omar, "nina", nil), frontdesk.PermissionDenied)
	})

	t.Run("it is saved by its owner, with a slug of its own and the latest revision", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		other := *e
		other.ID, other.Revision = "", 0
		_, err := w.svc.SaveEventType(w.nina, other)
		w.refused(err, frontdesk.AlreadyExists, "slug")
		e.Title = "Longer"
		saved, err := w.svc.SaveEventType(w.nina, *e)
		require.NoError(t, err)
		require.Equal(t, e.CreatedAt, saved.CreatedAt)
		_, err = w.svc.SaveEventType(w.nina, *e)
		w.refused(err, frontdesk.Aborted)
		stolen := *saved
		stolen.Owner = "omar"
		_, err = w.svc.SaveEventType(w.omar, stolen)
		w.refused(err, frontdesk.NotFound)
		_, err = w.svc.SaveEventType(w.acme, *saved)
		w.refused(err, frontdesk.PermissionDenied)
		_, err = w.svc.ActivateEventType(w.omar, e.ID, false)
		w.refused(err, frontdesk.NotFound)
		w.refused(w.svc.DeleteEventType(w.acme, e.ID), frontdesk.NotFound)
		saved.Title = ""
		_, err = w.svc.SaveEventType(w.nina, *saved)
		w.refused(err, frontdesk.Invalid, "title")
	})

	t.Run("an administrator adds hosts, whom the owner keeps and does not add", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		e.Mode, e.Hosts = scheduling.Collective, []scheduling.Host{nina, omar}
		_, err := w.svc.SaveEventType(w.nina, *e)
		w.refused(err, frontdesk.Invalid, "hosts[1].expert")
		saved, err := w.svc.SaveEventType(w.admin, *e)
		require.NoError(t, err)
		saved.Title = "Both of us"
		_, err = w.svc.SaveEventType(w.nina, *saved)
		require.NoError(t, err)
	})

	t.Run("the schedule is the owner's", func(t *testing.T) {
		w := newWorld(t)
		s := w.hours("omar", "UTC", 60, 120)
		_, err := w.svc.SaveEventType(w.nina, scheduling.EventType{
			Owner: "nina", Slug: "x", Title: "X", Durations: []time.Duration{time.Hour}, Schedule: s.ID,
		})
		w.refused(err, frontdesk.Invalid, "schedule")
	})

	t.Run("meetings outlive their event type", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid, policy(tiers))
		ticket := w.book(w.acme, e, on(10, 0))
		require.NoError(t, w.svc.DeleteEventType(w.nina, e.ID))
		w.pay(ticket)
		w.status(ticket, scheduling.StatusConfirmed)
		_, err := w.svc.Move(w.acme, ref(ticket), scheduling.MoveTo{Start: on(12, 0)})
		w.refused(err, frontdesk.FailedPrecondition)
		_, err = w.svc.Cancel(w.acme, ref(ticket), "")
		require.NoError(t, err)
		require.EqualValues(t, 5000, w.refunded(ticket))
	})
}
