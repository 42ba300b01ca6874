package billinghttp_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/frontdesk-go/frontdesk/billing/billinghttp"
)

// receiver records what it is given and answers err.
type receiver struct {
	err  error
	body string
	sig  string
}

func (r *receiver) Receive(_ context.Context, h http.Header, body []byte) error {
	r.body, r.sig = string(body), h.Get("Stripe-Signature")
	return r.err
}

func post(h http.Handler, body string) int {
	r := httptest.NewRequest("POST", "/any/prefix", strings.NewReader(body))
	r.Header.Set("Stripe-Signature", "t=1,v1=00")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

func TestWebhook(t *testing.T) {
	t.Run("The service gets the header and the body as they were sent", func(t *testing.T) {
		r := new(receiver)
		if code := post(billinghttp.NewWebhookHandler(r, nil), "{} \n"); code != 200 || r.body != "{} \n" || r.sig != "t=1,v1=00" {
			t.Errorf("status %d, received %q signed %q", code, r.body, r.sig)
		}
	})
	t.Run("The options count", func(t *testing.T) {
		var log bytes.Buffer
		h := billinghttp.NewWebhookHandler(&receiver{err: errors.New("down")}, &billinghttp.Options{MaxBody: 4, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if code := post(h, "12345"); code != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d for a body over the limit", code)
		}
		if code := post(h, "1234"); code != http.StatusInternalServerError || !strings.Contains(log.String(), "billing: webhook not stored") {
			t.Errorf("status %d, log %q", code, log.String())
		}
	})
}
