package billingtest

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// event is what happened: snapshots of the object, to be rendered in any version.
type event struct {
	id      string
	account string
	typ     string
	created time.Time
	object  any // a copy, as it is after the event
	before  any // a copy, as it was; nil: the event names no previous attributes

	wanted    bool // somebody was to be told
	tried     bool
	delivered bool // and acknowledged it
}

// charge is a payment, to be rendered as its latest charge.
type charge struct{ payment *billing.Payment }

func chargeOf(pay *payment) charge { return charge{clone(&pay.Payment)} }

// emit appends to the log. The object and its earlier state are copied.
// Of an account that has left the platform hears nothing.
func (a *account) emit(typ string, object, before any) {
	if a.connected != nil && a.connected.gone {
		return
	}
	a.log = append(a.log, &event{
		id: a.newID("evt"), account: a.id, typ: typ, created: a.second(),
		object: clone(object), before: clone(before), wanted: a.out.receiver != nil,
	})
}

// Events returns everything that has happened, oldest first, as deliveries in
// the provider's own API version show it.
func (p *Provider) Events() []billing.Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	events := make([]billing.Event, 0, len(p.log))
	for _, e := range p.log {
		events = append(events, p.parsed(e))
	}
	return events
}

// ListEvents lists the events of the last 30 days, newest first. Undelivered
// ones are those that nobody has acknowledged.
func (p *Provider) ListEvents(ctx context.Context, f billing.ProviderEventFilter) iter.Seq2[billing.Event, error] {
	return list(ctx, p, "ListEvents", f.Account, func(a *account) ([]billing.Event, error) {
		var events []billing.Event
		for _, e := range a.selected(f) {
			events = append(events, p.parsed(e))
		}
		return events, nil
	})
}

// eventLife is how long Stripe keeps events. https://docs.stripe.com/api/events
const eventLife = 30 * day

func (a *account) selected(f billing.ProviderEventFilter) []*event {
	var events []*event
	since := latest(f.Since, a.now.Add(-eventLife))
	for _, e := range slices.Backward(a.log) {
		if e.account == a.id && !e.created.Before(since.Truncate(time.Second)) && !(f.Undelivered && e.delivered) {
			events = append(events, e)
		}
	}
	return events
}

// parsed is the event as it arrives at a receiver.
func (p *Provider) parsed(e *event) billing.Event {
	parsed, err := wire.ParseEvent(p.body(e, p.options.APIVersion))
	if err != nil {
		panic("billingtest: an event that cannot be read: " + err.Error())
	}
	return p.admit(parsed)
}

// admit says why an event must not be processed, if it must not.
func (p *Provider) admit(e billing.Event) billing.Event {
	if e.Skip == "" && e.Livemode != p.options.Livemode {
		e.Skip = "the event is of the other mode"
	}
	return e
}
