package billingtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var payoutRules = []providerRule{
	{"an account that got nothing has nothing", checkEmptyBalance},
	{"what is pending becomes available with time", checkBecomesAvailable},
	{"a balance is the sum of the account's movements", checkBalanceSum},
	{"movements are listed newest first and by time", checkListMovements},
	{"what is for nothing of the account's is named by its transaction, and held when it is a reserve", checkAdjustments},
	{"an account is paid when it is asked for, from what is available", checkManualPayout},
	{"a payout of more than is available is FailedPrecondition", checkPayTooMuch},
	{"a payout of nothing, or less, is Invalid", checkPayoutOfNothing},
	{"a payout arrives and is paid", checkPaidPayout},
	{"a payout that fails on its way gives the money back and says why", checkFailedPayout},
	{"a payout that fails when it should arrive was never paid", checkRefusedPayout},
	{"a payout that is canceled gives the money back", checkCanceledPayout},
	{"a payout can fail after it was paid, and gives the money back", checkReturnedPayout},
	{"a manual schedule pays nothing by itself", checkManualSchedule},
	{"automatic payouts sum exactly to their movements, each paid once", checkAutomaticPayouts},
	{"an automatic payout of many movements shows all of them", checkManyMovements},
	{"an automatic payout takes refunds and fees into account", checkPayoutAfterRefund},
	{"a schedule pays each currency by itself", checkTwoCurrencies},
	{"an automatic payout that failed is made good by the next", checkFailedAutomatic},
	{"a weekly schedule pays on its weekday", checkWeeklyPayouts},
	{"a monthly schedule pays on its day, in short months on the last", checkMonthlyPayouts},
	{"an account that owes is paid once it has more than it owes", checkPaidAfterOwing},
	{"payouts are listed newest first, by time and without movements", checkListPayouts},
	{"whatever happens, an account has what it was given less what it was paid", checkBooks},
	{"one account never sees the money of another", checkMoneyApart},
}

// pay pays an account when it is asked to.
func (t *providerTest) pay(a *billing.Account, cents int64) *billing.Payout {
	t.Helper()
	return ask(t.connect().CreatePayout(t.ctx, t.onto(a), billing.PayoutParams{
		Amount: euros(cents), Description: "June", Metadata: map[string]string{"by": "root"},
	})).must(t)
}

// payout reads a payout.
func (t *providerTest) payout(ref billing.Ref) *billing.Payout {
	t.Helper()
	return ask(t.connect().GetPayout(t.ctx, ref)).must(t)
}

func (t *providerTest) payouts(f billing.PayoutFilter) []*billing.Payout {
	t.Helper()
	return listed(t, t.connect().ListPayouts(t.ctx, f))
}

// earned is an expert to whom 87 euros are available.
func (t *providerTest) earned() *billing.Account {
	t.Helper()
	a := t.expert()
	t.split(a, 10000, 1300)
	t.mature(a)
	t.has(a, 8700, 0)
	return a
}

func checkEmptyBalance(t *providerTest) {
	a := t.expert()
	t.has(a, 0, 0)
	equal(t, "the number of movements", len(t.movements(a)), 0)
	equal(t, "the number of payouts", len(t.payouts(billing.PayoutFilter{Account: a.ID})), 0)
}

func checkBecomesAvailable(t *providerTest) {
	a := t.expert()
	t.split(a, 10000, 1300)
	t.has(a, 0, 8700)
	early := t.movements(a)[0].AvailableOn.Add(-1)
	t.driver.Advance(early.Sub(t.driver.Now()))
	t.has(a, 0, 8700)
	t.driver.Advance(1)
	t.has(a, 8700, 0)
}

func checkBalanceSum(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1333)
	t.split(a, 2500, 0)
	t.transfer(a, 777)
	t.driver.Advance(day)
	t.reverseRefund(s, euros(3333), true)
	t.direct(a, 1000)
	t.driver.Advance(5 * day)
	t.split(a, 99, 13)
	available, pending := t.balance(a)
	equal(t, "the balance", available+pending, t.sum(t.movements(a)))
	var ready int64
	for _, m := range t.movements(a) {
		if !m.AvailableOn.After(t.driver.Now()) {
			ready += m.Amount.Amount
		}
	}
	equal(t, "what is available", available, ready)
}

