package main

import (
	"context"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

const day = 24 * time.Hour

// historyTime is how far back the demo's history begins. It is over before the
// month that a reconciliation compares.
const historyTime = 75 * day

// demoClock is the clock of the provider in memory. It shows the past while the
// demo's history is made.
type demoClock struct {
	now  func() time.Time
	past time.Time // zero: the present
}

func (c *demoClock) Now() time.Time {
	if c.past.IsZero() {
		return c.now()
	}
	return c.past
}

// history is what has happened at the provider in memory before the portal opens.
type history struct {
	*billingtest.Provider
	clock *demoClock
	keys  int
}

// seedPast fills the provider in memory, and leaves it in the present.
func seedPast(ctx context.Context, h *history, fresh bool) error {
	seedProvider(h.Provider) //nolint:contextcheck // nobody waits for the past
	if fresh {
		if err := h.ofOmar(ctx); err != nil {
			return err
		}
	}
	h.clock.past = time.Time{}
	return h.asked() //nolint:contextcheck // nor for this
}

// ofOmar gives an expert a past: payments that his weekly schedule has paid out,
// then some that wait until he asks for them, and a question of the provider's.
func (h *history) ofOmar(ctx context.Context) error {
	steps := []func(context.Context) error{
		h.scheduled(billing.PayoutSchedule{Interval: billing.PayoutWeekly, Weekday: "monday"}),
		h.earned(12000, 0), h.passed(3 * day), h.earned(9000, 0),
		h.passed(14 * day),
		h.scheduled(billing.PayoutSchedule{Interval: billing.PayoutManual}),
		h.earned(15000, 5000), h.passed(4 * day), h.earned(8000, 0),
		h.passed(14 * day),
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// asked is what the provider wants to know of omar by now.
func (h *history) asked() error {
	return h.RequireMore("acct_omar", h.Now().Add(14*day), "individual.verification.document", "individual.id_number")
}

// earned is a payment for omar, and how much of it was given back.
func (h *history) earned(amount, returned int64) func(context.Context) error {
	return func(ctx context.Context) error {
		paid := frontdesk.Money{Amount: amount, Currency: "eur"}
		commission, err := demoCommission.Of(paid)
		if err != nil {
			return err
		}
		made, err := h.CreatePayment(ctx, h.write(""), billing.PaymentParams{
			Amount: paid, PaymentMethod: "pm_card_visa", Confirm: true,
			Split: billing.Split{Destination: "acct_omar", ApplicationFee: commission.Amount},
		})
		if err != nil || returned == 0 {
			return err
		}
		_, err = h.CreateRefund(ctx, h.write(""), billing.RefundParams{
			Payment: made.ID, Amount: frontdesk.Money{Amount: returned, Currency: "eur"}, ReverseTransfer: true, RefundFee: true,
		})
		return err
	}
}

func (h *history) scheduled(s billing.PayoutSchedule) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := h.SetPayoutSchedule(ctx, h.write("acct_omar"), s)
		return err
	}
}

// passed lets time pass, with what comes due in it.
func (h *history) passed(d time.Duration) func(context.Context) error {
	return func(context.Context) error {
		h.clock.past = h.clock.past.Add(d)
		h.CatchUp() //nolint:contextcheck // nor for time to pass
		return nil
	}
}

func (h *history) write(account string) billing.Write {
	h.keys++
	return billing.Write{Account: account, IdempotencyKey: fmt.Sprintf("history %d", h.keys)}
}
