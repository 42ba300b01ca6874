package resend_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/resend"
	"github.com/frontdesk-go/frontdesk/email/resend/resendtest"
)

func TestNew(t *testing.T) {
	secrets := func(texts ...string) *resend.Options {
		o := &resend.Options{}
		for _, text := range texts {
			o.WebhookSecrets = append(o.WebhookSecrets, frontdesk.NewSecret(text))
		}
		return o
	}
	for _, c := range []struct {
		rule, key string
		options   *resend.Options
		field     string
	}{
		{"a blank key is refused", " \n", nil, "key"},
		{"a key in two lines is refused", "re_a\nre_b", nil, "key"},
		{"a blank webhook secret is refused", testKey, secrets("whsec_c2VjcmV0", " \t"), "webhook_secrets"},
		{"a webhook secret that is not base64 is refused", testKey, secrets("whsec_???"), "webhook_secrets"},
		{"a webhook secret without a key is refused", testKey, secrets("whsec_"), "webhook_secrets"},
		{"an address without a scheme is refused", testKey, &resend.Options{BaseURL: "api.example.com"}, "base_url"},
		{"an address with a password is refused", testKey, &resend.Options{BaseURL: "https://a:b@api.example.com"}, "base_url"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			m, err := resend.New(c.key, c.options)
			require.ErrorIs(t, err, frontdesk.Invalid)
			assert.Equal(t, c.field, frontdesk.Fields(err)[0].Name)
			assert.Nil(t, m)
		})
	}
	t.Run("a mailer prints and logs no secret", func(t *testing.T) {
		m, err := resend.New(testKey, secrets("whsec_c2VjcmV0"))
		require.NoError(t, err)
		var line bytes.Buffer
		slog.New(slog.NewTextHandler(&line, nil)).Info("made", "mailer", m)
		for _, text := range []string{fmt.Sprintf("%v %+v %#v %s", m, m, m, m), line.String()} {
			assert.NotContains(t, text, testKey)
			assert.NotContains(t, text, "c2VjcmV0")
		}
	})
	t.Run("the caller's HTTP client is left as it was", func(t *testing.T) {
		c := &http.Client{}
		_, err := resend.New(testKey, &resend.Options{HTTPClient: c})
		require.NoError(t, err)
		assert.Equal(t, http.Client{}, *c)
	})
}

// seen is what a transport saw of a request.
type seen struct {
	url    string
	header http.Header
	body   string
}

