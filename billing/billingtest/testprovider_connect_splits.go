package billingtest

import (
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var splitRules = []providerRule{
	{"a destination charge passes on the whole and takes the fee from it", checkSplit},
	{"a charge, its transfer and its fee name each other", checkSplitReferences},
	{"movements of a charge are the same in every view and of one transaction", checkSplitMovements},
	{"a destination charge without a fee moves the transfer alone", checkSplitWithoutFee},
	{"a fee may be the whole charge", checkWholeFee},
	{"a fee above the charge, below zero or without a destination is Invalid", checkBadFee},
	{"a charge for an unknown account is NotFound and takes nothing", checkUnknownDestination},
	{"an account that was not onboarded, or has left, gets no money", checkNoMoney},
	{"a checkout passes on what it sells", checkSplitCheckout},
	{"a bank debit is passed on when the money comes", checkDelayedSplit},
	{"an authorised charge is passed on when it is captured", checkSplitCapture},
	{"a declined charge passes nothing on, and the next attempt does", checkDeclinedSplit},
	{"a charge that was made on an account is its own", checkDirectCharge},
	{"amounts of accounts are in the currency's own minor unit", checkSplitMinorUnits},
	{"a group ties a charge to what is transferred with it", checkGroup},
	{"a charge without a split stays on the platform", checkNoSplit},
}

func checkSplit(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	equal(t, "the payment", s.payment.Status, billing.PaymentStatusSucceeded)
	equal(t, "the destination", s.payment.Destination, a.ID)
	equal(t, "the commission", s.payment.Commission, 1300)
	equal(t, "the transfer's amount", s.transfer.Amount, euros(10000))
	equal(t, "the transfer's state", s.transfer.State(), "paid")
	equal(t, "what the account was charged", s.credited.Amount, euros(10000))
	equal(t, "the status on the account", s.credited.Status, billing.PaymentStatusSucceeded)
	equal(t, "the commission on the account", s.credited.Commission, 1300)
	equal(t, "the fee", s.fee.Amount, euros(1300))
	equal(t, "the fee's state", s.fee.State(), "charged")
	t.has(a, 0, 8700)
}

func checkSplitReferences(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	equal(t, "the transfer's account", s.transfer.Account, "")
	equal(t, "the transfer's destination", s.transfer.Destination, a.ID)
	equal(t, "the transfer's source", s.transfer.Source, s.payment.Charge)
	equal(t, "the charge's name", s.credited.Ref, billing.Ref{Account: a.ID, ID: s.transfer.DestinationPayment})
	equal(t, "the charge's transfer", s.credited.Transfer, s.transfer.ID)
	equal(t, "the charge's destination", s.credited.Destination, "")
	equal(t, "the fee's account", s.fee.Account, "")
	equal(t, "the fee's payer", s.fee.Payer, a.ID)
	equal(t, "the fee's charge", s.fee.Charge, s.transfer.DestinationPayment)
	equal(t, "the fee's source", s.fee.Source, s.payment.Charge)
	for _, o := range []billing.Object{s.payment, s.transfer, s.credited, s.fee} {
		equal(t, "the time of "+o.Key().String(), o.Head().Created, t.driver.Now().Truncate(time.Second))
	}
}

// splitLines are the movements that a destination charge leads to.
func splitLines(s splitCharge) string {
	transfer := billing.Movement{Kind: billing.EntryTransfer, Object: s.transfer.ID, Amount: s.transfer.Amount}
	if s.fee == nil {
		return inLines([]billing.Movement{transfer})
	}
	fee := billing.Movement{Kind: billing.EntryFee, Object: s.fee.ID, Amount: s.fee.Amount}
	fee.Amount.Amount *= -1
	return inLines([]billing.Movement{transfer, fee})
}

func checkSplitMovements(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	equal(t, "the charge's movements", inLines(s.credited.Movements), splitLines(s))
	equal(t, "the account's movements", whole(t.movements(a)), whole(s.credited.Movements))
	equal(t, "the number of movements on the platform's payment", len(s.payment.Movements), 0)
	for _, movements := range [][]billing.Movement{s.credited.Movements, t.movements(a)} {
		for _, m := range movements {
			equal(t, "the transaction", m.Transaction, s.credited.Movements[0].Transaction)
			equal(t, "the time", m.Created, s.credited.Created)
			equal(t, "when it is available", m.AvailableOn, s.credited.Movements[0].AvailableOn)
			equal(t, "whether that is later", m.AvailableOn.After(m.Created), true)
			equal(t, "held", m.Held, false)
		}
	}
}

func checkSplitWithoutFee(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 0)
	equal(t, "the account's movements", inLines(t.movements(a)), splitLines(s))
	equal(t, "the fee", s.credited.ApplicationFee, "")
	equal(t, "the commission", s.payment.Commission+s.credited.Commission, 0)
	equal(t, "the number of fees", len(listed(t, t.connect().ListApplicationFees(t.ctx, billing.ApplicationFeeFilter{}))), 0)
	t.has(a, 0, 10000)
}

