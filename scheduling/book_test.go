package scheduling_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
)

func TestBook(t *testing.T) {
	t.Run("what is free is confirmed at once, told once, and not listed any more", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		require.Contains(t, w.starts(w.guest, scheduling.Search{EventType: e.ID}), "10:00")
		ticket := w.book(w.acme, e, on(10, 0))
		require.Equal(t, scheduling.StatusConfirmed, ticket.Booking.Status)
		require.Equal(t, "acme", ticket.Booking.Client)
		require.Equal(t, []string{"nina"}, ticket.Meeting.Hosts)
		require.Nil(t, ticket.Payment)
		require.NotContains(t, w.starts(w.guest, scheduling.Search{EventType: e.ID}), "10:00")
		require.Equal(t, []scheduling.ChangeKind{scheduling.MeetingBooked}, w.told(ticket))
		require.Contains(t, w.audited(), "acme scheduling.Book ok")
	})

	t.Run("with Confirm it waits for a host, who has until ConfirmWithin or the start", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(confirmed)
		soon, far := w.book(w.acme, e, on(10, 0)), w.book(w.acme, e, on(24*4+10, 0))
		require.Equal(t, scheduling.StatusPending, soon.Booking.Status)
		require.Equal(t, on(10, 0), soon.Booking.ExpiresAt)
		require.WithinDuration(t, midnight.Add(48*time.Hour), far.Booking.ExpiresAt, time.Second)
		_, err := w.svc.Confirm(w.nina, soon.Booking.ID)
		require.NoError(t, err)
		w.status(soon, scheduling.StatusConfirmed)
		require.Equal(t, []scheduling.ChangeKind{scheduling.MeetingRequested, scheduling.MeetingBooked}, w.told(soon))
	})

	t.Run("what costs something is held and paid at the event type's price", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid, func(e *scheduling.EventType) {
			e.Durations = []time.Duration{time.Hour, 2 * time.Hour}
			e.Prices = map[time.Duration]frontdesk.Money{2 * time.Hour: eur(9000)}
			e.Seats = 3
		})
		r := ask(e, on(11, 0))
		r.Duration, r.Seats, r.SuccessPath = 2*time.Hour, 2, "/thanks"
		ticket, err := w.svc.Book(w.acme, r)
		require.NoError(t, err)
		require.Equal(t, scheduling.StatusHeld, ticket.Booking.Status)
		require.Equal(t, scheduling.PaymentDue, ticket.Booking.Payment.State)
		require.Equal(t, "https://pay.example/"+order(ticket), ticket.Payment.URL)
		require.Equal(t, eur(18000), w.payments.orders[order(ticket)].Amount)
		require.Equal(t, "nina", w.payments.orders[order(ticket)].Expert)
		w.pay(ticket)
		w.status(ticket, scheduling.StatusConfirmed)
		require.Equal(t, []scheduling.ChangeKind{scheduling.MeetingHeld, scheduling.MeetingPaid, scheduling.MeetingBooked}, w.told(ticket))
	})

	t.Run("when asking for the payment fails the hold stays, and the same Key or Pay asks again", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid)
		w.payments.fail = frontdesk.Errorf(frontdesk.Unavailable, "down")
		r := ask(e, on(10, 0))
		r.Key = "once"
		first, err := w.svc.Book(w.acme, r)
		w.refused(err, frontdesk.Unavailable)
		require.NotNil(t, first)
		w.status(first, scheduling.StatusHeld)
		again, err := w.svc.Book(w.acme, r)
		require.NoError(t, err)
		require.Equal(t, first.Booking.ID, again.Booking.ID)
		require.NotNil(t, again.Payment)
		paying, err := w.svc.Pay(w.acme, ref(first), "", "")
		require.NoError(t, err)
		require.Equal(t, again.Payment, paying.Payment)
		w.advance(16 * time.Minute)
		_, err = w.svc.Pay(w.acme, ref(first), "", "")
		w.refused(err, frontdesk.FailedPrecondition)
	})

	t.Run("the provider is never called inside a transaction", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid)
		w.payments.before = func() { // the store in memory has room for one
			_, err := w.store.Meetings(w.ctx, scheduling.MeetingFilter{})
			require.NoError(t, err)
		}
		ticket := w.book(w.acme, e, on(10, 0))
		w.pay(ticket)
		_, err := w.svc.Cancel(w.acme, ref(ticket), "")
		require.NoError(t, err)
		require.EqualValues(t, 5000, w.refunded(ticket))
	})

	t.Run("a start is refused with the reason that Explain has", func(t *testing.T) {
		w := newWorld(t)
		w.connect("nina")
		e := w.offer(func(e *scheduling.EventType) {
			e.Notice, e.Before, e.Horizon.Days = 570*time.Minute, 30*time.Minute, 7
			e.Limits = []scheduling.Limit{{Per: scheduling.PerDay, Meetings: 2}}
		})
		w.calendar.Add("nina", schedulingtest.Appointment{Span: scheduling.Span{Start: on(12, 0), End: on(13, 0)}})
		w.book(w.acme, e, on(15, 0))
		for why, start := range map[scheduling.Reason]time.Time{
			scheduling.ReasonPast: on(-1, 0), scheduling.ReasonNotice: on(9, 0), scheduling.ReasonHorizon: on(24*9+10, 0),
			scheduling.ReasonClosed: on(18, 0), scheduling.ReasonGrid: on(10, 30), scheduling.ReasonBusy: on(15, 0),
			scheduling.ReasonBuffer: on(13, 0),
		} {
			_, err := w.svc.Book(w.acme, ask(e, start))
			w.because(err, why)
			told, err := w.svc.Explain(w.nina, e.ID, start, 0)
			require.NoError(t, err)
			require.Equal(t, why, told)
		}
		w.book(w.acme, e, on(10, 0))
		_, err := w.svc.Book(w.acme, ask(e, on(16, 0)))
		w.because(err, scheduling.ReasonLimit)
	})

	t.Run("bad input names its fields and books nothing", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(func(e *scheduling.EventType) {
			e.Questions = []scheduling.Question{{ID: "why", Text: "Why?", Kind: scheduling.AskText, Required: true}}
			e.Locations = []scheduling.Location{{Kind: scheduling.ByPhone}}
		})
		good := ask(e, on(10, 0))
		good.Answers = map[string]string{"why": "because"}
		for field, change := range map[string]func(*scheduling.Request){
			"duration":       func(r *scheduling.Request) { r.Duration = time.Minute },
			"seats":          func(r *scheduling.Request) { r.Seats = 2 },
			"start":          func(r *scheduling.Request) { r.Start = time.Time{} },
			"guest.email":    func(r *scheduling.Request) { r.Guest.Email = "nobody" },
			"guest.zone":     func(r *scheduling.Request) { r.Guest.Zone = "Moon" },
			"guest.phone":    func(r *scheduling.Request) { r.Guest.Phone = "12" },
			"answers.why":    func(r *scheduling.Request) { r.Answers = nil },
			"answers":        func(r *scheduling.Request) { r.Answers = map[string]string{"why": "so", "what": "x"} },
			"location":       func(r *scheduling.Request) { r.Location = scheduling.Location{Kind: scheduling.AtAddress, Value: "x"} },
			"location.value": func(r *scheduling.Request) { r.Location = scheduling.Location{Kind: scheduling.ByPhone, Value: "x"} },
			"success_path":   func(r *scheduling.Request) { r.SuccessPath = "//evil" },
			"expert":         func(r *scheduling.Request) { r.Expert = "omar" },
		} {
			r := good
			change(&r)
			_, err := w.svc.Book(w.acme, r)
			w.refused(err, frontdesk.Invalid, field)
		}
		all, err := w.store.Meetings(w.ctx, scheduling.MeetingFilter{})
		require.NoError(t, err)
		require.Empty(t, all)
		_, err = w.svc.Book(w.acme, good)
		require.NoError(t, err)
	})

	t.Run("the same Key is the same booking, and people's keys are apart", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(seats(5))
		r := ask(e, on(10, 0))
		r.Key = "0123456789abcdef"
		first, err := w.svc.Book(w.acme, r)
		require.NoError(t, err)
		again, err := w.svc.Book(w.acme, r)
		require.NoError(t, err)
		require.Equal(t, first, again)
		other, err := w.svc.Book(w.globe, r)
		require.NoError(t, err)
		guest, err := w.svc.Book(w.guest, r)
		require.NoError(t, err)
		require.NotEqual(t, first.Booking.ID, other.Booking.ID)
		require.NotEqual(t, first.Booking.ID, guest.Booking.ID)
		require.Len(t, w.meeting(first).Bookings, 3)
		r.Key = "short"
		_, err = w.svc.Book(w.guest, r)
		w.refused(err, frontdesk.Invalid, "key")
	})

	t.Run("whoever is faster gets the slot, and everybody else ErrSlotTaken or the reason", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		won, others := 0, 0
		var mu sync.Mutex
		var wait sync.WaitGroup
		for range 32 {
			wait.Go(func() {
				_, err := w.svc.Book(w.acme, ask(e, on(10, 0)))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case errors.Is(err, scheduling.ErrSlotTaken), errors.Is(err, scheduling.ReasonBusy):
					others++
				}
			})
		}
		wait.Wait()
		require.Equal(t, 1, won)
		require.Equal(t, 31, others)
	})

	t.Run("a slot that is lost after it was found free is ErrSlotTaken", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		rival := w.svc
		w.svc = w.over(meddling{w.store, func() {
			_, err := rival.Book(w.globe, ask(e, on(10, 0)))
			require.NoError(t, err)
		}})
		_, err := w.svc.Book(w.acme, ask(e, on(10, 0)))
		w.refused(err, frontdesk.AlreadyExists)
		require.ErrorIs(t, err, scheduling.ErrSlotTaken)
	})

	t.Run("of two who would go beyond a limit at once, the later is refused", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(func(e *scheduling.EventType) { e.Limits = []scheduling.Limit{{Per: scheduling.PerDay, Meetings: 1}} })
		rival := w.svc
		w.svc = w.over(meddling{w.store, func() {
			_, err := rival.Book(w.globe, ask(e, on(12, 0)))
			require.NoError(t, err)
		}})
		_, err := w.svc.Book(w.acme, ask(e, on(10, 0)))
		w.because(err, scheduling.ReasonLimit)
	})

	t.Run("hosts and administrators override notice, hours and limits but never other meetings", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(func(e *scheduling.EventType) { e.Notice = 100 * time.Hour })
		r := ask(e, on(20, 10))
		r.Client, r.Override = "acme", true
		_, err := w.svc.Book(w.acme, r)
		w.refused(err, frontdesk.PermissionDenied)
		_, err = w.svc.Book(w.omar, r)
		w.refused(err, frontdesk.PermissionDenied)
		ticket, err := w.svc.Book(w.nina, r)
		require.NoError(t, err)
		require.True(t, ticket.Booking.Override)
		r.Start = on(20, 30)
		_, err = w.svc.Book(w.admin, r)
		w.because(err, scheduling.ReasonBusy)
	})

	t.Run("what is not active is unknown to the public and refused to its owner", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(func(e *scheduling.EventType) { e.Active = false })
		_, err := w.svc.Book(w.guest, ask(e, on(10, 0)))
		w.refused(err, frontdesk.NotFound)
		_, err = w.svc.Search(w.guest, scheduling.Search{EventType: e.ID})
		w.refused(err, frontdesk.NotFound)
		_, err = w.svc.Book(w.nina, ask(e, on(10, 0)))
		w.refused(err, frontdesk.FailedPrecondition)
	})

	t.Run("guests need secrets, an address, and speak for no client", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		r := ask(e, on(10, 0))
		r.Client = "acme"
		_, err := w.svc.Book(w.guest, r)
		w.refused(err, frontdesk.PermissionDenied)
		r.Client = "globex"
		_, err = w.svc.Book(w.acme, r)
		w.refused(err, frontdesk.PermissionDenied)
		r.Client, r.Guest.Email = "", ""
		_, err = w.svc.Book(w.guest, r)
		w.refused(err, frontdesk.Invalid, "guest.email")
		w.options.Secrets = nil
		_, err = w.over(w.store).Book(w.guest, ask(e, on(10, 0)))
		w.refused(err, frontdesk.Unauthenticated)
	})

	t.Run("who looks through a client's eyes changes nothing", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		ticket := w.book(w.acme, e, on(10, 0))
		viewer := acting(t, frontdesk.Actor{ID: "grace", Role: frontdesk.RoleClient, ClientID: "acme", OnBehalfOf: "acme"})
		_, err := w.svc.Book(viewer, ask(e, on(11, 0)))
		w.refused(err, frontdesk.PermissionDenied)
		_, err = w.svc.Cancel(viewer, token(ticket), "")
		w.refused(err, frontdesk.PermissionDenied)
		_, err = w.svc.BookingByRef(viewer, ref(ticket))
		require.NoError(t, err)
	})
}
