package scheduling_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// pausing is a calendar in which nothing is, and a store: what else happens while it is read is the test's.
type pausing struct {
	scheduling.Store
	while func()
}

func (p *pausing) Busy(context.Context, []string, scheduling.Span, func(string) bool) (map[string][]scheduling.Busy, error) {
	p.pause()
	return nil, nil
}

func (p *pausing) Meeting(ctx context.Context, id string) (*scheduling.Meeting, error) {
	m, err := p.Store.Meeting(ctx, id)
	p.pause()
	return m, err
}

func (p *pausing) MeetingOf(ctx context.Context, booking string) (*scheduling.Meeting, error) {
	m, err := p.Store.MeetingOf(ctx, booking)
	p.pause()
	return m, err
}

func (p *pausing) pause() {
	if while := p.while; while != nil {
		p.while = nil
		while()
	}
}

func TestMeanwhile(t *testing.T) {
	t.Run("nobody joins a group at a time to which it was moved while calendars were read", func(t *testing.T) {
		calendar := &pausing{}
		w := newWorld(t, func(o *scheduling.Options) { o.Feeds = map[string]scheduling.FreeBusy{"slow": calendar} })
		e := w.offer(seats(2))
		first := w.book(w.acme, e, on(10, 0))
		_, err := w.svc.SaveSettings(w.nina, scheduling.Settings{
			Expert: "nina", Zone: "UTC", Calendars: []scheduling.CalendarRef{{ID: "x", Kind: "slow", Busy: true}},
		})
		require.NoError(t, err)
		calendar.while = func() {
			_, err := w.svc.Move(w.nina, ref(first), scheduling.MoveTo{Start: on(14, 0)})
			require.NoError(t, err)
		}
		second := w.book(w.globe, e, on(10, 0))
		require.Equal(t, on(10, 0), second.Meeting.Start)
		require.Equal(t, on(14, 0), w.meeting(first).Start)
	})

	t.Run("CancelMeeting cancels also who joins while it is looked at", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(seats(2))
		first := w.book(w.acme, e, on(10, 0))
		var second *scheduling.Ticket
		st := &pausing{Store: w.store, while: func() { second = w.book(w.globe, e, on(10, 0)) }}
		require.NoError(t, w.over(st).CancelMeeting(w.nina, first.Meeting.ID, "ill"))
		w.status(first, scheduling.StatusCancelled)
		w.status(second, scheduling.StatusCancelled)
	})

	t.Run("Hold that is called twice at once returns the same twice, also when it is the last one", func(t *testing.T) {
		calendar := &pausing{}
		w := newWorld(t, func(o *scheduling.Options) {
			o.MaxHolds, o.Feeds = 1, map[string]scheduling.FreeBusy{"slow": calendar}
		})
		_, err := w.svc.SaveSettings(w.nina, scheduling.Settings{
			Expert: "nina", Zone: "UTC", Calendars: []scheduling.CalendarRef{{ID: "x", Kind: "slow", Busy: true}},
		})
		require.NoError(t, err)
		r := ask(w.offer(), on(10, 0))
		r.Key = "once"
		var first *scheduling.Ticket
		calendar.while = func() { first, err = w.svc.Hold(w.acme, r) }
		second, also := w.svc.Hold(w.acme, r)
		require.NoError(t, err)
		require.NoError(t, also)
		require.Equal(t, first.Booking.ID, second.Booking.ID)
	})

	t.Run("Take that is called twice at once returns the same twice", func(t *testing.T) {
		w := newWorld(t)
		held := w.hold(w.acme, w.offer(), on(10, 0))
		st := &pausing{Store: w.store, while: func() {
			_, err := w.svc.Take(w.acme, ref(held), scheduling.Details{})
			require.NoError(t, err)
		}}
		taken, err := w.over(st).Take(w.acme, ref(held), scheduling.Details{})
		require.NoError(t, err)
		require.Equal(t, scheduling.StatusConfirmed, taken.Booking.Status)
	})
}

func TestCancelledGroup(t *testing.T) {
	t.Run("a late payment does not bring back a meeting that its host has cancelled", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(seats(2), paid)
		first := w.book(w.acme, e, on(10, 0))
		w.pay(first)
		late := w.book(w.globe, e, on(10, 0))
		w.advance(time.Hour)
		w.lapse()
		require.NoError(t, w.svc.CancelMeeting(w.nina, first.Meeting.ID, "ill"))
		w.pay(late)
		w.status(late, scheduling.StatusExpired)
		require.Equal(t, scheduling.StatusCancelled, w.meeting(late).Status)
		require.EqualValues(t, 5000, w.refunded(late))
	})
}

