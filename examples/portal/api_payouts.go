package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

func (p *portal) payoutRoutes() []route {
	get, post, ok := http.MethodGet, http.MethodPost, http.StatusOK
	return []route{
		{get, "/portal/api/payouts", payees, ok, p.payouts},
		{post, "/portal/api/payouts", experts, http.StatusCreated, p.payOut},
		{get, "/portal/api/payouts/{id}", payees, ok, p.payout},
		{get, "/portal/api/payouts/{id}/lines.csv", payees, ok, p.payoutCSV},
	}
}

// payouts lists those of the expert's account, each with what it has paid.
func (p *portal) payouts(r *http.Request) (any, error) {
	q, expert, err := readExpert(r, "cursor", "limit", "status")
	if err != nil {
		return nil, err
	}
	l := billing.Listing{Cursor: q.text("cursor"), Limit: q.limit(), States: q.all("status")}
	if err := q.err(); err != nil {
		return nil, err
	}
	all, next, err := p.explained(r.Context(), expert, l)
	return page(all, next), err
}

// explained lists payouts with their lines. Who has no account has none.
func (p *portal) explained(ctx context.Context, expert string, l billing.Listing) ([]payout, string, error) {
	found, next, err := p.pay.Payouts(ctx, expert, l)
	if errors.Is(err, frontdesk.NotFound) {
		return []payout{}, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	all := make([]payout, len(found))
	for i, one := range found {
		_, lines, err := p.pay.PayoutLines(ctx, expert, one.ID)
		if err != nil {
			return nil, "", err
		}
		all[i] = payoutRecord(one, lines)
	}
	return all, next, nil
}

// payout shows one, by our id or the provider's.
func (p *portal) payout(r *http.Request) (any, error) {
	found, lines, err := p.payoutLines(r)
	if err != nil {
		return nil, err
	}
	return payoutRecord(found, lines), nil
}

func (p *portal) payoutLines(r *http.Request) (*billing.Payout, []billing.PayoutLine, error) {
	_, expert, err := readExpert(r)
	if err != nil {
		return nil, nil, err
	}
	id, err := pathID(r)
	if err != nil {
		return nil, nil, err
	}
	return p.pay.PayoutLines(r.Context(), expert, id)
}

// payoutCSV is a payout's lines as a file for spreadsheets.
func (p *portal) payoutCSV(r *http.Request) (any, error) {
	found, lines, err := p.payoutLines(r)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := billing.WritePayoutCSV(&out, found, lines); err != nil {
		return nil, err
	}
	return file{name: found.ID + ".csv", contentType: "text/csv; charset=utf-8", content: out.Bytes()}, nil
}

// payOut pays the expert outside of the schedule.
func (p *portal) payOut(r *http.Request) (any, error) {
	var body struct {
		Amount      frontdesk.Money `json:"amount"`
		Description string          `json:"description"`
	}
	key, err := idempotencyKey(r)
	if err := errors.Join(err, readBody(r, &body)); err != nil {
		return nil, err
	}
	a, err := frontdesk.ActorFrom(r.Context())
	if err != nil {
		return nil, err
	}
	made, err := p.pay.PayOut(r.Context(), a.ExpertID, billing.Withdrawal{Amount: body.Amount, Description: body.Description, Key: key})
	if err != nil {
		return nil, err
	}
	made, lines, err := p.pay.PayoutLines(r.Context(), a.ExpertID, made.ID)
	if err != nil {
		return nil, err
	}
	return payoutRecord(made, lines), nil
}
