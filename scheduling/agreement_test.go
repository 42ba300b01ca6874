package scheduling_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// all are all meetings, by start.
func (w *world) all() []scheduling.Meeting {
	w.Helper()
	all, err := w.store.Meetings(w.ctx, scheduling.MeetingFilter{Limit: 500})
	require.NoError(w, err)
	require.Less(w, len(all), 500)
	return all
}

// agree checks what must be true at any time once the outbox is empty.
func (w *world) agree() {
	w.Helper()
	meetings := w.all()
	w.apart(meetings)
	for i := range meetings {
		require.GreaterOrEqual(w, meetings[i].Free(w.clock()), 0, "more seats are taken than there are")
		require.Equal(w, statusOf(&meetings[i]), meetings[i].Status)
	}
	w.paidFor(meetings)
	w.toldOnce()
}

// apart checks that no host is in two meetings at once.
func (w *world) apart(meetings []scheduling.Meeting) {
	w.Helper()
	now := w.clock()
	for i := range meetings {
		for j := range meetings[:i] {
			a, b := &meetings[i], &meetings[j]
			shared := slices.ContainsFunc(a.Hosts, func(h string) bool { return slices.Contains(b.Hosts, h) })
			if a.Live(now) && b.Live(now) && shared {
				require.False(w, a.Blocked().Overlaps(b.Blocked()), "%v and %v overlap", a.Span, b.Span)
			}
		}
	}
}

// statusOf is what the status of a meeting must be.
func statusOf(m *scheduling.Meeting) scheduling.Status {
	for _, s := range []scheduling.Status{
		scheduling.StatusConfirmed, scheduling.StatusPending, scheduling.StatusHeld, scheduling.StatusDone,
		scheduling.StatusNoShow, scheduling.StatusCancelled, scheduling.StatusDeclined,
	} {
		if slices.ContainsFunc(m.Bookings, func(b scheduling.Booking) bool { return b.Status == s }) {
			return s
		}
	}
	return scheduling.StatusExpired
}

// paidFor checks that each payment that was ever said is a booking's that takes place, or was given back
// once: all of it, unless the guest's own cancellation kept some.
func (w *world) paidFor(meetings []scheduling.Meeting) {
	w.Helper()
	owners := map[string]scheduling.Booking{}
	packs := 0
	for _, m := range meetings {
		for _, b := range m.Bookings {
			if b.MovedTo == "" && b.Payment.ID != "" {
				_, twice := owners[b.Payment.ID]
				require.False(w, twice, "two bookings have one payment")
				owners[b.Payment.ID] = b
			}
			if b.Pack != "" && b.MovedTo == "" && (b.Live(w.clock()) || b.Status == scheduling.StatusDone || b.Status == scheduling.StatusNoShow) {
				packs++
			}
		}
	}
	if p, err := w.store.Pack(w.ctx, "pack"); err == nil {
		require.Equal(w, packs, p.Used, "a pack has used what takes place")
	}
	w.payments.mu.Lock()
	defer w.payments.mu.Unlock()
	back := map[string][]int64{}
	for key, amount := range w.payments.refunds {
		var o, payment string
		_, err := fmt.Sscan(key, &o, &payment)
		require.NoError(w, err)
		back[payment] = append(back[payment], amount.Amount)
	}
	for payment, amount := range w.said {
		b, owned := owners[payment]
		keeps := owned && (b.Status == scheduling.StatusConfirmed || b.Status == scheduling.StatusPending || b.Status == scheduling.StatusDone || b.Status == scheduling.StatusNoShow)
		switch {
		case keeps:
			require.Empty(w, back[payment], "what takes place is paid")
			require.Equal(w, scheduling.PaymentPaid, b.Payment.State)
		case owned && b.Status == scheduling.StatusCancelled && b.EndedBy.Role == frontdesk.RoleClient && b.Payment.State == scheduling.PaymentPaid:
			require.Empty(w, back[payment])
		case owned:
			require.Equal(w, []int64{b.Payment.Refunded.Amount}, back[payment], "%s: given back once", b.Status)
			require.Equal(w, scheduling.PaymentRefunded, b.Payment.State)
			if b.EndedBy.Role != frontdesk.RoleClient {
				require.Equal(w, amount, b.Payment.Refunded.Amount)
			}
		default:
			require.Equal(w, []int64{amount}, back[payment], "a payment of nothing is given back, once")
		}
	}
}

// toldOnce checks that no change was told twice, except where a process died in between: then it is the same.
func (w *world) toldOnce() {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := map[string]scheduling.Change{}
	for _, c := range w.changes {
		if before, twice := seen[c.Key]; twice {
			require.NotZero(w, w.deaths, "%s was told twice", c.Key)
			require.Equal(w, before.Booking, c.Booking)
			require.Equal(w, before.Kind, c.Kind)
		}
		seen[c.Key] = c
	}
}

// walk is a random history.
type walk struct {
	*world
	r         *rand.Rand
	types     []*scheduling.EventType
	tickets   []*scheduling.Ticket
	sequences map[string]int
}

// histories is how many of each kind there are.
var histories = uint64(60)

func TestAgreement(t *testing.T) {
	for seed := range histories {
		for _, crashes := range []bool{false, true} {
			t.Run(fmt.Sprintf("rows, money and what is told agree after anything (seed %d, crashes: %t)", seed, crashes), func(t *testing.T) {
				k := newWalk(t, seed)
				good := k.svc
				for range 80 {
					if k.svc = good; crashes && k.r.IntN(3) == 0 {
						k.svc = k.mortal(&life{steps: k.r.IntN(40), panics: k.r.IntN(2) == 0})
					}
					dying(k.happen)
					k.svc = good
					k.rises()
					k.apart(k.all())
					if k.r.IntN(5) == 0 {
						k.rest()
						k.agree()
					}
				}
				k.rest()
				k.lapse()
				k.rest()
				k.agree()
			})
		}
	}
}

