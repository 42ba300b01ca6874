package billingtest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

// A test swaps in the fake, sells something and lets time pass.
func ExampleProvider() {
	fake := billingtest.NewProvider()
	fake.AddPrice(billing.Ref{ID: "price_growth"}, billing.PriceParams{
		Product: "prod_growth", Unit: frontdesk.Money{Amount: 4900, Currency: "eur"}, Interval: billing.Month,
	})
	pay := billing.New(fake, billingtest.NewStore(), &billing.Options{BaseURL: "https://portal.example"})
	fake.SendTo(pay)

	ctx := frontdesk.WithActor(context.Background(), frontdesk.Client("acme", frontdesk.Origin{}))
	s, err := pay.StartCheckout(ctx, billing.Checkout{Price: "price_growth", SuccessPath: "/done", CancelPath: "/billing"})
	if err != nil {
		panic(err)
	}
	fake.CompleteCheckout(s.ID) // signed events reach pay
	show := func() {
		subs, _, _ := pay.Subscriptions(ctx, "acme", billing.Listing{})
		fmt.Println(subs[0].Status, "until", subs[0].CurrentPeriodEnd.Format(time.DateOnly))
	}
	show()
	fake.Advance(31 * 24 * time.Hour) // renews
	show()
	fake.DeclineNext("card_declined")
	fake.Advance(28 * 24 * time.Hour)
	show()
	// Output:
	// active until 2035-02-01
	// active until 2035-03-01
	// past_due until 2035-04-01
}

// Webhooks are lost, repeated and out of order in real life; a test can make them so.
func ExampleProvider_Deliver() {
	fake := billingtest.NewProvider()
	pay := billing.New(fake, billingtest.NewStore(), nil)
	fake.SendTo(pay)
	fake.Hold()
	fake.AddCustomer(billing.Ref{ID: "cus_acme"}, billing.CustomerParams{Metadata: map[string]string{"clientId": "acme"}})
	fake.AddPrice(billing.Ref{ID: "price_growth"}, billing.PriceParams{
		Product: "prod_growth", Unit: frontdesk.Money{Amount: 4900, Currency: "eur"}, Interval: billing.Month,
	})
	if _, err := fake.AddSubscription(billing.Ref{ID: "cus_acme"}, "price_growth"); err != nil {
		panic(err)
	}

	err := fake.Deliver(billingtest.Delivery{Reverse: true, Copies: 1, APIVersion: "2026-08-26.dahlia"})
	fmt.Println(err)

	ctx := frontdesk.WithActor(context.Background(), frontdesk.Client("acme", frontdesk.Origin{}))
	subs, _, _ := pay.Subscriptions(ctx, "acme", billing.Listing{})
	fmt.Println(len(subs), subs[0].Status)
	// Output:
	// <nil>
	// 1 active
}

// An expert earns, and is paid by the schedule of their account as time passes.
func ExampleProvider_AddAccount() {
	ctx := context.Background()
	fake := billingtest.NewProvider()
	fake.AddAccount("acct_nina", billing.AccountParams{Country: "DE"})
	_, err := fake.CreatePayment(ctx, billing.Write{IdempotencyKey: "session 1"}, billing.PaymentParams{
		Amount: frontdesk.Money{Amount: 10000, Currency: "eur"}, PaymentMethod: "pm_card_visa", Confirm: true,
		Split: billing.Split{Destination: "acct_nina", ApplicationFee: 1300},
	})
	if err != nil {
		panic(err)
	}
	show := func() {
		b, _ := fake.GetBalance(ctx, "acct_nina")
		fmt.Println("available", b.Available, "pending", b.Pending)
	}
	show()
	fake.Advance(3 * 24 * time.Hour)
	show()
	for po, err := range fake.ListPayouts(ctx, billing.PayoutFilter{Account: "acct_nina"}) {
		fmt.Println(po.Amount, po.Status, po.ArrivalDate.Format(time.DateOnly), err)
	}
	// Output:
	// available [0.00 EUR] pending [87.00 EUR]
	// available [0.00 EUR] pending [0.00 EUR]
	// 87.00 EUR pending 2035-01-06 <nil>
}
