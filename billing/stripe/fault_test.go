package stripe_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
)

const (
	testKey    = "sk_test_51HfrontdeskSecretOfTheTests"
	testSecret = "whsec_frontdeskSecretOfTheTests"
)

// answer is what becomes of one request.
type answer func(*http.Request) (*http.Response, error)

// script is a transport that gives its answers in turn, the last one for ever,
// and keeps the requests.
type script struct {
	answers []answer

	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	n := min(len(s.requests), len(s.answers)-1)
	s.requests = append(s.requests, r)
	s.bodies = append(s.bodies, string(body))
	s.mu.Unlock()
	return s.answers[n](r)
}

func (s *script) attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// provider returns a provider whose requests the script answers.
func (s *script) provider(t *testing.T) *stripe.Provider {
	t.Helper()
	p, err := stripe.New(testKey, &stripe.Options{
		WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret(testSecret)},
		HTTPClient:     &http.Client{Transport: s},
	})
	require.NoError(t, err)
	return p
}

// scripted returns a script and its provider.
func scripted(t *testing.T, answers ...answer) (*script, *stripe.Provider) {
	t.Helper()
	s := &script{answers: answers}
	return s, s.provider(t)
}

// says answers with a status, a body and pairs of headers.
func says(status int, body string, headers ...string) answer {
	return func(r *http.Request) (*http.Response, error) {
		h := http.Header{"Request-Id": {"req_test"}}
		for i := 0; i < len(headers); i += 2 {
			h.Set(headers[i], headers[i+1])
		}
		return &http.Response{
			Status: strconv.Itoa(status), StatusCode: status, Header: h, Request: r,
			Body: io.NopCloser(strings.NewReader(body)),
		}, nil
	}
}

// refuses answers as Stripe refuses: fields are members of the error object.
func refuses(status int, fields string, headers ...string) answer {
	return says(status, `{"error": {"message": "No.", `+fields+`}}`, headers...)
}

// breaks fails without an answer.
func breaks(err error) answer {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// hangs takes the request and never answers.
func hangs(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// cuts ends the connection in the middle of the body.
func cuts(r *http.Request) (*http.Response, error) {
	resp, err := says(http.StatusOK, "")(r)
	resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(customer[:20]), failing{io.ErrUnexpectedEOF}))
	return resp, err
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }

const customer = `{"id": "cus_1", "object": "customer", "created": 1700000000, "email": "ann@example.com"}`

var (
	answers  = says(http.StatusOK, customer)
	errDial  = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	errReset = &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}
	errDNS   = &net.DNSError{Err: "no such host", Name: "api.stripe.com", IsNotFound: true}
)

// operation is a way to call the provider.
type operation func(context.Context, *stripe.Provider) error

func reads(ctx context.Context, p *stripe.Provider) error {
	_, err := p.GetCustomer(ctx, billing.Ref{ID: "cus_1"})
	return err
}

func creates(ctx context.Context, p *stripe.Provider) error {
	_, err := p.CreateCustomer(ctx, billing.Write{IdempotencyKey: "op_1"}, billing.CustomerParams{Email: "ann@example.com"})
	return err
}

func changes(ctx context.Context, p *stripe.Provider) error {
	_, err := p.UpdateCustomer(ctx, billing.Write{IdempotencyKey: "op_1"}, "cus_1", billing.CustomerParams{Name: "Ann"})
	return err
}

func deletes(ctx context.Context, p *stripe.Provider) error {
	_, err := p.CancelSubscription(ctx, billing.Write{IdempotencyKey: "op_1"}, "sub_1", billing.SubscriptionCancel{})
	return err
}
