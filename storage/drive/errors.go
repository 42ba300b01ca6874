package drive

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

const (
	maxText   = 300              // of what another program wrote
	longPause = 15 * time.Minute // before a limit that is not one of the moment is tried again
)

// Error is what Drive answered
// (https://developers.google.com/workspace/drive/api/guides/handle-errors).
type Error struct {
	Status  int    // of HTTP
	Reason  string // such as "storageQuotaExceeded"; empty when Drive told none
	Message string // for logs

	answer *googleapi.Error
}

// Error returns status, reason and message.
func (e *Error) Error() string {
	return strings.Join(strings.Fields(strconv.Itoa(e.Status)+" "+e.Reason+": "+e.Message), " ")
}

// Unwrap returns the *googleapi.Error.
func (e *Error) Unwrap() error { return e.answer }

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

// sourceError is why content could not be read. It is no fault of Drive's.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return "the content cannot be read: " + e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }

// notSent is the failure of a request that the limiter did not let go.
func notSent(err error) *failure {
	if known, ok := errors.AsType[*frontdesk.Error](err); ok {
		return &failure{Error: known}
	}
	return &failure{Error: &frontdesk.Error{Code: frontdesk.CodeOf(err), Err: err}}
}

// failure reads why an attempt failed.
func (c call) failure(ctx context.Context, err error) *failure {
	if known, ok := errors.AsType[*frontdesk.Error](err); ok {
		return &failure{Error: known}
	}
	answer, answered := errors.AsType[*googleapi.Error](err)
	source, unread := errors.AsType[*sourceError](err)
	switch {
	case unread:
		return c.unreadable(source)
	case answered:
		return c.refused(answer)
	case ctx.Err() != nil:
		return c.fail(c.outcome(err, frontdesk.CodeOf(ctx.Err())), ctx.Err().Error(), ctx.Err(), err)
	}
	return c.silent(err)
}

func (c call) unreadable(err *sourceError) *failure {
	code := frontdesk.CodeOf(err.err)
	if code == frontdesk.Unknown {
		code = frontdesk.Unavailable
	}
	return c.fail(code, err.Error(), err.err)
}

// silent is the failure of an attempt that got no answer, or half of one.
func (c call) silent(err error) *failure {
	grant, noToken := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case noToken && grant.Response != nil && grant.Response.StatusCode/100 == 4:
		return c.fail(frontdesk.Unauthenticated, "Google gives no token: "+grant.ErrorCode, err)
	case noToken:
		f := c.fail(frontdesk.Unavailable, "Google gives no token", err)
		f.transient = true
		return f
	}
	f := c.fail(c.outcome(err, frontdesk.Unavailable), trim(err.Error()), err)
	f.transient = true
	return f
}

// outcome is the code when there was no answer: a write may have been carried out,
// unless it was never sent.
func (c call) outcome(err error, otherwise frontdesk.Code) frontdesk.Code {
	if c.write && !googlecall.NeverSent(err) {
		return frontdesk.OutcomeUnknown
	}
	return otherwise
}

func (c call) fail(code frontdesk.Code, text string, errs ...error) *failure {
	return &failure{Error: &frontdesk.Error{Code: code, Err: &cause{"drive: " + c.name + ": " + text, errs}}}
}

// refused reads an answer of Drive's: the reason first, then the status. The domain is
// not read, for rates and quotas share one.
func (c call) refused(answer *googleapi.Error) *failure {
	e := &Error{Status: answer.Code, answer: answer}
	e.Reason, e.Message = explain(answer)
	f := c.fail(c.codeOf(e), e.Error(), e)
	f.RetryAfter = retryAfter(answer.Header)
	switch f.Code {
	case frontdesk.RateLimited:
		f.slow = !later[e.Reason]
		f.transient = f.slow
		if later[e.Reason] {
			f.RetryAfter = max(f.RetryAfter, longPause)
		}
	case frontdesk.Unavailable, frontdesk.OutcomeUnknown:
		f.transient = true
	case frontdesk.Unauthenticated:
		f.transient, f.stale = true, true
	case frontdesk.Invalid:
		f.Fields = []frontdesk.Field{{Name: "request", Message: "was refused by the document store"}}
	}
	return f
}

// later are limits that are not lifted in a moment. They stop nobody else.
var later = map[string]bool{"sharingRateLimitExceeded": true, "dailyLimitExceeded": true}

// codes are Drive's reasons that say more than their status.
var codes = map[string]frontdesk.Code{
	"rateLimitExceeded":        frontdesk.RateLimited,
	"userRateLimitExceeded":    frontdesk.RateLimited,
	"sharingRateLimitExceeded": frontdesk.RateLimited,
	"dailyLimitExceeded":       frontdesk.RateLimited,
	"RATE_LIMIT_EXCEEDED":      frontdesk.RateLimited,

	"storageQuotaExceeded":               frontdesk.QuotaExceeded,
	"quotaExceeded":                      frontdesk.QuotaExceeded,
	"teamDriveFileLimitExceeded":         frontdesk.QuotaExceeded,
	"numChildrenInNonRootLimitExceeded":  frontdesk.QuotaExceeded,
	"activeItemCreationLimitExceeded":    frontdesk.QuotaExceeded,
	"myDriveHierarchyDepthLimitExceeded": frontdesk.QuotaExceeded,

	"fileNotDownloadable":     frontdesk.FailedPrecondition,
	"fileNotExportable":       frontdesk.FailedPrecondition,
	"exportSizeLimitExceeded": frontdesk.FailedPrecondition,

	"backendError":  frontdesk.Unavailable,
	"internalError": frontdesk.Unavailable,
}

func (c call) codeOf(e *Error) frontdesk.Code {
	if code, known := codes[e.Reason]; known && code != frontdesk.Unavailable {
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
		return frontdesk.FailedPrecondition
	case http.StatusRequestedRangeNotSatisfiable:
		return frontdesk.Invalid
	case http.StatusTooManyRequests:
		return frontdesk.RateLimited
	case http.StatusNotFound, http.StatusGone:
		return c.codeOfAbsence(e)
	}
	return c.outcome(e, frontdesk.Unavailable)
}

// codeOfAbsence believes in a 404 only if it is Drive's own: a proxy's page must not make a
// document look deleted.
func (c call) codeOfAbsence(e *Error) frontdesk.Code {
	if e.Reason == "" && e.answer.Message == "" {
		return frontdesk.Unavailable
	}
	return frontdesk.NotFound
}

// explain finds reason and message. On the upload host, and in Google's newer form, the
// reason is not where googleapi looks for it.
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
			Errors  []struct{ Reason string }
		}
	}
	if err := json.Unmarshal([]byte(body), &newer); err != nil {
		return reasonInText(body)
	}
	for _, d := range append(newer.Error.Errors, newer.Error.Details...) {
		if d.Reason != "" {
			return d.Reason
		}
	}
	return newer.Error.Status
}

// reasonInText finds a reason that is known in what is no JSON.
func reasonInText(body string) string {
	text := strings.ToLower(strings.ReplaceAll(body, " ", ""))
	for _, reason := range []string{"userRateLimitExceeded", "rateLimitExceeded", "storageQuotaExceeded"} {
		if strings.Contains(text, strings.ToLower(reason)) {
			return reason
		}
	}
	return ""
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
