package resend_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/resend"
	"github.com/frontdesk-go/frontdesk/email/resend/resendtest"
	"github.com/frontdesk-go/frontdesk/email/resend/svix"
)

const (
	oldSecret = "whsec_b2xkU2VjcmV0T2ZUaGVUZXN0cw=="
	newSecret = "whsec_bmV3U2VjcmV0T2ZUaGVUZXN0cw=="
)

var moment = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// hooks is a mailer with the secrets.
func hooks(t testing.TB, secrets ...string) *resend.Mailer {
	t.Helper()
	o := &resend.Options{}
	for _, s := range secrets {
		o.WebhookSecrets = append(o.WebhookSecrets, frontdesk.NewSecret(s))
	}
	m, err := resend.New(testKey, o)
	require.NoError(t, err)
	return m
}

// signed are the headers of a body, signed with the secrets.
func signed(t testing.TB, body []byte, secrets ...string) http.Header {
	t.Helper()
	keys, err := svix.ParseKeys(secrets...)
	require.NoError(t, err)
	return keys.Sign("msg_1", moment, body)
}

func TestSignatures(t *testing.T) {
	body := []byte(`{"type":"email.sent","created_at":"2026-03-01T11:59:00.000Z","data":{"email_id":"e1"}}`)
	requireRefused := func(t *testing.T, m *resend.Mailer, h http.Header, body []byte, now time.Time) {
		t.Helper()
		_, err := m.ParseWebhook(h, body, now)
		requireCode(t, frontdesk.Invalid, err)
		assert.NotContains(t, err.Error(), strings.TrimPrefix(newSecret, "whsec_"))
	}
	t.Run("a mailer without a secret refuses every webhook", func(t *testing.T) {
		requireRefused(t, hooks(t), signed(t, body, newSecret), body, moment)
	})
	t.Run("a signature of another version is refused, though it is right", func(t *testing.T) {
		h := signed(t, body, newSecret)
		h.Set("Svix-Signature", strings.Replace(h.Get("Svix-Signature"), "v1,", "v2,", 1))
		requireRefused(t, hooks(t, newSecret), h, body, moment)
	})
	t.Run("the second of two signatures is enough, and so is the second of two secrets", func(t *testing.T) {
		_, err := hooks(t, newSecret).ParseWebhook(signed(t, body, oldSecret, newSecret), body, moment)
		require.NoError(t, err)
		_, err = hooks(t, oldSecret, newSecret).ParseWebhook(signed(t, body, newSecret), body, moment)
		require.NoError(t, err)
	})
	t.Run("300 seconds are tolerated either way, 301 are not", func(t *testing.T) {
		m, h := hooks(t, newSecret), signed(t, body, newSecret)
		for _, good := range []time.Duration{-300, 300} {
			_, err := m.ParseWebhook(h, body, moment.Add(good*time.Second))
			require.NoError(t, err)
		}
		for _, bad := range []time.Duration{-301, 301} {
			requireRefused(t, m, h, body, moment.Add(bad*time.Second))
		}
	})
	t.Run("a body that was written anew is refused", func(t *testing.T) {
		var value map[string]any
		require.NoError(t, json.Unmarshal(body, &value))
		again, err := json.Marshal(value)
		require.NoError(t, err)
		require.False(t, bytes.Equal(body, again))
		requireRefused(t, hooks(t, newSecret), signed(t, body, newSecret), again, moment)
	})
	t.Run("a signed body that is no event is refused", func(t *testing.T) {
		for _, odd := range []string{"", "null", "[]", "{}", `{"type":1}`, "<xml>"} {
			requireRefused(t, hooks(t, newSecret), signed(t, []byte(odd), newSecret), []byte(odd), moment)
		}
	})
}

