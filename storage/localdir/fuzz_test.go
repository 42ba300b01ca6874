package localdir

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// FuzzDescription: a description is refused as Internal, or says the same when it is
// written again.
func FuzzDescription(f *testing.F) {
	id := strings.Repeat("0f", idBytes)
	whole, err := describe(&storage.Object{
		ID: id, Folder: id, Name: "' é \\", ContentType: "text/plain; charset=utf-8", Size: 5, SHA256: make([]byte, 32),
		Metadata: map[string]string{"a": "b"}, CreatedAt: time.Date(2026, 11, 22, 4, 0, 0, 1, time.UTC),
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(whole))
	for _, text := range []string{"", "{}", "null", `{"id":"../x"}`, string(whole[:len(whole)/2]), strings.Replace(string(whole), `"size": 5`, `"size": -5`, 1)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := parseDescription([]byte(text))
		if err != nil {
			if frontdesk.CodeOf(err) != frontdesk.Internal {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		again, err := describe(o)
		if err != nil {
			t.Fatal(err)
		}
		same, err := parseDescription(again)
		if err != nil || !reflect.DeepEqual(same.Metadata, o.Metadata) && len(o.Metadata) > 0 || same.Name != o.Name || same.ID != o.ID || !same.CreatedAt.Equal(o.CreatedAt) {
			t.Fatalf("%+v is written as %s", o, again)
		}
	})
}

// FuzzState: no state makes a path of anything but ids.
func FuzzState(f *testing.F) {
	id := strings.Repeat("0f", idBytes)
	f.Add(string(state{ID: id, Unfinished: id}.text()))
	f.Add(`{"id":"../x","unfinished":"../../x"}`)
	f.Add(`{"id":"` + id + `","unfinished":"` + id[:30] + `/."}`)
	f.Fuzz(func(t *testing.T, text string) {
		st, known := parseState([]byte(text))
		if known && (strings.ContainsAny(st.ID+st.Unfinished, `./\`) || len(st.Unfinished) != 2*idBytes) {
			t.Fatalf("%q is known as %+v", text, st)
		}
	})
}
