package storagehttp

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// problem is an RFC 9457 problem with our code, the fields that are wrong, and the
// upload that it is about, if it is about one.
type problem struct {
	Type      string            `json:"type"`
	Title     string            `json:"title"`
	Status    int               `json:"status"`
	Detail    string            `json:"detail"`
	Code      frontdesk.Code    `json:"code"`
	Fields    []frontdesk.Field `json:"fields,omitempty"`
	RequestID string            `json:"request_id,omitempty"`
	*sessionRecord
}

// statuses says what each code is in HTTP. Other codes are faults of ours, 500.
var statuses = map[frontdesk.Code]int{
	frontdesk.Invalid:            http.StatusBadRequest,
	frontdesk.Unauthenticated:    http.StatusUnauthorized,
	frontdesk.PermissionDenied:   http.StatusForbidden,
	frontdesk.NotFound:           http.StatusNotFound,
	frontdesk.AlreadyExists:      http.StatusConflict,
	frontdesk.FailedPrecondition: http.StatusConflict,
	frontdesk.Aborted:            http.StatusConflict,
	frontdesk.RateLimited:        http.StatusTooManyRequests,
	frontdesk.QuotaExceeded:      http.StatusTooManyRequests,
	frontdesk.Unimplemented:      http.StatusNotImplemented,
	frontdesk.OutcomeUnknown:     http.StatusBadGateway,
	frontdesk.Unavailable:        http.StatusServiceUnavailable,
	frontdesk.DeadlineExceeded:   http.StatusGatewayTimeout,
	frontdesk.Canceled:           http.StatusRequestTimeout, // whoever asked has gone
}

// texts stand in where an error has nothing to say to people.
var texts = map[frontdesk.Code]string{
	frontdesk.Invalid:          "the request is not valid",
	frontdesk.NotFound:         "there is no such thing",
	frontdesk.Unavailable:      "this is out of reach at the moment",
	frontdesk.OutcomeUnknown:   "it is not known whether this was done; look before you try again",
	frontdesk.DeadlineExceeded: "this took too long",
	frontdesk.RateLimited:      "too many requests",
	frontdesk.QuotaExceeded:    "there is no room left",
	frontdesk.Internal:         "something went wrong here; the request id helps to find out what",
}

// refuse answers with the error, as far as it is for the person who asked. What they
// cannot mend is logged.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, answer := problemOf(r, err)
	if status >= http.StatusInternalServerError {
		h.Logger.ErrorContext(r.Context(), "storage: request failed", "code", frontdesk.CodeOf(err).String(), "error", err,
			"request_id", frontdesk.FromRequest(r).RequestID)
	}
	if wait := frontdesk.RetryAfter(err); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	writeProblem(w, r, status, answer)
}

func problemOf(r *http.Request, err error) (int, problem) {
	code := frontdesk.CodeOf(err)
	if _, nobody := frontdesk.ActorFrom(r.Context()); code == frontdesk.Unauthenticated && nobody == nil {
		// The document store does not know us: nothing that signing in would mend.
		return http.StatusServiceUnavailable, problem{Code: frontdesk.Unavailable, Detail: texts[frontdesk.Unavailable]}
	}
	status, known := statuses[code]
	if !known {
		return http.StatusInternalServerError, problem{Code: frontdesk.Internal, Detail: texts[frontdesk.Internal]}
	}
	var tooLarge *http.MaxBytesError
	var at *sessionError
	answer := problem{Code: code, Detail: message(err, code), Fields: frontdesk.Fields(err)}
	if errors.As(err, &at) {
		answer.sessionRecord = &at.session
	}
	switch {
	case errors.As(err, &tooLarge):
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		status = http.StatusRequestTimeout
	}
	return status, answer
}

// message is the part of the error that is for people.
func message(err error, code frontdesk.Code) string {
	if e, ok := errors.AsType[*frontdesk.Error](err); ok && e.Code == code && e.Message != "" {
		return e.Message
	}
	if text := texts[code]; text != "" {
		return text
	}
	return strings.ReplaceAll(code.String(), "_", " ")
}

func writeProblem(w http.ResponseWriter, r *http.Request, status int, p problem) {
	p.Type, p.Title, p.Status = "about:blank", http.StatusText(status), status
	p.RequestID = frontdesk.FromRequest(r).RequestID
	write(w, status, "application/problem+json", p)
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	write(w, status, "application/json", v)
	return nil
}

func write(w http.ResponseWriter, status int, contentType string, v any) {
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "private, no-store")
	w.WriteHeader(status)
	// Whoever has gone away reads no answer.
	_ = json.NewEncoder(w).Encode(v)
}
