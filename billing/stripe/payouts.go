package stripe

import (
	"context"
	"encoding/json"
	"iter"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// CreatePayout implements [billing.Payouts].
func (p *Provider) CreatePayout(ctx context.Context, w billing.Write, o billing.PayoutParams) (*billing.Payout, error) {
	if err := checkID("account", w.Account); err != nil {
		return nil, err
	}
	amount, err := wire.ToStripe(o.Amount)
	if err != nil {
		return nil, err
	}
	params := &stripego.PayoutParams{
		Params:      writing(w),
		Amount:      &amount,
		Currency:    stripego.String(string(o.Amount.Currency)),
		Description: optional(o.Description),
		Metadata:    o.Metadata,
	}
	return do(ctx, p, request{onObject: true}, params, p.api.payouts.New, wire.Payout)
}

// GetPayout implements [billing.Payouts]. Stripe tells what an automatic payout pays
// once it has reconciled it; until then Movements is nil.
func (p *Provider) GetPayout(ctx context.Context, ref billing.Ref) (*billing.Payout, error) {
	if err := checkID("account", ref.Account); err != nil {
		return nil, err
	}
	params := &stripego.PayoutParams{Params: reading(ref.Account)}
	raw, err := callOn(ctx, p, ref.ID, params, p.api.payouts.Get, undecoded)
	if err != nil {
		return nil, err
	}
	payout, err := wire.Payout(*raw, ref.Account)
	if err != nil {
		return nil, unreadable(request{}, err)
	}
	if payout.Automatic && !reconciling(*raw) {
		payout.Movements, err = p.paid(ctx, payout.Ref)
	}
	if err != nil {
		return nil, err
	}
	return payout, nil
}

// reconciling reports whether a payout says that its movements are not complete.
func reconciling(raw []byte) bool {
	var payout struct {
		Reconciliation string `json:"reconciliation_status"`
	}
	err := json.Unmarshal(raw, &payout)
	return err == nil && payout.Reconciliation == string(stripego.PayoutReconciliationStatusInProgress)
}

// paid are the movements of an automatic payout; nil while Stripe refuses to tell.
func (p *Provider) paid(ctx context.Context, payout billing.Ref) ([]billing.Movement, error) {
	var movements []billing.Movement
	for m, err := range p.ListMovements(ctx, billing.MovementFilter{Account: payout.Account, Payout: payout.ID}) {
		switch frontdesk.CodeOf(err) {
		case frontdesk.Invalid, frontdesk.NotFound, frontdesk.FailedPrecondition:
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		movements = append(movements, m)
	}
	return movements, nil
}

// ListPayouts implements [billing.Payouts].
func (p *Provider) ListPayouts(ctx context.Context, f billing.PayoutFilter) iter.Seq2[*billing.Payout, error] {
	if err := checkID("account", f.Account); err != nil {
		return failed[*billing.Payout](err)
	}
	params := func() *stripego.PayoutListParams {
		return &stripego.PayoutListParams{ListParams: listing(f.Account), CreatedRange: created(f.Since)}
	}
	return list(ctx, p, params, p.api.payouts.List, wire.Payout)
}

// GetBalance implements [billing.Payouts].
func (p *Provider) GetBalance(ctx context.Context, account string) (*billing.Balance, error) {
	if err := checkID("account", account); err != nil {
		return nil, err
	}
	params := &stripego.BalanceParams{Params: reading(account)}
	return call(ctx, p, params, p.api.balances.Get, wire.Balance)
}

// ListMovements implements [billing.Payouts].
func (p *Provider) ListMovements(ctx context.Context, f billing.MovementFilter) iter.Seq2[billing.Movement, error] {
	if err := checkID("account", f.Account); err != nil {
		return failed[billing.Movement](err)
	}
	params := func() *stripego.BalanceTransactionListParams {
		params := &stripego.BalanceTransactionListParams{
			ListParams:   listing(f.Account),
			Payout:       optional(f.Payout),
			CreatedRange: created(f.Since),
		}
		params.AddExpand("data.source") // its names for what it moved
		return params
	}
	return func(yield func(billing.Movement, error) bool) {
		for line, err := range list(ctx, p, params, p.api.transactions.List, movements) {
			if err != nil {
				yield(billing.Movement{}, err)
				return
			}
			for _, m := range *line {
				if !yield(m, nil) {
					return
				}
			}
		}
	}
}

// movements decodes one line of a balance.
func movements(raw []byte, account string) (*[]billing.Movement, error) {
	line, err := wire.Movements(raw, account)
	return &line, err
}
