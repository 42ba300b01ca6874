package billingtest

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// payout is a payout with what billing.Payout does not show.
type payout struct {
	billing.Payout
	lines []*transaction // what an automatic payout pays
}

// transit is how long money takes to reach the bank.
const transit = 2 * day

// CreatePayout pays from the available balance of an account.
func (p *Provider) CreatePayout(ctx context.Context, w billing.Write, c billing.PayoutParams) (*billing.Payout, error) {
	if err := mustWrite(w, w.Account); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("CreatePayout", w, c), ofExpert(func(a *account) (*billing.Payout, error) {
		return a.createPayout(c)
	}))
}

// GetPayout returns a payout. An automatic one has the movements that it pays,
// unless it also makes up for one that was made by hand: then no movements sum
// to it.
func (p *Provider) GetPayout(ctx context.Context, ref billing.Ref) (*billing.Payout, error) {
	if err := mustID(ref.ID, ref.Account); err != nil {
		return nil, err
	}
	return perform(ctx, p, reading("GetPayout", ref.Account), ofExpert(func(a *account) (*billing.Payout, error) {
		po, err := a.payouts.find("payout", ref.ID)
		if err != nil {
			return nil, err
		}
		read := clone(&po.Payout)
		read.Movements = po.movements()
		return read, nil
	}))
}

// ListPayouts lists the payouts of an account, newest first, without movements.
func (p *Provider) ListPayouts(ctx context.Context, f billing.PayoutFilter) iter.Seq2[*billing.Payout, error] {
	if err := mustID(f.Account); err != nil {
		return failing[*billing.Payout](err)
	}
	return list(ctx, p, "ListPayouts", f.Account, ofExpert(func(a *account) ([]*billing.Payout, error) {
		return clones(shown(a.payouts.newest(), payoutOf), func(po *billing.Payout) bool { return !po.Created.Before(f.Since) })
	}))
}

// FailPayout is the bank that sends a payout back, also one that was paid. The
// code is one of Stripe's, such as "account_closed".
func (p *Provider) FailPayout(payoutID, code string) error {
	return p.drive(func() error {
		a, po, err := owner(p, payoutID, func(a *account) *table[*payout] { return &a.payouts })
		switch {
		case err != nil:
			return err
		case po.Status.Returned():
			return wrongState("", "The payout has come back already.")
		}
		a.failPayout(po, code)
		return nil
	})
}

// FailNextPayout makes the account's next payout fail when it should arrive.
// Calls add up.
func (p *Provider) FailNextPayout(accountID, code string) error {
	return p.outside(accountID, func(a *account) error {
		a.connected.failures = append(a.connected.failures, code)
		return nil
	})
}

// CancelPayout cancels a payout that was made by hand, in the dashboard, before
// it is on its way.
func (p *Provider) CancelPayout(payoutID string) error {
	return p.drive(func() error {
		a, po, err := owner(p, payoutID, func(a *account) *table[*payout] { return &a.payouts })
		switch {
		case err != nil:
			return err
		case po.Automatic || po.Status != billing.PayoutStatusPending:
			return wrongState("", "Payouts can only be canceled while they are pending, and not when they are automatic.")
		}
		before := clone(&po.Payout)
		po.Status = billing.PayoutStatusCanceled
		a.bookPayout(po, "payout_cancel", po.Amount.Amount)
		a.emit("payout.canceled", &po.Payout, before)
		return nil
	})
}

func payoutOf(p *payout) *billing.Payout { return &p.Payout }

// movements are those that the payout pays, newest first; nil when they do not
// sum to it.
func (p *payout) movements() []billing.Movement {
	var paid []billing.Movement
	for _, t := range slices.Backward(p.lines) {
		paid = append(paid, t.shown()...)
	}
	if sumOf(paid) != p.Amount.Amount {
		return nil
	}
	return paid
}

func (a *account) createPayout(c billing.PayoutParams) (*billing.Payout, error) {
	switch {
	case c.Amount.Amount <= 0:
		return nil, invalid("amount", "must be greater than zero")
	case !c.Amount.Currency.Valid():
		return nil, invalid("currency", "must be a currency")
	case !a.connected.PayoutsEnabled:
		return nil, wrongState("payouts_not_allowed", "Payouts are disabled for this account.")
	case c.Amount.Amount > a.availableIn(c.Amount.Currency):
		return nil, wrongState("balance_insufficient", "You have insufficient funds in your Stripe account.")
	}
	po := a.newPayout(c.Amount, c.Metadata)
	po.Description = c.Description
	a.bookPayout(po, "payout", -c.Amount.Amount)
	a.emit("payout.created", &po.Payout, nil)
	return &po.Payout, nil
}

func (a *account) newPayout(amount frontdesk.Money, metadata map[string]string) *payout {
	po := &payout{Payout: billing.Payout{
		Header: a.header(a.newID("po"), "", metadata), Status: billing.PayoutStatusPending, Amount: amount,
		Method: "standard", ArrivalDate: a.second().Add(transit), Destination: a.connected.bank,
	}}
	a.payouts.put(po.ID, po)
	return po
}

