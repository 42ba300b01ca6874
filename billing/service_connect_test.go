package billing_test

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// tenth keeps 10 percent of every booking.
var tenth = billing.Options{Commission: billing.Commissions{Default: billing.Commission{BasisPoints: 1000}}.Rule}

// withNina runs the test on every store in a world of the fake where nina's account is enabled.
func withNina(t *testing.T, test func(w *world)) {
	t.Helper()
	withFake(t, tenth, func(w *world) {
		w.fake.AddAccount(nina, billing.AccountParams{Country: "PT", Email: "nina@experts.example"})
		require.NoError(w.t, w.svc.LinkAccount(w.admin(), "nina", nina))
		w.drain()
		test(w)
	})
}

func cents(n int64) frontdesk.Money { return frontdesk.Money{Amount: n, Currency: "eur"} }

// books takes 100 euros from acme for nina.
func (w *world) books(c billing.Charge) *billing.Payment {
	w.t.Helper()
	c.Amount, c.For, c.PaymentMethod, c.Confirm = cents(10000), billing.Booking{Expert: "nina"}, "pm_card_visa", true
	p, err := w.svc.StartPayment(w.as("acme"), "acme", c)
	require.NoError(w.t, err)
	w.drain()
	require.Equal(w.t, billing.PaymentStatusSucceeded, p.Status)
	return p
}

// has are nina's gross, fee and what is left of it, wherever it is.
func (w *world) has(gross, fee int64) {
	w.t.Helper()
	w.drain()
	b := w.balance()
	require.Equal(w.t, []int64{gross, fee}, []int64{b.Gross, b.Fee})
	require.Equal(w.t, gross-fee, b.Pending+b.Available)
}

