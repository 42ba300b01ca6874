package email_test

import (
	"context"
	"fmt"
	"net/mail"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
)

// A message is sent once, however often it is enqueued with the key.
func Example() {
	ctx := frontdesk.WithActor(context.Background(), frontdesk.System("signup"))
	box := emailtest.NewMailbox()
	mails := email.New(box, emailtest.NewStore(), &email.Options{From: mail.Address{Name: "Acme", Address: "desk@example.com"}})

	m := email.Message{To: []mail.Address{{Address: "ada@example.com"}}, Subject: "Welcome", Text: "Good to have you."}
	for range 2 {
		if _, err := mails.Enqueue(ctx, m, "welcome:ada", nil); err != nil {
			fmt.Println(err)
		}
	}
	if err := mails.Drain(ctx); err != nil {
		fmt.Println(err)
	}
	for _, m := range box.To("ada@example.com") {
		fmt.Println(m.Subject)
	}
	// Output: Welcome
}

// The log tells the whole story: here of a message that took two attempts and bounced.
func ExampleService_Log() {
	ctx := frontdesk.WithActor(context.Background(), frontdesk.Admin("root", frontdesk.Origin{}))
	box := emailtest.NewMailbox()
	mails := email.New(box, emailtest.NewStore(), &email.Options{Clock: box.Now})
	box.SendTo(mails)

	box.LoseNext() // the provider accepts the message, and its answer is lost
	id, err := mails.Enqueue(ctx, email.Message{
		From: mail.Address{Address: "desk@example.com"}, To: []mail.Address{{Address: "ada@example.com"}},
		Subject: "Invoice 7", Text: "See the portal.",
	}, "invoice:7", nil)
	if err != nil {
		fmt.Println(err)
	}
	_ = mails.Drain(ctx)
	box.Advance(time.Hour)
	_ = mails.Drain(ctx)
	_ = box.Notify(ctx, email.Event{
		MessageID: box.Mails()[0].ProviderID, Status: email.StatusBounced, Permanent: true, Detail: "550 no such mailbox",
	})

	log, err := mails.Log(ctx, id)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(log.Entry.Status, len(box.Mails()))
	for _, a := range log.Attempts {
		fmt.Println(a.Number, a.Outcome)
	}
	for _, e := range log.Events {
		fmt.Println(e.Type, e.Detail)
	}
	// Output:
	// bounced 1
	// 1 uncertain
	// 2 sent
	// email.bounced 550 no such mailbox
}
