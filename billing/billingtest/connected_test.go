package billingtest_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

func eur(cents int64) frontdesk.Money { return frontdesk.Money{Amount: cents, Currency: "eur"} }

// nina returns a provider with an account in Germany, which is paid daily, three
// days after a charge.
func nina(o *billingtest.ProviderOptions) *billingtest.Provider {
	fake := billingtest.NewProviderWith(o)
	fake.AddAccount("acct_nina", billing.AccountParams{Country: "DE", Email: "nina@example.com"})
	return fake
}

func onNina(key string) billing.Write {
	return billing.Write{Account: "acct_nina", IdempotencyKey: key}
}

// split makes a destination charge of 100 euros for nina, of which the platform keeps 13.
func split(t *testing.T, fake *billingtest.Provider, key string) *billing.Payment {
	t.Helper()
	pay, err := fake.CreatePayment(t.Context(), write(key), billing.PaymentParams{
		Amount: eur(10000), Confirm: true, PaymentMethod: "pm_card_visa",
		Split: billing.Split{Destination: "acct_nina", ApplicationFee: 1300},
	})
	require.NoError(t, err)
	return pay
}

func accountNow(t *testing.T, fake *billingtest.Provider) *billing.Account {
	t.Helper()
	a, err := fake.GetAccount(t.Context(), "acct_nina")
	require.NoError(t, err)
	return a
}

// has checks what is available and pending to nina in euros.
func has(t *testing.T, fake *billingtest.Provider, available, pending int64) {
	t.Helper()
	b, err := fake.GetBalance(t.Context(), "acct_nina")
	require.NoError(t, err)
	require.Equal(t, []frontdesk.Money{eur(available)}, b.Available)
	require.Equal(t, []frontdesk.Money{eur(pending)}, b.Pending)
}

// payouts reads nina's payouts, newest first.
func payouts(t *testing.T, fake *billingtest.Provider) []*billing.Payout {
	t.Helper()
	var all []*billing.Payout
	for listed, err := range fake.ListPayouts(t.Context(), billing.PayoutFilter{Account: "acct_nina"}) {
		require.NoError(t, err)
		po, err := fake.GetPayout(t.Context(), listed.Ref)
		require.NoError(t, err)
		all = append(all, po)
	}
	return all
}

func sumOf(movements []billing.Movement) int64 {
	var sum int64
	for _, m := range movements {
		sum += m.Amount.Amount
	}
	return sum
}

