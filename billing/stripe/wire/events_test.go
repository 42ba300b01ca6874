package wire_test

import (
	"testing"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestInvoiceEventsShowThePayment(t *testing.T) {
	const paid = `"id":"in_1","object":"invoice","status":"paid","customer":"cus_1","currency":"eur","total":5000,"amount_paid":4900,
		"status_transitions":{"paid_at":1788339600}`
	payment := func(id string) *billing.Payment {
		return &billing.Payment{
			Header: billing.Header{Ref: ref(id), Customer: "cus_1", Created: day(1)},
			Status: billing.PaymentStatusSucceeded, Amount: eur(4900), Received: 4900, Invoice: "in_1", Charge: "ch_1",
		}
	}
	for name, tt := range map[string]struct {
		members string
		want    *billing.Payment
	}{
		"an intent and its charge, before basil": {`"payment_intent":"pi_1","charge":"ch_1"`, payment("pi_1")},
		"an expanded intent, before basil":       {`"payment_intent":{"id":"pi_1","latest_charge":"ch_1"},"charge":null`, payment("pi_1")},
		"a charge only, before basil":            {`"payment_intent":null,"charge":"ch_1"`, payment("ch_1")},
		"an expanded intent, since basil": {`"payments":{"data":[{"is_default":true,"payment":{"type":"payment_intent",
			"payment_intent":{"id":"pi_1","latest_charge":{"id":"ch_1"}}}}]}`, payment("pi_1")},
		"a charge only, since basil": {`"payments":{"data":[{"is_default":true,"payment":{"type":"charge","charge":"ch_1"}}]}`, payment("ch_1")},
	} {
		t.Run(name+", show a payment", func(t *testing.T) {
			objects := show(t, "invoice.paid", `{`+paid+`,`+tt.members+`}`)
			require.Len(t, objects, 2)
			assert.Equal(t, billing.KindInvoice, objects[0].Key().Kind)
			got := *objects[1].(*billing.Payment)
			assert.Equal(t, objects[0].Head().Version.At, got.Version.At)
			got.Version = billing.Version{}
			assert.Equal(t, tt.want, &got)
		})
	}
	for name, object := range map[string]string{
		"an invoice paid outside Stripe":          `{` + paid + `,"payment_intent":"pi_1","paid_out_of_band":true}`,
		"an invoice that names no payment":        `{` + paid + `}`,
		"an invoice paid by something else":       `{` + paid + `,"payments":{"data":[{"is_default":true,"payment":{"type":"payment_record","payment_record":"pr_1"}}]}}`,
		"an invoice of nothing":                   `{"id":"in_1","object":"invoice","status":"paid","currency":"eur","total":0,"amount_paid":0,"payment_intent":"pi_1"}`,
		"an invoice that is open and partly paid": `{"id":"in_1","object":"invoice","status":"open","currency":"eur","amount_paid":1,"payment_intent":"pi_1"}`,
		"an invoice that is void":                 `{"id":"in_1","object":"invoice","status":"void","currency":"eur","amount_paid":1,"payment_intent":"pi_1"}`,
	} {
		t.Run(name+" shows none", func(t *testing.T) {
			assert.Len(t, show(t, "invoice.updated", object), 1)
		})
	}
}

func TestInvoiceEventsTellOfTrouble(t *testing.T) {
	const (
		declined  = `{"id":"pi_1","status":"requires_payment_method","last_payment_error":{"code":"card_declined"}}`
		untouched = `{"id":"pi_1","status":"requires_payment_method","last_payment_error":null}`
		action    = `{"id":"pi_1","status":"requires_action"}`
	)
	old := func(intent string) string { return `,"payment_intent":` + intent }
	basil := func(intent string) string {
		return `,"payments":{"data":[{"is_default":true,"payment":{"type":"payment_intent","payment_intent":` + intent + `}}]}`
	}
	for _, tt := range []struct {
		rule, typ, status, members string
		failed, action             bool
	}{
		{"payment_failed on an open invoice is a failure", "invoice.payment_failed", "open", "", true, false},
		{"payment_failed on a paid invoice is not: the status decides", "invoice.payment_failed", "paid", "", false, false},
		{"payment_failed on a void invoice is not", "invoice.payment_failed", "void", "", false, false},
		{"payment_action_required needs action", "invoice.payment_action_required", "open", "", false, true},
		{"payment_action_required on a paid invoice does not", "invoice.payment_action_required", "paid", "", false, false},
		{"an update tells nothing by itself", "invoice.updated", "open", old(`"pi_1"`), false, false},
		{"a declined intent is a failure", "invoice.updated", "open", old(declined), true, false},
		{"a declined intent is a failure since basil too", "invoice.updated", "open", basil(declined), true, false},
		{"an intent that was not tried is none", "invoice.updated", "open", old(untouched), false, false},
		{"an intent that waits for the payer needs action", "invoice.updated", "open", old(action), false, true},
		{"an intent that waits needs action since basil too", "invoice.updated", "open", basil(action), false, true},
		{"a declined intent of a paid invoice is no failure", "invoice.updated", "paid", old(declined), false, false},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			i := show(t, tt.typ, `{"id":"in_1","object":"invoice","status":"`+tt.status+`"`+tt.members+`}`)[0].(*billing.Invoice)
			assert.Equal(t, tt.failed, i.Failed, "failed")
			assert.Equal(t, tt.action, i.NeedsAction, "needs action")
		})
	}
}

