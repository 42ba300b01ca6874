package schedulinghttp

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// problem is an RFC 9457 problem with our code, the fields that are wrong, why a time cannot
// be booked, and what is held all the same.
type problem struct {
	Type      string            `json:"type"`
	Title     string            `json:"title"`
	Status    int               `json:"status"`
	Detail    string            `json:"detail"`
	Code      frontdesk.Code    `json:"code"`
	Fields    []frontdesk.Field `json:"fields,omitempty"`
	Reason    scheduling.Reason `json:"reason,omitempty"`
	Conflicts []conflictRecord  `json:"conflicts,omitempty"` // the same, of a series
	RequestID string            `json:"request_id,omitempty"`
	Ticket    *ticketRecord     `json:"ticket,omitempty"`
}

// reasonTaken is the reason of ErrSlotTaken, which comes after a slot was found free.
const reasonTaken scheduling.Reason = "taken"

// statuses says what each code is in HTTP. Other codes are faults of ours, 500.
var statuses = map[frontdesk.Code]int{
	frontdesk.Invalid:            http.StatusBadRequest,
	frontdesk.Unauthenticated:    http.StatusUnauthorized,
	frontdesk.Declined:           http.StatusPaymentRequired,
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
	frontdesk.Aborted:          "somebody else has changed this meanwhile; look before you try again",
	frontdesk.Unavailable:      "this is out of reach at the moment",
	frontdesk.OutcomeUnknown:   "it is not known whether this was done; look before you try again",
	frontdesk.DeadlineExceeded: "this took too long",
	frontdesk.RateLimited:      "too many requests",
	frontdesk.Internal:         "something went wrong here; the request id helps to find out what",
}

// refuse answers with the error, as far as it is for the person who asked. What they
// cannot mend is logged.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, answer := problemOf(r, err)
	if status >= http.StatusInternalServerError {
		h.Logger.ErrorContext(r.Context(), "scheduling: request failed", "code", frontdesk.CodeOf(err).String(), "error", err,
			"request_id", frontdesk.FromRequest(r).RequestID)
	}
	if wait := frontdesk.RetryAfter(err); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	if held, ok := errors.AsType[*ticketError](err); ok {
		answer.Ticket = &held.ticket
	}
	writeProblem(w, r, status, answer)
}

func problemOf(r *http.Request, err error) (int, problem) {
	code := frontdesk.CodeOf(err)
	if code == frontdesk.Unauthenticated && signedIn(r) {
		// A calendar or a payment provider does not know us: nothing that signing in would mend.
		return http.StatusServiceUnavailable, problem{Code: frontdesk.Unavailable, Detail: texts[frontdesk.Unavailable]}
	}
	status, known := statuses[code]
	if !known {
		return http.StatusInternalServerError, problem{Code: frontdesk.Internal, Detail: texts[frontdesk.Internal]}
	}
	answer := problem{Code: code, Detail: message(err, code), Fields: frontdesk.Fields(err), Reason: reasonOf(err), Conflicts: conflictsOf(err)}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		status = http.StatusRequestTimeout
	case code == frontdesk.Aborted && r.Header.Get("If-Match") != "":
		status = http.StatusPreconditionFailed
	}
	return status, answer
}

func signedIn(r *http.Request) bool {
	_, err := frontdesk.ActorFrom(r.Context())
	return err == nil
}

func reasonOf(err error) scheduling.Reason {
	if reason, found := errors.AsType[scheduling.Reason](err); found {
		return reason
	}
	if errors.Is(err, scheduling.ErrSlotTaken) {
		return reasonTaken
	}
	return ""
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
	p.Type, p.Title, p.Status, p.RequestID = "about:blank", http.StatusText(status), status, frontdesk.FromRequest(r).RequestID
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
	header.Set("Referrer-Policy", "no-referrer") // an address may hold a token
	w.WriteHeader(status)
	// Whoever has gone away reads no answer.
	_ = json.NewEncoder(w).Encode(v)
}
