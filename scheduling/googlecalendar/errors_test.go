package googlecalendar_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling/googlecalendar"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest/calendarserver"
)

// roundTripper answers with a body and a status.
type roundTripper func(r *http.Request) (body string, status int)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	body, status := f(r)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		status      int
		reason      string
		read, write frontdesk.Code
	}{
		{400, "invalid", frontdesk.Invalid, frontdesk.Invalid},
		{401, "authError", frontdesk.Unauthenticated, frontdesk.Unauthenticated},
		{403, "rateLimitExceeded", frontdesk.RateLimited, frontdesk.RateLimited},
		{403, "userRateLimitExceeded", frontdesk.RateLimited, frontdesk.RateLimited},
		{429, "rateLimitExceeded", frontdesk.RateLimited, frontdesk.RateLimited},
		{429, "", frontdesk.RateLimited, frontdesk.RateLimited},
		{403, "quotaExceeded", frontdesk.QuotaExceeded, frontdesk.QuotaExceeded},
		{403, "dailyLimitExceeded", frontdesk.QuotaExceeded, frontdesk.QuotaExceeded},
		{403, "forbiddenForNonOrganizer", frontdesk.PermissionDenied, frontdesk.PermissionDenied},
		{403, "insufficientPermissions", frontdesk.PermissionDenied, frontdesk.PermissionDenied},
		{403, "requiredAccessLevel", frontdesk.PermissionDenied, frontdesk.PermissionDenied},
		{404, "notFound", frontdesk.NotFound, frontdesk.NotFound},
		{500, "backendError", frontdesk.Unavailable, frontdesk.OutcomeUnknown},
		{503, "", frontdesk.Unavailable, frontdesk.OutcomeUnknown},
	} {
		t.Run(fmt.Sprintf("%d %s is %v, and %v for a write", c.status, c.reason, c.read, c.write), func(t *testing.T) {
			s, calendar := local(t, calendarserver.Options{}, googlecalendar.Options{MaxAttempts: 1})
			f := calendarserver.Fault{Status: c.status, Reason: c.reason, Message: "No."}
			s.Next(calendarserver.Any, f, f)
			_, err := calendar.Changes(t.Context(), primary, "", at(0))
			requireCode(t, c.read, err)
			_, err = calendar.Put(t.Context(), primary, meeting(0, hours(9, 10)))
			requireCode(t, c.write, err)
			own, below := (*googlecalendar.Error)(nil), (*googleapi.Error)(nil)
			require.ErrorAs(t, err, &own)
			assert.Equal(t, c.status, own.Status)
			assert.Equal(t, c.reason, own.Reason)
			require.ErrorAs(t, err, &below)
			assert.Equal(t, c.status, below.Code)
		})
	}
	t.Run("a reason in Google's newer form counts", func(t *testing.T) {
		s, calendar := local(t, calendarserver.Options{}, googlecalendar.Options{MaxAttempts: 1})
		s.Next(calendarserver.List, calendarserver.Fault{
			Status: 403, Body: `{"error":{"code":403,"status":"PERMISSION_DENIED","details":[{"reason":"RATE_LIMIT_EXCEEDED"}]}}`,
		})
		_, err := calendar.Changes(t.Context(), primary, "", at(0))
		requireCode(t, frontdesk.RateLimited, err)
	})
	t.Run("a 404 that is not Google's does not make a calendar vanish", func(t *testing.T) {
		s, calendar := local(t, calendarserver.Options{}, googlecalendar.Options{MaxAttempts: 1})
		s.Next(calendarserver.List, calendarserver.Fault{Status: 404, Body: "<html>proxy</html>"})
		_, err := calendar.Changes(t.Context(), primary, "", at(0))
		requireCode(t, frontdesk.Unavailable, err)
	})
	t.Run("access that was taken back is Unauthenticated, and nothing is sent", func(t *testing.T) {
		s := calendarserver.NewServer(nil)
		c, err := googlecalendar.New(refusedTokens{}, &googlecalendar.Options{Endpoint: endpoint, HTTPClient: &http.Client{Transport: s.Transport()}})
		require.NoError(t, err)
		_, err = c.Put(t.Context(), primary, meeting(0, hours(9, 10)))
		requireCode(t, frontdesk.Unauthenticated, err)
		_, err = c.Busy(t.Context(), []string{primary}, hours(0, 24), nil)
		requireCode(t, frontdesk.Unauthenticated, err)
		assert.Zero(t, s.Requests())
	})
	t.Run("no error and no log shows a token", func(t *testing.T) {
		var log strings.Builder
		s, calendar := local(t, calendarserver.Options{}, googlecalendar.Options{
			MaxAttempts: 2, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		s.Next(calendarserver.Any, calendarserver.Fault{Status: 503}, calendarserver.Fault{Cut: true})
		_, err := calendar.Put(t.Context(), primary, meeting(0, hours(9, 10)))
		require.Error(t, err)
		shown := log.String() + fmt.Sprintf("%v %+v %#v %+v %#v", err, err, err, calendar, calendar)
		assert.NotContains(t, shown, "secret-token")
		assert.Contains(t, log.String(), "trying again")
	})
}

// refusedTokens is a grant that was taken back.
type refusedTokens struct{}

func (refusedTokens) Token() (*oauth2.Token, error) {
	return nil, &oauth2.RetrieveError{Response: &http.Response{StatusCode: 400}, ErrorCode: "invalid_grant"}
}

func TestRetries(t *testing.T) {
	inBubble(t, "an attempt that is refused for its rate is made again after the time that Google asks for", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		s.Next(calendarserver.List, calendarserver.Fault{Status: 429, Reason: "rateLimitExceeded", RetryAfter: 7 * time.Second})
		begun := s.Now()
		changes(t, c, "")
		assert.GreaterOrEqual(t, s.Now().Sub(begun), 7*time.Second)
		assert.Less(t, s.Now().Sub(begun), 12*time.Second)
	})
	inBubble(t, "a wait that is too long is the caller's, with the time", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		s.Next(calendarserver.List, calendarserver.Fault{Status: 403, Reason: "userRateLimitExceeded", RetryAfter: time.Hour})
		begun := s.Now()
		_, err := c.Changes(t.Context(), primary, "", at(0))
		requireCode(t, frontdesk.RateLimited, err)
		assert.Equal(t, time.Hour, frontdesk.RetryAfter(err))
		assert.Equal(t, begun, s.Now())
	})
	inBubble(t, "attempts are bounded", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{MaxAttempts: 4})
		s.Every(calendarserver.List, 1, calendarserver.Fault{Status: 503})
		_, err := c.Changes(t.Context(), primary, "", at(0))
		requireCode(t, frontdesk.Unavailable, err)
		assert.Equal(t, 4, s.Requests())
	})
	inBubble(t, "a token that was refused is asked for anew, once", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		s.Next(calendarserver.List, calendarserver.Fault{Status: 401, Reason: "authError"})
		changes(t, c, "")
		assert.Equal(t, 2, s.Requests())
	})
	inBubble(t, "all calls share a limiter: against 10 requests a second few are refused", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{Rate: 10, Burst: 10}, googlecalendar.Options{MaxAttempts: 20})
		begun := s.Now()
		for range 500 {
			changes(t, c, "")
		}
		refused := float64(s.Requests()-500) / float64(s.Requests())
		t.Logf("%.1f a second, %.1f %% refused", 500/s.Now().Sub(begun).Seconds(), 100*refused)
		assert.Greater(t, 500/s.Now().Sub(begun).Seconds(), 6.0)
		assert.Less(t, refused, 0.15)
	})
}

