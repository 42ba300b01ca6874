package billing

import (
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// PayoutLine is a part of what a payout has paid.
type PayoutLine struct {
	Kind    EntryKind
	Object  string // the provider's id of what moved the money; empty for a rest
	Amount  frontdesk.Money
	Created time.Time
}

// PayoutLines explains a payout of the expert's, by our id or the provider's, line by
// line. The lines sum to its amount, always: of an automatic payout they are
// those that the provider has paid with it. Of others they are what became
// available since the payout before. What is left over then (money that stayed in
// the account or had stayed there before, or that was earned before Frontdesk knew it)
// is one more line, of kind EntryAdjustment without object.
func (s *Service) PayoutLines(ctx context.Context, expert, id string) (p *Payout, lines []PayoutLine, err error) {
	ctx, end := s.begin(ctx, "billing.PayoutLines")
	defer end(&err)
	if p, err = s.Payout(ctx, expert, id); err != nil {
		return nil, nil, err
	}
	if len(p.Movements) == 0 {
		if lines, err = s.linesSince(ctx, p); err != nil {
			return nil, nil, err
		}
	}
	for _, m := range p.Movements {
		lines = append(lines, PayoutLine{m.Kind, m.Object, m.Amount, m.Created})
	}
	return p, withRest(p, lines), nil
}

func withRest(p *Payout, lines []PayoutLine) []PayoutLine {
	rest := p.Amount
	for _, l := range lines {
		rest.Amount -= l.Amount.Amount
	}
	if rest.Amount == 0 {
		return lines
	}
	return append(lines, PayoutLine{Kind: EntryAdjustment, Amount: rest, Created: p.Created})
}

// linesSince lists what became available between the payout before and this one.
func (s *Service) linesSince(ctx context.Context, p *Payout) ([]PayoutLine, error) {
	since, err := s.payoutBefore(ctx, p)
	if err != nil {
		return nil, err
	}
	f := EntryFilter{
		Account: p.Account, Currency: p.Amount.Currency, AvailableAfter: since, AvailableUntil: p.Created,
		Kinds: []EntryKind{EntryCharge, EntryTransfer, EntryFee, EntryRefund, EntryDispute, EntryAdjustment},
	}
	entries, err := s.entries(ctx, f)
	if err != nil {
		return nil, err
	}
	return gather(entries), nil
}

// gather sums entries by what has moved the money, in the order in which it happened.
func gather(entries []Entry) []PayoutLine {
	type name struct {
		kind   EntryKind
		object string
	}
	var lines []PayoutLine
	places := map[name]int{}
	for i := len(entries) - 1; i >= 0; i-- {
		e := entries[i]
		at, found := places[name{e.Kind, e.Object}]
		if !found {
			at, places[name{e.Kind, e.Object}] = len(lines), len(lines)
			lines = append(lines, PayoutLine{e.Kind, e.Object, frontdesk.Money{Currency: e.Currency}, e.Created})
		}
		lines[at].Amount.Amount += e.Balance
	}
	lines = slices.DeleteFunc(lines, func(l PayoutLine) bool { return l.Amount.Amount == 0 })
	slices.SortStableFunc(lines, func(a, b PayoutLine) int { return a.Created.Compare(b.Created) })
	return lines
}

// payoutBefore is when the payout before p took what was available.
func (s *Service) payoutBefore(ctx context.Context, p *Payout) (time.Time, error) {
	f := EntryFilter{Account: p.Account, Currency: p.Amount.Currency, Kinds: []EntryKind{EntryPayout}, AvailableUntil: p.Created}
	entries, err := s.entries(ctx, f)
	var before time.Time
	for _, e := range entries {
		if e.Object != p.ID && e.AvailableOn.Before(p.Created) {
			before = later(before, e.AvailableOn)
		}
	}
	return before, err
}

// entries reads all pages of a filter, newest first.
func (s *Service) entries(ctx context.Context, f EntryFilter) ([]Entry, error) {
	var all []Entry
	for f.Limit = maxPage; ; f.Before = all[len(all)-1].ID {
		page, err := s.store.Entries(ctx, f)
		if all = append(all, page...); err != nil || len(page) < f.Limit {
			return all, err
		}
	}
}

// WritePayoutCSV writes a payout's lines as CSV (RFC 4180) with a header. Amounts are
// decimal, in the payout's currency. Text that a spreadsheet would take for a
// formula is quoted with an apostrophe.
func WritePayoutCSV(w io.Writer, p *Payout, lines []PayoutLine) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"payout", "status", "arrival_date", "kind", "object", "created", "amount", "currency"}); err != nil {
		return err
	}
	for _, l := range lines {
		row := []string{
			cell(p.ID), cell(string(p.Status)), date(p.ArrivalDate), cell(string(l.Kind)), cell(l.Object),
			l.Created.UTC().Format(time.RFC3339), l.Amount.Decimal(), string(l.Amount.Currency),
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// cell keeps a text from being run as a formula.
// https://owasp.org/www-community/attacks/CSV_Injection
func cell(text string) string {
	if strings.ContainsAny(text[:min(1, len(text))], "=+-@\t\r\n") {
		return "'" + text
	}
	return text
}