func TestAccounts(t *testing.T) {
	t.Run("a new account is asked for what every account is, and its country gives the delay", func(t *testing.T) {
		for country, want := range map[string]billing.PayoutSchedule{
			"":   {Interval: billing.PayoutDaily, DelayDays: 2},
			"JP": {Interval: billing.PayoutDaily, DelayDays: 4},
			"BR": {Interval: billing.PayoutDaily, DelayDays: 30},
			"KE": {Interval: billing.PayoutDaily, DelayDays: 7},
		} {
			fake := billingtest.NewProvider()
			a, err := fake.CreateAccount(t.Context(), write("a"), billing.AccountParams{Country: country})
			require.NoError(t, err)
			require.Equal(t, want, a.Schedule, country)
			require.Equal(t, billing.AccountPending, a.Status())
			require.Equal(t, []string{"external_account", "individual.verification.document", "tos_acceptance.date"}, a.Requirements.CurrentlyDue)
			require.Empty(t, fake.Events())
		}
	})
	t.Run("an account is refused by the field that is wrong", func(t *testing.T) {
		fake := billingtest.NewProvider()
		for field, c := range map[string]billing.AccountParams{
			"type": {Type: "personal"}, "country": {Country: "Germany"}, "email": {Email: "nina"},
		} {
			_, err := fake.CreateAccount(t.Context(), write(field), c)
			require.ErrorIs(t, err, frontdesk.Invalid)
			require.Equal(t, field, frontdesk.Fields(err)[0].Name)
		}
	})
	t.Run("an account gets no money until it is onboarded, and is onboarded once", func(t *testing.T) {
		fake := billingtest.NewProvider()
		a, err := fake.CreateAccount(t.Context(), write("a"), billing.AccountParams{})
		require.NoError(t, err)
		transfer := billing.TransferParams{Amount: eur(100), Destination: a.ID}
		_, err = fake.CreateTransfer(t.Context(), write("early"), transfer)
		require.ErrorIs(t, err, frontdesk.FailedPrecondition)
		require.Equal(t, []string{"account.updated"}, types(fake, func() { require.NoError(t, fake.CompleteOnboarding(a.ID)) }))
		_, err = fake.CreateTransfer(t.Context(), write("later"), transfer)
		require.NoError(t, err)
		require.ErrorIs(t, fake.CompleteOnboarding(a.ID), frontdesk.FailedPrecondition)
		require.ErrorIs(t, fake.CompleteOnboarding("acct_nobody"), frontdesk.NotFound)
	})
	t.Run("only an Express account has a login link", func(t *testing.T) {
		fake := billingtest.NewProvider()
		fake.AddAccount("acct_standard", billing.AccountParams{Type: billing.AccountStandard})
		w := billing.Write{Account: "acct_standard", IdempotencyKey: "k"}
		_, err := fake.CreateLoginLink(t.Context(), w)
		require.ErrorIs(t, err, frontdesk.Invalid)
		_, err = fake.SetPayoutSchedule(t.Context(), w, billing.PayoutSchedule{Interval: billing.PayoutManual})
		require.ErrorIs(t, err, frontdesk.PermissionDenied)
	})
	t.Run("links are below the pages of the options and end after minutes", func(t *testing.T) {
		fake := nina(&billingtest.ProviderOptions{Pages: "http://127.0.0.1:8080/fake"})
		link, err := fake.CreateAccountLink(t.Context(), onNina("k"), billing.AccountLinkParams{RefreshURL: "https://a.example/1", ReturnURL: "https://a.example/2"})
		require.NoError(t, err)
		require.Contains(t, link.URL, "http://127.0.0.1:8080/fake/onboarding/acct_nina/")
		require.Equal(t, fake.Now().Add(5*time.Minute), link.ExpiresAt)
		_, err = fake.CreateAccountLink(t.Context(), onNina("l"), billing.AccountLinkParams{RefreshURL: "/1", ReturnURL: "https://a.example/2"})
		require.Equal(t, "refresh_url", frontdesk.Fields(err)[0].Name)
	})
	t.Run("a deadline stops payouts, and what is submitted starts them again", func(t *testing.T) {
		fake := nina(nil)
		split(t, fake, "a")
		require.NoError(t, fake.RequireMore("acct_nina", fake.Now().Add(2*day), "individual.id_number"))
		require.Equal(t, []string{"account.updated", "balance.available"}, types(fake, func() { fake.Advance(30 * day) }))
		require.Equal(t, billing.AccountRestricted, accountNow(t, fake).Status())
		has(t, fake, 8700, 0)
		require.NoError(t, fake.SubmitRequirements("acct_nina"))
		fake.Advance(day)
		has(t, fake, 0, 0)
	})
	t.Run("nothing is heard of an account that has left, until it comes back", func(t *testing.T) {
		fake := nina(nil)
		split(t, fake, "a")
		require.Equal(t, []string{"account.application.deauthorized"}, types(fake, func() {
			require.NoError(t, fake.Deauthorize("acct_nina"))
			require.ErrorIs(t, fake.Deauthorize("acct_nina"), frontdesk.FailedPrecondition)
			fake.Advance(10 * day)
		}))
		_, err := fake.GetAccount(t.Context(), "acct_nina")
		require.ErrorIs(t, err, frontdesk.PermissionDenied)
		_, err = fake.CreateTransfer(t.Context(), write("t"), billing.TransferParams{Amount: eur(1), Destination: "acct_nina"})
		require.ErrorIs(t, err, frontdesk.NotFound)
		require.Equal(t, []string{"account.application.authorized"}, types(fake, func() {
			require.NoError(t, fake.Reauthorize("acct_nina"))
			require.ErrorIs(t, fake.Reauthorize("acct_nina"), frontdesk.FailedPrecondition)
		}))
		require.Len(t, payouts(t, fake), 1, "its life went on")
	})
	t.Run("faults work on accounts as on all else", func(t *testing.T) {
		fake := nina(nil)
		fake.LoseNext("SetPayoutSchedule")
		manual := billing.PayoutSchedule{Interval: billing.PayoutManual}
		_, err := fake.SetPayoutSchedule(t.Context(), onNina("k"), manual)
		require.ErrorIs(t, err, frontdesk.OutcomeUnknown)
		require.Equal(t, manual, accountNow(t, fake).Schedule)
		_, err = fake.SetPayoutSchedule(t.Context(), onNina("k"), manual)
		require.NoError(t, err)
		require.Equal(t, 1, fake.Effects("SetPayoutSchedule"))
		fake.FailNext("GetBalance", frontdesk.RateLimited)
		_, err = fake.GetBalance(t.Context(), "acct_nina")
		require.ErrorIs(t, err, frontdesk.RateLimited)
	})
}

