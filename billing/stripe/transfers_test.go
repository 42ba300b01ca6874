package stripe_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// withList is an object whose list shows only its first part.
func withList(object, field, first string) answer {
	return says(http.StatusOK, strings.TrimSuffix(object, "}")+`, "`+field+`": {"object": "list", "has_more": true, "data": [`+first+`]}}`)
}

func TestGetTransfer(t *testing.T) {
	const other = `{"id": "trr_2", "object": "transfer_reversal", "amount": 500, "currency": "eur"}`
	t.Run("all reversals are listed when the transfer does not show them", func(t *testing.T) {
		s, p := scripted(t, withList(transferBody, "reversals", reversalBody), pageOf(true, reversalBody), pageOf(false, other))
		transfer, err := p.GetTransfer(t.Context(), "tr_1")
		require.NoError(t, err)
		require.Len(t, transfer.Reversals, 2)
		assert.Equal(t, int64(500), transfer.Reversals[1].Amount)
		assert.Equal(t, []string{"GET /v1/transfers/tr_1", "GET /v1/transfers/tr_1/reversals", "GET /v1/transfers/tr_1/reversals"}, s.lines())
		assert.Equal(t, "trr_1", s.requests[2].URL.Query().Get("starting_after"))
	})
	t.Run("an error of the list is the transfer's", func(t *testing.T) {
		_, p := scripted(t, withList(transferBody, "reversals", reversalBody), refuses(401, `"type": "invalid_request_error"`))
		_, err := p.GetTransfer(t.Context(), "tr_1")
		require.ErrorIs(t, err, frontdesk.Unauthenticated)
	})
}

func TestGetApplicationFee(t *testing.T) {
	s, p := scripted(t, withList(feeBody, "refunds", `{"id": "fr_1", "amount": 1}`), pageOf(false, `{"id": "fr_1", "amount": 1}, {"id": "fr_2", "amount": 2}`))
	fee, err := p.GetApplicationFee(t.Context(), "fee_1")
	require.NoError(t, err)
	assert.Len(t, fee.Refunds, 2)
	assert.Equal(t, []string{"GET /v1/application_fees/fee_1", "GET /v1/application_fees/fee_1/refunds"}, s.lines())
}

func TestReverseTransfer(t *testing.T) {
	transfer, reversal := says(http.StatusOK, transferBody), says(http.StatusOK, reversalBody)
	t.Run("all that is left is reversed, and the transfer is read afterwards", func(t *testing.T) {
		s, p := scripted(t, reversal, transfer)
		tr, err := p.ReverseTransfer(t.Context(), write, "tr_1", billing.ReversalParams{RefundFee: true})
		require.NoError(t, err)
		assert.Equal(t, int64(2000), tr.Reversed)
		assert.Equal(t, []string{"POST /v1/transfers/tr_1/reversals op_1", "GET /v1/transfers/tr_1"}, s.lines())
		assert.Equal(t, url.Values{"refund_application_fee": {"true"}}, s.form(t, 0))
		assert.Empty(t, s.requests[0].Header.Get("Stripe-Account"))
	})
	t.Run("a part is counted in Stripe's units", func(t *testing.T) {
		crowns := says(http.StatusOK, strings.ReplaceAll(transferBody, "eur", "isk"))
		s, p := scripted(t, crowns, reversal, crowns)
		_, err := p.ReverseTransfer(t.Context(), write, "tr_1", billing.ReversalParams{Amount: frontdesk.Money{Amount: 20, Currency: "isk"}})
		require.NoError(t, err)
		assert.Equal(t, "2000", s.form(t, 1).Get("amount"))
	})
	t.Run("a part in another currency than the transfer's is invalid, for Stripe would not notice", func(t *testing.T) {
		s, p := scripted(t, transfer)
		_, err := p.ReverseTransfer(t.Context(), write, "tr_1", billing.ReversalParams{Amount: frontdesk.Money{Amount: 20, Currency: "usd"}})
		require.ErrorIs(t, err, frontdesk.Invalid)
		assert.Equal(t, "currency", frontdesk.Fields(err)[0].Name)
		assert.Equal(t, 1, s.attempts())
	})
	t.Run("a part below zero is invalid, and nothing is sent", func(t *testing.T) {
		s, p := scripted(t, transfer)
		_, err := p.ReverseTransfer(t.Context(), write, "tr_1", billing.ReversalParams{Amount: euros(-1)})
		require.ErrorIs(t, err, frontdesk.Invalid)
		assert.Zero(t, s.attempts())
	})
	t.Run("more than is left is a failed precondition", func(t *testing.T) {
		_, p := scripted(t, transfer, refuses(400, `"type": "invalid_request_error", "param": "amount"`))
		_, err := p.ReverseTransfer(t.Context(), write, "tr_1", billing.ReversalParams{Amount: euros(9000)})
		assert.Equal(t, frontdesk.FailedPrecondition.String(), frontdesk.CodeOf(err).String())
	})
	t.Run("nothing left is a failed precondition", func(t *testing.T) {
		_, p := scripted(t, refuses(400, `"type": "invalid_request_error"`))
		_, err := p.ReverseTransfer(t.Context(), write, "tr_1", billing.ReversalParams{})
		assert.Equal(t, frontdesk.FailedPrecondition.String(), frontdesk.CodeOf(err).String())
	})
	inBubble(t, "when the transfer cannot be read afterwards, the outcome is unknown", func(t *testing.T) {
		_, p := scripted(t, reversal, says(503, "busy"))
		_, err := p.ReverseTransfer(t.Context(), write, "tr_1", billing.ReversalParams{})
		assert.Equal(t, frontdesk.OutcomeUnknown.String(), frontdesk.CodeOf(err).String())
	})
}

