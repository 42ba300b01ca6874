package googlecalendar

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/googlecall"
)

const maxText = 300 // of what another program wrote

// Error is what Google answered
// (https://developers.google.com/workspace/calendar/api/guides/errors).
type Error struct {
	Status  int    // of HTTP
	Reason  string // such as "userRateLimitExceeded"; empty when Google told none
	Message string // for logs

	answer *googleapi.Error
}

// Error returns status, reason and message.
func (e *Error) Error() string {
	return strings.Join(strings.Fields(strconv.Itoa(e.Status)+" "+e.Reason+": "+e.Message), " ")
}

// Unwrap returns the *googleapi.Error.
func (e *Error) Unwrap() error { return e.answer }

// statusOf is the status that Google answered with, or 0.
func statusOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status
	}
	return 0
}

// failure is a portable error and what to do about it.
type failure struct {
	*frontdesk.Error
	transient bool // the same request may fare better a moment later
	slow      bool // all requests should come slower
	stale     bool // the token was refused
}

// cause has a text of its own: those of other packages' errors hold whole bodies.
type cause struct {
	text string
	errs []error
}

func (c *cause) Error() string   { return c.text }
func (c *cause) Unwrap() []error { return c.errs }

// notSent is the failure of a request that the limiter did not let go.
func notSent(err error) *failure {
	if known, ok := errors.AsType[*frontdesk.Error](err); ok {
		return &failure{Error: known}
	}
	return &failure{Error: &frontdesk.Error{Code: frontdesk.CodeOf(err), Err: err}}
}

// failure reads why an attempt failed.
func (q call) failure(ctx context.Context, err error) *failure {
	answer, answered := errors.AsType[*googleapi.Error](err)
	switch {
	case answered:
		return q.refused(answer)
	case ctx.Err() != nil:
		return q.fail(q.outcome(err, frontdesk.CodeOf(ctx.Err())), ctx.Err().Error(), ctx.Err(), err)
	}
	return q.silent(err)
}

// silent is the failure of an attempt that got no answer, or half of one.
func (q call) silent(err error) *failure {
	grant, noToken := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case noToken && grant.Response != nil && grant.Response.StatusCode/100 == 4:
		return q.fail(frontdesk.Unauthenticated, "Google gives no token: "+trim(grant.ErrorCode), err)
	case noToken:
		f := q.fail(frontdesk.Unavailable, "Google gives no token", err)
		f.transient = true
		return f
	}
	f := q.fail(q.outcome(err, frontdesk.Unavailable), trim(err.Error()), err)
	f.transient = true
	return f
}

// outcome is the code when there was no answer: a write may have been carried out,
// unless it was never sent.
func (q call) outcome(err error, otherwise frontdesk.Code) frontdesk.Code {
	if q.write && !googlecall.NeverSent(err) {
		return frontdesk.OutcomeUnknown
	}
	return otherwise
}

func (q call) fail(code frontdesk.Code, text string, errs ...error) *failure {
	return &failure{Error: &frontdesk.Error{Code: code, Err: &cause{"googlecalendar: " + q.name + ": " + text, errs}}}
}

// refused reads an answer of Google's: the reason first, then the status.
func (q call) refused(answer *googleapi.Error) *failure {
	e := &Error{Status: answer.Code, answer: answer}
	e.Reason, e.Message = explain(answer)
	f := q.fail(q.codeOf(e), e.Error(), e)
	f.RetryAfter = retryAfter(answer.Header)
	switch f.Code {
	case frontdesk.RateLimited:
		f.transient, f.slow = true, true
	case frontdesk.Unavailable, frontdesk.OutcomeUnknown:
		f.transient = true
	case frontdesk.Unauthenticated:
		f.transient, f.stale = true, true
	case frontdesk.Invalid:
		f.Fields = []frontdesk.Field{{Name: "request", Message: "was refused by the calendar"}}
	}
	return f
}

// codes are Google's reasons that say more than their status.
var codes = map[string]frontdesk.Code{
	"rateLimitExceeded":     frontdesk.RateLimited,
	"userRateLimitExceeded": frontdesk.RateLimited,
	"RATE_LIMIT_EXCEEDED":   frontdesk.RateLimited,

	"quotaExceeded":      frontdesk.QuotaExceeded,
	"dailyLimitExceeded": frontdesk.QuotaExceeded,

	"fullSyncRequired":     frontdesk.Aborted,
	"updatedMinTooLongAgo": frontdesk.Aborted,
	"ACCESS_TOKEN_EXPIRED": frontdesk.Unauthenticated,
	"invalid_grant":        frontdesk.Unauthenticated,
	"RESOURCE_EXHAUSTED":   frontdesk.RateLimited,
}

func (q call) codeOf(e *Error) frontdesk.Code {
	if code, known := codes[e.Reason]; known {
		return code
	}
	switch e.Status {
	case http.StatusBadRequest:
		return frontdesk.Invalid
	case http.StatusUnauthorized:
		return frontdesk.Unauthenticated
	case http.StatusForbidden:
		return frontdesk.PermissionDenied
	case http.StatusConflict:
		return frontdesk.AlreadyExists
	case http.StatusPreconditionFailed:
		return frontdesk.Aborted
	case http.StatusTooManyRequests:
		return frontdesk.RateLimited
	case http.StatusNotFound, http.StatusGone:
		return q.codeOfAbsence(e)
	}
	return q.outcome(e, frontdesk.Unavailable)
}

// codeOfAbsence believes in a 404 only if it is Google's own: a proxy's page must not make
// a calendar look deleted.
func (q call) codeOfAbsence(e *Error) frontdesk.Code {
	if e.Reason == "" && e.answer.Message == "" {
		return frontdesk.Unavailable
	}
	return frontdesk.NotFound
}

// explain finds reason and message. In Google's newer form the reason is not where
// googleapi looks for it.
func explain(answer *googleapi.Error) (reason, message string) {
	message = answer.Message
	if len(answer.Errors) > 0 {
		reason = answer.Errors[0].Reason
		if message == "" {
			message = answer.Errors[0].Message
		}
	}
	if reason == "" {
		reason = reasonIn(answer.Body)
	}
	if message == "" {
		message = answer.Body
	}
	return reason, trim(message)
}

func reasonIn(body string) string {
	var newer struct {
		Error struct {
			Status  string
			Details []struct{ Reason string }
		}
	}
	if json.Unmarshal([]byte(body), &newer) != nil {
		return ""
	}
	for _, d := range newer.Error.Details {
		if d.Reason != "" {
			return d.Reason
		}
	}
	return newer.Error.Status
}

func trim(text string) string { return strings.ToValidUTF8(text[:min(len(text), maxText)], "") }

// retryAfter is how long an answer asks us to wait.
func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.ParseUint(strings.TrimSpace(header.Get("Retry-After")), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// errNonsense is the error of an answer that is not what was asked for: half of one, or a
// proxy's. It may be better a moment later.
var errNonsense = errors.New("the answer makes no sense")

// senseless is the error of an answer that cannot be understood.
func senseless(what string) error {
	return frontdesk.Errorf(frontdesk.Unavailable, "googlecalendar: Google answers without sense: %s", what)
}