func TestChargeEventsShowThePaymentAndItsRefunds(t *testing.T) {
	objects := show(t, "charge.refunded", chargeOld)
	require.Len(t, objects, 2)
	payment := objects[0].(*billing.Payment)
	assert.Equal(t, ref("pi_1"), payment.Ref)
	assert.Equal(t, int64(900), payment.Refunded)
	refund := objects[1].(*billing.Refund)
	assert.Equal(t, ref("re_1"), refund.Ref)
	assert.Equal(t, "pi_1", refund.Payment)
	assert.Equal(t, "ch_1", refund.Charge)
	assert.Equal(t, "cus_1", refund.Customer)
	assert.Equal(t, billing.Version{At: day(0), Rank: refund.Version.Rank, Event: "evt_1"}, refund.Version)

	t.Run("a charge without an intent is its own payment", func(t *testing.T) {
		objects := show(t, "charge.refunded", `{"id":"ch_1","object":"charge","refunds":{"data":[{"id":"re_1","object":"refund"}]}}`)
		assert.Equal(t, ref("ch_1"), objects[0].(*billing.Payment).Ref)
		assert.Equal(t, "ch_1", objects[1].(*billing.Refund).Payment)
	})
	t.Run("refunds may be null", func(t *testing.T) {
		assert.Len(t, show(t, "charge.updated", `{"id":"ch_1","object":"charge","refunds":null}`), 1)
	})
}

func TestCheckoutEventsTellHowThePaymentEnded(t *testing.T) {
	for _, tt := range []struct {
		rule, typ, members string
		status             billing.CheckoutStatus
		paid, failed       bool
	}{
		{"completed and paid", "completed", `"status":"complete","payment_status":"paid"`, billing.CheckoutStatusComplete, true, false},
		{"completed but unpaid", "completed", `"status":"complete","payment_status":"unpaid"`, billing.CheckoutStatusComplete, false, false},
		{"completed in a version without status", "completed", `"payment_status":"paid"`, billing.CheckoutStatusComplete, true, false},
		{"async_payment_succeeded is paid", "async_payment_succeeded", `"status":"complete","payment_status":"unpaid"`, billing.CheckoutStatusComplete, true, false},
		{"async_payment_failed has failed", "async_payment_failed", `"status":"complete","payment_status":"unpaid"`, billing.CheckoutStatusComplete, false, true},
		{"expired", "expired", `"status":"expired","payment_status":"unpaid"`, billing.CheckoutStatusExpired, false, false},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			c := show(t, "checkout.session."+tt.typ, `{"id":"cs_1","object":"checkout.session",`+tt.members+`}`)[0].(*billing.CheckoutSession)
			assert.Equal(t, tt.status, c.Status)
			assert.Equal(t, tt.paid, c.Paid, "paid")
			assert.Equal(t, tt.failed, c.Failed, "failed")
		})
	}
}