func TestOnboarding(t *testing.T) {
	onboarding := billing.Onboarding{RefreshPath: "/account/again", ReturnPath: "/account"}
	t.Run("an expert goes through the provider's onboarding and is enabled", func(t *testing.T) {
		withFake(t, tenth, func(w *world) {
			link, err := w.svc.OnboardExpert(w.expert("nina"), "nina", billing.AccountDetails{Country: "PT"}, onboarding)
			require.NoError(w.t, err)
			require.NotEmpty(w.t, link.URL)
			require.True(w.t, link.ExpiresAt.After(w.now()))
			a, err := w.svc.Account(w.expert("nina"), "nina")
			require.NoError(w.t, err)
			require.Equal(w.t, billing.AccountExpress, a.Type)
			require.Equal(w.t, billing.AccountPending, a.Status())
			require.Contains(w.t, a.Requirements.CurrentlyDue, "external_account")
			_, err = w.svc.AccountLogin(w.expert("nina"), "nina")
			require.ErrorIs(w.t, err, frontdesk.FailedPrecondition)
			require.NoError(w.t, w.fake.CompleteOnboarding(a.ID))
			w.drain()
			a, err = w.svc.Account(w.expert("nina"), "nina")
			require.NoError(w.t, err)
			require.Equal(w.t, billing.AccountEnabled, a.Status())
			login, err := w.svc.AccountLogin(w.expert("nina"), "nina")
			require.NoError(w.t, err)
			require.NotEmpty(w.t, login.URL)
			next, err := w.svc.OnboardExpert(w.expert("nina"), "nina", billing.AccountDetails{}, onboarding)
			require.NoError(w.t, err)
			require.NotEqual(w.t, link.URL, next.URL, "a link is good once")
			require.Equal(w.t, 1, w.fake.Effects("CreateAccount"))
		})
	})
	t.Run("twenty who ask at once make one account", func(t *testing.T) {
		withFake(t, tenth, func(w *world) {
			ids := make([]string, 20)
			var all sync.WaitGroup
			for i := range ids {
				all.Go(func() {
					a, err := w.svc.EnsureAccount(w.expert("nina"), "nina", billing.AccountDetails{})
					if err != nil {
						w.t.Errorf("caller %d: %v", i, err)
						return
					}
					ids[i] = a.ID
				})
			}
			all.Wait()
			for _, id := range ids {
				require.Equal(w.t, ids[0], id)
			}
			require.Equal(w.t, 1, w.fake.Effects("CreateAccount"))
		})
	})
	t.Run("bad input is refused by its field before anything is made", func(t *testing.T) {
		withFake(t, tenth, func(w *world) {
			for field, call := range map[string]func() error{
				"country": func() error {
					_, err := w.svc.EnsureAccount(w.expert("nina"), "nina", billing.AccountDetails{Country: "Portugal"})
					return err
				},
				"email": func() error {
					_, err := w.svc.EnsureAccount(w.expert("nina"), "nina", billing.AccountDetails{Email: "nina"})
					return err
				},
				"type": func() error {
					_, err := w.svc.EnsureAccount(w.expert("nina"), "nina", billing.AccountDetails{Type: "gold"})
					return err
				},
				"expert": func() error {
					_, err := w.svc.EnsureAccount(w.admin(), "", billing.AccountDetails{})
					return err
				},
				"refresh_path": func() error {
					_, err := w.svc.OnboardExpert(w.expert("nina"), "nina", billing.AccountDetails{}, billing.Onboarding{RefreshPath: "//evil.example", ReturnPath: "/"})
					return err
				},
				"weekday": func() error {
					_, err := w.svc.SetPayoutSchedule(w.expert("nina"), "nina", billing.PayoutSchedule{Interval: billing.PayoutWeekly})
					return err
				},
			} {
				err := call()
				require.ErrorIs(w.t, err, frontdesk.Invalid, field)
				require.Equal(w.t, field, frontdesk.Fields(err)[0].Name)
			}
			require.Zero(w.t, w.fake.Effects("CreateAccount"))
		})
	})
	t.Run("nobody does it for another expert", func(t *testing.T) {
		withNina(t, func(w *world) {
			for name, call := range map[string]func() error{
				"Account": func() error { _, err := w.svc.Account(w.expert("omar"), "nina"); return err },
				"EnsureAccount": func() error {
					_, err := w.svc.EnsureAccount(w.as("acme"), "nina", billing.AccountDetails{})
					return err
				},
				"OnboardExpert": func() error {
					_, err := w.svc.OnboardExpert(w.expert("omar"), "nina", billing.AccountDetails{}, onboarding)
					return err
				},
				"AccountLogin": func() error { _, err := w.svc.AccountLogin(w.expert("omar"), "nina"); return err },
				"SetPayoutSchedule": func() error {
					_, err := w.svc.SetPayoutSchedule(w.expert("omar"), "nina", billing.PayoutSchedule{Interval: billing.PayoutDaily})
					return err
				},
				"PayOut": func() error {
					_, err := w.svc.PayOut(w.expert("omar"), "nina", billing.Withdrawal{Amount: cents(1)})
					return err
				},
				"LinkAccount":   func() error { return w.svc.LinkAccount(w.expert("nina"), "nina", nina) },
				"VerifyLedger":  func() error { _, err := w.svc.VerifyLedger(w.expert("nina"), "nina"); return err },
				"RebuildLedger": func() error { return w.svc.RebuildLedger(w.expert("nina"), "nina") },
			} {
				require.ErrorIs(w.t, call(), frontdesk.PermissionDenied, name)
			}
		})
	})
	t.Run("an account is found by the expert it names, or by its address", func(t *testing.T) {
		withFake(t, tenth, func(w *world) {
			w.fake.AddAccount("acct_named", billing.AccountParams{Metadata: map[string]string{"expertId": "nina"}})
			w.fake.AddAccount("acct_mail", billing.AccountParams{Email: "Omar@experts.example"})
			_, err := w.svc.VerifyAccount(w.expert("nina"), "nina", "")
			require.ErrorIs(w.t, err, frontdesk.PermissionDenied, "only the host looks for accounts")
			a, err := w.svc.VerifyAccount(w.admin(), "nina", "")
			require.NoError(w.t, err)
			require.Equal(w.t, "acct_named", a.ID)
			_, err = w.svc.VerifyAccount(w.admin(), "omar", "")
			require.ErrorIs(w.t, err, frontdesk.NotFound)
			a, err = w.svc.VerifyAccount(w.admin(), "omar", "omar@experts.example")
			require.NoError(w.t, err)
			require.Equal(w.t, "acct_mail", a.ID)
			require.ErrorIs(w.t, w.svc.LinkAccount(w.admin(), "zoe", "acct_mail"), frontdesk.AlreadyExists)
		})
	})
	t.Run("verifying shows what has changed without an event", func(t *testing.T) {
		withNina(t, func(w *world) {
			w.fake.Hold()
			require.NoError(w.t, w.fake.RequireMore(nina, w.now().AddDate(0, 0, 14), "individual.verification.document"))
			a, err := w.svc.VerifyAccount(w.expert("nina"), "nina", "")
			require.NoError(w.t, err)
			require.Equal(w.t, billing.AccountPending, a.Status())
			require.Equal(w.t, w.now().AddDate(0, 0, 14).Truncate(time.Second), a.Requirements.Deadline)
		})
	})
}

