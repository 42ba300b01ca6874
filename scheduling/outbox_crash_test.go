package scheduling_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// mishap is how a call to the store goes wrong.
type mishap int

const (
	refused  mishap = iota // nothing is written
	lost                   // it is written, but the answer is lost
	panicked               // the worker dies before it is written
	late                   // the worker dies after it
)

// TestOutboxCrash lets the worker meet a mishap at every call to the store, one after the other, and
// another worker go on. However it went, what had to happen has happened, and once.
func TestOutboxCrash(t *testing.T) {
	for what, how := range map[string]mishap{"refuses": refused, "loses the answer of": lost, "dies before": panicked, "dies after": late} {
		t.Run("whichever call the store "+what+", all effects come to rest, each done once", func(t *testing.T) {
			calls := 0
			for n := 1; ; n++ {
				d := newDesk(t)
				chapter := chapterOf(d)
				st := &unlucky{Store: d.store, fuse: &fuse{left: n, how: how}}
				if survives(func() { _ = d.over(st, d.calendar).Drain(d.ctx) }) && st.fuse.left > 0 {
					calls = n
					break
				}
				d.rest()
				chapter.check(d, fmt.Sprintf("mishap at call %d: %s", n, st.fuse.at), st.fuse.at == "SettleEffect" && how != lost && how != late)
			}
			require.Greater(t, calls, 40, "there were calls to go wrong")
		})
	}
}

// chapter is what has to happen.
type chapter struct {
	moved, cancelled, paid *scheduling.Ticket
	next                   *scheduling.WaitTicket
}

// chapterOf lets three meetings be booked: one is moved, one cancelled for which somebody waits, and one paid and cancelled.
func chapterOf(d *desk) *chapter {
	talk := d.offers("talk", nil)
	dear := d.offers("dear", func(e *scheduling.EventType) { e.Price = eur(4900) })
	s := &chapter{moved: d.books(talk, "acme", 1), cancelled: d.books(talk, "globex", 2), paid: d.books(dear, "acme", 4)}
	require.NoError(d, d.svc.Paid(d.ctx, "booking/"+s.paid.Booking.ID, "pi_1", eur(4900)))
	var err error
	s.next, err = d.svc.Wait(as(d.ctx, "initech"), scheduling.WaitRequest{
		EventType: talk, In: scheduling.Span{Start: monday, End: monday.Add(9 * time.Hour)}, Guest: scheduling.Guest{Email: "i@guest.example"},
	})
	require.NoError(d, err)
	_, err = d.svc.Move(d.ctx, scheduling.Ref{Booking: s.moved.Booking.ID}, scheduling.MoveTo{Start: monday.Add(6 * time.Hour)})
	require.NoError(d, err)
	for _, ticket := range []*scheduling.Ticket{s.cancelled, s.paid} {
		_, err = d.svc.Cancel(d.ctx, scheduling.Ref{Booking: ticket.Booking.ID}, "")
		require.NoError(d, err)
	}
	return s
}

func (s *chapter) check(d *desk, when string, twice bool) {
	d.Helper()
	dead, err := d.svc.Effects(d.ctx, scheduling.EffectFilter{States: []scheduling.EffectState{scheduling.EffectDead}})
	require.NoError(d, err)
	require.Empty(d, dead, when)
	times := map[string]int{}
	for _, c := range d.told {
		times[c.Key]++
	}
	again := 0
	for key, n := range times {
		require.LessOrEqual(d, n, 2, "%s: %s", when, key)
		again += n - 1
	}
	require.LessOrEqual(d, again, map[bool]int{true: 1}[twice], "%s: told again: %v", when, times)
	kinds := map[scheduling.ChangeKind]bool{}
	for _, c := range d.told {
		kinds[c.Kind] = true
	}
	require.Subset(d, slices.Collect(maps.Keys(kinds)), []scheduling.ChangeKind{
		scheduling.MeetingBooked, scheduling.MeetingMoved, scheduling.MeetingCancelled, scheduling.MeetingPaid, scheduling.WaitlistOffered,
	}, when)

	require.Equal(d, []refund{{"booking/" + s.paid.Booking.ID, "pi_1", eur(4900)}}, d.pay.given(), when)
	require.Equal(d, scheduling.PaymentRefunded, d.meeting(s.paid.Meeting.ID).Bookings[0].Payment.State, when)

	entries := d.calendar.Entries("nina-work")
	require.Len(d, entries, 1, when)
	require.Equal(d, s.moved.Meeting.ID, entries[0].UID, when)
	require.Equal(d, monday.Add(6*time.Hour), entries[0].Span.Start, when)

	w, err := d.svc.Waiting(d.ctx, scheduling.WaitRef{ID: s.next.Waiting.ID})
	require.NoError(d, err)
	require.Equal(d, scheduling.WaitingOffered, w.Waiting.State, when)
	held := 0
	all, err := d.store.Meetings(d.ctx, scheduling.MeetingFilter{Client: "initech"})
	require.NoError(d, err)
	for _, m := range all {
		held += len(m.Bookings)
	}
	require.Equal(d, 1, held, "%s: one offer", when)
}

// survives reports whether fn came to its end.
func survives(fn func()) (alive bool) {
	defer func() {
		if p := recover(); p != nil && p != any(errDeath) {
			panic(p)
		}
	}()
	fn()
	return true
}

var errDeath = errors.New("the worker dies")

