package stripe

import (
	"context"
	"errors"
	"iter"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// CreateRefund implements [billing.Refunds]. To give a part back it reads the
// payment first: Stripe takes the amount without a currency, so that of another
// currency would be taken for the payment's. It is Invalid ("currency") instead.
func (p *Provider) CreateRefund(ctx context.Context, w billing.Write, r billing.RefundParams) (*billing.Refund, error) {
	if err := errors.Join(checkID("payment", r.Payment), checkKey(&w.IdempotencyKey)); err != nil {
		return nil, err
	}
	params := &stripego.RefundParams{
		Params:               writing(w),
		Reason:               optional(string(r.Reason)),
		Metadata:             r.Metadata,
		ReverseTransfer:      optional(r.ReverseTransfer),
		RefundApplicationFee: optional(r.RefundFee),
		Expand:               refundExpansion(w.Account, ""),
	}
	params.PaymentIntent, params.Charge = intentOrCharge(r.Payment)
	if !r.Amount.IsZero() {
		part, err := p.refundPart(ctx, billing.Ref{Account: w.Account, ID: r.Payment}, r.Amount)
		if err != nil {
			return nil, err
		}
		params.Amount = &part
	}
	return call(ctx, p, params, p.api.refunds.New, wire.Refund)
}

// refundExpansion are what a refund has moved on a connected account, and what moved
// back when it failed.
func refundExpansion(account, prefix string) []*string {
	if account == "" {
		return nil
	}
	return stripego.StringSlice([]string{prefix + balanceTransaction, prefix + "failure_" + balanceTransaction})
}

// refundPart is a part of the payment in Stripe's units.
func (p *Provider) refundPart(ctx context.Context, payment billing.Ref, part frontdesk.Money) (int64, error) {
	units, err := wire.ToStripe(part)
	if err != nil {
		return 0, err
	}
	whole, err := p.GetPayment(ctx, payment)
	if err != nil {
		return 0, err
	}
	if part.Currency != whole.Amount.Currency {
		return 0, frontdesk.InvalidField("currency", "must be %q, the payment's", whole.Amount.Currency)
	}
	return units, nil
}

// GetRefund implements [billing.Refunds].
func (p *Provider) GetRefund(ctx context.Context, ref billing.Ref) (*billing.Refund, error) {
	params := &stripego.RefundParams{Params: reading(ref.Account), Expand: refundExpansion(ref.Account, "")}
	return callOn(ctx, p, ref.ID, params, p.api.refunds.Get, wire.Refund)
}

// ListRefunds implements [billing.Refunds].
func (p *Provider) ListRefunds(ctx context.Context, f billing.RefundFilter) iter.Seq2[*billing.Refund, error] {
	params := func() *stripego.RefundListParams {
		params := &stripego.RefundListParams{
			ListParams:   listing(f.Account),
			CreatedRange: created(f.Since),
			Expand:       refundExpansion(f.Account, "data."),
		}
		params.PaymentIntent, params.Charge = intentOrCharge(f.Payment)
		return params
	}
	return list(ctx, p, params, p.api.refunds.List, wire.Refund)
}
