package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var putRules = []rule{
	{"the store has a name", checkStoreName},
	{"what is put is read byte by byte, whatever its size", checkSizes},
	{"the size need not be known", checkUnknownSize},
	{"a body that is too short leaves nothing", checkTooShort},
	{"a body that is too long leaves nothing", checkTooLong},
	{"a body that fails in the middle leaves nothing", checkBrokenBody},
	{"a context that has ended leaves nothing", checkEndedContext},
	{"a context that ends in the middle leaves nothing", checkEndingContext},
	{"content with the checksum that was given is stored", checkRightChecksum},
	{"content with another checksum is Aborted and leaves nothing", checkWrongChecksum},
	{"progress ends with the size", checkProgress},
	{"puts at the same time do not disturb each other", checkConcurrentPuts},
	{"an id is needed to find anything", checkEmptyID},
}

func checkStoreName(t *storeTest) {
	if t.store.Name() == "" {
		t.Error("the name is empty")
	}
}

// sizes are around what providers take in one piece, and where buffers end.
var sizes = []int64{0, 1, 4095, 64 << 10, 256<<10 + 1, 5_000_000, 5_000_001, 5 << 20, 5<<20 + 1}

func checkSizes(t *storeTest) {
	for _, n := range sizes {
		c := content(1, n)
		t.holds(t.put(c, t.options(c)).ID, c)
	}
	t.count(len(sizes), "each was put once")
}

func checkUnknownSize(t *storeTest) {
	for _, n := range sizes {
		c := content(2, n)
		o := t.options(c)
		o.Size = -1
		stored, err := t.store.Put(t.ctx, io.MultiReader(bytes.NewReader(c)), o)
		t.done(err)
		t.is(stored, c, o)
		t.holds(stored.ID, c)
	}
}

// wrongSize puts bodies that are off by the difference.
func (t *storeTest) wrongSize(difference int64) {
	t.Helper()
	for _, n := range []int64{1, 64 << 10, 5<<20 + 1} {
		c := content(3, n)
		o := t.identified(c)
		o.Size = n + difference
		_, err := t.store.Put(t.ctx, bytes.NewReader(c), o)
		t.names(err, "size")
		t.nothing(o, "a part of a document is no document")
	}
}

func checkTooShort(t *storeTest) { t.wrongSize(+1) }
func checkTooLong(t *storeTest)  { t.wrongSize(-1) }

// halfOf is half of content of the size, or some of a size that is not known.
func halfOf(seed uint64, size int64) []byte {
	if size < 0 {
		size = 12 << 20
	}
	return content(seed, size/2)
}

func checkBrokenBody(t *storeTest) {
	for _, size := range []int64{64 << 10, 6 << 20, -1} {
		half := halfOf(4, size)
		o := t.identified(half)
		o.Size = size
		_, err := t.store.Put(t.ctx, failing(half), o)
		if !errors.Is(err, errDeliberate) {
			t.Errorf("failed with %v, want the body's own error within reach", err)
		}
		equal(t, "whether it may have been stored", frontdesk.CodeOf(err) == frontdesk.OutcomeUnknown, false)
		t.nothing(o, "half a document is no document")
	}
}

func checkEndedContext(t *storeTest) {
	ctx, cancel := context.WithCancel(t.ctx)
	cancel()
	o := t.identified(nil)
	_, err := t.store.Put(ctx, untouched(t.T), o)
	t.refused(err, frontdesk.Canceled, "the caller has gone")
	t.nothing(o, "the caller had gone before")
}

func checkEndingContext(t *storeTest) {
	for _, size := range []int64{64 << 10, 6 << 20, -1} {
		ctx, cancel := context.WithCancel(t.ctx)
		half := halfOf(5, size)
		o := t.identified(half)
		o.Size = size
		_, err := t.store.Put(ctx, canceling(half, cancel), o)
		t.refused(err, frontdesk.Canceled, "the caller has gone")
		t.nothing(o, "half a document is no document")
	}
}

func checkRightChecksum(t *storeTest) {
	for _, size := range []int64{0, 1000, 6 << 20} {
		c := content(6, size)
		o := t.options(c)
		o.SHA256 = checksum(c)
		t.holds(t.put(c, o).ID, c)
	}
}

func checkWrongChecksum(t *storeTest) {
	for _, size := range []int64{0, 1000, 6 << 20} {
		c := content(7, size)
		o := t.identified(c)
		o.SHA256 = checksum([]byte("other content"))
		_, err := t.store.Put(t.ctx, bytes.NewReader(c), o)
		t.refused(err, frontdesk.Aborted, "the content changed on its way")
		t.nothing(o, "what is not as it was meant is not kept")
	}
}

func checkProgress(t *storeTest) {
	for _, size := range []int64{1, 64 << 10, 6 << 20} {
		c := content(8, size)
		o := t.options(c)
		var last int64
		o.Progress = func(done int64) { last = done }
		t.put(c, o)
		equal(t, "the last that was told", last, size)
	}
}

