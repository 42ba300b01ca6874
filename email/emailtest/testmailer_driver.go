package emailtest

import (
	"net/http"
	"net/mail"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// Harness is a mailer under test with the provider behind it. Every rule gets one of
// its own.
type Harness struct {
	Mailer email.Mailer
	// Driver is the provider's side. It may be a RecipientDriver, a ScheduleDriver and
	// a WebhookDriver too: rules about what it cannot do are left out.
	Driver MailerDriver
	// From is a sender that the provider accepts. Default "Frontdesk <desk@example.com>".
	From mail.Address

	// Refusals are the codes that FailNext can bring about. Default: all of those that
	// email.Mailer lists, except AlreadyExists and OutcomeUnknown.
	Refusals []frontdesk.Code
	// NoTags: the provider keeps no tags.
	NoTags bool
	// NoAlternatives: the provider takes text and HTML, and other forms as attachments only.
	NoAlternatives bool
}

// MailerDriver looks into a provider, which is local to the test, and breaks it.
// *Mailbox is one for itself.
type MailerDriver interface {
	// Mails are all messages that the provider has accepted, oldest first, with all
	// that recipients see of them, and with Bcc.
	Mails() []Mail
	// Calls is how often something has reached the provider. Only whether it stays the
	// same matters.
	Calls() int
	// FailNext makes the provider refuse the next message, before anything is carried
	// out, with the answer that the adapter is to turn into err's code, and its
	// RetryAfter where the code is RateLimited.
	FailNext(err error)
	// LoseNext makes the provider accept the next message and cuts the connection
	// before the answer.
	LoseNext()
}

// RecipientDriver is a provider that can refuse one recipient of several.
type RecipientDriver interface {
	// RefuseRecipient refuses the address for good, from now on.
	RefuseRecipient(address string)
}

// ScheduleDriver is a provider that sends later.
type ScheduleDriver interface {
	// Depart sends a scheduled message now, so that it is too late to take it back.
	Depart(providerID string) error
}

// WebhookDriver is a provider that tells what became of messages.
type WebhookDriver interface {
	// Webhook returns a delivery, signed at the time, that says what e does. Where e has
	// no Type, its Status and Permanent decide it; where it has no Status, its Type is
	// one that the adapter need not know. The ID is e's unless that is empty. The headers
	// are those that verifying needs, and no others.
	Webhook(e email.Event, at time.Time) (http.Header, []byte)
}

var (
	_ MailerDriver    = (*Mailbox)(nil)
	_ RecipientDriver = (*Mailbox)(nil)
	_ ScheduleDriver  = (*Mailbox)(nil)
	_ WebhookDriver   = (*Mailbox)(nil)
)