// fuse burns down with each call to the store.
type fuse struct {
	mu   sync.Mutex
	left int
	how  mishap
	at   string
}

// burn makes the call, unless it is the one that goes wrong.
func (f *fuse) burn(name string, call func() error) error {
	f.mu.Lock()
	f.left--
	if f.left < 0 && (f.how == panicked || f.how == late) {
		f.mu.Unlock()
		panic(errDeath) // it stays dead
	}
	hit := f.left == 0
	if hit {
		f.at = name
	}
	f.mu.Unlock()
	if !hit {
		return call()
	}
	switch f.how {
	case panicked:
		panic(errDeath)
	case refused:
		return frontdesk.Errorf(frontdesk.Unavailable, "the store is away")
	}
	err := call()
	if f.how == late {
		panic(errDeath)
	}
	return errors.Join(err, frontdesk.Errorf(frontdesk.Unavailable, "the answer was lost"))
}

func burning[T any](f *fuse, name string, call func() (T, error)) (v T, err error) {
	err = f.burn(name, func() error { v, err = call(); return err })
	return v, err
}

// unlucky is a store that a fuse is in.
type unlucky struct {
	scheduling.Store
	fuse *fuse
}

func (u *unlucky) InTx(ctx context.Context, fn func(scheduling.Store) error) error {
	return u.fuse.burn("InTx", func() error {
		return u.Store.InTx(ctx, func(tx scheduling.Store) error { return fn(&unlucky{tx, u.fuse}) })
	})
}

func (u *unlucky) DueEffects(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	return burning(u.fuse, "DueEffects", func() ([]int64, error) { return u.Store.DueEffects(ctx, now, limit) })
}

func (u *unlucky) TakeEffect(ctx context.Context, id int64, l scheduling.Lease) (*scheduling.Effect, error) {
	return burning(u.fuse, "TakeEffect", func() (*scheduling.Effect, error) { return u.Store.TakeEffect(ctx, id, l) })
}

func (u *unlucky) SettleEffect(ctx context.Context, id int64, s scheduling.Settlement) error {
	return u.fuse.burn("SettleEffect", func() error { return u.Store.SettleEffect(ctx, id, s) })
}

func (u *unlucky) AddEffect(ctx context.Context, e scheduling.Effect) (bool, error) {
	return burning(u.fuse, "AddEffect", func() (bool, error) { return u.Store.AddEffect(ctx, e) })
}

func (u *unlucky) Effects(ctx context.Context, f scheduling.EffectFilter) ([]scheduling.Effect, error) {
	return burning(u.fuse, "Effects", func() ([]scheduling.Effect, error) { return u.Store.Effects(ctx, f) })
}

func (u *unlucky) Meeting(ctx context.Context, id string) (*scheduling.Meeting, error) {
	return burning(u.fuse, "Meeting", func() (*scheduling.Meeting, error) { return u.Store.Meeting(ctx, id) })
}

func (u *unlucky) ChangeMeeting(ctx context.Context, id string, now time.Time, fn func(*scheduling.Meeting) error) (*scheduling.Meeting, error) {
	return burning(u.fuse, "ChangeMeeting", func() (*scheduling.Meeting, error) { return u.Store.ChangeMeeting(ctx, id, now, fn) })
}

func (u *unlucky) AddMeeting(ctx context.Context, m scheduling.Meeting, now time.Time) (there *scheduling.Meeting, added bool, err error) {
	err = u.fuse.burn("AddMeeting", func() error { there, added, err = u.Store.AddMeeting(ctx, m, now); return err })
	return there, added, err
}

func (u *unlucky) Waiting(ctx context.Context, id string) (*scheduling.Waiting, error) {
	return burning(u.fuse, "Waiting", func() (*scheduling.Waiting, error) { return u.Store.Waiting(ctx, id) })
}

func (u *unlucky) WaitingFor(ctx context.Context, f scheduling.WaitingFilter) ([]scheduling.Waiting, error) {
	return burning(u.fuse, "WaitingFor", func() ([]scheduling.Waiting, error) { return u.Store.WaitingFor(ctx, f) })
}

func (u *unlucky) ChangeWaiting(ctx context.Context, id string, fn func(*scheduling.Waiting) error) (*scheduling.Waiting, error) {
	return burning(u.fuse, "ChangeWaiting", func() (*scheduling.Waiting, error) { return u.Store.ChangeWaiting(ctx, id, fn) })
}

func (u *unlucky) Settings(ctx context.Context, expert string) (*scheduling.Settings, error) {
	return burning(u.fuse, "Settings", func() (*scheduling.Settings, error) { return u.Store.Settings(ctx, expert) })
}

func (u *unlucky) EventType(ctx context.Context, id string) (*scheduling.EventType, error) {
	return burning(u.fuse, "EventType", func() (*scheduling.EventType, error) { return u.Store.EventType(ctx, id) })
}

func (u *unlucky) Taken(ctx context.Context, hosts []string, in scheduling.Span, now time.Time) ([]scheduling.Taken, error) {
	return burning(u.fuse, "Taken", func() ([]scheduling.Taken, error) { return u.Store.Taken(ctx, hosts, in, now) })
}

func (u *unlucky) Audit(ctx context.Context, e frontdesk.AuditEvent) error {
	return u.fuse.burn("Audit", func() error { return u.Store.Audit(ctx, e) })
}
