package resend

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// ParseWebhook implements [email.Webhooks]. Without a webhook secret it refuses
// everything. Types that it does not know come without a Status, as opened and clicked
// do.
func (m *Mailer) ParseWebhook(header http.Header, body []byte, now time.Time) (email.Event, error) {
	id, err := m.keys.Verify(header, body, now)
	if err != nil {
		return email.Event{}, frontdesk.Errorf(frontdesk.Invalid, "the webhook is refused: %w", err)
	}
	e, err := parseEvent(body, now)
	if err != nil {
		return email.Event{}, err
	}
	e.Provider, e.ID = m.Name(), id
	return e, nil
}

// envelope is what all of Resend's events have
// (https://resend.com/docs/webhooks/event-types).
type envelope struct {
	Type      string          `json:"type"`
	CreatedAt string          `json:"created_at"`
	Data      json.RawMessage `json:"data"`
}

// details are those of an event about a sent mail.
type details struct {
	EmailID string   `json:"email_id"`
	To      []string `json:"to"`
	Bounce  struct {
		Type    string `json:"type"` // Permanent, Transient or Undetermined
		Message string `json:"message"`
	} `json:"bounce"`
	Failed struct {
		Reason string `json:"reason"`
	} `json:"failed"`
	Suppressed struct {
		Message string `json:"message"`
	} `json:"suppressed"`
}

// statuses are the types that move a message. A scheduled one has not been sent.
var statuses = map[string]email.Status{
	"email.scheduled":        email.StatusQueued,
	"email.sent":             email.StatusSent,
	"email.delivery_delayed": email.StatusDelayed,
	"email.delivered":        email.StatusDelivered,
	"email.bounced":          email.StatusBounced,
	"email.complained":       email.StatusComplained,
	"email.failed":           email.StatusFailed,
	"email.suppressed":       email.StatusSuppressed,
}

// received is the type of an event about a mail that came in.
const received = "email.received"

// parseEvent reads an event. One without a legible time happened now.
func parseEvent(body []byte, now time.Time) (email.Event, error) {
	var env envelope
	if err := json.Unmarshal(body, &env); err != nil {
		return email.Event{}, frontdesk.Errorf(frontdesk.Invalid, "the webhook is not an event: %w", err)
	}
	if env.Type == "" {
		return email.Event{}, frontdesk.Errorf(frontdesk.Invalid, "the webhook is not an event: it has no type")
	}
	e := email.Event{Type: env.Type, Status: statuses[env.Type], OccurredAt: parseTime(env.CreatedAt, now), Payload: body}
	if strings.HasPrefix(env.Type, "email.") && env.Type != received {
		describeEvent(&e, env.Data)
	}
	return e, nil
}

// describeEvent reads what it can: an event with a member of an unknown form still
// says which message it is about.
func describeEvent(e *email.Event, data json.RawMessage) {
	var d details
	_ = json.Unmarshal(data, &d)
	e.MessageID = d.EmailID
	if len(d.To) == 1 {
		e.Recipient = d.To[0]
	}
	switch e.Status {
	case email.StatusBounced:
		e.Permanent, e.Detail = strings.EqualFold(d.Bounce.Type, "permanent"), short(d.Bounce.Message)
	case email.StatusFailed:
		e.Detail = short(d.Failed.Reason)
	case email.StatusSuppressed:
		e.Detail = short(d.Suppressed.Message)
	}
}

// parseTime reads the forms of time that Resend's documentation shows.
func parseTime(text string, otherwise time.Time) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return otherwise.UTC()
}
