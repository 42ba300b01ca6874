package scheduling_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
)

// stores makes the store of each world.
var stores = func(*testing.T) scheduling.Store { return schedulingtest.NewStore() }

// midnight is now, when a world begins: midnight.
var midnight = time.Date(2027, time.June, 7, 0, 0, 0, 0, time.UTC)

// on is a time of the world's first Monday.
func on(hour, minute int) time.Time {
	return midnight.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// world is a service on a store, with payments, a calendar and a clock that the test moves.
type world struct {
	*testing.T
	store    scheduling.Store
	payments *payments
	calendar *schedulingtest.Calendar
	logs     *bytes.Buffer
	svc      *scheduling.Service
	options  scheduling.Options

	ctx   context.Context // of the system
	admin context.Context
	nina  context.Context // an expert
	omar  context.Context // another
	acme  context.Context // a client
	globe context.Context // another
	guest context.Context // nobody is signed in

	mu      sync.Mutex
	now     time.Time
	changes []scheduling.Change
	said    map[string]int64 // what was said to be paid, by payment
	deaths  int              // of processes
}

func newWorld(t *testing.T, change ...func(*scheduling.Options)) *world {
	w := &world{
		T: t, store: stores(t), payments: newPayments(), calendar: schedulingtest.NewCalendar(), logs: new(bytes.Buffer), now: midnight, said: map[string]int64{},
		ctx: acting(t, frontdesk.System("test")), admin: acting(t, frontdesk.Admin("grace", frontdesk.Origin{})),
		nina: acting(t, frontdesk.Expert("nina", frontdesk.Origin{})), omar: acting(t, frontdesk.Expert("omar", frontdesk.Origin{})),
		acme: acting(t, frontdesk.Client("acme", frontdesk.Origin{})), globe: acting(t, frontdesk.Client("globex", frontdesk.Origin{})),
		guest: t.Context(),
	}
	w.options = scheduling.Options{
		Secrets: []frontdesk.Secret{frontdesk.NewSecret(strings.Repeat("s", 32))}, Payments: w.payments,
		Calendars: []scheduling.Calendar{w.calendar}, Clock: w.clock, Logger: slog.New(slog.NewTextHandler(w.logs, nil)),
		OnChange: func(_ context.Context, c scheduling.Change) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.changes = append(w.changes, c)
			return nil
		},
	}
	for _, c := range change {
		c(&w.options)
	}
	w.svc = w.over(w.store)
	for _, expert := range []string{"nina", "omar"} {
		w.hours(expert, "UTC", 9*60, 17*60)
	}
	return w
}

// over is the service of another process on the store.
func (w *world) over(st scheduling.Store) *scheduling.Service {
	w.Helper()
	o := w.options
	svc, err := scheduling.New(st, &o)
	require.NoError(w, err)
	return svc
}

func acting(t *testing.T, a frontdesk.Actor) context.Context {
	return frontdesk.WithActor(t.Context(), a)
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(time.Microsecond) // ids and keys differ, as they do in life
	return w.now
}

func (w *world) setClock(t time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = t
}

func (w *world) advance(d time.Duration) { w.setClock(w.clock().Add(d)) }

// hours gives the expert a schedule with the same hours on each day of the week.
func (w *world) hours(expert, zone string, start, end int) *scheduling.Schedule {
	w.Helper()
	s := scheduling.Schedule{Expert: expert, Name: "hours", Zone: zone}
	for d := time.Sunday; d <= time.Saturday; d++ {
		s.Weekly = append(s.Weekly, scheduling.Window{Day: d, Start: start, End: end})
	}
	saved, err := w.svc.SaveSchedule(w.ctx, s)
	require.NoError(w, err)
	return saved
}

// connect makes a calendar that keeps the expert busy.
func (w *world) connect(expert string) {
	w.Helper()
	w.calendar.AddCalendar(expert, "UTC")
	_, err := w.svc.SaveSettings(w.ctx, scheduling.Settings{
		Expert: expert, Zone: "UTC", Calendars: []scheduling.CalendarRef{{ID: expert, Kind: "memory", Busy: true, Write: true}},
	})
	require.NoError(w, err)
}

