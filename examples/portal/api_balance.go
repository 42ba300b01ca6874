package main

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

func (p *portal) balanceRoutes() []route {
	get, ok := http.MethodGet, http.StatusOK
	return []route{
		{get, "/portal/api/balance", payees, ok, p.balance},
		{get, "/portal/api/earnings", payees, ok, p.earnings},
		{get, "/portal/api/entries", payees, ok, p.entries},
	}
}

// balance lists where the expert's money is, by account and currency.
func (p *portal) balance(r *http.Request) (any, error) {
	_, expert, err := readExpert(r)
	if err != nil {
		return nil, err
	}
	found, err := p.pay.Balances(r.Context(), expert)
	return page(records(found, balanceRecord), ""), err
}

// earnings lists what the expert has earned with all of their accounts, by currency.
func (p *portal) earnings(r *http.Request) (any, error) {
	_, expert, err := readExpert(r)
	if err != nil {
		return nil, err
	}
	found, err := p.earned(r.Context(), expert)
	return page(records(found, earningsRecord), ""), err
}

func (p *portal) earned(ctx context.Context, expert string) ([]billing.LedgerBalance, error) {
	found, err := p.pay.Balances(ctx, expert)
	slices.SortStableFunc(found, func(a, b billing.LedgerBalance) int { return cmp.Compare(a.Currency, b.Currency) })
	var sums []billing.LedgerBalance
	for _, b := range found {
		last := len(sums) - 1
		if last < 0 || sums[last].Currency != b.Currency {
			sums = append(sums, b)
			continue
		}
		sums[last] = sumOf(sums[last], b)
	}
	return sums, err
}

// sumOf adds what an expert has in another account.
func sumOf(a, b billing.LedgerBalance) billing.LedgerBalance {
	a.Gross += b.Gross
	a.Fee += b.Fee
	a.Refunded += b.Refunded
	a.Pending += b.Pending
	a.Available += b.Available
	a.InTransit += b.InTransit
	a.PaidOut += b.PaidOut
	a.Held += b.Held
	return a
}

// entries lists the ledger.
func (p *portal) entries(r *http.Request) (any, error) {
	q, expert, err := readExpert(r, "cursor", "limit", "currency", "kind")
	if err != nil {
		return nil, err
	}
	l := billing.EntryListing{Currency: q.currency(), Before: q.before(), Limit: q.limit()}
	for _, kind := range q.all("kind") {
		l.Kinds = append(l.Kinds, billing.EntryKind(kind))
	}
	if err := q.err(); err != nil {
		return nil, err
	}
	found, err := p.pay.Entries(r.Context(), expert, l)
	if err != nil && !errors.Is(err, frontdesk.NotFound) {
		return nil, err
	}
	var next string
	if len(found) == l.Limit {
		next = strconv.FormatInt(found[len(found)-1].ID, 10)
	}
	return page(records(found, entryRecord), next), nil
}
