package billingtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// outlet is where events go.
type outlet struct {
	receiver Receiver
	held     bool
	errs     []error
	inFlight map[string]time.Time // signatures of deliveries under way, and when they were made
}

// Delivery says how Deliver sends events. The zero Delivery sends each once, in
// the order in which they happened.
type Delivery struct {
	Reverse    bool                     // the newest first
	Shuffle    uint64                   // above 0: in a random order, the same for the same number
	Copies     int                      // how often each is sent again, after all were sent once
	Drop       func(billing.Event) bool // events that are not sent
	APIVersion string                   // the shape; "null" is that of an endpoint that names none
}

// SendTo makes every new event reach the receiver, signed, as soon as it
// happens. What happens on the provider's side is also worked off before the
// call that made it happen returns. What a request causes is only received: it
// is worked off with what happens next, or by the receiver's own workers, because
// whoever made the request may still hold what the work needs.
func (p *Provider) SendTo(r Receiver) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out.receiver, p.out.held = r, false
}

// Hold keeps new events back until Deliver.
func (p *Provider) Hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out.held = true
}

// Release delivers what Hold kept back, and new events at once again.
func (p *Provider) Release() error {
	p.mu.Lock()
	p.out.held = false
	p.mu.Unlock()
	return p.Deliver(Delivery{})
}

// Deliver sends the events that the receiver has not acknowledged yet, each
// followed by working it off. It returns what went wrong; the others are sent
// all the same.
func (p *Provider) Deliver(d Delivery) error {
	p.sending.Lock()
	var errs []error
	for _, e := range d.arrange(p.undelivered()) {
		errs = append(errs, p.deliver(e, orElse(d.APIVersion, p.options.APIVersion)), p.workOff())
	}
	p.sending.Unlock()
	p.send(true) // what happened meanwhile
	return errors.Join(errs...)
}

// DeliveryErr returns what went wrong with deliveries outside Deliver, or nil.
func (p *Provider) DeliveryErr() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return errors.Join(p.out.errs...)
}

// Webhook returns a delivery of the event, signed now, for those who send it
// themselves. An empty version is the provider's own. It is NotFound when there
// is no such event.
func (p *Provider) Webhook(eventID, version string) (http.Header, []byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.log {
		if e.id == eventID {
			header, body := p.signed(e, orElse(version, p.options.APIVersion))
			return header, body, nil
		}
	}
	return nil, nil, missing("event", eventID)
}

// ParseWebhook verifies and reads a delivery. One that this provider is making
// at the moment is never too old, so that a receiver need not share its clock;
// all others are judged by now.
func (p *Provider) ParseWebhook(header http.Header, body []byte, now time.Time) (billing.Event, error) {
	signatures := header.Values("Stripe-Signature")
	if len(signatures) != 1 {
		return billing.Event{}, frontdesk.InvalidField("stripe_signature", "must be there once, not %d times", len(signatures))
	}
	p.mu.Lock()
	if at, ours := p.out.inFlight[signatures[0]]; ours {
		now = at
	}
	p.mu.Unlock()
	if err := wire.Verify(signatures[0], body, []string{p.WebhookSecret()}, now); err != nil {
		return billing.Event{}, err
	}
	e, err := wire.ParseEvent(body)
	if err != nil {
		return billing.Event{}, err
	}
	return p.admit(e), nil
}

// Decode reads the objects that an event shows.
func (p *Provider) Decode(e billing.Event) ([]billing.Object, error) { return wire.Decode(e) }

// pending is an undelivered event and how it would arrive.
type pending struct {
	*event
	parsed billing.Event
}

// undelivered are the events that nobody acknowledged, oldest first. From now
// on only Deliver sends them.
func (p *Provider) undelivered() []pending {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []pending
	for _, e := range p.log {
		if !e.delivered {
			e.tried = true
			all = append(all, pending{e, p.parsed(e)})
		}
	}
	return all
}

// arrange selects and repeats events as d says.
func (d Delivery) arrange(all []pending) []*event {
	var batch []*event
	for _, e := range all {
		if d.Drop == nil || !d.Drop(e.parsed) {
			batch = append(batch, e.event)
		}
	}
	if d.Reverse {
		slices.Reverse(batch)
	}
	batch = slices.Repeat(batch, 1+d.Copies)
	if d.Shuffle > 0 {
		random := rand.New(rand.NewPCG(d.Shuffle, d.Shuffle))
		random.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
	}
	return batch
}

// send delivers new events one after another. A call that comes while another
// one is sending leaves its events to that one, so that a receiver may call the
// provider from within a delivery.
func (p *Provider) send(workOff bool) {
	for p.hasNew() && p.sending.TryLock() {
		for e := p.takeNew(); e != nil; e = p.takeNew() {
			p.note(p.deliver(e, p.options.APIVersion))
			if workOff {
				p.note(p.workOff())
			}
		}
		p.sending.Unlock()
	}
}

func (p *Provider) note(err error) {
	if err != nil {
		p.mu.Lock()
		p.out.errs = append(p.out.errs, err)
		p.mu.Unlock()
	}
}

func (p *Provider) hasNew() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.firstNew() != nil
}

func (p *Provider) takeNew() *event {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.firstNew()
	if e != nil {
		e.tried = true
	}
	return e
}

// firstNew is the oldest event that is to be sent and never was.
func (p *Provider) firstNew() *event {
	if p.out.receiver == nil || p.out.held {
		return nil
	}
	var first *event
	for _, e := range slices.Backward(p.log) {
		if e.tried || !e.wanted {
			break
		}
		first = e
	}
	return first
}

// deliver makes one delivery, without holding the lock.
func (p *Provider) deliver(e *event, version string) error {
	p.mu.Lock()
	receiver := p.out.receiver
	header, body := p.signed(e, version)
	signature := header.Get("Stripe-Signature")
	if p.out.inFlight == nil {
		p.out.inFlight = make(map[string]time.Time)
	}
	p.out.inFlight[signature] = p.now
	p.mu.Unlock()
	if receiver == nil {
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "there is no receiver: SendTo names one")
	}
	err := receiver.Receive(context.Background(), header, body)
	p.mu.Lock()
	delete(p.out.inFlight, signature)
	e.delivered = e.delivered || err == nil
	p.mu.Unlock()
	if err != nil {
		return fmt.Errorf("delivery of %s %s: %w", e.typ, e.id, err)
	}
	return nil
}

// workOff has the receiver do what it has received.
func (p *Provider) workOff() error {
	p.mu.Lock()
	receiver := p.out.receiver
	p.mu.Unlock()
	if receiver == nil {
		return nil
	}
	if err := receiver.Drain(context.Background()); err != nil {
		return fmt.Errorf("working off events: %w", err)
	}
	return nil
}

func (p *Provider) signed(e *event, version string) (http.Header, []byte) {
	body := p.body(e, version)
	header := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	header.Set("Stripe-Signature", wire.Sign(body, p.WebhookSecret(), p.now))
	return header, body
}
