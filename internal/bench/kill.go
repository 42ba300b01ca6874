package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

// killed kills clients in the middle of a large file and starts them again.
func (u uploads) killed(ctx context.Context) error {
	const size = 64 * miB
	twice := figure{name: "MiB sent twice", format: "%.2f", most: 8}
	for _, chunk := range chunks {
		j, err := u.job(chunk, 1, size)
		if err != nil {
			return err
		}
		j.State = filepath.Join(u.folder, "state-"+strconv.Itoa(chunk))
		sent, err := killOnce(ctx, j, size*7/16)
		if err != nil {
			return err
		}
		twice.add(float64(sent-size) / miB)
	}
	u.table.add("64 MiB, killed at 28", twice)
	return nil
}

// killOnce returns how many bytes of content come when a client is killed after so many,
// and started again.
func killOnce(ctx context.Context, j job, after int64) (int64, error) {
	s := driveserver.NewServer(&driveserver.Options{Discard: true})
	doomed, kill := context.WithCancel(ctx)
	defer kill()
	t := &trap{Handler: s, spring: kill}
	t.left.Store(after)
	server := serve(t, &j)
	defer server.Close()
	if _, err := j.run(doomed); err == nil || doomed.Err() == nil {
		return 0, errors.Join(errors.New("the client was not killed"), err)
	}
	if n := len(s.Files()); n > 0 {
		return 0, fmt.Errorf("%d files are there too early", n)
	}
	u, err := j.run(ctx)
	if err == nil && (len(u.Failed) > 0 || len(s.Files()) != 1) {
		err = fmt.Errorf("%d files are there after a restart, and these failed: %v", len(s.Files()), u.Failed)
	}
	return s.Received(), err
}

// trap springs when so many bytes have come.
type trap struct {
	http.Handler
	left   atomic.Int64
	spring func()
}

// ServeHTTP implements [http.Handler].
func (t *trap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = &trapped{r.Body, t}
	t.Handler.ServeHTTP(w, r)
}

// trapped is a body that is counted.
type trapped struct {
	io.ReadCloser
	trap *trap
}

// Read implements [io.Reader].
func (b *trapped) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if left := b.trap.left.Add(-int64(n)); left <= 0 && left > -int64(n) {
		b.trap.spring()
	}
	return n, err
}
