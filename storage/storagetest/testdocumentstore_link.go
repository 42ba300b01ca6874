package storagetest

import (
	"bytes"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var linkRules = []rule{
	{"whoever has a link reads the object until it expires", checkLink},
	{"a link ends with its object", checkLinkDeleted},
	{"a link to what is not there is NotFound, and one of no duration is Invalid", checkLinkArguments},
	{"what is shared is read by whoever has the URL until that is taken back", checkShare},
	{"sharing twice is the same, and taking back twice is no error", checkShareTwice},
	{"a shared URL ends with its object", checkShareDeleted},
	{"sharing what is not there is NotFound", checkShareMissing},
}

// opens checks that a stranger reads the content at the URL.
func (t *storeTest) opens(url string, want []byte) {
	t.Helper()
	got, err := t.harness.Visit(t.ctx, url)
	t.done(err)
	if !bytes.Equal(got, want) {
		t.Errorf("the URL gives %d bytes that are not the %d of the object", len(got), len(want))
	}
}

// closed checks that a stranger reads nothing at the URL.
func (t *storeTest) closed(url, why string) {
	t.Helper()
	if _, err := t.harness.Visit(t.ctx, url); err == nil {
		t.Errorf("the URL can still be read: %s", why)
	}
}

func checkLink(t *storeTest) {
	linker := ability[storage.Linker](t)
	t.needs(t.harness.Advance != nil)
	c := content(90, 1000)
	stored := t.put(c, t.options(c))
	short, err := linker.Link(t.ctx, stored.ID, time.Minute)
	t.done(err)
	long, err := linker.Link(t.ctx, stored.ID, time.Hour)
	t.done(err)
	t.opens(short, c)
	t.opens(long, c)
	t.harness.Advance(2 * time.Minute)
	t.closed(short, "it was for a minute")
	t.opens(long, c)
	t.holds(stored.ID, c)
}

func checkLinkDeleted(t *storeTest) {
	linker := ability[storage.Linker](t)
	stored := t.put(nil, t.options(nil))
	url, err := linker.Link(t.ctx, stored.ID, time.Hour)
	t.done(err)
	t.done(t.store.Delete(t.ctx, stored.ID))
	t.closed(url, "the object was deleted")
}

func checkLinkArguments(t *storeTest) {
	linker := ability[storage.Linker](t)
	stored := t.put(nil, t.options(nil))
	for _, valid := range []time.Duration{0, -time.Second} {
		_, err := linker.Link(t.ctx, stored.ID, valid)
		t.names(err, "valid")
	}
	t.done(t.store.Delete(t.ctx, stored.ID))
	_, err := linker.Link(t.ctx, stored.ID, time.Hour)
	t.refused(err, frontdesk.NotFound, "the object was deleted")
}

func checkShare(t *storeTest) {
	sharer := ability[storage.Sharer](t)
	c := content(91, 1000)
	stored := t.put(c, t.options(c))
	url, err := sharer.Share(t.ctx, stored.ID)
	t.done(err)
	t.opens(url, c)
	t.done(sharer.Unshare(t.ctx, stored.ID))
	t.closed(url, "sharing was taken back")
	t.holds(stored.ID, c)
}

func checkShareTwice(t *storeTest) {
	sharer := ability[storage.Sharer](t)
	c := content(92, 1000)
	stored := t.put(c, t.options(c))
	t.done(sharer.Unshare(t.ctx, stored.ID))
	first, err := sharer.Share(t.ctx, stored.ID)
	t.done(err)
	second, err := sharer.Share(t.ctx, stored.ID)
	t.done(err)
	equal(t, "the second URL", second, first)
	for range 2 {
		t.done(sharer.Unshare(t.ctx, stored.ID))
		t.closed(first, "sharing was taken back")
	}
}

func checkShareDeleted(t *storeTest) {
	sharer := ability[storage.Sharer](t)
	stored := t.put(nil, t.options(nil))
	url, err := sharer.Share(t.ctx, stored.ID)
	t.done(err)
	t.done(t.store.Delete(t.ctx, stored.ID))
	t.closed(url, "the object was deleted")
}

func checkShareMissing(t *storeTest) {
	sharer := ability[storage.Sharer](t)
	stored := t.put(nil, t.options(nil))
	t.done(t.store.Delete(t.ctx, stored.ID))
	_, err := sharer.Share(t.ctx, stored.ID)
	t.refused(err, frontdesk.NotFound, "the object was deleted")
}