func TestPayoutSchedule(t *testing.T) {
	t.Run("an expert chooses when to be paid, and is paid then", func(t *testing.T) {
		withNina(t, func(w *world) {
			want := billing.PayoutSchedule{Interval: billing.PayoutWeekly, Weekday: "friday", DelayDays: 7}
			a, err := w.svc.SetPayoutSchedule(w.expert("nina"), "nina", want)
			require.NoError(w.t, err)
			require.Equal(w.t, want, a.Schedule)
			w.books(billing.Charge{})
			w.fake.Advance(21 * day)
			w.drain()
			payouts, _, err := w.svc.Payouts(w.expert("nina"), "nina", billing.Listing{})
			require.NoError(w.t, err)
			require.Len(w.t, payouts, 1)
			require.Equal(w.t, time.Friday, payouts[0].Created.Weekday())
			require.Equal(w.t, cents(9000), payouts[0].Amount)
		})
	})
	t.Run("what the country does not allow is refused with its field", func(t *testing.T) {
		withNina(t, func(w *world) {
			_, err := w.svc.SetPayoutSchedule(w.expert("nina"), "nina", billing.PayoutSchedule{Interval: billing.PayoutDaily, DelayDays: 1})
			require.ErrorIs(w.t, err, frontdesk.Invalid)
			require.Equal(w.t, "delay_days", frontdesk.Fields(err)[0].Name)
		})
	})
	t.Run("a payout by hand needs what it pays", func(t *testing.T) {
		withNina(t, func(w *world) {
			_, err := w.svc.SetPayoutSchedule(w.expert("nina"), "nina", billing.PayoutSchedule{Interval: billing.PayoutManual})
			require.NoError(w.t, err)
			w.books(billing.Charge{})
			_, err = w.svc.PayOut(w.expert("nina"), "nina", billing.Withdrawal{Amount: cents(5000)})
			require.ErrorIs(w.t, err, frontdesk.FailedPrecondition, "it is pending")
			w.fake.Advance(10 * day)
			w.drain()
			for range 2 {
				p, err := w.svc.PayOut(w.expert("nina"), "nina", billing.Withdrawal{Amount: cents(5000), Key: "may"})
				require.NoError(w.t, err)
				require.Equal(w.t, cents(5000), p.Amount)
			}
			_, err = w.svc.PayOut(w.expert("nina"), "nina", billing.Withdrawal{Amount: cents(4000), Key: "may"})
			require.ErrorIs(w.t, err, frontdesk.Invalid, "the key was for another amount")
			w.drain()
			b := w.balance()
			require.Equal(w.t, []int64{4000, 5000}, []int64{b.Available, b.InTransit + b.PaidOut})
			w.fake.Advance(5 * day)
			w.drain()
			require.EqualValues(w.t, 5000, w.balance().PaidOut)
		})
	})
	t.Run("a payout is explained to the cent, also as CSV", func(t *testing.T) {
		withNina(t, func(w *world) {
			w.books(billing.Charge{})
			w.fake.Advance(10 * day)
			w.drain()
			payouts, _, err := w.svc.Payouts(w.expert("nina"), "nina", billing.Listing{})
			require.NoError(w.t, err)
			p, lines, err := w.svc.PayoutLines(w.expert("nina"), "nina", payouts[0].RowID)
			require.NoError(w.t, err)
			require.Len(w.t, lines, 2)
			require.Equal(w.t, []int64{10000, -1000}, []int64{lines[0].Amount.Amount, lines[1].Amount.Amount})
			lines[0].Object = `=HYPERLINK("https://evil.example")`
			var csv bytes.Buffer
			require.NoError(w.t, billing.WritePayoutCSV(&csv, p, lines))
			require.Contains(w.t, csv.String(), `"'=HYPERLINK(""https://evil.example"")"`)
			require.Contains(w.t, csv.String(), ",-10.00,eur")
		})
	})
}