func checkListMovements(t *providerTest) {
	a := t.expert()
	old := t.split(a, 10000, 0)
	t.driver.Advance(day)
	since, recent := t.driver.Now(), t.split(a, 5000, 0)
	var objects []string
	for _, m := range t.movements(a) {
		objects = append(objects, m.Object)
	}
	equal(t, "all, newest first", fmt.Sprint(objects), fmt.Sprint([]string{recent.transfer.ID, old.transfer.ID}))
	later := listed(t, t.connect().ListMovements(t.ctx, billing.MovementFilter{Account: a.ID, Since: since}))
	equal(t, "those since", inLines(later), splitLines(recent))
}

// checkAdjustments takes the types that Stripe's lines have.
func checkAdjustments(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	kinds := map[string]billing.Movement{
		"adjustment":          {Kind: billing.EntryAdjustment, Amount: euros(-111)},
		"stripe_fee":          {Kind: billing.EntryFee, Amount: euros(-222)},
		"reserve_transaction": {Kind: billing.EntryAdjustment, Held: true, Amount: euros(-333)},
	}
	for typ, want := range kinds {
		before := len(t.movements(a))
		t.done(t.experts().Adjust(a.ID, typ, want.Amount))
		now := t.movements(a)
		equal(t, "the number of movements", len(now), before+1)
		want.Transaction, want.Object, want.Created, want.AvailableOn = now[0].Transaction, now[0].Transaction, now[0].Created, now[0].AvailableOn
		equal(t, "the movement of "+typ, now[0], want)
	}
	t.worth(a, 8700-666)
	t.daily(a)
	t.driver.Advance(30 * day)
	equal(t, "what was paid", t.paidOut(a)[0].Amount.Amount, 8700-666)
	equal(t, "the number of the charge's movements", len(t.again(a, s).credited.Movements), 2)
}

func checkManualPayout(t *providerTest) {
	a := t.earned()
	made := t.pay(a, 5000)
	po := t.payout(made.Ref)
	equal(t, "the account", po.Account, a.ID)
	equal(t, "the amount", po.Amount, euros(5000))
	equal(t, "automatic", po.Automatic, false)
	equal(t, "the description", po.Description, "June")
	equal(t, "the metadata", po.Metadata["by"], "root")
	equal(t, "the failure", po.Failure, "")
	equal(t, "whether it is on its way", po.Status == billing.PayoutStatusPending || po.Status == billing.PayoutStatusInTransit, true)
	equal(t, "the number of its movements", len(po.Movements), 0)
	if po.Method == "" || po.Destination == "" || !po.ArrivalDate.After(po.Created) {
		t.Errorf("a payout has a method, a bank account and a later date of arrival: %+v", po)
	}
	t.has(a, 3700, 0)
	equal(t, "the sum of the movements, without the payout", t.sum(t.movements(a)), 8700)
}

func checkPayTooMuch(t *providerTest) {
	a := t.earned()
	t.split(a, 10000, 1300)
	t.has(a, 8700, 8700)
	params := billing.PayoutParams{Amount: euros(8701)}
	ask(t.connect().CreatePayout(t.ctx, t.onto(a), params)).refused(t, frontdesk.FailedPrecondition)
	params.Amount = frontdesk.Money{Amount: 1, Currency: "usd"}
	ask(t.connect().CreatePayout(t.ctx, t.onto(a), params)).refused(t, frontdesk.FailedPrecondition, frontdesk.Invalid)
	t.pay(a, 8700)
	params.Amount = euros(1)
	ask(t.connect().CreatePayout(t.ctx, t.onto(a), params)).refused(t, frontdesk.FailedPrecondition)
	t.has(a, 0, 8700)
	equal(t, "the number of payouts", len(t.payouts(billing.PayoutFilter{Account: a.ID})), 1)
}

