package billingtest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

var (
	anyID       = rapid.StringMatching(`[a-z]{2,3}_[a-z0-9]{4}`)
	anyText     = rapid.SampledFrom([]string{"", "Growth", `quo"te \ é`, "two\nlines"})
	anyCurrency = rapid.SampledFrom([]frontdesk.Currency{"eur", "usd", "jpy", "isk", "ugx", "clp"})
	anyAmount   = rapid.Int64Range(0, 1<<40)
	anyMetadata = rapid.MapOfN(rapid.SampledFrom([]string{"client", "plan"}), anyText, 0, 2)
	anyTime     = rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(1, 1<<33).Draw(t, "seconds"), 0).UTC()
	})
	maybeTime = rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "no time") {
			return time.Time{}
		}
		return anyTime.Draw(t, "time")
	})
	maybeID = rapid.OneOf(rapid.Just(""), anyID)
)

func drawHeader(t *rapid.T) billing.Header {
	return billing.Header{
		Ref:      billing.Ref{Account: rapid.SampledFrom([]string{"", "acct_nina"}).Draw(t, "account"), ID: anyID.Draw(t, "id")},
		Customer: anyID.Draw(t, "customer"), Created: anyTime.Draw(t, "created"), Metadata: anyMetadata.Draw(t, "metadata"),
	}
}

func drawMoney(t *rapid.T, c frontdesk.Currency) frontdesk.Money {
	return frontdesk.Money{Amount: anyAmount.Draw(t, "amount"), Currency: c}
}

var anySubscription = rapid.Custom(func(t *rapid.T) *billing.Subscription {
	currency := anyCurrency.Draw(t, "currency")
	item := rapid.Custom(func(t *rapid.T) billing.SubscriptionItem {
		return billing.SubscriptionItem{
			ID: anyID.Draw(t, "item"), Price: anyID.Draw(t, "price"), Product: anyID.Draw(t, "product"),
			Lookup: anyText.Draw(t, "lookup"), Unit: drawMoney(t, currency), Quantity: rapid.Int64Range(0, 99).Draw(t, "quantity"),
		}
	})
	return &billing.Subscription{
		Header: drawHeader(t), Status: billing.SubscriptionStatusPastDue, Items: rapid.SliceOfN(item, 1, 3).Draw(t, "items"),
		CurrentPeriodStart: anyTime.Draw(t, "start"), CurrentPeriodEnd: anyTime.Draw(t, "end"),
		CancelAtPeriodEnd: rapid.Bool().Draw(t, "flag"), CancelAt: maybeTime.Draw(t, "cancel at"),
		CanceledAt: maybeTime.Draw(t, "canceled at"), EndedAt: maybeTime.Draw(t, "ended at"), TrialEnd: maybeTime.Draw(t, "trial end"),
		Pause:         rapid.SampledFrom([]billing.PauseBehavior{"", billing.PauseVoid}).Draw(t, "pause"),
		LatestInvoice: maybeID.Draw(t, "invoice"),
	}
})

var anyInvoice = rapid.Custom(func(t *rapid.T) *billing.Invoice {
	currency := anyCurrency.Draw(t, "currency")
	line := rapid.Custom(func(t *rapid.T) billing.InvoiceLine {
		return billing.InvoiceLine{
			ID: anyID.Draw(t, "line"), Description: anyText.Draw(t, "text"), Amount: drawMoney(t, currency),
			Quantity: rapid.Int64Range(0, 99).Draw(t, "quantity"), Price: maybeID.Draw(t, "price"), Proration: rapid.Bool().Draw(t, "proration"),
		}
	})
	return &billing.Invoice{
		Header: drawHeader(t), Status: rapid.SampledFrom([]billing.InvoiceStatus{"draft", "open", "paid", "void"}).Draw(t, "status"),
		Number: anyText.Draw(t, "number"), Subscription: maybeID.Draw(t, "subscription"), Payment: maybeID.Draw(t, "payment"),
		Total: drawMoney(t, currency), AmountDue: anyAmount.Draw(t, "due"), AmountPaid: anyAmount.Draw(t, "paid"),
		Email: anyText.Draw(t, "email"), Description: anyText.Draw(t, "description"), Attempts: rapid.Int64Range(0, 9).Draw(t, "attempts"),
		DueDate: maybeTime.Draw(t, "due date"), PaidAt: maybeTime.Draw(t, "paid at"), NextAttempt: maybeTime.Draw(t, "next"),
		HostedURL: anyText.Draw(t, "url"), PDF: anyText.Draw(t, "pdf"), Lines: rapid.SliceOfN(line, 1, 3).Draw(t, "lines"),
	}
})