func TestSplits(t *testing.T) {
	t.Run("a destination charge has its events on both sides", func(t *testing.T) {
		fake := nina(nil)
		require.Equal(t, []string{
			"payment_intent.created", "transfer.created", "application_fee.created", "payment.created",
			"charge.succeeded", "payment_intent.succeeded",
		}, types(fake, func() { split(t, fake, "a") }))
	})
	t.Run("a refund that reverses everything has its events on both sides", func(t *testing.T) {
		fake := nina(nil)
		pay := split(t, fake, "a")
		require.Equal(t, []string{
			"transfer.reversed", "refund.created", "charge.refunded", "application_fee.refunded", "refund.created", "charge.refunded",
		}, types(fake, func() {
			_, err := fake.CreateRefund(t.Context(), write("r"), billing.RefundParams{Payment: pay.ID, ReverseTransfer: true, RefundFee: true})
			require.NoError(t, err)
		}))
		has(t, fake, 0, 0)
	})
	t.Run("what a refund at the platform's expense has not reversed, a later one does not reverse either", func(t *testing.T) {
		fake := nina(nil)
		pay := split(t, fake, "a")
		for _, reverse := range []bool{false, true} {
			_, err := fake.CreateRefund(t.Context(), write("half"+map[bool]string{true: " reversed"}[reverse]), billing.RefundParams{
				Payment: pay.ID, Amount: eur(5000), ReverseTransfer: reverse, RefundFee: reverse,
			})
			require.NoError(t, err)
		}
		has(t, fake, 0, 8700-5000+650)
	})
	t.Run("a charge on an account pays Stripe, and the platform when there is a fee", func(t *testing.T) {
		fake := nina(nil)
		pay, err := fake.CreatePayment(t.Context(), onNina("k"), billing.PaymentParams{
			Amount: eur(10000), Confirm: true, PaymentMethod: "pm_card_visa", Split: billing.Split{ApplicationFee: 1300},
		})
		require.NoError(t, err)
		has(t, fake, 0, 10000-1300-175)
		require.Len(t, pay.Movements, 3)
		f, err := fake.GetApplicationFee(t.Context(), pay.ApplicationFee)
		require.NoError(t, err)
		require.Equal(t, []string{"acct_nina", pay.Charge, ""}, []string{f.Payer, f.Charge, f.Source})
	})
	t.Run("a dispute of an account's charge takes the money at once, with a fee, and gives back what was won", func(t *testing.T) {
		fake := nina(nil)
		pay, err := fake.CreatePayment(t.Context(), onNina("k"), billing.PaymentParams{Amount: eur(10000), Confirm: true, PaymentMethod: "pm_card_visa"})
		require.NoError(t, err)
		d, err := fake.OpenDispute(pay.ID)
		require.NoError(t, err)
		has(t, fake, -11500, 9825)
		require.NoError(t, fake.CloseDispute(d.ID, true))
		has(t, fake, -1500, 9825)
		read, err := fake.GetDispute(t.Context(), d.Ref)
		require.NoError(t, err)
		require.EqualValues(t, -1500, sumOf(read.Movements))
	})
	t.Run("a refund that fails is back in the account's balance", func(t *testing.T) {
		fake := nina(nil)
		pay, err := fake.CreatePayment(t.Context(), onNina("k"), billing.PaymentParams{Amount: eur(10000), Confirm: true, PaymentMethod: "pm_card_visa"})
		require.NoError(t, err)
		r, err := fake.CreateRefund(t.Context(), onNina("r"), billing.RefundParams{Payment: pay.ID, Amount: eur(4000)})
		require.NoError(t, err)
		has(t, fake, 0, 5825)
		require.NoError(t, fake.FailRefund(r.ID))
		failed, err := fake.GetRefund(t.Context(), r.Ref)
		require.NoError(t, err)
		require.Zero(t, sumOf(failed.Movements))
		has(t, fake, 4000, 5825)
	})
}

