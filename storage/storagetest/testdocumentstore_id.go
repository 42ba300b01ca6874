package storagetest

import (
	"bytes"
	"sync"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var idRules = []rule{
	{"ids are given once, before anything is stored under them", checkNewIDs},
	{"a put that is repeated with its id is one object", checkRepeatedPut},
	{"puts of one id at the same time are one object", checkConcurrentRepeats},
	{"other content under an id is AlreadyExists, and what is stored stays", checkOtherContent},
	{"a repeated put that is wrong spoils nothing", checkWrongRepeat},
}

func checkNewIDs(t *storeTest) {
	first, second := t.newID(), t.newID()
	equal(t, "whether they are the same", first == second, false)
	t.gone(first, "nothing was stored")
	t.count(0, "nothing was stored")
}

func checkRepeatedPut(t *storeTest) {
	for i, size := range []int64{0, 1000, 6 << 20} {
		c := content(20, size)
		o := t.options(c)
		o.ID = t.newID()
		first, second := t.put(c, o), t.put(c, o)
		equal(t, "whether the repeated one has the same time", second.CreatedAt.Equal(first.CreatedAt), true)
		t.holds(o.ID, c)
		t.count(i+1, "a repeated put is the same put")
	}
}

func checkConcurrentRepeats(t *storeTest) {
	c := content(21, 100<<10)
	o := t.options(c)
	o.ID = t.newID()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := t.store.Put(t.ctx, bytes.NewReader(c), o); err != nil {
				t.Errorf("failed with %v", err)
			}
		})
	}
	all.Wait()
	t.holds(o.ID, c)
	t.count(1, "all of them are the same put")
}

func checkOtherContent(t *storeTest) {
	for _, size := range []int64{1000, 6 << 20} {
		c, other := content(22, size), content(23, size)
		o := t.options(c)
		o.ID = t.newID()
		t.put(c, o)
		_, err := t.store.Put(t.ctx, bytes.NewReader(other), o)
		t.refused(err, frontdesk.AlreadyExists, "the id was used for other content")
		o.Size = 0
		_, err = t.store.Put(t.ctx, bytes.NewReader(nil), o)
		t.refused(err, frontdesk.AlreadyExists, "the id was used for other content")
		t.holds(o.ID, c)
	}
}

func checkWrongRepeat(t *storeTest) {
	c := content(24, 1000)
	o := t.options(c)
	o.ID = t.newID()
	t.put(c, o)
	wrong := []struct {
		body []byte
		code frontdesk.Code
		sum  []byte
	}{
		{c[:999], frontdesk.Invalid, nil},
		{c, frontdesk.Aborted, checksum(nil)},
	}
	for _, w := range wrong {
		o := storage.PutOptions{ID: o.ID, Name: o.Name, ContentType: o.ContentType, Size: o.Size, SHA256: w.sum}
		_, err := t.store.Put(t.ctx, bytes.NewReader(w.body), o)
		t.refused(err, w.code, "the content is not as it should be")
		t.holds(o.ID, c)
	}
}
