package drive

import (
	"io"
	"net/http"
	"sync"
)

// gate keeps net/http from reading a body after its request has ended, which it may do: by
// then the content can belong to somebody else again.
type gate struct {
	mu   sync.Mutex
	shut bool
}

// guard puts all bodies of a request behind a gate.
func guard(r *http.Request) *gate {
	g := &gate{}
	if r.Body == nil {
		return g
	}
	r.Body = &gated{r.Body, g}
	again := r.GetBody
	r.GetBody = func() (io.ReadCloser, error) {
		body, err := again()
		return &gated{body, g}, err
	}
	return g
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = true
}

type gated struct {
	io.ReadCloser
	gate *gate
}

// Read implements [io.Reader].
func (b *gated) Read(p []byte) (int, error) {
	b.gate.mu.Lock()
	defer b.gate.mu.Unlock()
	if b.gate.shut {
		return 0, http.ErrBodyReadAfterClose
	}
	return b.ReadCloser.Read(p)
}
