package stripe_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
)

func TestErrorCodes(t *testing.T) {
	const html = "<html><h1>Bad Gateway</h1></html>"
	for _, c := range []struct {
		rule     string
		call     operation
		answer   answer
		code     frontdesk.Code
		attempts int
	}{
		{"a card error is declined", creates, refuses(402, `"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"`), frontdesk.Declined, 1},
		{"a 402 of another type is declined", creates, refuses(402, `"type": "invalid_request_error"`), frontdesk.Declined, 1},
		{"a payment that needs the payer is declined", changes, refuses(400, `"type": "invalid_request_error", "code": "payment_intent_authentication_failure"`), frontdesk.Declined, 1},
		{"a 404 of Stripe's is not found", reads, refuses(404, `"type": "invalid_request_error", "code": "resource_missing", "param": "id"`), frontdesk.NotFound, 1},
		{"a parameter that names nothing is not found", creates, refuses(400, `"type": "invalid_request_error", "code": "resource_missing", "param": "customer"`), frontdesk.NotFound, 1},
		{"a refused parameter is invalid", creates, refuses(400, `"type": "invalid_request_error", "code": "email_invalid", "param": "email"`), frontdesk.Invalid, 1},
		{"an unknown parameter of an existing object is invalid", changes, refuses(400, `"type": "invalid_request_error", "code": "parameter_unknown"`), frontdesk.Invalid, 1},
		{"a refused creation that names no parameter is invalid", creates, refuses(400, `"type": "invalid_request_error"`), frontdesk.Invalid, 1},
		{"a refused change that names no parameter is about the object's state", changes, refuses(400, `"type": "invalid_request_error"`), frontdesk.FailedPrecondition, 1},
		{"a charge that was given back is a failed precondition", creates, refuses(400, `"type": "invalid_request_error", "code": "charge_already_refunded"`), frontdesk.FailedPrecondition, 1},
		{"a payment in another state is a failed precondition", changes, refuses(400, `"type": "invalid_request_error", "code": "payment_intent_unexpected_state"`), frontdesk.FailedPrecondition, 1},
		{"what exists already exists", creates, refuses(400, `"type": "invalid_request_error", "code": "resource_already_exists"`), frontdesk.AlreadyExists, 1},
		{"a key that was used for another request is invalid", creates, refuses(400, `"type": "idempotency_error"`), frontdesk.Invalid, 1},
		{"a wrong key is unauthenticated", reads, refuses(401, `"type": "invalid_request_error"`), frontdesk.Unauthenticated, 1},
		{"a forbidden account is permission denied", reads, refuses(403, `"type": "invalid_request_error", "code": "account_invalid"`), frontdesk.PermissionDenied, 1},
		{"a restricted key is permission denied", creates, refuses(403, `"type": "invalid_request_error"`), frontdesk.PermissionDenied, 1},

		{"a key in use is aborted in the end", creates, refuses(409, `"type": "idempotency_error", "code": "idempotency_key_in_use"`), frontdesk.Aborted, 3},
		{"a conflict is aborted in the end", creates, refuses(409, `"type": "invalid_request_error"`), frontdesk.Aborted, 3},
		{"a locked object is aborted in the end", changes, refuses(429, `"type": "invalid_request_error", "code": "lock_timeout"`), frontdesk.Aborted, 3},
		{"a rate limit is rate limited in the end", creates, refuses(429, `"type": "invalid_request_error", "code": "rate_limit"`), frontdesk.RateLimited, 3},
		{"a rate limit of a proxy is rate limited in the end", reads, says(429, "slow down"), frontdesk.RateLimited, 3},

		{"a 500 on a read is tried again", reads, refuses(500, `"type": "api_error"`), frontdesk.Unavailable, 3},
		{"a 500 on a write is not tried again, for Stripe would repeat it", creates, refuses(500, `"type": "api_error"`), frontdesk.OutcomeUnknown, 1},
		{"a 500 on a deletion is not tried again", deletes, refuses(500, `"type": "api_error"`), frontdesk.OutcomeUnknown, 1},
		{"a 500 on a write is tried again when Stripe says so", creates, refuses(500, `"type": "api_error"`, "Stripe-Should-Retry", "true"), frontdesk.OutcomeUnknown, 3},
		{"a 503 is not tried again when Stripe says so", reads, refuses(503, `"type": "api_error"`, "Stripe-Should-Retry", "false"), frontdesk.Unavailable, 1},
		{"a 503 on a read is unavailable", reads, refuses(503, `"type": "api_error"`), frontdesk.Unavailable, 3},
		{"a 503 on a write has no known outcome", creates, refuses(503, `"type": "api_error"`), frontdesk.OutcomeUnknown, 3},
		{"a proxy's page on a read is unavailable", reads, says(502, html), frontdesk.Unavailable, 3},
		{"a proxy's page on a write has no known outcome", creates, says(502, html), frontdesk.OutcomeUnknown, 3},
		{"a proxy's 404 does not make an object look deleted", reads, says(404, html), frontdesk.Unavailable, 1},
		{"a redirect is not followed", reads, says(302, "", "Location", "https://elsewhere.example/"), frontdesk.Unavailable, 1},

		{"truncated JSON on a read is unavailable", reads, says(200, customer[:20]), frontdesk.Unavailable, 3},
		{"truncated JSON on a write has no known outcome", creates, says(200, customer[:20]), frontdesk.OutcomeUnknown, 3},
		{"a broken body on a read is unavailable", reads, cuts, frontdesk.Unavailable, 3},
		{"a broken body on a write has no known outcome", creates, cuts, frontdesk.OutcomeUnknown, 3},
		{"an answer of another kind on a read is an internal error", reads, says(200, `{"id": "sub_1", "object": "subscription"}`), frontdesk.Internal, 1},
		{"an answer of another kind on a write has no known outcome", creates, says(200, `{"id": "sub_1", "object": "subscription"}`), frontdesk.OutcomeUnknown, 1},

		{"a refused connection is unavailable", creates, breaks(errDial), frontdesk.Unavailable, 3},
		{"an unknown host is unavailable", creates, breaks(errDNS), frontdesk.Unavailable, 3},
		{"a reset on a read is unavailable", reads, breaks(errReset), frontdesk.Unavailable, 3},
		{"a reset on a write has no known outcome", creates, breaks(errReset), frontdesk.OutcomeUnknown, 3},
		{"a reset on a deletion has no known outcome", deletes, breaks(errReset), frontdesk.OutcomeUnknown, 3},
	} {
		t.Run(c.rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := scripted(t, c.answer)
				err := c.call(t.Context(), p)
				assert.Equal(t, c.code.String(), frontdesk.CodeOf(err).String(), "%v", err)
				assert.Equal(t, c.attempts, s.attempts())
				requireNoSecret(t, err)
			})
		})
	}
}