var anyPayment = rapid.Custom(func(t *rapid.T) *billing.Payment {
	currency := anyCurrency.Draw(t, "currency")
	p := &billing.Payment{
		Header: drawHeader(t), Status: billing.PaymentStatusSucceeded, Amount: drawMoney(t, currency),
		Received: anyAmount.Draw(t, "received"), Refunded: anyAmount.Draw(t, "refunded"), Charge: anyID.Draw(t, "charge"),
		Description: anyText.Draw(t, "description"), Email: anyText.Draw(t, "email"), Invoice: maybeID.Draw(t, "invoice"),
		Failure: rapid.SampledFrom([]string{"", "card_declined"}).Draw(t, "failure"), Disputed: rapid.Bool().Draw(t, "disputed"),
		ClientSecret: frontdesk.NewSecret("pi_secret"),
	}
	if p.Failure != "" {
		p.DeclineCode = anyText.Draw(t, "reason")
	}
	p.Standalone = p.Invoice == ""
	return p
})

// inEveryVersion checks that an object that is rendered and read is the same.
func inEveryVersion[T billing.Object](t *rapid.T, x T, read func([]byte, string) (T, error)) {
	for _, version := range versions {
		s := shapeOf(version)
		o := s.render(x)
		if p, ok := any(x).(*billing.Payment); ok && !s.charges {
			o["latest_charge"] = s.render(charge{p})
		}
		got, err := read(encoded(o), x.Head().Account)
		require.NoError(t, err)
		want := clone(x)
		if p, ok := any(want).(*billing.Payment); ok {
			sameSecret(t, p, any(got).(*billing.Payment))
			if s.basil {
				p.Invoice, p.Standalone = "", false // payments no longer tell
			}
		}
		require.Equal(t, want, got, "version %s", version)
	}
}

// sameSecret compares the secrets and takes them away, for they cannot be compared by ==.
func sameSecret(t *rapid.T, want, got *billing.Payment) {
	require.Equal(t, want.ClientSecret.Reveal(), got.ClientSecret.Reveal())
	want.ClientSecret, got.ClientSecret = frontdesk.Secret{}, frontdesk.Secret{}
}

