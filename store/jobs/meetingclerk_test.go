//go:build unix

package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
)

const (
	holdFor      = 2 * killLease // some lives, but not many
	killPayments = 6             // within so many the process is killed
)

// task is what is to be done.
type task string

const (
	booking    task = "book"
	moving     task = "move"
	cancelling task = "cancel"
	paying     task = "paid" // the provider says so
	lapsing    task = "lapse"
)

// errand is what somebody wants of a clerk. Done twice, it is the same.
type errand struct {
	Task    task
	Client  string // has one booking
	Type    string
	Start   time.Time
	Booking string
	Payment string
	Amount  frontdesk.Money
}

// outcome is what a clerk answers.
type outcome struct {
	Booking string
	Failed  *frontdesk.Code
	Why     string
}

// clerk runs errands.
type clerk struct {
	*scheduling.Service
	skip *atomic.Int64 // so many payments are taken in before one is stopped at
}

// run runs an errand and returns the booking that it was about.
func (c clerk) run(ctx context.Context, e errand) (string, error) {
	client := frontdesk.WithActor(ctx, frontdesk.Client(e.Client, frontdesk.Origin{}))
	system := asSystem(ctx)
	var err error
	switch e.Task {
	case booking:
		return c.book(client, e)
	case moving:
		_, err = c.Move(client, scheduling.Ref{Booking: e.Booking}, scheduling.MoveTo{Start: e.Start})
	case cancelling:
		_, err = c.Cancel(client, scheduling.Ref{Booking: e.Booking}, "")
	case paying:
		if c.skip.Add(-1) < 0 {
			system = context.WithValue(system, stride{}, new(atomic.Int64))
		}
		err = c.Paid(system, "booking/"+e.Booking, e.Payment, e.Amount)
	case lapsing:
		_, err = c.Lapse(system, 100)
	}
	return e.Booking, err
}

func (c clerk) book(ctx context.Context, e errand) (string, error) {
	ticket, err := c.Book(ctx, scheduling.Request{EventType: e.Type, Start: e.Start, Key: "once", SuccessPath: "/booked", CancelPath: "/"})
	if err != nil {
		return "", err
	}
	return ticket.Booking.ID, nil
}

func (c clerk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var e errand
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var o outcome
	var err error
	if o.Booking, err = c.run(r.Context(), e); err != nil {
		code := frontdesk.CodeOf(err)
		o.Failed, o.Why = &code, err.Error()
	}
	_ = json.NewEncoder(w).Encode(o)
}

// beClerk runs errands, and does what follows from them, until it is killed.
func beClerk() int {
	ctx := context.Background()
	life, _ := strconv.Atoi(os.Getenv(victim + "_LIFE"))
	stop, _ := strconv.Atoi(os.Getenv(victim + "_STEP"))
	st, err := store.Open(ctx, sqlx.MustConnect(os.Getenv(victim+"_DRIVER"), os.Getenv(victim)), nil)
	if err != nil {
		return 1
	}
	clock := inFuture(time.Duration(life) * killLease)
	s, err := newAgenda(stepwise{st.Scheduling(), stop}, os.Getenv(victim+"_TILL"), clock)
	if err != nil {
		return 1
	}
	r, err := jobs.New(st, jobs.Services{Scheduling: s}, &jobs.Options{Clock: clock, SweepEvery: time.Second, LapseEvery: time.Second, Logger: quiet})
	if err != nil || r.Start(ctx) != nil {
		return 1
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 1
	}
	fmt.Println("http://" + l.Addr().String())
	c := clerk{s, new(atomic.Int64)}
	c.skip.Store(rand.Int64N(killPayments))
	_ = (&http.Server{Handler: c, ReadHeaderTimeout: patience}).Serve(l)
	return 1
}

// newAgenda is a service whose money, and whose listener, are at the till.
func newAgenda(st scheduling.Store, url string, clock func() time.Time) (*scheduling.Service, error) {
	p := payDesk{url}
	return scheduling.New(st, &scheduling.Options{Payments: p, OnChange: p.tell, HoldFor: holdFor, Clock: clock, Logger: quiet})
}

// payDesk asks a till.
type payDesk struct{ url string }

// request is what a till is asked for.
type request struct {
	Order   scheduling.Order
	Payment string
	Amount  frontdesk.Money
	Change  scheduling.Change
}

func (p payDesk) Request(ctx context.Context, o scheduling.Order) (*scheduling.Invitation, error) {
	return &scheduling.Invitation{ID: "page/" + o.ID, URL: p.url}, p.post(ctx, "/request", request{Order: o})
}

func (p payDesk) Refund(ctx context.Context, o scheduling.Order, payment string, amount frontdesk.Money) error {
	return p.post(ctx, "/refund", request{Order: o, Payment: payment, Amount: amount})
}

func (p payDesk) Release(ctx context.Context, o scheduling.Order) error {
	return p.post(ctx, "/release", request{Order: o})
}

func (p payDesk) tell(ctx context.Context, c scheduling.Change) error {
	return p.post(ctx, "/tell", request{Change: c})
}

func (p payDesk) post(ctx context.Context, path string, r request) error {
	_, err := post(ctx, p.url+path, r)
	return err
}

// post sends the question as JSON and returns the answer.
func post(ctx context.Context, url string, question any) ([]byte, error) {
	body, err := json.Marshal(question)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.OutcomeUnknown, "no answer: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return nil, frontdesk.Errorf(frontdesk.OutcomeUnknown, "half an answer: %d", answer.StatusCode)
	}
	return text, nil
}

// stride marks the context of a call that takes a payment in; its value counts the steps.
type stride struct{}

// stepwise is a store before one of whose steps, between a payment and its confirmation, the process stops
// to be killed.
type stepwise struct {
	scheduling.Store
	stop int // 0: before none
}

// step says that it is time, and waits for the end.
func (s stepwise) step(ctx context.Context) {
	if n, paying := ctx.Value(stride{}).(*atomic.Int64); paying && int(n.Add(1)) == s.stop {
		fmt.Println("now")
		select {}
	}
}

func (s stepwise) InTx(ctx context.Context, fn func(scheduling.Store) error) error {
	s.step(ctx)
	err := s.Store.InTx(ctx, func(tx scheduling.Store) error { return fn(stepwise{tx, s.stop}) })
	s.step(ctx) // it is committed, and not answered
	return err
}

func (s stepwise) MeetingOf(ctx context.Context, booking string) (*scheduling.Meeting, error) {
	s.step(ctx)
	return s.Store.MeetingOf(ctx, booking)
}

func (s stepwise) EventType(ctx context.Context, id string) (*scheduling.EventType, error) {
	s.step(ctx)
	return s.Store.EventType(ctx, id)
}

func (s stepwise) ChangeMeeting(ctx context.Context, id string, now time.Time, fn func(*scheduling.Meeting) error) (*scheduling.Meeting, error) {
	s.step(ctx)
	return s.Store.ChangeMeeting(ctx, id, now, fn)
}

func (s stepwise) AddEffect(ctx context.Context, e scheduling.Effect) (bool, error) {
	s.step(ctx)
	return s.Store.AddEffect(ctx, e)
}

func (s stepwise) DropEffects(ctx context.Context, kind scheduling.EffectKind, meeting, booking string) error {
	s.step(ctx)
	return s.Store.DropEffects(ctx, kind, meeting, booking)
}

func (s stepwise) Audit(ctx context.Context, e frontdesk.AuditEvent) error {
	s.step(ctx)
	return s.Store.Audit(ctx, e)
}
