package billing

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// AccountDetails is what is known of an expert before their account is made.
type AccountDetails struct {
	Type    AccountType // default AccountExpress
	Country string      // ISO 3166-1 alpha-2; default: the platform's. It can never be changed.
	Email   string
}

func (d AccountDetails) validate() error {
	var errs []error
	switch d.Type {
	case "", AccountExpress, AccountStandard, AccountCustom:
	default:
		errs = append(errs, frontdesk.InvalidField("type", "is not express, standard or custom"))
	}
	letter := func(r rune) bool { return r < 'A' || r > 'Z' }
	if d.Country != "" && (len(d.Country) != 2 || strings.ContainsFunc(d.Country, letter)) {
		errs = append(errs, frontdesk.InvalidField("country", "is not two capital letters"))
	}
	return errors.Join(append(errs, validEmail("email", d.Email))...)
}

// Account returns the expert's connected account as it was last seen. It is
// NotFound when the expert has none.
func (s *Service) Account(ctx context.Context, expert string) (a *Account, err error) {
	const op = "billing.Account"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	return s.accountFor(ctx, op, expert, toReadExpert)
}

// EnsureAccount returns the expert's connected account, and makes one when there is
// none. However many ask at once, the expert gets one. A disconnected account stays
// the expert's: see ReconnectAccount.
func (s *Service) EnsureAccount(ctx context.Context, expert string, d AccountDetails) (a *Account, err error) {
	const op = "billing.EnsureAccount"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := d.validate(); err != nil {
		return nil, err
	}
	a, err = s.accountFor(ctx, op, expert, toWriteExpert)
	if !errors.Is(err, frontdesk.NotFound) {
		return a, err
	}
	return s.createAccount(ctx, op, expert, d)
}

// createAccount makes the expert's first account. The intent names the expert
// alone, so that all who ask at once have the same one.
func (s *Service) createAccount(ctx context.Context, op, expert string, d AccountDetails) (*Account, error) {
	provider, err := able[Connect](s)
	if err != nil {
		return nil, err
	}
	if d.Type == "" {
		d.Type = AccountExpress
	}
	w := write[AccountParams]{
		op: op, intent: "account of " + expert, target: Key{Kind: KindAccount}, owner: owner{expert: expert},
		params: AccountParams{
			Type: d.Type, Country: d.Country, Email: d.Email, Metadata: map[string]string{s.options.ExpertMetadataKey: expert},
		},
	}
	return carryOut(ctx, s, w, func(ctx context.Context, key Write, p AccountParams) (*Account, error) {
		if a, err := s.currentAccount(ctx, expert); !errors.Is(err, frontdesk.NotFound) {
			return a, err // another process was first
		}
		return provider.CreateAccount(ctx, key, p)
	})
}

// accountFor is the expert's account, for an actor that has the permission.
func (s *Service) accountFor(ctx context.Context, op, expert string, p permission) (*Account, error) {
	if err := validExpert(expert); err != nil {
		return nil, err
	}
	if err := s.allowExpert(ctx, op, expert, p); err != nil {
		return nil, err
	}
	return s.currentAccount(ctx, expert)
}

// currentAccount is the account that was linked to the expert last. One that is only
// linked yet is read from the provider.
func (s *Service) currentAccount(ctx context.Context, expert string) (*Account, error) {
	ids, err := s.store.AccountsOf(ctx, expert)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, frontdesk.Errorf(frontdesk.NotFound, "the expert has no connected account")
	}
	k := Key{KindAccount, AccountRef(ids[len(ids)-1])}
	o, err := known(ctx, s.store, k)
	if err == nil && o == nil && !s.options.PayloadOnly {
		if _, err = s.refresh(ctx, target{key: k}, owner{expert: expert}, time.Time{}); err == nil {
			o, err = known(ctx, s.store, k)
		}
	}
	if err != nil {
		return nil, err
	}
	if o == nil {
		return &Account{Header: Header{Ref: k.Ref}}, nil
	}
	return o.(*Account), nil
}

// connected is the provider's side of an account that may be used.
func (s *Service) connected(a *Account) (Connect, error) {
	if a.Disconnected() {
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "the account %s is disconnected", a.ID)
	}
	return able[Connect](s)
}

// payee is the account that an expert's money goes to.
func (s *Service) payee(ctx context.Context, expert string) (*Account, error) {
	if err := validExpert(expert); err != nil {
		return nil, err
	}
	a, err := s.currentAccount(ctx, expert)
	if errors.Is(err, frontdesk.NotFound) {
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "the expert has no connected account")
	}
	if err != nil {
		return nil, err
	}
	_, err = s.connected(a)
	return a, err
}
