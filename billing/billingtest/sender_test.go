package billingtest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// mailbox keeps what it receives, and refuses it while err is set.
type mailbox struct {
	mu       sync.Mutex
	fake     *billingtest.Provider
	err      error
	received []billing.Event
	headers  []string
	drained  int
	onDrain  func()
}

func (m *mailbox) Receive(_ context.Context, header http.Header, body []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, err := m.fake.ParseWebhook(header, body, m.fake.Now())
	if err != nil || m.err != nil {
		return errors.Join(err, m.err)
	}
	m.received = append(m.received, e)
	m.headers = append(m.headers, header.Get("Stripe-Signature"))
	return nil
}

func (m *mailbox) Drain(context.Context) error {
	m.drained++
	if m.onDrain != nil {
		m.onDrain()
	}
	return nil
}

func (m *mailbox) ids() []string {
	var ids []string
	for _, e := range m.received {
		ids = append(ids, e.ProviderID)
	}
	return ids
}

func newMailbox() *mailbox {
	m := &mailbox{fake: billingtest.NewProvider()}
	m.fake.SendTo(m)
	return m
}

// customers makes n customers, each an event.
func (m *mailbox) customers(t *testing.T, n int) {
	t.Helper()
	for range n {
		key := fmt.Sprint("customer ", m.fake.Calls("CreateCustomer"))
		_, err := m.fake.CreateCustomer(t.Context(), write(key), billing.CustomerParams{})
		require.NoError(t, err)
	}
}

// deleteFirst deletes the customer of the first event, on the provider's side.
func (m *mailbox) deleteFirst(t *testing.T) {
	t.Helper()
	e, err := wire.ParseEvent(m.received[0].Payload)
	require.NoError(t, err)
	require.NoError(t, m.fake.DeleteCustomer(e.Object.Ref))
}

func undelivered(t *testing.T, fake *billingtest.Provider) []string {
	t.Helper()
	var ids []string
	for e, err := range fake.ListEvents(t.Context(), billing.ProviderEventFilter{Undelivered: true}) {
		require.NoError(t, err)
		ids = append(ids, e.ProviderID)
	}
	return ids
}

func TestSending(t *testing.T) {
	t.Run("every event is signed with the secret and the provider's time", func(t *testing.T) {
		m := newMailbox()
		m.customers(t, 3)
		require.Len(t, m.received, 3)
		for i, e := range m.received {
			require.NoError(t, wire.Verify(m.headers[i], e.Payload, []string{m.fake.WebhookSecret()}, m.fake.Now()))
			require.Error(t, wire.Verify(m.headers[i], e.Payload, []string{"whsec_other"}, m.fake.Now()))
		}
		require.Empty(t, undelivered(t, m.fake))
	})
	t.Run("events from before there was a receiver are not sent", func(t *testing.T) {
		m := &mailbox{fake: billingtest.NewProvider()}
		m.customers(t, 1)
		m.fake.SendTo(m)
		m.customers(t, 1)
		require.Len(t, m.received, 1)
		require.Len(t, undelivered(t, m.fake), 1)
	})
	t.Run("an event that is refused stays undelivered until Deliver", func(t *testing.T) {
		m := newMailbox()
		m.err = frontdesk.Unavailable
		m.customers(t, 1)
		require.ErrorIs(t, m.fake.DeliveryErr(), frontdesk.Unavailable)
		require.Len(t, undelivered(t, m.fake), 1)
		require.ErrorIs(t, m.fake.Deliver(billingtest.Delivery{}), frontdesk.Unavailable)
		m.err = nil
		require.NoError(t, m.fake.Deliver(billingtest.Delivery{}))
		require.Len(t, m.received, 1)
		require.Empty(t, undelivered(t, m.fake))
	})
	t.Run("what a request causes is worked off with what happens next", func(t *testing.T) {
		m := newMailbox()
		m.customers(t, 1)
		require.Zero(t, m.drained)
		m.deleteFirst(t)
		require.Equal(t, 1, m.drained)
	})
	t.Run("a receiver may call the provider, and its events follow", func(t *testing.T) {
		m := newMailbox()
		m.customers(t, 1)
		m.onDrain = func() {
			if m.drained == 1 {
				m.customers(t, 1)
				require.Len(t, m.received, 2, "one delivery ends before the next begins")
			}
		}
		m.deleteFirst(t)
		require.Len(t, m.received, 3)
	})
	t.Run("the clock shows the moment of the event while it is delivered", func(t *testing.T) {
		fake, _ := subscribed(t, nil)
		m := &mailbox{fake: fake}
		fake.SendTo(m)
		m.onDrain = func() {
			require.Equal(t, m.received[len(m.received)-1].Created, fake.Now())
		}
		fake.Advance(70 * day)
		require.NotEmpty(t, m.received)
	})
	t.Run("without a receiver Deliver fails", func(t *testing.T) {
		m := &mailbox{fake: billingtest.NewProvider()}
		m.customers(t, 1)
		require.ErrorIs(t, m.fake.Deliver(billingtest.Delivery{}), frontdesk.FailedPrecondition)
	})
	t.Run("an endpoint that answers 200 acknowledges, and any other status does not", func(t *testing.T) {
		for name, send := range map[string]func(*billingtest.Provider, http.Handler){
			"handler": func(p *billingtest.Provider, h http.Handler) { p.SendHTTP(h) },
			"url": func(p *billingtest.Provider, h http.Handler) {
				server := httptest.NewServer(h)
				t.Cleanup(server.Close)
				p.SendURL(server.URL+"/webhooks", server.Client())
			},
		} {
			fake, status := billingtest.NewProvider(), http.StatusServiceUnavailable
			send(fake, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err == nil {
					_, err = fake.ParseWebhook(r.Header, body, fake.Now())
				}
				if err != nil || r.Method != http.MethodPost {
					t.Errorf("%s: %s %v", name, r.Method, err)
				}
				w.WriteHeader(status)
			}))
			fake.AddCustomer(billing.Ref{ID: "cus_1"}, billing.CustomerParams{})
			require.Len(t, undelivered(t, fake), 1, name)
			status = http.StatusOK
			require.NoError(t, fake.Deliver(billingtest.Delivery{}), name)
			require.Empty(t, undelivered(t, fake), name)
		}
	})
}

