package billing_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billinghttp"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// start is second 0 of every story; events say how many seconds after it they happened.
var start = time.Date(2026, time.March, 10, 12, 0, 0, 0, time.UTC)

func at(second int) time.Time { return start.Add(time.Duration(second) * time.Second) }

const secret = "whsec_test"

// clock is the time of a world, which stands until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// tester is a *testing.T or a *rapid.T.
type tester interface {
	require.TestingT
	Helper()
	Context() context.Context
}

// world is a service between a provider that does as the test says and a store.
type world struct {
	t        tester
	svc      *billing.Service
	store    billing.Store
	provider *scripted             // nil in a world of the fake
	fake     *billingtest.Provider // what the scripted provider leaves alone
	now      func() time.Time
	pass     func(time.Duration)
	handler  http.Handler
	options  billing.Options
	reading  bool // false: PayloadOnly

	mu   sync.Mutex
	told []billing.Change
	hook func(billing.Change) error // asked before a change counts as told
	logs bytes.Buffer
}

// newWorld is a world of the scripted provider.
func newWorld(t tester, st billing.Store, o billing.Options) *world {
	t.Helper()
	p, c := newScripted(), &clock{now: at(60)}
	w := &world{t: t, store: st, provider: p, fake: p.Provider, now: c.Now, pass: c.pass}
	w.open(p, o)
	return w
}

// newFakeWorld is a world of the fake provider, which sends its events by itself.
// The test works them off: a service that is in the middle of a call holds the
// lock of its object, for which the work would stand in line.
func newFakeWorld(t tester, st billing.Store, o billing.Options) *world {
	t.Helper()
	fake := billingtest.NewProviderWith(&billingtest.ProviderOptions{Start: start})
	w := &world{t: t, store: st, fake: fake, now: fake.Now, pass: fake.Advance}
	w.open(fake, o)
	fake.SendTo(inboxOf{w.svc})
	return w
}

// inboxOf receives events and leaves them in the inbox.
type inboxOf struct{ *billing.Service }

func (inboxOf) Drain(context.Context) error { return nil }

func (w *world) open(p billing.PaymentProvider, o billing.Options) {
	o.Clock, o.OnChange = w.now, w.onChange
	o.Logger = slog.New(slog.NewTextHandler(lockedWriter{w}, nil))
	if o.BaseURL == "" {
		o.BaseURL = "https://portal.example"
	}
	addPrices(w.fake)
	w.reading, w.options = !o.PayloadOnly, o
	w.svc = billing.New(p, w.store, &o)
	w.handler = billinghttp.NewWebhookHandler(w.svc, &billinghttp.Options{Logger: o.Logger})
}

// addPrices sells growth for 49 and scale for 99 euros a month.
func addPrices(fake *billingtest.Provider) {
	for name, amount := range map[string]int64{"growth": 4900, "scale": 9900} {
		fake.AddPrice(billing.Ref{ID: "price_" + name}, billing.PriceParams{
			Product: "prod_" + name, Unit: frontdesk.Money{Amount: amount, Currency: "eur"}, Interval: billing.Month, Lookup: name,
		})
	}
}

type lockedWriter struct{ w *world }

func (l lockedWriter) Write(p []byte) (int, error) {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	return l.w.logs.Write(p)
}

