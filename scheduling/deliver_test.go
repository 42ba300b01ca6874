package scheduling_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

func TestDeliver(t *testing.T) {
	t.Run("each change is told once, under a key of its own", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", nil)
		ticket := d.books(talk, "acme", 1)
		d.drain()
		_, err := d.svc.Cancel(as(d.ctx, "acme"), scheduling.Ref{Booking: ticket.Booking.ID}, "")
		require.NoError(t, err)
		d.drain()
		d.pass(time.Hour)
		d.drain()
		require.Equal(t, map[scheduling.ChangeKind]int{scheduling.MeetingBooked: 1, scheduling.MeetingCancelled: 1}, d.tellings())
		require.NotEqual(t, d.told[0].Key, d.told[1].Key)
		require.Equal(t, ticket.Booking.ID, d.told[0].Booking.ID)
	})
	t.Run("a hook that fails is told the same again, later each time, until it is dead and a person retries it", func(t *testing.T) {
		d := newDesk(t)
		d.books(d.offers("talk", nil), "acme", 1)
		tries, keys := 0, map[string]bool{}
		d.hook = func(c scheduling.Change) error { tries++; keys[c.Key] = true; return errHook }
		d.drain()
		require.Equal(t, 1, tries)
		d.drain()
		require.Equal(t, 1, tries, "not before its time")
		for range 15 {
			d.pass(time.Hour)
			d.drain()
		}
		require.Equal(t, 15, tries)
		dead := d.effects(scheduling.EffectTell)
		require.Len(t, dead, 1)
		require.Equal(t, scheduling.EffectDead, dead[0].State)
		require.Contains(t, dead[0].LastError, "the hook has failed")
		require.Contains(t, d.log.String(), "effect is dead")
		require.NotContains(t, d.log.String(), "guest.example")

		d.hook = nil
		require.NoError(t, d.svc.Retry(d.ctx, dead[0].ID))
		d.drain()
		require.Equal(t, map[scheduling.ChangeKind]int{scheduling.MeetingBooked: 1}, d.tellings())
		require.True(t, keys[d.told[0].Key])
		require.ErrorIs(t, d.svc.Retry(d.ctx, dead[0].ID), frontdesk.FailedPrecondition)
	})
	t.Run("what asks for patience is not asked again before", func(t *testing.T) {
		d := newDesk(t)
		d.books(d.offers("talk", nil), "acme", 1)
		d.hook = func(scheduling.Change) error {
			return &frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: time.Hour}
		}
		d.drain()
		d.hook = nil
		d.pass(59 * time.Minute)
		d.drain()
		require.Empty(t, d.tellings())
		d.pass(2 * time.Minute)
		d.drain()
		require.Equal(t, 1, d.tellings()[scheduling.MeetingBooked])
	})
	t.Run("a panic ends one attempt, and what it says stays out of errors and logs", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", nil)
		first := d.books(talk, "acme", 1)
		d.books(talk, "globex", 2)
		d.hook = func(c scheduling.Change) error {
			if c.Booking.ID == first.Booking.ID {
				panic("secret of acme@guest.example")
			}
			return nil
		}
		d.drain()
		require.Equal(t, 1, d.tellings()[scheduling.MeetingBooked], "the other one was told")
		for _, e := range d.effects(scheduling.EffectTell) {
			require.NotContains(t, e.LastError, "secret")
		}
		require.NotContains(t, d.log.String(), "secret of")
		d.hook = nil
		d.rest()
		require.Equal(t, 2, d.tellings()[scheduling.MeetingBooked])
	})
	t.Run("the effect of a worker that died is another's when the lease is over", func(t *testing.T) {
		d := newDesk(t)
		d.books(d.offers("talk", nil), "acme", 1)
		tell := d.effects(scheduling.EffectTell)[0]
		_, err := d.store.TakeEffect(d.ctx, tell.ID, scheduling.Lease{Token: "dead", Now: d.clock(), Until: d.clock().Add(2 * time.Minute)})
		require.NoError(t, err)
		require.NoError(t, d.svc.Deliver(d.ctx, tell.ID))
		require.Empty(t, d.tellings())
		d.pass(3 * time.Minute)
		d.drain()
		require.Equal(t, 1, d.tellings()[scheduling.MeetingBooked])
	})
	t.Run("who is told to stop leaves the effect to the next, without a count", func(t *testing.T) {
		d := newDesk(t)
		d.books(d.offers("talk", nil), "acme", 1)
		tell := d.effects(scheduling.EffectTell)[0]
		ctx, stop := context.WithCancel(d.ctx)
		d.hook = func(scheduling.Change) error { stop(); return ctx.Err() }
		require.NoError(t, d.svc.Deliver(ctx, tell.ID))
		again := d.effects(scheduling.EffectTell)[0]
		require.Equal(t, scheduling.EffectPending, again.State)
		require.Zero(t, again.Attempts)
		d.hook = nil
		d.drain()
		require.Equal(t, 1, d.tellings()[scheduling.MeetingBooked])
	})
	t.Run("the outbox is for staff", func(t *testing.T) {
		d := newDesk(t)
		for _, ctx := range []context.Context{as(d.ctx, "acme"), frontdesk.WithActor(d.ctx, frontdesk.Expert("nina", frontdesk.Origin{}))} {
			_, err := d.svc.Effects(ctx, scheduling.EffectFilter{})
			require.ErrorIs(t, err, frontdesk.PermissionDenied)
			require.ErrorIs(t, d.svc.Retry(ctx, 1), frontdesk.PermissionDenied)
			_, err = d.svc.Prune(ctx, monday)
			require.ErrorIs(t, err, frontdesk.PermissionDenied)
		}
		require.ErrorIs(t, d.svc.Retry(d.ctx, 1), frontdesk.NotFound)
	})
	t.Run("pruning forgets what was done", func(t *testing.T) {
		d := newDesk(t)
		d.books(d.offers("talk", nil), "acme", 1)
		d.drain()
		n, err := d.svc.Prune(d.ctx, d.clock().Add(time.Second))
		require.NoError(t, err)
		require.Equal(t, 2, n, "the telling and the calendar")
	})
}