func newWalk(t *testing.T, seed uint64) *walk {
	k := &walk{world: newWorld(t), r: rand.New(rand.NewPCG(seed, 7)), sequences: map[string]int{}}
	named := func(slug string) func(*scheduling.EventType) {
		return func(e *scheduling.EventType) { e.Slug = slug }
	}
	k.types = []*scheduling.EventType{
		k.offer(named("free")), k.offer(named("paid"), paid, policy(tiers)), k.offer(named("asked"), paid, confirmed),
		k.offer(named("group"), paid, seats(3)), k.offer(named("open"), seats(2), confirmed),
		k.offer(named("turns"), paid, by(scheduling.RoundRobin, nina, omar)), k.offer(named("both"), by(scheduling.Collective, nina, omar)),
		k.offer(named("buffer"), func(e *scheduling.EventType) {
			e.Before, e.Step = 30*time.Minute, 30*time.Minute
			e.Limits = []scheduling.Limit{{Per: scheduling.PerDay, Meetings: 2}}
		}),
		k.offer(named("packed"), paid),
	}
	_, _, err := k.store.AddPack(k.ctx, scheduling.Pack{
		ID: "pack", Client: "acme", Expert: "nina", EventTypes: []string{k.types[8].ID}, Total: 2, CreatedAt: midnight, UpdatedAt: midnight,
	})
	require.NoError(t, err)
	return k
}

// rises checks that no sequence fell.
func (k *walk) rises() {
	k.Helper()
	for _, m := range k.all() {
		require.GreaterOrEqual(k, m.Sequence, k.sequences[m.ID])
		k.sequences[m.ID] = m.Sequence
	}
}

func (k *walk) someone() context.Context {
	return []context.Context{k.acme, k.globe, k.guest, k.nina, k.omar, k.admin}[k.r.IntN(6)]
}

// day is the day on which the next thing happens.
func (k *walk) start() time.Time {
	today := k.clock().Truncate(24 * time.Hour)
	return today.Add(time.Duration(k.r.IntN(3)*24+9+k.r.IntN(4))*time.Hour + time.Duration(k.r.IntN(2)*30)*time.Minute)
}

func (k *walk) keep(t *scheduling.Ticket) {
	if t != nil {
		k.tickets = append(k.tickets, t)
	}
}

// happen does one thing, which may fail.
func (k *walk) happen() {
	k.Helper()
	if len(k.tickets) == 0 || k.r.IntN(3) == 0 {
		k.begin()
		return
	}
	t := k.tickets[k.r.IntN(len(k.tickets))]
	at := token(t)
	if k.r.IntN(4) == 0 {
		at = ref(t)
	}
	switch k.r.IntN(12) {
	case 0, 1, 2:
		k.say(t)
	case 3:
		_, _ = k.svc.Cancel(k.someone(), at, "")
	case 4, 5:
		moved, _ := k.svc.Move(k.someone(), at, scheduling.MoveTo{Start: k.start()})
		k.keep(moved)
	case 6:
		_, _ = k.svc.Take(k.someone(), at, scheduling.Details{})
	case 7:
		_, _ = k.svc.Confirm(k.nina, t.Booking.ID)
	case 8:
		_, _ = k.svc.Decline(k.omar, t.Booking.ID, "")
		_, _ = k.svc.NoShow(k.nina, t.Booking.ID)
	case 9:
		_ = k.svc.CancelMeeting(k.nina, t.Meeting.ID, "")
	default:
		k.pass()
	}
}

func (k *walk) begin() {
	e := k.types[k.r.IntN(len(k.types))]
	r := ask(e, k.start())
	r.Override = k.r.IntN(10) == 0
	if k.r.IntN(3) == 0 {
		r.Key = fmt.Sprintf("a key that nobody guesses %d", k.r.IntN(5))
	}
	who := k.someone()
	if e.Slug == "packed" {
		who, r.Pack = k.acme, "pack"
	}
	do := k.svc.Book
	if k.r.IntN(3) == 0 {
		do = k.svc.Hold
	}
	t, _ := do(who, r)
	k.keep(t)
}

// say says that something was paid: once or again, what was asked for or not.
func (k *walk) say(t *scheduling.Ticket) {
	payment, amount := "pay_"+t.Booking.ID, t.Booking.Price
	switch k.r.IntN(6) {
	case 0:
		payment += "_second"
	case 1:
		payment += "_less"
		amount.Amount--
	}
	if k.payments.orders[order(t)].ID == "" { // nobody was asked
		return
	}
	k.said[payment] = amount.Amount
	svc := k.svc
	defer func() { // a webhook is repeated until it is taken in
		p := recover()
		require.NoError(k, k.over(k.store).Paid(k.ctx, order(t), payment, amount))
		if p != nil {
			panic(p)
		}
	}()
	_ = svc.Paid(k.ctx, order(t), payment, amount)
}

func (k *walk) pass() {
	k.advance(time.Duration(cmp.Or(k.r.IntN(40), 600)) * time.Minute)
	_, _ = k.svc.Lapse(k.ctx, k.r.IntN(5))
	_, _ = k.svc.Finish(k.ctx, k.r.IntN(5))
	_ = k.svc.Drain(k.ctx)
}