// offer saves an event type of nina: an hour, for one, free, unless it is changed.
func (w *world) offer(change ...func(*scheduling.EventType)) *scheduling.EventType {
	w.Helper()
	e := scheduling.EventType{
		Owner: "nina", Slug: "intro", Title: "Intro", Durations: []time.Duration{time.Hour}, Active: true,
	}
	for _, c := range change {
		c(&e)
	}
	saved, err := w.svc.SaveEventType(w.ctx, e)
	require.NoError(w, err)
	return saved
}

func paid(e *scheduling.EventType) { e.Price = eur(5000) }

func confirmed(e *scheduling.EventType) { e.Confirm = true }

func seats(n int) func(*scheduling.EventType) {
	return func(e *scheduling.EventType) { e.Seats = n }
}

func by(mode scheduling.Mode, hosts ...scheduling.Host) func(*scheduling.EventType) {
	return func(e *scheduling.EventType) { e.Mode, e.Hosts = mode, hosts }
}

func policy(p scheduling.Policy) func(*scheduling.EventType) {
	return func(e *scheduling.EventType) { e.Policy = p }
}

// ask is a request of acme, or of a guest when the context has no actor.
func ask(e *scheduling.EventType, start time.Time) scheduling.Request {
	return scheduling.Request{EventType: e.ID, Start: start, Guest: scheduling.Guest{Name: "Ada", Email: "ada@example.com"}}
}

func (w *world) book(ctx context.Context, e *scheduling.EventType, start time.Time) *scheduling.Ticket {
	w.Helper()
	t, err := w.svc.Book(ctx, ask(e, start))
	require.NoError(w, err)
	return t
}

func (w *world) hold(ctx context.Context, e *scheduling.EventType, start time.Time) *scheduling.Ticket {
	w.Helper()
	t, err := w.svc.Hold(ctx, ask(e, start))
	require.NoError(w, err)
	return t
}

// pay says that the ticket was paid.
func (w *world) pay(t *scheduling.Ticket) {
	w.Helper()
	require.NoError(w, w.svc.Paid(w.ctx, order(t), "pay_"+t.Booking.ID, t.Booking.Price))
}

func order(t *scheduling.Ticket) string { return "booking/" + t.Booking.ID }

func ref(t *scheduling.Ticket) scheduling.Ref { return scheduling.Ref{Booking: t.Booking.ID} }

func token(t *scheduling.Ticket) scheduling.Ref {
	return scheduling.Ref{Booking: t.Booking.ID, Token: t.Token}
}

// booking is the booking as it is in the store.
func (w *world) booking(t *scheduling.Ticket) scheduling.Booking {
	w.Helper()
	m := w.meeting(t)
	i := slices.IndexFunc(m.Bookings, func(b scheduling.Booking) bool { return b.ID == t.Booking.ID })
	require.GreaterOrEqual(w, i, 0)
	return m.Bookings[i]
}

func (w *world) meeting(t *scheduling.Ticket) *scheduling.Meeting {
	w.Helper()
	m, err := w.store.MeetingOf(w.ctx, t.Booking.ID)
	require.NoError(w, err)
	return m
}

func (w *world) status(t *scheduling.Ticket, want scheduling.Status) {
	w.Helper()
	require.Equal(w, want, w.booking(t).Status)
}

// starts are what a search lists for the first Monday, as hours and minutes.
func (w *world) starts(ctx context.Context, q scheduling.Search) (all []string) {
	w.Helper()
	orElse(&q.From, midnight)
	orElse(&q.To, on(24, 0))
	r, err := w.svc.Search(ctx, q)
	require.NoError(w, err)
	for _, s := range r.Slots {
		all = append(all, s.Start.Format("15:04"))
	}
	return all
}

func orElse[T comparable](field *T, otherwise T) { *field = cmp.Or(*field, otherwise) }

