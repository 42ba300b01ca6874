package billingtest

import (
	"bytes"
	"net/http"
	"reflect"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var webhookRules = []providerRule{
	{"a signed event of any API version is read", checkParse},
	{"a signature is good for 300 seconds in both directions", checkAge},
	{"a body that was changed is Invalid", checkTampered},
	{"a signature must be there, once", checkHeaders},
	{"a signed body that is no event is never accepted unsigned", checkUnsigned},
	{"an event shows the same object in every API version", checkVersions},
	{"an event of a type that mirrors nothing is Unimplemented", checkUnmirrored},
	{"objects that an event shows can be ordered", checkOrder},
}

// versions are shapes that an endpoint may be sent.
var versions = []string{
	"2020-08-27", "2023-10-16", "2025-03-31.basil", "2025-09-30.clover", "2026-08-26.dahlia", "null",
}

// event returns the last event of a type.
func (t *providerTest) event(typ string) billing.Event {
	t.Helper()
	var found billing.Event
	for _, e := range t.driver.Events() {
		if e.Type == typ {
			found = e
		}
	}
	if found.Type == "" {
		t.Fatalf("no event of type %s has happened", typ)
	}
	return found
}

func (t *providerTest) webhook(e billing.Event, version string) (http.Header, []byte) {
	t.Helper()
	header, body, err := t.driver.Webhook(e.ProviderID, version)
	t.done(err)
	return header, body
}

func checkParse(t *providerTest) {
	c := t.customer()
	want := t.event("customer.created")
	for _, version := range versions {
		header, body := t.webhook(want, version)
		e := ask(t.p.ParseWebhook(header, body, t.driver.Now())).must(t)
		equal(t, "the provider", e.Provider, t.p.Name())
		equal(t, "the id", e.ProviderID, want.ProviderID)
		equal(t, "the type", e.Type, "customer.created")
		equal(t, "the object", e.Object, c.Key())
		equal(t, "the time", e.Created, t.driver.Now().Truncate(time.Second))
		equal(t, "whether it is skipped", e.Skip, "")
		equal(t, "the payload", string(e.Payload), string(body))
		if version != "null" {
			equal(t, "the version", e.APIVersion, version)
		}
	}
}

func checkAge(t *providerTest) {
	t.customer()
	header, body := t.webhook(t.event("customer.created"), "")
	for _, seconds := range []int{-300, 0, 300} {
		ask(t.p.ParseWebhook(header, body, t.driver.Now().Add(time.Duration(seconds)*time.Second))).must(t)
	}
	for _, seconds := range []int{-301, 301, 10 * 365 * 86400} {
		ask(t.p.ParseWebhook(header, body, t.driver.Now().Add(time.Duration(seconds)*time.Second))).refused(t, frontdesk.Invalid)
	}
}

func checkTampered(t *providerTest) {
	t.customer()
	header, body := t.webhook(t.event("customer.created"), "")
	changed := bytes.Replace(body, []byte("acme"), []byte("evil"), 1)
	ask(t.p.ParseWebhook(header, changed, t.driver.Now())).refused(t, frontdesk.Invalid)
	ask(t.p.ParseWebhook(header, append(body, '\n'), t.driver.Now())).refused(t, frontdesk.Invalid)
}

func checkHeaders(t *providerTest) {
	t.customer()
	header, body := t.webhook(t.event("customer.created"), "")
	for name, values := range header {
		ask(t.p.ParseWebhook(http.Header{}, body, t.driver.Now())).refused(t, frontdesk.Invalid)
		if name == "Stripe-Signature" {
			twice := http.Header{name: append(values, values...)}
			ask(t.p.ParseWebhook(twice, body, t.driver.Now())).refused(t, frontdesk.Invalid)
		}
	}
}

func checkUnsigned(t *providerTest) {
	t.customer()
	header, _ := t.webhook(t.event("customer.created"), "")
	for _, body := range []string{"", "{}", "null", "[]", "not json"} {
		ask(t.p.ParseWebhook(header, []byte(body), t.driver.Now())).refused(t, frontdesk.Invalid)
	}
}

// checkVersions decodes the events of a subscription that was paid, changed and
// refunded in every shape.
func checkVersions(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	t.update(sub, billing.SubscriptionUpdate{CancelAtPeriodEnd: pointer(true)})
	inv := ask(t.p.GetInvoice(t.ctx, billing.Ref{ID: sub.LatestInvoice})).must(t)
	ask(t.p.CreateRefund(t.ctx, t.write(), billing.RefundParams{Payment: inv.Payment, Amount: euros(100)})).must(t)
	for _, typ := range []string{
		"customer.created", "customer.subscription.created", "customer.subscription.updated",
		"invoice.created", "invoice.paid", "payment_intent.succeeded", "charge.refunded", "refund.created",
	} {
		first := t.decoded(typ, versions[0])
		for _, version := range versions[1:] {
			if next := t.decoded(typ, version); !reflect.DeepEqual(next, first) {
				t.Errorf("%s of %s shows\n%+v\nand of %s\n%+v", typ, version, next, versions[0], first)
			}
		}
	}
}

// decoded is the event's own object, without what an old version alone tells:
// the invoice of a payment, and with it the charge's refunds on the payment.
func (t *providerTest) decoded(typ, version string) billing.Object {
	t.Helper()
	header, body := t.webhook(t.event(typ), version)
	e := ask(t.p.ParseWebhook(header, body, t.driver.Now())).must(t)
	objects := ask(t.p.Decode(e)).must(t)
	if pay, ok := objects[0].(*billing.Payment); ok {
		pay.Invoice = ""
		pay.ClientSecret = frontdesk.Secret{}
	}
	equal(t, "the key", objects[0].Key(), e.Object)
	objects[0].Head().Version = billing.Version{}
	return objects[0]
}

func checkUnmirrored(t *providerTest) {
	t.payer()
	header, body := t.webhook(t.event("payment_method.attached"), "")
	e := ask(t.p.ParseWebhook(header, body, t.driver.Now())).must(t)
	ask(t.p.Decode(e)).refused(t, frontdesk.Unimplemented)
}

func checkOrder(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	ask(t.p.CancelSubscription(t.ctx, t.write(), sub.ID, billing.SubscriptionCancel{})).must(t)
	var last billing.Version
	for _, typ := range []string{"customer.subscription.created", "customer.subscription.updated", "customer.subscription.deleted"} {
		header, body := t.webhook(t.event(typ), "")
		e := ask(t.p.ParseWebhook(header, body, t.driver.Now())).must(t)
		version := ask(t.p.Decode(e)).must(t)[0].Head().Version
		if !last.Before(version) {
			t.Errorf("%s ranks %+v, not after %+v, although it happened later in the same second", typ, version, last)
		}
		last = version
	}
}