// bookPayout books that a payout leaves the balance, or comes back. What an
// automatic payout moves by itself no other one pays.
func (a *account) bookPayout(po *payout, typ string, amount int64) {
	a.book(typ, po.ID, a.now, billing.Movement{
		Kind: billing.EntryPayout, Object: po.ID, Amount: a.money(amount, po.Amount.Currency),
	})
	line := a.lines[len(a.lines)-1]
	line.announced = amount < 0
	if po.Automatic {
		line.payout = po.ID
	}
}

// open are the lines that no automatic payout has paid and that are available
// by a time.
func (a *account) open(by time.Time) map[frontdesk.Currency][]*transaction {
	lines := make(map[frontdesk.Currency][]*transaction)
	for _, t := range a.lines {
		if t.payout == "" && !t.main().AvailableOn.After(by) {
			lines[t.currency()] = append(lines[t.currency()], t)
		}
	}
	return lines
}

// payable reports whether there will be something to pay out by a time. What is
// missing in a currency is carried into its next payout.
func (a *account) payable(by time.Time) bool {
	for _, lines := range a.open(by) {
		if netOf(lines) > 0 {
			return true
		}
	}
	return false
}

func netOf(lines []*transaction) int64 {
	var sum int64
	for _, t := range lines {
		sum += t.net()
	}
	return sum
}

// scheduleDue is the next midnight at which the schedule has something to pay.
func (a *account) scheduleDue() due {
	if !a.connected.PayoutsEnabled {
		return due{}
	}
	at := midnight(a.now)
	if !at.After(a.connected.paidOut) {
		at = a.connected.paidOut.Add(day)
	}
	for end := a.lastOpen(at).AddDate(0, 1, 1); !at.After(end); at = at.Add(day) {
		if paysOn(a.connected.Schedule, at) && a.payable(at) {
			return due{at, a.payOut}
		}
	}
	return due{}
}

// lastOpen is when the last line that is to be paid becomes available, at least
// from.
func (a *account) lastOpen(from time.Time) time.Time {
	for _, t := range a.lines {
		if t.payout == "" {
			from = latest(from, t.main().AvailableOn)
		}
	}
	return from
}

// payOut makes the automatic payouts of a day, one in each currency.
func (a *account) payOut() {
	a.connected.paidOut = a.now
	lines := a.open(a.now)
	for _, c := range slices.Sorted(maps.Keys(lines)) {
		if amount := netOf(lines[c]); amount > 0 {
			a.payLines(lines[c], a.money(amount, c))
		}
	}
}

func (a *account) payLines(lines []*transaction, amount frontdesk.Money) {
	po := a.newPayout(amount, nil)
	po.Automatic, po.Description, po.lines = true, "STRIPE PAYOUT", lines
	for _, t := range lines {
		t.payout = po.ID
	}
	a.bookPayout(po, "payout", -amount.Amount)
	a.emit("payout.created", &po.Payout, nil)
	a.emit("payout.reconciliation_completed", &po.Payout, nil)
}

// payoutDue is what happens next to a payout by itself.
func (a *account) payoutDue(po *payout) due {
	switch po.Status {
	case billing.PayoutStatusPending:
		return due{po.Created.Add(day), func() { a.movePayout(po, billing.PayoutStatusInTransit, "payout.updated") }}
	case billing.PayoutStatusInTransit:
		return due{po.ArrivalDate, func() { a.arrive(po) }}
	}
	return due{}
}

func (a *account) movePayout(po *payout, to billing.PayoutStatus, typ string) {
	before := clone(&po.Payout)
	po.Status = to
	a.emit(typ, &po.Payout, before)
}

// arrive is a payout that reaches its bank, which may refuse it.
func (a *account) arrive(po *payout) {
	if len(a.connected.failures) == 0 {
		a.movePayout(po, billing.PayoutStatusPaid, "payout.paid")
		return
	}
	code := a.connected.failures[0]
	a.connected.failures = slices.Delete(a.connected.failures, 0, 1)
	a.failPayout(po, code)
}

// failPayout brings the money of a payout back. What an automatic one has paid
// is left to the next.
func (a *account) failPayout(po *payout, code string) {
	before := clone(&po.Payout)
	po.Status, po.Failure, po.FailureMessage = billing.PayoutStatusFailed, code, payoutFailure(code)
	for _, t := range po.lines {
		t.payout = ""
	}
	a.bookPayout(po, "payout_failure", po.Amount.Amount)
	a.emit("payout.failed", &po.Payout, before)
}

// payoutFailure is what Stripe says of a failure.
// https://docs.stripe.com/api/payouts/failures
func payoutFailure(code string) string {
	switch code {
	case "account_closed":
		return "The bank account has been closed."
	case "account_frozen":
		return "The bank account has been frozen."
	case "no_account":
		return "The bank account could not be located."
	case "insufficient_funds":
		return "The account has insufficient funds to cover the payout."
	}
	return "The bank could not process this payout."
}