func checkWholeFee(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 10000)
	equal(t, "the account's movements", inLines(t.movements(a)), splitLines(s))
	t.has(a, 0, 0)
}

func checkBadFee(t *providerTest) {
	a := t.expert()
	for _, params := range []billing.PaymentParams{
		splitParams(a, euros(1000), 1001), splitParams(a, euros(1000), -1), splitParams(&billing.Account{}, euros(1000), 100),
	} {
		ask(t.p.CreatePayment(t.ctx, t.write(), params)).refused(t, frontdesk.Invalid)
	}
	equal(t, "the number of payments", len(listed(t, t.p.ListPayments(t.ctx, billing.PaymentFilter{}))), 0)
}

func checkUnknownDestination(t *providerTest) {
	t.connect()
	nobody := &billing.Account{Header: billing.Header{Ref: billing.AccountRef("acct_unknown")}}
	behalf := splitParams(nobody, euros(1000), 0)
	behalf.Split = billing.Split{OnBehalfOf: nobody.ID}
	for _, params := range []billing.PaymentParams{splitParams(nobody, euros(1000), 100), behalf} {
		ask(t.p.CreatePayment(t.ctx, t.write(), params)).refused(t, frontdesk.NotFound)
	}
	session := t.checkoutParams(billing.CheckoutModePayment, billing.CheckoutLine{Name: "Consultation", Amount: euros(5000)})
	session.Split = billing.Split{Destination: nobody.ID}
	ask(t.p.CreateCheckout(t.ctx, t.write(), session)).refused(t, frontdesk.NotFound)
	equal(t, "the number of payments", len(listed(t, t.p.ListPayments(t.ctx, billing.PaymentFilter{}))), 0)
}

func checkNoMoney(t *providerTest) {
	fresh, gone := t.account(), t.expert()
	t.done(t.experts().Deauthorize(gone.ID))
	pay := ask(t.p.GetPayment(t.ctx, t.paid(1000).Ref)).must(t)
	codes := []frontdesk.Code{frontdesk.FailedPrecondition, frontdesk.Invalid, frontdesk.NotFound, frontdesk.PermissionDenied}
	for _, a := range []*billing.Account{fresh, gone} {
		ask(t.p.CreatePayment(t.ctx, t.write(), splitParams(a, euros(1000), 100))).refused(t, codes...)
		t.transferOf(pay, a, 100).refused(t, codes...)
	}
	equal(t, "the number of payments", len(listed(t, t.p.ListPayments(t.ctx, billing.PaymentFilter{}))), 1)
	equal(t, "the number of transfers", len(t.transfers(billing.TransferFilter{})), 0)
}

func checkSplitCheckout(t *providerTest) {
	a := t.expert()
	params := t.checkoutParams(billing.CheckoutModePayment, billing.CheckoutLine{Name: "Consultation", Amount: euros(5000), Quantity: 2})
	params.Split = billing.Split{Destination: a.ID, ApplicationFee: 1300, OnBehalfOf: a.ID, Group: "order_1"}
	session := ask(t.p.CreateCheckout(t.ctx, t.write(), params)).must(t)
	t.has(a, 0, 0)
	t.done(t.driver.CompleteCheckout(session.ID))
	s := t.splitOf(a, &billing.Payment{Header: billing.Header{Ref: billing.Ref{ID: t.checkout(session).Payment}}})
	equal(t, "the destination", s.payment.Destination, a.ID)
	equal(t, "the group", s.transfer.Group, "order_1")
	equal(t, "the account's movements", inLines(t.movements(a)), splitLines(s))
	t.has(a, 0, 8700)
}