func TestDelivery(t *testing.T) {
	held := func(t *testing.T) (*mailbox, []string) {
		m := newMailbox()
		m.fake.Hold()
		m.customers(t, 4)
		require.Empty(t, m.received)
		ids := undelivered(t, m.fake)
		slices.Reverse(ids) // a list has the newest first
		return m, ids
	}
	t.Run("it is in sequence by default", func(t *testing.T) {
		m, ids := held(t)
		require.NoError(t, m.fake.Deliver(billingtest.Delivery{}))
		require.Equal(t, ids, m.ids())
	})
	t.Run("it can be reversed", func(t *testing.T) {
		m, ids := held(t)
		require.NoError(t, m.fake.Deliver(billingtest.Delivery{Reverse: true}))
		slices.Reverse(ids)
		require.Equal(t, ids, m.ids())
	})
	t.Run("a seed shuffles it the same way each time", func(t *testing.T) {
		a, ids := held(t)
		b, _ := held(t)
		require.NoError(t, a.fake.Deliver(billingtest.Delivery{Shuffle: 4}))
		require.NoError(t, b.fake.Deliver(billingtest.Delivery{Shuffle: 4}))
		require.Equal(t, a.ids(), b.ids())
		require.NotEqual(t, ids, a.ids())
		require.ElementsMatch(t, ids, a.ids())
	})
	t.Run("copies follow after all were sent once", func(t *testing.T) {
		m, ids := held(t)
		require.NoError(t, m.fake.Deliver(billingtest.Delivery{Copies: 2}))
		require.Equal(t, slices.Repeat(ids, 3), m.ids())
	})
	t.Run("what is dropped stays undelivered", func(t *testing.T) {
		m, ids := held(t)
		drop := func(e billing.Event) bool { return e.ProviderID == ids[1] }
		require.NoError(t, m.fake.Deliver(billingtest.Delivery{Drop: drop}))
		require.Equal(t, ids[1:2], undelivered(t, m.fake))
		require.NotContains(t, m.ids(), ids[1])
	})
	t.Run("it has the shape of a version", func(t *testing.T) {
		m, _ := held(t)
		require.NoError(t, m.fake.Deliver(billingtest.Delivery{APIVersion: "2026-08-26.dahlia"}))
		require.Equal(t, "2026-08-26.dahlia", m.received[0].APIVersion)
	})
}

func TestParseWebhook(t *testing.T) {
	t.Run("an event of the other mode is skipped", func(t *testing.T) {
		live := billingtest.NewProviderWith(&billingtest.ProviderOptions{Livemode: true})
		live.AddCustomer(billing.Ref{ID: "cus_1"}, billing.CustomerParams{})
		header, body, err := live.Webhook(live.Events()[0].ProviderID, "")
		require.NoError(t, err)
		e, err := billingtest.NewProvider().ParseWebhook(header, body, live.Now())
		require.NoError(t, err)
		require.NotEmpty(t, e.Skip)
	})
	t.Run("events name their account", func(t *testing.T) {
		fake := billingtest.NewProvider()
		fake.AddCustomer(billing.Ref{Account: "acct_nina", ID: "cus_1"}, billing.CustomerParams{})
		require.Equal(t, "acct_nina", fake.Events()[0].Account)
		require.Equal(t, "acct_nina/customer:cus_1", fake.Events()[0].Object.String())
	})
}
