package storagetest

import (
	"bytes"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var failRules = []rule{
	{"every refusal has its code, stores nothing, and spoils nothing", checkCodes},
	{"a rate limit says when to try again", checkRetryAfter},
	{"content that changes on its way is Aborted and leaves nothing", checkCorrupted},
	{"a put whose answer is lost is one object when it is put again", checkLost},
	{"a store that is full takes nothing until there is room, and can be read", checkFull},
}

var allRefusals = []frontdesk.Code{
	frontdesk.Unauthenticated, frontdesk.PermissionDenied, frontdesk.RateLimited, frontdesk.QuotaExceeded, frontdesk.Unavailable,
}

func (t *storeTest) refusals() []frontdesk.Code {
	if t.harness.Refusals == nil {
		return allRefusals
	}
	return t.harness.Refusals
}

func checkCodes(t *storeTest) {
	t.needs(t.harness.FailNext != nil)
	for i, code := range t.refusals() {
		c := content(50, 1000)
		o := t.identified(c)
		t.harness.FailNext(code)
		_, err := t.store.Put(t.ctx, bytes.NewReader(c), o)
		t.refused(err, code, "the provider said so")
		t.count(i, "what is refused is not stored")
		t.holds(t.put(c, o).ID, c)
	}
}

func checkRetryAfter(t *storeTest) {
	t.needs(t.harness.FailNext != nil && slices.Contains(t.refusals(), frontdesk.RateLimited))
	wait := 2 * time.Minute
	t.harness.FailNext(&frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: wait})
	_, err := t.store.Put(t.ctx, bytes.NewReader(nil), t.options(nil))
	t.refused(err, frontdesk.RateLimited, "the provider said so")
	equal(t, "the time to wait", frontdesk.RetryAfter(err), wait)
}

func checkCorrupted(t *storeTest) {
	t.needs(t.harness.CorruptNext != nil)
	for _, size := range []int64{1, 1000, 6 << 20} {
		c := content(51, size)
		o := t.identified(c)
		t.harness.CorruptNext()
		_, err := t.store.Put(t.ctx, bytes.NewReader(c), o)
		t.refused(err, frontdesk.Aborted, "what is stored is not what was given")
		t.nothing(o, "what is not as it was meant is not kept")
	}
	t.put(nil, t.options(nil))
}

func checkLost(t *storeTest) {
	t.needs(t.harness.LoseNext != nil)
	for i, size := range []int64{1000, 6 << 20} {
		c := content(52, size)
		o := t.options(c)
		o.ID = t.newID()
		t.harness.LoseNext()
		if _, err := t.store.Put(t.ctx, bytes.NewReader(c), o); err != nil { // a store may find out by itself
			t.refused(err, frontdesk.OutcomeUnknown, "whether it was stored cannot be known")
		}
		t.put(c, o)
		t.holds(o.ID, c)
		t.count(i+1, "the same put is one object")
	}
}

func checkFull(t *storeTest) {
	t.needs(t.harness.SetFull != nil)
	c := content(53, 1000)
	before, o := t.put(c, t.options(c)), t.identified(c)
	t.harness.SetFull(true)
	_, err := t.store.Put(t.ctx, bytes.NewReader(c), o)
	t.refused(err, frontdesk.QuotaExceeded, "there is no room")
	t.holds(before.ID, c)
	t.count(1, "what had no room is not there")
	t.harness.SetFull(false)
	t.holds(t.put(c, o).ID, c)
}

var probeRules = []rule{
	{"a store that works passes its probe, which leaves nothing", checkProbe},
}

func checkProbe(t *storeTest) {
	t.done(ability[storage.Prober](t).Probe(t.ctx))
	t.count(0, "the probe leaves nothing")
}
