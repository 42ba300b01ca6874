package driveserver

import (
	"strings"
	"testing"
)

func FuzzQuery(f *testing.F) {
	for _, q := range []string{
		"", "trashed = false", "'root' in parents and trashed=false", `name = 'O\'Brien \\'`,
		"not (mimeType != 'a' or name contains 'b')", "appProperties has { key='k' and value='v' }",
		"((((", "'", `name = '\`, "name = 'a' or", strings.Repeat("not ", 100) + "trashed = true",
	} {
		f.Add(q)
	}
	s := NewServer(nil)
	s.Add(File{Name: "a"})
	f.Fuzz(func(t *testing.T, text string) {
		q, err := parseQuery(text)
		if err != nil {
			return
		}
		for _, i := range s.items {
			if q.matches(s, i) == (query{operator: "not", parts: []query{q}}).matches(s, i) {
				t.Fatalf("%q is as true as its opposite", text)
			}
		}
	})
}

func FuzzQuotedText(f *testing.F) {
	for _, text := range []string{"", "a", `O'Brien \`, "' or trashed = true or name = '", "🗂"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quoted := "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
		q, err := parseQuery("name = " + quoted)
		if err != nil || q.field != "name" || q.value != text {
			t.Fatalf("%q is read as %+v, %v", text, q, err)
		}
	})
}

func FuzzRanges(f *testing.F) {
	for _, text := range []string{"", "bytes=0-9", "bytes=-5", "bytes=5-", "bytes 0-9/100", "bytes */100", "bytes 0-9/*", "bytes=9-0", "bytes=0-99999999999999999999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const size = 100
		if first, last, ok := parseRange(text, size); ok && (first < 0 || last >= size || first > last) {
			t.Fatalf("%q selects %d to %d of %d", text, first, last, size)
		}
		c, ok := parseContentRange(text)
		if ok && c.first >= 0 && (c.last < c.first || c.total >= 0 && c.last >= c.total) {
			t.Fatalf("%q is read as %+v", text, c)
		}
	})
}
