package scheduling_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

func TestMove(t *testing.T) {
	quarter := func(e *scheduling.EventType) { e.Step = 15 * time.Minute }

	t.Run("its own time is free for whom it belongs to, and for nobody else", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(quarter)
		ticket := w.book(w.acme, e, on(11, 30))
		require.Contains(t, w.starts(w.acme, scheduling.Search{Moving: ref(ticket)}), "11:45")
		require.NotContains(t, w.starts(w.acme, scheduling.Search{EventType: e.ID}), "11:45")
		moved, err := w.svc.Move(w.acme, ref(ticket), scheduling.MoveTo{Start: on(11, 45)})
		require.NoError(t, err)
		require.Equal(t, ticket.Meeting.ID, moved.Meeting.ID)
		require.Equal(t, ticket.Booking.ID, moved.Booking.ID)
		require.Equal(t, on(12, 45), moved.Meeting.End)
		require.Equal(t, 1, moved.Meeting.Sequence)
		require.Equal(t, 1, moved.Booking.Moves)
		require.Equal(t, []scheduling.ChangeKind{scheduling.MeetingBooked, scheduling.MeetingMoved}, w.told(ticket))
		require.Equal(t, on(11, 30), w.changes[1].From.Start)
	})

	t.Run("guests keep the notice and MaxMoves; hosts do not, and override with a word", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(policy(scheduling.Policy{MoveNotice: 2 * time.Hour, MaxMoves: 1}))
		ticket := w.book(w.acme, e, on(14, 0))
		_, err := w.svc.Move(w.acme, ref(ticket), scheduling.MoveTo{Start: on(15, 0), Duration: 2 * time.Hour})
		w.refused(err, frontdesk.Invalid, "duration")
		_, err = w.svc.Move(w.acme, ref(ticket), scheduling.MoveTo{Start: on(15, 0)})
		require.NoError(t, err)
		_, err = w.svc.Move(w.acme, ref(ticket), scheduling.MoveTo{Start: on(16, 0)})
		w.refused(err, frontdesk.FailedPrecondition)
		w.setClock(on(14, 30))
		_, err = w.svc.Move(w.nina, ref(ticket), scheduling.MoveTo{Start: on(20, 10), Duration: 20 * time.Minute})
		w.because(err, scheduling.ReasonClosed)
		_, err = w.svc.Move(w.acme, ref(ticket), scheduling.MoveTo{Start: on(20, 10), Override: true})
		w.refused(err, frontdesk.PermissionDenied)
		moved, err := w.svc.Move(w.nina, ref(ticket), scheduling.MoveTo{Start: on(20, 10), Duration: 20 * time.Minute, Override: true})
		require.NoError(t, err)
		require.True(t, moved.Booking.Override)
		require.Equal(t, 1, moved.Booking.Moves, "a host's moves are not counted")
		require.Equal(t, 20*time.Minute, moved.Meeting.Duration())
		require.Contains(t, w.audited(), "nina scheduling.Move ok")
	})

	t.Run("it is too late once MoveNotice has begun", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(policy(scheduling.Policy{MoveNotice: 2 * time.Hour})), on(14, 0))
		w.setClock(on(12, 0))
		_, err := w.svc.Move(w.acme, ref(ticket), scheduling.MoveTo{Start: on(16, 0)})
		w.refused(err, frontdesk.FailedPrecondition)
	})

	t.Run("where somebody else is, it stays where it was", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		ticket := w.book(w.acme, e, on(10, 0))
		w.book(w.globe, e, on(12, 0))
		_, err := w.svc.Move(w.acme, ref(ticket), scheduling.MoveTo{Start: on(12, 0)})
		w.because(err, scheduling.ReasonBusy)
		rival := w.svc
		w.svc = w.over(meddling{w.store, func() {
			_, err := rival.Book(w.globe, ask(e, on(14, 0)))
			require.NoError(t, err)
		}})
		_, err = w.svc.Move(w.acme, ref(ticket), scheduling.MoveTo{Start: on(14, 0)})
		require.ErrorIs(t, err, scheduling.ErrSlotTaken)
		require.Equal(t, on(10, 0), w.meeting(ticket).Start)
	})

	t.Run("what a host has moved meanwhile is not moved again by who has not seen it", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(), on(10, 0))
		host := w.svc
		w.svc = w.over(meddling{w.store, func() {
			_, err := host.Move(w.nina, ref(ticket), scheduling.MoveTo{Start: on(15, 0)})
			require.NoError(t, err)
		}})
		_, err := w.svc.Move(w.acme, ref(ticket), scheduling.MoveTo{Start: on(12, 0)})
		w.refused(err, frontdesk.Aborted)
		require.Equal(t, on(15, 0), w.meeting(ticket).Start)
	})

	t.Run("its own entry in the host's calendar is not in its way, and others' are", func(t *testing.T) {
		w := newWorld(t)
		w.connect("nina")
		ticket := w.book(w.acme, w.offer(quarter), on(11, 30))
		w.deliver()
		require.Len(t, w.calendar.Entries("nina"), 1)
		w.calendar.Add("nina", busy(13, 14))
		listed := w.starts(w.acme, scheduling.Search{Moving: ref(ticket)})
		require.Contains(t, listed, "11:45")
		require.NotContains(t, listed, "12:15")
		_, err := w.svc.Move(w.acme, ref(ticket), scheduling.MoveTo{Start: on(11, 45)})
		require.NoError(t, err)
	})

	t.Run("one of a group takes the seat along to another meeting, with what was paid", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(seats(2), paid)
		first, second, third := w.book(w.acme, e, on(10, 0)), w.book(w.globe, e, on(10, 0)), w.book(w.guest, e, on(12, 0))
		w.pay(first)
		w.pay(second)
		w.pay(third)
		moved, err := w.svc.Move(w.acme, ref(first), scheduling.MoveTo{Start: on(12, 0)})
		require.NoError(t, err)
		require.Equal(t, third.Meeting.ID, moved.Meeting.ID)
		require.NotEqual(t, first.Booking.ID, moved.Booking.ID)
		require.Equal(t, scheduling.PaymentPaid, moved.Booking.Payment.State)
		require.Equal(t, moved.Booking.ID, w.booking(first).MovedTo)
		require.Equal(t, scheduling.StatusConfirmed, w.meeting(second).Status)
		again, err := w.svc.BookingByRef(w.guest, token(first))
		require.NoError(t, err)
		require.Equal(t, moved.Booking.ID, again.Booking.ID, "the old link finds it")
		w.pay(first)
		require.Zero(t, w.refunded(first))
		_, err = w.svc.Cancel(w.guest, token(first), "")
		require.NoError(t, err)
		w.deliver()
		require.Equal(t, map[string]frontdesk.Money{"booking/" + moved.Booking.ID + " pay_" + first.Booking.ID: eur(5000)}, w.payments.refunds)
	})

	t.Run("the last of a group who leaves ends the meeting", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(seats(2))
		first, second := w.book(w.acme, e, on(10, 0)), w.book(w.globe, e, on(12, 0))
		moved, err := w.svc.Move(w.acme, ref(first), scheduling.MoveTo{Start: on(12, 0)})
		require.NoError(t, err)
		require.Equal(t, second.Meeting.ID, moved.Meeting.ID)
		require.Equal(t, scheduling.StatusCancelled, w.meeting(first).Status)
		require.Contains(t, w.starts(w.guest, scheduling.Search{EventType: e.ID}), "10:00")
	})

	t.Run("a host moves a group with everybody, each of whom is told", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(seats(2))
		first, second := w.book(w.acme, e, on(10, 0)), w.book(w.globe, e, on(10, 0))
		_, err := w.svc.Move(w.nina, ref(first), scheduling.MoveTo{Start: on(13, 0)})
		require.NoError(t, err)
		require.Equal(t, on(13, 0), w.meeting(second).Start)
		require.Contains(t, w.told(first), scheduling.MeetingMoved)
		require.Contains(t, w.told(second), scheduling.MeetingMoved)
	})

	t.Run("nobody is moved to a time that was not what is being paid for", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(seats(2), paid)
		first, second := w.book(w.acme, e, on(10, 0)), w.book(w.globe, e, on(10, 0))
		w.pay(first)
		_, err := w.svc.Move(w.nina, ref(first), scheduling.MoveTo{Start: on(13, 0)})
		w.refused(err, frontdesk.FailedPrecondition)
		w.advance(20 * time.Minute)
		_, err = w.svc.Move(w.nina, ref(first), scheduling.MoveTo{Start: on(13, 0)})
		require.NoError(t, err)
		w.pay(second)
		w.status(second, scheduling.StatusExpired)
		require.EqualValues(t, 5000, w.refunded(second))
	})
}
