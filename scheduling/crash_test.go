package scheduling_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// life ends after so many steps: then nothing works any more, as after a crash.
type life struct {
	mu     sync.Mutex
	steps  int
	panics bool // it ends with a panic, and not with an error
}

var errDead = errors.New("the process is dead")

// step is before and after everything that outlives the process.
func (l *life) step() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.steps--
	switch {
	case l.steps >= 0:
		return nil
	case l.panics && l.steps == -1:
		panic(errDead)
	}
	return errDead
}

// alive does something that may be carried out although the process dies.
func alive[T any](l *life, do func() (T, error)) (T, error) {
	var none T
	if err := l.step(); err != nil {
		return none, err
	}
	got, err := do()
	if dead := l.step(); dead != nil {
		return none, dead
	}
	return got, err
}

// mortal is a store that the process reaches while it lives.
type mortal struct {
	scheduling.Store
	life *life
}

func (m mortal) InTx(ctx context.Context, fn func(scheduling.Store) error) error {
	_, err := alive(m.life, func() (any, error) {
		return nil, m.Store.InTx(ctx, func(tx scheduling.Store) error { return fn(mortal{tx, m.life}) })
	})
	return err
}

func (m mortal) AddMeeting(ctx context.Context, n scheduling.Meeting, now time.Time) (_ *scheduling.Meeting, added bool, _ error) {
	there, err := alive(m.life, func() (there *scheduling.Meeting, err error) {
		there, added, err = m.Store.AddMeeting(ctx, n, now)
		return there, err
	})
	return there, added, err
}

func (m mortal) ChangeMeeting(ctx context.Context, id string, now time.Time, fn func(*scheduling.Meeting) error) (*scheduling.Meeting, error) {
	return alive(m.life, func() (*scheduling.Meeting, error) { return m.Store.ChangeMeeting(ctx, id, now, fn) })
}

func (m mortal) ChangePack(ctx context.Context, id string, fn func(*scheduling.Pack) error) (*scheduling.Pack, error) {
	return alive(m.life, func() (*scheduling.Pack, error) { return m.Store.ChangePack(ctx, id, fn) })
}

func (m mortal) MeetingOf(ctx context.Context, booking string) (*scheduling.Meeting, error) {
	return alive(m.life, func() (*scheduling.Meeting, error) { return m.Store.MeetingOf(ctx, booking) })
}

func (m mortal) AddEffect(ctx context.Context, e scheduling.Effect) (bool, error) {
	return alive(m.life, func() (bool, error) { return m.Store.AddEffect(ctx, e) })
}

func (m mortal) TakeEffect(ctx context.Context, id int64, l scheduling.Lease) (*scheduling.Effect, error) {
	return alive(m.life, func() (*scheduling.Effect, error) { return m.Store.TakeEffect(ctx, id, l) })
}

func (m mortal) SettleEffect(ctx context.Context, id int64, s scheduling.Settlement) error {
	_, err := alive(m.life, func() (any, error) { return nil, m.Store.SettleEffect(ctx, id, s) })
	return err
}

func (m mortal) Audit(ctx context.Context, e frontdesk.AuditEvent) error {
	_, err := alive(m.life, func() (any, error) { return nil, m.Store.Audit(ctx, e) })
	return err
}

// mortalPayments are payments that the process reaches while it lives.
type mortalPayments struct {
	scheduling.Payments
	life *life
}

func (m mortalPayments) Request(ctx context.Context, o scheduling.Order) (*scheduling.Invitation, error) {
	return alive(m.life, func() (*scheduling.Invitation, error) { return m.Payments.Request(ctx, o) })
}

func (m mortalPayments) Refund(ctx context.Context, o scheduling.Order, payment string, amount frontdesk.Money) error {
	_, err := alive(m.life, func() (any, error) { return nil, m.Payments.Refund(ctx, o, payment, amount) })
	return err
}

func (m mortalPayments) Release(ctx context.Context, o scheduling.Order) error {
	_, err := alive(m.life, func() (any, error) { return nil, m.Payments.Release(ctx, o) })
	return err
}

// mortal is a service that dies after so many steps.
func (w *world) mortal(l *life) *scheduling.Service {
	w.Helper()
	o := w.options
	o.Payments = mortalPayments{w.payments, l}
	w.deaths++
	svc, err := scheduling.New(mortal{w.store, l}, &o)
	require.NoError(w, err)
	return svc
}

