package emailhttp_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailhttp"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
)

// receiver records what it is given and answers err.
type receiver struct {
	err  error
	body []byte
	sig  string
	n    int
}

func (r *receiver) Receive(_ context.Context, h http.Header, body []byte) error {
	r.n, r.body, r.sig = r.n+1, body, h.Get("Svix-Signature")
	return r.err
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func post(h http.Handler, method string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/any/prefix", body)
	r.Header.Set("Svix-Signature", "v1,AA==")
	r.Header.Set("X-Request-Id", "req-7")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestWebhookAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		method string
		body   string
		err    error
		want   int
	}{
		"a committed event is 200":                           {"POST", "{}", nil, 200},
		"a bad signature or envelope is 400":                 {"POST", "{}", frontdesk.Wrap("op", frontdesk.Errorf(frontdesk.Invalid, "no")), 400},
		"a store that is down is 500, so that it comes back": {"POST", "{}", frontdesk.Errorf(frontdesk.Unavailable, "down"), 500},
		"a mailer without webhooks is 500, until it has":     {"POST", "{}", frontdesk.Errorf(frontdesk.Unimplemented, "none"), 500},
		"an error without a code is 500":                     {"POST", "{}", errors.New("secret-detail"), 500},
		"GET is 405":                                         {"GET", "", nil, 405},
		"PUT is 405":                                         {"PUT", "{}", nil, 405},
		"a body over the limit is 413":                       {"POST", strings.Repeat("x", 101), nil, 413},
	} {
		t.Run(name, func(t *testing.T) {
			h := emailhttp.NewWebhookHandler(&receiver{err: c.err}, &emailhttp.Options{MaxBody: 100, Logger: quiet()})
			w := post(h, c.method, strings.NewReader(c.body))
			if w.Code != c.want {
				t.Fatalf("status %d, want %d", w.Code, c.want)
			}
			if c.want == 200 {
				return
			}
			if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("content type %q: errors are problem details", got)
			}
			if text := w.Body.String(); strings.Contains(text, "secret-detail") || !strings.Contains(text, `"request_id":"req-7"`) {
				t.Errorf("the problem must name the request and hide the cause: %s", text)
			}
		})
	}
}

func TestWebhookPassesTheBytesAsTheyWereSent(t *testing.T) {
	sent := []byte("{\"type\":\"email.sent\"} \n\x00\xff")
	for name, body := range map[string]io.Reader{
		"with a length":    bytes.NewReader(sent),
		"without a length": io.MultiReader(bytes.NewReader(sent)),
	} {
		t.Run(name, func(t *testing.T) {
			r := new(receiver)
			post(emailhttp.NewWebhookHandler(r, nil), "POST", body)
			if !bytes.Equal(r.body, sent) || r.sig != "v1,AA==" {
				t.Errorf("received %q signed %q", r.body, r.sig)
			}
		})
	}
}

func TestWebhookOfALimitlessBodyStoresNothing(t *testing.T) {
	r := new(receiver)
	endless := io.MultiReader(strings.NewReader(strings.Repeat("x", 2<<20)))
	w := post(emailhttp.NewWebhookHandler(r, nil), "POST", endless)
	if w.Code != http.StatusRequestEntityTooLarge || r.n != 0 {
		t.Errorf("status %d after %d receives; 1 MiB is the default limit", w.Code, r.n)
	}
}

func TestWebhookGivesUpOnABodyThatDoesNotEnd(t *testing.T) {
	r := new(receiver)
	srv := httptest.NewServer(emailhttp.NewWebhookHandler(r, &emailhttp.Options{ReadTimeout: 20 * time.Millisecond, Logger: quiet()}))
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(answer, []byte("HTTP/1.1 408")) || r.n != 0 {
		t.Errorf("answer %.40q after %d receives", answer, r.n)
	}
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
