package email

import (
	"context"
	"net/http"
	"time"
)

// Mailer hands messages to a mail provider. Adapters only translate: validation,
// the log, retries, suppression and idempotency keys are the Service's.
//
// Implementations are safe for concurrent use, honour ctx, and return errors with a
// frontdesk.Code and the provider's own error reachable through errors.As:
//
//   - Invalid: the message is refused, now and whenever it is sent again; the field
//     is named where the provider names one
//   - Unauthenticated, PermissionDenied: the credentials are wrong or may not send
//   - FailedPrecondition: the sender is not verified with the provider
//   - Declined: the recipient's server, or the provider's policy, refuses it for good
//   - AlreadyExists: the key was used for another message
//   - Aborted: the same key is being sent at this moment
//   - RateLimited: soon again, after frontdesk.RetryAfter
//   - QuotaExceeded: not again before the quota renews
//   - Unavailable: not sent; trying again may help
//   - OutcomeUnknown: it may have been sent
type Mailer interface {
	// Name is the provider's name in log rows, for example "resend".
	Name() string
	// Send hands one message over. Calls with the same Message.Key and content
	// send it once, for as long as the provider remembers keys: see [Remembering].
	// A message that Message.Validate refuses is refused in the same way, before any call.
	Send(ctx context.Context, m *Message) (Receipt, error)
}

// Receipt is what a provider says when it has accepted a message.
type Receipt struct {
	ProviderID string // of the message at the provider; events name it
	// Refused are the recipients that were refused for good while others were
	// accepted, with the provider's reason. Only SMTP tells.
	Refused map[string]string
}

// Batcher sends many messages with one call. It is an ability that not every
// provider has.
type Batcher interface {
	// SendBatch hands messages over, which need not be of the same kind: what the
	// provider cannot take in a batch goes one by one. The results are in the order
	// of the messages. The error is one that concerns all of them.
	SendBatch(ctx context.Context, messages []*Message) ([]Result, error)
}

// Result is what became of one message of a batch.
type Result struct {
	Receipt
	Err error
}

// Scheduler sends later, by the provider's own clock. It is an ability that not
// every provider has.
type Scheduler interface {
	// SendAt is Send at a later time.
	SendAt(ctx context.Context, m *Message, at time.Time) (Receipt, error)
	// Cancel takes back a message that has not been sent yet; FailedPrecondition
	// when it has.
	Cancel(ctx context.Context, providerID string) error
}

// Remembering is the ability to send a key once.
type Remembering interface {
	// Remembers is how long the same key is sent once. A mailer without the
	// ability remembers nothing.
	Remembers() time.Duration
}

// Finder looks a message up at the provider. It is an ability that not every
// provider has.
type Finder interface {
	// Find returns the state of a message that was sent under the key since the time; NotFound
	// when the provider is sure that it has none.
	Find(ctx context.Context, key string, since time.Time) (Receipt, error)
}

// Webhooks understands a provider's notifications. Its methods do no I/O.
type Webhooks interface {
	// Name is the provider's name, as Mailer's.
	Name() string
	// ParseWebhook verifies the signature of body at the time now and reads the
	// event, of known and unknown types. It fails with Invalid when the signature,
	// its age or the envelope is wrong.
	ParseWebhook(header http.Header, body []byte, now time.Time) (Event, error)
}

// Event is a provider's notification about a message.
type Event struct {
	Provider   string
	ID         string // of the delivery: svix-id
	Type       string // the provider's word: email.delivered, ...
	MessageID  string // the provider's id of the message; empty where it concerns none
	Recipient  string // whom it is about, where it says so
	Status     Status // what it makes of the message; empty: nothing, as for opened and clicked
	Permanent  bool   // with StatusBounced: a hard bounce
	Detail     string // the provider's reason, for people; no secret
	OccurredAt time.Time
	ReceivedAt time.Time // set by the Service
	Payload    []byte    // the bytes as they were signed
}
