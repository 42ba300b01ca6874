package main

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// problem is how errors leave: RFC 9457, with our code and the fields that are wrong.
type problem struct {
	Type      string            `json:"type"`
	Title     string            `json:"title"`
	Status    int               `json:"status"`
	Detail    string            `json:"detail"`
	Code      frontdesk.Code    `json:"code"`
	Fields    []frontdesk.Field `json:"fields,omitempty"`
	RequestID string            `json:"request_id"`
}

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
}

// texts stand in where an error has nothing to say to people.
var texts = map[frontdesk.Code]string{
	frontdesk.Invalid:            "the request is not valid",
	frontdesk.NotFound:           "there is no such thing",
	frontdesk.Declined:           "the payment was declined",
	frontdesk.FailedPrecondition: "this is not possible as things stand",
	frontdesk.OutcomeUnknown:     "it is not known whether this was done; look before you try again",
	frontdesk.Unavailable:        "this is out of reach at the moment",
	frontdesk.DeadlineExceeded:   "this took too long",
	frontdesk.RateLimited:        "too many requests",
}

const internalText = "something went wrong here; the request id helps to find out what"

// refuse answers with the error, as far as it is for the person who asked. What
// they cannot mend is logged.
func (p *portal) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, answer := p.explain(w, r, err)
	writeProblem(w, r, status, answer)
}

// explain is the error as a problem.
func (p *portal) explain(w http.ResponseWriter, r *http.Request, err error) (int, problem) {
	status, answer := problemOf(r, err)
	if status >= http.StatusInternalServerError {
		p.log.ErrorContext(r.Context(), "request failed", "code", frontdesk.CodeOf(err).String(), "error", err,
			"request_id", r.Header.Get("X-Request-Id"))
	}
	if wait := frontdesk.RetryAfter(err); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	return status, answer
}

func problemOf(r *http.Request, err error) (int, problem) {
	answer := problem{Code: frontdesk.CodeOf(err)}
	if _, noActor := frontdesk.ActorFrom(r.Context()); answer.Code == frontdesk.Unauthenticated && noActor == nil {
		answer.Code = frontdesk.Unavailable // the provider does not know us: nothing that signing in would mend
		answer.Detail = texts[frontdesk.Unavailable]
		return http.StatusServiceUnavailable, answer
	}
	status, known := statuses[answer.Code]
	if !known {
		answer.Code, answer.Detail = frontdesk.Internal, internalText
		return http.StatusInternalServerError, answer
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		status = http.StatusRequestEntityTooLarge
	}
	answer.Detail = message(err, answer.Code)
	answer.Fields = frontdesk.Fields(err)
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

// Sentence is what a person reads of the problem.
func (p problem) Sentence() string {
	if len(p.Fields) == 0 {
		return p.Detail
	}
	var all []string
	for _, f := range p.Fields {
		all = append(all, "The "+strings.ReplaceAll(f.Name, "_", " ")+" "+f.Message+".")
	}
	return strings.Join(all, " ")
}

// refusePage is refuse for people who look at pages.
func (p *portal) refusePage(w http.ResponseWriter, r *http.Request, err error) {
	status, answer := p.explain(w, r, err)
	answer.RequestID = r.Header.Get("X-Request-Id")
	p.showAs(status, policy, w, r, problemPage, answer)
}

func writeProblem(w http.ResponseWriter, r *http.Request, status int, p problem) {
	p.Type, p.Title, p.Status = "about:blank", http.StatusText(status), status
	p.RequestID = r.Header.Get("X-Request-Id")
	writeJSON(w, status, "application/problem+json", p)
}
