package ical

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/dialguard"
)

// unknown is the error for a calendar that does not tell when its owner is busy. It quotes nothing
// of it: what stands in a calendar is private.
func unknown(format string, args ...any) error {
	return frontdesk.Errorf(frontdesk.Unavailable, "the calendar cannot be read: %s", fmt.Sprintf(format, args...))
}

// refused reads an answer that is neither 200 nor 304.
func refused(answer *http.Response, now time.Time) error {
	e := &frontdesk.Error{Code: frontdesk.Unavailable, Message: "the calendar's server answered " + strconv.Itoa(answer.StatusCode)}
	switch answer.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Code = frontdesk.Unauthenticated
	case http.StatusNotFound, http.StatusGone:
		e.Code = frontdesk.NotFound
	case http.StatusTooManyRequests:
		e.Code = frontdesk.RateLimited
	}
	e.RetryAfter = retryAfter(answer.Header.Get("Retry-After"), now)
	return e
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3), and takes a day to be the most.
func retryAfter(value string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(value); err == nil {
		wait = time.Duration(min(seconds, daySeconds)) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), 24*time.Hour)
}

// silent is the error of a request without an answer. The text of net/http's has the address in it,
// so that only what it says of the context or of our own client is kept.
func silent(err error) error {
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) {
			return frontdesk.Errorf(codeOfEnd(end), "ical: the calendar's server did not answer: %w", end)
		}
	}
	if ours, ok := errors.AsType[*frontdesk.Error](err); ok {
		return ours
	}
	if refused, ok := errors.AsType[*dialguard.RefusedError](err); ok {
		return frontdesk.Errorf(frontdesk.Invalid, "the calendar's address leads where it must not: %w", refused)
	}
	return frontdesk.Errorf(frontdesk.Unavailable, "the calendar's server cannot be reached")
}

// codeOfEnd is Unavailable for our own time limit; the caller's is told by its context.
func codeOfEnd(end error) frontdesk.Code {
	if errors.Is(end, context.Canceled) {
		return frontdesk.Canceled
	}
	return frontdesk.Unavailable
}