func TestReminders(t *testing.T) {
	week := 7 * 24
	start := func(t *testing.T) (*desk, *scheduling.Ticket) {
		d := newDesk(t)
		ticket := d.books(d.offers("talk", nil), "acme", week+1)
		d.drain()
		return d, ticket
	}
	t.Run("people are reminded a day and an hour before", func(t *testing.T) {
		d, _ := start(t)
		require.Len(t, d.effects(scheduling.EffectRemind), 2)
		d.pass(6*24*time.Hour + time.Hour)
		d.drain()
		require.Equal(t, 24*time.Hour, d.last(scheduling.MeetingReminder).Before)
		d.pass(23 * time.Hour)
		d.drain()
		require.Equal(t, 2, d.tellings()[scheduling.MeetingReminder])
		require.Equal(t, time.Hour, d.last(scheduling.MeetingReminder).Before)
	})
	t.Run("nobody is reminded of what is cancelled", func(t *testing.T) {
		d, ticket := start(t)
		_, err := d.svc.Cancel(d.ctx, scheduling.Ref{Booking: ticket.Booking.ID}, "")
		require.NoError(t, err)
		d.pass(time.Duration(week) * time.Hour)
		d.drain()
		require.Zero(t, d.tellings()[scheduling.MeetingReminder])
	})
	t.Run("of what is moved people are reminded at the new time only", func(t *testing.T) {
		d, ticket := start(t)
		_, err := d.svc.Move(d.ctx, scheduling.Ref{Booking: ticket.Booking.ID}, scheduling.MoveTo{Start: ticket.Meeting.Start.Add(24 * time.Hour)})
		require.NoError(t, err)
		d.pass(6*24*time.Hour + 2*time.Hour)
		d.drain()
		require.Zero(t, d.tellings()[scheduling.MeetingReminder])
		d.pass(24 * time.Hour)
		d.drain()
		require.Equal(t, 1, d.tellings()[scheduling.MeetingReminder])
		require.Equal(t, ticket.Meeting.Start.Add(24*time.Hour), d.last(scheduling.MeetingReminder).Meeting.Start)
	})
	t.Run("a reminder that a worker held while the meeting was moved is not told", func(t *testing.T) {
		d, ticket := start(t)
		d.pass(6*24*time.Hour + time.Hour)
		due, err := d.store.DueEffects(d.ctx, d.clock(), 10)
		require.NoError(t, err)
		require.Len(t, due, 1)
		_, err = d.store.TakeEffect(d.ctx, due[0], scheduling.Lease{Token: "slow", Now: d.clock(), Until: d.clock().Add(time.Minute)})
		require.NoError(t, err)
		_, err = d.svc.Move(d.ctx, scheduling.Ref{Booking: ticket.Booking.ID}, scheduling.MoveTo{Start: ticket.Meeting.Start.Add(72 * time.Hour)})
		require.NoError(t, err)
		d.pass(time.Hour)
		d.drain()
		require.Zero(t, d.tellings()[scheduling.MeetingReminder])
	})
	t.Run("nobody is reminded of what has begun", func(t *testing.T) {
		d, _ := start(t)
		d.pass(time.Duration(week+2) * time.Hour)
		d.drain()
		require.Zero(t, d.tellings()[scheduling.MeetingReminder])
	})
}
