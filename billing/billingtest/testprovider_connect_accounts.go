package billingtest

import (
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var accountRules = []providerRule{
	{"a new account is named by itself and cannot be paid yet", checkNewAccount},
	{"every account is listed, named by itself", checkListAccounts},
	{"an onboarding link is a page, another one each time, for a few minutes", checkAccountLink},
	{"an onboarding link needs addresses to come back to", checkLinkAddresses},
	{"an account of an unknown type or country is Invalid", checkBadAccount},
	{"onboarding satisfies what is due and enables the account", checkOnboarding},
	{"a login link needs onboarding to be complete", checkLoginLink},
	{"what is required later has a deadline, and clears when it is submitted", checkRequireMore},
	{"what was submitted and does not satisfy stays due, and says why", checkRejected},
	{"a deadline that passes restricts the account until it is submitted", checkDeadline},
	{"a payout schedule of every interval is set and read", checkSchedules},
	{"a payout schedule that cannot be is Invalid, names its field and changes nothing", checkBadSchedules},
	{"a deauthorised account refuses every call with PermissionDenied", checkDeauthorized},
	{"a deauthorised account leaves the platform's objects and other accounts alone", checkDeauthorizedAlone},
	{"an account that was connected again answers", checkAuthorized},
	{"accounts are told apart in keys, objects and lists", checkAccountsApart},
}

func checkNewAccount(t *providerTest) {
	made := t.account()
	for _, a := range []*billing.Account{made, t.reread(made)} {
		equal(t, "the name", a.Ref, billing.AccountRef(made.ID))
		equal(t, "the type", a.Type, billing.AccountExpress)
		equal(t, "the country", a.Country, "DE")
		equal(t, "the email", a.Email, "nina@example.com")
		equal(t, "the metadata", a.Metadata["expert"], "nina")
		equal(t, "the time", a.Created, t.driver.Now().Truncate(time.Second))
		equal(t, "whether details were submitted", a.DetailsSubmitted, false)
		equal(t, "whether it can charge", a.ChargesEnabled, false)
		equal(t, "whether it can be paid", a.PayoutsEnabled, false)
		equal(t, "whether it was disconnected", a.Disconnected(), false)
		if len(a.Requirements.CurrentlyDue) == 0 {
			t.Error("a new account has nothing that is due")
		}
		if a.Capabilities["transfers"] == "" || a.Capabilities["card_payments"] == "" {
			t.Errorf("a new account must ask for transfers and card payments: %v", a.Capabilities)
		}
	}
}

func checkListAccounts(t *providerTest) {
	mine := t.account()
	theirs := t.experts().AddAccount("acct_omar", billing.AccountParams{Type: billing.AccountStandard, Country: "FR"})
	all := listed(t, t.connect().ListAccounts(t.ctx))
	equal(t, "the number of accounts", len(all), 2)
	for _, a := range all {
		equal(t, "the name", a.Ref, billing.AccountRef(a.ID))
		equal(t, "whether it is known", a.ID == mine.ID || a.ID == theirs.ID, true)
	}
}

func checkAccountLink(t *providerTest) {
	c, a := t.connect(), t.account()
	params := billing.AccountLinkParams{RefreshURL: "https://portal.example/again", ReturnURL: "https://portal.example/done"}
	first := ask(c.CreateAccountLink(t.ctx, t.onto(a), params)).must(t)
	second := ask(c.CreateAccountLink(t.ctx, t.onto(a), params)).must(t)
	if first.URL == "" || first.URL == second.URL {
		t.Errorf("two links lead to %q and %q", first.URL, second.URL)
	}
	if left := first.ExpiresAt.Sub(t.driver.Now()); left <= 0 || left > time.Hour {
		t.Errorf("a link is good for %v", left)
	}
}

func checkLinkAddresses(t *providerTest) {
	c, a := t.connect(), t.account()
	const absolute = "https://portal.example/done"
	for _, params := range []billing.AccountLinkParams{
		{ReturnURL: absolute}, {RefreshURL: absolute}, {RefreshURL: "/again", ReturnURL: absolute},
	} {
		ask(c.CreateAccountLink(t.ctx, t.onto(a), params)).refused(t, frontdesk.Invalid)
	}
}

func checkBadAccount(t *providerTest) {
	for _, params := range []billing.AccountParams{
		{Type: "premium", Country: "DE"}, {Type: billing.AccountExpress, Country: "Germany"},
	} {
		ask(t.connect().CreateAccount(t.ctx, t.write(), params)).refused(t, frontdesk.Invalid)
	}
	equal(t, "the number of accounts", len(listed(t, t.connect().ListAccounts(t.ctx))), 0)
}

func checkOnboarding(t *providerTest) {
	made := t.account()
	t.done(t.experts().CompleteOnboarding(made.ID))
	a := t.reread(made)
	equal(t, "the status", a.Status(), billing.AccountEnabled)
	equal(t, "whether details were submitted", a.DetailsSubmitted, true)
	equal(t, "the transfers", a.Capabilities["transfers"], "active")
	equal(t, "the number of things that are due", len(a.Requirements.CurrentlyDue)+len(a.Requirements.PastDue), 0)
	equal(t, "the metadata", a.Metadata["expert"], "nina")
	if a.Schedule.Interval == "" || !a.Currency.Valid() {
		t.Errorf("an enabled account has a payout schedule and a currency: %+v, %q", a.Schedule, a.Currency)
	}
}

func checkLoginLink(t *providerTest) {
	c, a := t.connect(), t.account()
	ask(c.CreateLoginLink(t.ctx, t.onto(a))).refused(t, frontdesk.Invalid, frontdesk.FailedPrecondition)
	t.done(t.experts().CompleteOnboarding(a.ID))
	if link := ask(c.CreateLoginLink(t.ctx, t.onto(a))).must(t); link.URL == "" {
		t.Error("a login link has no page")
	}
}

// document is a requirement of those that come later.
const document = "individual.verification.document"

func checkRequireMore(t *providerTest) {
	a, deadline := t.expert(), t.driver.Now().Add(14*day)
	t.done(t.experts().RequireMore(a.ID, deadline, document))
	asked := t.reread(a)
	equal(t, "the status", asked.Status(), billing.AccountPending)
	equal(t, "whether the document is due", slices.Contains(asked.Requirements.CurrentlyDue, document), true)
	equal(t, "the deadline", asked.Requirements.Deadline, deadline)
	equal(t, "whether it can charge until then", asked.ChargesEnabled, true)
	t.done(t.experts().SubmitRequirements(a.ID))
	cleared := t.reread(a)
	equal(t, "the status", cleared.Status(), billing.AccountEnabled)
	equal(t, "the deadline", cleared.Requirements.Deadline, time.Time{})
	equal(t, "the number of things that are due", len(cleared.Requirements.CurrentlyDue), 0)
}

func checkRejected(t *providerTest) {
	a := t.expert()
	t.done(t.experts().RequireMore(a.ID, t.driver.Now().Add(14*day), document))
	t.done(t.experts().RejectRequirement(a.ID, document, "verification_document_expired", "The document has expired."))
	r := t.reread(a).Requirements
	equal(t, "whether the document is due", slices.Contains(r.CurrentlyDue, document), true)
	if len(r.Errors) != 1 {
		t.Fatalf("%d errors, want 1", len(r.Errors))
	}
	equal(t, "the error", r.Errors[0], billing.RequirementError{
		Requirement: document, Code: "verification_document_expired", Reason: "The document has expired.",
	})
	t.done(t.experts().SubmitRequirements(a.ID))
	equal(t, "the number of errors", len(t.reread(a).Requirements.Errors), 0)
}

func checkDeadline(t *providerTest) {
	a := t.expert()
	t.done(t.experts().RequireMore(a.ID, t.driver.Now().Add(14*day), document))
	t.driver.Advance(14 * day)
	late := t.reread(a)
	equal(t, "the status", late.Status(), billing.AccountRestricted)
	equal(t, "whether the document is past due", slices.Contains(late.Requirements.PastDue, document), true)
	equal(t, "whether it can be paid", late.PayoutsEnabled, false)
	t.done(t.experts().SubmitRequirements(a.ID))
	cleared := t.reread(a)
	equal(t, "the status", cleared.Status(), billing.AccountEnabled)
	equal(t, "the number of things that are past due", len(cleared.Requirements.PastDue), 0)
	equal(t, "why it is disabled", cleared.Requirements.DisabledReason, "")
}

func checkSchedules(t *providerTest) {
	a := t.expert()
	for _, want := range []billing.PayoutSchedule{
		{Interval: billing.PayoutDaily, DelayDays: 10},
		{Interval: billing.PayoutWeekly, Weekday: "friday", DelayDays: 14},
		{Interval: billing.PayoutMonthly, MonthDay: 15, DelayDays: 31},
		{Interval: billing.PayoutMonthly, MonthDay: 31, DelayDays: 31},
		{Interval: billing.PayoutManual},
		{Interval: billing.PayoutDaily},
		{Interval: billing.PayoutWeekly, Weekday: "monday"},
	} {
		set := t.scheduled(a, want)
		equal(t, "the name", set.Ref, a.Ref)
		for _, got := range []billing.PayoutSchedule{set.Schedule, t.reread(a).Schedule} {
			if want.DelayDays == 0 && want.Interval != billing.PayoutManual {
				equal(t, "whether the delay is the least again", got.DelayDays > 0 && got.DelayDays < 10, true)
				got.DelayDays = 0
			}
			equal(t, "the schedule", got, want)
		}
	}
}

func checkBadSchedules(t *providerTest) {
	a := t.scheduled(t.expert(), billing.PayoutSchedule{Interval: billing.PayoutWeekly, Weekday: "friday"})
	for field, bad := range map[string]billing.PayoutSchedule{
		"interval":   {Interval: "hourly"},
		"weekday":    {Interval: billing.PayoutWeekly, Weekday: "mon"},
		"month_day":  {Interval: billing.PayoutMonthly, MonthDay: 32},
		"delay_days": {Interval: billing.PayoutDaily, DelayDays: 1}, // Germany: at least 2
	} {
		_, err := t.connect().SetPayoutSchedule(t.ctx, t.onto(a), bad)
		t.refused(err, frontdesk.Invalid)
		equal(t, "the field", fieldsOf(err), field)
		equal(t, "the schedule", t.reread(a).Schedule, a.Schedule)
	}
}

// accountCalls are calls that an account must be connected for.
var accountCalls = []idCall{
	{"GetAccount", func(t *providerTest, id string) error { return failure(t.connect().GetAccount(t.ctx, id)) }},
	{"SetPayoutSchedule", func(t *providerTest, id string) error {
		return failure(t.connect().SetPayoutSchedule(t.ctx, t.to(id), billing.PayoutSchedule{Interval: billing.PayoutManual}))
	}},
	{"CreateAccountLink", func(t *providerTest, id string) error {
		return failure(t.connect().CreateAccountLink(t.ctx, t.to(id), billing.AccountLinkParams{
			RefreshURL: "https://portal.example/again", ReturnURL: "https://portal.example/done",
		}))
	}},
	{"CreateLoginLink", func(t *providerTest, id string) error { return failure(t.connect().CreateLoginLink(t.ctx, t.to(id))) }},
	{"CreatePayout", func(t *providerTest, id string) error {
		return failure(t.connect().CreatePayout(t.ctx, t.to(id), billing.PayoutParams{Amount: euros(1)}))
	}},
	{"GetPayout", func(t *providerTest, id string) error {
		return failure(t.connect().GetPayout(t.ctx, billing.Ref{Account: id, ID: "po_unknown"}))
	}},
	{"ListPayouts", func(t *providerTest, id string) error {
		return listErr(t.connect().ListPayouts(t.ctx, billing.PayoutFilter{Account: id}))
	}},
	{"GetBalance", func(t *providerTest, id string) error { return failure(t.connect().GetBalance(t.ctx, id)) }},
	{"ListMovements", func(t *providerTest, id string) error {
		return listErr(t.connect().ListMovements(t.ctx, billing.MovementFilter{Account: id}))
	}},
}

// to is a write to the account with an id.
func (t *providerTest) to(account string) billing.Write {
	return t.onto(&billing.Account{Header: billing.Header{Ref: billing.AccountRef(account)}})
}

// heldCalls are calls for what an account holds.
var heldCalls = []idCall{
	{"GetPayment", func(t *providerTest, id string) error {
		return failure(t.p.GetPayment(t.ctx, billing.Ref{Account: id, ID: "py_unknown"}))
	}},
	{"GetRefund", func(t *providerTest, id string) error {
		return failure(t.p.GetRefund(t.ctx, billing.Ref{Account: id, ID: "pyr_unknown"}))
	}},
	{"GetDispute", func(t *providerTest, id string) error {
		return failure(t.p.GetDispute(t.ctx, billing.Ref{Account: id, ID: "dp_unknown"}))
	}},
	{"CreatePayment", func(t *providerTest, id string) error {
		return failure(t.p.CreatePayment(t.ctx, t.to(id), billing.PaymentParams{Amount: euros(100)}))
	}},
	{"ListPayments", func(t *providerTest, id string) error {
		return listErr(t.p.ListPayments(t.ctx, billing.PaymentFilter{Account: id}))
	}},
	{"ListRefunds", func(t *providerTest, id string) error {
		return listErr(t.p.ListRefunds(t.ctx, billing.RefundFilter{Account: id}))
	}},
	{"ListDisputes", func(t *providerTest, id string) error {
		return listErr(t.p.ListDisputes(t.ctx, billing.DisputeFilter{Account: id}))
	}},
}

func checkDeauthorized(t *providerTest) {
	a := t.expert()
	t.split(a, 10000, 1300)
	t.done(t.experts().Deauthorize(a.ID))
	for _, c := range slices.Concat(accountCalls, heldCalls) {
		if err := c.call(t, a.ID); frontdesk.CodeOf(err) != frontdesk.PermissionDenied {
			t.Errorf("%s: failed with %v, want PermissionDenied", c.method, err)
		}
	}
	for _, left := range listed(t, t.connect().ListAccounts(t.ctx)) {
		equal(t, "whether it is listed", left.ID == a.ID, false)
	}
}

func checkDeauthorizedAlone(t *providerTest) {
	gone, other := t.expert(), t.expert()
	s := t.split(gone, 10000, 1300)
	t.done(t.experts().Deauthorize(gone.ID))
	ask(t.p.GetPayment(t.ctx, s.payment.Ref)).must(t)
	ask(t.connect().GetTransfer(t.ctx, s.transfer.ID)).must(t)
	ask(t.connect().GetApplicationFee(t.ctx, s.fee.ID)).must(t)
	t.split(other, 5000, 500)
	t.has(other, 0, 4500)
}

func checkAuthorized(t *providerTest) {
	a := t.expert()
	t.split(a, 10000, 1300)
	t.done(t.experts().Deauthorize(a.ID))
	t.done(t.experts().Reauthorize(a.ID))
	equal(t, "the name", t.reread(a).Ref, a.Ref)
	t.has(a, 0, 8700)
}

func checkAccountsApart(t *providerTest) {
	first, second := t.expert(), t.expert()
	if first.ID == second.ID {
		t.Fatalf("two accounts have the id %s", first.ID)
	}
	t.scheduled(first, billing.PayoutSchedule{Interval: billing.PayoutWeekly, Weekday: "friday"})
	equal(t, "the other's schedule", t.reread(second).Schedule.Interval, billing.PayoutManual)
	t.done(t.experts().RequireMore(first.ID, t.driver.Now().Add(day), document))
	equal(t, "the other's status", t.reread(second).Status(), billing.AccountEnabled)
}
