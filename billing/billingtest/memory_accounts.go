package billingtest

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/frontdesk-go/frontdesk"
)

// accountLink is the expert that a connected account is tied to.
type accountLink struct {
	expert string
	order  int64 // of linking
}

// LinkAccount ties an account to an expert unless it is tied already.
func (s *Store) LinkAccount(ctx context.Context, account, expert string) (string, error) {
	if account == "" {
		return "", frontdesk.InvalidField("account", "must not be empty")
	}
	if expert == "" {
		return "", frontdesk.InvalidField("expert", "must not be empty")
	}
	tied := expert
	err := s.do(ctx, func(d *data) error {
		if l, found := d.accounts.rows[account]; found {
			tied = l.expert
			return nil
		}
		d.accounts.put(account, accountLink{expert, d.nextID()})
		return nil
	})
	if err != nil {
		return "", err
	}
	return tied, nil
}

// ExpertOf returns the expert that the account is tied to.
func (s *Store) ExpertOf(ctx context.Context, account string) (string, error) {
	var l accountLink
	err := s.do(ctx, func(d *data) error {
		var found bool
		if l, found = d.accounts.rows[account]; !found {
			return frontdesk.Errorf(frontdesk.NotFound, "the account belongs to no expert")
		}
		return nil
	})
	return l.expert, err
}

// AccountsOf lists the expert's accounts, the first linked first.
func (s *Store) AccountsOf(ctx context.Context, expert string) ([]string, error) {
	var accounts []string
	err := s.do(ctx, func(d *data) error {
		for account, l := range d.accounts.rows {
			if l.expert == expert {
				accounts = append(accounts, account)
			}
		}
		order := func(account string) int64 { return d.accounts.rows[account].order }
		slices.SortFunc(accounts, func(a, b string) int { return cmp.Compare(order(a), order(b)) })
		return nil
	})
	return accounts, err
}

// LinkedAccounts lists all linked accounts in order of their ids, after the one given.
func (s *Store) LinkedAccounts(ctx context.Context, after string, limit int) ([]string, error) {
	var accounts []string
	err := s.do(ctx, func(d *data) error {
		all := slices.Sorted(maps.Keys(d.accounts.rows))
		at, found := slices.BinarySearch(all, after)
		if found {
			at++
		}
		accounts = all[at:min(len(all), at+max(limit, 0))]
		return nil
	})
	return accounts, err
}
