package billing

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// accountOf is the connected account that holds the object or is paid by it, and
// whether the object is an account's business at all. Of what the platform does for
// itself the account is empty.
func accountOf(o Object) (account string, connected bool) {
	switch o := o.(type) {
	case *Transfer:
		return o.Destination, true
	case *ApplicationFee:
		return o.Payer, true
	case *Account, *Payout, *Balance:
		return o.Head().Account, true
	}
	account = o.Head().Account
	return account, account != ""
}

// expertOf finds the expert of a connected account, and links the account to the
// expert that it names when nobody has it yet. Its customers stay strangers: whoever
// holds an account can write any client's id on them.
func (s *Service) expertOf(ctx context.Context, st Store, account string, o Object) (owner, error) {
	if account == "" {
		return owner{stranger: true}, nil
	}
	expert, err := st.ExpertOf(ctx, account)
	if !errors.Is(err, frontdesk.NotFound) {
		return owner{expert: expert}, err
	}
	expert, err = s.accountClaim(ctx, account, o)
	if err != nil || expert == "" {
		return owner{awaits: Key{KindAccount, AccountRef(account)}, stranger: o.Head().Account != ""}, err
	}
	expert, err = s.linkAccount(ctx, st, account, expert)
	return owner{expert: expert}, err
}

// accountClaim is the expert that the account names in its metadata, which only the
// platform can write.
func (s *Service) accountClaim(ctx context.Context, account string, o Object) (string, error) {
	if a, ok := o.(*Account); ok && !a.partial() {
		return s.expertNamed(a), nil
	}
	provider, err := able[Connect](s)
	if err != nil || s.options.PayloadOnly {
		return "", nil
	}
	a, err := provider.GetAccount(ctx, account)
	if errors.Is(err, frontdesk.NotFound) || errors.Is(err, frontdesk.PermissionDenied) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return s.expertNamed(a), nil
}

func (s *Service) expertNamed(a *Account) string {
	expert := a.Metadata[s.options.ExpertMetadataKey]
	if validExpert(expert) != nil {
		return ""
	}
	return expert
}

// linkAccount ties an account to an expert and wakes the events that waited for it.
func (s *Service) linkAccount(ctx context.Context, st Store, account, expert string) (owner string, err error) {
	k := Key{KindAccount, AccountRef(account)}
	err = s.gate(ctx, st, k, func(tx Store) error {
		if owner, err = tx.LinkAccount(ctx, account, expert); err != nil {
			return err
		}
		return tx.WakeEvents(ctx, k.String(), s.now())
	})
	return owner, err
}
