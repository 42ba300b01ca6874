package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var resumeRules = []rule{
	{"a resumable put stores as any other, and its state is saved on the way", checkResumable},
	{"a put that was stopped at any of its saves continues where it was", checkContinued},
	{"a put whose content could not be read continues", checkContinuedAfterBody},
	{"a put that is stopped again and again continues", checkContinuedTwice},
	{"a state that other content has made starts anew", checkOtherState},
	{"content that has changed since its state was saved starts anew under its id", checkChanged},
	{"a state that the store does not know starts anew", checkUnknownState},
	{"a resumable put that is repeated with its id is one object", checkResumableRepeat},
	{"other content under the id of a resumable put is AlreadyExists", checkResumableOther},
	{"a resumable put of wrong content leaves nothing", checkResumableWrong},
	{"a resumable put into a folder that is not there leaves nothing", checkResumableFolder},
}

// attempt is one call of PutResumable.
type attempt struct {
	stopAt int      // the save that fails; 0: none
	states [][]byte // that were saved
	told   []int64  // of the progress
	stored *storage.Object
	err    error
}

// resume calls PutResumable with the state, and with a save that fails when it is to.
func (t *storeTest) resume(c []byte, o storage.PutOptions, state []byte, stopAt int) *attempt {
	t.Helper()
	a := &attempt{stopAt: stopAt}
	o.Progress = func(done int64) { a.told = append(a.told, done) }
	a.stored, a.err = ability[storage.Resumer](t).PutResumable(t.ctx, bytes.NewReader(c), o, state, a.save)
	return a
}

func (a *attempt) save(_ context.Context, state []byte) error {
	a.states = append(a.states, slices.Clone(state))
	if len(a.states) == a.stopAt {
		return errDeliberate
	}
	return nil
}

// last is the state that was saved last.
func (a *attempt) last(t *storeTest) []byte {
	t.Helper()
	if len(a.states) == 0 {
		t.Fatal("no state was saved")
	}
	return a.states[len(a.states)-1]
}

// whole checks that the attempt has stored the content.
func (a *attempt) whole(t *storeTest, c []byte, o storage.PutOptions) {
	t.Helper()
	t.done(a.err)
	t.is(a.stored, c, o)
	t.holds(a.stored.ID, c)
}

// stopped checks that the attempt has ended with save's error and left nothing to read.
func (a *attempt) stopped(t *storeTest, o storage.PutOptions) {
	t.Helper()
	if !errors.Is(a.err, errDeliberate) {
		t.Fatalf("ended with %v, want the error of save within reach", a.err)
	}
	t.nothing(o, "it has not come to its end")
}

// long is content of several parts.
func (t *storeTest) long(seed uint64) []byte { return content(seed, 3*t.harness.Part+1) }

func checkResumable(t *storeTest) {
	for i, size := range []int64{0, 1, t.harness.Part, 3*t.harness.Part + 1} {
		c := content(60, size)
		o := t.identified(c)
		o.SHA256 = checksum(c)
		a := t.resume(c, o, nil, 0)
		a.whole(t, c, o)
		if size > t.harness.Part && len(a.states) < 3 {
			t.Errorf("the state was saved %d times, want at the beginning and after each part", len(a.states))
		}
		if size > 0 {
			equal(t, "the last that was told", a.told[len(a.told)-1], size)
		}
		t.count(i+1, "each was put once")
	}
}

func checkContinued(t *storeTest) {
	for stopAt := 1; stopAt <= 3; stopAt++ {
		c := t.long(uint64(60 + stopAt))
		o := t.identified(c)
		first := t.resume(c, o, nil, stopAt)
		first.stopped(t, o)
		second := t.resume(c, o, first.last(t), 0)
		second.whole(t, c, o)
		t.went(first, second)
		t.count(1, "both attempts are one put")
		t.done(t.store.Delete(t.ctx, second.stored.ID))
	}
}

// went checks that the second attempt has not begun before what the first had done.
func (t *storeTest) went(first, second *attempt) {
	t.Helper()
	if len(first.told) == 0 || len(second.told) == 0 {
		return
	}
	done := first.told[len(first.told)-1]
	if second.told[0] < done {
		t.Errorf("%d bytes were stored when it was stopped, and it continued at %d", done, second.told[0])
	}
}