func TestDeadlines(t *testing.T) {
	t.Run("no host confirms once the time to confirm is over", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(confirmed), on(10, 0))
		w.setClock(w.booking(ticket).ExpiresAt)
		_, err := w.svc.Confirm(w.nina, ticket.Booking.ID)
		w.refused(err, frontdesk.FailedPrecondition)
		w.lapse()
		w.status(ticket, scheduling.StatusExpired)
	})

	t.Run("what lapses, is paid late and lapses again is told both times", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(paid, confirmed), on(10, 0))
		w.advance(time.Hour)
		w.lapse()
		w.pay(ticket)
		w.setClock(on(10, 0))
		w.lapse()
		expired := 0
		for _, kind := range w.told(ticket) {
			if kind == scheduling.MeetingExpired {
				expired++
			}
		}
		require.Equal(t, 2, expired)
		require.EqualValues(t, 5000, w.refunded(ticket))
	})
}

func TestBounds(t *testing.T) {
	t.Run("nobody pays for a meeting that is over, however long it is held", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(paid, func(e *scheduling.EventType) { e.HoldFor = 24 * time.Hour }), on(10, 0))
		require.Equal(t, on(11, 0), ticket.Booking.ExpiresAt)
		w.setClock(on(11, 0))
		w.pay(ticket)
		w.status(ticket, scheduling.StatusExpired)
		require.EqualValues(t, 5000, w.refunded(ticket))
	})

	t.Run("the waitlist of an event type has an end", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		in := scheduling.Span{Start: on(9, 0), End: on(17, 0)}
		for i := range 500 {
			require.NoError(t, w.store.AddWaiting(w.ctx, scheduling.Waiting{
				ID: fmt.Sprintf("%03d", i), EventType: e.ID, Seats: 1, Duration: time.Hour, In: in, State: scheduling.WaitingOpen,
			}))
		}
		r := scheduling.WaitRequest{EventType: e.ID, In: in, Guest: scheduling.Guest{Email: "ada@example.com"}}
		_, err := w.svc.Wait(w.guest, r)
		w.refused(err, frontdesk.QuotaExceeded)
		_, err = w.svc.Wait(w.acme, r)
		require.NoError(t, err)
	})

	t.Run("the Key of a pack is of one sale", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(paid)
		sale := scheduling.PackSale{Expert: "nina", EventTypes: []string{e.ID}, Meetings: 3, Key: "k"}
		first, err := w.svc.SellPack(w.acme, sale)
		require.NoError(t, err)
		again, err := w.svc.SellPack(w.acme, sale)
		require.NoError(t, err)
		require.Equal(t, first.Pack.ID, again.Pack.ID)
		sale.Meetings = 5
		_, err = w.svc.SellPack(w.acme, sale)
		w.refused(err, frontdesk.Invalid, "key")
	})

	t.Run("a hold takes no answers that a booking would not", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer(func(e *scheduling.EventType) {
			e.Questions = []scheduling.Question{{ID: "why", Text: "Why?", Kind: scheduling.AskLong, Required: true}}
		})
		for field, answers := range map[string]map[string]string{
			"answers": {"other": "x"}, "answers.why": {"why": strings.Repeat("x", 20_000)},
		} {
			r := ask(e, on(10, 0))
			r.Answers = answers
			_, err := w.svc.Hold(w.guest, r)
			w.refused(err, frontdesk.Invalid, field)
		}
		w.hold(w.guest, e, on(10, 0))
	})

	t.Run("a meeting is moved to no length that is none", func(t *testing.T) {
		w := newWorld(t)
		ticket := w.book(w.acme, w.offer(), on(10, 0))
		for _, d := range []time.Duration{-time.Hour, time.Nanosecond, 25 * time.Hour, 1 << 62} {
			_, err := w.svc.Move(w.nina, ref(ticket), scheduling.MoveTo{Start: on(12, 0), Duration: d, Override: true})
			require.Error(t, err, "%v", d)
		}
		for _, d := range []time.Duration{-time.Hour, 25 * time.Hour} {
			_, err := w.svc.Search(w.guest, scheduling.Search{Moving: token(ticket), From: midnight, To: on(24, 0), Duration: d})
			w.refused(err, frontdesk.Invalid, "duration")
		}
		_, err := w.svc.Move(w.nina, ref(ticket), scheduling.MoveTo{Start: on(12, 0).Add(time.Millisecond), Override: true})
		require.Error(t, err)
	})

	t.Run("a Key is of one start", func(t *testing.T) {
		w := newWorld(t)
		r := ask(w.offer(), on(10, 0))
		r.Key = "a key that nobody guesses"
		_, err := w.svc.Book(w.acme, r)
		require.NoError(t, err)
		r.Start = on(12, 0)
		_, err = w.svc.Book(w.acme, r)
		w.refused(err, frontdesk.Invalid, "key")
	})
}

