package billing_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

// An expert is onboarded, earns from a booking, and is paid out.
func Example_connect() {
	provider := billingtest.NewProvider()
	pay := billing.New(provider, billingtest.NewStore(), &billing.Options{
		BaseURL:    "https://portal.example",
		Clock:      provider.Now,
		Commission: billing.Commissions{Default: billing.Commission{BasisPoints: 1500}}.Rule,
	})
	provider.SendTo(pay)

	// Nina signs up: send her to link.URL, where the provider asks for what it needs.
	nina := frontdesk.WithActor(context.Background(), frontdesk.Expert("nina", frontdesk.Origin{}))
	_, err := pay.OnboardExpert(nina, "nina", billing.AccountDetails{Country: "PT"}, billing.Onboarding{
		RefreshPath: "/account/onboard", ReturnPath: "/account",
	})
	if err != nil {
		log.Fatal(err)
	}
	account, _ := pay.Account(nina, "nina")
	fmt.Println(account.Status(), "-", billing.RequirementText(account.Requirements.CurrentlyDue[0]))
	provider.CompleteOnboarding(account.ID)
	account, _ = pay.Account(nina, "nina")
	fmt.Println(account.Status())

	// Acme books an hour of hers for 100 euros.
	acme := frontdesk.WithActor(context.Background(), frontdesk.Client("acme", frontdesk.Origin{}))
	page, err := pay.StartCheckout(acme, billing.Checkout{
		Mode:  billing.CheckoutModePayment,
		Lines: []billing.CheckoutLine{{Name: "One hour with Nina", Amount: frontdesk.Money{Amount: 10000, Currency: "eur"}}},
		For:   billing.Booking{Expert: "nina"}, SuccessPath: "/booked", CancelPath: "/",
	})
	if err != nil {
		log.Fatal(err)
	}
	provider.CompleteCheckout(page.ID)

	// The provider pays what is available, on her schedule.
	provider.Advance(14 * 24 * time.Hour)
	payouts, _, err := pay.Payouts(nina, "nina", billing.Listing{})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range payouts {
		_, lines, _ := pay.PayoutLines(nina, "nina", p.ID)
		fmt.Println("payout", p.Amount, p.Status)
		for _, l := range lines {
			fmt.Println(" ", l.Kind, l.Amount)
		}
	}
	// Output:
	// pending - A bank account or debit card for payouts
	// enabled
	// payout 85.00 EUR paid
	//   transfer 100.00 EUR
	//   fee -15.00 EUR
}
