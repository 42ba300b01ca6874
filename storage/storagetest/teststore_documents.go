package storagetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var documentRules = []rowsRule{
	{"A document and its version come back whole", checkWhole},
	{"A key is one document of a client's, also when many come at once", checkKey},
	{"Documents without a key are as many as are added", checkNoKey},
	{"A document that is not there is not found", checkNoDocument},
	{"A change keeps what may change, and nothing else", checkChange},
	{"A change that is refused leaves the document as it is", checkChangeRefused},
	{"Many changes at once are all made, one after the other", checkChangeRace},
}

func checkWhole(t *rowsTest) {
	d := t.add(1)
	for _, got := range []*storage.Document{d, t.document(d.ID)} {
		want, _ := newDocument(1)
		equals(t, "what it is", fmt.Sprint(got.ID, got.Client, got.Key, got.Title, got.Folder, got.By, got.Reason, got.DecidedBy),
			fmt.Sprint(want.ID, want.Client, want.Key, want.Title, want.Folder, want.By, "", want.DecidedBy), "it comes whole")
		equals(t, "the status", got.Status, storage.StatusPending, "it comes whole")
		equals(t, "the visibility", got.Visibility, storage.Private, "it comes whole")
		t.moment("CreatedAt", got.CreatedAt, noon)
		t.moment("UpdatedAt", got.UpdatedAt, noon)
		t.moment("DecidedAt", got.DecidedAt, time.Time{})
		t.sameVersion(&got.Latest, newVersionOf(d.ID, 1), 1)
	}
	t.sameVersion(t.version(d.Latest.ID), newVersionOf(d.ID, 1), 1)
}

// sameVersion checks a version that was just added.
func (t *rowsTest) sameVersion(got *storage.Version, want storage.Version, number int) {
	t.Helper()
	equals(t, "whether it has an id", got.ID > 0, true, "the Store gives one")
	equals(t, "the number", got.Number, number, "versions are counted from 1")
	prints(t, "what it is", []any{got.Document, got.Client, got.Name, got.ContentType, got.Size, got.SHA256, got.By, got.State, got.Done},
		[]any{want.Document, want.Client, want.Name, want.ContentType, want.Size, want.SHA256, want.By, want.State, want.Done}, "it comes whole")
	t.moment("CreatedAt", got.CreatedAt, noon)
	t.moment("StoredAt", got.StoredAt, time.Time{})
	a, b := got.Transfer, want.Transfer
	prints(t, "how far it is", []any{a.Store, a.ObjectID, a.Spool, a.Session, a.Attempts, a.LastError, a.Lease},
		[]any{b.Store, b.ObjectID, b.Spool, b.Session, b.Attempts, b.LastError, b.Lease}, "it comes whole")
	t.moment("NextAt", a.NextAt, b.NextAt)
	t.moment("LeaseUntil", a.LeaseUntil, time.Time{})
	t.moment("ScannedAt", a.ScannedAt, time.Time{})
}

func checkKey(t *rowsTest) {
	added := make([]bool, contenders)
	ids := contend(func(i int) string {
		d, v := newDocument(i)
		d.Key = "one"
		there, isNew, err := t.store.AddDocument(context.WithoutCancel(t.ctx), d, v, 100)
		if err != nil {
			t.Errorf("AddDocument beside others failed: %v", err)
			return ""
		}
		added[i] = isNew
		return there.ID
	})
	winners := 0
	for i, id := range ids {
		equals(t, "the document", id, ids[0], "all get the same")
		if added[i] {
			winners++
		}
	}
	equals(t, "how many are new", winners, 1, "a key is one document")
	equals(t, "the number of due versions", len(t.due(noon)), 1, "a key is one document")
	d, v := newDocument(100)
	d.Key, d.Client, v.Client = "one", "globex", "globex"
	t.put(d, v)
}

func checkNoKey(t *rowsTest) {
	for n := range 3 {
		d, v := newDocument(n)
		d.Key = ""
		t.put(d, v)
	}
	equals(t, "the number of documents", t.usage().Documents, 3, "no key is no key")
}

