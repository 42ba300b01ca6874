package resend_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/mail"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/resend"
	"github.com/frontdesk-go/frontdesk/email/resend/resendtest"
)

const testKey = "re_frontdeskSecretOfTheTests"

// local returns a Resend without a network and a mailer on it.
func local(t *testing.T, o *resendtest.Options, faults ...resendtest.Fault) (*resendtest.Server, *resend.Mailer) {
	t.Helper()
	s := resendtest.NewServer(o)
	s.Next(faults...)
	return s, through(t, s.Transport())
}

func through(t testing.TB, transport http.RoundTripper) *resend.Mailer {
	t.Helper()
	m, err := resend.New(testKey, &resend.Options{HTTPClient: &http.Client{Transport: transport}})
	require.NoError(t, err)
	return m
}

// inBubble runs a subtest in which time is fake and passes when all wait.
func inBubble(t *testing.T, rule string, f func(*testing.T)) {
	t.Helper()
	t.Run(rule, func(t *testing.T) { synctest.Test(t, f) })
}

func message(key string) *email.Message {
	return &email.Message{
		From: mail.Address{Name: "Frontdesk", Address: "desk@example.com"}, To: []mail.Address{{Address: "ada@example.com"}},
		Subject: "Hello", Text: "Hello", HTML: "<p>Hello</p>", Key: key,
	}
}

func sends(ctx context.Context, m *resend.Mailer) error {
	_, err := m.Send(ctx, message("k1"))
	return err
}

func requireCode(t *testing.T, code frontdesk.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code.String(), frontdesk.CodeOf(err).String(), "%v", err)
	require.NotContains(t, fmt.Sprintf("%v %+v", err, err), testKey)
}

// roundTrip is a transport that is a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

var (
	errDial  = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	errReset = &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}
	busy     = resendtest.Fault{Status: 500, Name: "application_error", Message: "An unexpected error occurred."}
	limited  = resendtest.Fault{Status: 429, Name: "rate_limit_exceeded", Message: "Too many requests."}
)
