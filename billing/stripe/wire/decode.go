package wire

import (
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// Decode reads the objects that an event shows, the event's own first, each with
// the Version that orders it among other events. All of them are on the event's
// account.
//
// An event of a type that mirrors nothing is Unimplemented; one that should but
// cannot be read is Invalid.
func Decode(e billing.Event) ([]billing.Object, error) {
	read, mirrored := reader(e.Type)
	if !mirrored {
		return nil, frontdesk.Errorf(frontdesk.Unimplemented, "events of type %q mirror nothing", e.Type)
	}
	env, err := readEnvelope(e.Payload)
	if err != nil {
		return nil, err
	}
	if len(env.subject.raw) == 0 {
		return nil, errBody("must have an object in data")
	}
	objects, err := read(env.subject.raw, &e)
	if err != nil {
		return nil, err
	}
	if key := env.key(e.Account); key.ID != "" && key != objects[0].Key() {
		return nil, errBody("must not name its object in two ways")
	}
	stamp(objects, &e)
	return objects, nil
}

// readFunc reads the object of an event, and what it shows of others.
type readFunc func(raw []byte, e *billing.Event) ([]billing.Object, error)

// families are the types of events by prefix, the most specific first.
var families = []struct {
	prefix string
	read   readFunc
}{
	{"customer.subscription.", subscriptionEvent},
	{"invoice.", invoiceEvent},
	{"payment_intent.", paymentEvent},
	{"charge.dispute.", disputeEvent},
	{"charge.refund.", refundEvent},
	{"charge.", chargeEvent},
	{"refund.", refundEvent},
	{"checkout.session.", checkoutEvent},
	{"account.application.authorized", applicationEvent},
	{"account.application.deauthorized", applicationEvent},
	{"payment.", chargeEvent},
	{"payout.", payoutEvent},
	{"transfer.", transferEvent},
	{"balance.", balanceEvent},
}

// owners are the objects that have others below them, so that their own types are
// told apart by length: customer.updated is a customer's, customer.source.created is not.
var owners = map[string]readFunc{
	"customer":        customerEvent,
	"account":         accountEvent,
	"application_fee": feeEvent,
}

// reader returns what reads events of the type.
func reader(typ string) (readFunc, bool) {
	if typ == "invoice.upcoming" { // a preview: it has no id
		return nil, false
	}
	if owner, what, found := strings.Cut(typ, "."); found && !strings.Contains(what, ".") && owners[owner] != nil {
		return owners[owner], true
	}
	for _, family := range families {
		if strings.HasPrefix(typ, family.prefix) {
			return family.read, true
		}
	}
	return nil, false
}

// one makes an event's objects of a decoder's answer.
func one[T billing.Object](object T, err error) ([]billing.Object, error) {
	if err != nil {
		return nil, err
	}
	return []billing.Object{object}, nil
}

func customerEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	return one(Customer(raw, e.Account))
}

func accountEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	return one(Account(raw, e.Account))
}

func applicationEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	return one(application(raw, e))
}

func payoutEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	return one(Payout(raw, e.Account))
}

func transferEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	return one(Transfer(raw, e.Account))
}

func feeEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	return one(ApplicationFee(raw, e.Account))
}

// balanceEvent mirrors the balances of connected accounts only.
func balanceEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	if e.Account == "" {
		return nil, frontdesk.Errorf(frontdesk.Unimplemented, "the platform's own balance is not mirrored")
	}
	return one(Balance(raw, e.Account))
}

func disputeEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	return one(Dispute(raw, e.Account))
}

func refundEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	return one(Refund(raw, e.Account))
}

func paymentEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	return one(intent(raw, e.Account))
}

// subscriptionEvent takes the deletion of a subscription for its cancellation,
// whatever status it was shown with.
func subscriptionEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	s, err := Subscription(raw, e.Account)
	if err == nil && deletes(e) && !s.Status.Terminal() {
		s.Status = billing.SubscriptionStatusCanceled
	}
	return one(s, err)
}

// invoiceEvent learns from the type what the invoice itself no longer tells since
// 2025-03-31, and reads the payment of a paid invoice.
func invoiceEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	i, shown, err := invoice(raw, e.Account)
	if err != nil {
		return nil, err
	}
	if i.Status == billing.InvoiceStatusOpen {
		i.Failed = i.Failed || e.Type == "invoice.payment_failed"
		i.NeedsAction = i.NeedsAction || e.Type == "invoice.payment_action_required"
	}
	objects := []billing.Object{i}
	if p := shown.payment(i); p != nil {
		objects = append(objects, p)
	}
	return objects, nil
}

func chargeEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	payment, refunds, err := charge(raw, e.Account)
	if err != nil {
		return nil, err
	}
	objects := []billing.Object{payment}
	for _, r := range refunds {
		objects = append(objects, r)
	}
	return objects, nil
}

// checkoutEvent learns from the type how a delayed payment ended, and that a
// session of an old version, which has no status, is complete.
func checkoutEvent(raw []byte, e *billing.Event) ([]billing.Object, error) {
	c, err := Checkout(raw, e.Account)
	if err != nil {
		return nil, err
	}
	switch e.Type {
	case "checkout.session.expired":
		c.Status = billing.CheckoutStatusExpired
	case "checkout.session.completed":
		c.Status = billing.CheckoutStatusComplete
	case "checkout.session.async_payment_succeeded":
		c.Status, c.Paid = billing.CheckoutStatusComplete, true
	case "checkout.session.async_payment_failed":
		c.Status, c.Failed = billing.CheckoutStatusComplete, !c.Paid
	}
	return []billing.Object{c}, nil
}
