package billing

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// Withdrawal is a payout that is not left to the schedule.
type Withdrawal struct {
	Amount      frontdesk.Money // of what is available
	Description string
	Key         string // makes repeated calls one
}

func (w Withdrawal) validate() error {
	return errors.Join(validAmount("amount", w.Amount), validText("description", w.Description))
}

// PayOut pays an expert from what their account has available. It is
// FailedPrecondition when that is not enough, by the provider's own count.
func (s *Service) PayOut(ctx context.Context, expert string, w Withdrawal) (p *Payout, err error) {
	const op = "billing.PayOut"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := w.validate(); err != nil {
		return nil, err
	}
	a, err := s.accountFor(ctx, op, expert, toWriteExpert)
	if err != nil {
		return nil, err
	}
	provider, err := s.connected(a)
	if err != nil {
		return nil, err
	}
	return carryOut(ctx, s, write[PayoutParams]{
		op: op, key: w.Key, target: Key{KindPayout, Ref{Account: a.ID}}, owner: owner{expert: expert},
		params: PayoutParams{Amount: w.Amount, Description: w.Description},
	}, provider.CreatePayout)
}

// Payouts lists the payouts of the account that the expert has now, newest first.
func (s *Service) Payouts(ctx context.Context, expert string, l Listing) (page []*Payout, next string, err error) {
	const op = "billing.Payouts"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := l.validate(); err != nil {
		return nil, "", err
	}
	a, err := s.accountFor(ctx, op, expert, toReadExpert)
	if err != nil {
		return nil, "", err
	}
	return listedAs[*Payout](ctx, s, ObjectFilter{Account: a.ID}, l)
}

// Payout returns a payout of the expert's by our id or the provider's; NotFound.
func (s *Service) Payout(ctx context.Context, expert, id string) (p *Payout, err error) {
	const op = "billing.Payout"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := validID("id", id); err != nil {
		return nil, err
	}
	a, err := s.accountFor(ctx, op, expert, toReadExpert)
	if err != nil {
		return nil, err
	}
	o, err := s.store.Object(ctx, Key{KindPayout, Ref{Account: a.ID, ID: id}})
	if errors.Is(err, frontdesk.NotFound) {
		o, err = s.store.ObjectByRow(ctx, KindPayout, id)
	}
	if errors.Is(err, frontdesk.NotFound) || err == nil && o.Head().Account != a.ID {
		return nil, frontdesk.Errorf(frontdesk.NotFound, "no such payout")
	}
	if err != nil {
		return nil, err
	}
	return o.(*Payout), nil
}
