package scheduling_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

func TestMeetings(t *testing.T) {
	t.Run("clients see their own bookings, experts their meetings, and others nothing", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(seats(3))
		mine, other := w.book(w.acme, e, on(10, 0)), w.book(w.globe, e, on(10, 0))
		id := mine.Meeting.ID
		require.NoError(t, w.svc.Annotate(w.nina, id, "difficult"))
		seen, err := w.svc.Meeting(w.acme, id)
		require.NoError(t, err)
		require.Len(t, seen.Bookings, 1)
		require.Equal(t, "acme", seen.Bookings[0].Client)
		require.Empty(t, seen.Notes)
		list, err := w.svc.Meetings(w.acme, scheduling.MeetingFilter{})
		require.NoError(t, err)
		require.Equal(t, []scheduling.Meeting{*seen}, list)
		seen, err = w.svc.Meeting(w.nina, id)
		require.NoError(t, err)
		require.Len(t, seen.Bookings, 2)
		require.Equal(t, "difficult", seen.Notes)
		_, err = w.svc.Meeting(w.omar, id)
		w.refused(err, frontdesk.NotFound)
		list, err = w.svc.Meetings(w.omar, scheduling.MeetingFilter{})
		require.NoError(t, err)
		require.Empty(t, list)
		_, err = w.svc.Meetings(w.omar, scheduling.MeetingFilter{Host: "nina"})
		w.refused(err, frontdesk.PermissionDenied)
		_, err = w.svc.Meetings(w.acme, scheduling.MeetingFilter{Client: "globex"})
		w.refused(err, frontdesk.PermissionDenied)
		_, err = w.svc.Meetings(w.guest, scheduling.MeetingFilter{})
		w.refused(err, frontdesk.Unauthenticated)
		w.refused(w.svc.Annotate(w.acme, id, "x"), frontdesk.PermissionDenied)
		require.Len(t, other.Meeting.Bookings, 1, "a ticket shows nobody else")
	})

	t.Run("the link of the call is for those for whom it takes place", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(seats(3))
		stays, leaves := w.book(w.acme, e, on(10, 0)), w.book(w.globe, e, on(10, 0))
		_, err := w.store.ChangeMeeting(w.ctx, stays.Meeting.ID, w.clock(), func(m *scheduling.Meeting) error {
			m.JoinURL = "https://meet.example/1"
			return nil
		})
		require.NoError(t, err)
		_, err = w.svc.Cancel(w.globe, ref(leaves), "")
		require.NoError(t, err)
		seen, err := w.svc.Meeting(w.globe, leaves.Meeting.ID)
		require.NoError(t, err)
		require.Empty(t, seen.JoinURL)
		require.Equal(t, scheduling.StatusCancelled, seen.Status)
		ticket, err := w.svc.BookingByRef(w.guest, token(stays))
		require.NoError(t, err)
		require.Equal(t, "https://meet.example/1", ticket.Meeting.JoinURL)
	})

	t.Run("tokens of all secrets are good, and of no other booking", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		first, second := w.book(w.guest, e, on(10, 0)), w.book(w.guest, e, on(11, 0))
		_, err := w.svc.BookingByRef(w.guest, scheduling.Ref{Booking: first.Booking.ID, Token: second.Token})
		w.refused(err, frontdesk.NotFound)
		w.options.Secrets = append([]frontdesk.Secret{frontdesk.NewSecret("another secret, of more than 32 bytes")}, w.options.Secrets...)
		svc := w.over(w.store)
		again, err := svc.BookingByRef(w.guest, token(first))
		require.NoError(t, err)
		require.NotEqual(t, first.Token, again.Token)
		w.options.Secrets = w.options.Secrets[:1]
		_, err = w.over(w.store).BookingByRef(w.guest, token(first))
		w.refused(err, frontdesk.NotFound)
	})
}

func TestNoShow(t *testing.T) {
	w := newWorld(t)
	ticket := w.book(w.acme, w.offer(), on(10, 0))
	_, err := w.svc.NoShow(w.nina, ticket.Booking.ID)
	w.refused(err, frontdesk.FailedPrecondition)
	w.setClock(on(10, 0))
	_, err = w.svc.NoShow(w.acme, ticket.Booking.ID)
	w.refused(err, frontdesk.PermissionDenied)
	for range 2 {
		_, err = w.svc.NoShow(w.nina, ticket.Booking.ID)
		require.NoError(t, err)
	}
	require.Equal(t, scheduling.StatusNoShow, w.meeting(ticket).Status)
	require.Equal(t, []scheduling.ChangeKind{scheduling.MeetingBooked, scheduling.MeetingNoShow}, w.told(ticket))
}

func TestFinish(t *testing.T) {
	t.Run("what is over is done, so many at a time, and what is not stays", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		early, late := w.book(w.acme, e, on(9, 0)), w.book(w.acme, e, on(10, 0))
		running := w.book(w.acme, e, on(11, 0))
		w.setClock(on(11, 30))
		for range 2 {
			n, err := w.svc.Finish(w.ctx, 1)
			require.NoError(t, err)
			require.Equal(t, 1, n)
		}
		n, err := w.svc.Finish(w.ctx, 10)
		require.NoError(t, err)
		require.Zero(t, n)
		w.status(early, scheduling.StatusDone)
		w.status(late, scheduling.StatusDone)
		w.status(running, scheduling.StatusConfirmed)
		_, err = w.svc.NoShow(w.nina, early.Booking.ID)
		require.NoError(t, err)
		_, err = w.svc.Cancel(w.nina, ref(late), "")
		w.refused(err, frontdesk.FailedPrecondition)
	})

	t.Run("it finds what is over behind many that run", func(t *testing.T) {
		w := newWorld(t)
		for i := range 120 {
			start := midnight.Add(time.Duration(i) * time.Minute)
			_, _, err := w.store.AddMeeting(w.ctx, scheduling.Meeting{
				ID: start.Format("15:04"), EventType: "x", Hosts: []string{start.Format("15:04")}, Seats: 1, Status: scheduling.StatusConfirmed,
				Span:     scheduling.Span{Start: start, End: start.Add(24 * time.Hour)},
				Bookings: []scheduling.Booking{{ID: "b" + start.Format("15:04"), Seats: 1, Status: scheduling.StatusConfirmed}},
			}, midnight)
			require.NoError(t, err)
		}
		ticket := w.book(w.acme, w.offer(), on(9, 0))
		w.setClock(on(12, 0))
		n, err := w.svc.Finish(w.ctx, 10)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		w.status(ticket, scheduling.StatusDone)
	})
}
