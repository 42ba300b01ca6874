package emailhttp

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// Receiver takes webhook deliveries; *email.Service does.
type Receiver interface {
	Receive(ctx context.Context, header http.Header, body []byte) error
}

var _ Receiver = (*email.Service)(nil)

// Options adjusts the webhook handler. The zero value is ready to use.
type Options struct {
	// MaxBody is how many bytes of a body are read. Default 1 MiB.
	MaxBody int64
	// ReadTimeout bounds the reading of the body, where the server supports
	// read deadlines. Default 10 s: providers wait 15 s for the answer.
	ReadTimeout time.Duration
	// Logger gets deliveries that could not be stored. Default slog.Default().
	Logger *slog.Logger
}

// NewWebhookHandler returns the handler of a provider's webhook. It answers 200
// only when the event is committed, or was before; 400 when the signature, its
// age or the envelope is wrong; 405 for another method than POST; 413 for a body
// that is too large; 408 for one that does not end; and 500 when the event could
// not be stored, also because the mailer has no webhooks, so that the provider sends
// it again. Errors are problem details (RFC 9457). Nil options are the zero Options.
func NewWebhookHandler(r Receiver, o *Options) http.Handler {
	h := &webhook{receiver: r}
	if o != nil {
		h.Options = *o
	}
	if h.MaxBody <= 0 {
		h.MaxBody = 1 << 20
	}
	if h.ReadTimeout <= 0 {
		h.ReadTimeout = 10 * time.Second
	}
	if h.Logger == nil {
		h.Logger = slog.Default()
	}
	return h
}

type webhook struct {
	Options
	receiver Receiver
}

func (h *webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		writeProblem(w, r, http.StatusMethodNotAllowed, frontdesk.Invalid, "webhooks are posted")
		return
	}
	body, err := h.read(w, r)
	if err == nil {
		err = h.receiver.Receive(r.Context(), r.Header, body)
	}
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// read reads the body as it was sent: it counts the bytes and decodes nothing.
func (h *webhook) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
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

func (h *webhook) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var tooLarge *http.MaxBytesError
	var broken unreadError
	switch {
	case errors.As(err, &tooLarge):
		writeProblem(w, r, http.StatusRequestEntityTooLarge, frontdesk.Invalid, "the body is too large")
	case errors.As(err, &broken):
		writeProblem(w, r, http.StatusRequestTimeout, frontdesk.Invalid, "the body did not end in time")
	case errors.Is(err, frontdesk.Invalid):
		writeProblem(w, r, http.StatusBadRequest, frontdesk.Invalid, "the signature or the envelope is not valid")
	default:
		h.Logger.ErrorContext(r.Context(), "email: webhook not stored", "code", frontdesk.CodeOf(err).String(), "error", err)
		writeProblem(w, r, http.StatusInternalServerError, frontdesk.Internal, "the event was not stored; send it again")
	}
}