func checkDelayedSplit(t *providerTest) {
	a := t.expert()
	params := t.checkoutParams(billing.CheckoutModePayment, billing.CheckoutLine{Name: "Consultation", Amount: euros(10000)})
	params.Split = billing.Split{Destination: a.ID, ApplicationFee: 1300}
	session := ask(t.p.CreateCheckout(t.ctx, t.write(), params)).must(t)
	t.done(t.driver.CompleteCheckoutUnpaid(session.ID))
	equal(t, "the number of movements", len(t.movements(a)), 0)
	t.done(t.driver.SettleCheckout(session.ID, true))
	t.has(a, 0, 8700)
}

func checkSplitCapture(t *providerTest) {
	a := t.expert()
	for amount, want := range map[int64]int64{0: 10000, 7000: 7000} {
		params := splitParams(a, euros(10000), 1300)
		params.ManualCapture = true
		authorised := ask(t.p.CreatePayment(t.ctx, t.write(), params)).must(t)
		equal(t, "the transfer before the capture", authorised.Transfer, "")
		captured := ask(t.p.CapturePayment(t.ctx, t.write(), authorised.ID, amount)).must(t)
		s := t.splitOf(a, captured)
		equal(t, "the transfer", s.transfer.Amount, euros(want))
		equal(t, "the fee", s.fee.Amount, euros(1300))
	}
	t.has(a, 0, 17000-2*1300)
}

func checkDeclinedSplit(t *providerTest) {
	a := t.expert()
	params := splitParams(a, euros(10000), 1300)
	params.Confirm, params.PaymentMethod = false, ""
	made := ask(t.p.CreatePayment(t.ctx, t.write(), params)).must(t)
	card := billing.PaymentConfirm{PaymentMethod: "pm_card_visa"}
	t.driver.DeclineNext("card_declined")
	ask(t.p.ConfirmPayment(t.ctx, t.write(), made.ID, card)).refused(t, frontdesk.Declined)
	equal(t, "the number of movements", len(t.movements(a)), 0)
	equal(t, "the number of transfers", len(t.transfers(billing.TransferFilter{})), 0)
	ask(t.p.ConfirmPayment(t.ctx, t.write(), made.ID, card)).must(t)
	t.has(a, 0, 8700)
}

// direct is a payment that is made on an account.
func (t *providerTest) direct(on *billing.Account, cents int64) *billing.Payment {
	t.Helper()
	made := ask(t.p.CreatePayment(t.ctx, t.onto(on), billing.PaymentParams{
		Amount: euros(cents), PaymentMethod: "pm_card_visa", Confirm: true,
	})).must(t)
	return ask(t.p.GetPayment(t.ctx, made.Ref)).must(t)
}

// checkDirectCharge allows for the provider's own fee.
func checkDirectCharge(t *providerTest) {
	a := t.expert()
	pay := t.direct(a, 10000)
	equal(t, "the account", pay.Account, a.ID)
	equal(t, "the transfer", pay.Transfer, "")
	equal(t, "the account's movements", inLines(t.movements(a)), inLines(pay.Movements))
	for _, m := range pay.Movements {
		equal(t, "the object", m.Object, pay.Charge)
		switch m.Kind {
		case billing.EntryCharge:
			equal(t, "the charge", m.Amount, euros(10000))
		default:
			equal(t, "the kind of what is not the charge", m.Kind, billing.EntryFee)
		}
	}
	t.has(a, 0, t.sum(pay.Movements))
	equal(t, "the number of payments on the platform", len(listed(t, t.p.ListPayments(t.ctx, billing.PaymentFilter{}))), 0)
}

