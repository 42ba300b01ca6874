package billingtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

func charged(t *testing.T, fake *billingtest.Provider, p billing.PaymentParams) (*billing.Payment, error) {
	t.Helper()
	p.Amount, p.Confirm = growth.Unit, true
	if p.PaymentMethod == "" {
		p.PaymentMethod = "pm_card_visa"
	}
	return fake.CreatePayment(t.Context(), write("pay "+p.PaymentMethod), p)
}

func TestPayments(t *testing.T) {
	t.Run("Stripe's test payment methods do what they are named for", func(t *testing.T) {
		fake := acme(t, nil)
		for method, want := range map[string]billing.PaymentStatus{
			"pm_card_visa": billing.PaymentStatusSucceeded, "pm_card_authenticationRequired": billing.PaymentStatusRequiresAction,
			"pm_usBankAccount_success": billing.PaymentStatusProcessing,
		} {
			pay, err := charged(t, fake, billing.PaymentParams{PaymentMethod: method})
			require.NoError(t, err)
			require.Equal(t, want, pay.Status, method)
		}
		for _, method := range []string{"pm_card_visa_chargeDeclined", "pm_card_chargeDeclinedExpiredCard"} {
			_, err := charged(t, fake, billing.PaymentParams{PaymentMethod: method})
			require.ErrorIs(t, err, frontdesk.Declined, method)
		}
		_, err := charged(t, fake, billing.PaymentParams{PaymentMethod: "pm_unknown"})
		require.ErrorIs(t, err, frontdesk.NotFound)
	})
	t.Run("a payer who is not there cannot authenticate", func(t *testing.T) {
		fake := acme(t, nil)
		_, err := charged(t, fake, billing.PaymentParams{PaymentMethod: "pm_card_authenticationRequired", OffSession: true})
		require.ErrorIs(t, err, frontdesk.Declined)
	})
	t.Run("a payer who fails to authenticate may try again", func(t *testing.T) {
		fake := acme(t, nil)
		fake.RequireAction()
		pay, err := charged(t, fake, billing.PaymentParams{})
		require.NoError(t, err)
		require.NoError(t, fake.Authenticate(pay.ID, false))
		require.ErrorIs(t, fake.Authenticate(pay.ID, true), frontdesk.FailedPrecondition)
		again, err := fake.ConfirmPayment(t.Context(), write("again"), pay.ID, billing.PaymentConfirm{PaymentMethod: "pm_card_visa"})
		require.NoError(t, err)
		require.Equal(t, billing.PaymentStatusSucceeded, again.Status)
	})
	t.Run("a delayed payment is settled or returned by the bank", func(t *testing.T) {
		for ok, want := range map[bool]billing.PaymentStatus{
			true: billing.PaymentStatusSucceeded, false: billing.PaymentStatusRequiresPaymentMethod,
		} {
			fake := acme(t, nil)
			fake.DelayNext()
			pay, err := charged(t, fake, billing.PaymentParams{})
			require.NoError(t, err)
			require.NoError(t, fake.Settle(pay.ID, ok))
			settled, err := fake.GetPayment(t.Context(), pay.Ref)
			require.NoError(t, err)
			require.Equal(t, want, settled.Status)
		}
	})
	t.Run("refunds and disputes happen outside too, with their events", func(t *testing.T) {
		fake := acme(t, nil)
		pay, err := charged(t, fake, billing.PaymentParams{})
		require.NoError(t, err)
		require.Equal(t, []string{"refund.created", "charge.refunded"}, types(fake, func() {
			_, err = fake.RefundOutside(pay.ID, 1000)
			require.NoError(t, err)
		}))
		var dispute *billing.Dispute
		require.Equal(t, []string{"charge.dispute.created", "charge.dispute.funds_withdrawn"}, types(fake, func() {
			dispute, err = fake.OpenDispute(pay.ID)
			require.NoError(t, err)
		}))
		require.Equal(t, []string{"charge.dispute.funds_reinstated", "charge.dispute.closed"}, types(fake, func() {
			require.NoError(t, fake.CloseDispute(dispute.ID, true))
		}))
		require.ErrorIs(t, fake.CloseDispute(dispute.ID, true), frontdesk.FailedPrecondition)
	})
	t.Run("a declined charge has its events", func(t *testing.T) {
		fake := acme(t, nil)
		fake.DeclineNext("card_declined")
		require.Equal(t, []string{
			"payment_intent.created", "charge.failed", "payment_intent.payment_failed",
		}, types(fake, func() {
			_, err := charged(t, fake, billing.PaymentParams{Customer: "cus_acme"})
			require.ErrorIs(t, err, frontdesk.Declined)
		}))
	})
	t.Run("an invoice's payment is canceled with the invoice only", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		fake.DeclineNext("card_declined")
		fake.Advance(31 * day)
		inv := latestInvoice(t, fake, id)
		_, err := fake.CancelPayment(t.Context(), write("cancel"), inv.Payment)
		require.ErrorIs(t, err, frontdesk.FailedPrecondition)
		_, err = fake.AdvanceInvoice(t.Context(), write("void"), inv.ID, billing.InvoiceActionVoid)
		require.NoError(t, err)
		pay, err := fake.GetPayment(t.Context(), billing.Ref{ID: inv.Payment})
		require.NoError(t, err)
		require.Equal(t, billing.PaymentStatusCanceled, pay.Status)
	})
}
