package scheduling_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
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

// monday is when the desk opens: a Monday, 08:00 in UTC.
var monday = time.Date(2027, 6, 7, 8, 0, 0, 0, time.UTC)

// desk is a host with two experts, nina and omar, who are there every day from 9 to 17 UTC, and each
// of whom has a calendar that is written to.
type desk struct {
	*testing.T
	store    scheduling.Store
	calendar *schedulingtest.Calendar
	pay      *till
	svc      *scheduling.Service
	ctx      context.Context // of the system
	log      *bytes.Buffer

	mu   sync.Mutex
	now  time.Time
	told []scheduling.Change
	hook func(scheduling.Change) error
}

func newDesk(t *testing.T) *desk {
	d := &desk{
		T: t, store: stores(t), calendar: schedulingtest.NewCalendar(), pay: &till{paths: map[string]int{}},
		ctx: frontdesk.WithActor(t.Context(), frontdesk.System("test")), log: new(bytes.Buffer), now: monday,
	}
	d.svc = d.over(d.store, d.calendar)
	for _, expert := range []string{"nina", "omar"} {
		d.calendar.AddCalendar(expert+"-work", "UTC")
		schedule := scheduling.Schedule{Expert: expert, Name: "always", Zone: "UTC"}
		for day := range 7 {
			schedule.Weekly = append(schedule.Weekly, scheduling.Window{Day: time.Weekday(day), Start: 9 * 60, End: 17 * 60})
		}
		saved, err := d.svc.SaveSchedule(d.ctx, schedule)
		require.NoError(t, err)
		_, err = d.svc.SaveSettings(d.ctx, scheduling.Settings{
			Expert: expert, Name: strings.ToUpper(expert[:1]) + expert[1:], Email: expert + "@desk.example", Zone: "UTC", Schedule: saved.ID,
			Calendars: []scheduling.CalendarRef{{ID: expert + "-work", Kind: "memory", Busy: true, Write: true}},
			Reminders: []time.Duration{24 * time.Hour, time.Hour},
		})
		require.NoError(t, err)
	}
	return d
}

// over is the desk's service over a store and a calendar.
func (d *desk) over(st scheduling.Store, c scheduling.Calendar) *scheduling.Service {
	d.Helper()
	svc, err := scheduling.New(st, &scheduling.Options{
		Secrets: []frontdesk.Secret{frontdesk.NewSecret(strings.Repeat("s", 32))}, Payments: d.pay, Calendars: []scheduling.Calendar{c},
		OnChange: d.hear, Clock: d.clock, Logger: slog.New(slog.NewTextHandler(d.log, nil)),
	})
	require.NoError(d, err)
	return svc
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) hear(_ context.Context, c scheduling.Change) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hook != nil {
		if err := d.hook(c); err != nil {
			return err
		}
	}
	d.told = append(d.told, c)
	return nil
}

func (d *desk) pass(t time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(t)
}

func (d *desk) drain() {
	d.Helper()
	require.NoError(d, d.svc.Drain(d.ctx))
}

// rest lets time pass until everything that failed has been tried again.
func (d *desk) rest() {
	d.Helper()
	for range 20 {
		d.pass(3 * time.Minute)
		d.drain()
	}
	pending, err := d.svc.Effects(d.ctx, scheduling.EffectFilter{States: []scheduling.EffectState{scheduling.EffectPending}})
	require.NoError(d, err)
	require.Empty(d, slices.DeleteFunc(pending, func(e scheduling.Effect) bool { return e.NextAt.After(d.clock()) }))
}

// tellings are the kinds of what was told, with how often.
func (d *desk) tellings() map[scheduling.ChangeKind]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := map[scheduling.ChangeKind]int{}
	for _, c := range d.told {
		all[c.Kind]++
	}
	return all
}

// last is what was told last of the kind.
func (d *desk) last(kind scheduling.ChangeKind) scheduling.Change {
	d.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range slices.Backward(d.told) {
		if c.Kind == kind {
			return c
		}
	}
	require.Fail(d, "it was not told", kind)
	return scheduling.Change{}
}

