package billingtest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// TestStore checks every promise of billing.Store. Open is called once per rule
// and returns a store in which there is nothing; what must be closed, it leaves
// to t.Cleanup.
//
//	func TestStore(t *testing.T) {
//		billingtest.TestStore(t, func(t *testing.T) billing.Store { return mystore.New(t.TempDir()) })
//	}
func TestStore(t *testing.T, open func(t *testing.T) billing.Store) {
	groups := []struct {
		name  string
		rules []storeRule
	}{
		{"Inbox", inboxRules},
		{"Inbox lists", inboxListRules},
		{"Outbox", outboxRules},
		{"Mirror", mirrorRules},
		{"Mirror lists", mirrorListRules},
		{"Links", linkRules},
		{"Account links", accountLinkRules},
		{"Ledger", ledgerRules},
		{"Ledger balances", balanceRules},
		{"Locks", lockRules},
		{"Operations", operationRules},
		{"Transactions", txRules},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) { testRules(t, open, g.rules) })
	}
	for _, q := range queues {
		t.Run(q.name, func(t *testing.T) { testQueue(t, open, q) })
	}
}

// storeRule is one promise, and how to find out whether it is kept.
type storeRule struct {
	promise string
	check   func(*storeTest)
}

func testRules(t *testing.T, open func(t *testing.T) billing.Store, rules []storeRule) {
	for _, r := range rules {
		t.Run(r.promise, func(t *testing.T) {
			r.check(&storeTest{T: t, ctx: t.Context(), store: open(t)})
		})
	}
}

// storeTest is one rule under test.
type storeTest struct {
	*testing.T
	ctx   context.Context
	store billing.Store
}

// need ends the test if the call failed, which the rule did not expect.
func (t *storeTest) need(err error, call string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s must succeed here, and failed: %v", call, err)
	}
}

// refused checks that the call failed with the code, for the reason given.
func (t *storeTest) refused(err error, code frontdesk.Code, reason string) {
	t.Helper()
	if err == nil {
		t.Errorf("succeeded, want %s: %s", code, reason)
	} else if got := frontdesk.CodeOf(err); got != code {
		t.Errorf("failed with %s (%v), want %s: %s", got, err, code, reason)
	}
}

// same checks one value against what the rule asks for.
func same[T comparable](t *storeTest, what string, got, want T, rule string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v: %s", what, got, want, rule)
	}
}

// sameText is same for values that are compared by how they print.
func sameText(t *storeTest, what string, got, want any, rule string) {
	t.Helper()
	same(t, what, fmt.Sprint(got), fmt.Sprint(want), rule)
}

// sameTime checks the moment, and that it comes in UTC.
func sameTime(t *storeTest, what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s is %v, want %v: times are kept with at least microseconds, and zero times as zero", what, got, want)
	}
	if got.Location() != time.UTC {
		t.Errorf("%s is in %v, want UTC: times are kept in UTC", what, got.Location())
	}
}

// noon is when the tests play: with microseconds, for they must be kept.
var noon = time.Date(2026, time.March, 1, 12, 0, 0, 123456000, time.UTC)

// india is noon in a zone that the store must not keep.
var india = noon.In(time.FixedZone("IST", 19800))

// lease is a claim of one minute, made at the time.
func lease(token string, at time.Time) billing.Lease {
	return billing.Lease{Token: token, Now: at, Until: at.Add(time.Minute)}
}

const contenders = 32

// contend runs fn for each contender at once and returns what they got.
func contend[T any](fn func(i int) T) []T {
	results, start := make([]T, contenders), make(chan struct{})
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			<-start
			results[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	return results
}

// oneWinner checks that one contender had no error and all others are Aborted.
func oneWinner(t *storeTest, errs []error, rule string) {
	t.Helper()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		t.refused(err, frontdesk.Aborted, "whoever loses the race is told so")
	}
	same(t, "the number of winners", won, 1, rule)
}
