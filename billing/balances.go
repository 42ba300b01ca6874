package billing

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Balances lists what the expert has earned and where it is, per account and
// currency, as of now. An expert who never had an account has none.
func (s *Service) Balances(ctx context.Context, expert string) (all []LedgerBalance, err error) {
	const op = "billing.Balances"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	err = s.eachAccount(ctx, op, expert, toReadExpert, func(account string) error {
		found, err := s.store.Balances(ctx, account, s.now())
		all = append(all, found...)
		return err
	})
	return all, err
}

// EntryListing asks for a part of a ledger, newest first.
type EntryListing struct {
	Currency frontdesk.Currency // empty: all
	Kinds    []EntryKind        // empty: all
	Before   int64              // only entries with an ID below it
	Limit    int                // default 50, at most 500
}

// Entries lists the ledger of the account that the expert has now, newest first.
func (s *Service) Entries(ctx context.Context, expert string, l EntryListing) (entries []Entry, err error) {
	const op = "billing.Entries"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if l.Limit < 0 || l.Limit > maxPage {
		return nil, frontdesk.InvalidField("limit", "is not between 0 and %d", maxPage)
	}
	a, err := s.accountFor(ctx, op, expert, toReadExpert)
	if err != nil {
		return nil, err
	}
	return s.store.Entries(ctx, EntryFilter{Account: a.ID, Currency: l.Currency, Kinds: l.Kinds, Before: l.Before, Limit: l.Limit})
}

// LedgerDrift is a balance that does not agree with its entries.
type LedgerDrift struct {
	Stored, Computed LedgerBalance
}

// VerifyLedger computes the expert's balances anew from the entries and lists those
// that are stored otherwise. There are none, unless somebody has changed the tables.
func (s *Service) VerifyLedger(ctx context.Context, expert string) (drift []LedgerDrift, err error) {
	const op = "billing.VerifyLedger"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	err = s.eachAccount(ctx, op, expert, toOperate, func(account string) error {
		found, err := s.ledgerDrift(ctx, account)
		drift = append(drift, found...)
		return err
	})
	return drift, err
}

// RebuildLedger puts what VerifyLedger computes in the place of what is stored.
func (s *Service) RebuildLedger(ctx context.Context, expert string) (err error) {
	const op = "billing.RebuildLedger"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	return s.eachAccount(ctx, op, expert, toOperate, func(account string) error {
		return s.store.InTx(ctx, func(tx Store) error {
			if err := tx.RebuildBalances(ctx, account); err != nil {
				return err
			}
			return s.audit(ctx, tx, op, Key{KindAccount, AccountRef(account)}.String(), nil, nil)
		})
	})
}

// ledgerDrift compares at a moment when nothing is being written: the balances are
// the same before and after the entries are summed.
func (s *Service) ledgerDrift(ctx context.Context, account string) ([]LedgerDrift, error) {
	for {
		before, err := s.store.Balances(ctx, account, time.Time{})
		if err != nil {
			return nil, err
		}
		computed, err := s.store.SumEntries(ctx, account)
		if err != nil {
			return nil, err
		}
		after, err := s.store.Balances(ctx, account, time.Time{})
		if err != nil {
			return nil, err
		}
		if slices.Equal(before, after) {
			return differing(after, computed), nil
		}
	}
}

func differing(stored, computed []LedgerBalance) []LedgerDrift {
	pairs := map[frontdesk.Currency]LedgerDrift{}
	for _, b := range stored {
		pairs[b.Currency] = LedgerDrift{Stored: b}
	}
	for _, b := range computed {
		pairs[b.Currency] = LedgerDrift{pairs[b.Currency].Stored, b}
	}
	var drift []LedgerDrift
	for _, currency := range slices.Sorted(maps.Keys(pairs)) {
		if d := pairs[currency]; d.Stored != d.Computed {
			drift = append(drift, d)
		}
	}
	return drift
}

// eachAccount runs fn for every account that the expert has ever had.
func (s *Service) eachAccount(ctx context.Context, op, expert string, p permission, fn func(account string) error) error {
	if err := validExpert(expert); err != nil {
		return err
	}
	if err := s.allowExpert(ctx, op, expert, p); err != nil {
		return err
	}
	accounts, err := s.store.AccountsOf(ctx, expert)
	if err != nil {
		return err
	}
	for _, account := range accounts {
		if err := fn(account); err != nil {
			return err
		}
	}
	return nil
}
