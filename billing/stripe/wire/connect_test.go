package wire_test

import (
	"testing"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const accountRest = `"id":"acct_nina","object":"account","created":1788253200,"email":"nina@experts.example","country":"PT",
	"default_currency":"eur","details_submitted":true,"charges_enabled":true,"payouts_enabled":false,"metadata":{"expertId":"nina"},
	"capabilities":{"card_payments":"active","transfers":"pending"},
	"requirements":{"alternatives":[],"current_deadline":1788339600,"currently_due":["external_account"],"disabled_reason":null,
		"errors":[{"code":"verification_document_expired","reason":"The document has expired.","requirement":"individual.verification.document"}],
		"eventually_due":["external_account","individual.id_number"],"past_due":[],"pending_verification":["individual.verification.document"]}`

func TestAccount(t *testing.T) {
	want := &billing.Account{
		Header: billing.Header{Ref: billing.AccountRef("acct_nina"), Created: day(0), Metadata: map[string]string{"expertId": "nina"}},
		Type:   billing.AccountExpress, Email: "nina@experts.example", Country: "PT", Currency: "eur",
		DetailsSubmitted: true, ChargesEnabled: true,
		Requirements: billing.Requirements{
			CurrentlyDue: []string{"external_account"}, EventuallyDue: []string{"external_account", "individual.id_number"},
			PastDue: []string{}, PendingVerification: []string{"individual.verification.document"}, Deadline: day(1),
			Errors: []billing.RequirementError{{
				Requirement: "individual.verification.document", Code: "verification_document_expired", Reason: "The document has expired.",
			}},
		},
		Capabilities: map[string]string{"card_payments": "active", "transfers": "pending"},
		Schedule:     billing.PayoutSchedule{Interval: billing.PayoutWeekly, DelayDays: 7, Weekday: "friday"},
	}
	const weekly = `"settings":{"payouts":{"schedule":{"interval":"weekly","delay_days":7,"weekly_anchor":"friday"}}}`
	same(t, wire.Account, want, map[string]string{
		"with a type": `{` + accountRest + `,"type":"express","controller":{"type":"application","is_controller":true},` + weekly + `}`,
		"with a controller in its place": `{` + accountRest + `,"type":"none","controller":{"type":"application","is_controller":true,
			"stripe_dashboard":{"type":"express"}},` + weekly + `}`,
		"with a controller and no type, and a list of days": `{` + accountRest + `,"controller":{"stripe_dashboard":{"type":"express"}},
			"settings":{"payouts":{"schedule":{"interval":"weekly","delay_days":7,"weekly_payout_days":["friday"]}}}}`,
	})
	same(t, wire.Account, &billing.Account{Header: billing.Header{Ref: billing.AccountRef("acct_nina"), Deleted: true}}, map[string]string{
		"as the stub that is left": `{"id":"acct_nina","object":"account","deleted":true}`,
		"with nulls": `{"id":"acct_nina","object":"account","deleted":true,"type":null,"controller":null,"email":null,"settings":null,
			"requirements":null,"capabilities":null,"default_currency":null}`,
		"in a currency that is not known": `{"id":"acct_nina","object":"account","deleted":true,"default_currency":"zzz"}`,
	})
}

func TestAccountType(t *testing.T) {
	for members, want := range map[string]billing.AccountType{
		`"type":"express"`:  billing.AccountExpress,
		`"type":"standard"`: billing.AccountStandard,
		`"type":"custom","controller":{"stripe_dashboard":{"type":"none"}}`: billing.AccountCustom,
		`"type":"none","controller":{"stripe_dashboard":{"type":"full"}}`:   billing.AccountStandard,
		`"type":"none","controller":{"stripe_dashboard":{"type":"none"}}`:   billing.AccountCustom,
		`"controller":{"type":"account"}`:                                   "",
	} {
		t.Run(members, func(t *testing.T) {
			a, err := wire.Account([]byte(`{"id":"acct_1","object":"account",`+members+`}`), "")
			require.NoError(t, err)
			assert.Equal(t, want, a.Type)
		})
	}
}

func TestAccountSchedule(t *testing.T) {
	for members, want := range map[string]billing.PayoutSchedule{
		`"interval":"daily","delay_days":2`:                                                               {Interval: billing.PayoutDaily, DelayDays: 2},
		`"interval":"monthly","delay_days":4,"monthly_anchor":31`:                                         {Interval: billing.PayoutMonthly, DelayDays: 4, MonthDay: 31},
		`"interval":"monthly","delay_days":4,"monthly_payout_days":[15,31]`:                               {Interval: billing.PayoutMonthly, DelayDays: 4, MonthDay: 15},
		`"interval":"weekly","delay_days":4,"weekly_anchor":"monday","weekly_payout_days":["monday"]`:     {Interval: billing.PayoutWeekly, DelayDays: 4, Weekday: "monday"},
		`"interval":"manual","delay_days":7`:                                                              {Interval: billing.PayoutManual},
		`"interval":"daily","delay_days":2,"weekly_anchor":null,"monthly_anchor":null,"weekly_days":null`: {Interval: billing.PayoutDaily, DelayDays: 2},
	} {
		t.Run(members, func(t *testing.T) {
			a, err := wire.Account([]byte(`{"id":"acct_1","settings":{"payouts":{"schedule":{`+members+`}}}}`), "")
			require.NoError(t, err)
			assert.Equal(t, want, a.Schedule)
		})
	}
}

func TestPayout(t *testing.T) {
	want := &billing.Payout{
		Header: billing.Header{Ref: ref("po_1"), Created: day(0), Metadata: map[string]string{}},
		Status: billing.PayoutStatusFailed, Amount: eur(36000), Automatic: true, Method: "standard", ArrivalDate: day(1),
		Destination: "ba_1", Description: "STRIPE PAYOUT", Failure: "account_closed", FailureMessage: "The bank account has been closed.",
	}
	const rest = `"id":"po_1","object":"payout","created":1788253200,"status":"failed","amount":36000,"currency":"eur","automatic":true,
		"arrival_date":1788339600,"method":"standard","description":"STRIPE PAYOUT","failure_code":"account_closed","metadata":{},
		"failure_message":"The bank account has been closed.","balance_transaction":"txn_1","type":"bank_account","original_payout":null`
	same(t, wire.Payout, want, map[string]string{
		"with ids":            `{` + rest + `,"destination":"ba_1","failure_balance_transaction":"txn_2"}`,
		"with expanded links": `{` + rest + `,"destination":{"id":"ba_1","object":"bank_account"},"failure_balance_transaction":{"id":"txn_2"}}`,
		"since dahlia":        `{` + rest + `,"destination":"ba_1","payout_method":null,"application_fee":null,"trace_id":{"status":"pending","value":null}}`,
	})
	same(t, wire.Payout, &billing.Payout{Header: billing.Header{Ref: ref("po_1")}, Amount: frontdesk.Money{Amount: 490, Currency: "isk"}},
		map[string]string{"in a currency that Stripe counts otherwise": `{"id":"po_1","object":"payout","amount":49000,"currency":"isk","destination":null}`})
}

func TestBalance(t *testing.T) {
	want := &billing.Balance{
		Header:    billing.Header{Ref: billing.AccountRef("acct_A")},
		Available: []frontdesk.Money{eur(-500), {Amount: 300, Currency: "jpy"}},
		Pending:   []frontdesk.Money{eur(1000)},
	}
	same(t, wire.Balance, want, map[string]string{
		"as it is": `{"object":"balance","livemode":false,"available":[{"amount":-500,"currency":"eur","source_types":{"card":-500}},
			{"amount":300,"currency":"jpy"}],"pending":[{"amount":1000,"currency":"eur"}],"connect_reserved":[{"amount":7,"currency":"eur"}]}`,
		"with what pays instantly": `{"object":"balance","available":[{"amount":-500,"currency":"eur"},{"amount":300,"currency":"jpy"}],
			"instant_available":[{"amount":9,"currency":"eur","net_available":[]}],"pending":[{"amount":1000,"currency":"eur"}]}`,
	})
	for name, raw := range map[string]string{
		"an unknown currency": `{"object":"balance","available":[{"amount":1,"currency":"zzz"}]}`,
		"another object":      `{"object":"payout","id":"po_1"}`,
		"no object":           `7`,
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			_, err := wire.Balance([]byte(raw), "acct_A")
			require.ErrorIs(t, err, frontdesk.Invalid)
		})
	}
	t.Run("a balance of nobody is refused", func(t *testing.T) {
		_, err := wire.Balance([]byte(`{"object":"balance"}`), "")
		require.ErrorIs(t, err, frontdesk.Invalid)
	})
}

