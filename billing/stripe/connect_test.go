package stripe_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
)

func euros(cents int64) frontdesk.Money { return frontdesk.Money{Amount: cents, Currency: "eur"} }

// failure is the error of a call that returns one object.
func failure[T any](_ T, err error) error { return err }

// all reads a list to its end or its error.
func all[T any](seq iter.Seq2[T, error]) (items []T, err error) {
	for item, err := range seq {
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
	return items, nil
}

const (
	accountBody  = `{"id": "acct_1", "object": "account", "type": "express", "settings": {"payouts": {"schedule": {"interval": "daily", "delay_days": 2}}}}`
	transferBody = `{"id": "tr_1", "object": "transfer", "amount": 6000, "amount_reversed": 2000, "currency": "eur", "destination": "acct_1"}`
	reversalBody = `{"id": "trr_1", "object": "transfer_reversal", "amount": 2000, "currency": "eur", "transfer": "tr_1"}`
	feeBody      = `{"id": "fee_1", "object": "application_fee", "amount": 1300, "currency": "eur", "account": "acct_1"}`
	balanceBody  = `{"object": "balance", "available": [{"amount": 8700, "currency": "eur"}], "pending": []}`
)

// pageOf is an answer with objects.
func pageOf(more bool, objects string) answer {
	return says(http.StatusOK, fmt.Sprintf(`{"object": "list", "has_more": %t, "data": [%s]}`, more, objects))
}

// TestStripeAccount sends the account where the account is the one who acts, and
// not where the platform acts on it.
func TestStripeAccount(t *testing.T) {
	for _, c := range []struct {
		line, account, body string
		call                operation
	}{
		{"POST /v1/accounts op_1", "", accountBody, func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.CreateAccount(ctx, write, billing.AccountParams{Type: billing.AccountExpress}))
		}},
		{"GET /v1/accounts/acct_1", "", accountBody, func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.GetAccount(ctx, "acct_1"))
		}},
		{"POST /v1/accounts/acct_1 op_1", "", accountBody, func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.SetPayoutSchedule(ctx, write, billing.PayoutSchedule{Interval: billing.PayoutManual}))
		}},
		{"POST /v1/account_links op_1", "", `{"url": "https://connect.example/1", "expires_at": 1700000300}`, func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.CreateAccountLink(ctx, write, billing.AccountLinkParams{}))
		}},
		{"POST /v1/accounts/acct_1/login_links op_1", "", `{"url": "https://connect.example/2"}`, func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.CreateLoginLink(ctx, write))
		}},
		{"POST /v1/transfers op_1", "", transferBody, func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.CreateTransfer(ctx, write, billing.TransferParams{Amount: euros(100), Destination: "acct_1"}))
		}},
		{"GET /v1/transfers/tr_1", "", transferBody, func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.GetTransfer(ctx, "tr_1"))
		}},
		{"GET /v1/application_fees/fee_1", "", feeBody, func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.GetApplicationFee(ctx, "fee_1"))
		}},
		{"POST /v1/payouts op_1", "acct_1", payoutBody(""), func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.CreatePayout(ctx, write, billing.PayoutParams{Amount: euros(100)}))
		}},
		{"GET /v1/payouts/po_1", "acct_1", payoutBody(""), func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.GetPayout(ctx, billing.Ref{Account: "acct_1", ID: "po_1"}))
		}},
		{"GET /v1/balance", "acct_1", balanceBody, func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.GetBalance(ctx, "acct_1"))
		}},
	} {
		t.Run(c.line+" is made by "+map[string]string{"": "the platform", "acct_1": "the account"}[c.account], func(t *testing.T) {
			s, p := scripted(t, says(http.StatusOK, c.body))
			require.NoError(t, c.call(t.Context(), p))
			assert.Equal(t, []string{c.line}, s.lines())
			assert.Equal(t, c.account, s.requests[0].Header.Get("Stripe-Account"))
		})
	}
}