func checkPayoutOfNothing(t *providerTest) {
	a := t.earned()
	for _, cents := range []int64{0, -1} {
		params := billing.PayoutParams{Amount: euros(cents)}
		ask(t.connect().CreatePayout(t.ctx, t.onto(a), params)).refused(t, frontdesk.Invalid)
	}
	t.has(a, 8700, 0)
}

// arrive moves the clock to the end of the day on which a payout is at the bank.
func (t *providerTest) arrive(po *billing.Payout) *billing.Payout {
	t.Helper()
	t.driver.Advance(max(0, po.ArrivalDate.Add(day).Sub(t.driver.Now())))
	return t.payout(po.Ref)
}

func checkPaidPayout(t *providerTest) {
	a := t.earned()
	po := t.arrive(t.pay(a, 5000))
	equal(t, "the status", po.Status, billing.PayoutStatusPaid)
	equal(t, "whether it came back", po.Status.Returned(), false)
	t.has(a, 3700, 0)
}

func checkFailedPayout(t *providerTest) {
	a := t.earned()
	made := t.pay(a, 5000)
	t.done(t.experts().FailPayout(made.ID, "account_closed"))
	t.failed(a, made)
}

// failed checks a payout of 50 of the 87 euros that an account has earned.
func (t *providerTest) failed(a *billing.Account, made *billing.Payout) {
	t.Helper()
	po := t.payout(made.Ref)
	equal(t, "the status", po.Status, billing.PayoutStatusFailed)
	equal(t, "whether it came back", po.Status.Returned(), true)
	equal(t, "the failure", po.Failure, "account_closed")
	equal(t, "the amount", po.Amount, euros(5000))
	if po.FailureMessage == "" {
		t.Error("a failed payout does not say why")
	}
	t.mature(a)
	t.has(a, 8700, 0)
	equal(t, "the sum of the movements, without the payout", t.sum(t.movements(a)), 8700)
}

func checkRefusedPayout(t *providerTest) {
	a := t.earned()
	t.done(t.experts().FailNextPayout(a.ID, "account_closed"))
	made := t.pay(a, 5000)
	t.has(a, 3700, 0)
	t.arrive(made)
	t.failed(a, made)
	equal(t, "the next payout's status", t.arrive(t.pay(a, 5000)).Status, billing.PayoutStatusPaid)
}

func checkCanceledPayout(t *providerTest) {
	a := t.earned()
	made := t.pay(a, 5000)
	t.done(t.experts().CancelPayout(made.ID))
	po := t.payout(made.Ref)
	equal(t, "the status", po.Status, billing.PayoutStatusCanceled)
	equal(t, "whether it came back", po.Status.Returned(), true)
	t.mature(a)
	t.has(a, 8700, 0)
	equal(t, "the sum of the movements, without the payout", t.sum(t.movements(a)), 8700)
}

func checkReturnedPayout(t *providerTest) {
	a := t.earned()
	made := t.arrive(t.pay(a, 5000))
	equal(t, "the status", made.Status, billing.PayoutStatusPaid)
	t.driver.Advance(3 * day)
	t.done(t.experts().FailPayout(made.ID, "account_closed"))
	t.failed(a, made)
}

func checkManualSchedule(t *providerTest) {
	a := t.earned()
	t.driver.Advance(70 * day)
	t.has(a, 8700, 0)
	equal(t, "the number of payouts", len(t.payouts(billing.PayoutFilter{Account: a.ID})), 0)
}

// daily lets the schedule pay an account every day.
func (t *providerTest) daily(a *billing.Account) {
	t.Helper()
	t.scheduled(a, billing.PayoutSchedule{Interval: billing.PayoutDaily})
}

// paidOut checks an account's automatic payouts against their movements, and
// returns them with these, newest first.
func (t *providerTest) paidOut(a *billing.Account) []*billing.Payout {
	t.Helper()
	var all []*billing.Payout
	var sum int64
	for _, l := range t.payouts(billing.PayoutFilter{Account: a.ID}) {
		po := t.payout(l.Ref)
		equal(t, "automatic", po.Automatic, true)
		equal(t, "the sum of a payout's movements", t.sum(po.Movements), po.Amount.Amount)
		filter := billing.MovementFilter{Account: a.ID, Payout: po.ID}
		equal(t, "its movements", whole(listed(t, t.connect().ListMovements(t.ctx, filter))), whole(po.Movements))
		all, sum = append(all, po), sum+po.Amount.Amount
	}
	available, pending := t.balance(a)
	equal(t, "what was earned and not paid", t.sum(t.movements(a))-sum, available+pending)
	return all
}

