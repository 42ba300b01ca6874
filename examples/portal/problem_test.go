package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/frontdesk-go/frontdesk"
)

// refusal is how an error leaves, for somebody who is signed in.
func refusal(err error) (*httptest.ResponseRecorder, *http.Request) {
	p := &portal{log: slog.New(slog.DiscardHandler)}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r = r.WithContext(frontdesk.WithActor(r.Context(), frontdesk.Client("acme", frontdesk.Origin{})))
	w := httptest.NewRecorder()
	p.refuse(w, r, err)
	return w, r
}

func TestProblem(t *testing.T) {
	t.Run("what nobody has foreseen tells nothing", func(t *testing.T) {
		for _, err := range []error{
			errors.New("canary"), frontdesk.Errorf(frontdesk.Internal, "canary"), frontdesk.Errorf(frontdesk.Unknown, "canary"), context.Canceled,
		} {
			w, _ := refusal(err)
			assert.Equal(t, http.StatusInternalServerError, w.Code)
			assert.NotContains(t, w.Body.String(), "canary")
			assert.Contains(t, w.Body.String(), `"code":"internal"`)
		}
	})
	t.Run("a cause is not told", func(t *testing.T) {
		w, _ := refusal(frontdesk.Errorf(frontdesk.Unavailable, "try later: %w", errors.New("canary")))
		assert.Equal(t, http.StatusServiceUnavailable, w.Code)
		assert.Contains(t, w.Body.String(), "try later")
		assert.NotContains(t, w.Body.String(), "canary")
	})
	t.Run("that the provider does not know us is nothing that signing in would mend", func(t *testing.T) {
		w, _ := refusal(frontdesk.Errorf(frontdesk.Unauthenticated, "canary"))
		assert.Equal(t, http.StatusServiceUnavailable, w.Code)
		assert.NotContains(t, w.Body.String(), "canary")
	})
	t.Run("whoever must wait is told how long, in whole seconds", func(t *testing.T) {
		w, _ := refusal(&frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: 1500 * time.Millisecond})
		assert.Equal(t, http.StatusTooManyRequests, w.Code)
		assert.Equal(t, "2", w.Header().Get("Retry-After"))
	})
	t.Run("fields have the names of the API", func(t *testing.T) {
		w, _ := refusal(errors.Join(frontdesk.InvalidField("success_path", "is required"), frontdesk.InvalidField("lines[0].price", "is required")))
		assert.Equal(t, http.StatusBadRequest, w.Code)
		assert.Contains(t, w.Body.String(), `"name":"success_path"`)
		assert.Contains(t, w.Body.String(), `"name":"lines[0].price"`)
	})
	t.Run("every code that is not our fault has a status of its own and a text", func(t *testing.T) {
		for code, status := range statuses {
			if code == frontdesk.Unauthenticated {
				continue
			}
			w, _ := refusal(code)
			assert.Equal(t, status, w.Code, code)
			assert.Contains(t, w.Body.String(), `"code":"`+code.String()+`"`)
			assert.NotContains(t, w.Body.String(), `"detail":""`, code)
		}
	})
}