func checkConcurrentPuts(t *storeTest) {
	const puts = 16
	var all sync.WaitGroup
	for i := range puts {
		c := content(uint64(i), 100<<10)
		o := t.options(c)
		all.Go(func() {
			stored, err := t.store.Put(t.ctx, bytes.NewReader(c), o)
			if err != nil {
				t.Errorf("put %d failed: %v", i, err)
				return
			}
			body, _, err := t.store.Get(t.ctx, stored.ID, storage.Range{})
			if err != nil {
				t.Errorf("get %d failed: %v", i, err)
				return
			}
			defer body.Close()
			if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, c) {
				t.Errorf("object %d is not what was put: %v", i, err)
			}
		})
	}
	all.Wait()
	t.count(puts, "each was put once")
}

func checkEmptyID(t *storeTest) {
	_, err := t.store.Stat(t.ctx, "")
	t.names(err, "id")
	_, _, err = t.store.Get(t.ctx, "", storage.Range{})
	t.names(err, "id")
	t.names(t.store.Delete(t.ctx, ""), "id")
}

var contentRules = []rule{
	{"names of all characters but control ones are kept as they are", checkNames},
	{"two objects of one name in one folder are two", checkSameNames},
	{"media types are kept with their parameters", checkContentTypes},
	{"metadata is kept up to its limits", checkMetadata},
	{"what changes the result of a call changes nothing that is stored", checkAliasing},
}

// hardNames mean something to paths, queries, shells, browsers or Windows.
var hardNames = []string{
	`O'Brien \`, "😀 Öz 山田.pdf", "' or trashed = true or name = '", ".", "..", "../../etc/passwd", "/", `C:\CON`, "NUL", "con.txt",
	" leading and trailing ", "a\u2028b", "\u202Efdp.exe", "e\u0301 is not \u00e9", "%2e%2e%2f", "<script>", `"quoted"; filename=x`, "*?|", strings.Repeat("x", storage.MaxName), strings.Repeat("é", 127),
}

func checkNames(t *storeTest) {
	folder, err := t.store.EnsureFolder(t.ctx, "client:7", "Client 7")
	t.done(err)
	for i, name := range hardNames {
		c := content(uint64(i), 10)
		o := t.options(c)
		o.Name, o.Folder = name, folder
		stored := t.put(c, o)
		read, err := t.store.Stat(t.ctx, stored.ID)
		t.done(err)
		t.is(read, c, o)
		t.holds(stored.ID, c)
	}
	equal(t, "how many the folder has", len(t.list(folder)), len(hardNames))
}

func checkSameNames(t *storeTest) {
	folder, err := t.store.EnsureFolder(t.ctx, "client:7", "Client 7")
	t.done(err)
	one, two := []byte("one"), []byte("two")
	o := t.options(one)
	o.Folder = folder
	first, second := t.put(one, o), t.put(two, o)
	equal(t, "whether they have one id", first.ID == second.ID, false)
	t.holds(first.ID, one)
	t.done(t.store.Delete(t.ctx, first.ID))
	t.gone(first.ID, "it was deleted")
	t.holds(second.ID, two)
}

func checkContentTypes(t *storeTest) {
	for _, contentType := range []string{"application/pdf", "text/plain; charset=utf-8", "image/svg+xml", "application/vnd.ms-excel"} {
		o := t.options(nil)
		o.ContentType = contentType
		t.put(nil, o)
	}
}

// fullMetadata is as much as is allowed, in awkward characters.
func fullMetadata() map[string]string {
	m := map[string]string{"client": "7", "empty": "", "é \"'\\": "ü=& 山 😀"}
	for i := len(m); i < storage.MaxMetadata; i++ {
		key := fmt.Sprintf("key-%d", i)
		m[key] = strings.Repeat("v", storage.MaxMetadataPair-len(key))
	}
	return m
}

func checkMetadata(t *storeTest) {
	c := content(9, 10)
	o := t.options(c)
	o.Metadata = fullMetadata()
	stored := t.put(c, o)
	read, err := t.store.Stat(t.ctx, stored.ID)
	t.done(err)
	t.is(read, c, o)
	t.is(t.list("")[stored.ID], c, o)
}

func checkAliasing(t *storeTest) {
	c := content(10, 10)
	o := t.options(c)
	o.Metadata = map[string]string{"a": "b"}
	stored := t.put(c, o)
	stored.Metadata["a"], stored.SHA256[0] = "c", stored.SHA256[0]+1
	read, err := t.store.Stat(t.ctx, stored.ID)
	t.done(err)
	t.is(read, c, o)
	o.Metadata["a"] = "d"
	read, err = t.store.Stat(t.ctx, stored.ID)
	t.done(err)
	equal(t, "the metadata", read.Metadata["a"], "b")
}
