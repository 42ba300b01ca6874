package emailhttp_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"sync"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailhttp"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestAMailerWithoutWebhooksIs500UntilItHas(t *testing.T) {
	h := emailhttp.NewWebhookHandler(deaf{}, &emailhttp.Options{Logger: quiet()})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/hooks", nil))
	if w.Code != http.StatusInternalServerError {
		t.Errorf("status %d", w.Code)
	}
}

// deaf is a service whose mailer has no webhooks.
type deaf struct{}

func (deaf) Receive(context.Context, http.Header, []byte) error {
	return frontdesk.Errorf(frontdesk.Unimplemented, "none")
}

// office is a service with its mailbox, behind the handler.
type office struct {
	box   *emailtest.Mailbox
	store *emailtest.Store
	mails *email.Service
	hooks http.Handler
}

func newOffice() *office {
	o := &office{box: emailtest.NewMailbox(), store: emailtest.NewStore()}
	o.mails = email.New(o.box, o.store, &email.Options{Logger: quiet()})
	o.hooks = emailhttp.NewWebhookHandler(o.mails, &emailhttp.Options{Logger: quiet()})
	return o
}

// send sends a mail and returns its id and the provider's.
func (o *office) send(t *testing.T) (id int64, providerID string) {
	t.Helper()
	ctx := system(t)
	id, err := o.mails.Enqueue(ctx, email.Message{
		From: mail.Address{Address: "desk@example.com"}, To: []mail.Address{{Address: "ada@example.com"}}, Subject: "Hello", Text: "Hello",
	}, "hello", nil)
	if err == nil {
		err = o.mails.Deliver(ctx, id)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id, o.box.Mails()[0].ProviderID
}

func system(t *testing.T) context.Context {
	return frontdesk.WithActor(t.Context(), frontdesk.System("test"))
}

func (o *office) deliver(h http.Header, body []byte) int {
	r := httptest.NewRequest("POST", "/hooks", bytes.NewReader(body))
	r.Header = h
	w := httptest.NewRecorder()
	o.hooks.ServeHTTP(w, r)
	return w.Code
}

func (o *office) log(t *testing.T, id int64) *email.Log {
	t.Helper()
	log, err := o.mails.Log(system(t), id)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestADeliveryThatComesThreeTimesAtOnceIsOneEventAndThreeTimes200(t *testing.T) {
	o := newOffice()
	id, providerID := o.send(t)
	h, body := o.box.Webhook(email.Event{MessageID: providerID, Status: email.StatusBounced, Permanent: true}, time.Now())
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if code := o.deliver(h.Clone(), body); code != 200 {
				t.Errorf("status %d, want 200", code)
			}
		})
	}
	all.Wait()
	log := o.log(t, id)
	if len(log.Events) != 1 || log.Entry.Status != email.StatusBounced {
		t.Errorf("%d events and status %s, want one event and %s", len(log.Events), log.Entry.Status, email.StatusBounced)
	}
}

func TestAnUnknownTypeIs200AndStored(t *testing.T) {
	o := newOffice()
	id, providerID := o.send(t)
	h, body := o.box.Webhook(email.Event{MessageID: providerID, Type: "email.foo"}, time.Now())
	if code := o.deliver(h, body); code != 200 {
		t.Fatalf("status %d, want 200", code)
	}
	if events := o.log(t, id).Events; len(events) != 1 || events[0].Type != "email.foo" {
		t.Errorf("the log has %v, want the event", events)
	}
}

func TestADeliveryThatIsNotTheProvidersIs400AndLeavesNothing(t *testing.T) {
	o := newOffice()
	id, providerID := o.send(t)
	e := email.Event{MessageID: providerID, Status: email.StatusDelivered}
	for name, forge := range map[string]func() (http.Header, []byte){
		"whose body was changed": func() (http.Header, []byte) {
			h, body := o.box.Webhook(e, time.Now())
			return h, append(body, ' ')
		},
		"that is too old":         func() (http.Header, []byte) { return o.box.Webhook(e, time.Now().Add(-time.Hour)) },
		"that another has signed": func() (http.Header, []byte) { return emailtest.NewMailbox().Webhook(e, time.Now()) },
		"that is not signed": func() (http.Header, []byte) {
			_, body := o.box.Webhook(e, time.Now())
			return http.Header{}, body
		},
	} {
		t.Run(name, func(t *testing.T) {
			if code := o.deliver(forge()); code != 400 {
				t.Errorf("status %d, want 400", code)
			}
			if log := o.log(t, id); len(log.Events) != 0 || log.Entry.Status != email.StatusSent {
				t.Errorf("%d events and status %s: nothing is to be stored", len(log.Events), log.Entry.Status)
			}
		})
	}
}
