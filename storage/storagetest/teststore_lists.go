package storagetest

import (
	"context"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var listRules = []rowsRule{
	{"Documents come by falling id, and page by page", checkPages},
	{"A filter selects", checkFilter},
	{"A filter for a client leaves out what the client does not see", checkFilterVisible},
}

var quotaRules = []rowsRule{
	{"A quota holds, also when many come at once", checkQuota},
	{"What is deleted, or infected, is not counted any more", checkUncounted},
}

func (t *rowsTest) list(f storage.Filter) (ids []string) {
	t.Helper()
	all, err := t.store.Documents(t.ctx, f)
	t.need(err, "Documents")
	for _, d := range all {
		ids = append(ids, d.ID)
		equals(t, "the version's document", d.Latest.Document, d.ID, "Latest is filled in")
	}
	return ids
}

func checkPages(t *rowsTest) {
	for _, n := range []int{3, 1, 5, 2, 4} {
		t.add(n)
	}
	prints(t, "the first page", t.list(storage.Filter{Limit: 2}), []string{"d0005", "d0004"}, "the greatest ids come first")
	prints(t, "the second page", t.list(storage.Filter{Limit: 2, Before: "d0004"}), []string{"d0003", "d0002"}, "a page begins below the id")
	prints(t, "the last page", t.list(storage.Filter{Limit: 2, Before: "d0002"}), []string{"d0001"}, "the last page has what is left")
}

func checkFilter(t *rowsTest) {
	t.add(1)
	d, v := newDocument(2)
	d.Client, v.Client, d.Folder = "globex", "globex", ""
	t.put(d, v)
	d, v = newDocument(3)
	d.Status, d.Visibility = storage.StatusApproved, storage.Shared
	t.put(d, v)
	t.revise("d0003", 4)
	t.keep(t.document("d0001").Latest.ID, "o1")
	for _, c := range []struct {
		what   string
		filter storage.Filter
		want   []string
	}{
		{"all", storage.Filter{}, []string{"d0003", "d0002", "d0001"}},
		{"a client's", storage.Filter{Client: "globex"}, []string{"d0002"}},
		{"those of a folder", storage.Filter{Folders: []string{"Verträge"}}, []string{"d0003", "d0001"}},
		{"those of the first folder", storage.Filter{Folders: []string{""}}, []string{"d0002"}},
		{"the approved", storage.Filter{Statuses: []storage.Status{storage.StatusApproved, storage.StatusRejected}}, []string{"d0003"}},
		{"the stored", storage.Filter{States: []storage.State{storage.StateStored}}, []string{"d0001"}},
		{"the shared", storage.Filter{Visibility: storage.Shared}, []string{"d0003"}},
		{"a client's private ones", storage.Filter{Client: "acme", Visibility: storage.Private}, []string{"d0001"}},
		{"nobody's", storage.Filter{Client: "nobody"}, nil},
	} {
		prints(t, c.what, t.list(c.filter), c.want, "all that is asked for holds")
	}
}

func checkFilterVisible(t *rowsTest) {
	t.add(1)
	d, v := newDocument(2)
	d.Visibility = storage.Shared
	t.put(d, v)
	d, v = newDocument(3)
	d.By.Role = frontdesk.RoleClient
	t.put(d, v)
	prints(t, "what the client sees", t.list(storage.Filter{VisibleToClient: true}), []string{"d0003", "d0002"}, "it sees what is shared and what a client uploaded")
}

func checkQuota(t *rowsTest) {
	errs := contend(func(i int) error {
		d, v := newDocument(i)
		_, _, err := t.store.AddDocument(context.WithoutCancel(t.ctx), d, v, 250)
		return err
	})
	added := 0
	for _, err := range errs {
		if err == nil {
			added++
		} else {
			t.refused(err, frontdesk.QuotaExceeded, "there is room for two")
		}
	}
	equals(t, "how many came in", added, 2, "there is room for two")
	equals(t, "the bytes", t.usage().Bytes, 200, "those that count")
	id := t.list(storage.Filter{})[0]
	v := newVersionOf(id, 50)
	_, err := t.store.AddVersion(t.ctx, v, 250, agree)
	t.refused(err, frontdesk.QuotaExceeded, "versions count as well")
	v.Size = 50
	_, err = t.store.AddVersion(t.ctx, v, 250, agree)
	t.need(err, "AddVersion up to the quota")
	d, other := newDocument(100)
	d.Client, other.Client = "globex", "globex"
	_, _, err = t.store.AddDocument(t.ctx, d, other, 100)
	t.need(err, "AddDocument of another client")
	prints(t, "the usage", []any{t.usage().Documents, t.usage().Bytes}, []any{2, 250}, "a client has what it has")
}

func checkUncounted(t *rowsTest) {
	first, second := t.add(1), t.add(2)
	t.keep(first.Latest.ID, "o1")
	t.take(second.Latest.ID, "worker", noon)
	s := storedAs("")
	s.State = storage.StateInfected
	t.settle(second.Latest.ID, s)
	equals(t, "the bytes", t.usage().Bytes, 100, "what is infected is gone")
	t.need(t.store.RemoveDocument(t.ctx, first.ID, noon, agree), "RemoveDocument")
	prints(t, "the usage", []any{t.usage().Documents, t.usage().Bytes}, []any{1, 0}, "what is deleted makes room at once")
	if slices.Contains(t.list(storage.Filter{}), first.ID) {
		t.Error("a deleted document is listed: nobody finds it any more")
	}
	t.take(first.Latest.ID, "worker", noon)
	s.State = storage.StateRemoved
	t.settle(first.Latest.ID, s)
	prints(t, "the usage", []any{t.usage().Documents, t.usage().Bytes}, []any{1, 0}, "it is not subtracted twice")
}
