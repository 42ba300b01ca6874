package storagetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// TestStore checks every promise of storage.Store. Open is called once per rule and
// returns a store in which there is nothing; what must be closed, it leaves to
// t.Cleanup.
//
//	func TestStore(t *testing.T) {
//		storagetest.TestStore(t, func(t *testing.T) storage.Store { return mystore.New(t.TempDir()) })
//	}
func TestStore(t *testing.T, open func(t *testing.T) storage.Store) {
	groups := []struct {
		name  string
		rules []rowsRule
	}{
		{"Documents", documentRules},
		{"Versions", versionRules},
		{"Lists", listRules},
		{"Quotas", quotaRules},
		{"Removing", removeRules},
		{"Queue", queueRules},
		{"Settling", settleRules},
		{"Clients", clientRules},
		{"Receipts", receiptRules},
		{"Transactions", txRules},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, r := range g.rules {
				t.Run(r.promise, func(t *testing.T) {
					r.check(&rowsTest{T: t, ctx: t.Context(), store: open(t)})
				})
			}
		})
	}
}

// rowsRule is one promise, and how to find out whether it is kept.
type rowsRule struct {
	promise string
	check   func(*rowsTest)
}

// rowsTest is one rule under test.
type rowsTest struct {
	*testing.T
	ctx   context.Context
	store storage.Store
}

// need ends the test if the call failed, which the rule did not expect.
func (t *rowsTest) need(err error, call string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s must succeed here, and failed: %v", call, err)
	}
}

// refused checks that the call failed with the code, for the reason given.
func (t *rowsTest) refused(err error, code frontdesk.Code, reason string) {
	t.Helper()
	if err == nil {
		t.Errorf("succeeded, want %s: %s", code, reason)
	} else if got := frontdesk.CodeOf(err); got != code {
		t.Errorf("failed with %s (%v), want %s: %s", got, err, code, reason)
	}
}

// equals checks one value against what the rule asks for.
func equals[T comparable](t *rowsTest, what string, got, want T, rule string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v: %s", what, got, want, rule)
	}
}

// prints is equals for values that are compared by how they print.
func prints(t *rowsTest, what string, got, want any, rule string) {
	t.Helper()
	equals(t, what, fmt.Sprintf("%v", got), fmt.Sprintf("%v", want), rule)
}

// moment checks the time, and that it comes in UTC.
func (t *rowsTest) moment(what string, got, want time.Time) {
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

// shelf is the name of the suite's document store.
const shelf = "shelf"

// newDocument is the n-th document of the client acme and its version, which is queued
// and due at noon.
func newDocument(n int) (storage.Document, storage.Version) {
	by := storage.By{ID: "grace", Role: frontdesk.RoleAdmin}
	d := storage.Document{
		ID: fmt.Sprintf("d%04d", n), Client: "acme", Key: fmt.Sprintf("key-%d", n), Title: fmt.Sprintf("Título %d 😀", n), Folder: "Verträge", By: by,
		Status: storage.StatusPending, Visibility: storage.Private, CreatedAt: noon, UpdatedAt: noon,
	}
	return d, newVersionOf(d.ID, n)
}

func newVersionOf(document string, n int) storage.Version {
	return storage.Version{
		Document: document, Client: "acme", Name: fmt.Sprintf("file %d.pdf", n), ContentType: "application/pdf", Size: 100, SHA256: []byte{0, 1, 0xff},
		By: storage.By{ID: "grace", Role: frontdesk.RoleAdmin}, CreatedAt: india, State: storage.StateQueued,
		Transfer: storage.Transfer{Store: shelf, Spool: fmt.Sprintf("spool%d", n), NextAt: noon},
	}
}

// add stores the n-th document.
func (t *rowsTest) add(n int) *storage.Document {
	t.Helper()
	d, v := newDocument(n)
	return t.put(d, v)
}

func (t *rowsTest) put(d storage.Document, v storage.Version) *storage.Document {
	t.Helper()
	there, added, err := t.store.AddDocument(t.ctx, d, v, 0)
	t.need(err, "AddDocument")
	equals(t, "whether the document is new", added, true, "there was none with its key")
	return there
}

// revise stores another version of a document.
func (t *rowsTest) revise(id string, n int) *storage.Document {
	t.Helper()
	d, err := t.store.AddVersion(t.ctx, newVersionOf(id, n), 0, agree)
	t.need(err, "AddVersion")
	return d
}

// agree changes nothing.
func agree(*storage.Document) error { return nil }

func (t *rowsTest) document(id string) *storage.Document {
	t.Helper()
	d, err := t.store.Document(t.ctx, id)
	t.need(err, "Document")
	return d
}

func (t *rowsTest) version(id int64) *storage.Version {
	t.Helper()
	v, err := t.store.Version(t.ctx, id)
	t.need(err, "Version")
	return v
}

// lease is a claim of one minute, made at the time.
func leaseAt(token string, at time.Time) storage.Lease {
	return storage.Lease{Token: token, Now: at, Until: at.Add(time.Minute)}
}

func (t *rowsTest) take(id int64, token string, at time.Time) *storage.Version {
	t.Helper()
	v, err := t.store.TakeVersion(t.ctx, id, shelf, leaseAt(token, at))
	t.need(err, "TakeVersion")
	return v
}

func (t *rowsTest) settle(id int64, s storage.Settlement) {
	t.Helper()
	t.need(t.store.SettleVersion(t.ctx, id, s), "SettleVersion")
}

// stored is how an attempt of the worker ends that has stored the object.
func storedAs(object string) storage.Settlement {
	return storage.Settlement{Lease: "worker", At: noon.Add(time.Second), State: storage.StateStored, ObjectID: object, Done: 100}
}

// deferredUntil is how an attempt of the worker ends that is to be repeated.
func deferredUntil(at time.Time) storage.Settlement {
	return storage.Settlement{
		Lease: "worker", At: noon.Add(time.Second), State: storage.StateQueued, NextAt: at, ObjectID: "o1", Spool: "spool1", Session: []byte{0, 0xff}, Done: 7,
		ScannedAt: noon, Error: "try later",
	}
}

// keep takes the version through to the document store.
func (t *rowsTest) keep(id int64, object string) {
	t.Helper()
	t.take(id, "worker", noon)
	t.settle(id, storedAs(object))
}

func (t *rowsTest) due(at time.Time) []int64 {
	t.Helper()
	ids, err := t.store.DueVersions(t.ctx, shelf, at, 100)
	t.need(err, "DueVersions")
	return ids
}

func (t *rowsTest) usage() storage.Usage {
	t.Helper()
	u, err := t.store.Usage(t.ctx, shelf, "acme")
	t.need(err, "Usage")
	return u
}

// oneOf checks that one contender had no error and all others have the code.
func oneOf(t *rowsTest, errs []error, code frontdesk.Code, rule string) {
	t.Helper()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		t.refused(err, code, "whoever loses the race is told so")
	}
	equals(t, "the number of winners", won, 1, rule)
}
