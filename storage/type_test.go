package storage_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/storage"
)

func TestTypes(t *testing.T) {
	for rule, c := range map[string]struct{ name, declared, content, kept string }{
		"a document is a zip to the sniffer":             {"a.docx", "", "PK\x03\x04...", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		"a table is text to the sniffer":                 {"a.csv", "application/vnd.ms-excel", "a,b\n", "text/csv; charset=utf-8"},
		"an extension has any case":                      {"A.PDF", "", "%PDF-1.7", "application/pdf"},
		"who does not know declares bytes":               {"a.pdf", "application/octet-stream", "%PDF-1.7", "application/pdf"},
		"a declared type may have parameters":            {"a.txt", "text/plain; charset=us-ascii", "Hello", "text/plain; charset=utf-8"},
		"a page is taken, to be served as an attachment": {"a.html", "text/html", "<html><script>", "text/html; charset=utf-8"},
		"an old document is bytes to the sniffer":        {"a.doc", "application/msword", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "application/msword"},
		"an image may be scripted, and is taken as well": {"a.svg", "image/svg+xml", `<?xml version="1.0"?><svg/>`, "image/svg+xml"},
	} {
		t.Run(rule, func(t *testing.T) {
			w := newWorld(t)
			d := w.upload(w.acme, storage.Upload{Client: "acme", Name: c.name, ContentType: c.declared, Content: strings.NewReader(c.content)})
			require.Equal(t, c.kept, d.Latest.ContentType)
			w.drain()
			w.state(d.ID, storage.StateStored)
		})
	}
	t.Run("an extension has one type", func(t *testing.T) {
		seen := map[string]bool{}
		for _, kind := range storage.DefaultTypes() {
			for _, e := range kind.Extensions {
				require.False(t, seen[e], e)
				seen[e] = true
			}
		}
	})
	t.Run("a host chooses its types, and its sniffer", func(t *testing.T) {
		w := newWorld(t, func(o *storage.Options) {
			o.Types = []storage.Type{{Media: "application/x-cad", Extensions: []string{".cad"}}}
			o.Sniff = func(head []byte) string {
				require.Equal(t, "CAD1", string(head))
				return "application/x-cad"
			}
		})
		w.upload(w.acme, storage.Upload{Client: "acme", Name: "a.cad", Content: strings.NewReader("CAD1")})
		_, err := w.svc.Upload(w.acme, text("Hello"))
		require.Error(t, err)
	})
}
