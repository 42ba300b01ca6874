package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
)

// stories are one and the same, told in two API versions.
var stories = []string{"2023-10-16", "2026-08-26.dahlia"}

// TestStory posts the story of a client and an expert in every order, and asks the portal what it
// has made of it.
func TestStory(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh func(*testing.T) database) {
		for _, version := range stories {
			for _, d := range deliveries {
				t.Run(fmt.Sprintf("in the shape of %s, %s, leads to the expected state", version, d.name), func(t *testing.T) {
					t.Parallel()
					s := readStory(t, version)
					r := start(t, on(fresh(t)))
					d.post(t, r, s, func(int) {})
					s.check(t, r)
				})
			}
		}
	})
}

// TestStoryReading does the same with the real adapter, which reads each object
// from Stripe's API: as it is at the end of the story, or as it was at the
// latest event that has been sent.
func TestStoryReading(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh func(*testing.T) database) {
		for _, version := range stories {
			for _, d := range deliveries {
				for _, final := range []bool{true, false} {
					name := fmt.Sprintf("in the shape of %s, %s, and read (final state %t), leads to the expected state", version, d.name, final)
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						s := readStory(t, version)
						api := newStripeAPI(t, final)
						r := start(t, on(fresh(t)), api.use)
						d.post(t, r, s, api.reach)
						s.check(t, r)
						assert.Positive(t, api.reads(), "nothing was read")
					})
				}
			}
		}
	})
}

// delivery is an order in which a story's events arrive.
type delivery struct {
	name    string
	order   func(n int) []int
	senders int
}

var deliveries = []delivery{
	{"in order", inOrder, 1},
	{"reversed", func(n int) []int { o := inOrder(n); slices.Reverse(o); return o }, 1},
	{"shuffled with seed 1", shuffled(1), 1},
	{"shuffled with seed 2", shuffled(2), 1},
	{"shuffled with seed 3", shuffled(3), 1},
	{"each event twice in a row", func(n int) []int { o := append(inOrder(n), inOrder(n)...); slices.Sort(o); return o }, 1},
	{"all twice, at the same time", func(n int) []int { return append(inOrder(n), shuffled(4)(n)...) }, 8},
}

