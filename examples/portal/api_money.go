package main

import (
	"errors"
	"net/http"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// moneyRoutes are what only an admin does with others' money.
func (p *portal) moneyRoutes() []route {
	post, ok := http.MethodPost, http.StatusOK
	return []route{
		{post, "/portal/api/payments/{id}/refund", admins, http.StatusCreated, p.refund},
		{post, "/portal/api/admin/transfers/{id}/reverse", admins, ok, p.reverseTransfer},
		{post, "/portal/api/admin/experts/{id}/ledger/verify", admins, ok, p.verifyLedger},
		{post, "/portal/api/admin/experts/{id}/ledger/rebuild", admins, ok, p.rebuildLedger},
	}
}

// refund gives a payment back, whole or in part.
func (p *portal) refund(r *http.Request) (any, error) {
	var body struct {
		Amount         frontdesk.Money `json:"amount"`
		Reason         string          `json:"reason"`
		KeepCommission bool            `json:"keep_commission"`
		KeepShare      bool            `json:"keep_share"`
	}
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	key, err := idempotencyKey(r)
	if err := errors.Join(err, readBody(r, &body)); err != nil {
		return nil, err
	}
	made, err := p.pay.Refund(r.Context(), id, billing.Return{
		Amount: body.Amount, Reason: billing.RefundReason(body.Reason), Key: key,
		KeepCommission: body.KeepCommission, KeepShare: body.KeepShare,
	})
	if err != nil {
		return nil, err
	}
	return refundRecord(made), nil
}

// reverseTransfer takes money back from an expert, whole or in part.
func (p *portal) reverseTransfer(r *http.Request) (any, error) {
	var body struct {
		Amount frontdesk.Money `json:"amount"`
	}
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	key, err := idempotencyKey(r)
	if err := errors.Join(err, readBody(r, &body)); err != nil {
		return nil, err
	}
	t, err := p.pay.ReverseTransfer(r.Context(), id, billing.Taking{Amount: body.Amount, Key: key})
	if err != nil {
		return nil, err
	}
	return transferRecord(t), nil
}

// verifyLedger lists the balances that do not agree with the ledger's entries.
func (p *portal) verifyLedger(r *http.Request) (any, error) {
	expert, err := p.pathExpert(r)
	if err != nil {
		return nil, err
	}
	found, err := p.pay.VerifyLedger(r.Context(), expert)
	return page(records(found, ledgerDriftRecord), ""), err
}

// rebuildLedger computes the balances anew from the entries, and lists them.
func (p *portal) rebuildLedger(r *http.Request) (any, error) {
	expert, err := p.pathExpert(r)
	if err != nil {
		return nil, err
	}
	if err := p.pay.RebuildLedger(r.Context(), expert); err != nil {
		return nil, err
	}
	found, err := p.pay.Balances(r.Context(), expert)
	return page(records(found, balanceRecord), ""), err
}

// pathExpert is the expert whom the path names.
func (p *portal) pathExpert(r *http.Request) (string, error) {
	id, err := pathID(r)
	if err == nil {
		err = readBody(r, &struct{}{})
	}
	if _, known := p.people.find(person{Role: frontdesk.RoleExpert, ID: id}.Key()); err == nil && !known {
		err = frontdesk.Errorf(frontdesk.NotFound, "no such expert")
	}
	return id, err
}
