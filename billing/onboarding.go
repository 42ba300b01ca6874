package billing

import (
	"context"
	"errors"
)

// Onboarding says where the provider's onboarding leads back to.
type Onboarding struct {
	RefreshPath string // where a link that is used up or too old leads: call OnboardExpert there again
	ReturnPath  string // where it leads when the expert leaves it, done or not: ask for Account there
}

// OnboardExpert makes a link that leads the expert to the provider's onboarding, and
// the account when there is none. The link is good once, for minutes: send
// the expert there at once, and never mail it.
func (s *Service) OnboardExpert(ctx context.Context, expert string, d AccountDetails, o Onboarding) (link *AccountLink, err error) {
	const op = "billing.OnboardExpert"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	refresh, err1 := s.returnURL("refresh_path", o.RefreshPath)
	back, err2 := s.returnURL("return_path", o.ReturnPath)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	a, err := s.EnsureAccount(ctx, expert, d)
	if err != nil {
		return nil, err
	}
	provider, err := s.connected(a)
	if err != nil {
		return nil, err
	}
	w := write[AccountLinkParams]{
		op: op, target: a.Key(), owner: owner{expert: expert}, params: AccountLinkParams{RefreshURL: refresh, ReturnURL: back},
	}
	return carryOutUnmirrored(ctx, s, w, provider.CreateAccountLink)
}

// AccountLogin makes a link that leads the expert to the provider's dashboard for
// them, once.
func (s *Service) AccountLogin(ctx context.Context, expert string) (link *LoginLink, err error) {
	const op = "billing.AccountLogin"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := s.accountFor(ctx, op, expert, toWriteExpert)
	if err != nil {
		return nil, err
	}
	provider, err := s.connected(a)
	if err != nil {
		return nil, err
	}
	w := write[struct{}]{op: op, target: a.Key(), owner: owner{expert: expert}}
	return carryOutUnmirrored(ctx, s, w, func(ctx context.Context, w Write, _ struct{}) (*LoginLink, error) {
		return provider.CreateLoginLink(ctx, w)
	})
}

// SetPayoutSchedule changes when the expert is paid. What the country of the account
// does not allow is Invalid, with the field of [PayoutSchedule].
func (s *Service) SetPayoutSchedule(ctx context.Context, expert string, schedule PayoutSchedule) (a *Account, err error) {
	const op = "billing.SetPayoutSchedule"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := schedule.validate(); err != nil {
		return nil, err
	}
	a, err = s.accountFor(ctx, op, expert, toWriteExpert)
	if err != nil {
		return nil, err
	}
	provider, err := s.connected(a)
	if err != nil {
		return nil, err
	}
	w := write[PayoutSchedule]{op: op, target: a.Key(), owner: owner{expert: expert}, params: schedule}
	return carryOut(ctx, s, w, provider.SetPayoutSchedule)
}
