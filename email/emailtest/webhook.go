package emailtest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/resend/svix"
)

// Receiver takes webhooks: *email.Service is one.
type Receiver interface {
	Receive(ctx context.Context, header http.Header, body []byte) error
}

func newSecret() string {
	return "whsec_" + base64.StdEncoding.EncodeToString([]byte(rand.Text()))
}

// payload is the form of the mailbox's events.
type payload struct {
	Type      string       `json:"type"`
	CreatedAt time.Time    `json:"created_at"`
	MessageID string       `json:"message_id,omitempty"`
	Recipient string       `json:"recipient,omitempty"`
	Status    email.Status `json:"status,omitempty"`
	Permanent bool         `json:"permanent,omitempty"`
	Detail    string       `json:"detail,omitempty"`
}

// SendTo makes Notify send to the receiver.
func (b *Mailbox) SendTo(r Receiver) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forward = r
}

// Notify sends an event to the receiver, signed now: what e says about a mail, for
// example its MessageID and Status. It returns the receiver's error.
func (b *Mailbox) Notify(ctx context.Context, e email.Event) error {
	b.mu.Lock()
	r := b.forward
	b.mu.Unlock()
	header, body := b.Webhook(e, b.Now())
	return r.Receive(ctx, header, body)
}

// Webhook returns a delivery of the event, signed at the time, for those who send it
// themselves. An event without an ID gets one, and one without a Type that of its status.
func (b *Mailbox) Webhook(e email.Event, at time.Time) (http.Header, []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.events++
	if e.ID == "" {
		e.ID = fmt.Sprintf("msg_%06d", b.events)
	}
	if e.Type == "" {
		e.Type = "email." + string(e.Status)
	}
	if e.OccurredAt.IsZero() {
		e.OccurredAt = at
	}
	body, _ := json.Marshal(payload{ // fails only for years beyond 9999
		e.Type, e.OccurredAt.UTC(), e.MessageID, e.Recipient, e.Status, e.Permanent, e.Detail,
	})
	return b.keys().Sign(e.ID, at, body), body
}

// Secret is what webhooks are signed with.
func (b *Mailbox) Secret() frontdesk.Secret { return frontdesk.NewSecret(b.secret) }

func (b *Mailbox) keys() svix.Keys {
	keys, err := svix.ParseKeys(b.secret)
	if err != nil {
		panic(err) // newSecret made it
	}
	return keys
}

// ParseWebhook verifies and reads a delivery.
func (b *Mailbox) ParseWebhook(header http.Header, body []byte, now time.Time) (email.Event, error) {
	id, err := b.keys().Verify(header, body, now)
	if err != nil {
		return email.Event{}, frontdesk.Errorf(frontdesk.Invalid, "the webhook is refused: %w", err)
	}
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return email.Event{}, frontdesk.Errorf(frontdesk.Invalid, "the webhook is not an event: %w", err)
	}
	return email.Event{
		Provider: b.Name(), ID: id, Type: p.Type, MessageID: p.MessageID, Recipient: p.Recipient, Status: p.Status,
		Permanent: p.Permanent, Detail: p.Detail, OccurredAt: p.CreatedAt.UTC(), Payload: body,
	}, nil
}