func TestEvents(t *testing.T) {
	parse := func(t *testing.T, body string) email.Event {
		t.Helper()
		e, err := hooks(t, newSecret).ParseWebhook(signed(t, []byte(body), newSecret), []byte(body), moment)
		require.NoError(t, err)
		assert.Equal(t, "resend", e.Provider)
		assert.Equal(t, "msg_1", e.ID)
		assert.Equal(t, body, string(e.Payload))
		return e
	}
	for _, c := range []struct {
		rule  string
		event resendtest.Event
		want  email.Event
	}{
		{"sent", resendtest.Event{Type: "email.sent"}, email.Event{Status: email.StatusSent}},
		{"scheduled is queued", resendtest.Event{Type: "email.scheduled"}, email.Event{Status: email.StatusQueued}},
		{"delayed", resendtest.Event{Type: "email.delivery_delayed"}, email.Event{Status: email.StatusDelayed}},
		{"delivered", resendtest.Event{Type: "email.delivered"}, email.Event{Status: email.StatusDelivered}},
		{"a hard bounce is for good", resendtest.Event{Type: "email.bounced", BounceType: "Permanent", Detail: "no such user"}, email.Event{Status: email.StatusBounced, Permanent: true, Detail: "no such user"}},
		{"a soft bounce is not", resendtest.Event{Type: "email.bounced", BounceType: "Transient", Detail: "mailbox full"}, email.Event{Status: email.StatusBounced, Detail: "mailbox full"}},
		{"an undetermined bounce is not", resendtest.Event{Type: "email.bounced", BounceType: "Undetermined"}, email.Event{Status: email.StatusBounced}},
		{"complained", resendtest.Event{Type: "email.complained"}, email.Event{Status: email.StatusComplained}},
		{"failed with its reason", resendtest.Event{Type: "email.failed", Detail: "reached_daily_quota"}, email.Event{Status: email.StatusFailed, Detail: "reached_daily_quota"}},
		{"suppressed with its reason", resendtest.Event{Type: "email.suppressed", Detail: "on the list"}, email.Event{Status: email.StatusSuppressed, Detail: "on the list"}},
		{"opened moves nothing", resendtest.Event{Type: "email.opened"}, email.Event{}},
		{"clicked moves nothing", resendtest.Event{Type: "email.clicked"}, email.Event{}},
		{"an unknown type moves nothing", resendtest.Event{Type: "email.foo"}, email.Event{}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			s := resendtest.NewServer(nil)
			c.event.ID, c.event.EmailID, c.event.To, c.event.CreatedAt = "msg_7", "e1", []string{"ada@example.com"}, moment.Add(-time.Second)
			header, body := s.Webhook(c.event, moment)
			got, err := hooks(t, s.WebhookSecret().Reveal()).ParseWebhook(header, body, moment)
			require.NoError(t, err)
			c.want.Provider, c.want.ID, c.want.Type, c.want.MessageID = "resend", "msg_7", c.event.Type, "e1"
			c.want.Recipient, c.want.OccurredAt, c.want.Payload = "ada@example.com", c.event.CreatedAt, body
			assert.Equal(t, c.want, got)
		})
	}
	t.Run("events that concern no sent mail name none", func(t *testing.T) {
		for _, text := range []string{
			`{"type":"email.received","data":{"email_id":"in1"}}`,
			`{"type":"contact.created","data":{"id":"c1","email":"ada@example.com"}}`,
			`{"type":"domain.updated","data":null}`,
			`{"type":"suppression.created"}`,
		} {
			e := parse(t, text)
			assert.Empty(t, e.MessageID)
			assert.Empty(t, e.Status)
		}
	})
	t.Run("a member of an unknown form hides no other", func(t *testing.T) {
		e := parse(t, `{"type":"email.bounced","created_at":"soon","data":{"to":"ada@example.com","bounce":7,"email_id":"e1"}}`)
		assert.Equal(t, "e1", e.MessageID)
		assert.Equal(t, email.StatusBounced, e.Status)
		assert.Equal(t, moment, e.OccurredAt)
	})
	t.Run("an event about several recipients names none of them", func(t *testing.T) {
		e := parse(t, `{"type":"email.delivered","data":{"email_id":"e1","to":["a@example.com","b@example.com"]}}`)
		assert.Empty(t, e.Recipient)
	})
	for text, want := range map[string]time.Time{
		"2026-02-22T23:41:12.126Z":         time.Date(2026, 2, 22, 23, 41, 12, 126e6, time.UTC),
		"2026-02-22T23:41:11.894719+00:00": time.Date(2026, 2, 22, 23, 41, 11, 894719e3, time.UTC),
		"2026-02-22 23:41:11.894719+00":    time.Date(2026, 2, 22, 23, 41, 11, 894719e3, time.UTC),
	} {
		t.Run("the time "+text+" is read", func(t *testing.T) {
			e := parse(t, `{"type":"email.sent","created_at":"`+text+`","data":{}}`)
			assert.Equal(t, want, e.OccurredAt)
		})
	}
}

// FuzzParseWebhook shows that no signed body breaks the reader.
func FuzzParseWebhook(f *testing.F) {
	f.Add([]byte(`{"type":"email.bounced","created_at":"2026-03-01T11:59:00.000Z","data":{"email_id":"e1","to":["a@example.com"],"bounce":{"type":"Permanent","message":"no"}}}`))
	f.Add([]byte(`{"type":"email.failed","data":{"failed":{"reason":"` + strings.Repeat("ä", 400) + `"}}}`))
	f.Add([]byte(`{"type":"contact.created","data":[1,2]}`))
	f.Add([]byte(`null`))
	m := hooks(f, newSecret)
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := m.ParseWebhook(signed(t, body, newSecret), body, moment)
		if err != nil {
			require.ErrorIs(t, err, frontdesk.Invalid)
			return
		}
		require.NotEmpty(t, e.Type)
		require.Equal(t, time.UTC, e.OccurredAt.Location())
		require.LessOrEqual(t, len(e.Detail), 500)
		require.Equal(t, body, e.Payload)
	})
}
