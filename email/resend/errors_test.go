package resend_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email/resend"
	"github.com/frontdesk-go/frontdesk/email/resend/resendtest"
)

func TestErrorCodes(t *testing.T) {
	const html = "<html><h1>Bad Gateway</h1></html>"
	for _, c := range []struct {
		rule     string
		fault    resendtest.Fault
		code     frontdesk.Code
		attempts int
	}{
		{"a key of the wrong length is invalid", resendtest.Fault{Status: 400, Name: "invalid_idempotency_key"}, frontdesk.Invalid, 1},
		{"a field that Resend dislikes is invalid", resendtest.Fault{Status: 400, Name: "validation_error"}, frontdesk.Invalid, 1},
		{"no API key is unauthenticated", resendtest.Fault{Status: 401, Name: "missing_api_key"}, frontdesk.Unauthenticated, 1},
		{"a restricted API key is permission denied", resendtest.Fault{Status: 401, Name: "restricted_api_key"}, frontdesk.PermissionDenied, 1},
		{"a wrong API key is unauthenticated", resendtest.Fault{Status: 403, Name: "invalid_api_key"}, frontdesk.Unauthenticated, 1},
		{"an unverified domain is a failed precondition", resendtest.Fault{Status: 403, Name: "validation_error", Message: "The example.com domain is not verified."}, frontdesk.FailedPrecondition, 1},
		{"an endpoint that is not there is not found", resendtest.Fault{Status: 404, Name: "not_found"}, frontdesk.NotFound, 1},
		{"a wrong method is invalid", resendtest.Fault{Status: 405, Name: "method_not_allowed"}, frontdesk.Invalid, 1},
		{"a key of another message already exists", resendtest.Fault{Status: 409, Name: "invalid_idempotent_request"}, frontdesk.AlreadyExists, 1},
		{"a key in use is aborted in the end", resendtest.Fault{Status: 409, Name: "concurrent_idempotent_requests"}, frontdesk.Aborted, 3},
		{"a bad attachment is invalid", resendtest.Fault{Status: 422, Name: "invalid_attachment"}, frontdesk.Invalid, 1},
		{"a bad sender is invalid", resendtest.Fault{Status: 422, Name: "invalid_from_address"}, frontdesk.Invalid, 1},
		{"an unknown name of a 422 is invalid", resendtest.Fault{Status: 422, Name: "invalid_moon"}, frontdesk.Invalid, 1},
		{"a missing field is invalid", resendtest.Fault{Status: 422, Name: "missing_required_field"}, frontdesk.Invalid, 1},
		{"a rate limit is rate limited in the end", limited, frontdesk.RateLimited, 3},
		{"a daily quota is not tried again", resendtest.Fault{Status: 429, Name: "daily_quota_exceeded"}, frontdesk.QuotaExceeded, 1},
		{"a monthly quota is not tried again", resendtest.Fault{Status: 429, Name: "monthly_quota_exceeded"}, frontdesk.QuotaExceeded, 1},
		{"a security error is declined", resendtest.Fault{Status: 451, Name: "security_error"}, frontdesk.Declined, 1},
		{"an application error is unavailable in the end", busy, frontdesk.Unavailable, 3},
		{"an internal error is unavailable in the end", resendtest.Fault{Status: 500, Name: "internal_server_error"}, frontdesk.Unavailable, 3},

		{"a proxy's 502 is unavailable in the end", resendtest.Fault{Status: 502, Body: html}, frontdesk.Unavailable, 3},
		{"a proxy's 504 has no known outcome", resendtest.Fault{Status: 504, Body: html}, frontdesk.OutcomeUnknown, 3},
		{"a proxy's rate limit is rate limited in the end", resendtest.Fault{Status: 429, Body: html}, frontdesk.RateLimited, 3},
		{"a proxy's 403 says nothing of the key", resendtest.Fault{Status: 403, Body: html}, frontdesk.Unavailable, 1},
		{"a proxy that finds the mail too large makes it invalid", resendtest.Fault{Status: 413, Body: html}, frontdesk.Invalid, 1},
		{"a redirect is not followed", resendtest.Fault{Status: 307, Body: html, Header: http.Header{"Location": {"https://elsewhere.example/"}}}, frontdesk.Unavailable, 1},
		{"an answer that is not JSON has no known outcome", resendtest.Fault{Status: 200, Body: html}, frontdesk.OutcomeUnknown, 3},
		{"an answer without an id has no known outcome", resendtest.Fault{Status: 200, Body: "{}"}, frontdesk.OutcomeUnknown, 1},
		{"a connection that is lost has no known outcome", resendtest.Fault{Lose: true}, frontdesk.OutcomeUnknown, 3},
	} {
		inBubble(t, c.rule, func(t *testing.T) {
			s, m := local(t, nil, c.fault, c.fault, c.fault)
			err := sends(t.Context(), m)
			requireCode(t, c.code, err)
			assert.Len(t, s.Requests(), c.attempts)
			var own *resend.Error
			if c.fault.Name != "" {
				require.ErrorAs(t, err, &own)
				assert.Equal(t, resend.Error{StatusCode: c.fault.Status, Name: c.fault.Name, Message: c.fault.Message}, *own)
			}
		})
	}
}

