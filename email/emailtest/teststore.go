package emailtest

import (
	"context"
	"fmt"
	"net/mail"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// TestStore checks every promise of email.Store. Open is called once per rule and
// returns a store in which there is nothing; what must be closed, it leaves to
// t.Cleanup.
//
//	func TestStore(t *testing.T) {
//		emailtest.TestStore(t, func(t *testing.T) email.Store { return mystore.New(t.TempDir()) })
//	}
func TestStore(t *testing.T, open func(t *testing.T) email.Store) {
	groups := []struct {
		name  string
		rules []storeRule
	}{
		{"Messages", messageRules},
		{"Queue", queueRules},
		{"Settling", settleRules},
		{"Parking", parkRules},
		{"Log", logRules},
		{"Events", eventRules},
		{"Pruning", pruneRules},
		{"Suppressions", suppressionRules},
		{"Transactions", txRules},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, r := range g.rules {
				t.Run(r.promise, func(t *testing.T) {
					r.check(&storeTest{T: t, ctx: t.Context(), store: open(t)})
				})
			}
		})
	}
}

// storeRule is one promise, and how to find out whether it is kept.
type storeRule struct {
	promise string
	check   func(*storeTest)
}

// storeTest is one rule under test.
type storeTest struct {
	*testing.T
	ctx   context.Context
	store email.Store
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
	same(t, what, fmt.Sprintf("%q", got), fmt.Sprintf("%q", want), rule)
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
func lease(token string, at time.Time) email.Lease {
	return email.Lease{Token: token, Now: at, Until: at.Add(time.Minute)}
}

const post = "post" // the name of the suite's provider

// newMessage is the n-th message and its entry: queued, and due at noon.
func newMessage(n int) (email.Entry, email.Message) {
	m := email.Message{
		From: mail.Address{Name: "Frontdesk", Address: "desk@example.com"},
		To:   []mail.Address{{Name: "Ada", Address: fmt.Sprintf("Ada%d@example.com", n)}},
		Bcc:  []mail.Address{{Address: "archive@example.com"}}, ReplyTo: []mail.Address{{Address: "help@example.com"}},
		Subject: fmt.Sprintf("Message %d", n), Text: "Olá 😀\n", HTML: "<p>Olá</p>",
		Headers: map[string]string{"X-Topic": "one"}, Tags: map[string]string{"kind": "test"}, Key: fmt.Sprintf("key-%d", n),
		Attachments: []email.Attachment{textFile("note.txt", fmt.Sprint("note ", n))},
	}
	return email.Entry{
		Key: m.Key, Template: "receipt", Client: "acme", Provider: post, From: m.From, To: m.To, Bcc: m.Bcc, Subject: m.Subject,
		Status: email.StatusQueued, CreatedAt: noon, NextAt: noon,
	}, m
}

// add stores the n-th message.
func (t *storeTest) add(n int) int64 {
	t.Helper()
	e, m := newMessage(n)
	return t.put(e, m)
}

func (t *storeTest) put(e email.Entry, m email.Message) int64 {
	t.Helper()
	id, _, err := t.store.AddMessage(t.ctx, e, m)
	t.need(err, "AddMessage")
	return id
}

func (t *storeTest) take(id int64, token string, at time.Time) *email.Entry {
	t.Helper()
	e, err := t.store.TakeMessage(t.ctx, id, post, lease(token, at))
	t.need(err, "TakeMessage")
	return e
}

func (t *storeTest) settle(id int64, s email.Settlement) []email.Event {
	t.Helper()
	events, err := t.store.SettleMessage(t.ctx, id, s)
	t.need(err, "SettleMessage")
	return events
}

// send takes the message through to the provider.
func (t *storeTest) send(id int64, providerID string) []email.Event {
	t.Helper()
	t.take(id, "worker", noon)
	return t.settle(id, sentAs(providerID))
}

func sentAs(providerID string) email.Settlement {
	return email.Settlement{
		Lease: "worker", At: noon.Add(time.Second), Outcome: email.OutcomeSent, Status: email.StatusSent, ProviderID: providerID,
	}
}

func deferredUntil(at time.Time) email.Settlement {
	return email.Settlement{
		Lease: "worker", At: noon.Add(time.Second), Outcome: email.OutcomeDeferred, Code: "unavailable", Error: "try later",
		Status: email.StatusQueued, NextAt: at,
	}
}

func (t *storeTest) log(id int64) *email.Log {
	t.Helper()
	log, err := t.store.Log(t.ctx, id)
	t.need(err, "Log")
	return log
}

func (t *storeTest) due(at time.Time) []int64 {
	t.Helper()
	ids, err := t.store.DueMessages(t.ctx, post, at, 100)
	t.need(err, "DueMessages")
	return ids
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