func checkSplitMinorUnits(t *providerTest) {
	a := t.expert()
	for _, amount := range []frontdesk.Money{
		{Amount: 5000, Currency: "jpy"}, {Amount: 7000, Currency: "isk"}, {Amount: 12300, Currency: "kwd"},
	} {
		s := t.splitIn(a, amount, 600)
		fee := frontdesk.Money{Amount: 600, Currency: amount.Currency}
		equal(t, "the transfer", s.transfer.Amount, amount)
		equal(t, "the fee", s.fee.Amount, fee)
		equal(t, "the commission", s.credited.Commission, 600)
		equal(t, "the movements", inLines(s.credited.Movements), splitLines(s))
		balance := ask(t.connect().GetBalance(t.ctx, a.ID)).must(t)
		equal(t, "what is pending", amountIn(balance.Pending, amount.Currency), amount.Amount-600)
		half := frontdesk.Money{Amount: amount.Amount / 2, Currency: amount.Currency}
		equal(t, "the refund", t.reverseRefund(s, half, true).Amount, half)
		now := t.again(a, s)
		equal(t, "reversed", now.transfer.Reversed, half.Amount)
		equal(t, "the reversal", now.transfer.Reversals[0].Amount, half.Amount)
		equal(t, "the fee that was given back", now.fee.Refunded, 300)
		equal(t, "the fee's refund", now.fee.Refunds[0].Amount, 300)
	}
}

func checkGroup(t *providerTest) {
	a := t.expert()
	params := splitParams(a, euros(10000), 1300)
	params.Split.Group, params.Split.OnBehalfOf = "order_1", a.ID
	s := t.splitOf(a, ask(t.p.CreatePayment(t.ctx, t.write(), params)).must(t))
	equal(t, "the group", s.transfer.Group, "order_1")
	params.Split = billing.Split{Group: "order_2"}
	kept := ask(t.p.CreatePayment(t.ctx, t.write(), params)).must(t)
	equal(t, "the transfer of a charge that is only grouped", kept.Transfer, "")
	t.has(a, 0, 8700)
}

func checkNoSplit(t *providerTest) {
	t.connect()
	pay := ask(t.p.GetPayment(t.ctx, t.paid(1200).Ref)).must(t)
	equal(t, "the destination", pay.Destination, "")
	equal(t, "the transfer", pay.Transfer, "")
	equal(t, "the commission", pay.Commission, 0)
	equal(t, "the number of movements", len(pay.Movements), 0)
	equal(t, "the number of transfers", len(t.transfers(billing.TransferFilter{})), 0)
}

var splitRefundRules = []providerRule{
	{"a refund is the platform's own unless it reverses the transfer", checkPlainRefund},
	{"a refund that reverses the transfer takes the same part back", checkReversingRefund},
	{"a refund gives the same part of the fee back when it is asked to", checkRefundFee},
	{"partial refunds give back exactly what was taken once they are complete", checkPartialRefunds},
	{"a refund in two halves of odd amounts leaves nothing over", checkOddHalves},
	{"a refund of a charge without a transfer cannot reverse one", checkNothingToReverse},
	{"a refund of more than the account has leaves it owing", checkOwing},
	{"a refund of an account's own charge is its own, and comes back when it fails", checkAccountRefund},
	{"a dispute of a destination charge is the platform's", checkSplitDispute},
	{"a dispute of an account's own charge debits it", checkAccountDispute},
	{"a dispute that is won reinstates what it has taken", checkWonDispute},
}

// reverseRefund refunds a part of a destination charge, all that is left for zero.
func (t *providerTest) reverseRefund(s splitCharge, amount frontdesk.Money, fee bool) *billing.Refund {
	t.Helper()
	made := ask(t.p.CreateRefund(t.ctx, t.write(), billing.RefundParams{
		Payment: s.payment.ID, Amount: amount, ReverseTransfer: true, RefundFee: fee,
	})).must(t)
	return ask(t.p.GetRefund(t.ctx, made.Ref)).must(t)
}

// again reads all sides of a destination charge again.
func (t *providerTest) again(to *billing.Account, s splitCharge) splitCharge {
	t.Helper()
	return t.splitOf(to, s.payment)
}

func checkPlainRefund(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	r := t.refund(s.payment, 5000).must(t)
	equal(t, "the reversal", r.Reversal, "")
	now := t.again(a, s)
	equal(t, "refunded", now.payment.Refunded, 5000)
	equal(t, "reversed", now.transfer.Reversed, 0)
	equal(t, "the fee that was given back", now.fee.Refunded, 0)
	equal(t, "the account's movements", inLines(t.movements(a)), splitLines(s))
}

