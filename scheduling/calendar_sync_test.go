package scheduling_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

func TestCalendars(t *testing.T) {
	t.Run("a meeting is in its host's calendar as it is, and gone when it is cancelled", func(t *testing.T) {
		d := newDesk(t)
		ticket := d.books(d.offers("talk", nil), "acme", 1)
		require.Empty(t, d.calendar.Entries("nina-work"), "nothing is written in the transaction")
		d.drain()
		entries := d.calendar.Entries("nina-work")
		require.Len(t, entries, 1)
		require.Equal(t, ticket.Meeting.ID, entries[0].UID)
		require.Equal(t, 0, entries[0].Sequence)
		require.Equal(t, "Talk: Guest acme", entries[0].Summary)
		require.Equal(t, "https://meet.example/nina", entries[0].Location)
		require.Equal(t, []scheduling.Person{{Name: "Guest acme", Email: "acme@guest.example"}}, entries[0].Attendees)

		ref := scheduling.Ref{Booking: ticket.Booking.ID}
		_, err := d.svc.Move(d.ctx, ref, scheduling.MoveTo{Start: monday.Add(3 * time.Hour)})
		require.NoError(t, err)
		d.drain()
		entries = d.calendar.Entries("nina-work")
		require.Len(t, entries, 1)
		require.Equal(t, 1, entries[0].Sequence)
		require.Equal(t, monday.Add(3*time.Hour), entries[0].Span.Start)

		_, err = d.svc.Cancel(d.ctx, ref, "")
		require.NoError(t, err)
		d.drain()
		require.Empty(t, d.calendar.Entries("nina-work"))
	})
	t.Run("what waits to be confirmed is tentative, and what is only held is nowhere", func(t *testing.T) {
		d := newDesk(t)
		asked := d.offers("asked", func(e *scheduling.EventType) { e.Confirm = true })
		ticket := d.books(asked, "acme", 1)
		d.drain()
		require.True(t, d.calendar.Entries("nina-work")[0].Tentative)
		_, err := d.svc.Confirm(d.ctx, ticket.Booking.ID)
		require.NoError(t, err)
		d.drain()
		require.False(t, d.calendar.Entries("nina-work")[0].Tentative)

		calls := d.calendar.Calls()
		held, err := d.svc.Hold(as(d.ctx, "acme"), d.request(asked, "acme", 3))
		require.NoError(t, err)
		require.Equal(t, scheduling.StatusHeld, held.Booking.Status)
		calls = d.calendar.Calls() - calls
		d.drain()
		require.Equal(t, 1, calls, "it was read, and not written")
		require.Len(t, d.calendar.Entries("nina-work"), 1)
	})
	t.Run("a lost answer and a calendar that is away are tried again, and there is one entry", func(t *testing.T) {
		d := newDesk(t)
		d.books(d.offers("talk", nil), "acme", 1)
		d.calendar.LoseNext()
		d.calendar.FailNext(nil)
		d.calendar.FailNext(frontdesk.Unavailable)
		d.drain()
		require.Equal(t, scheduling.EffectPending, d.effects(scheduling.EffectCalendar)[0].State)
		d.rest()
		require.Len(t, d.calendar.Entries("nina-work"), 1)
		require.Equal(t, scheduling.EffectDone, d.effects(scheduling.EffectCalendar)[0].State)
	})
	t.Run("all hosts have it, one calendar makes the video call, and who is told of the booking has its link", func(t *testing.T) {
		d := newDesk(t)
		both := d.offers("both", func(e *scheduling.EventType) {
			e.Mode, e.Hosts = scheduling.Collective, []scheduling.Host{{Expert: "nina"}, {Expert: "omar"}}
			e.Locations = []scheduling.Location{{Kind: scheduling.ByCalendar}}
		})
		ticket := d.books(both, "acme", 1)
		d.drain()
		nina, omar := d.calendar.Entries("nina-work"), d.calendar.Entries("omar-work")
		require.Len(t, nina, 1)
		require.Len(t, omar, 1)
		url := d.meeting(ticket.Meeting.ID).JoinURL
		require.NotEmpty(t, url)
		require.True(t, nina[0].Conference)
		require.False(t, omar[0].Conference)
		require.Equal(t, url, omar[0].Location)
		require.Equal(t, url, d.last(scheduling.MeetingBooked).Meeting.JoinURL)
		require.Equal(t, "nina@desk.example", omar[0].Organizer.Email)
	})
	t.Run("telling waits for the video call, but not for ever", func(t *testing.T) {
		d := newDesk(t)
		video := d.offers("video", func(e *scheduling.EventType) { e.Locations = []scheduling.Location{{Kind: scheduling.ByCalendar}} })
		d.books(video, "acme", 1)
		for range 30 {
			d.calendar.FailNext(frontdesk.Unavailable)
		}
		d.drain()
		require.Empty(t, d.tellings())
		require.Zero(t, d.effects(scheduling.EffectTell)[0].Attempts, "that is no attempt")
		for range 12 {
			d.pass(time.Minute)
			d.drain()
		}
		require.Equal(t, 1, d.tellings()[scheduling.MeetingBooked])
		require.Empty(t, d.last(scheduling.MeetingBooked).Meeting.JoinURL)
	})
	t.Run("the calendar of one host does not keep that of another from it", func(t *testing.T) {
		d := newDesk(t)
		both := d.offers("both", func(e *scheduling.EventType) {
			e.Mode, e.Hosts = scheduling.Collective, []scheduling.Host{{Expert: "nina"}, {Expert: "omar"}}
		})
		d.books(both, "acme", 1)
		d.calendar.FailNext(frontdesk.PermissionDenied)
		d.drain()
		require.Empty(t, d.calendar.Entries("nina-work"))
		require.Len(t, d.calendar.Entries("omar-work"), 1)
		d.rest()
		require.Len(t, d.calendar.Entries("nina-work"), 1)
	})
	t.Run("a meeting for several names no guest, and is there until the last has left", func(t *testing.T) {
		d := newDesk(t)
		group := d.offers("group", func(e *scheduling.EventType) { e.Seats = 3 })
		first, second := d.books(group, "acme", 1), d.books(group, "globex", 1)
		require.Equal(t, first.Meeting.ID, second.Meeting.ID)
		d.drain()
		entry := d.calendar.Entries("nina-work")[0]
		require.Equal(t, "Talk (2/3)", entry.Summary)
		require.Empty(t, entry.Attendees)
		for left, ticket := range []*scheduling.Ticket{first, second} {
			require.Len(t, d.calendar.Entries("nina-work"), 1)
			_, err := d.svc.Cancel(d.ctx, scheduling.Ref{Booking: ticket.Booking.ID}, "")
			require.NoError(t, err)
			d.drain()
			require.Len(t, d.calendar.Entries("nina-work"), 1-left)
		}
	})
	t.Run("of two workers who overtake each other, what is true is written last", func(t *testing.T) {
		d := newDesk(t)
		ticket := d.books(d.offers("talk", nil), "acme", 1)
		slow := &overtaken{Calendar: d.calendar, meanwhile: func() {
			_, err := d.svc.Cancel(d.ctx, scheduling.Ref{Booking: ticket.Booking.ID}, "")
			require.NoError(t, err)
			d.drain()
		}}
		require.NoError(t, d.over(d.store, slow).Drain(d.ctx))
		require.Nil(t, slow.meanwhile, "it was overtaken")
		require.Empty(t, d.calendar.Entries("nina-work"))
	})
	t.Run("an expert without a calendar to write to, and a calendar that is gone, keep nobody up", func(t *testing.T) {
		d := newDesk(t)
		ticket := d.books(d.offers("talk", nil), "acme", 1)
		settings, err := d.svc.Settings(d.ctx, "nina")
		require.NoError(t, err)
		settings.Calendars = nil
		_, err = d.svc.SaveSettings(d.ctx, *settings)
		require.NoError(t, err)
		d.drain()
		require.Equal(t, scheduling.EffectDone, d.effects(scheduling.EffectCalendar)[0].State)

		settings, err = d.svc.Settings(d.ctx, "nina")
		require.NoError(t, err)
		settings.Calendars = []scheduling.CalendarRef{{ID: "gone", Kind: "memory", Write: true}}
		_, err = d.svc.SaveSettings(d.ctx, *settings)
		require.NoError(t, err)
		_, err = d.svc.Cancel(d.ctx, scheduling.Ref{Booking: ticket.Booking.ID}, "")
		require.NoError(t, err)
		d.drain()
		for _, e := range d.effects(scheduling.EffectCalendar) {
			require.Equal(t, scheduling.EffectDone, e.State, e.LastError)
		}
	})
}

// overtaken is a calendar that lets somebody else work before its first Put arrives.
type overtaken struct {
	scheduling.Calendar
	meanwhile func()
}

func (o *overtaken) Put(ctx context.Context, calendar string, e scheduling.Entry) (*scheduling.EntryRef, error) {
	if m := o.meanwhile; m != nil {
		o.meanwhile = nil
		m()
	}
	return o.Calendar.Put(ctx, calendar, e)
}
