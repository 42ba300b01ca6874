package wire_test

import (
	"testing"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// transaction is a balance transaction in euros with more members.
func transaction(members string) string {
	return `{"id":"txn_1","object":"balance_transaction","created":1788253200,"available_on":1788339600,"currency":"eur","status":"pending",` + members + `}`
}

// moved is a movement of it.
func moved(kind billing.EntryKind, object string, amount int64) billing.Movement {
	return billing.Movement{Transaction: "txn_1", Kind: kind, Object: object, Amount: eur(amount), Created: day(0), AvailableOn: day(1)}
}

func held(amount int64) billing.Movement {
	m := moved(billing.EntryAdjustment, "txn_1", amount)
	m.Held = true
	return m
}

func TestMovements(t *testing.T) {
	const (
		commission = `{"type":"application_fee","amount":1300,"currency":"eur"}`
		stripeFee  = `{"type":"stripe_fee","amount":175,"currency":"eur"}`
		tax        = `{"type":"tax","amount":25,"currency":"eur"}`
	)
	charge := func(members string) string { return `"source":{"id":"ch_1","object":"charge"` + members + `}` }
	one := func(m ...billing.Movement) []billing.Movement { return m }
	for _, tt := range []struct {
		rule, members string
		want          []billing.Movement
	}{
		{"a charge that was made there is named by itself", `"type":"charge","amount":10000,` + charge(`,"source_transfer":null`), one(moved(billing.EntryCharge, "ch_1", 10000))},
		{"a charge whose source is not expanded, too", `"type":"payment","amount":10000,"source":"py_1"`, one(moved(billing.EntryCharge, "py_1", 10000))},
		{"a charge that came with a transfer is the transfer", `"type":"payment","amount":10000,"source":{"id":"py_1","object":"charge","source_transfer":"tr_1"}`, one(moved(billing.EntryTransfer, "tr_1", 10000))},
		{"an expanded transfer is named, too", `"type":"payment","amount":10000,"source":{"id":"py_1","object":"charge","source_transfer":{"id":"tr_1","object":"transfer"}}`, one(moved(billing.EntryTransfer, "tr_1", 10000))},
		{
			"the commission is the application fee, and the rest of the fee the charge's",
			`"type":"charge","amount":10000,"fee":1500,"fee_details":[` + stripeFee + `,` + commission + `,` + tax + `],` + charge(`,"application_fee":"fee_1"`),
			one(moved(billing.EntryCharge, "ch_1", 10000), moved(billing.EntryFee, "fee_1", -1300), moved(billing.EntryFee, "ch_1", -200)),
		},
		{
			"a commission that the charge does not name is a part of the charge's fee",
			`"type":"charge","amount":10000,"fee":1475,"fee_details":[` + commission + `,` + stripeFee + `],` + charge(`,"application_fee":null`),
			one(moved(billing.EntryCharge, "ch_1", 10000), moved(billing.EntryFee, "ch_1", -1475)),
		},
		{
			"the provider's fee on a charge that came with a transfer is the charge's",
			`"type":"payment","amount":10000,"fee":175,"fee_details":[` + stripeFee + `],"source":{"id":"py_1","object":"charge","source_transfer":"tr_1"}`,
			one(moved(billing.EntryTransfer, "tr_1", 10000), moved(billing.EntryFee, "py_1", -175)),
		},
		{"a fee without details is all the charge's", `"type":"charge","amount":10000,"fee":300,` + charge(`,"application_fee":"fee_1"`), one(moved(billing.EntryCharge, "ch_1", 10000), moved(billing.EntryFee, "ch_1", -300))},
		{"a refund is named by itself", `"type":"refund","amount":-500,"source":{"id":"re_1","object":"refund","source_transfer_reversal":null}`, one(moved(billing.EntryRefund, "re_1", -500))},
		{"a refund that is a reversal is the reversal", `"type":"payment_refund","amount":-500,"source":{"id":"pyr_1","object":"refund","source_transfer_reversal":"trr_1"}`, one(moved(billing.EntryRefund, "trr_1", -500))},
		{"a refund that is not expanded is named by itself", `"type":"payment_refund","amount":-500,"source":"pyr_1"`, one(moved(billing.EntryRefund, "pyr_1", -500))},
		{"a refund that failed comes back as the refund", `"type":"refund_failure","amount":500,"source":"re_1"`, one(moved(billing.EntryRefund, "re_1", 500))},
		{"a fee that comes back with a refund is the refund's", `"type":"refund","amount":-500,"fee":-30,"source":"re_1"`, one(moved(billing.EntryRefund, "re_1", -500), moved(billing.EntryFee, "re_1", 30))},
		{"a commission that is given back is the fee refund", `"type":"adjustment","amount":650,"source":{"id":"fr_1","object":"fee_refund"}`, one(moved(billing.EntryFee, "fr_1", 650))},
		{"a commission that is given back without a name is a fee all the same", `"type":"adjustment","reporting_category":"fee","amount":650,"source":null`, one(moved(billing.EntryFee, "txn_1", 650))},
		{"a dispute is named by itself, with its fee", `"type":"adjustment","amount":-10000,"fee":1500,"source":"dp_1"`, one(moved(billing.EntryDispute, "dp_1", -10000), moved(billing.EntryFee, "dp_1", -1500))},
		{"a dispute of an old name, too", `"type":"adjustment","amount":-10000,"source":{"id":"du_1","object":"dispute"}`, one(moved(billing.EntryDispute, "du_1", -10000))},
		{"a reserve is held", `"type":"reserve_transaction","amount":-700,"source":null`, one(held(-700))},
		{"reserved funds are held", `"type":"reserved_funds","amount":-700,"source":"rf_1"`, one(held(-700))},
		{"a hold is held", `"type":"reserve_hold","amount":-700,"source":null`, one(held(-700))},
		{"a release is of what was held", `"type":"reserve_release","amount":700,"source":null`, one(held(700))},
		{"a minimum balance is held", `"type":"payout_minimum_balance_hold","amount":-700,"source":null`, one(held(-700))},
		{"a minimum balance is released", `"type":"payout_minimum_balance_release","amount":700,"source":null`, one(held(700))},
		{"a fee of its own is named by its line", `"type":"stripe_fee","amount":-200,"source":null`, one(moved(billing.EntryFee, "txn_1", -200))},
		{"a tax of its own, too", `"type":"tax_fee","amount":-38,"source":null`, one(moved(billing.EntryFee, "txn_1", -38))},
		{"a network's cost, too", `"type":"network_cost","amount":-5`, one(moved(billing.EntryFee, "txn_1", -5))},
		{"a correction of a charge is named by its line", `"type":"payment_reversal","amount":-9,` + charge(``), one(moved(billing.EntryAdjustment, "txn_1", -9))},
		{"a type that is not known is named by its line, and so is its fee", `"type":"made_up","amount":9,"fee":1,"source":{"id":"x_1","object":"x"}`, one(moved(billing.EntryAdjustment, "txn_1", 9), moved(billing.EntryFee, "txn_1", -1))},
		{"a payout is no movement", `"type":"payout","amount":-9000,"source":"po_1"`, nil},
		{"a payout that was canceled is none", `"type":"payout_cancel","amount":9000,"source":{"id":"po_1","object":"payout"}`, nil},
		{"a payout that failed is none", `"type":"payout_failure","amount":9000,"source":"po_1"`, nil},
		{"the fee of an instant payout is one", `"type":"payout","amount":-9000,"fee":90,"source":"po_1"`, one(moved(billing.EntryFee, "po_1", -90))},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			got, err := wire.Movements([]byte(transaction(tt.members)), "acct_A")
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
	t.Run("amounts are in the currency's own unit", func(t *testing.T) {
		got, err := wire.Movements([]byte(`{"id":"txn_1","type":"charge","amount":100000,"fee":13000,"currency":"isk","source":"ch_1"}`), "")
		require.NoError(t, err)
		require.Len(t, got, 2)
		assert.Equal(t, frontdesk.Money{Amount: 1000, Currency: "isk"}, got[0].Amount)
		assert.Equal(t, frontdesk.Money{Amount: -130, Currency: "isk"}, got[1].Amount)
	})
	for _, raw := range []string{
		``, `null`, `"txn_1"`, `{}`, `{"id":"","object":"balance_transaction"}`, `{"id":"po_1","object":"payout"}`,
		transaction(`"amount":"1"`), transaction(`"source":7`), `{"id":"txn_1","amount":1,"currency":"zzz"}`,
	} {
		t.Run("no balance transaction: "+raw, func(t *testing.T) {
			_, err := wire.Movements([]byte(raw), "acct_A")
			require.ErrorIs(t, err, frontdesk.Invalid)
		})
	}
}

// FuzzMovements: whatever is read adds up, and every movement has a name.
func FuzzMovements(f *testing.F) {
	for _, members := range []string{
		`"type":"payment","amount":10000,"fee":1300,"fee_details":[{"type":"application_fee","amount":1300}],
			"source":{"id":"py_1","object":"charge","source_transfer":"tr_1","application_fee":"fee_1"}`,
		`"type":"payment_refund","amount":-500,"source":{"id":"pyr_1","object":"refund","source_transfer_reversal":{"id":"trr_1"}}`,
		`"type":"adjustment","amount":-10000,"fee":1500,"source":"dp_1"`,
		`"type":"payout","amount":-9000,"fee":90,"source":null`,
		`"type":"reserve_hold","amount":-9223372036854775808,"fee":-9223372036854775808`,
	} {
		f.Add([]byte(transaction(members)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		movements, err := wire.Movements(raw, "acct_A")
		if err != nil {
			require.ErrorIs(t, err, frontdesk.Invalid)
			return
		}
		for _, m := range movements {
			requireStorable(t, m.Transaction, m.Object)
			require.NotEmpty(t, m.Transaction)
			require.NotEmpty(t, m.Object)
			require.NotEqual(t, billing.EntryPayout, m.Kind)
		}
	})
}
