package scheduling_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

func TestHold(t *testing.T) {
	t.Run("a hold hides what it overlaps from others and not from its holder, until exactly ExpiresAt", func(t *testing.T) {
		w := newWorld(t)
		long := w.offer()
		short := w.offer(func(e *scheduling.EventType) { e.Slug, e.Durations = "short", []time.Duration{30 * time.Minute} })
		ticket := w.hold(w.guest, long, on(10, 0))
		require.NotContains(t, w.starts(w.guest, scheduling.Search{EventType: short.ID}), "10:30")
		require.NotContains(t, w.starts(w.guest, scheduling.Search{EventType: long.ID}), "10:00")
		require.Contains(t, w.starts(w.guest, scheduling.Search{Moving: token(ticket)}), "10:00")
		_, err := w.svc.Book(w.acme, ask(short, on(10, 30)))
		w.because(err, scheduling.ReasonHeld)
		w.setClock(ticket.Booking.ExpiresAt.Add(-time.Millisecond))
		require.NotContains(t, w.starts(w.guest, scheduling.Search{EventType: short.ID}), "10:30")
		w.setClock(ticket.Booking.ExpiresAt)
		require.Contains(t, w.starts(w.guest, scheduling.Search{EventType: short.ID}), "10:30")
		w.book(w.acme, short, on(10, 30))
		w.status(ticket, scheduling.StatusExpired)
		require.Zero(t, w.lapse())
		require.Equal(t, []scheduling.ChangeKind{scheduling.MeetingHeld, scheduling.MeetingExpired}, w.told(ticket),
			"who lost a hold to a booking is told like everybody")
	})

	t.Run("Take makes a booking of it, with details, once", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(func(e *scheduling.EventType) {
			e.Questions = []scheduling.Question{{ID: "why", Text: "Why?", Kind: scheduling.AskChoice, Options: []string{"a", "b"}, Required: true}}
			e.Locations = []scheduling.Location{{Kind: scheduling.AtLink, Value: "https://meet.example"}, {Kind: scheduling.ByPhone}}
		})
		ticket := w.hold(w.guest, e, on(10, 0))
		_, err := w.svc.Take(w.guest, token(ticket), scheduling.Details{})
		w.refused(err, frontdesk.Invalid, "answers.why")
		d := scheduling.Details{
			Guest: scheduling.Guest{Name: "Ada Lovelace"}, Answers: map[string]string{"why": "b"},
			Location: scheduling.Location{Kind: scheduling.ByPhone, Value: "+351912345678"},
		}
		taken, err := w.svc.Take(w.guest, token(ticket), d)
		require.NoError(t, err)
		require.Equal(t, scheduling.StatusConfirmed, taken.Booking.Status)
		require.Equal(t, scheduling.Guest{Name: "Ada Lovelace", Email: "ada@example.com"}, taken.Booking.Guest)
		require.Equal(t, "+351912345678", taken.Meeting.Location.Value)
		again, err := w.svc.Take(w.guest, token(ticket), d)
		require.NoError(t, err)
		require.Equal(t, taken, again)
		require.Equal(t, []scheduling.ChangeKind{scheduling.MeetingHeld, scheduling.MeetingBooked}, w.told(ticket))
	})

	t.Run("Take asks for the payment and holds as long again; then it is the same order", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.hold(w.acme, w.offer(paid), on(10, 0))
		require.Nil(t, ticket.Payment)
		w.advance(10 * time.Minute)
		taken, err := w.svc.Take(w.acme, ref(ticket), scheduling.Details{})
		require.NoError(t, err)
		require.Equal(t, scheduling.PaymentDue, taken.Booking.Payment.State)
		require.WithinDuration(t, on(0, 25), taken.Booking.ExpiresAt, time.Second)
		w.advance(5 * time.Minute)
		again, err := w.svc.Take(w.acme, ref(ticket), scheduling.Details{})
		require.NoError(t, err)
		require.Equal(t, taken, again, "the time is not given twice")
	})

	t.Run("who joins a group does not say where it takes place", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(seats(2), func(e *scheduling.EventType) {
			e.Locations = []scheduling.Location{{Kind: scheduling.AtLink, Value: "https://meet.example"}, {Kind: scheduling.ByPhone}}
		})
		w.book(w.acme, e, on(10, 0))
		ticket := w.hold(w.guest, e, on(10, 0))
		taken, err := w.svc.Take(w.guest, token(ticket), scheduling.Details{Location: scheduling.Location{Kind: scheduling.ByPhone, Value: "+351912345678"}})
		require.NoError(t, err)
		require.Equal(t, "https://meet.example", taken.Meeting.Location.Value)
	})

	t.Run("a hold that is over cannot be taken", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.hold(w.acme, w.offer(), on(10, 0))
		w.setClock(ticket.Booking.ExpiresAt)
		_, err := w.svc.Take(w.acme, ref(ticket), scheduling.Details{})
		w.refused(err, frontdesk.FailedPrecondition)
	})

	t.Run("a client who signs in while holding takes it as a client", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.hold(w.guest, w.offer(), on(10, 0))
		_, err := w.svc.Take(w.acme, ref(ticket), scheduling.Details{})
		w.refused(err, frontdesk.NotFound)
		taken, err := w.svc.Take(w.acme, token(ticket), scheduling.Details{})
		require.NoError(t, err)
		require.Equal(t, "acme", taken.Booking.Client)
	})

	t.Run("nobody holds more than MaxHolds, hosts excepted", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		for hour := 9; hour < 12; hour++ {
			w.hold(w.guest, e, on(hour, 0))
			w.hold(w.acme, e, on(hour+3, 0))
		}
		r := ask(e, on(16, 0))
		r.Guest.Email = "ADA@example.com"
		_, err := w.svc.Hold(w.guest, r)
		w.refused(err, frontdesk.QuotaExceeded)
		_, err = w.svc.Hold(w.acme, r)
		w.refused(err, frontdesk.QuotaExceeded)
		_, err = w.svc.Hold(w.nina, r)
		require.NoError(t, err)
		w.advance(15 * time.Minute)
		w.hold(w.guest, e, on(9, 0))
	})

	t.Run("giving a hold up frees the slot at once, whatever the notice", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid, policy(scheduling.Policy{CancelNotice: 100 * time.Hour}))
		ticket := w.book(w.guest, e, on(10, 0))
		_, err := w.svc.Cancel(w.guest, token(ticket), "")
		require.NoError(t, err)
		w.status(ticket, scheduling.StatusCancelled)
		require.Contains(t, w.starts(w.guest, scheduling.Search{EventType: e.ID}), "10:00")
		w.deliver()
		require.True(t, w.payments.released[order(ticket)])
		require.Equal(t, []scheduling.ChangeKind{scheduling.MeetingHeld, scheduling.MeetingExpired}, w.told(ticket))
	})

	t.Run("Lapse ends holds that are over, and nobody can pay for them", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid)
		ticket := w.book(w.acme, e, on(10, 0))
		require.Zero(t, w.lapse())
		w.setClock(ticket.Booking.ExpiresAt)
		require.Equal(t, 1, w.lapse())
		require.Zero(t, w.lapse())
		w.status(ticket, scheduling.StatusExpired)
		require.Equal(t, []scheduling.ChangeKind{scheduling.MeetingHeld, scheduling.MeetingExpired}, w.told(ticket))
		require.True(t, w.payments.released[order(ticket)])
		_, err := w.svc.Lapse(w.nina, 10)
		w.refused(err, frontdesk.PermissionDenied)
	})
}
