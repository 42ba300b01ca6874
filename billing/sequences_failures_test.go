package billing_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

var errDown = frontdesk.Errorf(frontdesk.Unavailable, "down")

// flaky is a store some of whose methods fail on demand, also in transactions.
type flaky struct {
	billing.Store
	fail *atomic.Pointer[func(method string) error]
}

func newFlaky(st billing.Store) flaky {
	return flaky{st, new(atomic.Pointer[func(string) error])}
}

// failsOn makes the method fail with err until it is called with nil.
func (f flaky) failsOn(method string, err error) {
	fail := func(m string) error {
		if m == method {
			return err
		}
		return nil
	}
	f.fail.Store(&fail)
}

func (f flaky) asked(method string) error {
	if fail := f.fail.Load(); fail != nil {
		return (*fail)(method)
	}
	return nil
}

func (f flaky) InTx(ctx context.Context, fn func(billing.Store) error) error {
	return f.Store.InTx(ctx, func(tx billing.Store) error { return fn(flaky{tx, f.fail}) })
}

func (f flaky) AddEvents(ctx context.Context, events ...billing.Event) error {
	if err := f.asked("AddEvents"); err != nil {
		return err
	}
	return f.Store.AddEvents(ctx, events...)
}

func (f flaky) PutObject(ctx context.Context, o billing.Object) error {
	if err := f.asked("PutObject"); err != nil {
		return err
	}
	return f.Store.PutObject(ctx, o)
}

func (f flaky) AddEffect(ctx context.Context, e billing.Effect) (bool, error) {
	if err := f.asked("AddEffect"); err != nil {
		return false, err
	}
	return f.Store.AddEffect(ctx, e)
}

func (f flaky) FinishOperation(ctx context.Context, id string, state billing.OperationState, result string) error {
	if err := f.asked("FinishOperation"); err != nil {
		return err
	}
	return f.Store.FinishOperation(ctx, id, state, result)
}