func checkReversingRefund(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	r := t.reverseRefund(s, euros(5000), false)
	now := t.again(a, s)
	equal(t, "reversed", now.transfer.Reversed, 5000)
	equal(t, "the transfer's state", now.transfer.State(), "paid")
	equal(t, "the number of reversals", len(now.transfer.Reversals), 1)
	reversal := now.transfer.Reversals[0]
	equal(t, "the reversal", reversal.ID, r.Reversal)
	equal(t, "its amount", reversal.Amount, 5000)
	equal(t, "its refund", reversal.Refund, r.ID)
	equal(t, "its time", reversal.Created, t.driver.Now().Truncate(time.Second))
	equal(t, "the fee that was given back", now.fee.Refunded, 0)
	t.worth(a, 3700)
	theirs := listed(t, t.p.ListRefunds(t.ctx, billing.RefundFilter{Account: a.ID}))
	equal(t, "the number of refunds on the account", len(theirs), 1)
	seen := ask(t.p.GetRefund(t.ctx, theirs[0].Ref)).must(t)
	equal(t, "the account", seen.Account, a.ID)
	equal(t, "the cause", seen.Reversal, r.Reversal)
	equal(t, "the charge", seen.Charge, s.transfer.DestinationPayment)
	equal(t, "the movements", inLines(seen.Movements), inLine(billing.EntryRefund, r.Reversal, -5000))
	equal(t, "all movements", whole(t.movements(a)), whole(slices.Concat(s.credited.Movements, seen.Movements)))
}

func checkRefundFee(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	r := t.reverseRefund(s, euros(5000), true)
	now := t.again(a, s)
	equal(t, "the fee that was given back", now.fee.Refunded, 650)
	equal(t, "the fee's state", now.fee.State(), "charged")
	equal(t, "the number of its refunds", len(now.fee.Refunds), 1)
	back := now.fee.Refunds[0]
	equal(t, "its refund", back.Amount, 650)
	equal(t, "the time", back.Created, t.driver.Now().Truncate(time.Second))
	equal(t, "the account's movements", inLines(t.movements(a)), inLines([]billing.Movement{
		{Kind: billing.EntryTransfer, Object: s.transfer.ID, Amount: euros(10000)},
		{Kind: billing.EntryFee, Object: s.fee.ID, Amount: euros(-1300)},
		{Kind: billing.EntryRefund, Object: r.Reversal, Amount: euros(-5000)},
		{Kind: billing.EntryFee, Object: back.ID, Amount: euros(650)},
	}))
	t.worth(a, 4350)
}

func checkPartialRefunds(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1333)
	for _, part := range []int64{3333, 3333, 0} {
		amount := euros(part)
		if part == 0 {
			amount = frontdesk.Money{}
		}
		t.reverseRefund(s, amount, true)
		now := t.again(a, s)
		equal(t, "reversed", now.transfer.Reversed, now.payment.Refunded)
		exact := now.payment.Refunded * 1333 / 10000
		if off := now.fee.Refunded - exact; off < -1 || off > 1 {
			t.Errorf("of the fee %d was given back, and %d is its part", now.fee.Refunded, exact)
		}
	}
	now := t.again(a, s)
	equal(t, "refunded", now.payment.Refunded, 10000)
	equal(t, "the fee that was given back", now.fee.Refunded, 1333)
	equal(t, "the fee's state", now.fee.State(), "refunded")
	equal(t, "the transfer's state", now.transfer.State(), "reversed")
	equal(t, "what the movements sum to", t.sum(t.movements(a)), 0)
	t.worth(a, 0)
}

func checkOddHalves(t *providerTest) {
	a := t.expert()
	s := t.split(a, 101, 33)
	t.reverseRefund(s, euros(51), true)
	t.reverseRefund(s, euros(50), true)
	now := t.again(a, s)
	equal(t, "reversed", now.transfer.Reversed, 101)
	equal(t, "the fee that was given back", now.fee.Refunded, 33)
	t.worth(a, 0)
}

func checkNothingToReverse(t *providerTest) {
	t.connect()
	pay := t.paid(1200)
	params := billing.RefundParams{Payment: pay.ID, ReverseTransfer: true}
	ask(t.p.CreateRefund(t.ctx, t.write(), params)).refused(t, frontdesk.Invalid, frontdesk.FailedPrecondition)
	equal(t, "refunded", ask(t.p.GetPayment(t.ctx, pay.Ref)).must(t).Refunded, 0)
}

