package contract_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/server"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
)

// newStub loads Stripe's API description once; that takes a while.
var newStub = sync.OnceValues(func() (*server.StubServer, error) {
	description, err := server.LoadSpec(embedded.OpenAPISpec, "")
	if err != nil {
		return nil, err
	}
	fixtures, err := server.LoadFixtures(embedded.OpenAPIFixtures, "")
	if err != nil {
		return nil, err
	}
	return server.NewStubServer(fixtures, description, true, false)
})

// request is what the mock was asked, and what it answered.
type request struct {
	Line   string // "POST /v1/customers"
	Params url.Values
	Header http.Header
	Status int
	Answer string
}

// mock is stripe-mock behind a recorder.
type mock struct {
	stub *server.StubServer

	mu       sync.Mutex
	requests []request
}

func (m *mock) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	params, err := url.ParseQuery(r.URL.RawQuery + "&" + string(body))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	m.stub.HandleRequest(answer, r)
	m.mu.Lock()
	m.requests = append(m.requests, request{
		Line: r.Method + " " + r.URL.Path, Params: params, Header: r.Header,
		Status: answer.Code, Answer: answer.Body.String(),
	})
	m.mu.Unlock()
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// newMock returns a mock and a provider that works on it.
func newMock(t *testing.T) (*mock, *stripe.Provider) {
	t.Helper()
	stub, err := newStub()
	require.NoError(t, err)
	m := &mock{stub: stub}
	srv := httptest.NewServer(m)
	t.Cleanup(srv.Close)
	p, err := stripe.New("sk_test_contract", &stripe.Options{
		WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret("whsec_contract")},
		APIBase:        srv.URL,
		MaxAttempts:    1,
	})
	require.NoError(t, err)
	return m, p
}
