package wire_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func day(n int) time.Time { return time.Unix(second, 0).UTC().AddDate(0, 0, n) }

func eur(amount int64) frontdesk.Money { return frontdesk.Money{Amount: amount, Currency: "eur"} }

func ref(id string) billing.Ref { return billing.Ref{Account: "acct_A", ID: id} }

// same decodes every shape with a decoder and expects the same from all.
func same[T any](t *testing.T, read func([]byte, string) (T, error), want T, shapes map[string]string) {
	t.Helper()
	for name, raw := range shapes {
		t.Run(name, func(t *testing.T) {
			got, err := read([]byte(raw), "acct_A")
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

func TestCustomer(t *testing.T) {
	want := &billing.Customer{
		Header: billing.Header{Ref: ref("cus_1"), Created: day(0), Metadata: map[string]string{"clientId": "acme"}},
		Email:  "billing@acme.example", Name: "Acme Ltd", DefaultPaymentMethod: "pm_1", Delinquent: true,
	}
	const rest = `"id":"cus_1","object":"customer","created":1788253200,"email":"billing@acme.example","name":"Acme Ltd",
		"delinquent":true,"metadata":{"clientId":"acme"}`
	same(t, wire.Customer, want, map[string]string{
		"with ids":            `{` + rest + `,"discount":null,"invoice_settings":{"default_payment_method":"pm_1"}}`,
		"with expanded links": `{` + rest + `,"discount":{"id":"di_1"},"invoice_settings":{"default_payment_method":{"id":"pm_1","type":"card"}}}`,
	})
	same(t, wire.Customer, &billing.Customer{Header: billing.Header{Ref: ref("cus_1"), Deleted: true}}, map[string]string{
		"as the stub that is left": `{"id":"cus_1","object":"customer","deleted":true}`,
		"with nulls":               `{"id":"cus_1","object":"customer","deleted":true,"email":null,"name":null,"created":null,"metadata":null,"invoice_settings":null,"delinquent":null}`,
	})
}

func TestSubscription(t *testing.T) {
	want := &billing.Subscription{
		Header: billing.Header{Ref: ref("sub_1"), Customer: "cus_1", Created: day(0)},
		Status: billing.SubscriptionStatusActive,
		Items: []billing.SubscriptionItem{
			{ID: "si_y", Price: "price_y", Product: "prod_1", Lookup: "yearly", Unit: eur(49000), Quantity: 1},
			{ID: "si_m", Price: "price_m", Product: "prod_1", Unit: eur(0), Quantity: 3},
		},
		CurrentPeriodStart: day(1), CurrentPeriodEnd: day(30),
		CancelAt: day(30), TrialEnd: day(1), Pause: billing.PauseVoid, LatestInvoice: "in_1",
	}
	const (
		rest = `"id":"sub_1","object":"subscription","created":1788253200,"status":"active","cancel_at":1790845200,"cancel_at_period_end":false,
			"canceled_at":null,"ended_at":0,"trial_end":1788339600,"pause_collection":{"behavior":"void","resumes_at":null}`
		yearly  = `"price":{"id":"price_y","product":"prod_1","lookup_key":"yearly","currency":"eur","unit_amount":49000},"quantity":1`
		monthly = `"price":{"id":"price_m","product":{"id":"prod_1","object":"product"},"lookup_key":null,"currency":"eur","unit_amount":null,"unit_amount_decimal":null},"quantity":3`
	)
	same(t, wire.Subscription, want, map[string]string{
		"with the period on top": `{` + rest + `,"customer":"cus_1","latest_invoice":"in_1","discount":null,
			"current_period_start":1788339600,"current_period_end":1790845200,
			"items":{"object":"list","data":[{"id":"si_y",` + yearly + `},{"id":"si_m",` + monthly + `}]}}`,
		"with the periods on the items, of which the first to end counts": `{` + rest + `,"customer":{"id":"cus_1","object":"customer"},
			"latest_invoice":{"id":"in_1","object":"invoice"},"discounts":["di_1"],"items":{"object":"list","data":[
			{"id":"si_y",` + yearly + `,"current_period_start":1788253200,"current_period_end":1819789200},
			{"id":"si_m",` + monthly + `,"current_period_start":1788339600,"current_period_end":1790845200}]}}`,
		"with a null period on top": `{` + rest + `,"customer":"cus_1","latest_invoice":"in_1","current_period_start":null,"current_period_end":null,
			"items":{"data":[{"id":"si_y",` + yearly + `,"current_period_start":0,"current_period_end":0},
			{"id":"si_m",` + monthly + `,"current_period_start":1788339600,"current_period_end":1790845200}]}}`,
	})
	assert.True(t, want.Ends(), "cancel_at without the flag")
}

const lineRest = `"id":"il_1","description":"Growth","amount":4900,"currency":"eur","quantity":1`

func TestInvoice(t *testing.T) {
	want := &billing.Invoice{
		Header: billing.Header{Ref: ref("in_1"), Customer: "cus_1", Created: day(0), Metadata: map[string]string{}},
		Status: billing.InvoiceStatusPaid, Number: "ACME-1", Subscription: "sub_1", Payment: "pi_1",
		Total: eur(4900), AmountDue: 4900, AmountPaid: 4900, Email: "billing@acme.example", Attempts: 1, PaidAt: day(1),
		HostedURL: "https://invoice.example/1", PDF: "https://invoice.example/1.pdf",
		Lines: []billing.InvoiceLine{{ID: "il_1", Description: "Growth", Amount: eur(4900), Quantity: 1, Price: "price_1", Proration: true}},
	}
	const rest = `"id":"in_1","object":"invoice","created":1788253200,"customer":"cus_1","currency":"eur","number":"ACME-1","total":4900,
		"amount_due":4900,"amount_paid":4900,"customer_email":"billing@acme.example","attempt_count":1,"due_date":null,"metadata":{},
		"next_payment_attempt":null,"hosted_invoice_url":"https://invoice.example/1","invoice_pdf":"https://invoice.example/1.pdf",
		"status_transitions":{"paid_at":1788339600}`
	const parent = `"parent":{"type":"subscription_details","quote_details":null,"subscription_details":{"subscription":"sub_1"}}`
	const newLines = `"lines":{"data":[{` + lineRest + `,"pricing":{"type":"price_details","price_details":{"price":"price_1"}},
		"parent":{"type":"subscription_item_details","invoice_item_details":null,"subscription_item_details":{"proration":true}}}]}`
	same(t, wire.Invoice, want, map[string]string{
		"before basil": `{` + rest + `,"status":"paid","paid":true,"subscription":"sub_1","payment_intent":"pi_1","charge":"ch_1",
			"lines":{"data":[{` + lineRest + `,"price":{"id":"price_1","object":"price"},"proration":true}]}}`,
		"before basil, expanded, with only the flag": `{` + rest + `,"paid":true,"subscription":{"id":"sub_1"},"payment_intent":{"id":"pi_1","status":"succeeded"},
			"charge":null,"lines":{"data":[{` + lineRest + `,"price":{"id":"price_1"},"proration":true}]}}`,
		"since basil": `{` + rest + `,"status":"paid",` + parent + `,` + newLines + `,"payments":{"data":[
			{"is_default":false,"status":"canceled","payment":{"type":"payment_intent","payment_intent":"pi_0"}},
			{"is_default":true,"status":"paid","payment":{"type":"payment_intent","payment_intent":"pi_1"}}]}}`,
		"since basil, expanded": `{` + rest + `,"status":"paid",` + parent + `,` + newLines + `,"payments":{"data":[
			{"is_default":true,"payment":{"type":"payment_intent","payment_intent":{"id":"pi_1","latest_charge":{"id":"ch_1"}}}}]}}`,
		"since basil, without a default": `{` + rest + `,"status":"paid",` + parent + `,` + newLines + `,"payments":{"data":[
			{"status":"canceled","payment":{"payment_intent":"pi_0"}},{"status":"paid","payment":{"payment_intent":"pi_1"}}]}}`,
	})
}

func TestInvoicePaidByACharge(t *testing.T) {
	want := &billing.Invoice{Header: billing.Header{Ref: ref("in_1")}, Status: billing.InvoiceStatusPaid, Payment: "ch_1"}
	same(t, wire.Invoice, want, map[string]string{
		"before basil": `{"id":"in_1","status":"paid","payment_intent":null,"charge":{"id":"ch_1"}}`,
		"since basil":  `{"id":"in_1","status":"paid","payments":{"data":[{"is_default":true,"payment":{"type":"charge","charge":"ch_1"}}]}}`,
	})
}

const chargeOld = `{"id":"ch_1","object":"charge","created":1788253200,"customer":"cus_1","payment_intent":"pi_1","status":"succeeded",
	"captured":true,"amount":4900,"amount_captured":4900,"amount_refunded":900,"currency":"eur","disputed":true,"invoice":"in_1",
	"receipt_email":"a@b.example","outcome":{"reason":null,"type":"authorized"},"failure_code":null,
	"refunds":{"data":[{"id":"re_1","object":"refund","status":"succeeded","amount":900,"currency":"eur","created":1788253200}]}}`

func TestPayment(t *testing.T) {
	want := &billing.Payment{
		Header: billing.Header{Ref: ref("pi_1"), Customer: "cus_1", Created: day(0)},
		Status: billing.PaymentStatusSucceeded, Amount: eur(4900), Received: 4900, Refunded: 900, Invoice: "in_1",
		Charge: "ch_1", Email: "a@b.example", Disputed: true,
	}
	const rest = `"id":"pi_1","object":"payment_intent","created":1788253200,"customer":"cus_1","status":"succeeded","amount":4900,
		"amount_received":4900,"currency":"eur","receipt_email":"a@b.example","last_payment_error":null,"invoice":{"id":"in_1"}`
	const latest = `{"id":"ch_1","object":"charge","amount_refunded":900,"disputed":true}`
	same(t, wire.Payment, want, map[string]string{
		"with its latest charge expanded":          `{` + rest + `,"latest_charge":` + latest + `}`,
		"with a list of charges, as in 2020-08-27": `{` + rest + `,"charges":{"data":[` + latest + `,{"id":"ch_0","amount_refunded":1}]}}`,
		"as the charge":                            chargeOld,
	})
	same(t, wire.Payment, &billing.Payment{Header: billing.Header{Ref: ref("pi_1")}, Charge: "ch_1",
		Status: billing.PaymentStatusRequiresPaymentMethod, Amount: eur(500), Failure: "card_declined", DeclineCode: "insufficient_funds"},
		map[string]string{
			"a failed intent": `{"id":"pi_1","object":"payment_intent","status":"requires_payment_method","amount":500,"currency":"eur",
				"latest_charge":"ch_1","last_payment_error":{"code":"card_declined","decline_code":"insufficient_funds"}}`,
			"a failed charge": `{"id":"ch_1","object":"charge","payment_intent":{"id":"pi_1"},"status":"failed","captured":false,"amount":500,
				"amount_captured":0,"currency":"eur","failure_code":"card_declined","outcome":{"reason":"insufficient_funds"}}`,
		})
}

func TestPaymentStandsAloneOnlyIfTheInvoiceIsNull(t *testing.T) {
	for _, head := range []string{`"id":"pi_1","object":"payment_intent"`, `"id":"ch_1","object":"charge"`} {
		for member, want := range map[string]bool{`,"invoice":null`: true, `,"invoice":"in_1"`: false, ``: false} {
			t.Run(head+member, func(t *testing.T) {
				p, err := wire.Payment([]byte(`{`+head+member+`}`), "")
				require.NoError(t, err)
				assert.Equal(t, want, p.Standalone)
			})
		}
	}
}

func TestPaymentStatusOfACharge(t *testing.T) {
	for members, want := range map[string]billing.PaymentStatus{
		`"status":"succeeded","captured":true`:                  billing.PaymentStatusSucceeded,
		`"status":"succeeded"`:                                  billing.PaymentStatusSucceeded,
		`"status":"succeeded","captured":false`:                 billing.PaymentStatusRequiresCapture,
		`"status":"succeeded","captured":false,"refunded":true`: billing.PaymentStatusCanceled,
		`"status":"pending","captured":true`:                    billing.PaymentStatusProcessing,
		`"status":"failed","captured":false`:                    billing.PaymentStatusRequiresPaymentMethod,
	} {
		t.Run(members, func(t *testing.T) {
			p, err := wire.Payment([]byte(`{"id":"ch_1","object":"charge","amount":500,"currency":"eur",`+members+`}`), "")
			require.NoError(t, err)
			assert.Equal(t, want, p.Status)
			assert.Equal(t, want == billing.PaymentStatusSucceeded, p.Received == 500)
		})
	}
}

func TestPaymentKeepsTheClientSecretSecret(t *testing.T) {
	p, err := wire.Payment([]byte(`{"id":"pi_1","object":"payment_intent","client_secret":"pi_1_secret_x"}`), "")
	require.NoError(t, err)
	assert.Equal(t, "pi_1_secret_x", p.ClientSecret.Reveal())
	raw, err := json.Marshal(p)
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "pi_1_secret_x")
}

func TestRefund(t *testing.T) {
	want := &billing.Refund{
		Header: billing.Header{Ref: ref("re_1"), Created: day(0)},
		Status: billing.RefundStatusFailed, Payment: "pi_1", Charge: "ch_1", Amount: eur(900),
		Reason: billing.RefundReasonDuplicate, Failure: "lost_or_stolen_card",
	}
	const rest = `"id":"re_1","object":"refund","created":1788253200,"status":"failed","amount":900,"currency":"eur","reason":"duplicate",
		"failure_reason":"lost_or_stolen_card","metadata":null`
	same(t, wire.Refund, want, map[string]string{
		"with ids":            `{` + rest + `,"payment_intent":"pi_1","charge":"ch_1"}`,
		"with expanded links": `{` + rest + `,"payment_intent":{"id":"pi_1"},"charge":{"id":"ch_1"}}`,
	})
	want.Payment = "ch_1"
	same(t, wire.Refund, want, map[string]string{
		"of a charge without an intent": `{` + rest + `,"payment_intent":null,"charge":"ch_1"}`,
	})
}

func TestDispute(t *testing.T) {
	want := &billing.Dispute{
		Header: billing.Header{Ref: ref("dp_1"), Created: day(0)},
		Status: billing.DisputeStatusNeedsResponse, Payment: "pi_1", Charge: "ch_1", Amount: eur(4900), Reason: "fraudulent", EvidenceDue: day(1),
	}
	const rest = `"id":"dp_1","object":"dispute","created":1788253200,"status":"needs_response","amount":4900,"currency":"eur","reason":"fraudulent",
		"evidence_details":{"due_by":1788339600}`
	same(t, wire.Dispute, want, map[string]string{
		"with ids":            `{` + rest + `,"payment_intent":"pi_1","charge":"ch_1"}`,
		"with expanded links": `{` + rest + `,"payment_intent":{"id":"pi_1"},"charge":{"id":"ch_1"}}`,
	})
}

func TestCheckout(t *testing.T) {
	want := &billing.CheckoutSession{
		Header: billing.Header{Ref: ref("cs_1"), Customer: "cus_1", Created: day(0)},
		Status: billing.CheckoutStatusOpen, Mode: billing.CheckoutModeSubscription, Reference: "acme", Subscription: "sub_1",
		Payment: "pi_1", Invoice: "in_1", Total: eur(4900), URL: "https://checkout.example/1", ExpiresAt: day(1),
	}
	const rest = `"id":"cs_1","object":"checkout.session","created":1788253200,"status":"open","payment_status":"unpaid","mode":"subscription",
		"client_reference_id":"acme","amount_total":4900,"currency":"eur","url":"https://checkout.example/1","expires_at":1788339600`
	same(t, wire.Checkout, want, map[string]string{
		"with ids":            `{` + rest + `,"customer":"cus_1","subscription":"sub_1","payment_intent":"pi_1","invoice":"in_1"}`,
		"with expanded links": `{` + rest + `,"customer":{"id":"cus_1"},"subscription":{"id":"sub_1"},"payment_intent":{"id":"pi_1"},"invoice":{"id":"in_1"}}`,
	})
	t.Run("nothing to pay is paid", func(t *testing.T) {
		c, err := wire.Checkout([]byte(`{"id":"cs_1","status":"complete","payment_status":"no_payment_required","amount_total":null,"currency":null}`), "")
		require.NoError(t, err)
		assert.True(t, c.Paid)
		assert.Zero(t, c.Total)
	})
}

func TestProductAndPrice(t *testing.T) {
	same(t, wire.Product, &billing.Product{Ref: ref("prod_1"), Name: "Growth", Description: "All of it", Active: true, Metadata: map[string]string{"a": "b"}},
		map[string]string{"as it is": `{"id":"prod_1","object":"product","name":"Growth","description":"All of it","active":true,"metadata":{"a":"b"}}`})
	want := &billing.Price{Ref: ref("price_1"), Product: "prod_1", Unit: frontdesk.Money{Amount: 490, Currency: "isk"},
		Interval: billing.Month, Count: 3, Lookup: "growth", Nickname: "quarterly", Active: true}
	const rest = `"id":"price_1","object":"price","currency":"isk","unit_amount":49000,"recurring":{"interval":"month","interval_count":3},
		"lookup_key":"growth","nickname":"quarterly","active":true`
	same(t, wire.Price, want, map[string]string{
		"with its product's id": `{` + rest + `,"product":"prod_1"}`,
		"with its product":      `{` + rest + `,"product":{"id":"prod_1","object":"product"}}`,
	})
	same(t, wire.Price, &billing.Price{Ref: ref("price_1"), Unit: eur(0)}, map[string]string{
		"tiered and charged once": `{"id":"price_1","object":"price","currency":"eur","unit_amount":null,"recurring":null}`,
	})
}

func TestPaymentMethod(t *testing.T) {
	same(t, wire.PaymentMethod, &billing.PaymentMethod{Ref: ref("pm_1"), Customer: "cus_1", Type: "card", Brand: "visa", Last4: "4242", ExpMonth: 8, ExpYear: 2030},
		map[string]string{"a card": `{"id":"pm_1","object":"payment_method","customer":"cus_1","type":"card","card":{"brand":"visa","last4":"4242","exp_month":8,"exp_year":2030}}`})
	same(t, wire.PaymentMethod, &billing.PaymentMethod{Ref: ref("pm_1"), Type: "sepa_debit", Last4: "3000"},
		map[string]string{"a bank debit": `{"id":"pm_1","object":"payment_method","customer":null,"type":"sepa_debit","sepa_debit":{"last4":"3000"}}`})
	same(t, wire.PaymentMethod, &billing.PaymentMethod{Ref: ref("pm_1"), Type: "new_kind"},
		map[string]string{"a type without details": `{"id":"pm_1","object":"payment_method","type":"new_kind"}`})
}

func TestList(t *testing.T) {
	t.Run("a page has its objects and says whether more follow", func(t *testing.T) {
		data, more, err := wire.List([]byte(`{"object":"list","data":[{"id":"a"},{"id":"b"}],"has_more":true}`))
		require.NoError(t, err)
		assert.Equal(t, []json.RawMessage{json.RawMessage(`{"id":"a"}`), json.RawMessage(`{"id":"b"}`)}, data)
		assert.True(t, more)
	})
	t.Run("a page may be empty", func(t *testing.T) {
		data, more, err := wire.List([]byte(`{"object":"search_result","data":[],"has_more":false}`))
		require.NoError(t, err)
		assert.Empty(t, data)
		assert.False(t, more)
	})
	for _, raw := range []string{``, `null`, `[]`, `{}`, `{"data":null}`, `{"data":{}}`, `{"id":"cus_1","object":"customer"}`} {
		t.Run("no list: "+raw, func(t *testing.T) {
			_, _, err := wire.List([]byte(raw))
			require.ErrorIs(t, err, frontdesk.Invalid)
		})
	}
}

func TestDecodersRefuseWhatTheyAreNotFor(t *testing.T) {
	readers := map[string]func([]byte) error{
		"customer":         func(raw []byte) error { _, err := wire.Customer(raw, ""); return err },
		"subscription":     func(raw []byte) error { _, err := wire.Subscription(raw, ""); return err },
		"invoice":          func(raw []byte) error { _, err := wire.Invoice(raw, ""); return err },
		"payment_intent":   func(raw []byte) error { _, err := wire.Payment(raw, ""); return err },
		"refund":           func(raw []byte) error { _, err := wire.Refund(raw, ""); return err },
		"dispute":          func(raw []byte) error { _, err := wire.Dispute(raw, ""); return err },
		"checkout.session": func(raw []byte) error { _, err := wire.Checkout(raw, ""); return err },
		"product":          func(raw []byte) error { _, err := wire.Product(raw, ""); return err },
		"price":            func(raw []byte) error { _, err := wire.Price(raw, ""); return err },
		"account":          func(raw []byte) error { _, err := wire.Account(raw, ""); return err },
		"payout":           func(raw []byte) error { _, err := wire.Payout(raw, ""); return err },
		"transfer":         func(raw []byte) error { _, err := wire.Transfer(raw, ""); return err },
		"application_fee":  func(raw []byte) error { _, err := wire.ApplicationFee(raw, ""); return err },
		"balance":          func(raw []byte) error { _, err := wire.Balance(raw, ""); return err },
		"payment_method":   func(raw []byte) error { _, err := wire.PaymentMethod(raw, ""); return err },
	}
	for name, read := range readers {
		for _, raw := range []string{``, `null`, `""`, `"x_1"`, `7`, `[]`, `{}`, `{"id":""}`, `{"id":null}`, `{"id":"x_1","object":"other"}`, `{"id":"x_1"}x`} {
			t.Run(name+" "+raw, func(t *testing.T) {
				require.ErrorIs(t, read([]byte(raw)), frontdesk.Invalid)
			})
		}
	}
}