// paidMovements are the movements that the payouts have paid.
func paidMovements(payouts []*billing.Payout) []billing.Movement {
	var all []billing.Movement
	for _, po := range payouts {
		all = append(all, po.Movements...)
	}
	return all
}

func checkAutomaticPayouts(t *providerTest) {
	a := t.expert()
	t.daily(a)
	for i := range int64(5) {
		t.split(a, 10000+i, 1300)
		t.split(a, 333, 33*i)
		t.driver.Advance(day)
	}
	t.driver.Advance(30 * day)
	payouts := t.paidOut(a)
	if len(payouts) < 2 {
		t.Fatalf("%d payouts in a month, want some", len(payouts))
	}
	for _, po := range payouts {
		equal(t, "the status", po.Status, billing.PayoutStatusPaid)
	}
	equal(t, "what was paid", whole(paidMovements(payouts)), whole(t.movements(a)))
	t.has(a, 0, 0)
}

func checkManyMovements(t *providerTest) {
	const many = 53 // charges, of two movements each: more than Stripe lists at once
	a := t.expert()
	for range many {
		t.paidSplit(a, 1000, 130)
	}
	refunded := t.split(a, 1000, 130)
	for range many {
		t.reverse(refunded.transfer, 10, false).must(t)
	}
	t.daily(a)
	t.driver.Advance(30 * day)
	payouts := t.paidOut(a)
	equal(t, "the number of payouts", len(payouts), 1)
	equal(t, "the number of movements", len(payouts[0].Movements), 2*(many+1)+many)
	t.has(a, 0, 0)
}

// paidSplit makes a destination charge and reads nothing of it.
func (t *providerTest) paidSplit(to *billing.Account, cents, fee int64) {
	t.Helper()
	ask(t.p.CreatePayment(t.ctx, t.write(), splitParams(to, euros(cents), fee))).must(t)
}

func checkPayoutAfterRefund(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1333)
	t.split(a, 5000, 500)
	t.reverseRefund(s, euros(3333), true)
	t.reverseRefund(s, euros(1111), false)
	t.daily(a)
	t.driver.Advance(30 * day)
	payouts := t.paidOut(a)
	equal(t, "what was paid", whole(paidMovements(payouts)), whole(t.movements(a)))
	t.has(a, 0, 0)
	t.reverseRefund(s, euros(1000), true)
	t.split(a, 5000, 500)
	t.driver.Advance(30 * day)
	t.paidOut(a)
	t.has(a, 0, 0)
}

func checkTwoCurrencies(t *providerTest) {
	a := t.expert()
	t.split(a, 10000, 1300)
	t.splitIn(a, frontdesk.Money{Amount: 5000, Currency: "jpy"}, 600)
	t.daily(a)
	t.driver.Advance(30 * day)
	paid := make(map[frontdesk.Currency]int64)
	for _, l := range t.payouts(billing.PayoutFilter{Account: a.ID}) {
		po := t.payout(l.Ref)
		equal(t, "the sum of a payout's movements", t.sum(po.Movements), po.Amount.Amount)
		equal(t, "their currency", po.Movements[0].Amount.Currency, po.Amount.Currency)
		paid[po.Amount.Currency] += po.Amount.Amount
	}
	equal(t, "what was paid", fmt.Sprint(paid), fmt.Sprint(map[frontdesk.Currency]int64{"eur": 8700, "jpy": 4400}))
}

