package billing

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
)

// Return is how much of a payment to give back, and why.
type Return struct {
	Amount frontdesk.Money // zero: all that is left
	Reason RefundReason    // may be empty
	Key    string          // makes repeated calls one

	// Of a payment that an expert has a share in, the expert gives back the same part
	// of the share, and the platform of its commission. With KeepCommission the
	// expert gives back all that the payer gets; with KeepShare the platform does.
	KeepCommission bool
	KeepShare      bool
}

func (r Return) validate(p *Payment) error {
	switch r.Reason {
	case "", RefundReasonDuplicate, RefundReasonFraudulent, RefundReasonRequestedByCustomer:
	default:
		return frontdesk.InvalidField("reason", "is not known")
	}
	if r.KeepCommission && r.KeepShare {
		return frontdesk.InvalidField("keep_share", "excludes keep_commission: somebody has to pay")
	}
	if r.Amount == (frontdesk.Money{}) {
		return nil
	}
	if r.Amount.Currency != p.Amount.Currency {
		return frontdesk.InvalidField("amount", "is not in the payment's currency")
	}
	if left := p.Amount.Amount - p.Refunded; r.Amount.Amount > left {
		return frontdesk.InvalidField("amount", "is more than what is left of the payment")
	}
	return validAmount("amount", r.Amount)
}

// Refund gives a payment back, whole or in part. The payment is read anew
// afterwards, so that what is left of it is right at once; if that fails, its
// event brings it. When the payer has been paid but the share of an expert whose
// transfer was made later could not be taken back, Refund returns both the refund
// and the error; calling again with the same Key completes it.
func (s *Service) Refund(ctx context.Context, payment string, r Return) (refund *Refund, err error) {
	const op = "billing.Refund"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	p, whose, err := find[*Payment](ctx, s, op, payment, toOperate)
	if err != nil {
		return nil, err
	}
	if err := r.validate(p); err != nil {
		return nil, err
	}
	w := write[RefundParams]{
		op: op, key: r.Key, target: Key{Kind: KindRefund}, owner: whose,
		params: RefundParams{Payment: p.ID, Amount: r.Amount, Reason: r.Reason},
	}
	if p.Destination != "" {
		w.params.ReverseTransfer = !r.KeepShare
		w.params.RefundFee = p.Commission > 0 && !r.KeepShare && !r.KeepCommission
	}
	if refund, err = carryOut(ctx, s, w, s.provider.CreateRefund); err != nil {
		return refund, err
	}
	if p.Destination == "" && p.Transfer != "" && !r.KeepShare {
		err = s.takeBack(ctx, p, refund, r.KeepCommission, whose)
	}
	if s.options.PayloadOnly {
		return refund, err
	}
	if _, stale := s.refresh(ctx, target{key: p.Key(), shown: p}, whose, refund.Created); stale != nil {
		// The money is given back; an error would make the caller do it again.
		s.options.Logger.WarnContext(ctx, "billing: refunded payment not read", "payment", p.ID, "error", bounded(stale.Error()))
	}
	return refund, err
}
