package templates_test

import (
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email/templates"
)

func Example() {
	set, err := templates.New(&templates.Options{
		Brand: templates.Brand{Name: "Lantern Studio", Color: "#0a7d5a"},
		Zone:  "Europe/Lisbon",
	})
	if err != nil {
		log.Fatal(err)
	}
	message, err := set.Render(templates.Receipt{
		To:      "ana@acme.example",
		Person:  "Ana Sousa",
		Invoice: "LS-2026-041",
		Amount:  frontdesk.Money{Amount: 490000, Currency: "eur"},
		PaidAt:  time.Date(2026, time.November, 19, 15, 0, 0, 0, time.UTC),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(message.Subject)
	fmt.Println()
	text, _, _ := strings.Cut(message.Text, "-- \n") // the brand follows
	fmt.Print(text)
	// Output:
	// Receipt for invoice LS-2026-041: €4,900.00
	//
	// Hello Ana Sousa,
	//
	// thank you, we have received your payment. This is your receipt.
	//
	// Amount paid: €4,900.00
	// Invoice: LS-2026-041
	// Paid on: 19 November 2026
}
