package scheduling_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// today is all of the desk's first day.
var today = scheduling.Span{Start: monday, End: monday.Add(16 * time.Hour)}

func (d *desk) waits(eventType, client string, edit func(*scheduling.WaitRequest)) *scheduling.WaitTicket {
	d.Helper()
	r := scheduling.WaitRequest{EventType: eventType, In: today, Guest: scheduling.Guest{Email: client + "@guest.example"}}
	if edit != nil {
		edit(&r)
	}
	w, err := d.svc.Wait(as(d.ctx, client), r)
	require.NoError(d, err)
	d.pass(time.Millisecond) // so that the next one's id is greater
	return w
}

func (d *desk) waiting(w *scheduling.WaitTicket) scheduling.Waiting {
	d.Helper()
	there, err := d.svc.Waiting(d.ctx, scheduling.WaitRef{ID: w.Waiting.ID})
	require.NoError(d, err)
	return there.Waiting
}

func (d *desk) cancels(t *scheduling.Ticket) {
	d.Helper()
	_, err := d.svc.Cancel(d.ctx, scheduling.Ref{Booking: t.Booking.ID}, "")
	require.NoError(d, err)
	d.drain()
}

func (d *desk) lapse() {
	d.Helper()
	_, err := d.svc.Lapse(d.ctx, 100)
	require.NoError(d, err)
	d.drain()
}