func TestNew(t *testing.T) {
	for _, given := range []string{"calendar/v3/", "http://calendar.test/", "ftp://calendar.test/calendar/v3/", "http://u:p@calendar.test/calendar/v3/", "http://calendar.test/calendar/v3/?a=b"} {
		t.Run("the endpoint "+given+" is refused", func(t *testing.T) {
			_, err := googlecalendar.New(tokens(), &googlecalendar.Options{Endpoint: given})
			requireCode(t, frontdesk.Invalid, err)
			assert.Equal(t, "endpoint", frontdesk.Fields(err)[0].Name)
		})
	}
	t.Run("without tokens there is no calendar", func(t *testing.T) {
		_, err := googlecalendar.New(nil, nil)
		assert.Equal(t, "tokens", frontdesk.Fields(err)[0].Name)
	})
	t.Run("the zero options work", func(t *testing.T) {
		c, err := googlecalendar.New(tokens(), nil)
		require.NoError(t, err)
		assert.Equal(t, "google", c.Name())
	})
	t.Run("a key that is none is refused, and not shown", func(t *testing.T) {
		_, err := googlecalendar.NewFromKey(frontdesk.NewSecret(`{"private_key":"very-secret"}`), nil)
		requireCode(t, frontdesk.Invalid, err)
		assert.NotContains(t, fmt.Sprintf("%+v", err), "very-secret")
		assert.False(t, errors.Is(err, frontdesk.Internal))
	})
}
