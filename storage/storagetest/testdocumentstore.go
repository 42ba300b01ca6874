package storagetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// Harness is a store under test, empty, and what its provider can be made to do. Rules
// about what it cannot do are left out.
type Harness struct {
	Store storage.DocumentStore

	// Advance moves the clock by which links end and listings come to know what is there.
	Advance func(time.Duration)
	// ListLag is how long a listing may be behind. Default: not at all.
	ListLag time.Duration
	// Part is after how many bytes PutResumable saves its state. Default 8 MiB.
	Part int64
	// Visit reads a URL as a stranger does. Default: a GET, that fails unless it is answered with 200.
	Visit func(ctx context.Context, url string) ([]byte, error)

	// FailNext makes the next put fail for good, retries included, with the answer that the
	// store is to turn into err's code, and its RetryAfter where the code is RateLimited.
	FailNext func(err error)
	// Refusals are the codes that FailNext can bring about. Default: Unauthenticated,
	// PermissionDenied, RateLimited, QuotaExceeded and Unavailable.
	Refusals []frontdesk.Code
	// LoseNext makes the provider store the next content and cuts the connection before
	// the answer.
	LoseNext func()
	// CorruptNext changes the next content on its way to the provider.
	CorruptNext func()
	// SetFull fills the provider, or makes room again.
	SetFull func(full bool)
}

// TestDocumentStore checks every promise of storage.DocumentStore, and of the abilities
// that the store has. Open is called once per rule and returns a store that holds
// nothing; what must be closed, it leaves to t.Cleanup.
//
//	func TestStore(t *testing.T) {
//		storagetest.TestDocumentStore(t, func(t *testing.T) storagetest.Harness {
//			store, err := localdir.New(t.TempDir(), nil)
//			if err != nil {
//				t.Fatal(err)
//			}
//			return storagetest.Harness{Store: store}
//		})
//	}
func TestDocumentStore(t *testing.T, open func(t *testing.T) Harness) {
	groups := []struct {
		name  string
		rules []rule
	}{
		{"Putting", putRules},
		{"Content", contentRules},
		{"Arguments", argumentRules},
		{"IDs", idRules},
		{"Getting", getRules},
		{"Deleting", deleteRules},
		{"Listing", listingRules},
		{"Folders", folderRules},
		{"Failing", failRules},
		{"Resuming", resumeRules},
		{"Copying", copyRules},
		{"Links", linkRules},
		{"Probing", probeRules},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, r := range g.rules {
				t.Run(r.promise, func(t *testing.T) { r.check(newStoreTest(t, open(t))) })
			}
		})
	}
}

// rule is one promise, and how to find out whether it is kept.
type rule struct {
	promise string
	check   func(*storeTest)
}

// storeTest is one rule under test.
type storeTest struct {
	*testing.T
	ctx     context.Context
	harness Harness
	store   storage.DocumentStore
	made    int
}

func newStoreTest(t *testing.T, h Harness) *storeTest {
	if h.Part == 0 {
		h.Part = 8 << 20
	}
	if h.Visit == nil {
		h.Visit = visit
	}
	return &storeTest{T: t, ctx: t.Context(), harness: h, store: h.Store}
}

