package billing_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// object is an object as Stripe writes it.
type object map[string]any

// but returns a copy with changes.
func (o object) but(changes ...object) object {
	c := maps.Clone(o)
	for _, change := range changes {
		maps.Copy(c, change)
	}
	return c
}

func (o object) id() string { return o["id"].(string) }

func (o object) raw() []byte {
	raw, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return raw
}

// subscription is one of cus_1 to price_growth, 49 euros a month.
func subscription(id, status string, changes ...object) object {
	return object{
		"id": id, "object": "subscription", "customer": "cus_1", "status": status, "created": start.Unix(),
		"current_period_start": start.Unix(), "current_period_end": start.AddDate(0, 1, 0).Unix(),
		"items": items("price_growth", "prod_growth"), "cancel_at_period_end": false, "metadata": object{},
	}.but(changes...)
}

func items(price, product string) object {
	return object{"object": "list", "data": []any{object{
		"id": "si_1", "object": "subscription_item", "quantity": 1,
		"price": object{"id": price, "object": "price", "product": product, "currency": "eur", "unit_amount": 4900, "lookup_key": "growth"},
	}}}
}

// invoice is one of cus_1 over 49 euros, of no subscription.
func invoice(id, status string, changes ...object) object {
	o := object{
		"id": id, "object": "invoice", "customer": "cus_1", "status": status, "created": start.Unix(), "currency": "eur",
		"total": 4900, "amount_due": 4900, "amount_paid": 0, "customer_email": "acme@example.com", "attempt_count": 0,
		"subscription": nil, "payment_intent": nil, "paid": false, "lines": object{"object": "list", "data": []any{}},
	}
	if status == "paid" {
		o = o.but(object{"paid": true, "amount_paid": 4900, "attempt_count": 1})
	}
	return o.but(changes...)
}

// payment is a payment intent of cus_1 over 49 euros, of no invoice.
func payment(id, status string, changes ...object) object {
	o := object{
		"id": id, "object": "payment_intent", "customer": "cus_1", "status": status, "created": start.Unix(), "currency": "eur",
		"amount": 4900, "amount_received": 0, "invoice": nil, "receipt_email": "acme@example.com", "metadata": object{},
		"latest_charge": "ch_" + id, "client_secret": id + "_secret_hush",
	}
	if status == "succeeded" {
		o["amount_received"] = 4900
	}
	return o.but(changes...)
}

// session is a checkout session of cus_1 that sells sub_1.
func session(id, status, paymentStatus string, changes ...object) object {
	return object{
		"id": id, "object": "checkout.session", "customer": "cus_1", "status": status, "payment_status": paymentStatus,
		"mode": "subscription", "subscription": "sub_1", "created": start.Unix(), "currency": "eur", "amount_total": 4900,
		"client_reference_id": nil, "expires_at": start.Add(24 * time.Hour).Unix(), "metadata": object{},
	}.but(changes...)
}

func customer(id string, changes ...object) object {
	return object{
		"id": id, "object": "customer", "created": start.Unix(), "email": "acme@example.com", "name": "Acme", "metadata": object{},
	}.but(changes...)
}

func refund(id, status string, changes ...object) object {
	return object{
		"id": id, "object": "refund", "status": status, "created": start.Unix(), "currency": "eur", "amount": 4900,
		"payment_intent": "pi_1", "charge": "ch_pi_1",
	}.but(changes...)
}

func dispute(id, status string, changes ...object) object {
	return object{
		"id": id, "object": "dispute", "status": status, "created": start.Unix(), "currency": "eur", "amount": 4900,
		"payment_intent": "pi_1", "charge": "ch_pi_1", "reason": "fraudulent",
	}.but(changes...)
}

// event is a notification as Stripe sends it.
type event struct {
	id      string
	typ     string
	second  int // after start
	object  any
	account string
	version any // "2023-10-16" when it is ""
}

// happened is an event at a second, whose id tells its type and object.
func happened(second int, typ string, o object) event {
	return event{id: fmt.Sprintf("evt_%s_%s_%d", typ, o["id"], second), typ: typ, second: second, object: o, version: "2023-10-16"}
}

// again is the same happening told by another event.
func (e event) again(id string) event {
	e.id = id
	return e
}

func (e event) body() []byte {
	o := object{
		"id": e.id, "object": "event", "type": e.typ, "created": at(e.second).Unix(), "livemode": false,
		"api_version": e.version, "data": object{"object": e.object}, "request": object{"id": nil},
	}
	if e.account != "" {
		o["account"] = e.account
	}
	return o.raw()
}

// scripted is a provider whose objects and failures the test sets. What is not
// about events is left to the fake.
type scripted struct {
	*billingtest.Provider

	mu      sync.Mutex
	objects map[billing.Key]object
	before  func(billing.Key) error   // runs before each reading, which fails with its error
	broken  func(billing.Event) error // what Decode fails with
	secrets []string
}

func newScripted() *scripted {
	return &scripted{
		Provider: billingtest.NewProviderWith(&billingtest.ProviderOptions{Start: at(60)}),
		objects:  map[billing.Key]object{}, secrets: []string{secret},
	}
}

