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

// CreateTransfer implements [billing.Transfers].
func (p *Provider) CreateTransfer(ctx context.Context, w billing.Write, t billing.TransferParams) (*billing.Transfer, error) {
	if err := checkID("destination", t.Destination); err != nil {
		return nil, err
	}
	amount, err := wire.ToStripe(t.Amount)
	if err != nil {
		return nil, err
	}
	params := &stripego.TransferParams{
		Params:            ownWriting(w),
		Amount:            &amount,
		Currency:          stripego.String(string(t.Amount.Currency)),
		Destination:       &t.Destination,
		SourceTransaction: optional(t.Source),
		TransferGroup:     optional(t.Group),
		Description:       optional(t.Description),
		Metadata:          t.Metadata,
	}
	return do(ctx, p, request{onObject: true}, params, p.api.transfers.New, wire.Transfer)
}

// GetTransfer implements [billing.Transfers].
func (p *Provider) GetTransfer(ctx context.Context, id string) (*billing.Transfer, error) {
	raw, err := callOn(ctx, p, id, &stripego.TransferParams{}, p.api.transfers.Get, undecoded)
	if err != nil {
		return nil, err
	}
	params := func() *stripego.TransferReversalListParams {
		return &stripego.TransferReversalListParams{ListParams: listing(""), ID: &id}
	}
	return whole(*raw, "", "reversals", list(ctx, p, params, p.api.reversals.List, undecoded), wire.Transfer)
}

// ListTransfers implements [billing.Transfers]. The transfers have their latest ten
// reversals; GetTransfer reads all.
func (p *Provider) ListTransfers(ctx context.Context, f billing.TransferFilter) iter.Seq2[*billing.Transfer, error] {
	params := func() *stripego.TransferListParams {
		return &stripego.TransferListParams{
			ListParams:   listing(""),
			Destination:  optional(f.Destination),
			CreatedRange: created(f.Since),
		}
	}
	return list(ctx, p, params, p.api.transfers.List, wire.Transfer)
}

// ReverseTransfer implements [billing.Transfers]. To take a part back it reads the
// transfer first, as CreateRefund reads the payment. Stripe answers with the
// reversal, so that it reads the transfer afterwards; when that fails, the outcome
// is not known here, and a repeated call finds out.
func (p *Provider) ReverseTransfer(ctx context.Context, w billing.Write, id string, r billing.ReversalParams) (*billing.Transfer, error) {
	if err := errors.Join(checkID("id", id), checkKey(&w.IdempotencyKey)); err != nil {
		return nil, err
	}
	params := &stripego.TransferReversalParams{
		Params:               ownWriting(w),
		ID:                   &id,
		RefundApplicationFee: optional(r.RefundFee),
		Metadata:             r.Metadata,
	}
	if !r.Amount.IsZero() {
		part, err := p.reversalPart(ctx, id, r.Amount)
		if err != nil {
			return nil, err
		}
		params.Amount = &part
	}
	if _, err := do(ctx, p, request{onObject: true}, params, p.api.reversals.New, objectID); err != nil {
		return nil, notLeft(err)
	}
	transfer, err := p.GetTransfer(ctx, id)
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.OutcomeUnknown, "stripe: the transfer was reversed, but cannot be read: %w", err)
	}
	return transfer, nil
}

// reversalPart is a part of the transfer in Stripe's units.
func (p *Provider) reversalPart(ctx context.Context, id string, part frontdesk.Money) (int64, error) {
	units, err := wire.ToStripe(part)
	switch {
	case err != nil:
		return 0, err
	case units <= 0:
		return 0, frontdesk.InvalidField("amount", "must be above zero")
	}
	transfer, err := callOn(ctx, p, id, &stripego.TransferParams{}, p.api.transfers.Get, wire.Transfer)
	if err != nil {
		return 0, err
	}
	if part.Currency != transfer.Amount.Currency {
		return 0, frontdesk.InvalidField("currency", "must be %q, the transfer's", transfer.Amount.Currency)
	}
	return units, nil
}

// notLeft is the error of a reversal. Its amount was checked to be one, so that
// Stripe refuses it only when that much is not left.
func notLeft(err error) error {
	refused, ok := errors.AsType[*frontdesk.Error](err)
	if ok && refused.Code == frontdesk.Invalid && len(refused.Fields) == 1 && refused.Fields[0].Name == "amount" {
		refused.Code = frontdesk.FailedPrecondition
	}
	return err
}
