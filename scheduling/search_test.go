package scheduling_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
)

func busy(from, to int) schedulingtest.Appointment {
	return schedulingtest.Appointment{Span: scheduling.Span{Start: on(from, 0), End: on(to, 0)}}
}

var (
	nina = scheduling.Host{Expert: "nina"}
	omar = scheduling.Host{Expert: "omar"}
)

func TestSearch(t *testing.T) {
	t.Run("what is listed is what Book accepts, and nothing else", func(t *testing.T) {
		w := newWorld(t)
		w.connect("nina")
		w.calendar.Add("nina", busy(11, 12))
		e := w.offer(func(e *scheduling.EventType) { e.Step, e.After = 30*time.Minute, 30*time.Minute })
		w.book(w.acme, e, on(14, 0))
		listed := w.starts(w.guest, scheduling.Search{EventType: e.ID})
		require.Equal(t, []string{"09:00", "09:30", "12:00", "12:30", "15:30", "16:00"}, listed)
		for start := on(8, 0); start.Before(on(18, 0)); start = start.Add(30 * time.Minute) {
			why, err := w.svc.Explain(w.nina, e.ID, start, 0)
			require.NoError(t, err)
			ticket, err := w.svc.Hold(w.nina, ask(e, start))
			if why == "" {
				require.NoError(t, err)
				require.Contains(t, listed, start.Format("15:04"))
				_, err = w.svc.Cancel(w.nina, ref(ticket), "")
				require.NoError(t, err)
				continue
			}
			w.because(err, why)
			require.NotContains(t, listed, start.Format("15:04"))
		}
	})

	t.Run("a calendar that cannot be read makes its host unknown, never free", func(t *testing.T) {
		w := newWorld(t)
		w.connect("nina")
		e := w.offer()
		w.calendar.FailNext(frontdesk.Errorf(frontdesk.Unauthenticated, "access was taken back"))
		_, err := w.svc.Search(w.guest, scheduling.Search{EventType: e.ID})
		w.refused(err, frontdesk.Unavailable)
		w.calendar.FailNext(frontdesk.Errorf(frontdesk.Unavailable, "down"))
		_, err = w.svc.Book(w.acme, ask(e, on(10, 0)))
		w.refused(err, frontdesk.Unavailable)
		w.book(w.acme, e, on(10, 0))
	})

	t.Run("a calendar that is not set up any more, or does not answer, is unknown too", func(t *testing.T) {
		w := newWorld(t)
		w.connect("nina")
		e := w.offer()
		w.options.Calendars = nil
		_, err := w.over(w.store).Search(w.guest, scheduling.Search{EventType: e.ID})
		w.refused(err, frontdesk.Unavailable)
		silent := make(chan struct{})
		t.Cleanup(func() { close(silent) })
		w.options.Calendars = []scheduling.Calendar{deaf{w.calendar, silent}}
		w.options.CalendarTime = time.Millisecond
		_, err = w.over(w.store).Book(w.acme, ask(e, on(10, 0)))
		w.refused(err, frontdesk.Unavailable)
	})

	t.Run("of hosts who take turns, those who are known are offered, and the others named", func(t *testing.T) {
		w := newWorld(t)
		w.connect("omar")
		e := w.offer(by(scheduling.RoundRobin, nina, omar))
		w.calendar.FailNext(frontdesk.Errorf(frontdesk.Unavailable, "down"))
		r, err := w.svc.Search(w.guest, scheduling.Search{EventType: e.ID, From: midnight, To: on(24, 0)})
		require.NoError(t, err)
		require.Equal(t, []string{"omar"}, r.Unknown)
		require.Equal(t, []string{"nina"}, r.Experts)
		require.Len(t, r.Slots, 8)
	})

	t.Run("all of a collective must be free, and all meet", func(t *testing.T) {
		w := newWorld(t)
		w.connect("omar")
		w.calendar.Add("omar", busy(9, 15))
		e := w.offer(by(scheduling.Collective, nina, omar))
		require.Equal(t, []string{"15:00", "16:00"}, w.starts(w.guest, scheduling.Search{EventType: e.ID}))
		ticket := w.book(w.acme, e, on(15, 0))
		require.Equal(t, []string{"nina", "omar"}, ticket.Meeting.Hosts)
		own := w.offer(func(e *scheduling.EventType) { e.Slug = "own" })
		_, err := w.svc.Book(w.globe, ask(own, on(15, 0)))
		w.because(err, scheduling.ReasonBusy)
		w.calendar.Add("omar", busy(16, 17))
		require.Empty(t, w.starts(w.guest, scheduling.Search{EventType: e.ID}))
	})

	t.Run("with a fixed host who is busy nobody meets", func(t *testing.T) {
		w := newWorld(t)
		w.connect("nina")
		w.calendar.Add("nina", busy(0, 24))
		e := w.offer(by(scheduling.RoundRobin, scheduling.Host{Expert: "nina", Fixed: true}, omar))
		require.Empty(t, w.starts(w.guest, scheduling.Search{EventType: e.ID}))
	})

	t.Run("hosts take turns by their weights, and who is asked for takes it", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(by(scheduling.RoundRobin, scheduling.Host{Expert: "nina", Weight: 2}, omar))
		had := map[string]int{}
		for hour := 9; hour < 15; hour++ {
			had[w.book(w.acme, e, on(hour, 0)).Meeting.Hosts[0]]++
		}
		require.Equal(t, map[string]int{"nina": 4, "omar": 2}, had)
		r := ask(e, on(15, 0))
		r.Expert = "omar"
		ticket, err := w.svc.Book(w.acme, r)
		require.NoError(t, err)
		require.Equal(t, []string{"omar"}, ticket.Meeting.Hosts)
		_, err = w.svc.Book(w.acme, r)
		w.because(err, scheduling.ReasonBusy)
		require.NotContains(t, w.starts(w.guest, scheduling.Search{EventType: e.ID, Experts: []string{"omar"}}), "15:00")
		require.Contains(t, w.starts(w.guest, scheduling.Search{EventType: e.ID}), "15:00")
	})

	t.Run("when one host is lost in a race, the next one takes it before it is taken", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(by(scheduling.RoundRobin, nina, omar))
		own := w.offer(func(e *scheduling.EventType) { e.Slug = "own" })
		rival := w.svc
		w.svc = w.over(meddling{w.store, func() { _, _ = rival.Book(w.globe, ask(own, on(10, 0))) }})
		ticket := w.book(w.acme, e, on(10, 0))
		require.Equal(t, []string{"omar"}, ticket.Meeting.Hosts)
	})

	t.Run("whoever loses the race to make a group's meeting joins it", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(seats(2))
		rival := w.svc
		w.svc = w.over(meddling{w.store, func() { _, _ = rival.Book(w.globe, ask(e, on(10, 0))) }})
		require.Len(t, w.meeting(w.book(w.acme, e, on(10, 0))).Bookings, 2)
	})

	t.Run("a daylight saving day has its real hours, in the zone that is asked for", func(t *testing.T) {
		w := newWorld(t)
		ny := w.hours("nina", "America/New_York", 13*60, 18*60)
		e := w.offer(func(e *scheduling.EventType) { e.Schedule = ny.ID })
		w.setClock(time.Date(2027, 11, 1, 0, 0, 0, 0, time.UTC))
		from := time.Date(2027, 11, 7, 0, 0, 0, 0, time.UTC)
		r, err := w.svc.Search(w.guest, scheduling.Search{EventType: e.ID, From: from, To: from.Add(24 * time.Hour), Zone: "Pacific/Auckland", Limit: 2})
		require.NoError(t, err)
		require.Equal(t, "Pacific/Auckland", r.Zone)
		require.Equal(t, from.Add(18*time.Hour), r.Slots[0].Start)
		require.True(t, r.More)
		require.Len(t, r.Slots, 2)
	})

	t.Run("bad questions name their fields", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		for field, q := range map[string]scheduling.Search{
			"to":       {From: midnight, To: midnight.AddDate(2, 0, 0)},
			"zone":     {Zone: "Moon"},
			"seats":    {Seats: 2},
			"duration": {Duration: time.Minute},
			"expert":   {Experts: []string{"omar"}},
		} {
			q.EventType = e.ID
			_, err := w.svc.Search(w.guest, q)
			w.refused(err, frontdesk.Invalid, field)
		}
	})

	t.Run("why a time is missing is for who offers it", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		_, err := w.svc.Explain(w.omar, e.ID, on(10, 0), 0)
		w.refused(err, frontdesk.NotFound)
		_, err = w.svc.Explain(w.guest, e.ID, on(10, 0), 0)
		w.refused(err, frontdesk.Unauthenticated)
	})
}
