package billing_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing"
)

// Workers of several processes take the same events in any order, and get in each
// other's way as much as they can.
func TestWorkers(t *testing.T) {
	t.Run("many workers at once bring every event to rest, and tell each change once", func(t *testing.T) {
		everywhere(t, func(w *world) {
			story := crowd(w)
			shuffled := rand.New(rand.NewPCG(1, 2)).Perm(len(story))
			for _, i := range shuffled {
				require.Equal(w.t, 200, w.post(story[i]))
			}
			other := w.over(w.store)
			var all sync.WaitGroup
			for i := range 6 {
				svc := []*billing.Service{w.svc, other}[i%2]
				all.Go(func() {
					if err := svc.Drain(w.t.Context()); err != nil {
						w.t.Errorf("worker %d: %v", i, err)
					}
				})
			}
			all.Wait()
			w.settle()
			requireRest(w, story)
			require.Equal(w.t, billing.SubscriptionStatusCanceled, w.sub("sub_gone").Status)
			want := []string{"customer.deleted cus_gone", "subscription.canceled sub_gone"}
			if w.times("subscription.activated sub_gone") == 1 {
				want = append(want, "subscription.activated sub_gone")
			}
			for i := range 6 {
				require.Equal(w.t, billing.SubscriptionStatusActive, w.sub(fmt.Sprint("sub_", i)).Status)
				want = append(want, fmt.Sprint("subscription.activated sub_", i), fmt.Sprint("invoice.paid in_", i))
			}
			duplicates := 0
			for _, c := range w.toldSoFar() {
				if len(c) > 22 && c[:22] == "subscription.duplicate" {
					duplicates++
				}
			}
			require.Equal(w.t, 6*5/2, duplicates, "each pair once")
			require.Subset(w.t, w.toldSoFar(), want)
			require.Len(w.t, w.toldSoFar(), len(want)+duplicates)
		})
	})
}

// crowd is six subscriptions of one client, and a customer who goes.
func crowd(w *world) []event {
	w.owns("gone", "cus_gone")
	gone := object{"customer": "cus_gone"}
	w.provider.has(object{"id": "cus_gone", "object": "customer", "deleted": true}, subscription("sub_gone", "canceled", gone))
	story := []event{
		happened(1, "customer.subscription.created", subscription("sub_gone", "active", gone)),
		happened(8, "customer.subscription.deleted", subscription("sub_gone", "canceled", gone)),
		happened(9, "customer.deleted", customer("cus_gone")),
	}
	for i := range 6 {
		id := fmt.Sprint("sub_", i)
		active := subscription(id, "active", object{"created": at(i).Unix()})
		paid := invoice(fmt.Sprint("in_", i), "paid", object{"subscription": id})
		w.provider.has(active, paid)
		story = append(story,
			happened(1, "customer.subscription.created", active.but(object{"status": "incomplete"})),
			happened(2, "customer.subscription.updated", active), happened(3, "customer.subscription.updated", active),
			happened(2, "invoice.paid", paid), happened(2, "invoice.payment_succeeded", paid),
		)
	}
	return story
}

func requireRest(w *world, story []event) {
	w.t.Helper()
	for _, e := range story {
		require.Equal(w.t, billing.EventDone, w.inbox(e.id).State, e.id)
	}
}