// dying lets a process do something in which it may die.
func dying(do func()) {
	defer func() {
		if p := recover(); p != nil && p != errDead {
			panic(p)
		}
	}()
	do()
}

// rest lets all come to pass that is due, after the leases of the dead.
func (w *world) rest() {
	w.Helper()
	for range 4 {
		w.advance(30 * time.Minute)
		w.deliver()
	}
}

// plot is what happens between people and a service; each step may be repeated.
type plot func(w *world, svc *scheduling.Service)

func tell(e *scheduling.EventType, act func(w *world, svc *scheduling.Service, t *scheduling.Ticket)) plot {
	return func(w *world, svc *scheduling.Service) {
		r := ask(e, on(24*3+10, 0))
		r.Key = "story"
		t, err := svc.Book(w.acme, r)
		if t == nil {
			if err == nil {
				w.Error("neither a ticket nor an error")
			}
			return
		}
		act(w, svc, t)
	}
}

func says(w *world, svc *scheduling.Service, t *scheduling.Ticket) {
	_ = svc.Paid(w.ctx, order(t), "pay_"+t.Booking.ID, t.Booking.Price)
}

func TestCrashes(t *testing.T) {
	for name, tc := range map[string]struct {
		change []func(*scheduling.EventType)
		act    func(w *world, svc *scheduling.Service, t *scheduling.Ticket)
		status scheduling.Status
		back   int64
	}{
		"between payment and confirmation": {[]func(*scheduling.EventType){paid}, says, scheduling.StatusConfirmed, 0},
		"between payment and a host's confirmation": {[]func(*scheduling.EventType){paid, confirmed}, func(w *world, svc *scheduling.Service, t *scheduling.Ticket) {
			says(w, svc, t)
			_, _ = svc.Confirm(w.nina, t.Booking.ID)
		}, scheduling.StatusConfirmed, 0},
		"between payment and refund": {[]func(*scheduling.EventType){paid, policy(tiers)}, func(w *world, svc *scheduling.Service, t *scheduling.Ticket) {
			says(w, svc, t)
			if _, err := svc.Cancel(w.acme, ref(t), ""); err == nil {
				_ = svc.Drain(w.ctx)
			}
		}, scheduling.StatusCancelled, 5000},
		"in a move of a seat": {[]func(*scheduling.EventType){paid, seats(2)}, func(w *world, svc *scheduling.Service, t *scheduling.Ticket) {
			says(w, svc, t)
			_, _ = svc.Move(w.acme, ref(t), scheduling.MoveTo{Start: on(24*4+10, 0)})
		}, scheduling.StatusConfirmed, 0},
	} {
		for _, panics := range []bool{false, true} {
			t.Run(fmt.Sprintf("whatever step a process dies at %s, one booking and its money are right in the end (panics: %t)", name, panics), func(t *testing.T) {
				for steps, finished := 0, false; !finished; steps++ {
					w := newWorld(t)
					e := w.offer(tc.change...)
					told := tell(e, tc.act)
					l := &life{steps: steps, panics: panics}
					dying(func() { told(w, w.mortal(l)) })
					finished = l.steps > 0
					told(w, w.svc)
					w.rest()
					w.agree()
					last := w.last(t, "client/acme/story")
					require.Equal(t, tc.status, last.Status, "step %d", steps)
					var back int64
					for _, amount := range w.payments.refunds {
						back += amount.Amount
					}
					require.Equal(t, tc.back, back, "step %d", steps)
					require.Less(t, steps, 500)
				}
			})
		}
	}
}

// last is what became of the booking with the key.
func (w *world) last(t *testing.T, key string) scheduling.Booking {
	t.Helper()
	m, err := w.store.MeetingByKey(w.ctx, key)
	require.NoError(t, err)
	for _, b := range m.Bookings {
		if b.Key == key {
			got, err := w.svc.BookingByRef(w.ctx, scheduling.Ref{Booking: b.ID})
			require.NoError(t, err)
			return got.Booking
		}
	}
	t.Fatalf("no booking has the key %q", key)
	return scheduling.Booking{}
}
