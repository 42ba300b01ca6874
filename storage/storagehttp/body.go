package storagehttp

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// body reads the body of a request for as long as it moves, up to a limit.
type body struct {
	io.Closer
	from    io.Reader
	control *http.ResponseController
	idle    time.Duration
	rate    int64
	began   time.Time
	read    int64
	limit   int64
	over    error // what more fails with
	failed  error // what it has failed with: not all who read it hand that on
}

// body bounds how much of the request's body is read, and how long that takes.
func (h *handler) body(w http.ResponseWriter, r *http.Request, limit int64, over error) *body {
	return &body{
		Closer: r.Body, from: r.Body, control: http.NewResponseController(w), idle: h.ReadTimeout, rate: h.MinRate,
		began: time.Now(), limit: limit, over: over,
	}
}

func (b *body) Read(p []byte) (int, error) {
	// A server without read deadlines has timeouts of its own.
	_ = b.control.SetReadDeadline(b.deadline(time.Now()))
	n, err := b.from.Read(p)
	b.read += int64(n)
	switch {
	case b.read > b.limit:
		n, b.failed = 0, b.over
	case errors.Is(err, io.EOF):
		// Past the body, the deadline would cancel the request while it commits.
		_ = b.control.SetReadDeadline(time.Time{})
		return n, io.EOF
	case err != nil:
		b.failed = frontdesk.Errorf(frontdesk.Invalid, "the body did not arrive: %w", err)
	}
	return n, b.failed
}

// deadline is the earlier one of two: when nothing has come for too long, and when too little
// has come since it began.
func (b *body) deadline(now time.Time) time.Time {
	average := b.began.Add(b.idle + time.Duration(b.read/b.rate)*time.Second)
	if moving := now.Add(b.idle); moving.Before(average) {
		return moving
	}
	return average
}

// tooLarge is about a content, and tooLong about a body that says something.
func tooLarge(limit int64) error {
	return frontdesk.InvalidField("content", "is longer than %d bytes: %w", limit, &http.MaxBytesError{Limit: limit})
}

func tooLong(limit int64) error {
	return frontdesk.Errorf(frontdesk.Invalid, "the body, less its file, is longer than %d bytes: %w", limit, &http.MaxBytesError{Limit: limit})
}
