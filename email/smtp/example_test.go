package smtp_test

import (
	"fmt"
	"log"

	"github.com/frontdesk-go/frontdesk/email/smtp"
)

// Configuration is one URL, as from the variable SMTP_URL.
func ExampleParseURL() {
	options, err := smtp.ParseURL("smtps://desk:secret@mail.example.com")
	if err != nil {
		log.Fatal(err)
	}
	mailer, err := smtp.New(options)
	if err != nil {
		log.Fatal(err)
	}
	defer mailer.Close()
	fmt.Println(mailer)
	// Output: smtp.Mailer(mail.example.com:465)
}
