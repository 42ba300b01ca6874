package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"hash"
	"io"

	"github.com/frontdesk-go/frontdesk"
)

// Intake reads the content of a put, for adapters. It ends with io.EOF only if the
// content is as the options say: content of another size is Invalid with the field "size",
// content with another checksum is Aborted. It ends when its context does.
type Intake struct {
	ctx  context.Context
	body io.Reader
	size int64
	want []byte
	read int64
	hash hash.Hash
}

// NewIntake returns an intake that has read nothing.
func NewIntake(ctx context.Context, body io.Reader, o PutOptions) *Intake {
	return &Intake{ctx: ctx, body: body, size: o.Size, want: o.SHA256, hash: sha256.New()}
}

// Read reads the content.
func (i *Intake) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := i.body.Read(p)
	i.hash.Write(p[:n])
	i.read += int64(n)
	switch {
	case i.size >= 0 && i.read > i.size:
		return n, frontdesk.InvalidField("size", "is %d and the content is longer", i.size)
	case err == io.EOF:
		return n, i.end()
	case err != nil:
		return n, unreadable(err)
	}
	return n, nil
}

// end is what the content ends with.
func (i *Intake) end() error {
	switch {
	case i.size >= 0 && i.read < i.size:
		return frontdesk.InvalidField("size", "is %d and the content has %d bytes", i.size, i.read)
	case len(i.want) > 0 && !bytes.Equal(i.want, i.SHA256()):
		return frontdesk.Errorf(frontdesk.Aborted, "the content does not have the checksum that was given")
	}
	return io.EOF
}

// Size is how many bytes were read.
func (i *Intake) Size() int64 { return i.read }

// SHA256 is the checksum of what was read.
func (i *Intake) SHA256() []byte { return i.hash.Sum(nil) }

// unreadable keeps the code of the body's own error; one without is no fault of the store
// and may be gone the next time.
func unreadable(err error) error {
	if code := frontdesk.CodeOf(err); code != frontdesk.Unknown {
		return err
	}
	return frontdesk.Errorf(frontdesk.Unavailable, "the content cannot be read: %w", err)
}