func TestRendering_loses_nothing(t *testing.T) {
	t.Run("of a subscription", rapid.MakeCheck(func(t *rapid.T) {
		inEveryVersion(t, anySubscription.Draw(t, "x"), wire.Subscription)
	}))
	t.Run("of an invoice", rapid.MakeCheck(func(t *rapid.T) {
		inEveryVersion(t, anyInvoice.Draw(t, "x"), wire.Invoice)
	}))
	t.Run("of a payment", rapid.MakeCheck(func(t *rapid.T) {
		inEveryVersion(t, anyPayment.Draw(t, "x"), wire.Payment)
	}))
	t.Run("of a checkout session", rapid.MakeCheck(func(t *rapid.T) {
		inEveryVersion(t, &billing.CheckoutSession{
			Header: drawHeader(t), Status: billing.CheckoutStatusComplete, Mode: billing.CheckoutModePayment,
			Paid: rapid.Bool().Draw(t, "paid"), Reference: anyText.Draw(t, "reference"), Subscription: maybeID.Draw(t, "subscription"),
			Payment: maybeID.Draw(t, "payment"), Invoice: maybeID.Draw(t, "invoice"), Total: drawMoney(t, "eur"),
			URL: anyText.Draw(t, "url"), ExpiresAt: anyTime.Draw(t, "expires"),
		}, wire.Checkout)
	}))
	t.Run("of a customer", rapid.MakeCheck(func(t *rapid.T) {
		c := &billing.Customer{
			Header: drawHeader(t), Email: anyText.Draw(t, "email"), Name: anyText.Draw(t, "name"),
			DefaultPaymentMethod: maybeID.Draw(t, "method"), Delinquent: rapid.Bool().Draw(t, "delinquent"),
		}
		c.Customer = ""
		inEveryVersion(t, c, wire.Customer)
	}))
	t.Run("of a refund", rapid.MakeCheck(func(t *rapid.T) {
		r := &billing.Refund{
			Header: drawHeader(t), Status: billing.RefundStatusFailed, Payment: anyID.Draw(t, "payment"), Charge: maybeID.Draw(t, "charge"),
			Amount: drawMoney(t, "eur"), Reason: billing.RefundReasonDuplicate, Failure: anyText.Draw(t, "failure"),
		}
		r.Customer = ""
		inEveryVersion(t, r, wire.Refund)
	}))
	t.Run("of a dispute", rapid.MakeCheck(func(t *rapid.T) {
		d := &billing.Dispute{
			Header: drawHeader(t), Status: billing.DisputeStatusLost, Payment: anyID.Draw(t, "payment"), Charge: maybeID.Draw(t, "charge"),
			Amount: drawMoney(t, "eur"), Reason: anyText.Draw(t, "reason"), EvidenceDue: maybeTime.Draw(t, "due"),
		}
		d.Customer = ""
		inEveryVersion(t, d, wire.Dispute)
	}))
}

// drawMovements are those of one line of a connected account's balance.
func drawMovements(t *rapid.T, h billing.Header, amount frontdesk.Money, kind billing.EntryKind, object string, fees ...string) []billing.Movement {
	if h.Account == "" {
		return nil
	}
	line := billing.Movement{
		Transaction: anyID.Draw(t, "line"), Kind: kind, Object: object, Amount: amount,
		Created: anyTime.Draw(t, "line created"), AvailableOn: anyTime.Draw(t, "available on"),
	}
	movements := []billing.Movement{line}
	for _, object := range fees {
		line.Kind, line.Object, line.Amount.Amount = billing.EntryFee, object, -100*rapid.Int64Range(1, 9).Draw(t, "fee")
		movements = append(movements, line)
	}
	return movements
}

// expanded is an object that is rendered with its lines.
func expanded(o object, movements []billing.Movement, typ, source string) object {
	for i, line := range transactionsOf(movements, typ, source) {
		o[refundLineNames[i]] = shapeOf("2023-10-16").render(line)
	}
	return o
}