func TestConnectNeedsNames(t *testing.T) {
	nobody := billing.Write{IdempotencyKey: "op_1"}
	for _, c := range []struct {
		rule, field string
		call        operation
	}{
		{"an account is read", "id", func(ctx context.Context, p *stripe.Provider) error { return failure(p.GetAccount(ctx, "")) }},
		{"a schedule is set", "account", func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.SetPayoutSchedule(ctx, nobody, billing.PayoutSchedule{Interval: billing.PayoutManual}))
		}},
		{"a link is made", "account", func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.CreateAccountLink(ctx, nobody, billing.AccountLinkParams{}))
		}},
		{"a login link is made", "account", func(ctx context.Context, p *stripe.Provider) error { return failure(p.CreateLoginLink(ctx, nobody)) }},
		{"a transfer is made", "destination", func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.CreateTransfer(ctx, nobody, billing.TransferParams{Amount: euros(1)}))
		}},
		{"a transfer is read", "id", func(ctx context.Context, p *stripe.Provider) error { return failure(p.GetTransfer(ctx, " ")) }},
		{"a transfer is reversed", "id", func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.ReverseTransfer(ctx, nobody, "", billing.ReversalParams{}))
		}},
		{"a fee is read", "id", func(ctx context.Context, p *stripe.Provider) error { return failure(p.GetApplicationFee(ctx, "")) }},
		{"a payout is made", "account", func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.CreatePayout(ctx, nobody, billing.PayoutParams{Amount: euros(1)}))
		}},
		{"a payout is read", "id", func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.GetPayout(ctx, billing.Ref{Account: "acct_1"}))
		}},
		{"a payout of nobody is read", "account", func(ctx context.Context, p *stripe.Provider) error {
			return failure(p.GetPayout(ctx, billing.Ref{ID: "po_1"}))
		}},
		{"payouts are listed", "account", func(ctx context.Context, p *stripe.Provider) error {
			return failure(all(p.ListPayouts(ctx, billing.PayoutFilter{})))
		}},
		{"a balance is read", "account", func(ctx context.Context, p *stripe.Provider) error { return failure(p.GetBalance(ctx, "")) }},
		{"movements are listed", "account", func(ctx context.Context, p *stripe.Provider) error {
			return failure(all(p.ListMovements(ctx, billing.MovementFilter{})))
		}},
	} {
		t.Run(c.rule+" only with a name, and nothing is sent without", func(t *testing.T) {
			s, p := scripted(t, answers)
			err := c.call(t.Context(), p)
			require.ErrorIs(t, err, frontdesk.Invalid)
			assert.Equal(t, c.field, frontdesk.Fields(err)[0].Name)
			assert.Zero(t, s.attempts())
		})
	}
}

func TestConnectErrors(t *testing.T) {
	pays := func(ctx context.Context, p *stripe.Provider) error {
		return failure(p.CreatePayout(ctx, write, billing.PayoutParams{Amount: euros(100)}))
	}
	logs := func(ctx context.Context, p *stripe.Provider) error { return failure(p.CreateLoginLink(ctx, write)) }
	for _, c := range []struct {
		rule   string
		call   operation
		answer answer
		code   frontdesk.Code
	}{
		{"a deauthorised account", pays, refuses(403, `"type": "invalid_request_error", "code": "account_invalid"`), frontdesk.PermissionDenied},
		{"a deauthorised account of an old version", pays, refuses(401, `"type": "invalid_request_error", "code": "account_invalid"`), frontdesk.PermissionDenied},
		{"a balance that is not enough", pays, refuses(400, `"type": "invalid_request_error", "code": "balance_insufficient"`), frontdesk.FailedPrecondition},
		{"funds that are not enough", pays, refuses(400, `"type": "invalid_request_error", "code": "insufficient_funds"`), frontdesk.FailedPrecondition},
		{"a payer's funds that are not enough", creates, refuses(402, `"type": "card_error", "code": "insufficient_funds"`), frontdesk.Declined},
		{"payouts that are not enabled", pays, refuses(400, `"type": "invalid_request_error", "code": "payouts_not_allowed"`), frontdesk.FailedPrecondition},
		{"an amount that Stripe does not take", pays, refuses(400, `"type": "invalid_request_error", "code": "amount_too_small", "param": "amount"`), frontdesk.Invalid},
		{"a login link without an Express Dashboard", logs, refuses(400, `"type": "invalid_request_error"`), frontdesk.FailedPrecondition},
		{"a login link of a standard account", logs, refuses(400, `"type": "invalid_request_error", "code": "not_allowed_on_standard_account", "param": "account"`), frontdesk.FailedPrecondition},
	} {
		t.Run(c.rule, func(t *testing.T) {
			_, p := scripted(t, c.answer)
			err := c.call(t.Context(), p)
			assert.Equal(t, c.code.String(), frontdesk.CodeOf(err).String(), "%v", err)
		})
	}
}

