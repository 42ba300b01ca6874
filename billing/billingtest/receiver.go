package billingtest

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"

	"github.com/frontdesk-go/frontdesk"
)

// Receiver takes deliveries of events: *billing.Service is one.
type Receiver interface {
	// Receive returns nil when the event is acknowledged.
	Receive(ctx context.Context, header http.Header, body []byte) error
	// Drain works off what was received.
	Drain(ctx context.Context) error
}

// SendHTTP is SendTo for a webhook handler. An answer that is not 2xx leaves
// the event undelivered. The host works off what it received.
func (p *Provider) SendHTTP(h http.Handler) {
	p.SendTo(post(func(r *http.Request) (*http.Response, error) {
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		return answer.Result(), nil
	}))
}

// SendURL is SendHTTP for an endpoint elsewhere.
func (p *Provider) SendURL(url string, client *http.Client) {
	p.SendTo(post(func(r *http.Request) (*http.Response, error) {
		elsewhere, err := http.NewRequestWithContext(r.Context(), r.Method, url, r.Body)
		if err != nil {
			return nil, err
		}
		elsewhere.Header = r.Header
		return client.Do(elsewhere)
	}))
}

// post is a webhook endpoint as a Receiver.
type post func(*http.Request) (*http.Response, error)

// Receive posts the event.
func (send post) Receive(ctx context.Context, header http.Header, body []byte) error {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/webhooks/stripe", bytes.NewReader(body))
	r.Header = header
	answer, err := send(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return frontdesk.Errorf(frontdesk.Unavailable, "the webhook answered %d", answer.StatusCode)
	}
	return nil
}

// Drain does nothing: an endpoint works off by itself.
func (post) Drain(context.Context) error { return nil }