func checkContinuedAfterBody(t *storeTest) {
	c := t.long(70)
	o := t.identified(c)
	a := new(attempt)
	broken := brokenAt{content: c, from: 2*t.harness.Part + 10}
	_, err := ability[storage.Resumer](t).PutResumable(t.ctx, broken, o, nil, a.save)
	if !errors.Is(err, errDeliberate) {
		t.Errorf("failed with %v, want the body's own error within reach", err)
	}
	t.nothing(o, "it has not come to its end")
	t.resume(c, o, a.last(t), 0).whole(t, c, o)
	t.count(1, "both attempts are one put")
}

func checkContinuedTwice(t *storeTest) {
	c := t.long(80)
	o := t.identified(c)
	first := t.resume(c, o, nil, 3)
	first.stopped(t, o)
	second := &attempt{states: first.states}
	_, err := ability[storage.Resumer](t).PutResumable(t.ctx, brokenAt{content: c, from: 10}, o, first.last(t), second.save)
	if err != nil && !errors.Is(err, errDeliberate) { // a store that has kept its own checksum reads on from where it was
		t.Errorf("failed with %v, want the body's own error within reach", err)
	}
	third := t.resume(c, o, second.last(t), 0)
	third.whole(t, c, o)
	t.went(first, third)
	t.count(1, "all attempts are one put")
}

func checkChanged(t *storeTest) {
	c := t.long(81)
	o := t.identified(c)
	for i := range 2 {
		first := t.resume(c, o, nil, 3)
		first.stopped(t, o)
		changed := slices.Clone(c)
		changed[i] ^= 1
		stored := t.resume(changed, o, first.last(t), 0)
		stored.whole(t, changed, o)
		t.done(t.store.Delete(t.ctx, stored.stored.ID))
		o = t.identified(c)
	}
}

func checkOtherState(t *storeTest) {
	c := t.long(71)
	changed := slices.Clone(c)
	changed[0] ^= 1
	for i, other := range [][]byte{t.long(72), changed, c[:t.harness.Part/2], append(slices.Clone(c), 'x')} {
		first := t.resume(c, t.identified(c), nil, 2)
		o := t.identified(other)
		t.resume(other, o, first.last(t), 0).whole(t, other, o)
		t.count(i+1, fmt.Sprintf("put %d is of its own content", i))
	}
}

func checkUnknownState(t *storeTest) {
	for i, state := range []string{"gone", "{}", "\x00\xff", `{"id":"../../x","session":"../x"}`} {
		c := content(73, t.harness.Part+1)
		o := t.identified(c)
		t.resume(c, o, []byte(state), 0).whole(t, c, o)
		t.count(i+1, "each was put once")
	}
	c := content(74, t.harness.Part+1)
	o := t.identified(c)
	first := t.resume(c, o, nil, 0)
	first.whole(t, c, o)
	o = t.identified(c)
	t.resume(c, o, first.last(t), 0).whole(t, c, o)
}

func checkResumableRepeat(t *storeTest) {
	c := content(75, t.harness.Part+1)
	o := t.options(c)
	o.ID = t.newID()
	first := t.resume(c, o, nil, 0)
	first.whole(t, c, o)
	t.resume(c, o, nil, 0).whole(t, c, o)
	t.resume(c, o, first.last(t), 0).whole(t, c, o)
	t.put(c, o)
	t.count(1, "all of them are one put")
}

func checkResumableOther(t *storeTest) {
	c, other := content(76, t.harness.Part+1), content(77, t.harness.Part+1)
	o := t.options(c)
	o.ID = t.newID()
	t.put(c, o)
	t.refused(t.resume(other, o, nil, 0).err, frontdesk.AlreadyExists, "the id was used for other content")
	t.holds(o.ID, c)
}

func checkResumableWrong(t *storeTest) {
	c := content(78, t.harness.Part+1)
	for _, difference := range []int64{-1, 1} {
		o := t.identified(c)
		o.Size += difference
		t.names(t.resume(c, o, nil, 0).err, "size")
		t.nothing(o, "a part of a document is no document")
	}
	o := t.identified(c)
	o.SHA256 = checksum(nil)
	t.refused(t.resume(c, o, nil, 0).err, frontdesk.Aborted, "the content has another checksum")
	t.nothing(o, "what is not as it was meant is not kept")
	o.Name = ""
	t.names(t.resume(c, o, nil, 0).err, "name")
}

func checkResumableFolder(t *storeTest) {
	c := content(79, t.harness.Part+1)
	o := t.identified(c)
	o.Folder = t.newID()
	t.refused(t.resume(c, o, nil, 0).err, frontdesk.FailedPrecondition, "the folder is not there")
	t.nothing(o, "the folder was not there")
}
