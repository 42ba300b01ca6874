package storagetest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

var argumentRules = []rule{
	{"options that are not valid are refused by field before the content is read", checkOptions},
	{"metadata over its limits is refused by field before the content is read", checkMetadataLimits},
	{"a folder's key and name are refused by field", checkFolderArguments},
	{"a call whose context has ended does nothing", checkEndedCalls},
}

// invalid checks that the options are refused for the field and leave nothing.
func (t *storeTest) invalid(o storage.PutOptions, field string) {
	t.Helper()
	_, err := t.store.Put(t.ctx, untouched(t.T), o)
	t.names(err, field)
}

func checkOptions(t *storeTest) {
	for _, name := range []string{"", strings.Repeat("x", storage.MaxName+1), "a\nb", "a\x00b", "\x7f", "\u0085", "\xff"} {
		o := t.options(nil)
		o.Name = name
		t.invalid(o, "name")
	}
	for _, contentType := range []string{"", "pdf", "/", "application/", "text/plain; charset", "text/plain\r\nX: y", "a/b; c=\"\x00\""} {
		o := t.options(nil)
		o.ContentType = contentType
		t.invalid(o, "content_type")
	}
	o := t.options(nil)
	o.SHA256 = []byte("short")
	t.invalid(o, "sha256")
	t.count(0, "nothing was accepted")
}

func checkMetadataLimits(t *storeTest) {
	o := t.options(nil)
	o.Metadata = fullMetadata()
	o.Metadata["one"] = "more"
	t.invalid(o, "metadata")
	for key, value := range map[string]string{
		"": "no key", "key": strings.Repeat("v", storage.MaxMetadataPair-2), "bytes": "\xff", "line": "a\nb", "nul\x00": "",
	} {
		o := t.options(nil)
		o.Metadata = map[string]string{key: value}
		t.invalid(o, fmt.Sprintf("metadata[%q]", key))
	}
	t.count(0, "nothing was accepted")
}

func checkFolderArguments(t *storeTest) {
	for _, key := range []string{"", strings.Repeat("k", storage.MaxFolderKey+1), "a b", "a/b", `a\b`, "é", "a'b", "\x00"} {
		_, err := t.store.EnsureFolder(t.ctx, key, "Name")
		t.names(err, "key")
	}
	for _, name := range []string{"", strings.Repeat("x", storage.MaxName+1), "a\nb", "\xff"} {
		_, err := t.store.EnsureFolder(t.ctx, "key", name)
		t.names(err, "name")
	}
}

func checkEndedCalls(t *storeTest) {
	c := content(11, 10)
	stored := t.put(c, t.options(c))
	ctx, cancel := context.WithTimeout(t.ctx, -time.Second)
	defer cancel()
	_, err := t.store.Stat(ctx, stored.ID)
	t.refused(err, frontdesk.DeadlineExceeded, "the caller has no time")
	_, _, err = t.store.Get(ctx, stored.ID, storage.Range{})
	t.refused(err, frontdesk.DeadlineExceeded, "the caller has no time")
	t.refused(t.store.Delete(ctx, stored.ID), frontdesk.DeadlineExceeded, "the caller has no time")
	_, err = t.store.EnsureFolder(ctx, "key", "Name")
	t.refused(err, frontdesk.DeadlineExceeded, "the caller has no time")
	for _, err := range t.store.List(ctx, "") {
		t.refused(err, frontdesk.DeadlineExceeded, "the caller has no time")
	}
	t.holds(stored.ID, c)
}
