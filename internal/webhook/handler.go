// Package webhook is the handler behind every webhook that a host mounts: it bounds and reads the
// body as it was sent, hands it to the domain and answers 200 only for what is committed. The
// packages billinghttp and emailhttp give it their names and docs.
package webhook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/problem"
)

// Receiver takes deliveries. An error that is Invalid says that the delivery is wrong, any other
// that it could not be stored.
type Receiver interface {
	Receive(ctx context.Context, header http.Header, body []byte) error
}

// Handler answers 200 when the receiver has taken a delivery; 400 when it is wrong; 405 for another
// method than POST; 413 for a body that is too large; 408 for one that does not end; and 500 when
// it could not be stored, so that the provider sends it again. Errors are problem details.
type Handler struct {
	Receiver    Receiver
	Domain      string        // in the log
	MaxBody     int64         // bytes of a body; default 1 MiB
	ReadTimeout time.Duration // for the body, where the server supports read deadlines; default 10 s
	Logger      *slog.Logger  // of deliveries that could not be stored; default slog.Default()
}

// New returns the handler with its defaults filled in.
func New(h Handler) *Handler {
	if h.MaxBody <= 0 {
		h.MaxBody = 1 << 20
	}
	if h.ReadTimeout <= 0 {
		h.ReadTimeout = 10 * time.Second
	}
	if h.Logger == nil {
		h.Logger = slog.Default()
	}
	return &h
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		problem.Write(w, r, http.StatusMethodNotAllowed, frontdesk.Invalid, "webhooks are posted")
		return
	}
	body, err := h.read(w, r)
	if err == nil {
		err = h.Receiver.Receive(r.Context(), r.Header, body)
	}
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// read reads the body as it was sent: it counts the bytes and decodes nothing.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	// A server without read deadlines has timeouts of its own.
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(h.ReadTimeout))
	body, err := readAll(http.MaxBytesReader(w, r.Body, h.MaxBody), r.ContentLength, h.MaxBody)
	if err != nil {
		return nil, unreadError{err}
	}
	// Past the body, the deadline would cancel the request while it commits.
	_ = control.SetReadDeadline(time.Time{})
	return body, nil
}

// readAll reads into one buffer of the announced size, where that can be believed.
func readAll(body io.Reader, announced, limit int64) ([]byte, error) {
	if announced <= 0 || announced > limit {
		return io.ReadAll(body)
	}
	buf := make([]byte, announced)
	_, err := io.ReadFull(body, buf)
	return buf, err
}

// unreadError is a failure to read the request, not to store it.
type unreadError struct{ error }

func (e unreadError) Unwrap() error { return e.error }

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var tooLarge *http.MaxBytesError
	var broken unreadError
	switch {
	case errors.As(err, &tooLarge):
		problem.Write(w, r, http.StatusRequestEntityTooLarge, frontdesk.Invalid, "the body is too large")
	case errors.As(err, &broken):
		problem.Write(w, r, http.StatusRequestTimeout, frontdesk.Invalid, "the body did not end in time")
	case errors.Is(err, frontdesk.Invalid):
		problem.Write(w, r, http.StatusBadRequest, frontdesk.Invalid, "the signature or the envelope is not valid")
	default:
		h.Logger.ErrorContext(r.Context(), h.Domain+": webhook not stored", "code", frontdesk.CodeOf(err).String(), "error", err)
		problem.Write(w, r, http.StatusInternalServerError, frontdesk.Internal, "the event was not stored; send it again")
	}
}