func TestWaitlist(t *testing.T) {
	t.Run("what becomes free is held for who waits longest, who is told and takes it", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", nil)
		booked := d.books(talk, "acme", 1)
		first, second := d.waits(talk, "globex", nil), d.waits(talk, "initech", nil)
		d.cancels(booked)
		told := d.last(scheduling.WaitlistOffered)
		require.Equal(t, 1, d.tellings()[scheduling.WaitlistOffered])
		require.Equal(t, first.Waiting.ID, told.Waiting.ID)
		require.Equal(t, booked.Meeting.Start, told.Meeting.Start)
		require.Equal(t, booked.Meeting.Start, told.Booking.ExpiresAt, "the start comes before the end of the offer's time")

		_, err := d.svc.Book(as(d.ctx, "initech"), d.request(talk, "initech", 1))
		require.ErrorIs(t, err, frontdesk.FailedPrecondition, "it is held")
		taken, err := d.svc.Take(as(d.ctx, "globex"), scheduling.Ref{Booking: told.Booking.ID}, scheduling.Details{})
		require.NoError(t, err)
		require.Equal(t, scheduling.StatusConfirmed, taken.Booking.Status)
		require.Equal(t, scheduling.WaitingTaken, d.waiting(first).State)
		require.Equal(t, scheduling.WaitingOpen, d.waiting(second).State)
	})
	t.Run("an offer that is not taken goes to the next, and never to the same again", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", nil)
		booked := d.books(talk, "acme", 8)
		first, second := d.waits(talk, "globex", nil), d.waits(talk, "initech", nil)
		d.cancels(booked)
		require.Equal(t, scheduling.WaitingOffered, d.waiting(first).State)
		d.pass(2*time.Hour + time.Second)
		d.lapse()
		require.Equal(t, scheduling.WaitingOpen, d.waiting(first).State)
		require.Equal(t, scheduling.WaitingOffered, d.waiting(second).State)
		d.pass(2*time.Hour + time.Second)
		d.lapse()
		d.rest()
		require.Equal(t, scheduling.WaitingOpen, d.waiting(first).State)
		require.Equal(t, scheduling.WaitingOpen, d.waiting(second).State)
		require.Equal(t, 2, d.tellings()[scheduling.WaitlistOffered])
		d.books(talk, "acme", 8)
	})
	t.Run("who leaves gives the offer to the next", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", nil)
		booked := d.books(talk, "acme", 1)
		first, second := d.waits(talk, "globex", nil), d.waits(talk, "initech", nil)
		d.cancels(booked)
		ref := scheduling.WaitRef{ID: first.Waiting.ID}
		require.ErrorIs(t, d.svc.Leave(as(d.ctx, "initech"), ref), frontdesk.NotFound)
		require.NoError(t, d.svc.Leave(as(d.ctx, "globex"), ref))
		require.NoError(t, d.svc.Leave(as(d.ctx, "globex"), ref), "once more is nothing more")
		d.drain()
		require.Equal(t, scheduling.WaitingLeft, d.waiting(first).State)
		require.Equal(t, scheduling.WaitingOffered, d.waiting(second).State)
	})
	t.Run("an offer that is over when it would be told is not told", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", nil)
		booked := d.books(talk, "acme", 8)
		d.waits(talk, "globex", nil)
		d.hook = func(c scheduling.Change) error {
			if c.Kind == scheduling.WaitlistOffered {
				return &frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: 3 * time.Hour}
			}
			return nil
		}
		d.cancels(booked)
		d.hook = nil
		d.pass(4 * time.Hour)
		d.drain()
		require.Zero(t, d.tellings()[scheduling.WaitlistOffered])
	})
	t.Run("who needs more seats than became free does not keep the next from one", func(t *testing.T) {
		d := newDesk(t)
		group := d.offers("group", func(e *scheduling.EventType) { e.Seats = 3 })
		booked := d.books(group, "acme", 1)
		d.books(group, "globex", 1)
		d.books(group, "umbrella", 1)
		two := d.waits(group, "initech", func(r *scheduling.WaitRequest) { r.Seats = 2 })
		one := d.waits(group, "hooli", nil)
		d.cancels(booked)
		require.Equal(t, scheduling.WaitingOpen, d.waiting(two).State)
		require.Equal(t, scheduling.WaitingOffered, d.waiting(one).State)
	})
	t.Run("an offer waits for the calendar that still shows what was cancelled", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", nil)
		booked := d.books(talk, "acme", 3)
		w := d.waits(talk, "globex", nil)
		d.drain()
		for range 3 {
			d.calendar.FailNext(frontdesk.Unavailable)
		}
		d.cancels(booked)
		require.Equal(t, scheduling.WaitingOpen, d.waiting(w).State)
		require.Zero(t, d.effects(scheduling.EffectOffer)[0].Attempts)
		d.rest()
		require.Equal(t, scheduling.WaitingOffered, d.waiting(w).State)
	})
	t.Run("a wait whose time has passed is over", func(t *testing.T) {
		d := newDesk(t)
		w := d.waits(d.offers("talk", nil), "globex", nil)
		d.pass(17 * time.Hour)
		d.lapse()
		require.Equal(t, scheduling.WaitingOver, d.waiting(w).State)
	})
	t.Run("a guest waits and leaves with a token, and nobody waits for too much", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", nil)
		r := scheduling.WaitRequest{EventType: talk, In: today}
		_, err := d.svc.Wait(t.Context(), r)
		require.ErrorIs(t, err, frontdesk.Invalid)
		require.Equal(t, "guest.email", frontdesk.Fields(err)[0].Name)
		r.Guest.Email = "guest@guest.example"
		var last *scheduling.WaitTicket
		for range 5 {
			last, err = d.svc.Wait(t.Context(), r)
			require.NoError(t, err)
		}
		_, err = d.svc.Wait(t.Context(), r)
		require.ErrorIs(t, err, frontdesk.QuotaExceeded)
		_, err = d.svc.Waiting(t.Context(), scheduling.WaitRef{ID: last.Waiting.ID, Token: last.Token + "x"})
		require.ErrorIs(t, err, frontdesk.NotFound)
		require.NoError(t, d.svc.Leave(t.Context(), scheduling.WaitRef{ID: last.Waiting.ID, Token: last.Token}))
		_, err = d.svc.Wait(t.Context(), r)
		require.NoError(t, err)
	})
	t.Run("what nobody can wait for is refused by its field", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", nil)
		for field, edit := range map[string]func(*scheduling.WaitRequest){
			"in":       func(r *scheduling.WaitRequest) { r.In.End = monday.Add(-time.Hour) },
			"duration": func(r *scheduling.WaitRequest) { r.Duration = time.Minute },
			"seats":    func(r *scheduling.WaitRequest) { r.Seats = 2 },
			"expert":   func(r *scheduling.WaitRequest) { r.Expert = "omar" },
		} {
			r := scheduling.WaitRequest{EventType: talk, In: today, Guest: scheduling.Guest{Email: "a@guest.example"}}
			edit(&r)
			_, err := d.svc.Wait(as(d.ctx, "acme"), r)
			require.ErrorIs(t, err, frontdesk.Invalid, field)
			require.Equal(t, field, frontdesk.Fields(err)[0].Name)
		}
	})
	t.Run("clients see their own waits, hosts those for what they host", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", nil)
		d.waits(talk, "acme", nil)
		d.waits(talk, "globex", nil)
		list := func(a frontdesk.Actor, f scheduling.WaitingFilter) (int, error) {
			all, err := d.svc.WaitingList(frontdesk.WithActor(d.ctx, a), f)
			return len(all), err
		}
		n, err := list(frontdesk.Client("acme", frontdesk.Origin{}), scheduling.WaitingFilter{})
		require.NoError(t, err)
		require.Equal(t, 1, n)
		_, err = list(frontdesk.Client("acme", frontdesk.Origin{}), scheduling.WaitingFilter{Client: "globex"})
		require.ErrorIs(t, err, frontdesk.PermissionDenied)
		n, err = list(frontdesk.Expert("nina", frontdesk.Origin{}), scheduling.WaitingFilter{EventType: talk})
		require.NoError(t, err)
		require.Equal(t, 2, n)
		for _, f := range []scheduling.WaitingFilter{{}, {EventType: talk}} {
			_, err = list(frontdesk.Expert("omar", frontdesk.Origin{}), f)
			require.ErrorIs(t, err, frontdesk.NotFound)
		}
	})
}

