package emailhttp_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailhttp"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
	"github.com/frontdesk-go/frontdesk/email/templates"
)

// A host mounts the webhook always, and the preview where it is developed.
func Example() {
	mails := email.New(emailtest.NewMailbox(), emailtest.NewStore(), nil)
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/mail", emailhttp.NewWebhookHandler(mails, nil))

	set, err := templates.New(&templates.Options{Brand: templates.Brand{Name: "Lantern Studio"}})
	if err != nil {
		log.Fatal(err)
	}
	samples := func(language string) (all []email.Mail) {
		for _, t := range templates.Samples(templates.Language(language)) {
			all = append(all, set.Mail(t))
		}
		return all
	}
	mux.Handle("GET /dev/mails", emailhttp.NewPreviewHandler(samples, &emailhttp.PreviewOptions{Languages: []string{"en", "pt-PT"}}))

	server := httptest.NewServer(mux)
	defer server.Close()
	for _, path := range []string{"/dev/mails", "/dev/mails?mail=receipt&language=pt-PT"} {
		answer, err := http.Get(server.URL + path)
		if err != nil {
			log.Fatal(err)
		}
		answer.Body.Close()
		fmt.Println(answer.Status)
	}
	answer, err := http.Post(server.URL+"/webhooks/mail", "application/json", http.NoBody)
	if err != nil {
		log.Fatal(err)
	}
	answer.Body.Close()
	fmt.Println(answer.Status)
	// Output:
	// 200 OK
	// 200 OK
	// 400 Bad Request
}
