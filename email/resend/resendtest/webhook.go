package resendtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk/email/resend/svix"
)

// Event is what a webhook tells of an email.
type Event struct {
	ID         string // svix-id; made if empty
	Type       string // "email.delivered"
	EmailID    string
	To         []string
	BounceType string // of email.bounced: "Permanent", "Transient" or "Undetermined"
	Detail     string // of email.bounced, email.failed and email.suppressed
	CreatedAt  time.Time
}

// Webhook returns a delivery of the event as Resend sends it
// (https://resend.com/docs/webhooks/event-types), signed at the time.
func (s *Server) Webhook(e Event, at time.Time) (http.Header, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events++
	if e.ID == "" {
		e.ID = fmt.Sprintf("msg_%06d", s.events)
	}
	if e.CreatedAt.IsZero() {
		e.CreatedAt = at
	}
	created := e.CreatedAt.UTC().Format("2006-01-02T15:04:05.000Z")
	body, err := json.Marshal(map[string]any{"type": e.Type, "created_at": created, "data": e.data(created)})
	if err != nil {
		panic(err) // it holds texts only
	}
	keys, err := svix.ParseKeys(s.secret)
	if err != nil {
		panic(err) // NewServer made it
	}
	return keys.Sign(e.ID, at, body), body
}

func (e Event) data(created string) map[string]any {
	data := map[string]any{
		"created_at": created, "email_id": e.EmailID, "from": "Frontdesk <desk@example.com>", "to": e.To,
		"subject": "Hello", "tags": map[string]string{},
	}
	switch e.Type {
	case "email.bounced":
		data["bounce"] = map[string]string{"message": e.Detail, "subType": "General", "type": e.BounceType}
	case "email.failed":
		data["failed"] = map[string]string{"reason": e.Detail}
	case "email.suppressed":
		data["suppressed"] = map[string]string{"message": e.Detail, "type": "OnAccountSuppressionList"}
	}
	return data
}
