package billing

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// VerifyAccount reads the expert's account from the provider and returns it as it is
// now. When none is linked, it looks for the one that names the expert in its
// metadata, and else, with an address, for one that nobody has and that was made
// with it; it links what it finds. Only the host may look for accounts. It is NotFound
// when there is none, and FailedPrecondition when several have the address.
func (s *Service) VerifyAccount(ctx context.Context, expert, email string) (a *Account, err error) {
	const op = "billing.VerifyAccount"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := validEmail("email", email); err != nil {
		return nil, err
	}
	a, err = s.accountFor(ctx, op, expert, toReadExpert)
	if errors.Is(err, frontdesk.NotFound) {
		return s.findAccount(ctx, op, expert, email)
	}
	if err != nil {
		return nil, err
	}
	return s.readAccount(ctx, a, expert)
}

// readAccount brings what is known of an account up to date.
func (s *Service) readAccount(ctx context.Context, a *Account, expert string) (*Account, error) {
	if _, err := s.refresh(ctx, target{key: a.Key(), shown: a}, owner{expert: expert}, s.now().Truncate(time.Second)); err != nil {
		return nil, err
	}
	return s.currentAccount(ctx, expert)
}

func (s *Service) findAccount(ctx context.Context, op, expert, email string) (*Account, error) {
	if err := s.allowExpert(ctx, op, expert, toOperate); err != nil {
		return nil, err
	}
	provider, err := able[Connect](s)
	if err != nil {
		return nil, err
	}
	var byEmail []string
	for a, err := range provider.ListAccounts(ctx) {
		if err != nil {
			return nil, err
		}
		named := s.expertNamed(a)
		if named == expert {
			return s.adoptAccount(ctx, op, expert, a.ID)
		}
		if email != "" && named == "" && strings.EqualFold(a.Email, email) {
			byEmail = append(byEmail, a.ID)
		}
	}
	switch len(byEmail) {
	case 0:
		return nil, frontdesk.Errorf(frontdesk.NotFound, "the expert has no connected account")
	case 1:
		return s.adoptAccount(ctx, op, expert, byEmail[0])
	}
	return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "several accounts have the address: link one by its id")
}

// LinkAccount ties an account that exists at the provider to an expert, reads what it
// holds, and processes the events that have waited for that. Linking it again
// changes nothing; an account that is another expert's is AlreadyExists.
func (s *Service) LinkAccount(ctx context.Context, expert, account string) (err error) {
	const op = "billing.LinkAccount"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := errors.Join(validExpert(expert), validID("account", account)); err != nil {
		return err
	}
	if err := s.allowExpert(ctx, op, expert, toOperate); err != nil {
		return err
	}
	_, err = s.adoptAccount(ctx, op, expert, account)
	return err
}

func (s *Service) adoptAccount(ctx context.Context, op, expert, account string) (*Account, error) {
	before, err := s.store.AccountsOf(ctx, expert)
	if err != nil {
		return nil, err
	}
	err = s.store.InTx(ctx, func(tx Store) error {
		whose, err := s.linkAccount(ctx, tx, account, expert)
		if err != nil {
			return err
		}
		if whose != expert {
			return frontdesk.Errorf(frontdesk.AlreadyExists, "the account belongs to another expert")
		}
		return s.audit(ctx, tx, op, Key{KindAccount, AccountRef(account)}.String(), nil, map[string]string{"expert": expert})
	})
	if err != nil {
		return nil, err
	}
	if !s.options.PayloadOnly && !slices.Contains(before, account) {
		if err := s.importAccount(ctx, account); err != nil {
			return nil, err
		}
	}
	return s.currentAccount(ctx, expert)
}

// ReconnectAccount takes an account that was deauthorised for connected again, after
// the provider has let us read it. Nothing else ends a deauthorisation: not an event
// that comes late, nor that the account can be read.
func (s *Service) ReconnectAccount(ctx context.Context, expert string) (a *Account, err error) {
	const op = "billing.ReconnectAccount"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err = s.accountFor(ctx, op, expert, toOperate)
	if err != nil || !a.Disconnected() {
		return a, err
	}
	provider, err := able[Connect](s)
	if err != nil {
		return nil, err
	}
	var fresh *Account
	err = s.locked(ctx, a.Key().String(), func(ctx context.Context) (err error) {
		fresh, err = provider.GetAccount(ctx, a.ID)
		return err
	}, func(tx Store) error {
		fresh.Version = Version{At: later(a.Version.At, fresh.Created), Rank: RankRead}
		fresh.ConnectedAt = later(s.now().Truncate(time.Second), a.DisconnectedAt.Add(time.Second))
		if _, err := s.apply(ctx, tx, fresh, owner{expert: expert}); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, a.Key().String(), nil, facts(fresh))
	})
	if err != nil {
		return nil, err
	}
	return s.currentAccount(ctx, expert)
}