func TestPayouts(t *testing.T) {
	t.Run("money becomes available and is paid out at midnight, and arrives two days later", func(t *testing.T) {
		fake := nina(&billingtest.ProviderOptions{Start: date(time.January, 1).Add(10 * time.Hour)})
		split(t, fake, "a")
		split(t, fake, "b")
		fake.Advance(3*day + 13*time.Hour)
		has(t, fake, 17400, 0)
		require.Equal(t, []string{"balance.available", "payout.created", "payout.reconciliation_completed"}, types(fake, func() { fake.Advance(time.Hour) }))
		require.Equal(t, []string{"payout.updated"}, types(fake, func() { fake.Advance(day) }))
		require.Equal(t, []string{"payout.paid"}, types(fake, func() { fake.Advance(day) }))
		po := payouts(t, fake)[0]
		require.Equal(t, date(time.January, 5), po.Created)
		require.Equal(t, date(time.January, 7), po.ArrivalDate)
		require.EqualValues(t, 17400, sumOf(po.Movements))
		require.Empty(t, types(fake, func() { fake.Advance(365 * day) }))
	})
	t.Run("what a payout that failed should have paid the next one pays", func(t *testing.T) {
		fake := nina(nil)
		require.NoError(t, fake.FailNextPayout("acct_nina", "no_account"))
		split(t, fake, "a")
		fake.Advance(30 * day)
		all := payouts(t, fake)
		require.Len(t, all, 2)
		require.Equal(t, []billing.PayoutStatus{billing.PayoutStatusPaid, billing.PayoutStatusFailed}, []billing.PayoutStatus{all[0].Status, all[1].Status})
		require.Equal(t, "no_account", all[1].Failure)
		require.Equal(t, all[1].Movements, all[0].Movements)
		has(t, fake, 0, 0)
	})
	t.Run("a payout that was paid comes back once", func(t *testing.T) {
		fake := nina(nil)
		split(t, fake, "a")
		fake.Advance(5 * day)
		po := payouts(t, fake)[0]
		require.Equal(t, billing.PayoutStatusPaid, po.Status)
		require.Equal(t, []string{"payout.failed"}, types(fake, func() { require.NoError(t, fake.FailPayout(po.ID, "account_closed")) }))
		has(t, fake, 8700, 0)
		require.ErrorIs(t, fake.FailPayout(po.ID, "account_closed"), frontdesk.FailedPrecondition)
	})
	t.Run("only a payout by hand is canceled, before it is on its way", func(t *testing.T) {
		fake := nina(nil)
		_, err := fake.SetPayoutSchedule(t.Context(), onNina("manual"), billing.PayoutSchedule{Interval: billing.PayoutManual})
		require.NoError(t, err)
		split(t, fake, "a")
		fake.Advance(3 * day)
		po, err := fake.CreatePayout(t.Context(), onNina("p"), billing.PayoutParams{Amount: eur(8700)})
		require.NoError(t, err)
		has(t, fake, 0, 0)
		require.NoError(t, fake.CancelPayout(po.ID))
		has(t, fake, 8700, 0)
		po, err = fake.CreatePayout(t.Context(), onNina("q"), billing.PayoutParams{Amount: eur(8700)})
		require.NoError(t, err)
		fake.Advance(day)
		require.ErrorIs(t, fake.CancelPayout(po.ID), frontdesk.FailedPrecondition)
	})
	t.Run("a payout that makes up for one by hand tells no movements", func(t *testing.T) {
		fake := nina(nil)
		_, err := fake.SetPayoutSchedule(t.Context(), onNina("manual"), billing.PayoutSchedule{Interval: billing.PayoutManual})
		require.NoError(t, err)
		split(t, fake, "a")
		fake.Advance(3 * day)
		_, err = fake.CreatePayout(t.Context(), onNina("p"), billing.PayoutParams{Amount: eur(5000)})
		require.NoError(t, err)
		_, err = fake.SetPayoutSchedule(t.Context(), onNina("daily"), billing.PayoutSchedule{Interval: billing.PayoutDaily})
		require.NoError(t, err)
		fake.Advance(day)
		po := payouts(t, fake)[0]
		require.Equal(t, eur(3700), po.Amount)
		require.Empty(t, po.Movements)
	})
	t.Run("lines of Stripe's own are named by themselves, and reserves are held", func(t *testing.T) {
		fake := nina(nil)
		require.NoError(t, fake.Adjust("acct_nina", "reserve_transaction", eur(-700)))
		require.NoError(t, fake.Adjust("acct_nina", "stripe_fee", eur(-200)))
		var kinds []billing.EntryKind
		for m, err := range fake.ListMovements(t.Context(), billing.MovementFilter{Account: "acct_nina"}) {
			require.NoError(t, err)
			require.Equal(t, m.Transaction, m.Object)
			require.Equal(t, m.Kind == billing.EntryAdjustment, m.Held)
			kinds = append(kinds, m.Kind)
		}
		require.Equal(t, []billing.EntryKind{billing.EntryFee, billing.EntryAdjustment}, kinds)
	})
	t.Run("an account is not paid while its schedule is manual, nor in a currency that it owes", func(t *testing.T) {
		fake := nina(nil)
		require.NoError(t, fake.Adjust("acct_nina", "stripe_fee", eur(-200)))
		require.NoError(t, fake.Adjust("acct_nina", "adjustment", frontdesk.Money{Amount: 500, Currency: "usd"}))
		fake.Advance(10 * day)
		require.Len(t, payouts(t, fake), 1)
		require.Equal(t, frontdesk.Money{Amount: 500, Currency: "usd"}, payouts(t, fake)[0].Amount)
	})
}