func TestSetPayoutSchedule(t *testing.T) {
	set := func(t *testing.T, s billing.PayoutSchedule) url.Values {
		t.Helper()
		script, p := scripted(t, says(http.StatusOK, accountBody))
		a, err := p.SetPayoutSchedule(t.Context(), write, s)
		require.NoError(t, err)
		assert.Equal(t, billing.AccountRef("acct_1"), a.Ref)
		assert.Equal(t, billing.PayoutSchedule{Interval: billing.PayoutDaily, DelayDays: 2}, a.Schedule)
		return script.form(t, 0)
	}
	const schedule = "settings[payouts][schedule]"
	t.Run("no delay is the least that the country allows", func(t *testing.T) {
		assert.Equal(t, url.Values{schedule + "[interval]": {"daily"}, schedule + "[delay_days]": {"minimum"}},
			set(t, billing.PayoutSchedule{Interval: billing.PayoutDaily}))
	})
	t.Run("a weekday is Stripe's weekly anchor", func(t *testing.T) {
		assert.Equal(t, url.Values{schedule + "[interval]": {"weekly"}, schedule + "[weekly_anchor]": {"friday"}, schedule + "[delay_days]": {"7"}},
			set(t, billing.PayoutSchedule{Interval: billing.PayoutWeekly, Weekday: "friday", DelayDays: 7}))
	})
	t.Run("a day of the month is Stripe's monthly anchor", func(t *testing.T) {
		assert.Equal(t, url.Values{schedule + "[interval]": {"monthly"}, schedule + "[monthly_anchor]": {"31"}, schedule + "[delay_days]": {"minimum"}},
			set(t, billing.PayoutSchedule{Interval: billing.PayoutMonthly, MonthDay: 31}))
	})
	t.Run("with manual payouts the delay is left alone", func(t *testing.T) {
		assert.Equal(t, url.Values{schedule + "[interval]": {"manual"}}, set(t, billing.PayoutSchedule{Interval: billing.PayoutManual}))
	})
	for param, field := range map[string]string{
		"interval": "interval", "delay_days": "delay_days", "weekly_anchor": "weekday", "monthly_anchor": "month_day",
	} {
		t.Run("a refused "+param+" is the field "+field, func(t *testing.T) {
			_, p := scripted(t, refuses(400, `"type": "invalid_request_error", "param": "`+schedule+`[`+param+`]"`))
			_, err := p.SetPayoutSchedule(t.Context(), write, billing.PayoutSchedule{Interval: billing.PayoutDaily})
			require.ErrorIs(t, err, frontdesk.Invalid)
			assert.Equal(t, field, frontdesk.Fields(err)[0].Name)
		})
	}
}

func TestAccountLinks(t *testing.T) {
	t.Run("a link without an address is not taken for one", func(t *testing.T) {
		_, p := scripted(t, says(http.StatusOK, `{"object": "account_link", "expires_at": 1700000300}`))
		_, err := p.CreateAccountLink(t.Context(), write, billing.AccountLinkParams{})
		assert.Equal(t, frontdesk.OutcomeUnknown.String(), frontdesk.CodeOf(err).String())
		_, err = p.CreateLoginLink(t.Context(), write)
		assert.Equal(t, frontdesk.OutcomeUnknown.String(), frontdesk.CodeOf(err).String())
	})
}

func TestListAccounts(t *testing.T) {
	s, p := scripted(t, pageOf(true, accountBody), pageOf(false, `{"id": "acct_2", "object": "account"}`))
	accounts, err := all(p.ListAccounts(t.Context()))
	require.NoError(t, err)
	require.Len(t, accounts, 2)
	assert.Equal(t, billing.AccountRef("acct_2"), accounts[1].Ref)
	assert.Equal(t, "acct_1", s.requests[1].URL.Query().Get("starting_after"))
	assert.Empty(t, s.requests[0].Header.Get("Stripe-Account"))
}