// TestWaitlistIsFair lets people book, cancel, wait, leave, take and let offers lapse in any order. Nobody is offered what
// somebody who has waited longer was not offered before and would have had, and nobody the same time
// twice.
func TestWaitlistIsFair(t *testing.T) {
	offers, again := 0, 0
	for seed := range uint64(60) {
		f := &fair{desk: newDesk(t), random: rand.New(rand.NewPCG(seed, 7)), given: map[string][]time.Time{}}
		f.talk = f.offers("talk", nil)
		f.hook = f.judge
		for hour := 1; hour <= 8; hour++ {
			f.booked = append(f.booked, f.books(f.talk, "host", hour))
		}
		f.drain()
		for range 60 {
			f.step()
			f.drain()
		}
		for _, starts := range f.given {
			offers += len(starts)
			again += len(starts) - 1
		}
	}
	require.Greater(t, offers, 200)
	require.Greater(t, again, 5, "offers to people who let another one lapse")
}

type fair struct {
	*desk
	random *rand.Rand
	talk   string
	booked []*scheduling.Ticket
	all    []*scheduling.WaitTicket
	given  map[string][]time.Time // starts, by who was offered them
}

func (f *fair) step() {
	switch f.random.IntN(6) {
	case 0, 1:
		from := f.clock().Add(time.Duration(f.random.IntN(4)) * time.Hour)
		f.all = append(f.all, f.waits(f.talk, "c"+strconv.Itoa(len(f.all)), func(r *scheduling.WaitRequest) {
			r.In = scheduling.Span{Start: from, End: from.Add(time.Duration(2+f.random.IntN(8)) * time.Hour)}
		}))
	case 2:
		if len(f.booked) > 0 {
			i := f.random.IntN(len(f.booked))
			f.cancels(f.booked[i])
			f.booked = slices.Delete(f.booked, i, i+1)
		}
	case 3:
		f.pass(time.Duration(f.random.IntN(40)) * time.Minute)
		f.lapse()
	default:
		f.answer()
	}
}

// answer lets one of those who wait leave, or take what is offered.
func (f *fair) answer() {
	if len(f.all) == 0 {
		return
	}
	w := f.all[f.random.IntN(len(f.all))]
	there := f.waiting(w)
	if there.State == scheduling.WaitingOffered && f.random.IntN(2) == 0 && f.clock().Before(there.ExpiresAt) {
		taken, err := f.svc.Take(f.ctx, scheduling.Ref{Booking: there.Booking}, scheduling.Details{})
		require.NoError(f, err)
		f.booked = append(f.booked, taken)
	} else if f.random.IntN(3) == 0 {
		require.NoError(f, f.svc.Leave(f.ctx, scheduling.WaitRef{ID: w.Waiting.ID}))
	}
}

// judge looks at an offer as it is told.
func (f *fair) judge(c scheduling.Change) error {
	if c.Kind != scheduling.WaitlistOffered {
		return nil
	}
	start := c.Meeting.Start
	require.NotContains(f, f.given[c.Waiting.ID], start, "it was offered before")
	f.given[c.Waiting.ID] = append(f.given[c.Waiting.ID], start)
	for _, w := range f.all {
		if w.Waiting.ID >= c.Waiting.ID || slices.Contains(f.given[w.Waiting.ID], start) {
			continue
		}
		there, err := f.store.Waiting(f.ctx, w.Waiting.ID)
		require.NoError(f, err)
		suits := !start.Before(there.In.Start) && start.Before(there.In.End)
		require.False(f, suits && there.State == scheduling.WaitingOpen, "%s has waited longer", there.ID)
	}
	return nil
}
