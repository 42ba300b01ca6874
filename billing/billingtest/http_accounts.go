package billingtest

import (
	"context"
	"iter"
	"strconv"

	"github.com/frontdesk-go/frontdesk/billing"
)

var accountRoutes = map[string]endpoint{
	"POST /v1/accounts":                  createAccount,
	"GET /v1/accounts":                   listAccounts,
	"GET /v1/accounts/{id}":              getAccount,
	"POST /v1/accounts/{id}":             updateAccount,
	"POST /v1/accounts/{id}/login_links": createLoginLink,
	"POST /v1/account_links":             createAccountLink,
}

func createAccount(c *call) action {
	f := c.form
	params := billing.AccountParams{
		Type: billing.AccountType(f.text("type")), Country: f.text("country"),
		Email: f.text("email"), Metadata: f.pairs("metadata"),
	}
	for _, capability := range []string{"card_payments", "transfers"} {
		f.flag("capabilities[" + capability + "][requested]")
	}
	return func(ctx context.Context) (any, error) { return c.CreateAccount(ctx, c.own(""), params) }
}

// own is a write of the platform, about an account that is not in the header.
func (c *call) own(account string) billing.Write {
	return billing.Write{Account: account, IdempotencyKey: c.write.IdempotencyKey}
}

func listAccounts(c *call) action {
	return listing(c, func(ctx context.Context) iter.Seq2[*billing.Account, error] { return c.ListAccounts(ctx) })
}

func getAccount(c *call) action {
	return func(ctx context.Context) (any, error) { return c.GetAccount(ctx, c.id) }
}

// updateAccount changes the payout schedule, which is all that platforms change here.
func updateAccount(c *call) action {
	const at = "settings[payouts][schedule]"
	f := c.form
	schedule := billing.PayoutSchedule{
		Interval: billing.PayoutInterval(f.text(at + "[interval]")),
		Weekday:  f.text(at + "[weekly_anchor]"), MonthDay: f.number(at + "[monthly_anchor]"),
		DelayDays: f.delayDays(at + "[delay_days]"),
	}
	return func(ctx context.Context) (any, error) { return c.SetPayoutSchedule(ctx, c.own(c.id), schedule) }
}

// delayDays reads a number of days, or "minimum" as 0.
func (f *form) delayDays(name string) int64 {
	text := f.text(name)
	if text == "" || text == "minimum" {
		return 0
	}
	days, err := strconv.ParseInt(text, 10, 64)
	if err != nil || days <= 0 {
		f.fail(name, "must be a number of days or minimum")
	}
	return days
}

func createLoginLink(c *call) action {
	return func(ctx context.Context) (any, error) {
		link, err := c.CreateLoginLink(ctx, c.own(c.id))
		if err != nil {
			return nil, err
		}
		return object{"object": "login_link", "created": c.Now().Unix(), "url": link.URL}, nil
	}
}

func createAccountLink(c *call) action {
	f := c.form
	account := f.text("account")
	params := billing.AccountLinkParams{RefreshURL: f.text("refresh_url"), ReturnURL: f.text("return_url")}
	if account == "" {
		f.fail("account", "must not be empty")
	}
	if f.text("type") != "account_onboarding" {
		f.fail("type", "must be account_onboarding")
	}
	return func(ctx context.Context) (any, error) {
		link, err := c.CreateAccountLink(ctx, c.own(account), params)
		if err != nil {
			return nil, err
		}
		return object{
			"object": "account_link", "created": c.Now().Unix(), "expires_at": link.ExpiresAt.Unix(), "url": link.URL,
		}, nil
	}
}
