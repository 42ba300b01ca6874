package storagetest

import (
	"context"
	"fmt"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var versionRules = []rowsRule{
	{"A new version is the next, and the newest", checkNextVersion},
	{"Versions that are added at once have numbers of their own", checkVersionRace},
	{"Those of a store in a state are listed by rising id", checkVersionsIn},
	{"The names in the spool that belong to a version are known", checkSpooled},
	{"A version is moved to another document store only from where it is", checkMoveVersion},
}

func checkNextVersion(t *rowsTest) {
	d := t.add(1)
	revised, err := t.store.AddVersion(t.ctx, newVersionOf(d.ID, 2), 0, func(d *storage.Document) error {
		d.Status = storage.StatusApproved
		return nil
	})
	t.need(err, "AddVersion")
	equals(t, "the status", revised.Status, storage.StatusApproved, "the change is stored with it")
	t.sameVersion(&revised.Latest, newVersionOf(d.ID, 2), 2)
	t.revise(d.ID, 3)
	all, err := t.store.Versions(t.ctx, d.ID)
	t.need(err, "Versions")
	equals(t, "the number of versions", len(all), 3, "all are there")
	for i, want := range []int{3, 2, 1} {
		t.sameVersion(&all[i], newVersionOf(d.ID, want), want)
	}
	equals(t, "the newest", t.document(d.ID).Latest.Number, 3, "Latest is the newest")
}

func checkVersionRace(t *rowsTest) {
	d := t.add(0)
	numbers := contend(func(i int) int {
		d, err := t.store.AddVersion(context.WithoutCancel(t.ctx), newVersionOf(d.ID, i+1), 0, agree)
		if err != nil {
			t.Errorf("AddVersion beside others failed: %v", err)
			return 0
		}
		return d.Latest.Number
	})
	slices.Sort(numbers)
	for i, n := range numbers {
		equals(t, "the number", n, i+2, "each is the next")
	}
}

func checkVersionsIn(t *rowsTest) {
	var want []int64
	for n := range 5 {
		want = append(want, t.add(n).Latest.ID)
	}
	t.keep(want[1], "o1")
	list := func(store string, state storage.State, after int64, limit int) (ids []int64) {
		all, err := t.store.VersionsIn(t.ctx, store, state, after, limit)
		t.need(err, "VersionsIn")
		for _, v := range all {
			ids = append(ids, v.ID)
		}
		return ids
	}
	prints(t, "the first", list(shelf, storage.StateQueued, 0, 2), []int64{want[0], want[2]}, "ids rise")
	prints(t, "the rest", list(shelf, storage.StateQueued, want[2], 10), []int64{want[3], want[4]}, "a page begins behind the id")
	prints(t, "the stored ones", list(shelf, storage.StateStored, 0, 10), want[1:2], "a state is a state")
	equals(t, "the number of another's", len(list("attic", storage.StateQueued, 0, 10)), 0, "a store is a store")
}

func checkSpooled(t *rowsTest) {
	stored := t.add(1)
	t.add(2)
	gone := t.add(3)
	t.keep(stored.Latest.ID, "o1")
	t.need(t.store.RemoveDocument(t.ctx, gone.ID, noon, agree), "RemoveDocument")
	known, err := t.store.Spooled(t.ctx, []string{"spool1", "spool2", "spool3", "spool4", ""})
	t.need(err, "Spooled")
	slices.Sort(known)
	prints(t, "the known names", known, []string{"spool2", "spool3"}, "stored ones need no bytes, and those to be removed still have them")
	known, err = t.store.Spooled(t.ctx, nil)
	t.need(err, "Spooled")
	equals(t, "the number of known names", len(known), 0, "none were asked for")
}

func checkMoveVersion(t *rowsTest) {
	d := t.add(1)
	from, to := storage.ObjectRef{Store: shelf, ID: "o1"}, storage.ObjectRef{Store: "attic", ID: "a1"}
	t.refused(t.store.MoveVersion(t.ctx, d.Latest.ID, from, to), frontdesk.Aborted, "it is not stored yet")
	t.keep(d.Latest.ID, "o1")
	t.refused(t.store.MoveVersion(t.ctx, d.Latest.ID, storage.ObjectRef{Store: shelf, ID: "o2"}, to), frontdesk.Aborted, "it is another object")
	t.refused(t.store.MoveVersion(t.ctx, 123456, from, to), frontdesk.NotFound, "there is none")
	oneOf(t, contend(func(i int) error {
		return t.store.MoveVersion(context.WithoutCancel(t.ctx), d.Latest.ID, from, storage.ObjectRef{Store: "attic", ID: fmt.Sprint(i)})
	}), frontdesk.Aborted, "it is moved once")
	equals(t, "the store", t.version(d.Latest.ID).Transfer.Store, "attic", "it was moved")
}
