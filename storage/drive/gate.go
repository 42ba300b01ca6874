package drive

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// stallTimeout is how long a transfer may stand still.
const stallTimeout = 2 * time.Minute

var errStalled = errors.New("nothing moved for " + stallTimeout.String())

// gate keeps net/http from reading a body after its request has ended, which it may do: by
// then the content can belong to somebody else again. It ends a request that stands still.
type gate struct {
	cancel context.CancelCauseFunc
	timer  *time.Timer

	mu   sync.Mutex
	shut bool
}

// guard puts all bodies of a request behind a gate, and returns the context that it has to run in.
func guard(ctx context.Context, r *http.Request) (context.Context, *gate) {
	ctx, cancel := context.WithCancelCause(ctx)
	g := &gate{cancel: cancel, timer: time.AfterFunc(stallTimeout, func() { cancel(errStalled) })}
	if r.Body == nil {
		return ctx, g
	}
	r.Body = &gated{r.Body, g}
	again := r.GetBody
	r.GetBody = func() (io.ReadCloser, error) {
		body, err := again()
		return &gated{body, g}, err
	}
	return ctx, g
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = true
	g.timer.Stop()
	g.cancel(nil)
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
	n, err := b.ReadCloser.Read(p)
	b.gate.timer.Reset(stallTimeout)
	return n, err
}
