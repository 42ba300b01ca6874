package wire_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const second = 1788253200 // 2026-09-01 09:00 UTC

// event wraps an object as Stripe does.
func event(typ, object string) []byte {
	return fmt.Appendf(nil, `{"id":"evt_1","object":"event","account":"acct_A","api_version":null,"created":%d,`+
		`"data":{"object":%s},"livemode":false,"request":null,"type":%q}`, second, object, typ)
}

// show decodes an event that must be readable.
func show(t testing.TB, typ, object string) []billing.Object {
	t.Helper()
	objects, err := decode(t, event(typ, object))
	require.NoError(t, err)
	return objects
}

var minimal = map[string]string{
	"customer":         `{"object":"customer","id":"cus_1"}`,
	"subscription":     `{"object":"subscription","id":"sub_1"}`,
	"invoice":          `{"object":"invoice","id":"in_1"}`,
	"payment_intent":   `{"object":"payment_intent","id":"pi_1"}`,
	"charge":           `{"object":"charge","id":"ch_1"}`,
	"refund":           `{"object":"refund","id":"re_1"}`,
	"dispute":          `{"object":"dispute","id":"dp_1"}`,
	"checkout.session": `{"object":"checkout.session","id":"cs_1"}`,
	"account":          `{"object":"account","id":"acct_A"}`,
	"application":      `{"object":"application","id":"ca_1"}`,
	"payout":           `{"object":"payout","id":"po_1"}`,
	"transfer":         `{"object":"transfer","id":"tr_1"}`,
	"application_fee":  `{"object":"application_fee","id":"fee_1"}`,
	"balance":          `{"object":"balance"}`,
}