func TestRendering_of_connected_accounts_loses_nothing(t *testing.T) {
	t.Run("of an account", rapid.MakeCheck(func(t *rapid.T) {
		a := &billing.Account{Header: drawHeader(t), Type: billing.AccountCustom, Email: anyText.Draw(t, "email"), Country: "DE", Currency: "eur",
			DetailsSubmitted: rapid.Bool().Draw(t, "flag"), ChargesEnabled: rapid.Bool().Draw(t, "flag"), PayoutsEnabled: rapid.Bool().Draw(t, "flag"),
			Capabilities: map[string]string{"transfers": "inactive"},
			Requirements: billing.Requirements{
				CurrentlyDue: []string{"external_account"}, EventuallyDue: []string{"external_account", anyID.Draw(t, "due")}, PastDue: []string{},
				PendingVerification: []string{anyID.Draw(t, "due")}, DisabledReason: anyText.Draw(t, "reason"), Deadline: maybeTime.Draw(t, "deadline"),
				Errors: []billing.RequirementError{{Requirement: "external_account", Code: "invalid", Reason: anyText.Draw(t, "text")}},
			},
			Schedule: rapid.SampledFrom([]billing.PayoutSchedule{
				{Interval: billing.PayoutDaily, DelayDays: 3}, {Interval: billing.PayoutWeekly, Weekday: "friday", DelayDays: 9},
				{Interval: billing.PayoutMonthly, MonthDay: 31, DelayDays: 3}, {Interval: billing.PayoutManual},
			}).Draw(t, "schedule"),
		}
		a.Account, a.Customer = a.ID, ""
		inEveryVersion(t, a, wire.Account)
	}))
	t.Run("of a payout", rapid.MakeCheck(func(t *rapid.T) {
		p := &billing.Payout{Header: drawHeader(t), Status: billing.PayoutStatusFailed, Amount: drawMoney(t, anyCurrency.Draw(t, "currency")),
			Automatic: rapid.Bool().Draw(t, "automatic"), Method: "standard", ArrivalDate: anyTime.Draw(t, "arrival"), Destination: maybeID.Draw(t, "bank"),
			Description: anyText.Draw(t, "description"), Failure: anyText.Draw(t, "failure"), FailureMessage: anyText.Draw(t, "message"),
		}
		p.Customer = ""
		inEveryVersion(t, p, wire.Payout)
	}))
	t.Run("of a transfer", rapid.MakeCheck(func(t *rapid.T) {
		tr := &billing.Transfer{Header: drawHeader(t), Amount: drawMoney(t, "eur"), Reversed: anyAmount.Draw(t, "reversed"), Destination: anyID.Draw(t, "account"),
			DestinationPayment: maybeID.Draw(t, "payment"), Source: maybeID.Draw(t, "source"), Group: anyText.Draw(t, "group"),
			Reversals: []billing.Reversal{{ID: "trr_1", Amount: anyAmount.Draw(t, "amount"), Refund: maybeID.Draw(t, "refund"), Created: anyTime.Draw(t, "at")}},
		}
		tr.Customer = ""
		inEveryVersion(t, tr, wire.Transfer)
	}))
	t.Run("of an application fee", rapid.MakeCheck(func(t *rapid.T) {
		f := &billing.ApplicationFee{Header: drawHeader(t), Amount: drawMoney(t, "eur"), Refunded: anyAmount.Draw(t, "refunded"), Payer: anyID.Draw(t, "payer"),
			Charge: maybeID.Draw(t, "charge"), Source: maybeID.Draw(t, "source"),
			Refunds: []billing.FeeRefund{{ID: "fr_1", Amount: anyAmount.Draw(t, "amount"), Created: anyTime.Draw(t, "at")}},
		}
		f.Customer = ""
		inEveryVersion(t, f, wire.ApplicationFee)
	}))
	t.Run("of a balance", rapid.MakeCheck(func(t *rapid.T) {
		b := &billing.Balance{Header: billing.Header{Ref: billing.AccountRef("acct_nina")}, Available: []frontdesk.Money{drawMoney(t, "eur"), drawMoney(t, "isk")}}
		inEveryVersion(t, b, wire.Balance)
	}))
	t.Run("of a charge and its line", rapid.MakeCheck(func(t *rapid.T) {
		p := anyPayment.Draw(t, "x")
		p.ID, p.ClientSecret, p.Invoice, p.Standalone = p.Charge, frontdesk.Secret{}, "", true
		p.Amount = frontdesk.Money{Amount: 1 + anyAmount.Draw(t, "amount"), Currency: "eur"}
		p.Status, p.Received, p.Failure, p.DeclineCode = billing.PaymentStatusSucceeded, p.Amount.Amount, "", ""
		p.Transfer, p.Commission = "tr_1", anyAmount.Draw(t, "commission")
		if p.Account == "" {
			p.Destination = anyID.Draw(t, "destination")
		} else {
			p.ApplicationFee = "fee_1"
		}
		p.Movements = drawMovements(t, p.Header, p.Amount, billing.EntryTransfer, "tr_1", "fee_1", p.Charge)
		o := expanded(shapeOf("2023-10-16").render(charge{p}), p.Movements, "payment", p.Charge)
		got, err := wire.Payment(encoded(o), p.Account)
		require.NoError(t, err)
		require.Equal(t, p, got)
	}))
	t.Run("of a refund and its lines", rapid.MakeCheck(func(t *rapid.T) {
		r := &billing.Refund{Header: drawHeader(t), Status: billing.RefundStatusFailed, Payment: "py_1", Charge: "py_1", Amount: drawMoney(t, "eur"), Reversal: "trr_1"}
		r.Customer = ""
		r.Movements = drawMovements(t, r.Header, r.Amount, billing.EntryRefund, "trr_1", "trr_1")
		o := expanded(shapeOf("2023-10-16").render(r), r.Movements, "payment_refund", r.ID)
		got, err := wire.Refund(encoded(o), r.Account)
		require.NoError(t, err)
		require.Equal(t, r, got)
	}))
	t.Run("of a dispute, which always shows its lines", rapid.MakeCheck(func(t *rapid.T) {
		d := &billing.Dispute{Header: drawHeader(t), Status: billing.DisputeStatusWon, Payment: "ch_1", Charge: "ch_1", Amount: drawMoney(t, "eur")}
		d.Customer = ""
		d.Movements = append(drawMovements(t, d.Header, d.Amount, billing.EntryDispute, d.ID, d.ID), drawMovements(t, d.Header, d.Amount, billing.EntryDispute, d.ID)...)
		if d.Account != "" {
			d.Movements[2].Transaction = "txn_back"
		}
		inEveryVersion(t, d, wire.Dispute)
	}))
}