// TestMoney_is_never_lost plays random months of an account.
func TestMoney_is_never_lost(t *testing.T) {
	t.Run("movements less payouts are the balance, and payouts are their movements", rapid.MakeCheck(func(rt *rapid.T) {
		m := &months{T: t, fake: nina(nil)}
		rt.Repeat(map[string]func(*rapid.T){
			"charge": m.charge, "refund": m.refund, "reverse": m.reverse, "dispute": m.dispute,
			"wait": m.wait, "schedule": m.schedule, "fail a payout": m.failPayout, "": m.check,
		})
	}))
}

type months struct {
	*testing.T
	fake    *billingtest.Provider
	charges []*billing.Payment
	keys    int
}

func (m *months) key() billing.Write {
	m.keys++
	return billing.Write{IdempotencyKey: "k" + time.Duration(m.keys).String()}
}

func (m *months) charge(t *rapid.T) {
	amount := rapid.Int64Range(100, 20000).Draw(t, "amount")
	w, s := m.key(), billing.Split{Destination: "acct_nina", ApplicationFee: rapid.Int64Range(0, amount).Draw(t, "fee")}
	if rapid.Bool().Draw(t, "direct") {
		w.Account, s.Destination = "acct_nina", ""
	}
	pay, err := m.fake.CreatePayment(m.Context(), w, billing.PaymentParams{Amount: eur(amount), Confirm: true, PaymentMethod: "pm_card_visa", Split: s})
	require.NoError(t, err)
	m.charges = append(m.charges, pay)
}

// drawn is one of the charges, as it is now.
func (m *months) drawn(t *rapid.T) *billing.Payment {
	if len(m.charges) == 0 {
		t.Skip("there is no charge yet")
	}
	pay, err := m.fake.GetPayment(m.Context(), rapid.SampledFrom(m.charges).Draw(t, "charge").Ref)
	require.NoError(t, err)
	return pay
}

func (m *months) refund(t *rapid.T) {
	pay, w := m.drawn(t), m.key()
	if pay.Refunded == pay.Received {
		t.Skip("all of it was refunded")
	}
	w.Account = pay.Account
	part := rapid.Int64Range(0, pay.Received-pay.Refunded).Draw(t, "part")
	_, err := m.fake.CreateRefund(m.Context(), w, billing.RefundParams{
		Payment: pay.ID, Amount: eur(part), ReverseTransfer: pay.Transfer != "" && rapid.Bool().Draw(t, "reverse"),
		RefundFee: pay.Commission > 0 && rapid.Bool().Draw(t, "fee"),
	})
	require.NoError(t, err)
}