func checkNoDocument(t *rowsTest) {
	_, err := t.store.Document(t.ctx, "none")
	t.refused(err, frontdesk.NotFound, "there is none")
	_, err = t.store.ChangeDocument(t.ctx, "none", agree)
	t.refused(err, frontdesk.NotFound, "there is none")
	_, err = t.store.AddVersion(t.ctx, newVersionOf("none", 1), 0, agree)
	t.refused(err, frontdesk.NotFound, "there is none")
	t.refused(t.store.RemoveDocument(t.ctx, "none", noon, agree), frontdesk.NotFound, "there is none")
	_, err = t.store.Version(t.ctx, 123456)
	t.refused(err, frontdesk.NotFound, "there is none")
	all, err := t.store.Versions(t.ctx, "none")
	t.need(err, "Versions")
	equals(t, "the number of versions", len(all), 0, "there is none")
}

func checkChange(t *rowsTest) {
	d := t.add(1)
	changed, err := t.store.ChangeDocument(t.ctx, d.ID, func(d *storage.Document) error {
		equals(t, "the title that fn gets", d.Title, "Título 1 😀", "fn gets the document as it is")
		equals(t, "the version that fn gets", d.Latest.Number, 1, "fn gets the document as it is")
		d.Title, d.Folder, d.Status, d.Reason = "New", "", storage.StatusRejected, "Two\nlines"
		d.DecidedBy, d.DecidedAt = storage.By{ID: "ann", Role: frontdesk.RoleAdmin}, india
		d.Visibility, d.UpdatedAt = storage.Shared, noon.Add(time.Hour)
		d.Client, d.Key, d.By, d.CreatedAt = "evil", "evil", storage.By{}, time.Time{}
		return nil
	})
	t.need(err, "ChangeDocument")
	for _, got := range []*storage.Document{changed, t.document(d.ID)} {
		prints(t, "what it is", []any{got.Title, got.Folder, string(got.Status), got.Reason, got.DecidedBy, string(got.Visibility)},
			[]any{"New", "", "rejected", "Two\nlines", storage.By{ID: "ann", Role: frontdesk.RoleAdmin}, "shared"}, "a change is kept")
		t.moment("DecidedAt", got.DecidedAt, noon)
		t.moment("UpdatedAt", got.UpdatedAt, noon.Add(time.Hour))
		t.moment("CreatedAt", got.CreatedAt, noon)
		prints(t, "whose it is", []any{got.Client, got.Key, got.By.ID}, []any{"acme", "key-1", "grace"}, "that never changes")
		equals(t, "the version", got.Latest.ID, d.Latest.ID, "the versions stay")
	}
}

var errOnPurpose = errors.New("failed on purpose")

func checkChangeRefused(t *rowsTest) {
	d := t.add(1)
	refuse := func(d *storage.Document) error {
		d.Title = "New"
		return errOnPurpose
	}
	_, changeErr := t.store.ChangeDocument(t.ctx, d.ID, refuse)
	_, versionErr := t.store.AddVersion(t.ctx, newVersionOf(d.ID, 2), 0, refuse)
	for _, err := range []error{changeErr, versionErr, t.store.RemoveDocument(t.ctx, d.ID, noon, refuse)} {
		if !errors.Is(err, errOnPurpose) {
			t.Errorf("the error is %v, want that of the function", err)
		}
	}
	got := t.document(d.ID)
	equals(t, "the title", got.Title, d.Title, "nothing is stored")
	equals(t, "the version", got.Latest.Number, 1, "nothing is stored")
}

func checkChangeRace(t *rowsTest) {
	d := t.add(1)
	for _, err := range contend(func(int) error {
		_, err := t.store.ChangeDocument(context.WithoutCancel(t.ctx), d.ID, func(d *storage.Document) error {
			d.Reason += "x"
			return nil
		})
		return err
	}) {
		t.need(err, "ChangeDocument beside others")
	}
	equals(t, "the number of changes", len(t.document(d.ID).Reason), contenders, "nobody changes it between the reading and the writing")
}
