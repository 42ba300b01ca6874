package storagetest

import (
	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var copyRules = []rule{
	{"a copy has the content, and all else of its own", checkCopy},
	{"a copy outlives what it was made of", checkCopyOutlives},
	{"a copy that is repeated with its id is one object", checkCopyRepeat},
	{"a copy under the id of other content is AlreadyExists", checkCopyOther},
	{"a copy of what is not there is NotFound", checkCopyMissing},
	{"a copy into a folder that is not there is FailedPrecondition", checkCopyFolder},
	{"a copy's options are refused by field", checkCopyOptions},
}

func (t *storeTest) copy(id string, o storage.PutOptions) (*storage.Object, error) {
	t.Helper()
	return ability[storage.Copier](t).Copy(t.ctx, id, o)
}

func checkCopy(t *storeTest) {
	folder, err := t.store.EnsureFolder(t.ctx, "client:7", "Client 7")
	t.done(err)
	for _, size := range []int64{0, 1000, 6 << 20} {
		c := content(80, size)
		original := t.put(c, t.options(c))
		o := t.identified(nil)
		o.Folder, o.ContentType, o.Metadata = folder, "text/plain", map[string]string{"copy": "yes"}
		o.Size, o.SHA256 = 12345, checksum([]byte("ignored"))
		copied, err := t.copy(original.ID, o)
		t.done(err)
		t.is(copied, c, o)
		equal(t, "whether it is the original", copied.ID == original.ID, false)
		t.holds(copied.ID, c)
		t.holds(original.ID, c)
		equal(t, "whether the folder has it", t.list(folder)[copied.ID] != nil, true)
	}
}

func checkCopyOutlives(t *storeTest) {
	c := content(81, 1000)
	original := t.put(c, t.options(c))
	first, err := t.copy(original.ID, t.options(c))
	t.done(err)
	second, err := t.copy(first.ID, t.options(c))
	t.done(err)
	t.done(t.store.Delete(t.ctx, original.ID))
	t.done(t.store.Delete(t.ctx, first.ID))
	t.holds(second.ID, c)
}

func checkCopyRepeat(t *storeTest) {
	c := content(82, 1000)
	original, o := t.put(c, t.options(c)), t.options(c)
	o.ID = t.newID()
	for range 2 {
		copied, err := t.copy(original.ID, o)
		t.done(err)
		t.is(copied, c, o)
	}
	t.count(2, "the original and one copy")
}

func checkCopyOther(t *storeTest) {
	c, other := content(83, 1000), content(84, 1000)
	original, o := t.put(c, t.options(c)), t.options(other)
	o.ID = t.newID()
	t.put(other, o)
	_, err := t.copy(original.ID, o)
	t.refused(err, frontdesk.AlreadyExists, "the id was used for other content")
	t.holds(o.ID, other)
}

func checkCopyMissing(t *storeTest) {
	stored := t.put(nil, t.options(nil))
	t.done(t.store.Delete(t.ctx, stored.ID))
	o := t.identified(nil)
	_, err := t.copy(stored.ID, o)
	t.refused(err, frontdesk.NotFound, "it was deleted")
	t.nothing(o, "there was nothing to copy")
}

func checkCopyFolder(t *storeTest) {
	original, o := t.put(nil, t.options(nil)), t.options(nil)
	o.Folder = t.newID()
	_, err := t.copy(original.ID, o)
	t.refused(err, frontdesk.FailedPrecondition, "the folder is not there")
	t.count(1, "only the original is there")
}

func checkCopyOptions(t *storeTest) {
	original, o := t.put(nil, t.options(nil)), t.options(nil)
	o.Name = ""
	_, err := t.copy(original.ID, o)
	t.names(err, "name")
	_, err = t.copy("", t.options(nil))
	t.names(err, "id")
	t.count(1, "only the original is there")
}
