package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"time"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// CreateAccount implements [billing.Accounts].
func (p *Provider) CreateAccount(ctx context.Context, w billing.Write, a billing.AccountParams) (*billing.Account, error) {
	params := &stripego.AccountParams{
		Params:   ownWriting(w),
		Type:     optional(string(a.Type)),
		Country:  optional(a.Country),
		Email:    optional(a.Email),
		Metadata: a.Metadata,
		Capabilities: &stripego.AccountCapabilitiesParams{
			CardPayments: &stripego.AccountCapabilitiesCardPaymentsParams{Requested: stripego.Bool(true)},
			Transfers:    &stripego.AccountCapabilitiesTransfersParams{Requested: stripego.Bool(true)},
		},
	}
	return call(ctx, p, params, p.api.accounts.New, wire.Account)
}

// GetAccount implements [billing.Accounts]. Of an account that is not connected,
// or not any more, Stripe does not say whether it exists: it is PermissionDenied.
func (p *Provider) GetAccount(ctx context.Context, id string) (*billing.Account, error) {
	return callOn(ctx, p, id, &stripego.AccountParams{}, p.api.accounts.GetByID, wire.Account)
}

// ListAccounts implements [billing.Accounts].
func (p *Provider) ListAccounts(ctx context.Context) iter.Seq2[*billing.Account, error] {
	params := func() *stripego.AccountListParams {
		return &stripego.AccountListParams{ListParams: listing("")}
	}
	return list(ctx, p, params, p.api.accounts.List, wire.Account)
}

// SetPayoutSchedule implements [billing.Accounts]. A delay of 0 is Stripe's
// "minimum"; with manual payouts it stays as it is.
func (p *Provider) SetPayoutSchedule(ctx context.Context, w billing.Write, s billing.PayoutSchedule) (*billing.Account, error) {
	if err := checkID("account", w.Account); err != nil {
		return nil, err
	}
	schedule := &stripego.AccountSettingsPayoutsScheduleParams{
		Interval:      stripego.String(string(s.Interval)),
		DelayDays:     optional(s.DelayDays),
		WeeklyAnchor:  optional(s.Weekday),
		MonthlyAnchor: optional(s.MonthDay),
	}
	if s.DelayDays == 0 && s.Interval != billing.PayoutManual {
		schedule.DelayDaysMinimum = stripego.Bool(true)
	}
	params := &stripego.AccountParams{
		Params:   ownWriting(w),
		Settings: &stripego.AccountSettingsParams{Payouts: &stripego.AccountSettingsPayoutsParams{Schedule: schedule}},
	}
	return callOn(ctx, p, w.Account, params, p.api.accounts.Update, wire.Account)
}

// CreateAccountLink implements [billing.Accounts].
func (p *Provider) CreateAccountLink(ctx context.Context, w billing.Write, l billing.AccountLinkParams) (*billing.AccountLink, error) {
	if err := checkID("account", w.Account); err != nil {
		return nil, err
	}
	params := &stripego.AccountLinkParams{
		Params:     ownWriting(w),
		Account:    &w.Account,
		RefreshURL: &l.RefreshURL,
		ReturnURL:  &l.ReturnURL,
		Type:       stripego.String(string(stripego.AccountLinkTypeAccountOnboarding)),
	}
	return do(ctx, p, request{onObject: true}, params, p.api.accountLinks.New, accountLink)
}

// CreateLoginLink implements [billing.Accounts]. An account that has no Express
// Dashboard, or was not onboarded, is FailedPrecondition.
func (p *Provider) CreateLoginLink(ctx context.Context, w billing.Write) (*billing.LoginLink, error) {
	if err := checkID("account", w.Account); err != nil {
		return nil, err
	}
	params := &stripego.LoginLinkParams{Params: ownWriting(w), Account: &w.Account}
	return do(ctx, p, request{onObject: true}, params, p.api.loginLinks.New, loginLink)
}

var errNoLink = errors.New("a link without a url")

func accountLink(raw []byte, _ string) (*billing.AccountLink, error) {
	var l struct {
		URL       string `json:"url"`
		ExpiresAt int64  `json:"expires_at"`
	}
	if err := json.Unmarshal(raw, &l); err != nil {
		return nil, err
	}
	if l.URL == "" {
		return nil, errNoLink
	}
	return &billing.AccountLink{URL: l.URL, ExpiresAt: time.Unix(l.ExpiresAt, 0).UTC()}, nil
}

func loginLink(raw []byte, _ string) (*billing.LoginLink, error) {
	var l billing.LoginLink
	if err := json.Unmarshal(raw, &l); err != nil {
		return nil, err
	}
	if l.URL == "" {
		return nil, errNoLink
	}
	return &l, nil
}
