package frontdesk_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// What to do about an error depends on its code.
func Example_errors() {
	err := frontdesk.Wrap("billing.StartCheckout", &frontdesk.Error{
		Code:       frontdesk.RateLimited,
		RetryAfter: 2 * time.Second,
	})

	switch {
	case errors.Is(err, frontdesk.RateLimited):
		fmt.Println("again in", frontdesk.RetryAfter(err))
	case errors.Is(err, frontdesk.Invalid):
		fmt.Println("mend", frontdesk.Fields(err))
	}
	// Output: again in 2s
}

// A host says who acts, and services decide by it.
func Example_actor() {
	handler := func(w http.ResponseWriter, r *http.Request) {
		signedIn := frontdesk.Client("acme", frontdesk.FromRequest(r))
		showInvoices(frontdesk.WithActor(r.Context(), signedIn), "acme")
		showInvoices(frontdesk.WithActor(r.Context(), signedIn), "globex")
		showInvoices(r.Context(), "acme")
	}
	handler(httptest.NewRecorder(), httptest.NewRequest("GET", "/invoices", nil))
	// Output:
	// invoices of acme
	// not yours
	// unauthenticated: sign in first: no actor in the context
}

func showInvoices(ctx context.Context, client string) {
	actor, err := frontdesk.ActorFrom(ctx)
	switch {
	case err != nil:
		fmt.Println(err)
	case !actor.MayRead(client):
		fmt.Println("not yours")
	default:
		fmt.Println("invoices of", client)
	}
}

// An adapter keeps the provider's own error as the cause.
func ExampleError() {
	refused := &vendorError{"402: insufficient_funds for pm_123"}
	err := frontdesk.Wrap("billing.Pay", &frontdesk.Error{
		Code:    frontdesk.Declined,
		Message: "the card was declined",
		Err:     refused,
	})

	fmt.Println("log:   ", err)

	failure, _ := errors.AsType[*frontdesk.Error](err)
	fmt.Println("person:", failure.Message)

	vendor, ok := errors.AsType[*vendorError](err)
	fmt.Println("vendor:", ok, vendor == refused)
	// Output:
	// log:    billing.Pay: declined: the card was declined: 402: insufficient_funds for pm_123
	// person: the card was declined
	// vendor: true true
}

func ExampleErrorf() {
	cause := errors.New("pq: column user_secret does not exist")
	err := frontdesk.Errorf(frontdesk.Internal, "invoice %s cannot be read: %w", "in_1", cause)
	fmt.Println(err)

	failure, _ := errors.AsType[*frontdesk.Error](err)
	fmt.Println(failure.Message)
	// Output:
	// internal: invoice in_1 cannot be read: pq: column user_secret does not exist
	// invoice in_1 cannot be read
}

func ExampleWrap() {
	err := frontdesk.Errorf(frontdesk.NotFound, "no subscription %q", "sub_1")
	fmt.Println(frontdesk.Wrap("billing.CancelSubscription", err))
	// Output: billing.CancelSubscription: not_found: no subscription "sub_1"
}

// Joined errors list all their fields, so that a form can show them at once.
func ExampleInvalidField() {
	err := errors.Join(
		frontdesk.InvalidField("quantity", "must be at least %d", 1),
		frontdesk.InvalidField("currency", "must not be empty"),
	)
	fmt.Println(errors.Is(err, frontdesk.Invalid))
	_ = json.NewEncoder(os.Stdout).Encode(frontdesk.Fields(err))
	// Output:
	// true
	// [{"name":"quantity","message":"must be at least 1"},{"name":"currency","message":"must not be empty"}]
}

func ExampleCodeOf() {
	fmt.Println(frontdesk.CodeOf(fmt.Errorf("list: %w", frontdesk.Unavailable)))
	fmt.Println(frontdesk.CodeOf(context.Canceled))
	fmt.Println(frontdesk.CodeOf(errors.New("boom")))
	// Output:
	// unavailable
	// canceled
	// unknown
}

func ExampleCode_Retryable() {
	fmt.Println(frontdesk.Unavailable.Retryable(), frontdesk.Declined.Retryable())
	// Output: true false
}

func ExampleParseMoney() {
	price, err := frontdesk.ParseMoney("49.90", "eur")
	fmt.Println(price.Amount, price, err)

	_, err = frontdesk.ParseMoney("49.90", "jpy")
	fmt.Println(err)
	// Output:
	// 4990 49.90 EUR <nil>
	// invalid: amount: must not have more than 0 decimals
}

func ExampleMoney_Add() {
	price := frontdesk.Money{Amount: 4900, Currency: "eur"}
	fee := frontdesk.Money{Amount: 150, Currency: "eur"}
	fmt.Println(price.Add(fee))
	fmt.Println(price.Add(frontdesk.Money{Amount: 150, Currency: "usd"}))
	// Output:
	// 50.50 EUR <nil>
	// 0 invalid: currency: must be "eur", not "usd"
}

func ExampleCurrency_Exponent() {
	for _, c := range []frontdesk.Currency{"jpy", "eur", "kwd"} {
		fmt.Println(frontdesk.Money{Amount: 1500, Currency: c})
	}
	// Output:
	// 1500 JPY
	// 15.00 EUR
	// 1.500 KWD
}

func ExampleActor_MayWrite() {
	support := frontdesk.Admin("root", frontdesk.Origin{})
	support.OnBehalfOf = "ann"
	fmt.Println(support.MayRead("acme"), support.MayWrite("acme"))
	// Output: true false
}

// Only the address of the peer is believed, not what headers say of it.
func ExampleFromRequest() {
	r := httptest.NewRequest("POST", "/cancel", nil)
	r.RemoteAddr = "192.0.2.7:5123"
	r.Header.Set("X-Forwarded-For", "203.0.113.9")
	r.Header.Set("X-Request-Id", "req-1")
	origin := frontdesk.FromRequest(r)
	fmt.Println(origin.IP, origin.RequestID)
	// Output: 192.0.2.7 req-1
}

func ExampleOutcomeOf() {
	event := frontdesk.AuditEvent{
		Time:     time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC),
		Actor:    frontdesk.Client("acme", frontdesk.Origin{}),
		Action:   "billing.CancelSubscription",
		Resource: "subscription/sub_1",
		Outcome:  frontdesk.OutcomeOf(frontdesk.Errorf(frontdesk.PermissionDenied, "not yours")),
	}
	fmt.Println(event.Actor.ID, event.Action, event.Resource, event.Outcome)
	// Output: acme billing.CancelSubscription subscription/sub_1 denied
}

func ExampleSecret() {
	key := frontdesk.NewSecret("sk_live_1")
	fmt.Printf("%v %#v %x\n", key, key, key)
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"key": key})
	fmt.Println(len(key.Reveal()))
	// Output:
	// [redacted] [redacted] [redacted]
	// {"key":"[redacted]"}
	// 9
}

func ExamplePersonal() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	log.Info("mail sent", "to", frontdesk.NewPersonal("ann@example.com"))
	// Output: level=INFO msg="mail sent" to=[redacted]
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