func TestStrangers(t *testing.T) {
	t.Run("a room's link is for those for whom the meeting takes place", func(t *testing.T) {
		w := newWorld(t)
		room := scheduling.Location{Kind: scheduling.AtLink, Value: "https://meet.example/nina"}
		e := w.offer(paid, func(e *scheduling.EventType) { e.Locations = []scheduling.Location{room} })
		hidden := scheduling.Location{Kind: scheduling.AtLink}
		ticket := w.book(w.guest, e, on(10, 0))
		require.Equal(t, hidden, ticket.Meeting.Location)
		w.pay(ticket)
		seen, err := w.svc.BookingByRef(w.guest, token(ticket))
		require.NoError(t, err)
		require.Equal(t, room, seen.Meeting.Location)
		_, err = w.svc.Cancel(w.guest, token(ticket), "")
		require.NoError(t, err)
		seen, err = w.svc.BookingByRef(w.guest, token(ticket))
		require.NoError(t, err)
		require.Equal(t, hidden, seen.Meeting.Location)
	})

	t.Run("who looks through somebody's eyes gets no token", func(t *testing.T) {
		w := newWorld(t)
		e := w.offer()
		ticket := w.book(w.acme, e, on(10, 0))
		wait, err := w.svc.Wait(w.acme, scheduling.WaitRequest{EventType: e.ID, In: scheduling.Span{Start: on(9, 0), End: on(17, 0)}})
		require.NoError(t, err)
		eyes := frontdesk.Client("acme", frontdesk.Origin{})
		eyes.OnBehalfOf = "grace"
		ctx := acting(t, eyes)
		seen, err := w.svc.BookingByRef(ctx, ref(ticket))
		require.NoError(t, err)
		require.Empty(t, seen.Token)
		waiting, err := w.svc.Waiting(ctx, scheduling.WaitRef{ID: wait.Waiting.ID})
		require.NoError(t, err)
		require.Empty(t, waiting.Token)
	})

	t.Run("who is not signed in does not fill the audit log", func(t *testing.T) {
		w := newWorld(t)
		before := len(w.audited())
		_, err := w.svc.Wait(w.guest, scheduling.WaitRequest{EventType: "nothing"})
		w.refused(err, frontdesk.NotFound)
		_, err = w.svc.Waiting(w.guest, scheduling.WaitRef{ID: "nothing", Token: "x"})
		w.refused(err, frontdesk.NotFound)
		w.refused(w.svc.Leave(w.guest, scheduling.WaitRef{ID: "nothing", Token: "x"}), frontdesk.NotFound)
		_, err = w.svc.BookingByRef(w.guest, scheduling.Ref{Booking: "nothing", Token: "x"})
		w.refused(err, frontdesk.NotFound)
		require.Len(t, w.audited(), before)
	})
}

func TestSettingsAreBounded(t *testing.T) {
	w := newWorld(t)
	for field, change := range map[string]func(*scheduling.Settings){
		"name":      func(s *scheduling.Settings) { s.Name = "Nina\r\nBcc: all@example.com" },
		"email":     func(s *scheduling.Settings) { s.Email = strings.Repeat("n", 300) + "@example.com" },
		"locale":    func(s *scheduling.Settings) { s.Locale = strings.Repeat("pt-", 100) },
		"reminders": func(s *scheduling.Settings) { s.Reminders = make([]time.Duration, 11); fill(s.Reminders) },
		"calendars": func(s *scheduling.Settings) {
			for range 51 {
				s.Calendars = append(s.Calendars, scheduling.CalendarRef{ID: "x", Kind: "memory", Busy: true})
			}
		},
		"calendars[0].id": func(s *scheduling.Settings) {
			s.Calendars = []scheduling.CalendarRef{{ID: strings.Repeat("x", 5000), Kind: "memory"}}
		},
	} {
		s := scheduling.Settings{Expert: "nina", Zone: "UTC"}
		change(&s)
		_, err := w.svc.SaveSettings(w.nina, s)
		w.refused(err, frontdesk.Invalid, field)
	}
}

func fill(all []time.Duration) {
	for i := range all {
		all[i] = time.Duration(i+1) * time.Hour
	}
}