func TestCreateTransfer(t *testing.T) {
	s, p := scripted(t, says(http.StatusOK, transferBody))
	tr, err := p.CreateTransfer(t.Context(), write, billing.TransferParams{
		Amount: frontdesk.Money{Amount: 60, Currency: "isk"}, Destination: "acct_1", Source: "ch_1", Group: "order_1",
	})
	require.NoError(t, err)
	assert.Equal(t, billing.Ref{ID: "tr_1"}, tr.Ref, "the platform holds it")
	assert.Equal(t, url.Values{
		"amount": {"6000"}, "currency": {"isk"}, "destination": {"acct_1"}, "source_transaction": {"ch_1"}, "transfer_group": {"order_1"},
	}, s.form(t, 0))
}

func TestSplits(t *testing.T) {
	intent := says(http.StatusOK, `{"id": "pi_1", "object": "payment_intent", "amount": 100, "currency": "eur", "status": "succeeded"}`)
	session := says(http.StatusOK, `{"id": "cs_1", "object": "checkout.session"}`)
	platform := billing.Write{IdempotencyKey: "op_1"}
	split := billing.Split{Destination: "acct_1", ApplicationFee: 130, OnBehalfOf: "acct_1", Group: "order_1"}
	checkout := func(mode billing.CheckoutMode, line billing.CheckoutLine) billing.CheckoutParams {
		return billing.CheckoutParams{Mode: mode, Lines: []billing.CheckoutLine{line}, Split: split}
	}
	crowns := frontdesk.Money{Amount: 1000, Currency: "isk"}
	t.Run("the fee of a payment is counted in Stripe's units", func(t *testing.T) {
		s, p := scripted(t, intent)
		_, err := p.CreatePayment(t.Context(), platform, billing.PaymentParams{Amount: crowns, Split: split})
		require.NoError(t, err)
		form := s.form(t, 0)
		assert.Equal(t, "13000", form.Get("application_fee_amount"))
		assert.Equal(t, "acct_1", form.Get("transfer_data[destination]"))
		assert.Equal(t, "acct_1", form.Get("on_behalf_of"))
		assert.Equal(t, "order_1", form.Get("transfer_group"))
	})
	t.Run("a payment that is not split says nothing of it", func(t *testing.T) {
		s, p := scripted(t, intent)
		_, err := p.CreatePayment(t.Context(), platform, billing.PaymentParams{Amount: crowns})
		require.NoError(t, err)
		for _, name := range []string{"application_fee_amount", "transfer_data[destination]", "on_behalf_of", "transfer_group"} {
			assert.False(t, s.form(t, 0).Has(name), name)
		}
	})
	t.Run("a fee that Stripe cannot count is invalid by its name", func(t *testing.T) {
		s, p := scripted(t, intent)
		_, err := p.CreatePayment(t.Context(), platform, billing.PaymentParams{
			Amount: frontdesk.Money{Amount: 1000, Currency: "kwd"}, Split: billing.Split{Destination: "acct_1", ApplicationFee: 7},
		})
		require.ErrorIs(t, err, frontdesk.Invalid)
		assert.Equal(t, "application_fee", frontdesk.Fields(err)[0].Name)
		assert.Zero(t, s.attempts())
	})
	t.Run("the fee of a checkout is in the currency of its lines", func(t *testing.T) {
		s, p := scripted(t, session)
		_, err := p.CreateCheckout(t.Context(), platform, checkout(billing.CheckoutModePayment, billing.CheckoutLine{Name: "Workshop", Amount: crowns}))
		require.NoError(t, err)
		assert.Equal(t, "13000", s.form(t, 0).Get("payment_intent_data[application_fee_amount]"))
		assert.Equal(t, "acct_1", s.form(t, 0).Get("payment_intent_data[transfer_data][destination]"))
	})
	for rule, c := range map[string]struct {
		params billing.CheckoutParams
		field  string
	}{
		"a fee needs a line with an amount": {checkout(billing.CheckoutModePayment, billing.CheckoutLine{Price: "price_1"}), "application_fee"},
		"a subscription is not split":       {checkout(billing.CheckoutModeSubscription, billing.CheckoutLine{Price: "price_1"}), "split"},
	} {
		t.Run(rule, func(t *testing.T) {
			s, p := scripted(t, session)
			_, err := p.CreateCheckout(t.Context(), platform, c.params)
			require.ErrorIs(t, err, frontdesk.Invalid)
			assert.Equal(t, c.field, frontdesk.Fields(err)[0].Name)
			assert.Zero(t, s.attempts())
		})
	}
	t.Run("a refund takes the same part back, and gives the fee back", func(t *testing.T) {
		s, p := scripted(t, says(http.StatusOK, `{"id": "re_1", "object": "refund", "amount": 100, "currency": "eur", "transfer_reversal": "trr_1"}`))
		r, err := p.CreateRefund(t.Context(), platform, billing.RefundParams{Payment: "pi_1", ReverseTransfer: true, RefundFee: true})
		require.NoError(t, err)
		assert.Equal(t, "trr_1", r.Reversal)
		assert.Equal(t, url.Values{"payment_intent": {"pi_1"}, "reverse_transfer": {"true"}, "refund_application_fee": {"true"}}, s.form(t, 0))
	})
}