func TestErrorDetails(t *testing.T) {
	t.Run("the provider's error, its decline code and the request id stay reachable", func(t *testing.T) {
		_, p := scripted(t, refuses(402, `"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"`))
		err := creates(t.Context(), p)
		var own *stripego.Error
		require.ErrorAs(t, err, &own)
		assert.Equal(t, stripego.ErrorCodeCardDeclined, own.Code)
		assert.Equal(t, stripego.DeclineCodeInsufficientFunds, own.DeclineCode)
		var shared *frontdesk.Error
		require.ErrorAs(t, err, &shared)
		assert.Equal(t, "req_test", shared.RequestID)
	})
	t.Run("a refused parameter is the field", func(t *testing.T) {
		_, p := scripted(t, refuses(400, `"type": "invalid_request_error", "param": "items[0][price]"`))
		fields := frontdesk.Fields(changes(t.Context(), p))
		require.Len(t, fields, 1)
		assert.Equal(t, "items[0][price]", fields[0].Name)
	})
	t.Run("a key that was used for another request is the field", func(t *testing.T) {
		_, p := scripted(t, refuses(400, `"type": "idempotency_error"`))
		fields := frontdesk.Fields(creates(t.Context(), p))
		require.Len(t, fields, 1)
		assert.Equal(t, "idempotency_key", fields[0].Name)
	})
	t.Run("a rate limit says how long to wait", func(t *testing.T) {
		_, p := scripted(t, refuses(429, `"code": "rate_limit"`, "Retry-After", "120"))
		assert.Equal(t, 2*time.Minute, frontdesk.RetryAfter(reads(t.Context(), p)))
	})
}

// requireNoSecret proves that no way to print err shows the key.
func requireNoSecret(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)
	shown := []any{err}
	if own := new(stripego.Error); errors.As(err, &own) {
		shown = append(shown, own, *own)
	}
	for _, v := range shown {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			require.NotContains(t, fmt.Sprintf(verb, v), testKey)
		}
	}
}

