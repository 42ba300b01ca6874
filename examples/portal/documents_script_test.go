package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// line is the connection between a browser and the portal. It can be bad.
type line struct {
	to http.Handler

	mu     sync.Mutex
	good   int      // how many parts it lets through before it is gone; below 0: all
	slow   []int    // the statuses that the next parts get instead of being taken
	ranges []string // of the parts that came through
}

// ServeHTTP passes on, or cuts.
func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if status := l.tooSlow(r.Method); status != 0 {
		w.WriteHeader(status)
		return
	}
	if r.Method == http.MethodPut && !l.passes(r.Header.Get("Content-Range")) {
		r.Body = http.MaxBytesReader(nil, r.Body, 1<<20)
		l.to.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
	l.to.ServeHTTP(w, r)
}

func (l *line) passes(part string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.good == 0 {
		return false
	}
	l.good--
	l.ranges = append(l.ranges, part)
	return true
}

// tooSlow is what a part gets that must be sent again, later; 0: nothing.
func (l *line) tooSlow(method string) (status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if method == http.MethodPut && len(l.slow) > 0 {
		status, l.slow = l.slow[0], l.slow[1:]
	}
	return status
}

// mend makes it good for ever.
func (l *line) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.good = -1
}

// came is what came through.
func (l *line) came() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ranges
}

// browse runs the script of the pages with a file to upload, and returns what it said and what it has kept. Whoever
// is not patient leaves when the connection is gone.
func browse(t *testing.T, base, kept string, patient ...string) (said []string, keeps string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no Node here to run the script")
	}
	browser, err := os.ReadFile("testdata/browser.js")
	require.NoError(t, err)
	script, err := files.ReadFile("templates/documents.js")
	require.NoError(t, err)
	hasty := strings.Replace(string(script), "retryAfter = 2000", "retryAfter = 20", 1) // the test need not wait as long as people
	args := append([]string{"--input-type=module", "-e", string(browser) + hasty, base, kept}, patient...)
	out, err := exec.CommandContext(t.Context(), node, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[:len(lines)-1], lines[len(lines)-1]
}

func TestDocumentScript(t *testing.T) {
	r := start(t)
	l := &line{to: r.handler(), good: 1}
	base := newServer(t, l)
	said, kept := browse(t, base, "{}")
	require.Equal(t, []string{"gone"}, said, "the connection is lost in the second part")
	t.Run("after a reload it says how far it was, and goes on there", func(t *testing.T) {
		l.mend()
		said, kept := browse(t, base, kept)
		require.Len(t, said, 2)
		assert.Equal(t, "The upload of hello.txt stopped after 5 MB of 7 MB. Choose the same file again, and it goes on there.", said[0])
		require.Equal(t, []string{"bytes 0-4194303/7340032", "bytes 5242880-7340031/7340032"}, l.came())
		id, _, found := strings.Cut(strings.TrimPrefix(said[1], documentsAt+"/"), "?done=uploaded")
		require.True(t, found, "%s", said[1])
		d := exactly[document](t, r.ask(t, "client:acme", "GET", documentsPath+"/"+id, ""))
		assert.Equal(t, document{Title: "Greeting", Size: 7 << 20, SHA256: hexSum(strings.Repeat("Hello, ", 1<<20))}, document{Title: d.Title, Size: d.Size, SHA256: d.SHA256})
		assert.Equal(t, "{}", kept, "nothing is left to go on with")
	})
}

func TestDocumentScriptIsPatient(t *testing.T) {
	t.Run("a part that came too slowly, or too soon, is sent again, and what was sent before it stays", func(t *testing.T) {
		r := start(t)
		l := &line{to: r.handler(), good: -1, slow: []int{http.StatusRequestTimeout, http.StatusTooManyRequests}}
		said, _ := browse(t, newServer(t, l), "{}", "patient")
		require.Len(t, said, 1)
		assert.Contains(t, said[0], "?done=uploaded")
		assert.Equal(t, []string{"bytes 0-4194303/7340032", "bytes 4194304-7340031/7340032"}, l.came())
	})
}