// offers saves an active event type of nina's, 60 minutes long.
func (d *desk) offers(slug string, edit func(*scheduling.EventType)) string {
	d.Helper()
	t := scheduling.EventType{
		Owner: "nina", Slug: slug, Title: "Talk", Durations: []time.Duration{time.Hour}, Active: true,
		Locations: []scheduling.Location{{Kind: scheduling.AtLink, Value: "https://meet.example/nina"}},
	}
	if edit != nil {
		edit(&t)
	}
	saved, err := d.svc.SaveEventType(d.ctx, t)
	require.NoError(d, err)
	return saved.ID
}

func as(ctx context.Context, client string) context.Context {
	return frontdesk.WithActor(ctx, frontdesk.Client(client, frontdesk.Origin{}))
}

// books books for a client, so many hours after the desk opened.
func (d *desk) books(eventType, client string, hours int) *scheduling.Ticket {
	d.Helper()
	t, err := d.svc.Book(as(d.ctx, client), d.request(eventType, client, hours))
	require.NoError(d, err)
	return t
}

func (d *desk) request(eventType, client string, hours int) scheduling.Request {
	return scheduling.Request{
		EventType: eventType, Start: monday.Add(time.Duration(hours) * time.Hour),
		Guest: scheduling.Guest{Name: "Guest " + client, Email: client + "@guest.example", Zone: "UTC"},
	}
}

func (d *desk) meeting(id string) *scheduling.Meeting {
	d.Helper()
	m, err := d.store.Meeting(d.ctx, id)
	require.NoError(d, err)
	return m
}

func (d *desk) effects(kind scheduling.EffectKind) (all []scheduling.Effect) {
	d.Helper()
	found, err := d.svc.Effects(d.ctx, scheduling.EffectFilter{Limit: 500})
	require.NoError(d, err)
	return slices.DeleteFunc(found, func(e scheduling.Effect) bool { return e.Kind != kind })
}

// till is scheduling.Payments that remembers what it was asked for.
type till struct {
	mu       sync.Mutex
	paths    map[string]int // requests by order
	refunds  []refund
	released []string
	fail     []error
	lose     int // so many refunds are made without an answer
}

type refund struct {
	order, payment string
	amount         frontdesk.Money
}

func (p *till) arrive() error {
	if len(p.fail) == 0 {
		return nil
	}
	err := p.fail[0]
	p.fail = p.fail[1:]
	return err
}

func (p *till) Request(_ context.Context, o scheduling.Order) (*scheduling.Invitation, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.arrive(); err != nil {
		return nil, err
	}
	p.paths[o.ID]++
	return &scheduling.Invitation{ID: "cs_" + o.ID, URL: "https://pay.example/" + o.ID}, nil
}

func (p *till) Refund(_ context.Context, o scheduling.Order, payment string, amount frontdesk.Money) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.arrive(); err != nil {
		return err
	}
	p.refunds = append(p.refunds, refund{o.ID, payment, amount})
	if p.lose > 0 {
		p.lose--
		return frontdesk.Errorf(frontdesk.OutcomeUnknown, "the answer was lost")
	}
	return nil
}

func (p *till) Release(_ context.Context, o scheduling.Order) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.arrive(); err != nil {
		return err
	}
	p.released = append(p.released, o.ID)
	return nil
}

// given are the refunds, each once.
func (p *till) given() []refund {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []refund
	for _, r := range p.refunds {
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}

var errHook = errors.New("the hook has failed")

func eur(amount int64) frontdesk.Money { return frontdesk.Money{Amount: amount, Currency: "eur"} }

// appointment is an hour that a person has put into a calendar.
func appointment(start time.Time) schedulingtest.Appointment {
	return schedulingtest.Appointment{Span: scheduling.Span{Start: start, End: start.Add(time.Hour)}}
}
