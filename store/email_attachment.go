package store

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// partSize is how many bytes of a file one row has: few enough to be held in memory by
// every worker at once.
const partSize = 256 << 10

// insertFile stores all that the attachment holds, a part at a time.
func insertFile(ctx context.Context, q queries, message int64, number int, a email.Attachment) error {
	r, err := a.Open()
	if err != nil {
		return unreadable(err)
	}
	defer r.Close()
	content := io.LimitReader(r, a.Size+1) // enough to tell that the size is wrong
	stored, buffer := int64(0), make([]byte, min(partSize, a.Size+1))
	for part := 0; ; part++ {
		n, err := io.ReadFull(content, buffer)
		if n > 0 {
			if _, err := q.exec(ctx, "INSERT INTO frontdesk_email_attachments (message, file, part, content) VALUES (?, ?, ?, ?)",
				message, number, part, buffer[:n]); err != nil {
				return err
			}
			stored += int64(n)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return unreadable(err)
		}
	}
	if stored != a.Size {
		return frontdesk.Errorf(frontdesk.Invalid, "it does not have the size it says")
	}
	return nil
}

// unreadable is an error of the caller's reader, which says nothing about the database.
func unreadable(err error) error {
	return frontdesk.Errorf(frontdesk.CodeOf(err), "it cannot be read: %w", err)
}

// fileReader reads a file part by part.
type fileReader struct {
	ctx     context.Context // of the message: it bounds the reading as well
	store   emailStore
	message int64
	file    int
	part    int
	rest    []byte // of the part that was read last
	left    int64  // of the file, behind the rest
}

// Read implements io.Reader.
func (r *fileReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.left == 0 {
			return 0, io.EOF
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *fileReader) next() error {
	return r.store.read(r.ctx, func(q queries) error {
		content, err := first(r.ctx, q, scalar[[]byte],
			"SELECT content FROM frontdesk_email_attachments WHERE message = ? AND file = ? AND part = ?", r.message, r.file, r.part)
		if err != nil {
			return missing(err, fmt.Sprintf("attachment %d of message %d any more", r.file, r.message))
		}
		r.rest, r.left, r.part = content, r.left-int64(len(content)), r.part+1
		return nil
	})
}