func TestNothingShowsASecret(t *testing.T) {
	const clientSecret = "pi_1_secret_2"
	echo := `"type": "card_error", "code": "card_declined", "payment_intent": {"id": "pi_1", "object": "payment_intent", "client_secret": "` + clientSecret + `"}`
	for rule, a := range map[string]answer{
		"when Stripe quotes the key":           says(401, `{"error": {"type": "invalid_request_error", "message": "Invalid API Key provided: `+testKey+`"}}`),
		"when a proxy's page quotes it":        says(502, "<html>Authorization: Bearer "+testKey+" pi_1_secret_2</html>"),
		"when the transport quotes it":         breaks(errors.New("cannot send Bearer " + testKey)),
		"when a refusal holds a client secret": refuses(402, echo),
		"when truncated JSON holds both":       says(200, `{"id": "`+testKey+`", "client_secret": "`+clientSecret+`", `),
	} {
		t.Run(rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				p, err := stripe.New(testKey, &stripe.Options{
					WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret(testSecret)},
					HTTPClient:     &http.Client{Transport: &script{answers: []answer{a}}},
					Logger:         slog.New(slog.NewJSONHandler(&log, nil)),
				})
				require.NoError(t, err)
				for _, call := range []operation{reads, creates} {
					err := call(t.Context(), p)
					requireNoSecret(t, err)
					require.NotContains(t, err.Error(), clientSecret)
				}
				require.NotContains(t, log.String(), testKey)
				require.NotContains(t, log.String(), clientSecret)
			})
		})
	}
	t.Run("in the provider, however it is printed", func(t *testing.T) {
		_, p := scripted(t, answers)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			for _, v := range []any{p, *p, struct{ p *stripe.Provider }{p}} {
				printed := fmt.Sprintf(verb, v)
				require.NotContains(t, printed, testKey)
				require.NotContains(t, printed, testSecret)
			}
		}
	})
	t.Run("in an error about a search, whose query is personal", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			_, p := scripted(t, breaks(errReset))
			for _, err := range p.FindCustomers(t.Context(), "", "email", "ann@example.com") {
				require.NotContains(t, err.Error(), "ann")
			}
		})
	})
}

func TestInputIsCheckedBeforeTheNetwork(t *testing.T) {
	ctx := context.Background()
	write := billing.Write{IdempotencyKey: "op_1"}
	for rule, call := range map[string]struct {
		field string
		do    operation
	}{
		"an empty id of a read": {"id", func(ctx context.Context, p *stripe.Provider) error {
			_, err := p.GetSubscription(ctx, billing.Ref{})
			return err
		}},
		"an empty id of an update, which Stripe takes for a creation": {"id", func(ctx context.Context, p *stripe.Provider) error {
			_, err := p.UpdateCustomer(ctx, write, "", billing.CustomerParams{})
			return err
		}},
		"a blank id": {"id", func(ctx context.Context, p *stripe.Provider) error {
			_, err := p.CancelSubscription(ctx, write, " ", billing.SubscriptionCancel{})
			return err
		}},
		"an empty id of a list": {"customer", func(ctx context.Context, p *stripe.Provider) error {
			for _, err := range p.ListPaymentMethods(ctx, billing.Ref{}) {
				return err
			}
			return nil
		}},
		"a write without an idempotency key": {"idempotency_key", func(ctx context.Context, p *stripe.Provider) error {
			_, err := p.CreateCustomer(ctx, billing.Write{}, billing.CustomerParams{})
			return err
		}},
		"an idempotency key that is too long": {"idempotency_key", func(ctx context.Context, p *stripe.Provider) error {
			long := billing.Write{IdempotencyKey: string(bytes.Repeat([]byte("k"), 256))}
			_, err := p.CancelPayment(ctx, long, "pi_1")
			return err
		}},
		"a currency that is none": {"currency", func(ctx context.Context, p *stripe.Provider) error {
			_, err := p.CreatePayment(ctx, write, billing.PaymentParams{Amount: frontdesk.Money{Amount: 1, Currency: "xxx"}})
			return err
		}},
		"an invoice with one bad item": {"currency", func(ctx context.Context, p *stripe.Provider) error {
			_, err := p.CreateInvoice(ctx, write, billing.InvoiceParams{Customer: "cus_1", Items: []billing.InvoiceItem{
				{Amount: frontdesk.Money{Amount: 1, Currency: "eur"}}, {Amount: frontdesk.Money{Amount: 1}},
			}})
			return err
		}},
		"an unknown invoice action": {"action", func(ctx context.Context, p *stripe.Provider) error {
			_, err := p.AdvanceInvoice(ctx, write, "in_1", "frame")
			return err
		}},
		"an amount in a subscription checkout": {"lines[0].price", func(ctx context.Context, p *stripe.Provider) error {
			_, err := p.CreateCheckout(ctx, write, billing.CheckoutParams{
				Mode:  billing.CheckoutModeSubscription,
				Lines: []billing.CheckoutLine{{Name: "Brief", Amount: frontdesk.Money{Amount: 1, Currency: "eur"}}},
			})
			return err
		}},
		"more lookup keys than Stripe takes": {"lookup", func(ctx context.Context, p *stripe.Provider) error {
			for _, err := range p.ListPrices(ctx, billing.PriceFilter{Lookup: make([]string, 11)}) {
				return err
			}
			return nil
		}},
	} {
		t.Run(rule+" is invalid and names the field", func(t *testing.T) {
			s, p := scripted(t, answers)
			err := call.do(ctx, p)
			require.ErrorIs(t, err, frontdesk.Invalid)
			require.NotEmpty(t, frontdesk.Fields(err))
			assert.Equal(t, call.field, frontdesk.Fields(err)[0].Name)
			assert.Zero(t, s.attempts())
		})
	}
}