func TestTransfer(t *testing.T) {
	want := &billing.Transfer{
		Header: billing.Header{Ref: billing.Ref{ID: "tr_1"}, Created: day(0), Metadata: map[string]string{"client": "acme"}},
		Amount: eur(10000), Reversed: 5000, Destination: "acct_A", DestinationPayment: "py_1", Source: "ch_1", Group: "order_1",
		Reversals: []billing.Reversal{
			{ID: "trr_2", Amount: 3000, Created: day(1)},
			{ID: "trr_1", Amount: 2000, Refund: "re_1", Created: day(0)},
		},
	}
	const rest = `"id":"tr_1","object":"transfer","created":1788253200,"amount":10000,"amount_reversed":5000,"currency":"eur","reversed":false,
		"transfer_group":"order_1","metadata":{"client":"acme"},"source_type":"card"`
	const second = `{"id":"trr_2","object":"transfer_reversal","amount":3000,"currency":"eur","created":1788339600,"source_refund":null,"transfer":"tr_1"}`
	for name, raw := range map[string]string{
		"with ids": `{` + rest + `,"destination":"acct_A","destination_payment":"py_1","source_transaction":"ch_1","reversals":{"data":[` + second + `,
			{"id":"trr_1","object":"transfer_reversal","amount":2000,"created":1788253200,"source_refund":"re_1"}],"has_more":false}}`,
		"with expanded links": `{` + rest + `,"destination":{"id":"acct_A"},"destination_payment":{"id":"py_1"},"source_transaction":{"id":"ch_1"},
			"reversals":{"data":[` + second + `,{"id":"trr_1","amount":2000,"created":1788253200,"source_refund":{"id":"re_1"}}]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := wire.Transfer([]byte(raw), "")
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
	same(t, wire.Transfer, &billing.Transfer{Header: billing.Header{Ref: ref("tr_1")}}, map[string]string{
		"with nulls": `{"id":"tr_1","object":"transfer","destination":null,"destination_payment":null,"source_transaction":null,"transfer_group":null,"reversals":null}`,
	})
}

func TestApplicationFee(t *testing.T) {
	want := &billing.ApplicationFee{
		Header: billing.Header{Ref: ref("fee_1"), Created: day(0)},
		Amount: eur(1300), Refunded: 650, Payer: "acct_nina", Charge: "py_1", Source: "ch_1",
		Refunds: []billing.FeeRefund{{ID: "fr_1", Amount: 650, Created: day(1)}},
	}
	const rest = `"id":"fee_1","object":"application_fee","created":1788253200,"amount":1300,"amount_refunded":650,"currency":"eur","refunded":false,
		"application":"ca_1","refunds":{"data":[{"id":"fr_1","object":"fee_refund","amount":650,"currency":"eur","created":1788339600,"fee":"fee_1"}]}`
	same(t, wire.ApplicationFee, want, map[string]string{
		"with ids":              `{` + rest + `,"account":"acct_nina","charge":"py_1","originating_transaction":"ch_1"}`,
		"with expanded links":   `{` + rest + `,"account":{"id":"acct_nina"},"charge":{"id":"py_1"},"originating_transaction":{"id":"ch_1"}}`,
		"with its source alone": `{` + rest + `,"account":"acct_nina","fee_source":{"type":"charge","charge":"py_1"},"originating_transaction":"ch_1"}`,
	})
}

func TestPaymentOfADestinationCharge(t *testing.T) {
	platform := &billing.Payment{
		Header: billing.Header{Ref: billing.Ref{ID: "pi_1"}}, Status: billing.PaymentStatusSucceeded, Amount: eur(10000), Received: 10000,
		Charge: "ch_1", Destination: "acct_A", Transfer: "tr_1", Commission: 1300,
	}
	const charge = `{"id":"ch_1","object":"charge","payment_intent":"pi_1","status":"succeeded","captured":true,"amount":10000,"amount_captured":10000,
		"currency":"eur","transfer":"tr_1","transfer_data":{"amount":null,"destination":"acct_A"},"source_transfer":null,
		"application_fee":null,"application_fee_amount":1300,"balance_transaction":{"id":"txn_1","object":"balance_transaction","amount":10000,"currency":"eur"}}`
	for name, raw := range map[string]string{
		"as the charge": charge,
		"as the intent": `{"id":"pi_1","object":"payment_intent","status":"succeeded","amount":10000,"amount_received":10000,"currency":"eur",
			"application_fee_amount":1300,"transfer_data":{"destination":{"id":"acct_A"}},"on_behalf_of":null,"latest_charge":` + charge + `}`,
		"with a list of charges, as in 2020-08-27": `{"id":"pi_1","object":"payment_intent","status":"succeeded","amount":10000,"amount_received":10000,
			"currency":"eur","application_fee_amount":null,"transfer_data":null,"charges":{"data":[` + charge + `]}}`,
	} {
		t.Run("on the platform it goes somewhere and moves nothing, "+name, func(t *testing.T) {
			got, err := wire.Payment([]byte(raw), "")
			require.NoError(t, err)
			assert.Equal(t, platform, got)
		})
	}
	t.Run("before it succeeds the intent tells where it will go", func(t *testing.T) {
		p, err := wire.Payment([]byte(`{"id":"pi_1","object":"payment_intent","amount":10000,"currency":"eur","latest_charge":null,
			"application_fee_amount":1300,"transfer_data":{"destination":"acct_A"}}`), "")
		require.NoError(t, err)
		assert.Equal(t, "acct_A", p.Destination)
		assert.Equal(t, int64(1300), p.Commission)
		assert.Empty(t, p.Transfer)
	})
}

// credited is the account's half of a destination charge, which has no intent.
const credited = `{"id":"py_1","object":"charge","created":1788253200,"status":"succeeded","captured":true,"amount":10000,"amount_captured":10000,
	"currency":"eur","payment_intent":null,"source_transfer":"tr_1","application_fee":"fee_1","application_fee_amount":1300,"transfer_data":null,
	"balance_transaction":`

func TestPaymentOfAnAccount(t *testing.T) {
	want := billing.Payment{
		Header: billing.Header{Ref: ref("py_1"), Created: day(0)}, Status: billing.PaymentStatusSucceeded, Amount: eur(10000), Received: 10000,
		Charge: "py_1", Transfer: "tr_1", ApplicationFee: "fee_1", Commission: 1300,
	}
	whole := want
	whole.Movements = []billing.Movement{
		moved(billing.EntryTransfer, "tr_1", 10000),
		moved(billing.EntryFee, "fee_1", -1300),
	}
	same(t, wire.Payment, &want, map[string]string{
		"as events show it":                      credited + `"txn_1"}`,
		"while it is pending, as events show it": credited + `null}`,
	})
	same(t, wire.Payment, &whole, map[string]string{
		"read with its movements": credited + transaction(`"type":"payment","amount":10000,"fee":1300,"source":"py_1",
			"fee_details":[{"type":"application_fee","amount":1300,"currency":"eur","application":"ca_1"}]`) + `}`,
	})
	t.Run("of an intent the latest charge tells", func(t *testing.T) {
		p, err := wire.Payment([]byte(`{"id":"pi_1","object":"payment_intent","currency":"eur","latest_charge":`+
			credited+transaction(`"type":"charge","amount":10000`)+`}}`), "acct_A")
		require.NoError(t, err)
		assert.Equal(t, []billing.Movement{moved(billing.EntryTransfer, "tr_1", 10000)}, p.Movements)
		assert.Equal(t, "fee_1", p.ApplicationFee)
	})
}

func TestRefundOfATransfer(t *testing.T) {
	const rest = `"object":"refund","created":1788253200,"status":"succeeded","amount":2500,"currency":"eur"`
	t.Run("the platform's refund names the reversal that it caused", func(t *testing.T) {
		r, err := wire.Refund([]byte(`{"id":"re_1",`+rest+`,"transfer_reversal":"trr_1","source_transfer_reversal":null,
			"balance_transaction":`+transaction(`"type":"refund","amount":-2500`)+`}`), "")
		require.NoError(t, err)
		assert.Equal(t, "trr_1", r.Reversal)
		assert.Nil(t, r.Movements)
	})
	t.Run("the account's refund names the reversal that caused it, and moves it", func(t *testing.T) {
		r, err := wire.Refund([]byte(`{"id":"pyr_1",`+rest+`,"charge":"py_1","source_transfer_reversal":{"id":"trr_1"},
			"balance_transaction":`+transaction(`"type":"payment_refund","amount":-2500`)+`}`), "acct_A")
		require.NoError(t, err)
		assert.Equal(t, "trr_1", r.Reversal)
		assert.Equal(t, []billing.Movement{moved(billing.EntryRefund, "trr_1", -2500)}, r.Movements)
	})
	t.Run("a refund that failed has moved there and back", func(t *testing.T) {
		r, err := wire.Refund([]byte(`{"id":"re_1",`+rest+`,"balance_transaction":`+transaction(`"type":"refund","amount":-2500`)+
			`,"failure_balance_transaction":`+transaction(`"type":"refund_failure","amount":2500`)+`}`), "acct_A")
		require.NoError(t, err)
		assert.Equal(t, []billing.Movement{moved(billing.EntryRefund, "re_1", -2500), moved(billing.EntryRefund, "re_1", 2500)}, r.Movements)
	})
	t.Run("what is not expanded moves nothing that is known", func(t *testing.T) {
		r, err := wire.Refund([]byte(`{"id":"re_1",`+rest+`,"balance_transaction":"txn_1","failure_balance_transaction":null}`), "acct_A")
		require.NoError(t, err)
		assert.Nil(t, r.Movements)
	})
}

func TestDisputeOfAnAccount(t *testing.T) {
	raw := []byte(`{"id":"dp_1","object":"dispute","amount":10000,"currency":"eur","status":"won","charge":"ch_1","balance_transactions":[` +
		transaction(`"type":"adjustment","amount":-10000,"fee":1500,"source":"dp_1","fee_details":[{"type":"stripe_fee","amount":1500}]`) + `,` +
		transaction(`"type":"adjustment","amount":10000,"source":"dp_1"`) + `]}`)
	d, err := wire.Dispute(raw, "acct_A")
	require.NoError(t, err)
	assert.Equal(t, []billing.Movement{
		moved(billing.EntryDispute, "dp_1", -10000),
		moved(billing.EntryFee, "dp_1", -1500),
		moved(billing.EntryDispute, "dp_1", 10000),
	}, d.Movements)
	t.Run("on the platform it moves nothing of an account's", func(t *testing.T) {
		d, err := wire.Dispute(raw, "")
		require.NoError(t, err)
		assert.Nil(t, d.Movements)
	})
}
