package scheduling_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// in moves nina to a zone where she is there day and night.
func (d *desk) in(zone string) {
	d.Helper()
	all, err := d.svc.Schedules(d.ctx, "nina")
	require.NoError(d, err)
	schedule := all[0]
	schedule.Zone, schedule.Weekly = zone, nil
	for day := range 7 {
		schedule.Weekly = append(schedule.Weekly, scheduling.Window{Day: time.Weekday(day), End: 24 * 60})
	}
	_, err = d.svc.SaveSchedule(d.ctx, schedule)
	require.NoError(d, err)
}

func utc(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse("2006-01-02T15:04Z", text)
	require.NoError(t, err)
	return when
}

func TestSeries(t *testing.T) {
	half := func(e *scheduling.EventType) { e.Durations = []time.Duration{30 * time.Minute} }
	for what, c := range map[string]struct {
		zone   string
		repeat scheduling.Repeat
		want   []string
	}{
		"a time that clocks skip is told by the clocks from before, the day after as usual": {
			"America/New_York", scheduling.Repeat{Every: scheduling.Daily, Count: 3}, // 02:30, then 03:30 EDT
			[]string{"2028-03-11T07:30Z", "2028-03-12T07:30Z", "2028-03-13T06:30Z"},
		},
		"of a time that comes twice the first is meant": {
			"America/New_York", scheduling.Repeat{Every: scheduling.Weekly, Count: 2}, // 01:30 EDT both
			[]string{"2027-10-31T05:30Z", "2027-11-07T05:30Z"},
		},
		"the wall clock stays when the offset changes": {
			"Europe/Lisbon", scheduling.Repeat{Every: scheduling.Weekly, Interval: 2, Count: 3},
			[]string{"2027-10-18T08:00Z", "2027-11-01T09:00Z", "2027-11-15T09:00Z"},
		},
		"half an hour that is skipped": {
			"Australia/Lord_Howe", scheduling.Repeat{Every: scheduling.Daily, Count: 3}, // 02:00, 02:30 +11, 02:00 +11
			[]string{"2027-10-01T15:30Z", "2027-10-02T15:30Z", "2027-10-03T15:00Z"},
		},
		"months without the day are passed over, and are not counted": {
			"UTC", scheduling.Repeat{Every: scheduling.Monthly, Count: 4},
			[]string{"2027-08-31T10:00Z", "2027-10-31T10:00Z", "2027-12-31T10:00Z", "2028-01-31T10:00Z"},
		},
	} {
		t.Run(what, func(t *testing.T) {
			d := newDesk(t)
			d.in(c.zone)
			r := d.request(d.offers("talk", half), "acme", 0)
			r.Start = utc(t, c.want[0])
			tickets, err := d.svc.BookSeries(as(d.ctx, "acme"), r, c.repeat)
			require.NoError(t, err)
			var starts []string
			for _, ticket := range tickets {
				starts = append(starts, ticket.Meeting.Start.Format("2006-01-02T15:04Z"))
				require.Equal(t, tickets[0].Meeting.Series, ticket.Meeting.Series)
				require.Equal(t, scheduling.StatusConfirmed, ticket.Booking.Status)
			}
			require.Equal(t, c.want, starts)
			require.NotEmpty(t, tickets[0].Meeting.Series)
		})
	}
	weekly := scheduling.Repeat{Every: scheduling.Weekly, Count: 4}
	t.Run("when one start is taken nothing is booked, and all such starts are named", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", nil)
		d.books(talk, "globex", 1+7*24)
		d.calendar.Add("nina-work", appointment(monday.Add((1+21*24)*time.Hour)))
		calls := d.calendar.Calls()
		_, err := d.svc.BookSeries(as(d.ctx, "acme"), d.request(talk, "acme", 1), weekly)
		require.ErrorIs(t, err, frontdesk.FailedPrecondition)
		var refused *scheduling.SeriesError
		require.ErrorAs(t, err, &refused)
		require.Len(t, refused.Conflicts, 2)
		require.Equal(t, monday.Add((1+7*24)*time.Hour), refused.Conflicts[0].Start)
		require.ErrorIs(t, refused.Conflicts[0].Err, scheduling.ReasonBusy)
		require.Equal(t, monday.Add((1+21*24)*time.Hour), refused.Conflicts[1].Start)
		require.Equal(t, 1, d.calendar.Calls()-calls, "its calendar was read once")
		d.drain()
		require.Equal(t, 1, d.tellings()[scheduling.MeetingBooked], "that of globex")
	})
	t.Run("a limit that the series itself reaches is a conflict", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", func(e *scheduling.EventType) { e.Limits = []scheduling.Limit{{Per: scheduling.PerWeek, Meetings: 2}} })
		_, err := d.svc.BookSeries(as(d.ctx, "acme"), d.request(talk, "acme", 1), scheduling.Repeat{Every: scheduling.Daily, Count: 3})
		var refused *scheduling.SeriesError
		require.ErrorAs(t, err, &refused)
		require.Len(t, refused.Conflicts, 1)
		require.ErrorIs(t, refused.Conflicts[0].Err, scheduling.ReasonLimit)
		all, err := d.store.Meetings(d.ctx, scheduling.MeetingFilter{})
		require.NoError(t, err)
		require.Empty(t, all)
	})
	t.Run("a series that costs something is booked from a pack, which must have enough left", func(t *testing.T) {
		d := newDesk(t)
		dear := d.offers("dear", func(e *scheduling.EventType) { e.Price = eur(4900) })
		r := d.request(dear, "acme", 1)
		_, err := d.svc.BookSeries(as(d.ctx, "acme"), r, weekly)
		require.ErrorIs(t, err, frontdesk.FailedPrecondition)
		pack, err := d.svc.GrantPack(d.ctx, scheduling.PackSale{Client: "acme", Expert: "nina", EventTypes: []string{dear}, Meetings: 7})
		require.NoError(t, err)
		r.Pack = pack.ID
		_, err = d.svc.BookSeries(as(d.ctx, "acme"), r, weekly)
		require.NoError(t, err)
		r.Start = r.Start.Add(2 * time.Hour)
		_, err = d.svc.BookSeries(as(d.ctx, "acme"), r, weekly)
		require.ErrorIs(t, err, frontdesk.FailedPrecondition)
		p, err := d.svc.Pack(d.ctx, pack.ID)
		require.NoError(t, err)
		require.Equal(t, 4, p.Used, "nothing was taken for what was not booked")
	})
	t.Run("a repeated call returns the same series", func(t *testing.T) {
		d := newDesk(t)
		r := d.request(d.offers("talk", nil), "acme", 1)
		r.Key = "form-1"
		first, err := d.svc.BookSeries(as(d.ctx, "acme"), r, weekly)
		require.NoError(t, err)
		second, err := d.svc.BookSeries(as(d.ctx, "acme"), r, weekly)
		require.NoError(t, err)
		require.Equal(t, first, second)
	})
	t.Run("from one on the rest of a series is cancelled, all of it or nothing", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", func(e *scheduling.EventType) { e.Policy.CancelNotice = 24 * time.Hour })
		tickets, err := d.svc.BookSeries(as(d.ctx, "acme"), d.request(talk, "acme", 1), weekly)
		require.NoError(t, err)
		acme := as(d.ctx, "acme")
		_, err = d.svc.CancelSeries(acme, scheduling.Ref{Booking: tickets[0].Booking.ID}, "")
		require.ErrorIs(t, err, frontdesk.FailedPrecondition, "it is too late for the first")
		_, err = d.svc.CancelSeries(as(d.ctx, "globex"), scheduling.Ref{Booking: tickets[1].Booking.ID}, "")
		require.ErrorIs(t, err, frontdesk.NotFound)
		cancelled, err := d.svc.CancelSeries(t.Context(), scheduling.Ref{Booking: tickets[1].Booking.ID, Token: tickets[1].Token}, "")
		require.NoError(t, err)
		require.Len(t, cancelled, 3)
		for i, ticket := range tickets {
			want := scheduling.StatusCancelled
			if i == 0 {
				want = scheduling.StatusConfirmed
			}
			require.Equal(t, want, d.meeting(ticket.Meeting.ID).Status)
		}
		d.drain()
		require.Equal(t, 3, d.tellings()[scheduling.MeetingCancelled])
		alone := d.books(talk, "acme", 3)
		_, err = d.svc.CancelSeries(d.ctx, scheduling.Ref{Booking: alone.Booking.ID}, "")
		require.ErrorIs(t, err, frontdesk.FailedPrecondition)
	})
	t.Run("a repetition that makes no sense is refused by its field", func(t *testing.T) {
		d := newDesk(t)
		r := d.request(d.offers("talk", nil), "acme", 1)
		for field, repeat := range map[string]scheduling.Repeat{
			"repeat.every":    {Every: "hourly", Count: 2},
			"repeat.interval": {Every: scheduling.Daily, Interval: -1, Count: 2},
			"repeat.count":    {Every: scheduling.Daily, Count: 53},
		} {
			_, err := d.svc.BookSeries(as(d.ctx, "acme"), r, repeat)
			require.ErrorIs(t, err, frontdesk.Invalid)
			require.Equal(t, field, frontdesk.Fields(err)[0].Name)
		}
		_, err := d.svc.BookSeries(t.Context(), r, weekly)
		require.NoError(t, err, "guests may")
	})
}