// checkFailedAutomatic leaves open which payout shows the movements.
func checkFailedAutomatic(t *providerTest) {
	a := t.expert()
	t.split(a, 10000, 1300)
	t.daily(a)
	t.done(t.experts().FailNextPayout(a.ID, "account_frozen"))
	t.driver.Advance(30 * day)
	payouts := t.payouts(billing.PayoutFilter{Account: a.ID})
	if len(payouts) != 2 {
		t.Fatalf("%d payouts, want one that failed and one that was paid", len(payouts))
	}
	equal(t, "the first", payouts[1].Status, billing.PayoutStatusFailed)
	equal(t, "the next", payouts[0].Status, billing.PayoutStatusPaid)
	equal(t, "its amount", payouts[0].Amount, euros(8700))
	equal(t, "the sum of the movements, without the payouts", t.sum(t.movements(a)), 8700)
	t.has(a, 0, 0)
}

func checkWeeklyPayouts(t *providerTest) {
	a := t.earned()
	t.scheduled(a, billing.PayoutSchedule{Interval: billing.PayoutWeekly, Weekday: "friday"})
	t.driver.Advance(8 * day)
	payouts := t.paidOut(a)
	equal(t, "the number of payouts", len(payouts), 1)
	equal(t, "the weekday", strings.ToLower(payouts[0].Created.Weekday().String()), "friday")
	t.has(a, 0, 0)
}

// checkMonthlyPayouts begins in January.
func checkMonthlyPayouts(t *providerTest) {
	a := t.expert()
	t.scheduled(a, billing.PayoutSchedule{Interval: billing.PayoutMonthly, MonthDay: 31})
	var days []string
	for range 4 {
		t.split(a, 10000, 1300)
		t.driver.Advance(31 * day)
	}
	payouts := t.paidOut(a)
	for _, po := range slices.Backward(payouts) {
		days = append(days, po.Created.Format("01-02"))
	}
	equal(t, "the days", fmt.Sprint(days), fmt.Sprint([]string{"01-31", "02-28", "03-31", "04-30"}))
}

func checkPaidAfterOwing(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	t.daily(a)
	t.driver.Advance(30 * day)
	t.has(a, 0, 0)
	paid := len(t.payouts(billing.PayoutFilter{Account: a.ID}))
	t.reverseRefund(s, frontdesk.Money{}, true)
	t.driver.Advance(30 * day)
	equal(t, "the number of payouts while it owes", len(t.payouts(billing.PayoutFilter{Account: a.ID})), paid)
	t.worth(a, -8700)
	t.split(a, 20000, 0)
	t.driver.Advance(30 * day)
	payouts := t.paidOut(a)
	equal(t, "the number of payouts", len(payouts), paid+1)
	equal(t, "the payout", payouts[0].Amount, euros(20000-8700))
	t.has(a, 0, 0)
}

func checkListPayouts(t *providerTest) {
	a := t.earned()
	old := t.pay(a, 1000)
	t.driver.Advance(day)
	since, recent := t.driver.Now(), t.pay(a, 2000)
	list := func(f billing.PayoutFilter) string { return ids(t.payouts(f)) }
	equal(t, "all, newest first", list(billing.PayoutFilter{Account: a.ID}), fmt.Sprint([]string{recent.ID, old.ID}))
	equal(t, "those since", list(billing.PayoutFilter{Account: a.ID, Since: since}), fmt.Sprint([]string{recent.ID}))
	t.daily(a)
	t.driver.Advance(5 * day)
	for _, po := range t.payouts(billing.PayoutFilter{Account: a.ID}) {
		equal(t, "the account", po.Account, a.ID)
		equal(t, "the number of movements", len(po.Movements), 0)
	}
}