func TestSplitPayments(t *testing.T) {
	t.Run("a booking pays the expert and keeps the commission", func(t *testing.T) {
		withNina(t, func(w *world) {
			p := w.books(billing.Charge{})
			require.Equal(w.t, nina, p.Destination)
			w.has(10000, 1000)
		})
	})
	t.Run("a checkout does too", func(t *testing.T) {
		withNina(t, func(w *world) {
			s, err := w.svc.StartCheckout(w.as("acme"), billing.Checkout{
				Mode: billing.CheckoutModePayment, Lines: []billing.CheckoutLine{{Name: "An hour", Amount: cents(6000), Quantity: 2}},
				For: billing.Booking{Expert: "nina", EventType: "consultation"}, SuccessPath: "/done", CancelPath: "/",
			})
			require.NoError(w.t, err)
			require.NoError(w.t, w.fake.CompleteCheckout(s.ID))
			w.has(12000, 1200)
		})
	})
	t.Run("the rule of the event type counts before the expert's, and that before the default", func(t *testing.T) {
		rules := billing.Commissions{
			Default: billing.Commission{BasisPoints: 1000}, Expert: map[string]billing.Commission{"nina": {BasisPoints: 500}},
			EventType: map[string]billing.Commission{"vip": {Fixed: cents(50)}},
		}
		for booking, want := range map[billing.Booking]int64{{Expert: "nina", EventType: "vip"}: 50, {Expert: "nina"}: 500, {Expert: "omar"}: 1000} {
			rule, err := rules.Rule(t.Context(), booking.Expert, booking.EventType)
			require.NoError(t, err)
			fee, err := rule.Of(cents(10000))
			require.NoError(t, err)
			require.Equal(t, want, fee.Amount)
		}
	})
	t.Run("an expert who cannot be paid cannot be booked", func(t *testing.T) {
		withNina(t, func(w *world) {
			_, err := w.svc.StartPayment(w.as("acme"), "acme", billing.Charge{Amount: cents(100), For: billing.Booking{Expert: "zoe"}})
			require.ErrorIs(w.t, err, frontdesk.FailedPrecondition)
		})
	})
	for _, c := range []struct {
		rule       string
		back       billing.Return
		gross, fee int64
	}{
		{"a refund takes the same part of share and commission back", billing.Return{Amount: cents(2500)}, 7500, 750},
		{"a refund of all takes all back", billing.Return{}, 0, 0},
		{"a refund that keeps the commission is the expert's to pay", billing.Return{Amount: cents(2500), KeepCommission: true}, 7500, 1000},
		{"a refund that keeps the share is the platform's to pay", billing.Return{Amount: cents(2500), KeepShare: true}, 10000, 1000},
	} {
		t.Run(c.rule, func(t *testing.T) {
			withNina(t, func(w *world) {
				p := w.books(billing.Charge{})
				_, err := w.svc.Refund(w.admin(), p.ID, c.back)
				require.NoError(w.t, err)
				w.has(c.gross, c.fee)
			})
		})
	}
	t.Run("a share that was held is transferred once, and taken back in part", func(t *testing.T) {
		withNina(t, func(w *world) {
			p := w.books(billing.Charge{Hold: true})
			require.Empty(w.t, p.Destination)
			for range 2 {
				share, err := w.svc.TransferShare(w.admin(), p.ID)
				require.NoError(w.t, err)
				require.Equal(w.t, cents(9000), share.Amount)
			}
			require.Equal(w.t, 1, w.fake.Effects("CreateTransfer"))
			w.has(9000, 0)
			for range 2 {
				_, err := w.svc.Refund(w.admin(), p.ID, billing.Return{Amount: cents(3333), Key: "third"})
				require.NoError(w.t, err)
			}
			w.has(9000-3000, 0)
			_, err := w.svc.Refund(w.admin(), p.ID, billing.Return{})
			require.NoError(w.t, err)
			w.has(0, 0)
		})
	})
	t.Run("a share whose webhook overtakes its answer is found all the same", func(t *testing.T) {
		withNina(t, func(w *world) {
			p := w.books(billing.Charge{Hold: true})
			sent, err := w.fake.CreateTransfer(w.t.Context(), billing.Write{IdempotencyKey: "lost"}, billing.TransferParams{
				Amount: cents(9000), Destination: nina, Source: p.Charge, Metadata: map[string]string{"payment": p.ID},
			})
			require.NoError(w.t, err)
			w.settle() // its event may have to stand in line for the payment
			share, err := w.svc.TransferShare(w.admin(), p.ID)
			require.NoError(w.t, err)
			require.Equal(w.t, sent.ID, share.ID)
			require.Equal(w.t, 1, w.fake.Effects("CreateTransfer"))
		})
	})
	t.Run("whose a payment is cannot be written into its metadata", func(t *testing.T) {
		withNina(t, func(w *world) {
			for _, key := range []string{"clientId", "expertId", "commission"} {
				_, err := w.svc.StartPayment(w.as("acme"), "acme", billing.Charge{Amount: cents(100), Metadata: map[string]string{key: "0"}})
				require.ErrorIs(w.t, err, frontdesk.Invalid, key)
				require.Equal(w.t, "metadata", frontdesk.Fields(err)[0].Name)
			}
			require.Zero(w.t, w.fake.Effects("CreatePayment"))
		})
	})
	t.Run("a transfer is taken back by hand, not beyond what is left", func(t *testing.T) {
		withNina(t, func(w *world) {
			p := w.books(billing.Charge{Hold: true})
			share, err := w.svc.TransferShare(w.admin(), p.ID)
			require.NoError(w.t, err)
			_, err = w.svc.ReverseTransfer(w.admin(), share.ID, billing.Taking{Amount: cents(9001)})
			require.ErrorIs(w.t, err, frontdesk.Invalid)
			_, err = w.svc.ReverseTransfer(w.expert("nina"), share.ID, billing.Taking{})
			require.ErrorIs(w.t, err, frontdesk.PermissionDenied)
			back, err := w.svc.ReverseTransfer(w.admin(), share.ID, billing.Taking{Amount: cents(4000)})
			require.NoError(w.t, err)
			require.EqualValues(w.t, 4000, back.Reversed)
			w.has(5000, 0)
		})
	})
	t.Run("a key that was used for another payment is refused", func(t *testing.T) {
		withNina(t, func(w *world) {
			_, err := w.svc.StartPayment(w.as("acme"), "acme", billing.Charge{Amount: cents(100), Key: "order 1"})
			require.NoError(w.t, err)
			_, err = w.svc.StartPayment(w.as("acme"), "acme", billing.Charge{Amount: cents(200), Key: "order 1"})
			require.ErrorIs(w.t, err, frontdesk.Invalid)
			require.Equal(w.t, "key", frontdesk.Fields(err)[0].Name)
		})
	})
}