func (w *world) onChange(_ context.Context, c billing.Change) error {
	w.mu.Lock()
	hook := w.hook
	w.mu.Unlock()
	if hook != nil {
		if err := hook(c); err != nil {
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, c)
	return nil
}

// over is a service over another store, as in a second process.
func (w *world) over(st billing.Store) *billing.Service {
	if w.provider == nil {
		return billing.New(w.fake, st, &w.options)
	}
	return billing.New(w.provider, st, &w.options)
}

// onStores runs the test on every store, which is empty.
func onStores(t *testing.T, test func(t *testing.T, st billing.Store)) {
	t.Run("memory", func(t *testing.T) { test(t, billingtest.NewStore()) })
	t.Run("sqlite", func(t *testing.T) { test(t, open(t, storetest.SQLite(t)).Billing()) })
	t.Run("postgres", func(t *testing.T) { test(t, emptyPostgres(t).Billing()) })
}

func open(t *testing.T, db *sqlx.DB) *store.DB {
	t.Helper()
	st, err := store.Open(t.Context(), db, nil)
	require.NoError(t, err)
	return st
}

// shared is the Postgres database of all tests, which run one after another.
// Making one for each of them would take most of their time.
var shared *store.DB

// emptyPostgres returns the shared database without rows.
func emptyPostgres(t *testing.T) *store.DB {
	t.Helper()
	if shared == nil {
		shared = open(t, sqlx.MustConnect("pgx", storetest.PostgresDSN(t)))
	}
	empty(shared)
	return shared
}

func empty(db *store.DB) {
	for _, table := range []string{
		"billing_events", "billing_effects", "billing_objects", "billing_links", "billing_locks", "billing_operations",
		"billing_accounts", "billing_entries", "billing_balances", "audit",
	} {
		db.SQL().MustExec("DELETE FROM frontdesk_" + table)
	}
}

// everywhere runs the test on every store, reading from the provider and from payloads only.
func everywhere(t *testing.T, test func(w *world)) {
	t.Helper()
	reading(t, test)
	fromPayloads(t, test)
}

// reading runs the test on every store with a service that reads from the provider.
func reading(t *testing.T, test func(w *world)) {
	t.Helper()
	t.Run("reading", func(t *testing.T) { with(t, billing.Options{}, test) })
}

// fromPayloads runs the test on every store with a service that only has payloads.
func fromPayloads(t *testing.T, test func(w *world)) {
	t.Helper()
	t.Run("payloads", func(t *testing.T) { with(t, billing.Options{PayloadOnly: true}, test) })
}

func with(t *testing.T, o billing.Options, test func(w *world)) {
	t.Helper()
	onStores(t, func(t *testing.T, st billing.Store) {
		w := newWorld(t, st, o)
		w.owns("acme", "cus_1")
		test(w)
	})
}

// withFake runs the test on every store in a world of the fake provider.
func withFake(t *testing.T, o billing.Options, test func(w *world)) {
	t.Helper()
	onStores(t, func(t *testing.T, st billing.Store) { test(newFakeWorld(t, st, o)) })
}

// owns links the provider's customer to the client.
func (w *world) owns(client, customer string) {
	w.t.Helper()
	_, err := w.store.LinkCustomer(w.t.Context(), billing.Ref{ID: customer}, client)
	require.NoError(w.t, err)
}

// post delivers the event to the webhook and returns the answer's status.
func (w *world) post(e event) int {
	body := e.body()
	return w.postSigned(body, wire.Sign(body, secret, w.now()))
}

// handlerOf is the webhook of another service.
func handlerOf(s *billing.Service) http.Handler {
	return billinghttp.NewWebhookHandler(s, &billinghttp.Options{Logger: slog.New(slog.DiscardHandler)})
}

func (w *world) postSigned(body []byte, signature ...string) int {
	r := httptest.NewRequest(http.MethodPost, "/webhooks/stripe", bytes.NewReader(body))
	for _, s := range signature {
		r.Header.Add("Stripe-Signature", s)
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer.Code
}

// deliver posts the events, which must be acknowledged, and works them off one by one.
func (w *world) deliver(events ...event) {
	w.t.Helper()
	for _, e := range events {
		require.Equal(w.t, http.StatusOK, w.post(e), "%s is acknowledged", e.typ)
		w.drain()
	}
}

// deliverTogether posts all events before any of them is worked off.
func (w *world) deliverTogether(events ...event) {
	w.t.Helper()
	for _, e := range events {
		require.Equal(w.t, http.StatusOK, w.post(e), "%s is acknowledged", e.typ)
	}
	w.drain()
}

func (w *world) drain() {
	w.t.Helper()
	require.NoError(w.t, w.svc.Drain(w.t.Context()))
}

// settle works off also what has to be tried again, for a day.
func (w *world) settle() {
	w.t.Helper()
	w.drain()
	for range 48 {
		w.pass(30 * time.Minute)
		w.drain()
	}
}

func (w *world) object(k billing.Kind, id string) billing.Object {
	w.t.Helper()
	o, err := w.store.Object(w.t.Context(), billing.Key{Kind: k, Ref: billing.Ref{ID: id}})
	require.NoError(w.t, err, "%s %s is mirrored", k, id)
	return o
}

func (w *world) absent(k billing.Kind, id string) {
	w.t.Helper()
	_, err := w.store.Object(w.t.Context(), billing.Key{Kind: k, Ref: billing.Ref{ID: id}})
	require.ErrorIs(w.t, err, frontdesk.NotFound, "%s %s is not mirrored", k, id)
}

func (w *world) sub(id string) *billing.Subscription {
	w.t.Helper()
	return w.object(billing.KindSubscription, id).(*billing.Subscription)
}

func (w *world) invoice(id string) *billing.Invoice {
	w.t.Helper()
	return w.object(billing.KindInvoice, id).(*billing.Invoice)
}

func (w *world) payment(id string) *billing.Payment {
	w.t.Helper()
	return w.object(billing.KindPayment, id).(*billing.Payment)
}

func (w *world) checkout(id string) *billing.CheckoutSession {
	w.t.Helper()
	return w.object(billing.KindCheckout, id).(*billing.CheckoutSession)
}

func (w *world) count(k billing.Kind) int {
	w.t.Helper()
	page, err := w.store.Objects(w.t.Context(), billing.ObjectFilter{Kind: k, Limit: 500})
	require.NoError(w.t, err)
	return len(page.Objects)
}

// inbox returns the event's row.
func (w *world) inbox(providerID string) billing.Event {
	w.t.Helper()
	found := w.inboxAll(providerID)
	require.Len(w.t, found, 1, "%s has one inbox row", providerID)
	return found[0]
}

func (w *world) inboxAll(providerID string) []billing.Event {
	w.t.Helper()
	all, err := w.store.Events(w.t.Context(), billing.EventFilter{Limit: 500})
	require.NoError(w.t, err)
	return slices.DeleteFunc(all, func(e billing.Event) bool { return e.ProviderID != providerID })
}

// tells requires that exactly these changes were told, each once, in any order,
// and that the outbox has a row for each. A change is "name object".
func (w *world) tells(changes ...string) {
	w.t.Helper()
	require.ElementsMatch(w.t, changes, w.toldSoFar(), "changes told")
	all, err := w.store.Effects(w.t.Context(), billing.EffectFilter{Limit: 500})
	require.NoError(w.t, err)
	rows := map[string]bool{}
	for _, e := range all {
		require.Equal(w.t, billing.EffectDone, e.State, "outbox row %s", e.Name)
		rows[e.Name+" "+e.Object.ID] = true
	}
	for _, c := range changes {
		require.True(w.t, rows[c], "%s has an outbox row", c)
	}
}

func (w *world) toldSoFar() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, c := range w.told {
		all = append(all, label(c))
	}
	return all
}

// label is "name object" of a change, from its key "name/[account/]kind:object/step".
func label(c billing.Change) string {
	name, rest, _ := strings.Cut(c.Key(), "/")
	_, object, _ := strings.Cut(rest, ":")
	id, _, _ := strings.Cut(object, "/")
	return name + " " + id
}

// times counts how often the change was told.
func (w *world) times(change string) int {
	n := 0
	for _, c := range w.toldSoFar() {
		if c == change {
			n++
		}
	}
	return n
}

// admin is a context in which an administrator acts.
func (w *world) admin() context.Context {
	return frontdesk.WithActor(w.t.Context(), frontdesk.Admin("root", frontdesk.Origin{}))
}

// as is a context in which the client acts.
func (w *world) as(client string) context.Context {
	return frontdesk.WithActor(w.t.Context(), frontdesk.Client(client, frontdesk.Origin{}))
}

// expert is a context in which the expert acts.
func (w *world) expert(id string) context.Context {
	return frontdesk.WithActor(w.t.Context(), frontdesk.Expert(id, frontdesk.Origin{}))
}

// permutations yields all orders of 0..n-1.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{{}}
	}
	var all [][]int
	for _, p := range permutations(n - 1) {
		for i := range n {
			all = append(all, slices.Insert(slices.Clone(p), i, n-1))
		}
	}
	return all
}
