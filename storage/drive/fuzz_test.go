package drive

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/frontdesk-go/frontdesk/storage"
)

func FuzzParseStored(f *testing.F) {
	for _, text := range []string{"", "bytes=0-524287", "bytes=1-2", "bytes=0-", "bytes=0-18446744073709551615", "0-5"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, ok := parseStored(text)
		if !ok {
			return
		}
		if n <= 0 {
			t.Fatalf("%q is read as %d", text, n)
		}
		if again, ok := parseStored(fmt.Sprintf("bytes=0-%d", n-1)); !ok || again != n {
			t.Fatalf("%d is read back as %d", n, again)
		}
	})
}

func FuzzState(f *testing.F) {
	good, err := json.Marshal(&state{Version: stateVersion, ID: "abc", Session: "http://x/", Size: 10, Offset: 5})
	if err != nil {
		f.Fatal(err)
	}
	for _, raw := range []string{"", "{}", "null", string(good), `{"v":1,"id":"../x","size":-1,"offset":-1}`} {
		f.Add([]byte(raw))
	}
	content := &source{at: zeros{}, size: 10}
	s, err := endpoint("http://drive.test/drive/v3/")
	if err != nil {
		f.Fatal(err)
	}
	store := &Store{uploads: s}
	f.Fuzz(func(t *testing.T, raw []byte) {
		u := &upload{store: store, source: content, options: storage.PutOptions{Name: "a"}, digest: newDigest()}
		saved, err := store.restore(u, raw)
		if err != nil {
			t.Fatalf("content that can be read fails with %v", err)
		}
		if saved != nil && (saved.Offset < 0 || saved.Offset > content.size || saved.Session != "" && !store.ours(saved.Session)) {
			t.Fatalf("%+v is continued", saved)
		}
	})
}

// zeros is content of zeros.
type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) {
	clear(p)
	return len(p), nil
}