func inOrder(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

func shuffled(seed uint64) func(int) []int {
	return func(n int) []int { return rand.New(rand.NewPCG(seed, seed)).Perm(n) }
}

// post sends the events; reach is told of each before it is sent.
func (d delivery) post(t *testing.T, r *running, s story, reach func(int)) {
	t.Helper()
	next := make(chan int)
	var all sync.WaitGroup
	for range d.senders {
		all.Go(func() {
			for i := range next {
				reach(i)
				status, err := post(context.Background(), r.url, testSecret, s.events[i], time.Now())
				assert.NoError(t, err)
				assert.Equal(t, http.StatusOK, status)
			}
		})
	}
	for _, i := range d.order(len(s.events)) {
		next <- i
	}
	close(next)
	all.Wait()
}

// story is what is sent, and what is to come of it.
type story struct {
	events   [][]byte
	expected expected
}

type expected struct {
	Subscription struct {
		ID               string
		Status           string
		Price            string
		CurrentPeriodEnd time.Time `json:"current_period_end"`
		EndedAt          time.Time `json:"ended_at"`
	}
	Invoices []struct {
		ID           string
		Status       string
		Amount       int64
		Currency     frontdesk.Currency
		Subscription *string
	}
	Account struct {
		ID             string
		ChargesEnabled bool     `json:"charges_enabled"`
		PayoutsEnabled bool     `json:"payouts_enabled"`
		CurrentlyDue   []string `json:"currently_due"`
	}
	Payouts []struct {
		ID       string
		Account  string
		Amount   int64
		Currency frontdesk.Currency
		Status   string
	}
	Effects struct {
		Receipts             int
		SubscriptionCanceled int `json:"subscription_canceled"`
	}
}

func readStory(t *testing.T, version string) story {
	t.Helper()
	var s story
	raw, err := os.ReadFile("testdata/story-" + version + ".jsonl")
	require.NoError(t, err)
	lines := bufio.NewScanner(bytes.NewReader(raw))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		s.events = append(s.events, bytes.Clone(lines.Bytes()))
	}
	require.NoError(t, lines.Err())
	raw, err = os.ReadFile("testdata/expected.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &s.expected))
	return s
}

// check compares the portal with what is expected.
func (s story) check(t *testing.T, r *running) {
	t.Helper()
	events, effects := r.atRest(t, len(s.events))
	s.checkInbox(t, events)
	s.checkEffects(t, effects)
	s.checkSubscription(t, r)
	s.checkInvoices(t, r)
	s.checkPayments(t, r)
	s.checkAccount(t, r)
	s.checkPayouts(t, r)
	s.checkMails(t, r)
	var others listing[subscription]
	r.get(t, "client:globex", "/portal/api/subscriptions", &others)
	assert.Empty(t, others.Data, "another client's subscriptions")
}

func (s story) checkInbox(t *testing.T, events []event) {
	t.Helper()
	assert.Len(t, events, len(s.events), "one row for each event, however often it was sent")
	for _, e := range events {
		want := "done"
		if e.Type == "made.up.event" {
			want = "ignored"
		}
		assert.Equal(t, want, e.State, "%s %s: %v", e.ProviderID, e.Type, e.LastError)
	}
}

func (s story) checkEffects(t *testing.T, effects []effect) {
	t.Helper()
	count := map[string]int{}
	for _, e := range effects {
		assert.Equal(t, "done", e.State, "%s %s", e.Name, e.Object)
		if ofExpert := e.Name == "payout.paid" || e.Name == "account.changed"; !ofExpert && assert.NotNil(t, e.Client, e.Name) {
			assert.Equal(t, "acme", *e.Client)
		}
		count[e.Name]++
	}
	assert.Equal(t, len(s.expected.Payouts), count["payout.paid"], "payouts told")
	assert.Equal(t, s.expected.Effects.Receipts, count["invoice.paid"], "receipts")
	assert.Equal(t, s.expected.Effects.SubscriptionCanceled, count["subscription.canceled"], "cancellations")
	assert.LessOrEqual(t, count["payment.failed"], 1, "notices of failed payments")
}

// checkMails: each of them once, in whatever order and however often the events came.
func (s story) checkMails(t *testing.T, r *running) {
	t.Helper()
	count := map[string]int{}
	for _, m := range r.mailsAtRest(t) {
		assert.Equal(t, "sent", m.Status, m.Subject)
		assert.Equal(t, []string{"billing@acme.example"}, m.To)
		count[*m.Template]++
	}
	assert.Equal(t, s.expected.Effects.Receipts, count["receipt"], "receipts")
	assert.Equal(t, s.expected.Effects.SubscriptionCanceled, count["subscription_canceled"], "cancellations")
	assert.LessOrEqual(t, count["payment_failed"], 1, "notices of failed payments")
	got := map[string]int{}
	for _, m := range r.mailbox.To("billing@acme.example") {
		got[m.Subject]++
	}
	for subject, n := range got {
		assert.Equal(t, 1, n, "%q in the client's mailbox", subject)
	}
	assert.Len(t, r.mailbox.Mails(), count["receipt"]+count["subscription_canceled"]+count["payment_failed"], "and nothing else was sent")
}

func (s story) checkSubscription(t *testing.T, r *running) {
	t.Helper()
	want := s.expected.Subscription
	var subs listing[subscription]
	r.get(t, "client:acme", "/portal/api/subscriptions", &subs)
	require.Len(t, subs.Data, 1)
	got := subs.Data[0]
	assert.Equal(t, want.ID, got.ProviderID)
	assert.Equal(t, want.Status, got.Status)
	assert.Equal(t, &want.Price, got.Price)
	assert.Equal(t, &want.CurrentPeriodEnd, got.CurrentPeriodEnd)
	assert.Equal(t, &want.EndedAt, got.EndedAt)
}

func (s story) checkInvoices(t *testing.T, r *running) {
	t.Helper()
	var invoices listing[invoice]
	r.get(t, "client:acme", "/portal/api/invoices", &invoices)
	require.Len(t, invoices.Data, len(s.expected.Invoices))
	got := map[string]invoice{}
	for _, i := range invoices.Data {
		got[i.ProviderID] = i
	}
	for _, want := range s.expected.Invoices {
		i := got[want.ID]
		assert.Equal(t, want.Status, i.Status, want.ID)
		assert.Equal(t, frontdesk.Money{Amount: want.Amount, Currency: want.Currency}, i.Total, want.ID)
		assert.Equal(t, want.Subscription, i.Subscription, want.ID)
	}
}

// checkPayments: the newer shape shows payments only to those who ask for them.
func (s story) checkPayments(t *testing.T, r *running) {
	t.Helper()
	var payments listing[payment]
	r.get(t, "client:acme", "/portal/api/payments", &payments)
	paid := map[string]bool{}
	for _, p := range payments.Data {
		assert.Equal(t, "succeeded", p.Status, p.ProviderID)
		if assert.NotNil(t, p.Invoice, p.ProviderID) {
			assert.False(t, paid[*p.Invoice], "two payments of %s", *p.Invoice)
			paid[*p.Invoice] = true
		}
	}
	if bytes.Contains(s.events[0], []byte(stories[0])) {
		assert.Len(t, paid, len(s.expected.Invoices), "one payment for each invoice")
	}
}

func (s story) checkAccount(t *testing.T, r *running) {
	t.Helper()
	want := s.expected.Account
	var got account
	r.get(t, "expert:nina", "/portal/api/account", &got)
	assert.Equal(t, want.ID, got.ProviderID)
	assert.Equal(t, want.ChargesEnabled, got.ChargesEnabled)
	assert.Equal(t, want.PayoutsEnabled, got.PayoutsEnabled)
	assert.Equal(t, want.CurrentlyDue, got.CurrentlyDue)
	assert.Equal(t, "enabled", got.Status)
}

// checkPayouts: no balance transaction of the story says what the payout has paid,
// but its lines sum to it all the same.
func (s story) checkPayouts(t *testing.T, r *running) {
	t.Helper()
	var payouts listing[payout]
	r.get(t, "expert:nina", "/portal/api/payouts", &payouts)
	require.Len(t, payouts.Data, len(s.expected.Payouts))
	for i, want := range s.expected.Payouts {
		got := payouts.Data[i]
		assert.Equal(t, want.ID, got.ProviderID)
		assert.Equal(t, want.Status, got.Status)
		assert.Equal(t, frontdesk.Money{Amount: want.Amount, Currency: want.Currency}, got.Amount)
		assert.Equal(t, got.Amount, sumOfEntries(t, got))
	}
	var others listing[payout]
	r.get(t, "expert:omar", "/portal/api/payouts", &others)
	for _, other := range others.Data {
		assert.NotEqual(t, payouts.Data[0].ProviderID, other.ProviderID, "another expert's payouts")
	}
}

func sumOfEntries(t *testing.T, p payout) frontdesk.Money {
	t.Helper()
	sum := frontdesk.Money{Currency: p.Amount.Currency}
	for _, e := range p.Entries {
		var err error
		sum, err = sum.Add(e.Amount)
		require.NoError(t, err)
	}
	return sum
}

// stripeAPI answers reads as Stripe does to the version that the adapter pins:
// with the story's objects as they are at its end, or as they were at the latest
// event that has been reached. Lists are empty.
type stripeAPI struct {
	url     string
	mu      sync.Mutex
	moments []storyMoment // by line
	reached []bool
	read    int
}

// storyMoment is an object as one event shows it.
type storyMoment struct {
	Created int64
	Data    struct{ Object json.RawMessage }
	id      string
}

func newStripeAPI(t *testing.T, final bool) *stripeAPI {
	t.Helper()
	api := new(stripeAPI)
	for _, line := range readStory(t, stories[0]).events {
		var m storyMoment
		require.NoError(t, json.Unmarshal(line, &m))
		var object struct{ ID string }
		require.NoError(t, json.Unmarshal(m.Data.Object, &object))
		m.id = object.ID
		api.moments, api.reached = append(api.moments, m), append(api.reached, final)
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	api.url = server.URL
	return api
}

// use makes the portal work with the adapter on this API.
func (api *stripeAPI) use(c *config) {
	c.stripe.key, c.stripe.apiBase = frontdesk.NewSecret("sk_test_canary"), api.url
}

func (api *stripeAPI) reach(line int) {
	api.mu.Lock()
	defer api.mu.Unlock()
	api.reached[line] = true
}

func (api *stripeAPI) reads() int {
	api.mu.Lock()
	defer api.mu.Unlock()
	return api.read
}

// ServeHTTP answers GET /v1/{collection} and GET /v1/{collection}/{id}.
func (api *stripeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, id, one := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v1/"), "/")
	if !one {
		fmt.Fprint(w, `{"object":"list","data":[],"has_more":false}`)
		return
	}
	if object := api.object(id); object != nil {
		w.Write(object)
		return
	}
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprint(w, `{"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such object"}}`)
}

// object is the object at the latest moment that has been reached.
func (api *stripeAPI) object(id string) json.RawMessage {
	api.mu.Lock()
	defer api.mu.Unlock()
	var latest storyMoment
	for i, m := range api.moments {
		if m.id == id && api.reached[i] && m.Created >= latest.Created {
			latest = m
		}
	}
	if latest.id != "" {
		api.read++
	}
	return latest.Data.Object
}
