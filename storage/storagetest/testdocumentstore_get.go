package storagetest

import (
	"bytes"
	"errors"
	"io"
	"math"

	"github.com/frontdesk-go/frontdesk/storage"
)

var getRules = []rule{
	{"a range is as in HTTP, and goes to the end at most", checkRanges},
	{"a range that begins beyond the end is Invalid", checkBeyond},
	{"an empty object has an empty content, and nothing beyond", checkEmptyRanges},
	{"an object that is read in part is described as a whole", checkPartDescribed},
	{"a body that is closed early harms nothing", checkClosedEarly},
	{"many read at the same time", checkConcurrentReads},
}

func checkRanges(t *storeTest) {
	c := content(30, 10_000)
	stored := t.put(c, t.options(c))
	for _, r := range []struct {
		storage.Range
		want []byte
	}{
		{storage.Range{}, c},
		{storage.Range{Length: 1}, c[:1]},
		{storage.Range{Offset: 1}, c[1:]},
		{storage.Range{Offset: 5, Length: 10}, c[5:15]},
		{storage.Range{Offset: 9999}, c[9999:]},
		{storage.Range{Offset: 9999, Length: 100}, c[9999:]},
		{storage.Range{Length: math.MaxInt64}, c},
		{storage.Range{Offset: 4000, Length: math.MaxInt64}, c[4000:]},
		{storage.Range{Offset: -1}, c[9999:]},
		{storage.Range{Offset: -10, Length: 3}, c[9990:9993]},
		{storage.Range{Offset: -10, Length: 300}, c[9990:]},
		{storage.Range{Offset: -20_000}, c},
		{storage.Range{Offset: math.MinInt64, Length: 7}, c[:7]},
	} {
		if got := t.read(stored.ID, r.Range); !bytes.Equal(got, r.want) {
			t.Errorf("%+v selects %d bytes that are not the %d it should", r.Range, len(got), len(r.want))
		}
	}
}

// beyond checks that the range is refused.
func (t *storeTest) beyond(id string, r storage.Range) {
	t.Helper()
	_, _, err := t.store.Get(t.ctx, id, r)
	t.names(err, "range")
}

func checkBeyond(t *storeTest) {
	c := content(31, 100)
	stored := t.put(c, t.options(c))
	t.beyond(stored.ID, storage.Range{Offset: 100})
	t.beyond(stored.ID, storage.Range{Offset: 101, Length: 5})
	t.beyond(stored.ID, storage.Range{Offset: math.MaxInt64, Length: math.MaxInt64})
	t.beyond(stored.ID, storage.Range{Length: -1})
	t.holds(stored.ID, c)
}

func checkEmptyRanges(t *storeTest) {
	stored := t.put(nil, t.options(nil))
	for _, r := range []storage.Range{{}, {Length: 5}, {Offset: -5}, {Offset: -5, Length: 2}} {
		equal(t, "how much there is", len(t.read(stored.ID, r)), 0)
	}
	t.beyond(stored.ID, storage.Range{Offset: 1})
}

func checkPartDescribed(t *storeTest) {
	c := content(32, 100)
	o := t.options(c)
	stored := t.put(c, o)
	body, described, err := t.store.Get(t.ctx, stored.ID, storage.Range{Offset: 5, Length: 10})
	t.done(err)
	t.done(body.Close())
	t.is(described, c, o)
}

func checkClosedEarly(t *storeTest) {
	c := content(33, 6<<20)
	stored := t.put(c, t.options(c))
	body, _, err := t.store.Get(t.ctx, stored.ID, storage.Range{})
	t.done(err)
	_, err = io.ReadFull(body, make([]byte, 10))
	t.done(errors.Join(err, body.Close()))
	t.holds(stored.ID, c)
}

func checkConcurrentReads(t *storeTest) {
	c := content(34, 1<<20)
	stored := t.put(c, t.options(c))
	failed := make(chan error)
	for i := range 8 {
		go func() {
			body, _, err := t.store.Get(t.ctx, stored.ID, storage.Range{Offset: int64(i)})
			if err != nil {
				failed <- err
				return
			}
			got, err := io.ReadAll(body)
			if !bytes.Equal(got, c[i:]) {
				err = errors.Join(err, errors.New("it is other content"))
			}
			failed <- errors.Join(err, body.Close())
		}()
	}
	for range 8 {
		if err := <-failed; err != nil {
			t.Errorf("reading failed with %v", err)
		}
	}
}

var deleteRules = []rule{
	{"what is deleted is not found", checkDeleted},
	{"deleting twice is no error", checkDeletedTwice},
	{"deleting leaves the others", checkDeleteOthers},
}

func checkDeleted(t *storeTest) {
	c := content(35, 10)
	stored := t.put(c, t.options(c))
	t.done(t.store.Delete(t.ctx, stored.ID))
	t.gone(stored.ID, "it was deleted")
	t.count(0, "it was deleted")
}

func checkDeletedTwice(t *storeTest) {
	stored := t.put(nil, t.options(nil))
	t.done(t.store.Delete(t.ctx, stored.ID))
	t.done(t.store.Delete(t.ctx, stored.ID))
	t.done(t.store.Delete(t.ctx, t.newID()))
}

func checkDeleteOthers(t *storeTest) {
	c := content(36, 10)
	first, second := t.put(c, t.options(c)), t.put(c, t.options(c))
	t.done(t.store.Delete(t.ctx, first.ID))
	t.holds(second.ID, c)
	t.count(1, "one of two was deleted")
}
