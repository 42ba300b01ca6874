package booking_test

import (
	"context"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/booking"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
)

// A guest books an hour, pays for it, and has it.
func Example() {
	provider := billingtest.NewProvider()
	var sched *scheduling.Service
	pay := billing.New(provider, billingtest.NewStore(), &billing.Options{
		BaseURL: "https://portal.example", Clock: provider.Now,
		OnChange: func(ctx context.Context, c billing.Change) error { return booking.Hook(sched)(ctx, c) },
	})
	provider.SendTo(pay)
	sched, err := scheduling.New(schedulingtest.NewStore(), &scheduling.Options{
		Secrets: []frontdesk.Secret{frontdesk.NewSecret(strings.Repeat("s", 32))}, Clock: provider.Now,
		Payments: booking.Payments(pay, &booking.Options{
			For: func(scheduling.Order) billing.Booking { return billing.Booking{} }, // the studio itself earns it
		}),
	})
	if err != nil {
		log.Fatal(err)
	}

	ctx := frontdesk.WithActor(context.Background(), frontdesk.Expert("nina", frontdesk.Origin{}))
	_, _ = sched.SaveSettings(ctx, scheduling.Settings{Expert: "nina", Name: "Nina", Zone: "Europe/Lisbon"})
	hours, _ := sched.SaveSchedule(ctx, scheduling.Schedule{Expert: "nina", Name: "Always", Zone: "Europe/Lisbon", Weekly: []scheduling.Window{
		{Day: time.Monday, End: 1440}, {Day: time.Tuesday, End: 1440}, {Day: time.Wednesday, End: 1440},
	}})
	talk, err := sched.SaveEventType(ctx, scheduling.EventType{
		Owner: "nina", Slug: "talk", Title: "An hour with Nina", Schedule: hours.ID, Durations: []time.Duration{time.Hour},
		Price: frontdesk.Money{Amount: 9000, Currency: "eur"}, Active: true,
	})
	if err != nil {
		log.Fatal(err)
	}

	guest := context.Background()
	found, err := sched.Search(guest, scheduling.Search{EventType: talk.ID, From: provider.Now(), To: provider.Now().AddDate(0, 0, 14)})
	if err != nil {
		log.Fatal(err)
	}
	ticket, err := sched.Book(guest, scheduling.Request{
		EventType: talk.ID, Start: found.Slots[0].Start, Guest: scheduling.Guest{Name: "Ada", Email: "ada@example.com"},
		SuccessPath: "/booked", CancelPath: "/",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ticket.Booking.Status, ticket.Booking.Price)
	provider.CompleteCheckout(ticket.Payment.ID) // what the guest does at ticket.Payment.URL

	ticket, err = sched.BookingByRef(guest, scheduling.Ref{Booking: ticket.Booking.ID, Token: ticket.Token})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ticket.Booking.Status, ticket.Booking.Payment.Paid)
	// Output:
	// held 90.00 EUR
	// confirmed 90.00 EUR
}
