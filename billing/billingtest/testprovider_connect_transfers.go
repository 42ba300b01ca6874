package billingtest

import (
	"fmt"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var transferRules = []providerRule{
	{"a transfer of a charge's money reaches the account without a fee", checkTransfer},
	{"a charge can be shared out, and no more than it", checkShareOut},
	{"a transfer of nothing, or less, is Invalid", checkNoTransfer},
	{"a transfer to an unknown account or of an unknown charge is NotFound", checkUnknownInTransfer},
	{"a transfer is reversed in parts, then the rest", checkReverse},
	{"more than is left of a transfer cannot be reversed", checkReverseTooMuch},
	{"a reversal gives the same part of the fee back when it is asked to", checkReverseFee},
	{"a transfer shows all of its reversals, and a fee all of its refunds", checkManyReversals},
	{"transfers are listed by destination and time", checkListTransfers},
	{"application fees are listed by time", checkListFees},
}

// transfer passes on a part of a platform's charge of 100 euros.
func (t *providerTest) transfer(to *billing.Account, cents int64) *billing.Transfer {
	t.Helper()
	return t.transferOf(ask(t.p.GetPayment(t.ctx, t.paid(10000).Ref)).must(t), to, cents).must(t)
}

func (t *providerTest) transferOf(pay *billing.Payment, to *billing.Account, cents int64) answer[*billing.Transfer] {
	t.Helper()
	return ask(t.connect().CreateTransfer(t.ctx, t.write(), billing.TransferParams{
		Amount: euros(cents), Destination: to.ID, Source: pay.Charge, Group: "order_1",
		Description: "Workshop", Metadata: map[string]string{"expert": "nina"},
	}))
}

func (t *providerTest) transfers(f billing.TransferFilter) []*billing.Transfer {
	t.Helper()
	return listed(t, t.connect().ListTransfers(t.ctx, f))
}

func checkTransfer(t *providerTest) {
	a := t.expert()
	pay := ask(t.p.GetPayment(t.ctx, t.paid(10000).Ref)).must(t)
	made := t.transferOf(pay, a, 6000).must(t)
	tr := ask(t.connect().GetTransfer(t.ctx, made.ID)).must(t)
	equal(t, "the account", tr.Account, "")
	equal(t, "the amount", tr.Amount, euros(6000))
	equal(t, "the destination", tr.Destination, a.ID)
	equal(t, "the source", tr.Source, pay.Charge)
	equal(t, "the group", tr.Group, "order_1")
	equal(t, "the metadata", tr.Metadata["expert"], "nina")
	equal(t, "the state", tr.State(), "paid")
	credited := ask(t.p.GetPayment(t.ctx, billing.Ref{Account: a.ID, ID: tr.DestinationPayment})).must(t)
	equal(t, "the charge's transfer", credited.Transfer, tr.ID)
	equal(t, "the charge's fee", credited.ApplicationFee, "")
	equal(t, "the charge's commission", credited.Commission, 0)
	equal(t, "the charge's movements", inLines(credited.Movements), inLine(billing.EntryTransfer, tr.ID, 6000))
	equal(t, "the account's movements", inLines(t.movements(a)), inLine(billing.EntryTransfer, tr.ID, 6000))
	t.has(a, 0, 6000)
}

func checkShareOut(t *providerTest) {
	first, second := t.expert(), t.expert()
	pay := ask(t.p.GetPayment(t.ctx, t.paid(10000).Ref)).must(t)
	t.transferOf(pay, first, 6000).must(t)
	t.transferOf(pay, second, 4001).refused(t, frontdesk.Invalid, frontdesk.FailedPrecondition)
	t.has(second, 0, 0)
	t.transferOf(pay, second, 4000).must(t)
	t.transferOf(pay, first, 1).refused(t, frontdesk.Invalid, frontdesk.FailedPrecondition)
	t.has(first, 0, 6000)
	t.has(second, 0, 4000)
}

func checkNoTransfer(t *providerTest) {
	a := t.expert()
	pay := ask(t.p.GetPayment(t.ctx, t.paid(10000).Ref)).must(t)
	for _, cents := range []int64{0, -1} {
		t.transferOf(pay, a, cents).refused(t, frontdesk.Invalid)
	}
	equal(t, "the number of transfers", len(t.transfers(billing.TransferFilter{})), 0)
}

func checkUnknownInTransfer(t *providerTest) {
	a := t.expert()
	pay := ask(t.p.GetPayment(t.ctx, t.paid(10000).Ref)).must(t)
	nobody := &billing.Account{Header: billing.Header{Ref: billing.AccountRef("acct_unknown")}}
	t.transferOf(pay, nobody, 100).refused(t, frontdesk.NotFound)
	t.transferOf(&billing.Payment{Charge: "ch_unknown"}, a, 100).refused(t, frontdesk.NotFound)
}

// reverse takes a part of a transfer back, all that is left for zero.
func (t *providerTest) reverse(tr *billing.Transfer, cents int64, fee bool) answer[*billing.Transfer] {
	params := billing.ReversalParams{RefundFee: fee, Metadata: map[string]string{"by": "root"}}
	if cents > 0 {
		params.Amount = euros(cents)
	}
	return ask(t.connect().ReverseTransfer(t.ctx, t.write(), tr.ID, params))
}

func checkReverse(t *providerTest) {
	a := t.expert()
	tr := t.transfer(a, 6000)
	part := t.reverse(tr, 2000, false).must(t)
	equal(t, "the id", part.ID, tr.ID)
	equal(t, "reversed", part.Reversed, 2000)
	equal(t, "the state", part.State(), "paid")
	rest := t.reverse(tr, 0, false).must(t)
	equal(t, "reversed", rest.Reversed, 6000)
	equal(t, "the state", rest.State(), "reversed")
	want := []billing.Movement{{Kind: billing.EntryTransfer, Object: tr.ID, Amount: euros(6000)}}
	for _, r := range ask(t.connect().GetTransfer(t.ctx, tr.ID)).must(t).Reversals {
		equal(t, "the refund of a reversal without one", r.Refund, "")
		want = append(want, billing.Movement{Kind: billing.EntryRefund, Object: r.ID, Amount: euros(-r.Amount)})
	}
	equal(t, "the number of movements", len(want), 3)
	equal(t, "the account's movements", inLines(t.movements(a)), inLines(want))
	t.worth(a, 0)
}

func checkReverseTooMuch(t *providerTest) {
	a := t.expert()
	tr := t.transfer(a, 6000)
	t.reverse(tr, 6001, false).refused(t, frontdesk.FailedPrecondition)
	t.reverse(tr, 5000, false).must(t)
	t.reverse(tr, 1001, false).refused(t, frontdesk.FailedPrecondition)
	t.reverse(tr, 0, false).must(t)
	t.reverse(tr, 1, false).refused(t, frontdesk.FailedPrecondition)
	t.reverse(tr, 0, false).refused(t, frontdesk.FailedPrecondition)
	t.worth(a, 0)
}

func checkReverseFee(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	t.reverse(s.transfer, 5000, true).must(t)
	now := t.again(a, s)
	equal(t, "the fee that was given back", now.fee.Refunded, 650)
	equal(t, "what the payer was given back", now.payment.Refunded, 0)
	t.worth(a, 4350)
	t.reverse(s.transfer, 0, true).must(t)
	equal(t, "the fee that was given back", t.again(a, s).fee.Refunded, 1300)
	t.worth(a, 0)
}

func checkManyReversals(t *providerTest) {
	const many = 13
	a := t.expert()
	s := t.split(a, 10000, 1300)
	for range many {
		t.reverse(s.transfer, 100, true).must(t)
	}
	now := t.again(a, s)
	equal(t, "the number of reversals", len(now.transfer.Reversals), many)
	equal(t, "the number of the fee's refunds", len(now.fee.Refunds), many)
	seen := make(map[string]bool)
	for _, r := range now.transfer.Reversals {
		seen[r.ID] = true
	}
	for _, r := range now.fee.Refunds {
		seen[r.ID] = true
	}
	equal(t, "the number of their ids", len(seen), 2*many)
	equal(t, "the account's movements", len(t.movements(a)), 2+2*many)
}

func checkListTransfers(t *providerTest) {
	mine, other := t.expert(), t.expert()
	old := t.transfer(mine, 100)
	t.driver.Advance(day)
	since, recent := t.driver.Now(), t.split(mine, 10000, 1300).transfer
	theirs := t.transfer(other, 200)
	list := func(f billing.TransferFilter) string { return ids(t.transfers(f)) }
	equal(t, "the account's, newest first", list(billing.TransferFilter{Destination: mine.ID}), fmt.Sprint([]string{recent.ID, old.ID}))
	equal(t, "the account's since", list(billing.TransferFilter{Destination: mine.ID, Since: since}), fmt.Sprint([]string{recent.ID}))
	equal(t, "those since", list(billing.TransferFilter{Since: since}), fmt.Sprint([]string{theirs.ID, recent.ID}))
}

func checkListFees(t *providerTest) {
	mine, other := t.expert(), t.expert()
	old := t.split(mine, 10000, 1300).fee
	t.driver.Advance(day)
	since, recent := t.driver.Now(), t.split(other, 10000, 1300).fee
	list := func(f billing.ApplicationFeeFilter) string {
		return ids(listed(t, t.connect().ListApplicationFees(t.ctx, f)))
	}
	equal(t, "all, newest first", list(billing.ApplicationFeeFilter{}), fmt.Sprint([]string{recent.ID, old.ID}))
	equal(t, "those since", list(billing.ApplicationFeeFilter{Since: since}), fmt.Sprint([]string{recent.ID}))
}