func checkOwing(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	t.mature(a)
	t.pay(a, 8700)
	t.reverseRefund(s, frontdesk.Money{}, true)
	t.worth(a, -8700)
}

func checkAccountRefund(t *providerTest) {
	a := t.expert()
	pay := t.direct(a, 10000)
	made := ask(t.p.CreateRefund(t.ctx, t.onto(a), billing.RefundParams{Payment: pay.ID, Amount: euros(4000)})).must(t)
	r := ask(t.p.GetRefund(t.ctx, made.Ref)).must(t)
	equal(t, "the reversal", r.Reversal, "")
	equal(t, "the movements", inLines(r.Movements), inLine(billing.EntryRefund, r.ID, -4000))
	equal(t, "the account's movements", whole(t.movements(a)), whole(slices.Concat(pay.Movements, r.Movements)))
	t.done(t.driver.FailRefund(r.ID))
	failed := ask(t.p.GetRefund(t.ctx, r.Ref)).must(t)
	equal(t, "the sum of the movements", t.sum(failed.Movements), 0)
	equal(t, "the account's movements", whole(t.movements(a)), whole(slices.Concat(pay.Movements, failed.Movements)))
	t.worth(a, t.sum(pay.Movements))
}

func checkSplitDispute(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	opened := ask(t.driver.OpenDispute(s.payment.ID)).must(t)
	d := ask(t.p.GetDispute(t.ctx, opened.Ref)).must(t)
	equal(t, "the account", d.Account, "")
	equal(t, "the number of its movements", len(d.Movements), 0)
	equal(t, "the account's movements", inLines(t.movements(a)), splitLines(s))
}

// disputed is a dispute of a charge of 100 euros that was made on an account.
func (t *providerTest) disputed(on *billing.Account) (*billing.Payment, *billing.Dispute) {
	t.Helper()
	pay := t.direct(on, 10000)
	opened := ask(t.driver.OpenDispute(pay.ID)).must(t)
	return pay, ask(t.p.GetDispute(t.ctx, billing.Ref{Account: on.ID, ID: opened.ID})).must(t)
}

// disputeSum is what a dispute has moved, without the provider's fees.
func (t *providerTest) disputeSum(d *billing.Dispute) int64 {
	t.Helper()
	var sum int64
	for _, m := range d.Movements {
		equal(t, "the object", m.Object, d.ID)
		switch m.Kind {
		case billing.EntryDispute:
			sum += m.Amount.Amount
		default:
			equal(t, "the kind of what is not the dispute", m.Kind, billing.EntryFee)
		}
	}
	return sum
}

func checkAccountDispute(t *providerTest) {
	a := t.expert()
	pay, d := t.disputed(a)
	equal(t, "the account", d.Account, a.ID)
	equal(t, "the payment", d.Payment, pay.ID)
	equal(t, "what was withdrawn", t.disputeSum(d), -10000)
	all := slices.Concat(pay.Movements, d.Movements)
	equal(t, "the account's movements", whole(t.movements(a)), whole(all))
	t.worth(a, t.sum(all))
	t.done(t.driver.CloseDispute(d.ID, false))
	lost := ask(t.p.GetDispute(t.ctx, d.Ref)).must(t)
	equal(t, "what was withdrawn", t.disputeSum(lost), -10000)
	equal(t, "the account's movements", whole(t.movements(a)), whole(slices.Concat(pay.Movements, lost.Movements)))
}

func checkWonDispute(t *providerTest) {
	a := t.expert()
	pay, d := t.disputed(a)
	t.done(t.driver.CloseDispute(d.ID, true))
	won := ask(t.p.GetDispute(t.ctx, d.Ref)).must(t)
	equal(t, "the status", won.Status, billing.DisputeStatusWon)
	equal(t, "what is left withdrawn", t.disputeSum(won), 0)
	all := slices.Concat(pay.Movements, won.Movements)
	equal(t, "the account's movements", whole(t.movements(a)), whole(all))
	t.worth(a, t.sum(all))
}
