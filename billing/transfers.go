package billing

import (
	"context"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
)

// TransferShare passes the expert's share of a payment that was made with Hold on to
// them: what was received and not given back, less the commission on it. Calling
// again, at whatever time, returns the same transfer.
func (s *Service) TransferShare(ctx context.Context, payment string) (t *Transfer, err error) {
	const op = "billing.TransferShare"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	p, whose, err := find[*Payment](ctx, s, op, payment, toOperate)
	if err != nil {
		return nil, err
	}
	if p.Transfer != "" && p.Destination == "" {
		return s.transfer(ctx, p.Transfer)
	}
	share, err := p.share()
	if err != nil {
		return nil, err
	}
	account, err := s.payee(ctx, p.Metadata[s.options.ExpertMetadataKey])
	if err != nil {
		return nil, err
	}
	provider, err := able[Connect](s)
	if err != nil {
		return nil, err
	}
	whose.expert = p.Metadata[s.options.ExpertMetadataKey]
	w := write[TransferParams]{
		op: op, intent: "share of " + p.ID, target: Key{Kind: KindTransfer}, owner: whose,
		params: TransferParams{
			Amount: share, Destination: account.ID, Source: p.Charge, Metadata: map[string]string{metadataPayment: p.ID},
		},
	}
	return carryOut(ctx, s, w, provider.CreateTransfer)
}

// metadataPayment is where the transfer of a share names the payment.
const metadataPayment = "payment"

// nameTransfer writes on a payment which transfer its share went with.
func (s *Service) nameTransfer(ctx context.Context, tx Store, t *Transfer, o owner) error {
	o.customer = ""
	paid, err := known(ctx, tx, Key{KindPayment, Ref{ID: t.Metadata[metadataPayment]}})
	if err != nil || paid == nil || paid.(*Payment).Transfer != "" {
		return err
	}
	paid.(*Payment).Transfer = t.ID
	return s.applyLocked(ctx, tx, paid, o)
}

// transfer is a mirrored transfer, which is no client's.
func (s *Service) transfer(ctx context.Context, id string) (*Transfer, error) {
	o, err := s.store.Object(ctx, Key{KindTransfer, Ref{ID: id}})
	if err != nil {
		return nil, err
	}
	return o.(*Transfer), nil
}

// share is what an expert earns of a payment that was held for them.
func (p *Payment) share() (frontdesk.Money, error) {
	commission, err := strconv.ParseInt(p.Metadata[metadataCommission], 10, 64)
	if err != nil || commission < 0 || p.Destination != "" {
		return frontdesk.Money{}, frontdesk.Errorf(frontdesk.FailedPrecondition, "the payment holds no expert's share")
	}
	if p.Status != PaymentStatusSucceeded || p.Charge == "" {
		return frontdesk.Money{}, frontdesk.Errorf(frontdesk.FailedPrecondition, "the payment has not succeeded")
	}
	kept := p.Received - p.Refunded
	share := kept - part(commission, kept, p.Amount.Amount)
	if share <= 0 {
		return frontdesk.Money{}, frontdesk.Errorf(frontdesk.FailedPrecondition, "nothing of the payment is left to share")
	}
	return frontdesk.Money{Amount: share, Currency: p.Amount.Currency}, nil
}

// takeBack reverses the part of a share that a refund asks the expert for.
func (s *Service) takeBack(ctx context.Context, p *Payment, r *Refund, keepCommission bool, whose owner) error {
	t, err := s.transfer(ctx, p.Transfer)
	if err != nil {
		return err
	}
	if p, err = s.provider.GetPayment(ctx, p.Ref); err != nil {
		return err
	}
	left := t.Amount.Amount - t.Reversed
	back := left // with the last refund all that rounding has left
	switch {
	case keepCommission:
		back = r.Amount.Amount
	case p.Refunded < p.Received:
		back = part(t.Amount.Amount, r.Amount.Amount, p.Amount.Amount)
	}
	if back = min(back, left); back <= 0 {
		return nil
	}
	_, err = s.reverse(ctx, write[ReversalParams]{
		op: "billing.Refund", intent: "reversal for " + r.ID, target: t.Key(), owner: whose,
		params: ReversalParams{Amount: frontdesk.Money{Amount: back, Currency: t.Amount.Currency}},
	})
	return err
}

// Taking is how much of a transfer to take back.
type Taking struct {
	Amount frontdesk.Money // zero: all that is left
	Key    string          // makes repeated calls one
}

// ReverseTransfer takes a transfer back from the expert, whole or in part, for
// example when the payer has won a dispute, which the platform has paid.
func (s *Service) ReverseTransfer(ctx context.Context, transfer string, k Taking) (t *Transfer, err error) {
	const op = "billing.ReverseTransfer"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.allow(ctx, op, "", toOperate); err != nil {
		return nil, err
	}
	o, err := s.lookup(ctx, KindTransfer, transfer)
	if err != nil {
		return nil, err
	}
	t = o.(*Transfer)
	if k.Amount != (frontdesk.Money{}) {
		if err := validAmount("amount", k.Amount); err != nil {
			return nil, err
		}
		if k.Amount.Currency != t.Amount.Currency || k.Amount.Amount > t.Amount.Amount-t.Reversed {
			return nil, frontdesk.InvalidField("amount", "is not a part of what is left of the transfer")
		}
	}
	whose, err := s.owner(ctx, s.store, []Object{t})
	if err != nil {
		return nil, err
	}
	w := write[ReversalParams]{op: op, key: k.Key, target: t.Key(), owner: whose, params: ReversalParams{Amount: k.Amount}}
	return s.reverse(ctx, w)
}

func (s *Service) reverse(ctx context.Context, w write[ReversalParams]) (*Transfer, error) {
	provider, err := able[Connect](s)
	if err != nil {
		return nil, err
	}
	return carryOut(ctx, s, w, func(ctx context.Context, key Write, p ReversalParams) (*Transfer, error) {
		return provider.ReverseTransfer(ctx, key, w.target.ID, p)
	})
}
