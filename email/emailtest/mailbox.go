package emailtest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// Mailbox has every ability that a mailer may have.
var (
	_ email.Mailer      = (*Mailbox)(nil)
	_ email.Batcher     = (*Mailbox)(nil)
	_ email.Scheduler   = (*Mailbox)(nil)
	_ email.Remembering = (*Mailbox)(nil)
	_ email.Finder      = (*Mailbox)(nil)
	_ email.Webhooks    = (*Mailbox)(nil)
)

// remembers is how long the mailbox sends the same key once, as Resend does.
const remembers = 24 * time.Hour

// Mailbox is a mailer that sends nothing and keeps everything, for tests and demos. It
// checks messages and remembers keys as a provider does. Use it from any number of
// goroutines.
type Mailbox struct {
	mu      sync.Mutex
	mails   []Mail
	prints  map[string]string // fingerprints by provider id
	calls   int
	last    int // number of the last mail
	faults  []fault
	refused map[string]bool
	ahead   time.Duration
	changed chan struct{} // closed and replaced when a mail comes
	events  int
	secret  string
	forward Receiver
}

// NewMailbox returns an empty mailbox.
func NewMailbox() *Mailbox {
	return &Mailbox{
		prints: map[string]string{}, refused: map[string]bool{}, changed: make(chan struct{}), secret: newSecret(),
	}
}

// Name is "mailbox".
func (b *Mailbox) Name() string { return "mailbox" }

// Remembers is 24 hours.
func (b *Mailbox) Remembers() time.Duration { return remembers }

// Now is the time on the mailbox's clock, which runs, in UTC.
func (b *Mailbox) Now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now()
}

func (b *Mailbox) now() time.Time { return time.Now().UTC().Add(b.ahead) }

// Advance sets the clock forward. Keys older than 24 hours are forgotten.
func (b *Mailbox) Advance(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ahead += d
}

// Send keeps the message, once per key.
func (b *Mailbox) Send(ctx context.Context, m *email.Message) (email.Receipt, error) {
	return b.SendAt(ctx, m, time.Time{})
}

// SendAt keeps the message as one that is scheduled, until Depart.
func (b *Mailbox) SendAt(ctx context.Context, m *email.Message, at time.Time) (email.Receipt, error) {
	if err := m.Validate(); err != nil {
		return email.Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return email.Receipt{}, err
	}
	kept, err := keep(m)
	if err != nil {
		return email.Receipt{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.accept(Mail{Message: kept, SendAt: at.UTC()})
}

// accept takes a message as the provider does: it looks at the faults, then at the key.
func (b *Mailbox) accept(m Mail) (email.Receipt, error) {
	b.calls++
	f := b.nextFault()
	if f.err != nil {
		return email.Receipt{}, f.err
	}
	receipt, err := b.add(m)
	if err == nil && f.lose {
		return email.Receipt{}, frontdesk.Errorf(frontdesk.OutcomeUnknown, "the answer was lost")
	}
	return receipt, err
}

func (b *Mailbox) add(m Mail) (email.Receipt, error) {
	print := fingerprint(m.Message)
	if known, found := b.remembered(m.Key); found {
		if b.prints[known.ProviderID] != print {
			return email.Receipt{}, frontdesk.Errorf(frontdesk.AlreadyExists, "the key was used for another message")
		}
		return b.receipt(known), nil
	}
	b.last++
	m.ProviderID, m.AcceptedAt = fmt.Sprintf("mail_%06d", b.last), b.now()
	if r := b.receipt(m); len(r.Refused) == len(m.Recipients()) {
		return email.Receipt{}, frontdesk.Errorf(frontdesk.Declined, "every recipient was refused")
	}
	b.prints[m.ProviderID] = print
	b.mails = append(b.mails, m)
	close(b.changed)
	b.changed = make(chan struct{})
	return b.receipt(m), nil
}

// remembered is the mail that was sent under the key lately.
func (b *Mailbox) remembered(key string) (Mail, bool) {
	for _, m := range b.mails {
		if m.Key == key && b.now().Sub(m.AcceptedAt) < remembers {
			return m, true
		}
	}
	return Mail{}, false
}

func (b *Mailbox) receipt(m Mail) email.Receipt {
	r := email.Receipt{ProviderID: m.ProviderID}
	for _, a := range m.Recipients() {
		if b.refused[a] {
			if r.Refused == nil {
				r.Refused = map[string]string{}
			}
			r.Refused[a] = "550 no such mailbox"
		}
	}
	return r
}

// Cancel takes a scheduled message back.
func (b *Mailbox) Cancel(ctx context.Context, providerID string) error {
	if providerID == "" {
		return frontdesk.InvalidField("provider_id", "is required")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if f := b.nextFault(); f.err != nil {
		return f.err
	}
	m, err := b.mail(providerID)
	switch {
	case err != nil:
		return err
	case m.SendAt.IsZero() || m.Canceled || !b.now().Before(m.SendAt):
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "it is not waiting to be sent")
	}
	m.Canceled = true
	return nil
}

// Depart sends a scheduled message now.
func (b *Mailbox) Depart(providerID string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	m, err := b.mail(providerID)
	if err == nil {
		m.SendAt = time.Time{}
	}
	return err
}

func (b *Mailbox) mail(providerID string) (*Mail, error) {
	for i := range b.mails {
		if b.mails[i].ProviderID == providerID {
			return &b.mails[i], nil
		}
	}
	return nil, frontdesk.Errorf(frontdesk.NotFound, "there is no such mail")
}

// Find returns the mail that was sent under the key since the time.
func (b *Mailbox) Find(ctx context.Context, key string, since time.Time) (email.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return email.Receipt{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if f := b.nextFault(); f.err != nil {
		return email.Receipt{}, f.err
	}
	for _, m := range slices.Backward(b.mails) {
		if m.Key == key && !m.AcceptedAt.Before(since.Add(-time.Second)) {
			return b.receipt(m), nil
		}
	}
	return email.Receipt{}, frontdesk.Errorf(frontdesk.NotFound, "nothing was sent under the key")
}
