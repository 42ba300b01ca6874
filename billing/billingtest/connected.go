package billingtest

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// connected is what makes an account that of an expert, with what
// billing.Account does not show.
type connected struct {
	billing.Account
	bank      string    // where payouts go
	gone      bool      // deauthorised
	announced time.Time // the last balance.available
	paidOut   time.Time // the last time that the schedule was carried out
	failures  []string  // codes of payouts that will fail
}

// CreateAccount makes an account that has to be onboarded before it takes or
// gets money. See CompleteOnboarding.
func (p *Provider) CreateAccount(ctx context.Context, w billing.Write, c billing.AccountParams) (*billing.Account, error) {
	if err := mustWrite(w); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CreateAccount", w, c), func(*account) (*billing.Account, error) {
		if err := checkAccount(c); err != nil {
			return nil, err
		}
		return p.connect(p.newID("acct"), c), nil
	})
}

// GetAccount returns a connected account. One that is not, or no longer,
// connected is PermissionDenied.
func (p *Provider) GetAccount(ctx context.Context, id string) (*billing.Account, error) {
	if err := mustID(id); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("GetAccount", id), ofExpert(func(a *account) (*billing.Account, error) {
		return &a.connected.Account, nil
	}))
}

// ListAccounts lists the connected accounts, newest first.
func (p *Provider) ListAccounts(ctx context.Context) iter.Seq2[*billing.Account, error] {
	return list(ctx, p, "ListAccounts", "", func(*account) ([]*billing.Account, error) {
		var rows []*billing.Account
		for a := range p.all() {
			if a.connected != nil && !a.connected.gone {
				rows = append([]*billing.Account{clone(&a.connected.Account)}, rows...)
			}
		}
		return rows, nil
	})
}

// AddAccount makes an account with a chosen id whose onboarding is done, and
// returns it. It panics when there is one with that id, or when the details are
// refused.
func (p *Provider) AddAccount(id string, c billing.AccountParams) *billing.Account {
	if err := checkAccount(c); err != nil {
		panic("billingtest: " + err.Error())
	}
	if id == "" {
		panic("billingtest: the platform is no connected account")
	}
	var added *billing.Account
	_ = p.drive(func() error {
		if a, known := p.accounts[id]; known && a.connected != nil {
			panic("billingtest: there is an account " + id + " already")
		}
		p.connect(id, c)
		a := p.accounts[id]
		a.enable()
		added = clone(&a.connected.Account)
		return nil
	})
	return added
}

// Deauthorize is the expert, or Stripe, who cuts the account off from the
// platform: from now on calls with it are PermissionDenied, and the platform
// hears no more of it.
func (p *Provider) Deauthorize(accountID string) error {
	return p.outside(accountID, func(a *account) error {
		if a.connected.gone {
			return wrongState("", "The account is not connected.")
		}
		a.emit("account.application.deauthorized", p.application(), nil)
		a.connected.gone = true
		return nil
	})
}

// Reauthorize connects an account again that was deauthorised.
func (p *Provider) Reauthorize(accountID string) error {
	return p.outside(accountID, func(a *account) error {
		if !a.connected.gone {
			return wrongState("", "The account is connected.")
		}
		a.connected.gone = false
		a.emit("account.application.authorized", p.application(), nil)
		return nil
	})
}

// application is the platform, as an account sees it.
type application struct{ id string }

func (p *Provider) application() application { return application{"ca_" + p.options.Seed} }

// outside carries out what happens to a connected account without a request.
func (p *Provider) outside(id string, do func(*account) error) error {
	return p.drive(func() error {
		a, known := p.accounts[id]
		if !known || a.connected == nil {
			return missing("account", id)
		}
		return do(a)
	})
}

// ofExpert carries a request out that only connected accounts can have.
func ofExpert[T any](do func(*account) (T, error)) func(*account) (T, error) {
	return func(a *account) (T, error) {
		if a.connected == nil {
			var none T
			return none, noAccess(a.id)
		}
		return do(a)
	}
}

// reach refuses requests for an account that has left.
func (p *Provider) reach(id string) error {
	if a, known := p.accounts[id]; known && a.connected != nil && a.connected.gone {
		return noAccess(id)
	}
	return nil
}

// noAccess is what Stripe says of accounts that are not connected, whether they
// exist or not.
func noAccess(id string) error {
	return &frontdesk.Error{Code: frontdesk.PermissionDenied, Err: &APIError{
		Status: http.StatusForbidden, Type: "invalid_request_error", Code: "account_invalid",
		Message: "The provided key does not have access to account '" + id + "' (or that account does not exist). Application access may have been revoked.",
	}}
}

func checkAccount(c billing.AccountParams) error {
	switch c.Type {
	case "", billing.AccountExpress, billing.AccountStandard, billing.AccountCustom:
	default:
		return invalid("type", "must be express, standard or custom")
	}
	if c.Country != "" && (len(c.Country) != 2 || strings.Trim(c.Country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return invalid("country", "must be two capital letters")
	}
	if c.Email != "" && !strings.Contains(c.Email, "@") {
		return invalid("email", "must be an email address")
	}
	return nil
}

// connect makes the account one of an expert who has told nothing yet.
func (p *Provider) connect(id string, c billing.AccountParams) *billing.Account {
	a := p.account(id)
	code := orElse(c.Country, p.options.Country)
	a.connected = &connected{bank: a.newID("ba"), Account: billing.Account{
		Header:  billing.Header{Ref: billing.AccountRef(id), Created: a.second(), Metadata: merged(nil, c.Metadata)},
		Type:    billing.AccountType(orElse(string(c.Type), string(billing.AccountExpress))),
		Email:   c.Email,
		Country: code, Currency: countryOf(code).currency,
		Capabilities: map[string]string{"card_payments": "inactive", "transfers": "inactive"},
		Schedule:     billing.PayoutSchedule{Interval: billing.PayoutDaily, DelayDays: countryOf(code).delay},
	}}
	a.ask("external_account", "individual.verification.document", "tos_acceptance.date")
	return &a.connected.Account
}

// enable is the end of onboarding: nothing is due, and everything is allowed.
func (a *account) enable() {
	a.changeAccount(func(c *billing.Account) {
		c.DetailsSubmitted, c.ChargesEnabled, c.PayoutsEnabled = true, true, true
		c.Requirements = billing.Requirements{}
		c.Capabilities = map[string]string{"card_payments": "active", "transfers": "active"}
	})
}

// changeAccount changes what everyone sees of an account, and tells.
func (a *account) changeAccount(change func(*billing.Account)) {
	before := clone(&a.connected.Account)
	change(&a.connected.Account)
	a.emit("account.updated", &a.connected.Account, before)
}

// takesTransfers reports whether money may be sent to the account.
func (a *account) takesTransfers() bool {
	return a.connected != nil && a.connected.Capabilities["transfers"] == "active"
}
