package billingtest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// object is JSON as Stripe writes it.
type object map[string]any

// shape is how an API version writes objects.
type shape struct {
	version string // "null": events name none
	basil   bool   // from 2025-03-31 on: periods on items, parents, payments of invoices
	charges bool   // before 2022-11-15: payment intents list their charges
}

// shapeOf reads a version such as "2023-10-16" or "2025-09-30.clover". An
// endpoint that names no version gets the newest shape.
func shapeOf(version string) shape {
	if version == "null" || len(version) < len("2006-01-02") {
		return shape{version: "null", basil: true}
	}
	date := version[:len("2006-01-02")]
	return shape{version: version, basil: date >= "2025-03-31", charges: date < "2022-11-15"}
}

// body is an event as it is delivered.
func (p *Provider) body(e *event, version string) []byte {
	s := shapeOf(version)
	data := object{"object": s.render(e.object)}
	if e.before != nil {
		data["previous_attributes"] = previous(s.render(e.before), s.render(e.object))
	}
	envelope := object{
		"id": e.id, "object": "event", "type": e.typ, "created": e.created.Unix(),
		"api_version": s.version, "livemode": p.options.Livemode, "data": data,
		"pending_webhooks": pendingWebhooks(e), "request": object{"id": nil, "idempotency_key": nil},
	}
	if s.version == "null" {
		envelope["api_version"] = nil
	}
	if e.account != "" {
		envelope["account"] = e.account
	}
	return encoded(envelope)
}

func pendingWebhooks(e *event) int {
	if e.delivered {
		return 0
	}
	return 1
}

// previous holds the members of before that are different now.
func previous(before, now object) object {
	changed := object{}
	for key, value := range before {
		if !reflect.DeepEqual(value, now[key]) {
			changed[key] = value
		}
	}
	return changed
}

// encoded writes what render made, which is always valid JSON.
func encoded(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("billingtest: %v", err))
	}
	return raw
}

// render writes an object in a version's shape, its references as ids.
func (s shape) render(v any) object {
	switch v := v.(type) {
	case *billing.Customer:
		return s.customer(v)
	case *billing.Subscription:
		return s.subscription(v)
	case *billing.Invoice:
		return s.invoice(v)
	case *billing.Payment:
		return s.payment(v)
	case charge:
		return s.charge(v.payment)
	case *billing.Refund:
		return s.refund(v)
	case *billing.Dispute:
		return s.dispute(v)
	case *billing.CheckoutSession:
		return s.checkout(v)
	case *billing.PaymentMethod:
		return s.paymentMethod(v)
	case *billing.Account:
		return s.account(v)
	case application:
		return s.application(v)
	case *billing.Payout:
		return s.payout(v)
	case *billing.Balance:
		return s.balance(v)
	case *billing.Transfer:
		return s.transfer(v)
	case *billing.ApplicationFee:
		return s.applicationFee(v)
	case *transaction:
		return s.transaction(v)
	case givenBack:
		return s.feeRefund(v.fee, v.FeeRefund)
	case *billing.Product:
		return s.product(v)
	case *billing.Price:
		return s.price(v)
	}
	panic(fmt.Sprintf("billingtest: %T has no JSON", v))
}

// header is what the mirrored objects share.
func (s shape) header(name string, h *billing.Header) object {
	o := object{
		"id": h.ID, "object": name, "created": h.Created.Unix(), "livemode": false, "metadata": metadata(h.Metadata),
	}
	if h.Deleted {
		return object{"id": h.ID, "object": name, "deleted": true}
	}
	return o
}

func metadata(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// text is null when it is empty.
func text[S ~string](s S) any {
	if s == "" {
		return nil
	}
	return string(s)
}

// unix is a time in Unix seconds, null when there is none.
func unix(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Unix()
}

// units is an amount as Stripe counts it.
func units(m frontdesk.Money) int64 {
	amount, err := wire.ToStripe(m)
	if err != nil {
		return m.Amount // a proration that Stripe would round
	}
	return amount
}

// unitsOf is units of an amount in the currency of another.
func unitsOf(amount int64, like frontdesk.Money) int64 {
	return units(frontdesk.Money{Amount: amount, Currency: like.Currency})
}

// sublist is a list inside an object.
func sublist(data []object) object {
	if data == nil {
		data = []object{}
	}
	return object{"object": "list", "data": data, "has_more": false, "total_count": len(data)}
}