// deliver does what the outbox holds.
func (w *world) deliver() {
	w.Helper()
	require.NoError(w, w.svc.Drain(w.ctx))
}

func (w *world) lapse() int {
	w.Helper()
	n, err := w.svc.Lapse(w.ctx, 100)
	require.NoError(w, err)
	return n
}

// told are the kinds of what was told about the ticket's booking, in order.
func (w *world) told(t *scheduling.Ticket) (kinds []scheduling.ChangeKind) {
	w.Helper()
	w.deliver()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.changes {
		if c.Booking.ID == t.Booking.ID {
			kinds = append(kinds, c.Kind)
		}
	}
	return kinds
}

func (w *world) refused(err error, code frontdesk.Code, fields ...string) {
	w.Helper()
	require.Error(w, err)
	require.Equal(w, code, frontdesk.CodeOf(err), "%v", err)
	var names []string
	for _, f := range frontdesk.Fields(err) {
		names = append(names, f.Name)
	}
	require.Equal(w, fields, names, "%v", err)
}

// because checks that a start was refused for the reason.
func (w *world) because(err error, why scheduling.Reason) {
	w.Helper()
	w.refused(err, frontdesk.FailedPrecondition)
	require.ErrorIs(w, err, why)
}

// audited are the actions in the audit log, with their outcomes.
func (w *world) audited() (all []string) {
	w.Helper()
	log, ok := w.store.(interface {
		AuditLog(context.Context) ([]frontdesk.AuditEvent, error)
	})
	require.True(w, ok)
	events, err := log.AuditLog(w.ctx)
	require.NoError(w, err)
	for _, e := range events {
		all = append(all, fmt.Sprintf("%s %s %s", e.Actor.ID, e.Action, e.Outcome))
		for _, v := range append(slices.Collect(maps.Values(e.Before)), slices.Collect(maps.Values(e.After))...) {
			require.NotContains(w, v, "ada", "personal data is in the audit log")
			require.NotContains(w, v, "Ada", "personal data is in the audit log")
		}
	}
	return all
}

// payments is a provider of payments that remembers what it was asked for.
type payments struct {
	mu       sync.Mutex
	fail     error
	before   func() // runs at the beginning of each call
	asked    map[string]int
	orders   map[string]scheduling.Order
	refunds  map[string]frontdesk.Money // by order and payment, in total
	released map[string]bool
}

func newPayments() *payments {
	return &payments{
		asked: map[string]int{}, orders: map[string]scheduling.Order{}, refunds: map[string]frontdesk.Money{}, released: map[string]bool{},
	}
}

func (p *payments) begin() error {
	if p.before != nil {
		p.before()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.fail
	p.fail = nil
	return err
}

func (p *payments) Request(_ context.Context, o scheduling.Order) (*scheduling.Invitation, error) {
	if err := p.begin(); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if old, known := p.orders[o.ID]; known && old != o {
		return nil, frontdesk.Errorf(frontdesk.Invalid, "the order was another")
	}
	p.asked[o.ID]++
	p.orders[o.ID] = o
	return &scheduling.Invitation{ID: "inv_" + o.ID, URL: "https://pay.example/" + o.ID}, nil
}

func (p *payments) Refund(_ context.Context, o scheduling.Order, payment string, amount frontdesk.Money) error {
	if err := p.begin(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := o.ID + " " + payment
	if old, known := p.refunds[key]; known && old != amount {
		return errors.New("the refund was another")
	}
	p.refunds[key] = amount
	return nil
}

func (p *payments) Release(_ context.Context, o scheduling.Order) error {
	if err := p.begin(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.released[o.ID] = true
	return nil
}

// refunded is what was given back of the ticket's payment.
func (w *world) refunded(t *scheduling.Ticket) int64 {
	w.Helper()
	w.deliver()
	w.payments.mu.Lock()
	defer w.payments.mu.Unlock()
	return w.payments.refunds[order(t)+" pay_"+t.Booking.ID].Amount
}
