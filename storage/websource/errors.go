package websource

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/dialguard"
)

// failure is why there was no answer. It tells the host; net/http's own error would tell the whole URL.
func failure(u *url.URL, err error) error {
	cause := fmt.Errorf("websource: %s: %w", u.Hostname(), told(err))
	dns, resolved := errors.AsType[*net.DNSError](err)
	switch {
	case as[*dialguard.RefusedError](err) != nil:
		return errors.Join(frontdesk.InvalidField("url", "leads to an address that is not allowed"), cause)
	case as[*tls.CertificateVerificationError](err) != nil:
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "the host is not who it should be: %w", cause)
	case resolved && dns.IsNotFound:
		return frontdesk.Errorf(frontdesk.NotFound, "there is no such host: %w", cause)
	case frontdesk.CodeOf(err) == frontdesk.Invalid, errors.Is(err, context.Canceled):
		return cause
	}
	return frontdesk.Errorf(frontdesk.Unavailable, "there is no answer: %w", cause)
}

// told is the part of an error that shows no URL.
func told(err error) error {
	for _, known := range []func(error) error{
		as[*frontdesk.Error], as[*net.OpError], as[*net.DNSError], as[*tls.CertificateVerificationError], as[tls.AlertError],
	} {
		if found := known(err); found != nil {
			return found
		}
	}
	for _, end := range []error{context.Canceled, context.DeadlineExceeded, errIdle} {
		if errors.Is(err, end) {
			return end
		}
	}
	return errors.New("the request failed")
}

func as[T error](err error) error {
	if found, ok := errors.AsType[T](err); ok {
		return found
	}
	return nil
}

// refused is what an answer says instead of giving the content.
func (s *Source) refused(resp *http.Response) error {
	code := codeOf(resp.StatusCode)
	switch encoding := resp.Header.Get("Content-Encoding"); {
	case code != frontdesk.Unknown:
		return &frontdesk.Error{
			Code: code, Message: fmt.Sprintf("%s answers with the status %d", resp.Request.URL.Hostname(), resp.StatusCode),
			RetryAfter: s.retryAfter(resp.Header),
		}
	case encoding != "" && encoding != "identity":
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "%s compresses the content although it must not", resp.Request.URL.Hostname())
	}
	return nil
}

// codeOf is Unknown for what is not refused.
func codeOf(status int) frontdesk.Code {
	switch {
	case status/100 == 2:
		return frontdesk.Unknown
	case status == http.StatusNotFound, status == http.StatusGone:
		return frontdesk.NotFound
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return frontdesk.PermissionDenied
	case status == http.StatusTooManyRequests:
		return frontdesk.RateLimited
	case status == http.StatusPreconditionFailed, status == http.StatusRequestedRangeNotSatisfiable:
		return frontdesk.Aborted
	case status == http.StatusRequestTimeout, status >= 500:
		return frontdesk.Unavailable
	}
	return frontdesk.FailedPrecondition
}

// retryAfter is how long an answer asks to wait, in seconds or until a time.
func (s *Source) retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	if until, err := http.ParseTime(text); err == nil {
		return max(0, until.Sub(s.options.Clock()))
	}
	return 0
}
