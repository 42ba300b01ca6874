package scheduling_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

func TestPaid(t *testing.T) {
	t.Run("said again, it changes nothing", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(paid), on(10, 0))
		w.pay(ticket)
		before := w.meeting(ticket)
		w.pay(ticket)
		require.Equal(t, before, w.meeting(ticket))
		require.Zero(t, w.refunded(ticket))
		require.Equal(t, []scheduling.ChangeKind{scheduling.MeetingHeld, scheduling.MeetingPaid, scheduling.MeetingBooked}, w.told(ticket))
	})

	t.Run("a late payment takes the slot again while it is free", func(t *testing.T) {
		for _, lapsed := range []bool{false, true} {
			w := newWorld(t)
			ticket := w.book(w.acme, w.offer(paid), on(10, 0))
			w.advance(time.Hour)
			if lapsed {
				w.lapse()
			}
			w.pay(ticket)
			w.status(ticket, scheduling.StatusConfirmed)
			require.Zero(t, w.refunded(ticket))
		}
	})

	t.Run("a late payment of a slot that is taken is given back once, and told as a conflict", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid)
		late := w.book(w.acme, e, on(10, 0))
		w.advance(time.Hour)
		winner := w.book(w.globe, e, on(10, 0))
		w.pay(winner)
		w.pay(late)
		w.pay(late)
		w.status(late, scheduling.StatusExpired)
		w.status(winner, scheduling.StatusConfirmed)
		require.EqualValues(t, 5000, w.refunded(late))
		require.Equal(t, scheduling.PaymentRefunded, w.booking(late).Payment.State)
		require.Equal(t, []scheduling.ChangeKind{scheduling.MeetingHeld, scheduling.MeetingExpired, scheduling.MeetingConflict}, w.told(late))
		require.Contains(t, w.logs.String(), "too late")
		require.NotContains(t, w.logs.String(), "ada@")
	})

	t.Run("a late payment takes the slot from a hold that is over, whose guest is told and cannot pay any more", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid)
		late := w.book(w.acme, e, on(10, 0))
		w.advance(time.Hour)
		other := w.book(w.globe, e, on(10, 0))
		w.advance(time.Hour)
		w.pay(late)
		w.deliver()
		w.status(late, scheduling.StatusConfirmed)
		w.status(other, scheduling.StatusExpired)
		require.Equal(t, []scheduling.ChangeKind{scheduling.MeetingHeld, scheduling.MeetingExpired}, w.told(other))
		require.True(t, w.payments.released[order(other)])
	})

	t.Run("a late payment of a seat that somebody else has is given back", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid, seats(2))
		stays, late := w.book(w.acme, e, on(10, 0)), w.book(w.globe, e, on(10, 0))
		w.pay(stays)
		w.advance(time.Hour)
		w.pay(w.book(w.guest, e, on(10, 0)))
		w.pay(late)
		w.status(late, scheduling.StatusExpired)
		require.EqualValues(t, 5000, w.refunded(late))
		w.agree()
	})

	t.Run("a late payment brings a meeting back that calendars were told is off, with a higher sequence", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid, seats(2))
		leaves, late := w.book(w.acme, e, on(10, 0)), w.book(w.globe, e, on(10, 0))
		w.pay(leaves)
		w.advance(time.Hour)
		w.lapse()
		_, err := w.svc.Cancel(w.acme, ref(leaves), "")
		require.NoError(t, err)
		require.Equal(t, scheduling.StatusCancelled, w.meeting(late).Status)
		w.pay(late)
		require.Equal(t, scheduling.StatusConfirmed, w.meeting(late).Status)
		require.Equal(t, 2, w.meeting(late).Sequence)
	})

	t.Run("a payment after the start of what had lapsed is given back", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(paid), on(10, 0))
		w.setClock(on(10, 0))
		w.pay(ticket)
		w.status(ticket, scheduling.StatusExpired)
		require.EqualValues(t, 5000, w.refunded(ticket))
	})

	t.Run("a payment of what was cancelled meanwhile is given back", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(paid), on(10, 0))
		_, err := w.svc.Cancel(w.acme, ref(ticket), "")
		require.NoError(t, err)
		w.pay(ticket)
		w.status(ticket, scheduling.StatusCancelled)
		require.EqualValues(t, 5000, w.refunded(ticket))
	})

	t.Run("a second payment, too little, and another currency leave the booking alone and are given back", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(paid), on(10, 0))
		say := func(payment string, amount frontdesk.Money) {
			require.NoError(t, w.svc.Paid(w.ctx, order(ticket), payment, amount))
		}
		say("less", eur(4999))
		say("less", eur(4999))
		say("dollars", frontdesk.Money{Amount: 9000, Currency: "usd"})
		w.status(ticket, scheduling.StatusHeld)
		w.pay(ticket)
		say("second", eur(5000))
		say("less", eur(4999))
		w.deliver()
		w.status(ticket, scheduling.StatusConfirmed)
		require.Equal(t, scheduling.PaymentPaid, w.booking(ticket).Payment.State)
		require.Equal(t, map[string]frontdesk.Money{
			order(ticket) + " less": eur(4999), order(ticket) + " second": eur(5000),
			order(ticket) + " dollars": {Amount: 9000, Currency: "usd"},
		}, w.payments.refunds)
	})

	t.Run("with Confirm it waits for a host, who declines with all given back", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(paid, confirmed), on(10, 0))
		w.pay(ticket)
		w.status(ticket, scheduling.StatusPending)
		declined, err := w.svc.Decline(w.nina, ticket.Booking.ID, "away")
		require.NoError(t, err)
		require.Equal(t, eur(5000), declined.Payment.Refunded)
		require.EqualValues(t, 5000, w.refunded(ticket))
		_, err = w.svc.Decline(w.nina, ticket.Booking.ID, "away")
		require.NoError(t, err)
		_, err = w.svc.Confirm(w.nina, ticket.Booking.ID)
		w.refused(err, frontdesk.FailedPrecondition)
	})

	t.Run("what no host confirms in time lapses with all given back", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(paid, confirmed), on(10, 0))
		w.pay(ticket)
		w.setClock(on(10, 0))
		require.Equal(t, 1, w.lapse())
		w.status(ticket, scheduling.StatusExpired)
		require.EqualValues(t, 5000, w.refunded(ticket))
	})

	t.Run("it is for the system, and for orders that are known", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(paid), on(10, 0))
		w.refused(w.svc.Paid(w.acme, order(ticket), "p", eur(5000)), frontdesk.PermissionDenied)
		w.refused(w.svc.Paid(w.ctx, "booking/none", "p", eur(5000)), frontdesk.NotFound)
		w.refused(w.svc.Paid(w.ctx, "cart/1", "p", eur(5000)), frontdesk.NotFound)
		w.refused(w.svc.Paid(w.ctx, order(ticket), "", eur(5000)), frontdesk.Invalid, "payment")
	})
}
