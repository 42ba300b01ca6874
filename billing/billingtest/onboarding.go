package billingtest

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk/billing"
)

// linkLife is how long an onboarding link is good.
const linkLife = 5 * time.Minute

// CreateAccountLink returns a page where the expert is onboarded. Nobody opens
// it: see CompleteOnboarding.
func (p *Provider) CreateAccountLink(ctx context.Context, w billing.Write, c billing.AccountLinkParams) (*billing.AccountLink, error) {
	if err := mustWrite(w, w.Account); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CreateAccountLink", w, c), ofExpert(func(a *account) (*billing.AccountLink, error) {
		switch {
		case !isAbsolute(c.RefreshURL):
			return nil, invalid("refresh_url", "must be an address")
		case !isAbsolute(c.ReturnURL):
			return nil, invalid("return_url", "must be an address")
		}
		return &billing.AccountLink{
			URL: p.options.Pages + "/onboarding/" + a.id + "/" + p.newID("al"), ExpiresAt: a.second().Add(linkLife),
		}, nil
	}))
}

func isAbsolute(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.IsAbs() && u.Host != ""
}

// CreateLoginLink returns a page that shows an Express account to its expert.
func (p *Provider) CreateLoginLink(ctx context.Context, w billing.Write) (*billing.LoginLink, error) {
	if err := mustWrite(w, w.Account); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CreateLoginLink", w), ofExpert(func(a *account) (*billing.LoginLink, error) {
		switch {
		case a.connected.Type != billing.AccountExpress:
			return nil, invalid("account", "must be an Express account")
		case !a.connected.DetailsSubmitted:
			return nil, wrongState("", "Cannot create a login link for an account that has not completed onboarding.")
		}
		return &billing.LoginLink{URL: p.options.Pages + "/express/" + a.id + "/" + p.newID("ll")}, nil
	}))
}

// CompleteOnboarding is the expert who tells Stripe all it wants to know.
func (p *Provider) CompleteOnboarding(accountID string) error {
	return p.outside(accountID, func(a *account) error {
		if a.connected.DetailsSubmitted {
			return wrongState("", "The account has been onboarded.")
		}
		a.enable()
		return nil
	})
}

// RequireMore is Stripe, which wants to know more of an account that was
// onboarded. What is not submitted by the deadline disables payouts. See
// SubmitRequirements.
func (p *Provider) RequireMore(accountID string, deadline time.Time, requirements ...string) error {
	return p.outside(accountID, func(a *account) error {
		if !a.connected.DetailsSubmitted {
			return wrongState("", "The account has not been onboarded.")
		}
		a.changeAccount(func(c *billing.Account) {
			a.ask(requirements...)
			c.Requirements.Deadline = deadline.UTC().Truncate(time.Second)
		})
		return nil
	})
}

// SubmitRequirements is the expert who tells what was required, to Stripe's
// satisfaction.
func (p *Provider) SubmitRequirements(accountID string) error {
	return p.outside(accountID, func(a *account) error {
		if !a.connected.DetailsSubmitted {
			return wrongState("", "The account has not been onboarded.")
		}
		a.enable()
		return nil
	})
}

// RejectRequirement is the expert who tells what was required, but not to
// Stripe's satisfaction: it stays due, with the error.
func (p *Provider) RejectRequirement(accountID, requirement, code, reason string) error {
	return p.outside(accountID, func(a *account) error {
		a.changeAccount(func(c *billing.Account) {
			a.ask(requirement)
			c.Requirements.Errors = slices.DeleteFunc(c.Requirements.Errors, func(e billing.RequirementError) bool {
				return e.Requirement == requirement
			})
			c.Requirements.Errors = append(c.Requirements.Errors, billing.RequirementError{
				Requirement: requirement, Code: code, Reason: reason,
			})
		})
		return nil
	})
}

// ask makes requirements due.
func (a *account) ask(requirements ...string) {
	r := &a.connected.Requirements
	for _, name := range requirements {
		if !slices.Contains(r.CurrentlyDue, name) {
			r.CurrentlyDue = append(r.CurrentlyDue, name)
			r.EventuallyDue = append(r.EventuallyDue, name)
		}
	}
}

// deadlineDue is when what is required now disables the account.
func (a *account) deadlineDue() due {
	if a.connected.Requirements.Deadline.IsZero() {
		return due{}
	}
	return due{a.connected.Requirements.Deadline, a.disable}
}

func (a *account) disable() {
	a.changeAccount(func(c *billing.Account) {
		r := &c.Requirements
		r.PastDue, r.Deadline = slices.Clone(r.CurrentlyDue), time.Time{}
		r.DisabledReason, c.PayoutsEnabled = "requirements.past_due", false
	})
}