func TestShapes_have_the_fields_of_their_version(t *testing.T) {
	sub := &billing.Subscription{Items: []billing.SubscriptionItem{{ID: "si_1"}}, CurrentPeriodEnd: time.Unix(99, 0)}
	inv := &billing.Invoice{Subscription: "sub_1", Payment: "pi_1", Lines: []billing.InvoiceLine{{Price: "price_1"}}}
	pay := &billing.Payment{Charge: "ch_1", Invoice: "in_1"}
	for version, want := range map[string]struct{ has, lacks []string }{
		"2020-08-27":        {[]string{"current_period_end", "payment_intent", "paid", "charges", "invoice"}, []string{"latest_charge", "parent"}},
		"2023-10-16":        {[]string{"current_period_end", "payment_intent", "paid", "latest_charge", "invoice"}, []string{"charges", "parent"}},
		"2025-03-31.basil":  {[]string{"latest_charge", "parent", "payments"}, []string{"current_period_end", "payment_intent", "paid", "invoice"}},
		"2026-08-26.dahlia": {[]string{"latest_charge", "parent", "payments"}, []string{"current_period_end", "payment_intent", "paid", "invoice"}},
		"null":              {[]string{"parent", "payments"}, []string{"current_period_end"}},
	} {
		fields := object{}
		for _, o := range []object{shapeOf(version).render(sub), shapeOf(version).render(inv), shapeOf(version).render(pay)} {
			for name, value := range o {
				fields[name] = value
			}
		}
		for _, name := range want.has {
			require.Contains(t, fields, name, version)
		}
		for _, name := range want.lacks {
			require.NotContains(t, fields, name, version)
		}
	}
}

func TestEvents_name_the_attributes_that_changed(t *testing.T) {
	p := NewProvider()
	p.AddCustomer(billing.Ref{ID: "cus_1"}, billing.CustomerParams{Name: "Acme", Email: "a@example.com"})
	_, err := p.UpdateCustomer(t.Context(), billing.Write{IdempotencyKey: "k"}, "cus_1", billing.CustomerParams{Name: "Acme Ltd"})
	require.NoError(t, err)
	var e struct {
		Data struct {
			Previous map[string]any `json:"previous_attributes"`
		} `json:"data"`
	}
	require.NoError(t, json.Unmarshal(p.Events()[1].Payload, &e))
	require.Equal(t, map[string]any{"name": "Acme"}, e.Data.Previous)
}
