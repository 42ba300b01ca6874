package storagehttp_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// script is the browser's part in the package's documentation.
func script(t *testing.T) string {
	t.Helper()
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, script, found := strings.Cut(string(doc), "//\tasync function")
	require.True(t, found)
	script, _, _ = strings.Cut(script, "package storagehttp")
	script = strings.ReplaceAll(script, "next, 2000", "next, 20") // the test need not wait as long as people
	return "async function" + strings.ReplaceAll(script, "//\t", "")
}

const drive = `
const api = process.argv[1], stored = {}, fetched = fetch
globalThis.localStorage = {setItem: (k, v) => stored[k] = v, removeItem: k => delete stored[k]}
globalThis.fetch = (url, init) => fetched(url, {...init, headers: {...init?.headers, Actor: 'acme'}})
const file = new File(['Hello, '.repeat(3 << 20)], 'a.txt', {type: 'text/plain'})
upload(file, {title: 'Greeting'}).then(d => console.log(d.title, d.size === file.size, Object.keys(stored).length))
`

func TestScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no Node here to run the script")
	}
	t.Run("the documented script uploads a file although every other part is cut off and the server restarts", func(t *testing.T) {
		h := newHost(t, func(h *host) { h.max = 64 << 20 })
		var parts atomic.Int64
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut && parts.Add(1)%2 == 1 {
				r.Body = http.MaxBytesReader(nil, r.Body, 1<<20) // the connection is lost on its way
				h.ServeHTTP(httptest.NewRecorder(), r)
				h.restart()
				panic(http.ErrAbortHandler)
			}
			h.ServeHTTP(w, r)
		}))
		defer srv.Close()
		out, err := exec.CommandContext(t.Context(), node, "-e", script(t)+drive, srv.URL+prefix).CombinedOutput()
		require.NoError(t, err, string(out))
		require.Equal(t, "Greeting true 0\n", string(out))
		require.Greater(t, parts.Load(), int64(3))
	})
}
