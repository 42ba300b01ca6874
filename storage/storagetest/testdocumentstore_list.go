package storagetest

import (
	"bytes"
	"sync"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var listingRules = []rule{
	{"an empty store lists nothing", checkEmptyList},
	{"a folder lists its own, and the empty folder all", checkFolderLists},
	{"objects are listed as they are described", checkListDescribes},
	{"what is deleted is not listed", checkListDeleted},
	{"a listing may end early, and begin again", checkEarlyBreak},
	{"many objects are each listed once", checkManyObjects},
}

func checkEmptyList(t *storeTest) {
	t.count(0, "nothing was put")
	folder, err := t.store.EnsureFolder(t.ctx, "client:7", "Client 7")
	t.done(err)
	equal(t, "how many the folder has", len(t.list(folder)), 0)
	t.count(0, "a folder is no object")
}

// in puts an object into the folder.
func (t *storeTest) in(folder string) *storage.Object {
	t.Helper()
	o := t.options(nil)
	o.Folder = folder
	return t.put(nil, o)
}

func checkFolderLists(t *storeTest) {
	seven, err := t.store.EnsureFolder(t.ctx, "client:7", "Client 7")
	t.done(err)
	eight, err := t.store.EnsureFolder(t.ctx, "client:8", "Client 8")
	t.done(err)
	mine, other, root := t.in(seven), t.in(eight), t.in("")
	t.count(3, "all folders have three")
	for folder, want := range map[string]string{seven: mine.ID, eight: other.ID} {
		listed := t.list(folder)
		equal(t, "how many the folder has", len(listed), 1)
		equal(t, "whether it is its own", listed[want] != nil, true)
	}
	equal(t, "whether the root's is among all", t.list("")[root.ID] != nil, true)
}

func checkListDescribes(t *storeTest) {
	folder, err := t.store.EnsureFolder(t.ctx, "client:7", "Client 7")
	t.done(err)
	c := content(40, 1000)
	o := t.options(c)
	o.Folder, o.Metadata = folder, map[string]string{"client": "7"}
	stored := t.put(c, o)
	for _, in := range []string{folder, ""} {
		listed := t.list(in)[stored.ID]
		if listed == nil {
			t.Fatal("it is not listed")
		}
		t.is(listed, c, o)
		equal(t, "whether the time is the same", listed.CreatedAt.Equal(stored.CreatedAt), true)
	}
}

func checkListDeleted(t *storeTest) {
	folder, err := t.store.EnsureFolder(t.ctx, "client:7", "Client 7")
	t.done(err)
	gone, there := t.in(folder), t.in(folder)
	t.done(t.store.Delete(t.ctx, gone.ID))
	listed := t.list(folder)
	equal(t, "how many the folder has", len(listed), 1)
	equal(t, "whether the other is there", listed[there.ID] != nil, true)
}

func checkEarlyBreak(t *storeTest) {
	for range 3 {
		t.in("")
	}
	t.settle()
	for o, err := range t.store.List(t.ctx, "") {
		t.done(err)
		equal(t, "whether it has an id", o.ID != "", true)
		break
	}
	t.count(3, "a listing that was broken off changes nothing")
}

func checkManyObjects(t *storeTest) {
	const objects, workers = 250, 8
	folder, err := t.store.EnsureFolder(t.ctx, "client:7", "Client 7")
	t.done(err)
	jobs := make(chan storage.PutOptions)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for o := range jobs {
				if _, err := t.store.Put(t.ctx, bytes.NewReader(nil), o); err != nil {
					t.Errorf("a put failed with %v", err)
				}
			}
		})
	}
	for range objects {
		o := t.options(nil)
		o.Folder = folder
		jobs <- o
	}
	close(jobs)
	all.Wait()
	equal(t, "how many the folder has", len(t.list(folder)), objects)
	t.count(objects, "they are all there are")
}

var folderRules = []rule{
	{"however many ask for a folder at once, there is one", checkOneFolder},
	{"a folder is found by its key, whatever name is given", checkStableFolder},
	{"folders of one name and different keys are different", checkFolderNames},
	{"folder names are kept from being paths and queries", checkHardFolderNames},
	{"a put into a folder that is not there is FailedPrecondition and leaves nothing", checkMissingFolder},
}

func checkOneFolder(t *storeTest) {
	const askers = 20
	got := make(chan string, askers)
	var all sync.WaitGroup
	for range askers {
		all.Go(func() {
			id, err := t.store.EnsureFolder(t.ctx, "client:7", "Client 7")
			if err != nil || id == "" {
				t.Errorf("failed with %v, and the id %q", err, id)
			}
			got <- id
		})
	}
	all.Wait()
	close(got)
	first := <-got
	for id := range got {
		equal(t, "the folder", id, first)
	}
	again, err := t.store.EnsureFolder(t.ctx, "client:7", "Client 7")
	t.done(err)
	equal(t, "the folder afterwards", again, first)
}

func checkStableFolder(t *storeTest) {
	first, err := t.store.EnsureFolder(t.ctx, "client:7", "Acme")
	t.done(err)
	object := t.in(first)
	t.settle()
	again, err := t.store.EnsureFolder(t.ctx, "client:7", "Acme & Sons")
	t.done(err)
	equal(t, "the folder", again, first)
	equal(t, "whether it has what it had", t.list(again)[object.ID] != nil, true)
}

func checkFolderNames(t *storeTest) {
	seen := map[string]bool{}
	for _, key := range []string{"client:7", "client:70", "client:8", "CLIENT:7", ".", "..", "con"} {
		id, err := t.store.EnsureFolder(t.ctx, key, "Acme")
		t.done(err)
		equal(t, "whether another key has the folder", seen[id], false)
		seen[id] = true
	}
}

func checkHardFolderNames(t *storeTest) {
	for i, name := range hardNames {
		key := "client:" + string(rune('a'+i))
		id, err := t.store.EnsureFolder(t.ctx, key, name)
		t.done(err)
		object := t.in(id)
		listed := t.list(id)
		equal(t, "how many the folder has", len(listed), 1)
		equal(t, "whether it is its own", listed[object.ID] != nil, true)
	}
}

func checkMissingFolder(t *storeTest) {
	for _, size := range []int64{10, 6 << 20} {
		c := content(41, size)
		o := t.identified(c)
		o.Folder = t.newID()
		_, err := t.store.Put(t.ctx, bytes.NewReader(c), o)
		t.refused(err, frontdesk.FailedPrecondition, "the folder is not there")
		t.nothing(o, "the folder was not there")
	}
}
