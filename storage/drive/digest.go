package drive

import (
	"crypto/sha256"
	"encoding"
	"hash"
	"io"
	"sync"
)

// buffers are what content is read through to be summed.
var buffers = sync.Pool{New: func() any { b := make([]byte, 32<<10); return &b }}

// digest is the SHA-256 of the first bytes of some content.
type digest struct {
	hash hash.Hash
	at   int64 // how many
}

func newDigest() *digest { return &digest{hash: sha256.New()} }

func (d *digest) sum() []byte { return d.hash.Sum(nil) }

// moveTo reads what lies between, or everything when it goes back.
func (d *digest) moveTo(src *source, offset int64) error {
	if offset < d.at {
		d.hash.Reset()
		d.at = 0
	}
	buffer := buffers.Get().(*[]byte)
	n, err := io.CopyBuffer(d.hash, src.section(d.at, offset-d.at), *buffer)
	buffers.Put(buffer)
	d.at += n
	if err == nil && d.at < offset {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return unreadable(err)
	}
	return nil
}

// state is what a later process can compare.
func (d *digest) state() ([]byte, error) {
	return d.hash.(encoding.BinaryMarshaler).MarshalBinary()
}

// clone is a hash that goes on from here.
func (d *digest) clone() (hash.Hash, error) { return d.hash.(hash.Cloner).Clone() }
