package scheduling_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
)

func TestMoneyBack(t *testing.T) {
	paid := func(t *testing.T) (*desk, *scheduling.Ticket) {
		d := newDesk(t)
		ticket := d.books(d.offers("dear", func(e *scheduling.EventType) { e.Price = eur(4900) }), "acme", 1)
		require.NoError(t, d.svc.Paid(d.ctx, "booking/"+ticket.Booking.ID, "pi_1", eur(4900)))
		_, err := d.svc.Cancel(d.ctx, scheduling.Ref{Booking: ticket.Booking.ID}, "")
		require.NoError(t, err)
		return d, ticket
	}
	state := func(d *desk, ticket *scheduling.Ticket) scheduling.PaymentState {
		return d.meeting(ticket.Meeting.ID).Bookings[0].Payment.State
	}
	t.Run("what is to be given back is known before it is asked for, and written down when it was", func(t *testing.T) {
		d, ticket := paid(t)
		require.Equal(t, scheduling.PaymentRefunding, state(d, ticket))
		require.Empty(t, d.pay.refunds)
		d.drain()
		require.Equal(t, scheduling.PaymentRefunded, state(d, ticket))
		require.Equal(t, []refund{{"booking/" + ticket.Booking.ID, "pi_1", eur(4900)}}, d.pay.refunds)
		if memory, is := d.store.(*schedulingtest.Store); is {
			log, err := memory.AuditLog(d.ctx)
			require.NoError(t, err)
			last := log[len(log)-1]
			require.Equal(t, "scheduling.Refund", last.Action)
			require.Equal(t, "4900", last.After["amount"])
		}
	})
	t.Run("a refund whose outcome is not known is asked for again, as it was", func(t *testing.T) {
		d, ticket := paid(t)
		d.pay.fail = []error{frontdesk.Unavailable}
		d.pay.lose = 2
		d.rest()
		require.Equal(t, scheduling.PaymentRefunded, state(d, ticket))
		require.Len(t, d.pay.refunds, 3)
		require.Len(t, d.pay.given(), 1)
	})
	t.Run("a refund that is refused for good is dead, and waits for a person", func(t *testing.T) {
		d, ticket := paid(t)
		for range 15 {
			d.pay.fail = append(d.pay.fail, frontdesk.Declined)
		}
		for range 20 {
			d.pass(2 * time.Hour)
			d.drain()
		}
		require.Equal(t, scheduling.PaymentRefunding, state(d, ticket))
		refunds := d.effects(scheduling.EffectRefund)
		require.Equal(t, scheduling.EffectDead, refunds[0].State)
		require.NoError(t, d.svc.Retry(d.ctx, refunds[0].ID))
		d.drain()
		require.Equal(t, scheduling.PaymentRefunded, state(d, ticket))
	})
	t.Run("nobody can pay any more for what was let go", func(t *testing.T) {
		d := newDesk(t)
		ticket := d.books(d.offers("dear", func(e *scheduling.EventType) { e.Price = eur(4900) }), "acme", 1)
		d.pass(20 * time.Minute)
		d.lapse()
		require.Equal(t, []string{"booking/" + ticket.Booking.ID}, d.pay.released)
	})
}

func TestWorkersSideBySide(t *testing.T) {
	t.Run("many workers tell each change once, and calendars show what is true", func(t *testing.T) {
		d := newDesk(t)
		chapter := chapterOf(d)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if err := d.over(d.store, d.calendar).Drain(d.ctx); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		d.rest()
		chapter.check(d, "side by side", false)
		require.Len(t, d.pay.refunds, 1)
	})
}