// checkBooks plays a long life of two accounts, the same in every run.
func checkBooks(t *providerTest) {
	random := rand.New(rand.NewPCG(1, 2))
	accounts := []*billing.Account{t.expert(), t.expert()}
	t.daily(accounts[1])
	var splits []splitCharge
	for range 80 {
		a := accounts[random.IntN(2)]
		amount := 100 + random.Int64N(10000)
		switch random.IntN(8) {
		case 0, 1:
			splits = append(splits, t.split(a, amount, random.Int64N(amount)))
		case 2:
			t.transfer(a, min(amount, 10000))
		case 3:
			t.driver.Advance(day)
		case 4:
			_ = failure(t.connect().CreatePayout(t.ctx, t.onto(a), billing.PayoutParams{Amount: euros(amount)}))
		case 5:
			t.failSome(a, random)
		default:
			if len(splits) > 0 {
				t.giveSomeBack(splits[random.IntN(len(splits))], random)
			}
		}
		t.booked(accounts)
	}
	for _, s := range splits {
		now := t.again(&billing.Account{Header: billing.Header{Ref: billing.AccountRef(s.transfer.Destination)}}, s)
		equal(t, "reversed", now.transfer.Reversed, reversed(now.transfer))
	}
	for _, l := range t.payouts(billing.PayoutFilter{Account: accounts[1].ID}) {
		if po := t.payout(l.Ref); len(po.Movements) > 0 { // those of payouts that make up for others are not told
			equal(t, "the sum of a payout's movements", t.sum(po.Movements), po.Amount.Amount)
		}
	}
}

// giveSomeBack refunds or reverses a part, where that much is left.
func (t *providerTest) giveSomeBack(s splitCharge, random *rand.Rand) {
	part := euros(1 + random.Int64N(s.payment.Amount.Amount))
	if random.IntN(2) == 0 {
		_, _ = t.connect().ReverseTransfer(t.ctx, t.write(), s.transfer.ID, billing.ReversalParams{Amount: part})
		return
	}
	_, _ = t.p.CreateRefund(t.ctx, t.write(), billing.RefundParams{
		Payment: s.payment.ID, Amount: part, ReverseTransfer: true, RefundFee: s.fee != nil && random.IntN(2) == 0,
	})
}

// failSome fails or cancels a payout of the account, if it has one.
func (t *providerTest) failSome(a *billing.Account, random *rand.Rand) {
	payouts := t.payouts(billing.PayoutFilter{Account: a.ID})
	if len(payouts) == 0 {
		return
	}
	po := payouts[random.IntN(len(payouts))]
	if t.experts().CancelPayout(po.ID) != nil {
		_ = t.experts().FailPayout(po.ID, "account_closed")
	}
}

func reversed(tr *billing.Transfer) int64 {
	var sum int64
	for _, r := range tr.Reversals {
		sum += r.Amount
	}
	return sum
}

// booked checks that each account has what it was given less what it was paid.
func (t *providerTest) booked(accounts []*billing.Account) {
	t.Helper()
	for _, a := range accounts {
		left := t.sum(t.movements(a))
		for _, po := range t.payouts(billing.PayoutFilter{Account: a.ID}) {
			if !po.Status.Returned() {
				left -= po.Amount.Amount
			}
		}
		t.worth(a, left)
	}
}

func checkMoneyApart(t *providerTest) {
	mine, other := t.earned(), t.expert()
	s := t.split(mine, 10000, 1300)
	po := t.pay(mine, 5000)
	t.has(other, 0, 0)
	equal(t, "the other's movements", len(t.movements(other)), 0)
	equal(t, "the other's payouts", len(t.payouts(billing.PayoutFilter{Account: other.ID})), 0)
	equal(t, "the other's refunds", len(listed(t, t.p.ListRefunds(t.ctx, billing.RefundFilter{Account: other.ID}))), 0)
	ask(t.connect().GetPayout(t.ctx, billing.Ref{Account: other.ID, ID: po.ID})).refused(t, frontdesk.NotFound)
	ask(t.p.GetPayment(t.ctx, billing.Ref{Account: other.ID, ID: s.credited.ID})).refused(t, frontdesk.NotFound)
	ask(t.p.GetPayment(t.ctx, billing.Ref{Account: mine.ID, ID: s.payment.ID})).refused(t, frontdesk.NotFound)
	ask(t.p.GetPayment(t.ctx, billing.Ref{ID: s.credited.ID})).refused(t, frontdesk.NotFound)
	filter := billing.MovementFilter{Account: other.ID, Payout: po.ID}
	if left := listErr(t.connect().ListMovements(t.ctx, filter)); left == nil {
		equal(t, "the movements of a payout that is not the other's", len(listed(t, t.connect().ListMovements(t.ctx, filter))), 0)
	}
}