func (m *months) reverse(t *rapid.T) {
	pay := m.drawn(t)
	if pay.Transfer == "" {
		t.Skip("it has no transfer")
	}
	_, err := m.fake.ReverseTransfer(m.Context(), m.key(), pay.Transfer, billing.ReversalParams{
		Amount: eur(rapid.Int64Range(1, 5000).Draw(t, "part")), RefundFee: pay.Commission > 0 && rapid.Bool().Draw(t, "fee"),
	})
	if frontdesk.CodeOf(err) != frontdesk.FailedPrecondition {
		require.NoError(t, err)
	}
}

func (m *months) dispute(t *rapid.T) {
	pay := m.drawn(t)
	if pay.Disputed {
		t.Skip("it is disputed")
	}
	d, err := m.fake.OpenDispute(pay.ID)
	require.NoError(t, err)
	require.NoError(t, m.fake.CloseDispute(d.ID, rapid.Bool().Draw(t, "won")))
}

func (m *months) wait(t *rapid.T) {
	m.fake.Advance(time.Duration(rapid.Int64Range(1, 10*24).Draw(t, "hours")) * time.Hour)
}

func (m *months) schedule(t *rapid.T) {
	w := m.key()
	w.Account = "acct_nina"
	_, err := m.fake.SetPayoutSchedule(m.Context(), w, rapid.SampledFrom([]billing.PayoutSchedule{
		{Interval: billing.PayoutDaily}, {Interval: billing.PayoutWeekly, Weekday: "sunday", DelayDays: 9},
		{Interval: billing.PayoutMonthly, MonthDay: 31}, {Interval: billing.PayoutManual},
	}).Draw(t, "schedule"))
	require.NoError(t, err)
}

func (m *months) failPayout(t *rapid.T) {
	all := payouts(m.T, m.fake)
	if len(all) == 0 {
		t.Skip("there is no payout yet")
	}
	err := m.fake.FailPayout(rapid.SampledFrom(all).Draw(t, "payout").ID, "account_closed")
	if frontdesk.CodeOf(err) != frontdesk.FailedPrecondition {
		require.NoError(t, err)
	}
}

func (m *months) check(t *rapid.T) {
	var earned, paid int64
	ready := map[bool]int64{}
	for line, err := range m.fake.ListMovements(m.Context(), billing.MovementFilter{Account: "acct_nina"}) {
		require.NoError(t, err)
		earned += line.Amount.Amount
		ready[!line.AvailableOn.After(m.fake.Now())] += line.Amount.Amount
	}
	for _, po := range payouts(m.T, m.fake) {
		require.Equal(t, po.Amount.Amount, sumOf(po.Movements), po.ID)
		if !po.Status.Returned() {
			paid += po.Amount.Amount
		}
	}
	b, err := m.fake.GetBalance(m.Context(), "acct_nina")
	require.NoError(t, err)
	require.Equal(t, ready[true]-paid, b.Available[0].Amount)
	require.Equal(t, ready[false], b.Pending[0].Amount)
	require.Equal(t, earned-paid, b.Available[0].Amount+b.Pending[0].Amount)
}

func TestConnectEvents_are_read_in_every_version(t *testing.T) {
	fake := nina(nil)
	pay := split(t, fake, "a")
	_, err := fake.CreateRefund(t.Context(), write("r"), billing.RefundParams{Payment: pay.ID, Amount: eur(100), ReverseTransfer: true, RefundFee: true})
	require.NoError(t, err)
	fake.Advance(9 * day)
	require.NoError(t, fake.Deauthorize("acct_nina"))
	for _, e := range fake.Events() {
		for _, version := range []string{"2020-08-27", "2023-10-16", "2025-09-30.clover", "null"} {
			header, body, err := fake.Webhook(e.ProviderID, version)
			require.NoError(t, err)
			parsed, err := fake.ParseWebhook(header, body, fake.Now())
			require.NoError(t, err)
			require.Equal(t, e.Account, parsed.Account, e.Type)
			if _, err = fake.Decode(parsed); frontdesk.CodeOf(err) != frontdesk.Unimplemented {
				require.NoError(t, err, e.Type)
				require.NotZero(t, parsed.Object, e.Type)
			}
		}
	}
	var last struct {
		Data struct{ Object map[string]any }
	}
	events := fake.Events()
	require.NoError(t, json.Unmarshal(events[len(events)-1].Payload, &last))
	require.Equal(t, "application", last.Data.Object["object"])
}