func visit(ctx context.Context, url string) ([]byte, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// ability is the store as one with the ability; without it the rule is left out.
func ability[A any](t *storeTest) A {
	t.Helper()
	a, has := t.store.(A)
	if !has {
		t.Skip("the store does not have the ability")
	}
	return a
}

// needs leaves the rule out when the harness cannot bring it about.
func (t *storeTest) needs(can bool) {
	t.Helper()
	if !can {
		t.Skip("the provider cannot be made to do it")
	}
}

// content is n bytes that look random and differ with the seed.
func content(seed uint64, n int64) []byte {
	source := rand.NewPCG(seed, 0)
	b := make([]byte, 0, n+8)
	for int64(len(b)) < n {
		b = binary.LittleEndian.AppendUint64(b, source.Uint64())
	}
	return b[:n:n]
}

func checksum(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}

// options describe the content, under a name of their own.
func (t *storeTest) options(content []byte) storage.PutOptions {
	t.made++
	return storage.PutOptions{
		Name: fmt.Sprintf("Document %d.bin", t.made), ContentType: "application/octet-stream", Size: int64(len(content)),
	}
}

// identified are options with an id of their own, if the store gives ids.
func (t *storeTest) identified(content []byte) storage.PutOptions {
	t.Helper()
	o := t.options(content)
	if _, can := t.store.(storage.Identifier); can {
		o.ID = t.newID()
	}
	return o
}

func (t *storeTest) newID() string {
	t.Helper()
	id, err := ability[storage.Identifier](t).NewID(t.ctx)
	t.done(err)
	return id
}

// put stores content, which must succeed.
func (t *storeTest) put(content []byte, o storage.PutOptions) *storage.Object {
	t.Helper()
	stored, err := t.store.Put(t.ctx, bytes.NewReader(content), o)
	t.done(err)
	t.is(stored, content, o)
	return stored
}

// is checks that the object is what was put.
func (t *storeTest) is(got *storage.Object, content []byte, o storage.PutOptions) {
	t.Helper()
	equal(t, "whether it has an id", got.ID != "", true)
	if o.ID != "" {
		equal(t, "the id", got.ID, o.ID)
	}
	equal(t, "the folder", got.Folder, o.Folder)
	equal(t, "the name", got.Name, o.Name)
	equal(t, "the media type", got.ContentType, o.ContentType)
	equal(t, "the size", got.Size, int64(len(content)))
	equal(t, "the checksum", fmt.Sprintf("%x", got.SHA256), fmt.Sprintf("%x", checksum(content)))
	equal(t, "the provider's own type", got.Native, "")
	if !maps.Equal(got.Metadata, o.Metadata) {
		t.Errorf("the metadata is %q, want %q", got.Metadata, o.Metadata)
	}
	t.dated(got)
}

func (t *storeTest) dated(o *storage.Object) {
	t.Helper()
	equal(t, "whether it has a time", o.CreatedAt.IsZero(), false)
	equal(t, "the zone", o.CreatedAt.Location(), time.UTC)
	equal(t, "the zone", o.ModifiedAt.Location(), time.UTC)
	equal(t, "whether it was modified before it was created", o.ModifiedAt.Before(o.CreatedAt), false)
}

// read is what a range selects, which must succeed.
func (t *storeTest) read(id string, r storage.Range) []byte {
	t.Helper()
	body, _, err := t.store.Get(t.ctx, id, r)
	t.done(err)
	got, err := io.ReadAll(body)
	t.done(errors.Join(err, body.Close()))
	return got
}

// holds checks that the object can be read, and is the content.
func (t *storeTest) holds(id string, want []byte) {
	t.Helper()
	if got := t.read(id, storage.Range{}); !bytes.Equal(got, want) {
		t.Errorf("the object holds %d bytes that are not the %d that were put", len(got), len(want))
	}
}

// gone checks that nothing can be read under the id.
func (t *storeTest) gone(id, why string) {
	t.Helper()
	_, err := t.store.Stat(t.ctx, id)
	t.refused(err, frontdesk.NotFound, why)
	_, _, err = t.store.Get(t.ctx, id, storage.Range{})
	t.refused(err, frontdesk.NotFound, why)
}

// settle lets time pass until listings know all that is there.
func (t *storeTest) settle() {
	if t.harness.ListLag > 0 {
		t.harness.Advance(t.harness.ListLag)
	}
}

// list are the objects of a folder, each once.
func (t *storeTest) list(folder string) map[string]*storage.Object {
	t.Helper()
	t.settle()
	objects := map[string]*storage.Object{}
	for o, err := range t.store.List(t.ctx, folder) {
		t.done(err)
		if objects[o.ID] != nil {
			t.Errorf("%s is listed twice", o.ID)
		}
		objects[o.ID] = o
	}
	return objects
}

// count checks how many objects there are in all.
func (t *storeTest) count(want int, why string) {
	t.Helper()
	if got := len(t.list("")); got != want {
		t.Errorf("there are %d objects, want %d: %s", got, want, why)
	}
}

// nothing checks that what was put with the options has left nothing.
func (t *storeTest) nothing(o storage.PutOptions, why string) {
	t.Helper()
	if o.ID != "" {
		t.gone(o.ID, why)
	}
	t.count(0, why)
}

// done ends the test if a call that should have succeeded did not.
func (t *storeTest) done(err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("must succeed here, and failed with %v: %v", frontdesk.CodeOf(err), err)
	}
}

// refused checks that a call failed with the code.
func (t *storeTest) refused(err error, code frontdesk.Code, why string) {
	t.Helper()
	if got := frontdesk.CodeOf(err); err == nil || got != code {
		t.Errorf("failed with %v (%v), want %v: %s", got, err, code, why)
	}
}

// names checks that a call failed with Invalid and complains of the field.
func (t *storeTest) names(err error, field string) {
	t.Helper()
	t.refused(err, frontdesk.Invalid, "the field "+field+" is wrong")
	if !slices.ContainsFunc(frontdesk.Fields(err), func(f frontdesk.Field) bool { return f.Name == field }) {
		t.Errorf("the error complains of %v, want %q", frontdesk.Fields(err), field)
	}
}

// equal checks one value against what the rule asks for.
func equal[T comparable](t *storeTest, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}