func TestErrorDetails(t *testing.T) {
	for message, field := range map[string]string{
		"Invalid `to` field. The email address needs to follow the format.": "to",
		"Missing `from` field.":         "from",
		"Invalid `tags.name` field.":    "tags",
		"Something about `secretThing`": "",
		"no field at all":               "",
	} {
		t.Run("the field of the refusal "+message, func(t *testing.T) {
			_, m := local(t, nil, resendtest.Fault{Status: 422, Name: "validation_error", Message: message})
			fields := frontdesk.Fields(sends(t.Context(), m))
			if field == "" {
				require.Empty(t, fields)
				return
			}
			require.Len(t, fields, 1)
			assert.Equal(t, field, fields[0].Name)
		})
	}
	t.Run("the sender who is not verified is said to people", func(t *testing.T) {
		_, m := local(t, &resendtest.Options{Domains: []string{"other.example"}})
		var shared *frontdesk.Error
		require.ErrorAs(t, sends(t.Context(), m), &shared)
		assert.Equal(t, "the sender is not verified with the mail provider", shared.Message)
	})
	t.Run("the request's name is kept", func(t *testing.T) {
		_, m := local(t, nil, resendtest.Fault{Status: 422, Name: "validation_error", Header: http.Header{"X-Request-Id": {"req_1"}}})
		var shared *frontdesk.Error
		require.ErrorAs(t, sends(t.Context(), m), &shared)
		assert.Equal(t, "req_1", shared.RequestID)
	})
	t.Run("an API key in an answer is not shown", func(t *testing.T) {
		_, m := local(t, nil, resendtest.Fault{Status: 422, Name: "validation_error", Message: "what is " + testKey})
		requireCode(t, frontdesk.Invalid, sends(t.Context(), m))
	})
	for rule, c := range map[string]struct {
		err  error
		code frontdesk.Code
	}{
		"a refused connection is unavailable":                      {errDial, frontdesk.Unavailable},
		"a reset before the request was read sent nothing":         {errReset, frontdesk.Unavailable},
		"any error before the request was read is unavailable too": {errors.New("proxy"), frontdesk.Unavailable},
	} {
		inBubble(t, rule, func(t *testing.T) {
			m := through(t, roundTrip(func(*http.Request) (*http.Response, error) { return nil, c.err }))
			requireCode(t, c.code, sends(t.Context(), m))
		})
	}
	inBubble(t, "a reset after the request was read has no known outcome", func(t *testing.T) {
		m := through(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, r.Body)
			return nil, errReset
		}))
		requireCode(t, frontdesk.OutcomeUnknown, sends(t.Context(), m))
	})
	inBubble(t, "an answer that is cut short has no known outcome", func(t *testing.T) {
		m := through(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, r.Body)
			broken := io.MultiReader(strings.NewReader(`{"id": "`), failing{errReset})
			return &http.Response{StatusCode: 200, Body: io.NopCloser(broken), Header: http.Header{}, Request: r}, nil
		}))
		requireCode(t, frontdesk.OutcomeUnknown, sends(t.Context(), m))
	})
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }

// FuzzErrorBody shows that no answer breaks the mailer or is taken for a success.
func FuzzErrorBody(f *testing.F) {
	f.Add(422, `{"statusCode":422,"name":"validation_error","message":"Invalid `+"`to`"+` field."}`)
	f.Add(403, `{"name":"validation_error"}`)
	f.Add(502, `<html>`)
	f.Add(429, `{"name":"\ud800","message":"`+strings.Repeat("ä", 400)+`"}`)
	f.Add(401, `{"name":1}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 400 || status > 599 {
			return
		}
		synctest.Test(t, func(t *testing.T) {
			m := through(t, roundTrip(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Header: http.Header{}, Request: r}, nil
			}))
			err := sends(t.Context(), m)
			require.Error(t, err)
			require.NotEqual(t, frontdesk.Unknown, frontdesk.CodeOf(err))
			require.Less(t, len(err.Error()), 2000)
		})
	})
}
