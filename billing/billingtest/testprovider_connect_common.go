package billingtest

import (
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var connectRules = []providerRule{
	{"an empty id or account is Invalid and nothing is sent", checkConnectEmptyID},
	{"an unknown transfer, fee or payout is NotFound", checkConnectUnknownID},
	{"an account that is not connected is PermissionDenied or NotFound", checkStrangeAccount},
	{"a repeated key has one effect and gives the first answer", checkConnectRepeatedKey},
	{"a key that is used many times at once has one effect", checkConnectConcurrentKey},
	{"a key with other parameters is Invalid", checkConnectReusedKey},
	{"a key on another account has an effect of its own", checkKeyPerAccount},
	{"a key without characters is Invalid and nothing is sent", checkConnectKeyLength},
	{"a lost answer is found again with the same key", checkConnectLostAnswer},
	{"a reversal that cannot be read says that it may have been carried out", checkUnreadReversal},
	{"money that is there once goes away once, however many ask for it", checkContendedMoney},
	{"a payment and a refund with a repeated key are passed on once", checkRepeatedSplit},
	{"a list of an account or of the platform's ends with the error that stopped it", checkConnectBrokenLists},
	{"a list of movements may be left early and read again", checkLeaveMovements},
}

// objectCalls name a transfer, a fee, a payout or an account by its id.
var objectCalls = []idCall{
	{"GetTransfer", func(t *providerTest, id string) error { return failure(t.connect().GetTransfer(t.ctx, id)) }},
	{"ReverseTransfer", func(t *providerTest, id string) error {
		return failure(t.connect().ReverseTransfer(t.ctx, t.write(), id, billing.ReversalParams{}))
	}},
	{"GetApplicationFee", func(t *providerTest, id string) error { return failure(t.connect().GetApplicationFee(t.ctx, id)) }},
}

func checkConnectEmptyID(t *providerTest) {
	a := t.expert()
	for _, c := range slices.Concat(accountCalls, objectCalls) {
		before := t.driver.Calls(c.method)
		if err := c.call(t, ""); frontdesk.CodeOf(err) != frontdesk.Invalid {
			t.Errorf("%s: failed with %v, want Invalid", c.method, err)
		}
		if n := t.driver.Calls(c.method) - before; n != 0 {
			t.Errorf("%s: %d calls reached the provider, want none", c.method, n)
		}
	}
	ask(t.connect().GetPayout(t.ctx, billing.Ref{Account: a.ID})).refused(t, frontdesk.Invalid)
	equal(t, "the number of calls", t.driver.Calls("GetPayout"), 0)
	ask(t.connect().CreateTransfer(t.ctx, t.write(), billing.TransferParams{Amount: euros(1)})).refused(t, frontdesk.Invalid)
	equal(t, "the number of calls", t.driver.Calls("CreateTransfer"), 0)
}

func checkConnectUnknownID(t *providerTest) {
	a := t.expert()
	for _, c := range objectCalls {
		if err := c.call(t, "unknown_1"); frontdesk.CodeOf(err) != frontdesk.NotFound {
			t.Errorf("%s: failed with %v, want NotFound", c.method, err)
		}
	}
	ask(t.connect().GetPayout(t.ctx, billing.Ref{Account: a.ID, ID: "po_unknown"})).refused(t, frontdesk.NotFound)
	filter := billing.MovementFilter{Account: a.ID, Payout: "po_unknown"}
	t.refused(listErr(t.connect().ListMovements(t.ctx, filter)), frontdesk.NotFound)
}

// checkStrangeAccount allows for providers that do not tell whether an account
// that is not the platform's exists.
func checkStrangeAccount(t *providerTest) {
	t.connect()
	for _, c := range accountCalls {
		code := frontdesk.CodeOf(c.call(t, "acct_unknown"))
		if code != frontdesk.PermissionDenied && code != frontdesk.NotFound {
			t.Errorf("%s: failed with %v, want PermissionDenied or NotFound", c.method, code)
		}
	}
}

// keyedWrite is a write with a key that the rule chooses. It returns what the
// provider answers, without what may differ in another write.
type keyedWrite struct {
	method string
	call   func(t *providerTest, w billing.Write) (string, error)
}

func idOf[O billing.Object](o O, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return o.Head().ID, nil
}

// keyedWrites are all writes of the ability, on an account and a transfer that
// they can be carried out on.
func keyedWrites(a *billing.Account, tr *billing.Transfer) []keyedWrite {
	on := func(w billing.Write) billing.Write { w.Account = a.ID; return w }
	return []keyedWrite{
		{"CreateAccount", func(t *providerTest, w billing.Write) (string, error) {
			return idOf(t.connect().CreateAccount(t.ctx, w, billing.AccountParams{Type: billing.AccountExpress, Country: "DE"}))
		}},
		{"SetPayoutSchedule", func(t *providerTest, w billing.Write) (string, error) {
			return idOf(t.connect().SetPayoutSchedule(t.ctx, on(w), billing.PayoutSchedule{Interval: billing.PayoutManual}))
		}},
		{"CreateAccountLink", func(t *providerTest, w billing.Write) (string, error) {
			link, err := t.connect().CreateAccountLink(t.ctx, on(w), billing.AccountLinkParams{
				RefreshURL: "https://portal.example/again", ReturnURL: "https://portal.example/done",
			})
			if err != nil {
				return "", err
			}
			return link.URL, nil
		}},
		{"CreateLoginLink", func(t *providerTest, w billing.Write) (string, error) {
			link, err := t.connect().CreateLoginLink(t.ctx, on(w))
			if err != nil {
				return "", err
			}
			return link.URL, nil
		}},
		{"CreateTransfer", func(t *providerTest, w billing.Write) (string, error) {
			return idOf(t.connect().CreateTransfer(t.ctx, w, billing.TransferParams{
				Amount: euros(100), Destination: a.ID, Source: tr.Source,
			}))
		}},
		{"ReverseTransfer", func(t *providerTest, w billing.Write) (string, error) {
			return idOf(t.connect().ReverseTransfer(t.ctx, w, tr.ID, billing.ReversalParams{Amount: euros(100)}))
		}},
		{"CreatePayout", func(t *providerTest, w billing.Write) (string, error) {
			return idOf(t.connect().CreatePayout(t.ctx, on(w), billing.PayoutParams{Amount: euros(100)}))
		}},
	}
}

// writes are all writes of the ability, ready to be carried out.
func (t *providerTest) writes() []keyedWrite {
	t.Helper()
	a := t.earned()
	return keyedWrites(a, t.transfer(a, 5000))
}

func checkConnectRepeatedKey(t *providerTest) {
	for _, c := range t.writes() {
		w, before := t.write(), t.driver.Effects(c.method)
		first := ask(c.call(t, w)).must(t)
		equal(t, "the second answer to "+c.method, ask(c.call(t, w)).must(t), first)
		equal(t, "the number of effects of "+c.method, t.driver.Effects(c.method)-before, 1)
		ask(c.call(t, t.write())).must(t)
		equal(t, "the number of effects of "+c.method+" with another key", t.driver.Effects(c.method)-before, 2)
	}
}

func checkConnectConcurrentKey(t *providerTest) {
	for _, c := range t.writes() {
		w, before := t.write(), t.driver.Effects(c.method)
		for _, err := range contend(func(int) error { return failure(c.call(t, w)) }) {
			if err != nil {
				t.refused(err, frontdesk.Aborted) // a conflicting call is under way
			}
		}
		equal(t, "the number of effects of "+c.method, t.driver.Effects(c.method)-before, 1)
	}
}

func checkConnectReusedKey(t *providerTest) {
	a := t.earned()
	tr := t.transfer(a, 5000)
	w := t.write()
	ask(t.connect().ReverseTransfer(t.ctx, w, tr.ID, billing.ReversalParams{Amount: euros(100)})).must(t)
	ask(t.connect().ReverseTransfer(t.ctx, w, tr.ID, billing.ReversalParams{Amount: euros(200)})).refused(t, frontdesk.Invalid)
	w = t.onto(a)
	ask(t.connect().CreatePayout(t.ctx, w, billing.PayoutParams{Amount: euros(100)})).must(t)
	ask(t.connect().CreatePayout(t.ctx, w, billing.PayoutParams{Amount: euros(200)})).refused(t, frontdesk.Invalid)
	t.worth(a, 8700+5000-200)
}

func checkKeyPerAccount(t *providerTest) {
	first, second := t.earned(), t.earned()
	w := t.onto(first)
	po := ask(t.connect().CreatePayout(t.ctx, w, billing.PayoutParams{Amount: euros(100)})).must(t)
	w.Account = second.ID
	other := ask(t.connect().CreatePayout(t.ctx, w, billing.PayoutParams{Amount: euros(100)})).must(t)
	equal(t, "the number of payouts", t.driver.Effects("CreatePayout"), 2)
	equal(t, "the accounts", po.Account+" "+other.Account, first.ID+" "+second.ID)
	t.has(first, 8600, 0)
	t.has(second, 8600, 0)
	w = t.onto(first)
	friday := billing.PayoutSchedule{Interval: billing.PayoutWeekly, Weekday: "friday"}
	ask(t.connect().SetPayoutSchedule(t.ctx, w, friday)).must(t)
	w.Account = second.ID
	equal(t, "the second's day", ask(t.connect().SetPayoutSchedule(t.ctx, w, friday)).must(t).Schedule.Weekday, "friday")
	equal(t, "the account", t.reread(second).Schedule.Weekday, "friday")
}

func checkConnectKeyLength(t *providerTest) {
	for _, c := range t.writes() {
		before := t.driver.Calls(c.method)
		ask(c.call(t, billing.Write{})).refused(t, frontdesk.Invalid)
		equal(t, "the number of calls of "+c.method, t.driver.Calls(c.method)-before, 0)
	}
}

// checkConnectLostAnswer allows for a transport that asks again by itself.
func checkConnectLostAnswer(t *providerTest) {
	for _, c := range t.writes() {
		w, before := t.write(), t.driver.Effects(c.method)
		t.driver.LoseNext(c.method)
		if _, err := c.call(t, w); err != nil {
			t.refused(err, frontdesk.OutcomeUnknown)
		}
		ask(c.call(t, w)).must(t)
		equal(t, "the number of effects of "+c.method, t.driver.Effects(c.method)-before, 1)
	}
}

// checkUnreadReversal is for providers that read the transfer after the write;
// others never notice.
func checkUnreadReversal(t *providerTest) {
	a := t.expert()
	tr, w := t.transfer(a, 5000), t.write()
	t.driver.FailNext("GetTransfer", frontdesk.Unavailable)
	if _, err := t.connect().ReverseTransfer(t.ctx, w, tr.ID, billing.ReversalParams{}); err != nil {
		t.refused(err, frontdesk.OutcomeUnknown)
		equal(t, "reversed", ask(t.connect().ReverseTransfer(t.ctx, w, tr.ID, billing.ReversalParams{})).must(t).Reversed, 5000)
	}
	equal(t, "the number of reversals", t.driver.Effects("ReverseTransfer"), 1)
}

func checkContendedMoney(t *providerTest) {
	a := t.earned()
	pay := ask(t.p.GetPayment(t.ctx, t.paid(10000).Ref)).must(t)
	tr := t.transferOf(pay, a, 5000).must(t)
	keys := make(chan billing.Write, 1000)
	for range cap(keys) {
		keys <- t.write()
	}
	for what, do := range map[string]func() error{
		"payouts": func() error {
			w := <-keys
			w.Account = a.ID
			return failure(t.connect().CreatePayout(t.ctx, w, billing.PayoutParams{Amount: euros(8000)}))
		},
		"reversals": func() error {
			return failure(t.connect().ReverseTransfer(t.ctx, <-keys, tr.ID, billing.ReversalParams{Amount: euros(4000)}))
		},
		"transfers": func() error {
			params := billing.TransferParams{Amount: euros(3000), Destination: a.ID, Source: pay.Charge}
			return failure(t.connect().CreateTransfer(t.ctx, <-keys, params))
		},
	} {
		var done int
		for _, err := range contend(func(int) error { return do() }) {
			if err == nil {
				done++
				continue
			}
			t.refused(err, frontdesk.FailedPrecondition, frontdesk.Invalid, frontdesk.Aborted)
		}
		equal(t, "the number of "+what, done, 1)
	}
	t.worth(a, 8700-8000+5000-4000+3000)
}

func checkRepeatedSplit(t *providerTest) {
	a, other := t.expert(), t.expert()
	w, params := t.write(), splitParams(a, euros(10000), 1300)
	first := ask(t.p.CreatePayment(t.ctx, w, params)).must(t)
	equal(t, "the second payment", ask(t.p.CreatePayment(t.ctx, w, params)).must(t).ID, first.ID)
	ask(t.p.CreatePayment(t.ctx, w, splitParams(a, euros(10000), 1200))).refused(t, frontdesk.Invalid)
	ask(t.p.CreatePayment(t.ctx, w, splitParams(other, euros(10000), 1300))).refused(t, frontdesk.Invalid)
	t.has(a, 0, 8700)
	t.has(other, 0, 0)
	w = t.write()
	back := billing.RefundParams{Payment: first.ID, Amount: euros(5000), ReverseTransfer: true, RefundFee: true}
	refund := ask(t.p.CreateRefund(t.ctx, w, back)).must(t)
	equal(t, "the second refund", ask(t.p.CreateRefund(t.ctx, w, back)).must(t).ID, refund.ID)
	back.RefundFee = false
	ask(t.p.CreateRefund(t.ctx, w, back)).refused(t, frontdesk.Invalid)
	t.worth(a, 4350)
}

func checkConnectBrokenLists(t *providerTest) {
	a := t.earned()
	t.pay(a, 100)
	for _, l := range []idCall{
		{"ListAccounts", func(t *providerTest, _ string) error { return listErr(t.connect().ListAccounts(t.ctx)) }},
		{"ListTransfers", func(t *providerTest, _ string) error {
			return listErr(t.connect().ListTransfers(t.ctx, billing.TransferFilter{}))
		}},
		{"ListApplicationFees", func(t *providerTest, _ string) error {
			return listErr(t.connect().ListApplicationFees(t.ctx, billing.ApplicationFeeFilter{}))
		}},
		{"ListPayouts", func(t *providerTest, id string) error {
			return listErr(t.connect().ListPayouts(t.ctx, billing.PayoutFilter{Account: id}))
		}},
		{"ListMovements", func(t *providerTest, id string) error {
			return listErr(t.connect().ListMovements(t.ctx, billing.MovementFilter{Account: id}))
		}},
	} {
		t.driver.FailNext(l.method, frontdesk.Unauthenticated)
		if err := l.call(t, a.ID); frontdesk.CodeOf(err) != frontdesk.Unauthenticated {
			t.Errorf("%s: ended with %v, want Unauthenticated", l.method, err)
		}
		if err := l.call(t, a.ID); err != nil {
			t.Errorf("%s: ended with %v, want no error the second time", l.method, err)
		}
	}
}

func checkLeaveMovements(t *providerTest) {
	a := t.expert()
	t.split(a, 10000, 1300)
	t.split(a, 5000, 500)
	movements := t.connect().ListMovements(t.ctx, billing.MovementFilter{Account: a.ID})
	for _, err := range movements {
		t.done(err)
		break
	}
	equal(t, "the number of movements", len(listed(t, movements)), 4)
}
