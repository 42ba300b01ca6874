package resend_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/mail"

	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/resend"
	"github.com/frontdesk-go/frontdesk/email/resend/resendtest"
)

// A mail is sent once per key, however often it is asked for.
func ExampleNew() {
	local := resendtest.NewServer(nil) // a Resend of our own; leave HTTPClient out for the real one
	mailer, err := resend.New("re_123", &resend.Options{HTTPClient: &http.Client{Transport: local.Transport()}})
	if err != nil {
		log.Fatal(err)
	}
	welcome := &email.Message{
		From:    mail.Address{Name: "Acme", Address: "hello@acme.example"},
		To:      []mail.Address{{Address: "ada@example.com"}},
		Subject: "Welcome",
		Text:    "Good to have you.",
		Key:     "welcome/ada",
	}
	for range 2 {
		receipt, err := mailer.Send(context.Background(), welcome)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(receipt.ProviderID)
	}
	fmt.Println(len(local.Emails()), "mail")
	// Output:
	// 00000000-0000-4000-8000-000000000001
	// 00000000-0000-4000-8000-000000000001
	// 1 mail
}