var kinds = map[string]billing.Kind{
	"customer": billing.KindCustomer, "subscription": billing.KindSubscription, "invoice": billing.KindInvoice,
	"payment_intent": billing.KindPayment, "refund": billing.KindRefund, "dispute": billing.KindDispute,
	"checkout.session": billing.KindCheckout,
}

// has sets the objects as the provider has them now.
func (p *scripted) has(objects ...object) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range objects {
		p.objects[keyOf(o)] = o
	}
}

func keyOf(o object) billing.Key {
	return billing.Key{Kind: kinds[o["object"].(string)], Ref: billing.Ref{ID: o.id()}}
}

// forgets makes the objects unknown to the provider.
func (p *scripted) forgets(objects ...object) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range objects {
		delete(p.objects, keyOf(o))
	}
}

// failsWith runs before each reading of an object; its error is the reading's.
func (p *scripted) failsWith(before func(billing.Key) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before = before
}

func (p *scripted) ParseWebhook(header http.Header, body []byte, now time.Time) (billing.Event, error) {
	signatures := header.Values("Stripe-Signature")
	if len(signatures) != 1 {
		return billing.Event{}, frontdesk.InvalidField("stripe_signature", "must be there once")
	}
	p.mu.Lock()
	secrets := slices.Clone(p.secrets)
	p.mu.Unlock()
	if err := wire.Verify(signatures[0], body, secrets, now); err != nil {
		return billing.Event{}, err
	}
	e, err := wire.ParseEvent(body)
	if err == nil && e.Skip == "" && e.Livemode {
		e.Skip = "the event is of the other mode"
	}
	return e, err
}

func (p *scripted) Decode(e billing.Event) ([]billing.Object, error) {
	p.mu.Lock()
	broken := p.broken
	p.mu.Unlock()
	if broken != nil {
		if err := broken(e); err != nil {
			return nil, err
		}
	}
	return wire.Decode(e)
}

// breaks makes Decode fail with what broken returns.
func (p *scripted) breaks(broken func(billing.Event) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = broken
}

func get[O any](ctx context.Context, p *scripted, k billing.Kind, ref billing.Ref, read func([]byte, string) (O, error),
	otherwise func(context.Context, billing.Ref) (O, error)) (O, error) {
	key := billing.Key{Kind: k, Ref: ref}
	p.mu.Lock()
	before := p.before
	p.mu.Unlock()
	if before != nil {
		if err := before(key); err != nil {
			var none O
			return none, err
		}
	}
	p.mu.Lock()
	o, scripted := p.objects[key]
	p.mu.Unlock()
	if !scripted {
		return otherwise(ctx, ref)
	}
	return read(o.raw(), ref.Account)
}

func (p *scripted) GetCustomer(ctx context.Context, ref billing.Ref) (*billing.Customer, error) {
	return get(ctx, p, billing.KindCustomer, ref, wire.Customer, p.Provider.GetCustomer)
}

func (p *scripted) GetSubscription(ctx context.Context, ref billing.Ref) (*billing.Subscription, error) {
	return get(ctx, p, billing.KindSubscription, ref, wire.Subscription, p.Provider.GetSubscription)
}

func (p *scripted) GetInvoice(ctx context.Context, ref billing.Ref) (*billing.Invoice, error) {
	return get(ctx, p, billing.KindInvoice, ref, wire.Invoice, p.Provider.GetInvoice)
}

func (p *scripted) GetPayment(ctx context.Context, ref billing.Ref) (*billing.Payment, error) {
	return get(ctx, p, billing.KindPayment, ref, wire.Payment, p.Provider.GetPayment)
}

func (p *scripted) GetRefund(ctx context.Context, ref billing.Ref) (*billing.Refund, error) {
	return get(ctx, p, billing.KindRefund, ref, wire.Refund, p.Provider.GetRefund)
}

func (p *scripted) GetDispute(ctx context.Context, ref billing.Ref) (*billing.Dispute, error) {
	return get(ctx, p, billing.KindDispute, ref, wire.Dispute, p.Provider.GetDispute)
}

func (p *scripted) GetCheckout(ctx context.Context, ref billing.Ref) (*billing.CheckoutSession, error) {
	return get(ctx, p, billing.KindCheckout, ref, wire.Checkout, p.Provider.GetCheckout)
}

// ListSubscriptions lists the test's subscriptions, then the fake's.
func (p *scripted) ListSubscriptions(ctx context.Context, f billing.SubscriptionFilter) iter.Seq2[*billing.Subscription, error] {
	return func(yield func(*billing.Subscription, error) bool) {
		p.mu.Lock()
		var all []object
		for k, o := range p.objects {
			if k.Kind == billing.KindSubscription && (f.Customer == "" || o["customer"] == f.Customer) {
				all = append(all, o)
			}
		}
		p.mu.Unlock()
		for _, o := range all {
			if s, err := wire.Subscription(o.raw(), ""); !yield(s, err) {
				return
			}
		}
		for s, err := range p.Provider.ListSubscriptions(ctx, f) {
			if !yield(s, err) {
				return
			}
		}
	}
}