func TestDecodeKnowsTheTypes(t *testing.T) {
	mirrored := map[string]string{
		"customer.created": "customer", "customer.updated": "customer", "customer.deleted": "customer",
		"customer.subscription.created": "subscription", "customer.subscription.trial_will_end": "subscription",
		"customer.subscription.paused": "subscription", "customer.subscription.deleted": "subscription",
		"invoice.created": "invoice", "invoice.paid": "invoice", "invoice.overdue": "invoice", "invoice.deleted": "invoice",
		"payment_intent.succeeded": "payment_intent", "payment_intent.amount_capturable_updated": "payment_intent",
		"charge.succeeded": "charge", "charge.failed": "charge", "charge.captured": "charge", "charge.updated": "charge",
		"charge.pending": "charge", "charge.expired": "charge", "charge.refunded": "charge",
		"charge.refund.updated": "refund", "refund.created": "refund", "refund.failed": "refund",
		"charge.dispute.created": "dispute", "charge.dispute.funds_withdrawn": "dispute", "charge.dispute.closed": "dispute",
		"checkout.session.completed": "checkout.session", "checkout.session.expired": "checkout.session",
		"account.updated": "account", "account.application.authorized": "application", "account.application.deauthorized": "application",
		"payout.created": "payout", "payout.updated": "payout", "payout.paid": "payout", "payout.failed": "payout",
		"payout.canceled": "payout", "payout.reconciliation_completed": "payout",
		"transfer.created": "transfer", "transfer.updated": "transfer", "transfer.reversed": "transfer",
		"application_fee.created": "application_fee", "application_fee.refunded": "application_fee",
		"payment.created": "charge", "balance.available": "balance",
	}
	for typ, object := range mirrored {
		t.Run(typ+" shows a "+object, func(t *testing.T) {
			objects := show(t, typ, minimal[object])
			require.Len(t, objects, 1)
			assert.Equal(t, "acct_A", objects[0].Key().Account)
			for other, raw := range minimal {
				if other == object {
					continue
				}
				_, err := wire.Decode(billing.Event{Type: typ, Account: "acct_A", Payload: event(typ, raw)})
				assert.ErrorIs(t, err, frontdesk.Invalid, "with a %s", other)
			}
		})
	}
	for _, typ := range []string{
		"totally.new.thing", "invoice.upcoming", "invoiceitem.created", "invoice_payment.paid", "customer.source.created",
		"customer.discount.created", "customer.tax_id.updated", "price.created", "customer", "",
		"account.external_account.created", "account.external_account.updated", "account.external_account.deleted", "account.application.other",
		"capability.updated", "person.created", "person.updated", "person.deleted", "application_fee.refund.updated",
		"payment_method.attached", "payment_link.created", "topup.succeeded", "account",
	} {
		t.Run(typ+" mirrors nothing", func(t *testing.T) {
			_, err := wire.Decode(billing.Event{Type: typ, Payload: event("x", minimal["invoice"])})
			require.ErrorIs(t, err, frontdesk.Unimplemented)
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct{ rule, payload string }{
		{"no payload", ``},
		{"a payload that is no JSON", `{`},
		{"no data", `{"id":"evt_1"}`},
		{"no object", `{"data":{}}`},
		{"a null object", `{"data":{"object":null}}`},
		{"an object that is a string", `{"data":{"object":"in_1"}}`},
		{"an object without an id", `{"data":{"object":{"object":"invoice"}}}`},
		{"an id that is a number", `{"data":{"object":{"object":"invoice","id":7}}}`},
		{"an id too long for an index", `{"data":{"object":{"object":"invoice","id":"` + strings.Repeat("i", 256) + `"}}}`},
		{"two ids in different cases", `{"data":{"object":{"object":"invoice","id":"in_1","ID":"in_2"}}}`},
		{"an amount that is a text", invoiceWith(`"total":"49.00"`)},
		{"an amount with decimals", invoiceWith(`"total":49.5`)},
		{"an amount beyond 64 bits", invoiceWith(`"total":99999999999999999999`)},
		{"an amount in no currency", invoiceWith(`"total":4900`)},
		{"an amount in an unknown currency", invoiceWith(`"total":4900,"currency":"zzz"`)},
		{"a fraction of a króna", invoiceWith(`"total":4901,"currency":"isk"`)},
		{"a status that is an object", invoiceWith(`"status":{}`)},
		{"metadata that is a list", invoiceWith(`"metadata":["a"]`)},
		{"lines that are a text", invoiceWith(`"lines":"none"`)},
		{"a reference that is a number", invoiceWith(`"customer":5`)},
		{"a time that is a text", invoiceWith(`"created":"now"`)},
	}
	for _, tt := range tests {
		t.Run(tt.rule+" is refused", func(t *testing.T) {
			_, err := wire.Decode(billing.Event{Type: "invoice.updated", Payload: []byte(tt.payload)})
			require.ErrorIs(t, err, frontdesk.Invalid)
		})
	}
}

func invoiceWith(member string) string {
	return `{"data":{"object":{"object":"invoice","id":"in_1",` + member + `}}}`
}

func TestDecodeKeepsTextsStorable(t *testing.T) {
	c := show(t, "customer.updated", `{"object":"customer","id":"cus_\u00001","name":"A\u0000cme \\u0000","email":"`+"\xff"+`@x",
		"metadata":{"k\u0000":"\u0000v"}}`)[0].(*billing.Customer)
	assert.Equal(t, "cus_1", c.ID)
	assert.Equal(t, `Acme \u0000`, c.Name)
	assert.Equal(t, "\ufffd@x", c.Email)
	assert.Equal(t, map[string]string{"k": "v"}, c.Metadata)
}

func TestDecodeMarksWhatIsDeleted(t *testing.T) {
	deleted := func(typ, object string) bool { return show(t, typ, object)[0].Head().Deleted }

	t.Run("customer.deleted deletes the customer", func(t *testing.T) {
		assert.True(t, deleted("customer.deleted", minimal["customer"]))
	})
	t.Run("a customer that says it is deleted is", func(t *testing.T) {
		assert.True(t, deleted("customer.updated", `{"object":"customer","id":"cus_1","deleted":true}`))
	})
	t.Run("invoice.deleted deletes the draft", func(t *testing.T) {
		assert.True(t, deleted("invoice.deleted", minimal["invoice"]))
	})
	t.Run("customer.subscription.deleted cancels, and deletes nothing", func(t *testing.T) {
		s := show(t, "customer.subscription.deleted", `{"object":"subscription","id":"sub_1","status":"active"}`)[0].(*billing.Subscription)
		assert.False(t, s.Deleted)
		assert.Equal(t, billing.SubscriptionStatusCanceled, s.Status)
	})
	t.Run("a subscription that expired incomplete stays so", func(t *testing.T) {
		s := show(t, "customer.subscription.deleted", `{"object":"subscription","id":"sub_1","status":"incomplete_expired"}`)[0].(*billing.Subscription)
		assert.Equal(t, billing.SubscriptionStatusIncompleteExpired, s.Status)
	})
}

func TestDecodeOfApplications(t *testing.T) {
	show := func(typ string) *billing.Account {
		return show(t, typ, `{"id":"ca_1","object":"application","name":"Portal"}`)[0].(*billing.Account)
	}
	t.Run("a deauthorised account is its name and the time alone", func(t *testing.T) {
		a := show("account.application.deauthorized")
		assert.Equal(t, billing.Version{At: day(0), Rank: a.Version.Rank, Event: "evt_1"}, a.Version)
		a.Version = billing.Version{}
		assert.Equal(t, &billing.Account{Header: billing.Header{Ref: billing.AccountRef("acct_A")}, DisconnectedAt: day(0)}, a)
	})
	t.Run("an authorised one too", func(t *testing.T) {
		a := show("account.application.authorized")
		a.Version = billing.Version{}
		assert.Equal(t, &billing.Account{Header: billing.Header{Ref: billing.AccountRef("acct_A")}, ConnectedAt: day(0)}, a)
	})
	t.Run("without an account nobody is meant, and it is refused", func(t *testing.T) {
		e, err := wire.ParseEvent([]byte(`{"id":"evt_1","type":"account.application.deauthorized","data":{"object":{"id":"ca_1","object":"application"}}}`))
		require.NoError(t, err)
		assert.Zero(t, e.Object)
		_, err = wire.Decode(e)
		require.ErrorIs(t, err, frontdesk.Invalid)
	})
}

func TestDecodeOnThePlatform(t *testing.T) {
	on := func(typ, object string) ([]billing.Object, error) {
		return decode(t, []byte(`{"id":"evt_1","type":"`+typ+`","created":1788253200,"data":{"object":`+object+`}}`))
	}
	t.Run("an account is its own holder, though the platform is told", func(t *testing.T) {
		objects, err := on("account.updated", minimal["account"])
		require.NoError(t, err)
		assert.Equal(t, billing.AccountRef("acct_A"), objects[0].Head().Ref)
	})
	t.Run("transfers and fees are the platform's", func(t *testing.T) {
		for typ, object := range map[string]string{"transfer.reversed": "transfer", "application_fee.refunded": "application_fee"} {
			objects, err := on(typ, minimal[object])
			require.NoError(t, err)
			assert.Empty(t, objects[0].Key().Account)
		}
	})
	t.Run("the platform's own balance is not mirrored", func(t *testing.T) {
		_, err := on("balance.available", minimal["balance"])
		require.ErrorIs(t, err, frontdesk.Unimplemented)
	})
}

func FuzzDecode(f *testing.F) {
	for _, name := range stories {
		for _, line := range readStory(name) {
			e, err := wire.ParseEvent(line)
			require.NoError(f, err)
			f.Add(e.Type, line)
		}
	}
	for _, typ := range []string{
		"customer.deleted", "charge.updated", "payment_intent.created", "charge.dispute.closed", "refund.failed",
		"account.updated", "account.application.deauthorized", "payout.failed", "transfer.reversed", "application_fee.refunded",
		"payment.created", "balance.available",
	} {
		for _, object := range minimal {
			f.Add(typ, event(typ, object))
		}
	}
	f.Add("invoice.paid", []byte(invoiceWith(`"total":-9223372036854775808,"currency":"isk","lines":{"data":[null,{"amount":1}]}`)))
	f.Add("charge.refunded", event("charge.refunded", chargeOld))
	f.Add("account.updated", event("account.updated", `{`+accountRest+`}`))
	f.Add("payment.created", event("payment.created", credited+transaction(`"type":"payment","amount":10000,"fee":1300`)+`}`))
	f.Add("transfer.reversed", event("transfer.reversed", `{"id":"tr_1","amount":3,"amount_reversed":9223372036854775807,"currency":"eur",
		"reversals":{"data":[null,{"amount":1}]}}`))
	f.Add("charge.dispute.closed", event("charge.dispute.closed", `{"id":"dp_1","balance_transactions":["txn_1",null,`+transaction(`"amount":-1`)+`]}`))
	f.Fuzz(func(t *testing.T, typ string, payload []byte) {
		objects, err := wire.Decode(billing.Event{Type: typ, Account: "acct_A", Payload: payload, ProviderID: "evt_1"})
		if err != nil {
			code := frontdesk.CodeOf(err)
			require.True(t, code == frontdesk.Invalid || code == frontdesk.Unimplemented, "code %v", code)
			return
		}
		require.NotEmpty(t, objects)
		for _, o := range objects {
			requireKept(t, o)
		}
	})
}

// requireKept checks that an object survives a store: JSON there and back, without NUL.
func requireKept(t *testing.T, o billing.Object) {
	t.Helper()
	key := o.Key()
	require.NotEmpty(t, key.ID)
	requireStorable(t, key.ID, o.Head().Customer)
	require.Less(t, o.Head().Version.Rank, billing.RankRead)
	raw, err := json.Marshal(o)
	require.NoError(t, err)
	require.NotContains(t, string(raw), `\u0000`)
	back, err := billing.NewObject(key.Kind)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, back))
	require.Equal(t, key, back.Key())
}