// spy answers every request and keeps it.
func spy(t *testing.T, o resend.Options) (*resend.Mailer, *[]seen) {
	t.Helper()
	var all []seen
	o.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Body == nil {
			r.Body = http.NoBody
		}
		body, err := io.ReadAll(r.Body)
		all = append(all, seen{r.URL.String(), r.Header, string(body)})
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"id":"e1"}`)), Request: r}, err
	})}
	m, err := resend.New(testKey+"\n", &o)
	require.NoError(t, err)
	return m, &all
}

func TestRequests(t *testing.T) {
	for base, want := range map[string]string{
		"":                          "https://api.resend.com/emails",
		"http://127.0.0.1:1":        "http://127.0.0.1:1/emails",
		"http://127.0.0.1:1/":       "http://127.0.0.1:1/emails",
		"http://127.0.0.1:1/proxy":  "http://127.0.0.1:1/proxy/emails",
		"http://127.0.0.1:1/proxy/": "http://127.0.0.1:1/proxy/emails",
	} {
		t.Run("with the base "+base+" mails go to "+want, func(t *testing.T) {
			t.Setenv("RESEND_BASE_URL", "https://elsewhere.example/")
			m, all := spy(t, resend.Options{BaseURL: base})
			require.NoError(t, sends(t.Context(), m))
			assert.Equal(t, want, (*all)[0].url)
		})
	}
	t.Run("the key signs, and the message's key makes it once", func(t *testing.T) {
		m, all := spy(t, resend.Options{})
		require.NoError(t, sends(t.Context(), m))
		h := (*all)[0].header
		assert.Equal(t, []string{"Bearer " + testKey}, h.Values("Authorization"))
		assert.Equal(t, "k1", h.Get("Idempotency-Key"))
		assert.Equal(t, "application/json", h.Get("Content-Type"))
	})
	t.Run("the same message is the same bytes", func(t *testing.T) {
		m, all := spy(t, resend.Options{})
		msg := message("k1")
		msg.Tags = map[string]string{"c": "3", "a": "1", "b": "2"}
		msg.Headers = map[string]string{"X-B": "2", "X-A": "1"}
		for range 20 {
			_, err := m.Send(t.Context(), msg)
			require.NoError(t, err)
		}
		for _, s := range *all {
			assert.Equal(t, (*all)[0].body, s.body)
		}
	})
	t.Run("HTML is not blown up, and names are written as people write them", func(t *testing.T) {
		m, all := spy(t, resend.Options{})
		msg := message("k1")
		msg.From.Name, msg.To[0].Name = "Müller", "Acme, Inc."
		msg.ReplyTo = []mail.Address{{Address: "a@example.com"}, {Address: "b@example.com"}}
		_, err := m.Send(t.Context(), msg)
		require.NoError(t, err)
		body := (*all)[0].body
		assert.Contains(t, body, `"html":"<p>Hello</p>"`)
		assert.Contains(t, body, `"from":"Müller <desk@example.com>"`)
		assert.Contains(t, body, `"to":["\"Acme, Inc.\" <ada@example.com>"]`)
		assert.Contains(t, body, `"reply_to":["a@example.com","b@example.com"]`)
	})
	t.Run("a scheduled mail has its time in UTC", func(t *testing.T) {
		m, all := spy(t, resend.Options{})
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 3600))
		_, err := m.SendAt(t.Context(), message("k1"), at)
		require.NoError(t, err)
		assert.Contains(t, (*all)[0].body, `"scheduled_at":"2026-03-01T11:00:00Z"`)
		_, err = m.SendAt(t.Context(), message("k1"), time.Time{})
		requireCode(t, frontdesk.Invalid, err)
	})
	t.Run("an id cannot leave its place in the path", func(t *testing.T) {
		m, all := spy(t, resend.Options{})
		require.NoError(t, m.Cancel(t.Context(), "../domains?x=1"))
		assert.Equal(t, "https://api.resend.com/emails/..%2Fdomains%3Fx=1/cancel", (*all)[0].url)
		for _, none := range []string{"", " ", ".", ".."} {
			requireCode(t, frontdesk.Invalid, m.Cancel(t.Context(), none))
		}
		assert.Len(t, *all, 1)
	})
	t.Run("31 MB of attachments are refused before a request", func(t *testing.T) {
		m, all := spy(t, resend.Options{})
		msg := message("k1")
		msg.Attachments = []email.Attachment{{Name: "a.bin", ContentType: "application/octet-stream", Size: 31_000_000, Open: zeros(31_000_000)}}
		_, err := m.Send(t.Context(), msg)
		requireCode(t, frontdesk.Invalid, err)
		assert.Empty(t, *all)
	})
	t.Run("two mailers keep their own keys", func(t *testing.T) {
		s := resendtest.NewServer(&resendtest.Options{Key: "re_other"})
		requireCode(t, frontdesk.Unauthenticated, sends(t.Context(), through(t, s.Transport())))
		other, err := resend.New("re_other", &resend.Options{HTTPClient: &http.Client{Transport: s.Transport()}})
		require.NoError(t, err)
		require.NoError(t, sends(t.Context(), other))
	})
}

func TestBatches(t *testing.T) {
	batch := func(n int) []*email.Message {
		all := make([]*email.Message, n)
		for i := range all {
			all[i] = message(fmt.Sprint("k", i))
			all[i].Subject = fmt.Sprint("Message ", i)
		}
		return all
	}
	// posts counts the requests by path.
	posts := func(s *resendtest.Server) map[string]int {
		n := map[string]int{}
		for _, r := range s.Requests() {
			n[r.Path]++
		}
		return n
	}
	inBubble(t, "250 mails take three requests, and one with an attachment a fourth", func(t *testing.T) {
		s, m := local(t, nil)
		all := batch(250)
		all[7].Attachments = []email.Attachment{file("a.txt", "text/plain", "", []byte("hello"))}
		results, err := m.SendBatch(t.Context(), all)
		require.NoError(t, err)
		assert.Equal(t, map[string]int{"/emails": 1, "/emails/batch": 3}, posts(s))
		byID := map[string]resendtest.Email{}
		for _, e := range s.Emails() {
			byID[e.ID] = e
		}
		for i, r := range results {
			require.NoError(t, r.Err)
			assert.Equal(t, all[i].Subject, byID[r.ProviderID].Subject)
		}
		assert.Equal(t, []byte("hello"), byID[results[7].ProviderID].Attachments[0].Content)
	})
	inBubble(t, "a mail that Resend refuses takes no other with it", func(t *testing.T) {
		s, m := local(t, &resendtest.Options{Domains: []string{"example.com"}})
		all := batch(3)
		all[1].From.Address = "desk@elsewhere.example"
		results, err := m.SendBatch(t.Context(), all)
		require.NoError(t, err)
		require.NoError(t, results[0].Err)
		require.NoError(t, results[2].Err)
		requireCode(t, frontdesk.FailedPrecondition, results[1].Err)
		var own *resend.Error
		require.ErrorAs(t, results[1].Err, &own)
		assert.Equal(t, http.StatusForbidden, own.StatusCode)
		assert.Len(t, s.Emails(), 2)
		assert.Equal(t, "Message 2", s.Emails()[1].Subject)
	})
	inBubble(t, "a batch whose answer is lost is asked for again with the same key", func(t *testing.T) {
		s, m := local(t, nil, resendtest.Fault{Lose: true})
		results, err := m.SendBatch(t.Context(), batch(100))
		require.NoError(t, err)
		assert.Len(t, s.Emails(), 100)
		assert.Equal(t, s.Emails()[99].ID, results[99].ProviderID)
		require.Len(t, s.Requests(), 2)
		assert.Equal(t, s.Requests()[0].Header.Get("Idempotency-Key"), s.Requests()[1].Header.Get("Idempotency-Key"))
	})
	inBubble(t, "the same key twice in a batch is sent once", func(t *testing.T) {
		s, m := local(t, nil)
		all := batch(2)
		all[1] = all[0]
		results, err := m.SendBatch(t.Context(), all)
		require.NoError(t, err)
		require.NoError(t, results[0].Err)
		requireCode(t, frontdesk.Invalid, results[1].Err)
		assert.Len(t, s.Emails(), 1)
	})
	inBubble(t, "a quota stops the requests that are left", func(t *testing.T) {
		s, m := local(t, &resendtest.Options{DailyQuota: 100})
		results, err := m.SendBatch(t.Context(), batch(301))
		require.NoError(t, err, "some were accepted")
		require.NoError(t, results[99].Err)
		requireCode(t, frontdesk.QuotaExceeded, results[100].Err)
		requireCode(t, frontdesk.QuotaExceeded, results[300].Err)
		assert.Len(t, s.Requests(), 2)
	})
	inBubble(t, "a mail with an attachment is not tried after a quota", func(t *testing.T) {
		s, m := local(t, &resendtest.Options{DailyQuota: 1})
		all := batch(3)
		for _, msg := range all {
			msg.Attachments = []email.Attachment{file("a.txt", "text/plain", "", []byte("hello"))}
		}
		results, err := m.SendBatch(t.Context(), all)
		require.NoError(t, err)
		require.NoError(t, results[0].Err)
		requireCode(t, frontdesk.QuotaExceeded, results[2].Err)
		assert.Len(t, s.Requests(), 2)
	})
	inBubble(t, "a wrong API key is the error of all", func(t *testing.T) {
		_, m := local(t, &resendtest.Options{Key: "re_other"})
		results, err := m.SendBatch(t.Context(), batch(2))
		requireCode(t, frontdesk.Unauthenticated, err)
		requireCode(t, frontdesk.Unauthenticated, results[1].Err)
	})
	inBubble(t, "an answer that leaves mails out has no known outcome", func(t *testing.T) {
		m := through(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			_, _ = io.Copy(io.Discard, r.Body)
			answer := `{"data":[{"id":"e1"}],"errors":[{"index":7,"message":"no"}]}`
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
		}))
		results, err := m.SendBatch(t.Context(), batch(2))
		require.NoError(t, err)
		for _, r := range results {
			requireCode(t, frontdesk.OutcomeUnknown, r.Err)
		}
	})
}

// zeros opens n zero bytes.
func zeros(n int64) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(zero{}, n)), nil }
}

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestFake shows that resendtest understands what resend-go itself sends.
func TestFake(t *testing.T) {
	t.Run("a list of numbers is a file", func(t *testing.T) {
		s := resendtest.NewServer(nil)
		client := sdk(s.Transport())
		_, err := client.Emails.Send(sdkMessage([]byte("hello")))
		require.NoError(t, err)
		assert.Equal(t, []byte("hello"), s.Emails()[0].Attachments[0].Content)
	})
	t.Run("a batch loses its attachments in silence", func(t *testing.T) {
		s := resendtest.NewServer(nil)
		_, err := sdk(s.Transport()).Batch.Send(sdkBatch([]byte("hello")))
		require.NoError(t, err)
		assert.Empty(t, s.Emails()[0].Attachments)
	})
	t.Run("a sent mail is read back and listed, without its key", func(t *testing.T) {
		s, m := local(t, nil)
		r, err := m.Send(t.Context(), message("k1"))
		require.NoError(t, err)
		client := sdk(s.Transport())
		got, err := client.Emails.Get(r.ProviderID)
		require.NoError(t, err)
		assert.Equal(t, "sent", got.LastEvent)
		list, err := client.Emails.List()
		require.NoError(t, err)
		require.Len(t, list.Data, 1)
		text, err := json.Marshal(list)
		require.NoError(t, err)
		assert.NotContains(t, string(text), "k1")
	})
	for body, want := range map[string]string{
		`{`:                               "validation_error",
		`{}`:                              "`from`",
		`{"from":"a@b.example"}`:          "`to`",
		`{"from":"a@b.example","to":"x"}`: "`subject`",
		`{"from":"a@b.example","to":"x","subject":""}`:                                                                            "`html` or `text`",
		`{"from":"a@b.example","to":"x","subject":"","text":"t"}`:                                                                 "Invalid `to`",
		`{"from":"a","to":"c@d.example","subject":"","text":"t"}`:                                                                 "Invalid `from`",
		`{"from":"a@b.example","to":"c@d.example","subject":"","text":"t","tags":[{"name":"a b"}]}`:                               "ASCII letters",
		`{"from":"a@b.example","to":"c@d.example","subject":"","text":"t","scheduled_at":"soon"}`:                                 "`scheduled_at`",
		`{"from":"a@b.example","to":"c@d.example","subject":"","text":"t","attachments":[{}]}`:                                    "invalid_attachment",
		`{"from":"a@b.example","to":"c@d.example","subject":"","text":"t","attachments":[{"filename":"a.exe","content":"AA=="}]}`: "not supported",
	} {
		t.Run("the body "+body+" is refused as Resend does", func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://resend.example/emails", strings.NewReader(body))
			require.NoError(t, err)
			r.Header.Set("Authorization", "Bearer x")
			resp, err := resendtest.NewServer(nil).Transport().RoundTrip(r)
			require.NoError(t, err)
			answer, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Equal(t, http.StatusUnprocessableEntity, resp.StatusCode)
			assert.Contains(t, string(answer), want)
		})
	}
	t.Run("what is not there has Resend's names", func(t *testing.T) {
		s := resendtest.NewServer(&resendtest.Options{SendOnly: true})
		for path, want := range map[string]string{"/nowhere": "not_found", "/emails": "restricted_api_key", "/emails/batch": "restricted_api_key"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://resend.example"+path, http.NoBody)
			require.NoError(t, err)
			r.Header.Set("Authorization", "Bearer x")
			resp, err := s.Transport().RoundTrip(r)
			require.NoError(t, err)
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Contains(t, string(body), want)
		}
	})
}
