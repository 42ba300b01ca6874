package contract_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
)

// platformCalls are about an account, or about nobody, and are made by the platform.
var platformCalls = []call{
	{"an account is created", func(ctx context.Context, p *stripe.Provider, _ string) error {
		return one(p.CreateAccount(ctx, on(""), billing.AccountParams{
			Type: billing.AccountExpress, Country: "PT", Email: "nina@experts.example", Metadata: map[string]string{"expert": "nina"},
		}))
	}, []string{"POST /v1/accounts type=express&country=PT&email=nina@experts.example&metadata[expert]=nina" +
		"&capabilities[card_payments][requested]=true&capabilities[transfers][requested]=true"}},
	{"an account is read", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.GetAccount(ctx, acct))
	}, []string{"GET /v1/accounts/acct_1"}},
	{"accounts are listed", func(ctx context.Context, p *stripe.Provider, _ string) error {
		return all(p.ListAccounts(ctx))
	}, []string{"GET /v1/accounts limit=100"}},
	{"payouts are made weekly, as soon as may be", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.SetPayoutSchedule(ctx, on(acct), billing.PayoutSchedule{Interval: billing.PayoutWeekly, Weekday: "friday"}))
	}, []string{"POST /v1/accounts/acct_1 settings[payouts][schedule][interval]=weekly" +
		"&settings[payouts][schedule][weekly_anchor]=friday&settings[payouts][schedule][delay_days]=minimum"}},
	{"payouts are made monthly, after a delay", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.SetPayoutSchedule(ctx, on(acct), billing.PayoutSchedule{Interval: billing.PayoutMonthly, MonthDay: 31, DelayDays: 7}))
	}, []string{"POST /v1/accounts/acct_1 settings[payouts][schedule][interval]=monthly" +
		"&settings[payouts][schedule][monthly_anchor]=31&settings[payouts][schedule][delay_days]=7"}},
	{"payouts are made by hand", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.SetPayoutSchedule(ctx, on(acct), billing.PayoutSchedule{Interval: billing.PayoutManual}))
	}, []string{"POST /v1/accounts/acct_1 settings[payouts][schedule][interval]=manual"}},
	{"an onboarding link is made", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreateAccountLink(ctx, on(acct), billing.AccountLinkParams{
			RefreshURL: "https://example.com/again", ReturnURL: "https://example.com/done",
		}))
	}, []string{"POST /v1/account_links account=acct_1&refresh_url=https://example.com/again" +
		"&return_url=https://example.com/done&type=account_onboarding"}},
	{"a login link is made", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreateLoginLink(ctx, on(acct)))
	}, []string{"POST /v1/accounts/acct_1/login_links"}},
	{"a transfer is made", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreateTransfer(ctx, on(""), billing.TransferParams{
			Amount: euros, Destination: acct, Source: "ch_1", Group: "order_1", Description: "Workshop", Metadata: map[string]string{"client": "acme"},
		}))
	}, []string{"POST /v1/transfers amount=4900&currency=eur&destination=acct_1&source_transaction=ch_1" +
		"&transfer_group=order_1&description=Workshop&metadata[client]=acme"}},
	{"a transfer is read", func(ctx context.Context, p *stripe.Provider, _ string) error {
		return one(p.GetTransfer(ctx, "tr_1"))
	}, []string{"GET /v1/transfers/tr_1"}},
	{"transfers are listed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return all(p.ListTransfers(ctx, billing.TransferFilter{Destination: acct, Since: since}))
	}, []string{"GET /v1/transfers destination=acct_1&created[gte]=1700000000&limit=100"}},
	{"a transfer is reversed", func(ctx context.Context, p *stripe.Provider, _ string) error {
		return one(p.ReverseTransfer(ctx, on(""), "tr_1", billing.ReversalParams{RefundFee: true, Metadata: map[string]string{"client": "acme"}}))
	}, []string{
		"POST /v1/transfers/tr_1/reversals refund_application_fee=true&metadata[client]=acme",
		"GET /v1/transfers/tr_1",
	}},
	{"a part of a transfer is reversed", func(ctx context.Context, p *stripe.Provider, _ string) error {
		return one(p.ReverseTransfer(ctx, on(""), "tr_1", billing.ReversalParams{Amount: dollars}))
	}, []string{"GET /v1/transfers/tr_1", "POST /v1/transfers/tr_1/reversals amount=4900", "GET /v1/transfers/tr_1"}},
	{"an application fee is read", func(ctx context.Context, p *stripe.Provider, _ string) error {
		return one(p.GetApplicationFee(ctx, "fee_1"))
	}, []string{"GET /v1/application_fees/fee_1"}},
	{"application fees are listed", func(ctx context.Context, p *stripe.Provider, _ string) error {
		return all(p.ListApplicationFees(ctx, billing.ApplicationFeeFilter{Since: since}))
	}, []string{"GET /v1/application_fees created[gte]=1700000000&limit=100"}},
}

