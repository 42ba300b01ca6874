package billingtest

import (
	"context"
	"iter"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// fee is an application fee with what billing.ApplicationFee does not show.
type fee struct {
	billing.ApplicationFee
	returned portion // with the charge
}

// GetApplicationFee returns a fee with all of its refunds, newest first.
func (p *Provider) GetApplicationFee(ctx context.Context, id string) (*billing.ApplicationFee, error) {
	if err := mustID(id); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("GetApplicationFee", ""), func(a *account) (*billing.ApplicationFee, error) {
		f, err := a.fees.find("application fee", id)
		if err != nil {
			return nil, err
		}
		return &f.ApplicationFee, nil
	})
}

// ListApplicationFees lists fees, newest first.
func (p *Provider) ListApplicationFees(ctx context.Context, f billing.ApplicationFeeFilter) iter.Seq2[*billing.ApplicationFee, error] {
	return list(ctx, p, "ListApplicationFees", "", func(a *account) ([]*billing.ApplicationFee, error) {
		return clones(shown(a.fees.newest(), feeOf), func(fee *billing.ApplicationFee) bool {
			return !fee.Created.Before(f.Since)
		})
	})
}

func feeOf(f *fee) *billing.ApplicationFee { return &f.ApplicationFee }

// newFee stores a fee; the caller tells of its creation.
func (a *account) newFee(payer, chargeID, source string, amount frontdesk.Money) *fee {
	f := &fee{ApplicationFee: billing.ApplicationFee{
		Header: a.header(a.newID("fee"), "", nil), Amount: amount, Payer: payer, Charge: chargeID, Source: source,
	}}
	a.fees.put(f.ID, f)
	return f
}

// refundFee gives a fee back to its payer, in proportion to the part of the
// charge that was given back.
func (a *account) refundFee(id string, part, whole int64) {
	f := a.fees.rows[id]
	amount := f.returned.next(part, whole, f.Amount.Amount, f.Amount.Amount-f.Refunded)
	if amount == 0 {
		return
	}
	before := clone(&f.ApplicationFee)
	r := billing.FeeRefund{ID: a.newID("fr"), Amount: amount, Created: a.second()}
	f.Refunded += amount
	f.Refunds = slices.Insert(f.Refunds, 0, r)
	payer := a.account(f.Payer)
	payer.book("application_fee_refund", r.ID, payer.backed(payer.charged(f.Charge)), billing.Movement{
		Kind: billing.EntryFee, Object: r.ID, Amount: a.money(amount, f.Amount.Currency),
	})
	a.emit("application_fee.refunded", &f.ApplicationFee, before)
}
