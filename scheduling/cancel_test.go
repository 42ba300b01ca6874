package scheduling_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var tiers = scheduling.Policy{
	CancelNotice: time.Hour,
	Refunds:      []scheduling.RefundTier{{Notice: 2 * time.Hour, BasisPoints: 3333}, {Notice: 8 * time.Hour, BasisPoints: 10_000}},
}

func TestCancel(t *testing.T) {
	t.Run("a guest gets what the longest notice that is kept gives", func(t *testing.T) {
		for hour, back := range map[int]int64{1: 5000, 4: 5000, 5: 1667, 10: 1667, 11: 0} {
			w := newWorld(t)
			ticket := w.book(w.acme, w.offer(paid, policy(tiers)), on(12, 0))
			w.pay(ticket)
			w.setClock(on(hour, 0).Add(-time.Second))
			cancelled, err := w.svc.Cancel(w.acme, ref(ticket), "ill")
			require.NoError(t, err)
			require.Equal(t, scheduling.StatusCancelled, cancelled.Status)
			require.Equal(t, "ill", cancelled.Reason)
			require.Equal(t, back, cancelled.Payment.Refunded.Amount)
			require.Equal(t, back, w.refunded(ticket))
			if back > 0 {
				require.Equal(t, scheduling.PaymentRefunded, w.booking(ticket).Payment.State)
			}
		}
	})

	t.Run("it is too late after CancelNotice, except for hosts, who give all back", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(paid, policy(tiers)), on(12, 0))
		w.pay(ticket)
		w.setClock(on(11, 30))
		_, err := w.svc.Cancel(w.acme, ref(ticket), "")
		w.refused(err, frontdesk.FailedPrecondition)
		_, err = w.svc.Cancel(w.nina, ref(ticket), "")
		require.NoError(t, err)
		require.EqualValues(t, 5000, w.refunded(ticket))
		require.Equal(t, scheduling.By{ID: "nina", Role: frontdesk.RoleExpert}, w.booking(ticket).EndedBy)
	})

	t.Run("cancelled twice, it is told and given back once, and it can be neither moved nor taken", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid)
		ticket := w.book(w.acme, e, on(12, 0))
		w.pay(ticket)
		for range 2 {
			_, err := w.svc.Cancel(w.acme, ref(ticket), "")
			require.NoError(t, err)
		}
		require.Equal(t, 1, w.meeting(ticket).Sequence)
		require.Equal(t, scheduling.StatusCancelled, w.meeting(ticket).Status)
		_, err := w.svc.Move(w.acme, ref(ticket), scheduling.MoveTo{Start: on(14, 0)})
		w.refused(err, frontdesk.FailedPrecondition)
		_, err = w.svc.Take(w.acme, ref(ticket), scheduling.Details{})
		w.refused(err, frontdesk.FailedPrecondition)
		told := w.told(ticket)
		require.Equal(t, scheduling.MeetingCancelled, told[len(told)-1])
		require.Len(t, told, 4)
		require.Len(t, w.payments.refunds, 1)
		require.Contains(t, w.starts(w.guest, scheduling.Search{EventType: e.ID}), "12:00")
	})

	t.Run("one of a group leaves the meeting to the others, and the last one ends it", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(seats(2))
		first, second := w.book(w.acme, e, on(10, 0)), w.book(w.globe, e, on(10, 0))
		require.Equal(t, first.Meeting.ID, second.Meeting.ID)
		_, err := w.svc.Book(w.acme, ask(e, on(10, 0)))
		w.because(err, scheduling.ReasonFull)
		_, err = w.svc.Cancel(w.acme, ref(first), "")
		require.NoError(t, err)
		require.Equal(t, scheduling.StatusConfirmed, w.meeting(first).Status)
		require.Contains(t, w.starts(w.guest, scheduling.Search{EventType: e.ID}), "10:00")
		_, err = w.svc.Cancel(w.globe, ref(second), "")
		require.NoError(t, err)
		require.Equal(t, scheduling.StatusCancelled, w.meeting(first).Status)
		require.Equal(t, 2, w.meeting(first).Sequence)
	})

	t.Run("CancelMeeting cancels everybody in it", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(seats(3), paid)
		first, second := w.book(w.acme, e, on(10, 0)), w.book(w.globe, e, on(10, 0))
		w.pay(first)
		w.refused(w.svc.CancelMeeting(w.acme, first.Meeting.ID, ""), frontdesk.PermissionDenied)
		w.refused(w.svc.CancelMeeting(w.omar, first.Meeting.ID, ""), frontdesk.NotFound)
		require.NoError(t, w.svc.CancelMeeting(w.nina, first.Meeting.ID, "ill"))
		require.NoError(t, w.svc.CancelMeeting(w.nina, first.Meeting.ID, "ill"))
		require.EqualValues(t, 5000, w.refunded(first))
		w.status(second, scheduling.StatusCancelled)
		w.pay(second)
		require.EqualValues(t, 5000, w.refunded(second))
	})

	t.Run("a meeting goes back to its pack when all of a price would be given back", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid, policy(tiers))
		w.pack("pack1", e, 2)
		r := ask(e, on(12, 0))
		r.Pack = "pack1"
		ticket, err := w.svc.Book(w.acme, r)
		require.NoError(t, err)
		require.Equal(t, scheduling.StatusConfirmed, ticket.Booking.Status)
		require.Equal(t, 1, w.used("pack1"))
		_, err = w.svc.Cancel(w.acme, ref(ticket), "")
		require.NoError(t, err)
		require.Zero(t, w.used("pack1"))
		ticket, err = w.svc.Book(w.acme, r)
		require.NoError(t, err)
		w.setClock(on(5, 0))
		_, err = w.svc.Cancel(w.acme, ref(ticket), "")
		require.NoError(t, err)
		require.Equal(t, 1, w.used("pack1"), "a third would be given back of a price, and so it is used")
	})

	t.Run("a pack pays for no more than it holds, and nobody uses another's", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid)
		w.pack("pack1", e, 1)
		r := ask(e, on(12, 0))
		r.Pack = "pack1"
		_, err := w.svc.Book(w.globe, r)
		w.refused(err, frontdesk.Invalid, "pack")
		_, err = w.svc.Book(w.acme, r)
		require.NoError(t, err)
		r.Start = on(13, 0)
		_, err = w.svc.Book(w.acme, r)
		w.refused(err, frontdesk.FailedPrecondition)
		require.Contains(t, w.starts(w.guest, scheduling.Search{EventType: e.ID}), "13:00")
	})

	t.Run("others do not learn of it", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(), on(12, 0))
		for _, ctx := range []scheduling.Ref{ref(ticket), {Booking: ticket.Booking.ID, Token: "forged"}, {Booking: "none"}} {
			_, err := w.svc.Cancel(w.globe, ctx, "")
			w.refused(err, frontdesk.NotFound)
		}
		_, err := w.svc.Cancel(w.guest, ref(ticket), "")
		w.refused(err, frontdesk.Unauthenticated)
		_, err = w.svc.Confirm(w.acme, ticket.Booking.ID)
		w.refused(err, frontdesk.PermissionDenied)
		require.Contains(t, w.audited(), "globex scheduling.Cancel denied")
	})
}

// pack is one of acme's.
func (w *world) pack(id string, e *scheduling.EventType, total int) {
	w.Helper()
	_, _, err := w.store.AddPack(w.ctx, scheduling.Pack{
		ID: id, Client: "acme", Expert: "nina", EventTypes: []string{e.ID}, Total: total, CreatedAt: midnight, UpdatedAt: midnight,
	})
	require.NoError(w, err)
}

func (w *world) used(pack string) int {
	w.Helper()
	p, err := w.store.Pack(w.ctx, pack)
	require.NoError(w, err)
	return p.Used
}