func TestFailures(t *testing.T) {
	active := subscription("sub_1", "active")
	u := happened(1, "customer.subscription.updated", active)

	t.Run("db_down_at_ingest: what was not stored is not acknowledged", func(t *testing.T) {
		everywhere(t, func(w *world) {
			st := newFlaky(w.store)
			w.handler = handlerOf(w.over(st))
			st.failsOn("AddEvents", errDown)
			require.Equal(w.t, http.StatusInternalServerError, w.post(u))
			st.failsOn("", nil)
			require.Equal(w.t, http.StatusOK, w.post(u))
		})
	})
	t.Run("db_down_at_ingest: a crash between row and effect leaves neither", func(t *testing.T) {
		everywhere(t, func(w *world) {
			st := newFlaky(w.store)
			w.svc = w.over(st)
			w.provider.has(active)
			require.Equal(w.t, http.StatusOK, w.post(u))
			st.failsOn("AddEffect", frontdesk.Errorf(frontdesk.Internal, "crash"))
			w.drain()
			w.absent(billing.KindSubscription, "sub_1")
			st.failsOn("", nil)
			w.settle()
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("db_down_at_ingest: a panic in a worker is recorded and tried again", func(t *testing.T) {
		reading(t, func(w *world) {
			w.provider.has(active)
			w.provider.failsWith(func(billing.Key) error { panic("sk_live_secret") })
			w.deliver(u)
			row := w.inbox(u.id)
			require.Equal(w.t, billing.EventFailed, row.State)
			require.Contains(w.t, row.LastError, "panic")
			require.NotContains(w.t, row.LastError, "sk_live_secret")
			require.NotContains(w.t, w.logs.String(), "sk_live_secret")
			w.provider.failsWith(nil)
			w.settle()
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("db_down_at_ingest: a panic while a payload is read does not end its batch", func(t *testing.T) {
		fromPayloads(t, func(w *world) {
			bad := u.again("evt_bad")
			w.provider.breaks(func(e billing.Event) error {
				if e.ProviderID == bad.id {
					panic("sk_live_secret")
				}
				return nil
			})
			w.deliverTogether(bad, u)
			require.Equal(w.t, billing.EventDone, w.inbox(u.id).State)
			require.Equal(w.t, billing.EventFailed, w.inbox(bad.id).State)
			require.NotContains(w.t, w.inbox(bad.id).LastError, "sk_live_secret")
		})
	})
	t.Run("db_down_at_ingest: a hook that panics is asked again with the same key", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(active)
			var keys []string
			w.hook = func(c billing.Change) error {
				if keys = append(keys, c.Key()); len(keys) < 3 {
					panic(c)
				}
				return nil
			}
			w.deliver(u)
			w.settle()
			require.Len(w.t, keys, 3)
			require.Equal(w.t, keys[0], keys[1])
			require.Equal(w.t, keys[0], keys[2])
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("a hook that refuses for ever is dead after all tries, and holds up no other", func(t *testing.T) {
		for _, code := range []frontdesk.Code{frontdesk.Internal, frontdesk.Aborted} {
			reading(t, func(w *world) {
				asked := 0
				w.hook = func(c billing.Change) error {
					if strings.Contains(c.Key(), "sub_1") {
						asked++
						return frontdesk.Errorf(code, "no")
					}
					return nil
				}
				w.provider.has(active, subscription("sub_2", "incomplete_expired"))
				w.deliver(u, happened(2, "customer.subscription.updated", subscription("sub_2", "incomplete_expired")))
				require.Equal(w.t, []string{"subscription.canceled sub_2"}, w.toldSoFar())
				w.settle()
				require.Equal(w.t, 15, asked)
				dead, err := w.svc.Effects(w.admin(), billing.EffectFilter{States: []billing.EffectState{billing.EffectDead}})
				require.NoError(w.t, err)
				require.Len(w.t, dead, 1)
			})
		}
	})
	t.Run("a hook that has run while the process was stopped is not run again", func(t *testing.T) {
		reading(t, func(w *world) {
			w.provider.has(active)
			require.Equal(w.t, http.StatusOK, w.post(u))
			ctx, stop := context.WithCancel(w.t.Context())
			w.hook = func(billing.Change) error { stop(); return nil }
			_ = w.svc.Drain(ctx) // it is stopped
			w.pass(time.Hour)
			w.settle()
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("reread_errors: of an object that the provider has never shown, the payload is believed, without a retry", func(t *testing.T) {
		reading(t, func(w *world) {
			w.deliver(u)
			require.Equal(w.t, billing.EventDone, w.inbox(u.id).State)
			require.Equal(w.t, "active", w.sub("sub_1").State())
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("reread_errors: an object that the provider does not have any more is deleted, without a retry", func(t *testing.T) {
		reading(t, func(w *world) {
			w.provider.has(active)
			w.deliver(u)
			w.provider.forgets(active)
			again := u.again("evt_again")
			w.deliver(again)
			require.Equal(w.t, billing.EventDone, w.inbox(again.id).State)
			require.True(w.t, w.sub("sub_1").Deleted)
			ok, err := w.svc.Entitled(w.as("acme"), "acme")
			require.NoError(w.t, err)
			require.False(w.t, ok, "nobody pays for it")
			w.provider.has(active)
			w.deliver(u.again("evt_back"))
			require.False(w.t, w.sub("sub_1").Deleted, "it can be read again")
			w.tells("subscription.activated sub_1")
		})
	})
	t.Run("reread_errors: the end that a payload shows is believed of an object that has gone", func(t *testing.T) {
		reading(t, func(w *world) {
			w.provider.has(active)
			w.deliver(u)
			w.provider.forgets(active)
			w.deliver(happened(9, "customer.subscription.deleted", subscription("sub_1", "canceled")))
			require.Equal(w.t, billing.SubscriptionStatusCanceled, w.sub("sub_1").Status)
			w.tells("subscription.activated sub_1", "subscription.canceled sub_1")
		})
	})
	t.Run("reread_errors: a deleted draft is a deleted row, whatever is told later", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.has(invoice("in_1", "draft"))
			w.deliver(happened(5, "invoice.created", invoice("in_1", "draft")))
			w.provider.forgets(invoice("in_1", "draft"))
			w.deliver(happened(5, "invoice.deleted", invoice("in_1", "draft")), happened(5, "invoice.updated", invoice("in_1", "draft")))
			require.True(w.t, w.invoice("in_1").Deleted)
			require.Equal(w.t, "deleted", w.invoice("in_1").State())
		})
	})
	t.Run("reread_errors: a provider that is busy is asked later, as late as it says, and others are not held up", func(t *testing.T) {
		reading(t, func(w *world) {
			w.provider.has(active, subscription("sub_2", "active"))
			w.provider.failsWith(func(k billing.Key) error {
				if k.ID == "sub_1" {
					return &frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: 10 * time.Minute}
				}
				return nil
			})
			w.deliver(u, happened(2, "customer.subscription.updated", subscription("sub_2", "active")))
			w.tells("subscription.activated sub_2")
			require.Equal(w.t, w.now().Add(10*time.Minute), w.inbox(u.id).NextAt)
			w.provider.failsWith(nil)
			w.pass(10*time.Minute - time.Second)
			w.drain()
			require.Equal(w.t, billing.EventFailed, w.inbox(u.id).State, "not before")
			w.pass(time.Second)
			w.drain()
			require.Equal(w.t, billing.EventDone, w.inbox(u.id).State)
		})
	})
	t.Run("reread_errors: the waits double, with jitter, up to an hour", func(t *testing.T) {
		with(t, billing.Options{MaxAttempts: 14}, func(w *world) {
			w.provider.failsWith(func(billing.Key) error { return errDown })
			w.deliver(u)
			for attempt, most := 1, 2*time.Second; attempt < 14; attempt, most = attempt+1, min(2*most, time.Hour) {
				row := w.inbox(u.id)
				wait := row.NextAt.Sub(w.now())
				require.Equal(w.t, attempt, row.Attempts)
				require.GreaterOrEqual(w.t, wait, most/2, "attempt %d", attempt)
				require.LessOrEqual(w.t, wait, most, "attempt %d", attempt)
				w.pass(wait)
				w.drain()
			}
			require.Equal(w.t, billing.EventDead, w.inbox(u.id).State)
			require.Contains(w.t, w.logs.String(), "event is dead")
		})
	})
	t.Run("poison_isolation: one event that always fails does not hold up a thousand", func(t *testing.T) {
		for _, mode := range []billing.Options{{PayloadOnly: true}, {}} {
			testPoison(newWorld(t, billingtest.NewStore(), mode), 1000)
			testPoison(newWorld(t, emptyPostgres(t).Billing(), mode), 200)
			testPoison(newWorld(t, open(t, storetest.SQLite(t)).Billing(), mode), 100)
		}
	})
	t.Run("an event whose worker always dies is dead after all tries", func(t *testing.T) {
		with(t, billing.Options{MaxAttempts: 3}, func(w *world) {
			w.provider.has(active)
			require.Equal(w.t, http.StatusOK, w.post(u))
			id := w.inbox(u.id).ID
			for range 3 {
				_, err := w.store.TakeEvent(w.t.Context(), id, billing.Lease{Token: "dead", Now: w.now(), Until: w.now().Add(time.Minute)})
				require.NoError(w.t, err)
				w.pass(2 * time.Minute)
			}
			w.drain()
			require.Equal(w.t, billing.EventDead, w.inbox(u.id).State)
		})
	})
	t.Run("a worker that has lost its lease writes nothing and leaves the event to the other", func(t *testing.T) {
		reading(t, func(w *world) {
			w.provider.has(active)
			slow := true
			w.provider.failsWith(func(billing.Key) error {
				if slow { // while this one sleeps, another one does the work
					slow = false
					w.provider.has(subscription("sub_1", "past_due"))
					w.pass(3 * time.Minute)
					w.drain()
					w.provider.has(active)
				}
				return nil
			})
			w.deliver(u)
			require.Equal(w.t, billing.EventDone, w.inbox(u.id).State)
			require.Equal(w.t, billing.SubscriptionStatusPastDue, w.sub("sub_1").Status, "the fence held")
		})
	})
	t.Run("an event that stands in line for its object loses no attempt", func(t *testing.T) {
		fromPayloads(t, func(w *world) {
			l := billing.Lease{Token: "other", Now: w.now(), Until: w.now().Add(time.Hour)}
			require.NoError(w.t, w.store.Lock(w.t.Context(), "subscription:sub_1", l))
			w.deliver(u)
			row := w.inbox(u.id)
			require.Equal(w.t, billing.EventFailed, row.State)
			require.Zero(w.t, row.Attempts)
			w.pass(2 * time.Hour)
			w.drain()
			w.tells("subscription.activated sub_1")
		})
	})
}

func testPoison(w *world, others int) {
	w.t.Helper()
	w.owns("acme", "cus_1")
	var events []billing.Event
	add := func(e event) {
		body := e.body()
		parsed, err := w.provider.ParseWebhook(http.Header{"Stripe-Signature": {w.sign(body)}}, body, w.now())
		require.NoError(w.t, err)
		parsed.State, parsed.ReceivedAt = billing.EventReceived, w.now()
		events = append(events, parsed)
	}
	poison := happened(1, "customer.subscription.updated", subscription("sub_p", "incomplete"))
	add(poison)
	for i := range others {
		o := subscription(fmt.Sprintf("sub_%d", i), "incomplete")
		w.provider.has(o)
		add(happened(1, "customer.subscription.created", o))
	}
	require.NoError(w.t, w.store.AddEvents(w.t.Context(), events...))
	w.provider.breaks(func(e billing.Event) error {
		if e.ProviderID == poison.id {
			return frontdesk.Errorf(frontdesk.Invalid, "cannot be read")
		}
		return nil
	})
	w.drain()
	done, err := w.store.Events(w.t.Context(), billing.EventFilter{States: []billing.EventState{billing.EventReceived, billing.EventFailed, billing.EventDead}})
	require.NoError(w.t, err)
	require.Len(w.t, done, 1, "all but the poison have been processed")
	require.Equal(w.t, min(others, 500), w.count(billing.KindSubscription), "one page of them")
	w.settle()
	row := w.one(billing.EventDead)
	require.Equal(w.t, poison.id, row.ProviderID)
	require.Equal(w.t, 15, row.Attempts)

	w.provider.breaks(nil)
	w.provider.has(subscription("sub_p", "active"))
	poison.object = subscription("sub_p", "active")
	for range 2 {
		require.NoError(w.t, w.svc.Replay(w.admin(), row.ID))
		w.drain()
		e, err := w.store.Event(w.t.Context(), row.ID)
		require.NoError(w.t, err)
		require.Equal(w.t, billing.EventDone, e.State)
	}
	require.LessOrEqual(w.t, len(w.toldSoFar()), 1)
}

// one returns the only inbox row in the state.
func (w *world) one(state billing.EventState) billing.Event {
	w.t.Helper()
	all, err := w.store.Events(w.t.Context(), billing.EventFilter{States: []billing.EventState{state}})
	require.NoError(w.t, err)
	require.Len(w.t, all, 1)
	return all[0]
}
