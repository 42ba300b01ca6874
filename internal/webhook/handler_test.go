package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/webhook"
)

// receiver records what it is given and answers err.
type receiver struct {
	err  error
	body []byte
	sig  string
	n    int
}

func (r *receiver) Receive(_ context.Context, h http.Header, body []byte) error {
	r.n, r.body, r.sig = r.n+1, body, h.Get("Stripe-Signature")
	return r.err
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func post(h http.Handler, method string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/any/prefix", body)
	r.Header.Set("Stripe-Signature", "t=1,v1=00")
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
		"an error without a code is 500":                     {"POST", "{}", errors.New("secret-detail"), 500},
		"GET is 405":                                         {"GET", "", nil, 405},
		"PUT is 405":                                         {"PUT", "{}", nil, 405},
		"a body over the limit is 413":                       {"POST", strings.Repeat("x", 101), nil, 413},
	} {
		t.Run(name, func(t *testing.T) {
			h := webhook.New(webhook.Handler{Receiver: &receiver{err: c.err}, MaxBody: 100, Logger: quiet()})
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
	sent := []byte("{\"id\":\"evt_1\"} \n\x00\xff")
	for name, body := range map[string]io.Reader{
		"with a length":    bytes.NewReader(sent),
		"without a length": io.MultiReader(bytes.NewReader(sent)),
	} {
		t.Run(name, func(t *testing.T) {
			r := new(receiver)
			post(webhook.New(webhook.Handler{Receiver: r}), "POST", body)
			if !bytes.Equal(r.body, sent) || r.sig != "t=1,v1=00" {
				t.Errorf("received %q signed %q", r.body, r.sig)
			}
		})
	}
}

func TestWebhookOfALimitlessBodyStoresNothing(t *testing.T) {
	r := new(receiver)
	endless := io.MultiReader(strings.NewReader(strings.Repeat("x", 2<<20)))
	w := post(webhook.New(webhook.Handler{Receiver: r}), "POST", endless)
	if w.Code != http.StatusRequestEntityTooLarge || r.n != 0 {
		t.Errorf("status %d after %d receives; 1 MiB is the default limit", w.Code, r.n)
	}
}

func TestWebhookGivesUpOnABodyThatDoesNotEnd(t *testing.T) {
	r := new(receiver)
	srv := httptest.NewServer(webhook.New(webhook.Handler{Receiver: r, ReadTimeout: 20 * time.Millisecond, Logger: quiet()}))
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
