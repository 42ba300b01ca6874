package billing

import (
	"context"
	"net/http"
)

// Receive verifies a webhook delivery and commits it to the inbox. When it
// returns nil the event is durable and may be acknowledged, whether it was new
// or known. A wrong signature, age or envelope is Invalid and stores nothing;
// any other error means that nothing is known to be stored.
func (s *Service) Receive(ctx context.Context, header http.Header, body []byte) (err error) {
	ctx, end := s.begin(ctx, "billing.Receive")
	defer end(&err)
	e, err := s.provider.ParseWebhook(header, body, s.now())
	if err != nil {
		return err
	}
	return s.store.AddEvents(ctx, s.received(e))
}

// received is e as it enters the inbox.
func (s *Service) received(e Event) Event {
	e.State, e.ReceivedAt = EventReceived, s.now()
	if e.Skip != "" {
		e.State, e.LastError = EventIgnored, e.Skip
	}
	return e
}