// TestVersionsOrderASecond lists, for every kind, events of one second from the
// first to the last in the object's life.
func TestVersionsOrderASecond(t *testing.T) {
	type step struct{ typ, members string }
	sub := func(status string) step { return step{"customer.subscription.updated", `"status":"` + status + `"`} }
	dispute := func(status string) step { return step{"charge.dispute.updated", `"status":"` + status + `"`} }
	refund := func(status string) step { return step{"refund.updated", `"status":"` + status + `"`} }
	payout := func(status string) step { return step{"payout.updated", `"status":"` + status + `"`} }
	reversed := func(amount string) step {
		return step{"transfer.reversed", `"amount":900,"currency":"eur","amount_reversed":` + amount}
	}
	intent := func(status string) step { return step{"payment_intent.updated", `"status":"` + status + `"`} }
	lives := map[string][]step{
		"payout": {{"payout.created", `"status":"paid"`}, payout("pending"), payout("in_transit"), payout("paid"), payout("failed"), payout("canceled")},
		"transfer": {
			{"transfer.created", ""}, {"transfer.updated", ""}, reversed("1"), reversed("300"), reversed("899"), reversed("900"),
		},
		"application_fee": {
			{"application_fee.created", ""},
			{"application_fee.refunded", `"amount":100,"currency":"eur","amount_refunded":50`}, {"application_fee.refunded", `"amount":100,"currency":"eur","amount_refunded":100`},
		},
		"customer": {{"customer.created", ""}, {"customer.updated", ""}, {"customer.deleted", ""}},
		"subscription": {
			{"customer.subscription.created", `"status":"active"`}, sub("incomplete"), sub("trialing"), sub("past_due"), sub("unpaid"), sub("active"),
			sub("incomplete_expired"), sub("canceled"), {"customer.subscription.deleted", `"status":"canceled"`},
		},
		"invoice": {
			{"invoice.created", `"status":"open"`}, {"invoice.updated", `"status":"draft"`}, {"invoice.finalized", `"status":"open"`},
			{"invoice.updated", `"status":"open","attempt_count":1`}, {"invoice.payment_failed", `"status":"open","attempt_count":1`},
			{"invoice.updated", `"status":"open","attempt_count":2`}, {"invoice.payment_failed", `"status":"open","attempt_count":99`},
			{"invoice.marked_uncollectible", `"status":"uncollectible","attempt_count":100`},
			{"invoice.voided", `"status":"void"`}, {"invoice.paid", `"status":"paid"`},
		},
		"payment_intent": {
			{"payment_intent.created", `"status":"requires_payment_method"`}, intent("requires_payment_method"), intent("requires_confirmation"),
			intent("requires_action"), intent("processing"),
			{"payment_intent.payment_failed", `"status":"requires_payment_method","last_payment_error":{"code":"card_declined"}`},
			intent("requires_capture"), intent("succeeded"),
			{"payment_intent.updated", `"status":"succeeded","amount":5,"currency":"eur","latest_charge":{"id":"ch_1","amount_refunded":1}`},
			{"payment_intent.updated", `"status":"succeeded","amount":5,"currency":"eur","latest_charge":{"id":"ch_1","amount_refunded":5}`},
			intent("canceled"),
		},
		"refund":  {{"refund.created", `"status":"succeeded"`}, refund("pending"), refund("requires_action"), refund("succeeded"), refund("failed")},
		"dispute": {{"charge.dispute.created", `"status":"needs_response"`}, dispute("warning_needs_response"), dispute("needs_response"), dispute("under_review"), dispute("won")},
		"checkout.session": {
			{"checkout.session.updated", `"status":"open"`}, {"checkout.session.completed", `"payment_status":"unpaid"`},
			{"checkout.session.async_payment_failed", `"payment_status":"unpaid"`}, {"checkout.session.async_payment_succeeded", `"payment_status":"paid"`},
		},
	}
	for kind, life := range lives {
		t.Run(kind, func(t *testing.T) {
			var last billing.Version
			for i, s := range life {
				object := minimal[kind]
				if s.members != "" {
					object = object[:len(object)-1] + "," + s.members + "}"
				}
				v := show(t, s.typ, object)[0].Head().Version
				assert.Equal(t, day(0), v.At)
				assert.Less(t, v.Rank, billing.RankRead)
				if i > 0 {
					assert.Less(t, last.Rank, v.Rank, "%s %s must rank above the step before it", s.typ, s.members)
				}
				last = v
			}
		})
	}
}

func TestVersionsOrderWhatTiesAnAccount(t *testing.T) {
	authorized := show(t, "account.application.authorized", minimal["application"])[0].Head().Version
	updated := show(t, "account.updated", minimal["account"])[0].Head().Version
	deauthorized := show(t, "account.application.deauthorized", minimal["application"])[0].Head().Version
	assert.Less(t, authorized.Rank, updated.Rank)
	assert.Less(t, updated.Rank, deauthorized.Rank)
}

func TestVersionsPreferWhatShowsMoreOfAPayment(t *testing.T) {
	intent := show(t, "payment_intent.succeeded", `{"id":"pi_1","object":"payment_intent","status":"succeeded"}`)[0]
	charge := show(t, "charge.succeeded", `{"id":"ch_1","object":"charge","payment_intent":"pi_1","status":"succeeded"}`)[0]
	invoice := show(t, "invoice.paid", `{"id":"in_1","object":"invoice","status":"paid","currency":"eur","amount_paid":5,"payment_intent":"pi_1"}`)[1]
	assert.Equal(t, intent.Key(), charge.Key())
	assert.Equal(t, intent.Key(), invoice.Key())
	assert.Greater(t, intent.Head().Version.Rank, charge.Head().Version.Rank)
	assert.Greater(t, charge.Head().Version.Rank, invoice.Head().Version.Rank)
}
