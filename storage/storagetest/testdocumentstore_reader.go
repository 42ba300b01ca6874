package storagetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
)

var errDeliberate = errors.New("on purpose")

// failing is a body that fails after the content.
func failing(content []byte) io.Reader {
	return io.MultiReader(bytes.NewReader(content), readerFunc(func([]byte) (int, error) { return 0, errDeliberate }))
}

// canceling is a body whose reader loses patience after the content.
func canceling(content []byte, cancel context.CancelFunc) io.Reader {
	return io.MultiReader(bytes.NewReader(content), readerFunc(func(p []byte) (int, error) {
		cancel()
		return copy(p, "more"), nil
	}))
}

// untouched is a body that must not be read.
func untouched(t *testing.T) io.Reader {
	return readerFunc(func([]byte) (int, error) {
		t.Error("the content is read before the arguments are checked")
		return 0, io.EOF
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// brokenAt is content that cannot be read from an offset on.
type brokenAt struct {
	content []byte
	from    int64
}

func (b brokenAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > b.from {
		n := copy(p, b.content[min(off, b.from):b.from])
		return n, errDeliberate
	}
	return copy(p, b.content[off:]), nil
}
