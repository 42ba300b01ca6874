package stripe_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// An event is verified and parsed. While a secret is rotated both are given.
func Example() {
	provider, err := stripe.New("sk_test_123", &stripe.Options{
		WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret("whsec_new"), frontdesk.NewSecret("whsec_old")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	// What Stripe sends.
	now := time.Now()
	body := []byte(`{"id": "evt_1", "object": "event", "type": "invoice.paid", "created": 1700000000,
		"livemode": false, "data": {"object": {"id": "in_1", "object": "invoice"}}}`)
	header := http.Header{"Stripe-Signature": {wire.Sign(body, "whsec_old", now)}}

	event, err := provider.ParseWebhook(header, body, now)
	fmt.Println(event.Type, event.Object, err)
	// Output: invoice.paid invoice:in_1 <nil>
}

// What a client pays is passed on to an expert, less the platform's commission.
func Example_connect() {
	fake := billingtest.NewProvider() // in production: Stripe
	server := httptest.NewServer(fake.Handler())
	defer server.Close()
	provider, err := stripe.New("sk_test_123", &stripe.Options{
		WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret("whsec_platform"), frontdesk.NewSecret("whsec_connect")},
		APIBase:        server.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	account, err := provider.CreateAccount(ctx, billing.Write{IdempotencyKey: "op_1"},
		billing.AccountParams{Type: billing.AccountExpress, Country: "DE"})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := fake.CompleteOnboarding(account.ID); err != nil {
		fmt.Println(err)
		return
	}

	_, err = provider.CreatePayment(ctx, billing.Write{IdempotencyKey: "op_2"}, billing.PaymentParams{
		Amount:        frontdesk.Money{Amount: 10000, Currency: "eur"},
		PaymentMethod: "pm_card_visa",
		Confirm:       true,
		Split:         billing.Split{Destination: account.ID, ApplicationFee: 1500},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for m, err := range provider.ListMovements(ctx, billing.MovementFilter{Account: account.ID}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(m.Kind, m.Amount)
	}
	// Output:
	// transfer 100.00 EUR
	// fee -15.00 EUR
}

// A refused call has a portable code, and Stripe's own error behind it.
func Example_errors() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusPaymentRequired)
		fmt.Fprint(w, `{"error": {"type": "card_error", "code": "card_declined",
			"decline_code": "insufficient_funds", "message": "Your card has insufficient funds."}}`)
	}))
	defer server.Close()
	provider, err := stripe.New("sk_test_123", &stripe.Options{
		WebhookSecrets: []frontdesk.Secret{frontdesk.NewSecret("whsec_123")},
		APIBase:        server.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	_, err = provider.ConfirmPayment(context.Background(), billing.Write{IdempotencyKey: "op_1"}, "pi_1",
		billing.PaymentConfirm{PaymentMethod: "pm_1"})
	fmt.Println(errors.Is(err, frontdesk.Declined))
	if own, ok := errors.AsType[*stripego.Error](err); ok {
		fmt.Println(own.DeclineCode)
	}
	// Output:
	// true
	// insufficient_funds
}
