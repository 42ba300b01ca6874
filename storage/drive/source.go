package drive

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// spoolMemory is how much of what can be read only once is kept in memory.
const spoolMemory = 1 << 20

// source is content that can be read again at any offset.
type source struct {
	at    io.ReaderAt
	size  int64
	sum   []byte // SHA-256, when it is known
	close func() error
}

func (s *source) section(offset, length int64) *io.SectionReader {
	return io.NewSectionReader(s.at, offset, length)
}

func keep() error { return nil }

// source makes the body of a put readable again. What is so already is not copied.
func (s *Store) source(ctx context.Context, body io.Reader, o storage.PutOptions) (*source, error) {
	if at, start, size, ok := seekable(body); ok {
		if o.Size >= 0 && o.Size != size {
			return nil, frontdesk.InvalidField("size", "is %d and the content has %d bytes", o.Size, size)
		}
		return &source{at: io.NewSectionReader(at, start, size), size: size, close: keep}, nil
	}
	intake := storage.NewIntake(ctx, body, o)
	if o.Size < 0 || o.Size > spoolMemory {
		return s.spoolUnknown(intake)
	}
	content := make([]byte, o.Size+1)
	n, err := io.ReadFull(intake, content)
	if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return &source{at: bytes.NewReader(content[:n]), size: int64(n), sum: intake.SHA256(), close: keep}, nil
}

// seekable finds out what is left of a body that can be read at any offset.
func seekable(body io.Reader) (at io.ReaderAt, start, size int64, ok bool) {
	both, ok := body.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok {
		return nil, 0, 0, false
	}
	start, err := both.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, 0, 0, false
	}
	end, err := both.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, 0, false
	}
	if _, err := both.Seek(start, io.SeekStart); err != nil {
		return nil, 0, 0, false
	}
	return both, start, max(0, end-start), true
}

// spoolUnknown keeps content in memory while it is small, and in a file then.
func (s *Store) spoolUnknown(intake *storage.Intake) (*source, error) {
	var head bytes.Buffer
	_, err := io.CopyN(&head, intake, spoolMemory)
	switch {
	case err == io.EOF: //nolint:errorlint // CopyN returns it bare
		return &source{at: bytes.NewReader(head.Bytes()), size: int64(head.Len()), sum: intake.SHA256(), close: keep}, nil
	case err != nil:
		return nil, err
	}
	file, err := os.CreateTemp(s.spool, "frontdesk-drive-*")
	if err != nil {
		return nil, spoolError(err)
	}
	remove := func() error { return errors.Join(file.Close(), os.Remove(file.Name())) }
	size, err := io.Copy(file, io.MultiReader(&head, intake))
	if err != nil {
		return nil, errors.Join(spoolError(err), remove())
	}
	return &source{at: file, size: size, sum: intake.SHA256(), close: remove}, nil
}

// spoolError keeps the code of what the content itself ended with.
func spoolError(err error) error {
	if frontdesk.CodeOf(err) != frontdesk.Unknown {
		return err
	}
	return frontdesk.Errorf(frontdesk.Internal, "drive: the content cannot be spooled: %w", err)
}

// sourceAt is content that a caller can read anywhere, of the size that it says or that is
// found out by reading. An end that cannot be read now is an error when its turn comes.
func sourceAt(at io.ReaderAt, o storage.PutOptions) (*source, error) {
	if o.Size < 0 {
		size, err := io.Copy(io.Discard, io.NewSectionReader(at, 0, 1<<62))
		if err != nil {
			return nil, unreadable(err)
		}
		return &source{at: at, size: size, close: keep}, nil
	}
	for _, probe := range []struct {
		offset int64
		want   int
	}{{o.Size - 1, 1}, {o.Size, 0}} {
		if probe.offset < 0 {
			continue
		}
		n, err := at.ReadAt(make([]byte, 1), probe.offset)
		if n != probe.want && (err == nil || errors.Is(err, io.EOF)) {
			return nil, frontdesk.InvalidField("size", "is %d and the content has another", o.Size)
		}
	}
	return &source{at: at, size: o.Size, close: keep}, nil
}

func unreadable(err error) error {
	return (call{name: "put"}).unreadable(&sourceError{err}).Error
}