// accountCalls are made in the name of the account.
var accountCalls = []call{
	{"a payout is made", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreatePayout(ctx, on(acct), billing.PayoutParams{Amount: euros, Description: "March", Metadata: map[string]string{"month": "3"}}))
	}, []string{"POST /v1/payouts amount=4900&currency=eur&description=March&metadata[month]=3"}},
	{"an automatic payout is read with what it pays", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.GetPayout(ctx, ref(acct, "po_1")))
	}, []string{"GET /v1/payouts/po_1", "GET /v1/balance_transactions payout=po_1&expand[0]=data.source&limit=100"}},
	{"payouts are listed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return all(p.ListPayouts(ctx, billing.PayoutFilter{Account: acct, Since: since}))
	}, []string{"GET /v1/payouts created[gte]=1700000000&limit=100"}},
	{"a balance is read", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.GetBalance(ctx, acct))
	}, []string{"GET /v1/balance"}},
	{"movements are listed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return all(p.ListMovements(ctx, billing.MovementFilter{Account: acct, Since: since}))
	}, []string{"GET /v1/balance_transactions created[gte]=1700000000&expand[0]=data.source&limit=100"}},
}

func TestConnectRequests(t *testing.T) {
	for header, calls := range map[string][]call{"": platformCalls, "acct_1": accountCalls} {
		for _, c := range calls {
			t.Run(c.rule, func(t *testing.T) {
				m, p := newMock(t)
				require.NoError(t, c.do(t.Context(), p, "acct_1"))
				require.Len(t, m.requests, len(c.want))
				for i, want := range c.want {
					requireRequest(t, want, header, key, m.requests[i])
				}
			})
		}
	}
}

// TestConnectAnswers reads the mock's objects, which are Stripe's own examples.
func TestConnectAnswers(t *testing.T) {
	_, p := newMock(t)
	ctx := t.Context()
	t.Run("an account tells what is due, and is its own holder", func(t *testing.T) {
		a, err := p.GetAccount(ctx, "acct_1")
		require.NoError(t, err)
		assert.Equal(t, billing.AccountRef("acct_1"), a.Ref)
		assert.Contains(t, a.Requirements.CurrentlyDue, "external_account")
		assert.Equal(t, billing.AccountRestricted, a.Status())
		assert.Equal(t, billing.PayoutSchedule{Interval: billing.PayoutDaily, DelayDays: 2}, a.Schedule)
	})
	t.Run("links have addresses", func(t *testing.T) {
		onboarding, err := p.CreateAccountLink(ctx, on("acct_1"), billing.AccountLinkParams{RefreshURL: "https://a.example", ReturnURL: "https://a.example"})
		require.NoError(t, err)
		assert.NotEmpty(t, onboarding.URL)
		assert.False(t, onboarding.ExpiresAt.IsZero())
		login, err := p.CreateLoginLink(ctx, on("acct_1"))
		require.NoError(t, err)
		assert.NotEmpty(t, login.URL)
	})
	t.Run("a payout is held by its account and has the movements of its balance", func(t *testing.T) {
		payout, err := p.GetPayout(ctx, ref("acct_1", "po_1"))
		require.NoError(t, err)
		assert.Equal(t, ref("acct_1", "po_1"), payout.Ref)
		assert.Equal(t, int64(1100), payout.Amount.Amount)
		require.Len(t, payout.Movements, 1)
		assert.Equal(t, frontdesk.Money{Amount: 100, Currency: "usd"}, payout.Movements[0].Amount)
	})
	t.Run("a transfer and a fee are the platform's", func(t *testing.T) {
		transfer, err := p.GetTransfer(ctx, "tr_1")
		require.NoError(t, err)
		assert.Equal(t, ref("", "tr_1"), transfer.Ref)
		assert.NotEmpty(t, transfer.Destination)
		assert.NotEmpty(t, transfer.DestinationPayment)
		fee, err := p.GetApplicationFee(ctx, "fee_1")
		require.NoError(t, err)
		assert.Equal(t, ref("", "fee_1"), fee.Ref)
		assert.NotEmpty(t, fee.Payer)
		assert.NotEmpty(t, fee.Charge)
	})
	t.Run("a balance is its account's", func(t *testing.T) {
		balance, err := p.GetBalance(ctx, "acct_1")
		require.NoError(t, err)
		assert.Equal(t, billing.AccountRef("acct_1"), balance.Ref)
		assert.Len(t, balance.Available, 1)
		assert.Len(t, balance.Pending, 1)
	})
	t.Run("a charge on an account has its movements, and on the platform none", func(t *testing.T) {
		payment, err := p.GetPayment(ctx, ref("acct_1", "ch_1"))
		require.NoError(t, err)
		require.Len(t, payment.Movements, 1)
		assert.Equal(t, "ch_1", payment.Movements[0].Object)
		payment, err = p.GetPayment(ctx, ref("", "ch_1"))
		require.NoError(t, err)
		assert.Nil(t, payment.Movements)
	})
}
