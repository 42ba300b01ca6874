package billing

import (
	"context"
	"errors"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// post writes into the ledger what a new state of an object means for the balance
// of the account that it concerns: for each position the difference to what its
// entries say already. Two views of one movement, as a transfer and the charge that
// it makes, share a position, so it is written once, whichever comes first.
func (s *Service) post(ctx context.Context, tx Store, o Object) error {
	account, connected := accountOf(o)
	if !connected || account == "" {
		return nil
	}
	asOf := later(s.now(), o.Head().Version.At)
	if _, told := o.(*Balance); told {
		return tx.MatureBalances(ctx, account, asOf)
	}
	_, err := s.enter(ctx, tx, account, positions(o), asOf)
	return err
}

// enter adds the entries that the positions lack, and says how many. When another view
// of the same movement is written at this moment, it looks once more at what is lacking.
func (s *Service) enter(ctx context.Context, tx Store, account string, all []position, asOf time.Time) (int, error) {
	n, err := s.addLacking(ctx, tx, all)
	if errors.Is(err, frontdesk.Aborted) {
		n, err = s.addLacking(ctx, tx, all)
	}
	if err != nil || n == 0 {
		return 0, err
	}
	return n, tx.MatureBalances(ctx, account, asOf)
}

func (s *Service) addLacking(ctx context.Context, tx Store, all []position) (int, error) {
	var entries []Entry
	for _, p := range all {
		fresh, err := s.unwritten(ctx, tx, p)
		if err != nil {
			return 0, err
		}
		entries = append(entries, fresh...)
	}
	if len(entries) == 0 {
		return 0, nil
	}
	return len(entries), tx.AddEntries(ctx, entries...)
}

// unwritten lists the entries that a position lacks. What the provider's balance
// has shown once is not replaced by what is only derived, and a line of a
// statement only counts where nothing better is known.
func (s *Service) unwritten(ctx context.Context, tx Store, p position) ([]Entry, error) {
	written, err := tx.EntriesOf(ctx, p.account, p.kind, p.object)
	if err != nil {
		return nil, err
	}
	for _, e := range written {
		if e.Exact && (p.line || !p.exact) {
			return nil, nil
		}
	}
	fresh := difference(p.legs, written)
	for i := range fresh {
		e := &fresh[i]
		e.Account, e.Kind, e.Object, e.Part = p.account, p.kind, p.object, len(written)+i+1
		e.Exact, e.Created, e.RecordedAt = p.exact, p.created, s.now()
	}
	return fresh, nil
}

// difference is what has to be added to the written entries to make them sum to
// the legs, per currency and day of availability.
func difference(legs, written []Entry) []Entry {
	type day struct {
		currency frontdesk.Currency
		at       int64
	}
	var open []Entry
	places := map[day]int{}
	place := func(e Entry) *Entry {
		d := day{e.Currency, e.AvailableOn.UnixMicro()}
		at, found := places[d]
		if !found {
			at, places[d] = len(open), len(open)
			open = append(open, Entry{Currency: e.Currency, AvailableOn: e.AvailableOn.Truncate(time.Microsecond)})
		}
		return &open[at]
	}
	for _, e := range legs {
		place(e).add(e, 1)
	}
	for _, e := range written {
		place(e).add(e, -1)
	}
	var fresh []Entry
	for _, e := range open {
		if e.moves() {
			fresh = append(fresh, e)
		}
	}
	return fresh
}

// add counts in what another entry moves: with the sign -1, what it has moved.
func (e *Entry) add(o Entry, sign int64) {
	e.Gross += sign * o.Gross
	e.Fee += sign * o.Fee
	e.Balance += sign * o.Balance
	e.InTransit += sign * o.InTransit
	e.PaidOut += sign * o.PaidOut
	e.Held += sign * o.Held
}

func (e Entry) moves() bool {
	return e.Gross != 0 || e.Fee != 0 || e.Balance != 0 || e.InTransit != 0 || e.PaidOut != 0 || e.Held != 0
}
