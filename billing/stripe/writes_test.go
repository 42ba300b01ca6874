package stripe_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var write = billing.Write{Account: "acct_1", IdempotencyKey: "op_1"}

// form is the body of the n-th request.
func (s *script) form(t *testing.T, n int) url.Values {
	t.Helper()
	form, err := url.ParseQuery(s.bodies[n])
	require.NoError(t, err)
	return form
}

// line is the n-th request as "METHOD path key".
func (s *script) line(n int) string {
	r := s.requests[n]
	return strings.TrimSpace(r.Method + " " + r.URL.Path + " " + r.Header.Get("Idempotency-Key"))
}

func (s *script) lines() []string {
	lines := make([]string, len(s.requests))
	for i := range s.requests {
		lines[i] = s.line(i)
	}
	return lines
}

// subscribed answers with a subscription that has more fields.
func subscribed(fields string) answer {
	return says(http.StatusOK, `{"id": "sub_1", "object": "subscription", "status": "active"`+fields+`}`)
}

func TestUpdateSubscription(t *testing.T) {
	const (
		oneItem  = `, "items": {"data": [{"id": "si_1", "price": {"id": "price_1"}}]}`
		twoItems = `, "items": {"data": [{"id": "si_1", "price": {"id": "price_1"}}, {"id": "si_2", "price": {"id": "price_2"}}]}`
	)
	yes, no := true, false
	t.Run("the only item is found by reading the subscription", func(t *testing.T) {
		s, p := scripted(t, subscribed(oneItem))
		_, err := p.UpdateSubscription(t.Context(), write, "sub_1", billing.SubscriptionUpdate{Price: "price_9"})
		require.NoError(t, err)
		assert.Equal(t, []string{"GET /v1/subscriptions/sub_1", "POST /v1/subscriptions/sub_1 op_1"}, s.lines())
		assert.Equal(t, url.Values{
			"items[0][id]": {"si_1"}, "items[0][price]": {"price_9"}, "proration_behavior": {"create_prorations"},
		}, s.form(t, 1))
		assert.Equal(t, "acct_1", s.requests[0].Header.Get("Stripe-Account"))
	})
	t.Run("with several items one must be named", func(t *testing.T) {
		s, p := scripted(t, subscribed(twoItems))
		_, err := p.UpdateSubscription(t.Context(), write, "sub_1", billing.SubscriptionUpdate{Quantity: 2})
		require.ErrorIs(t, err, frontdesk.Invalid)
		assert.Equal(t, "item", frontdesk.Fields(err)[0].Name)
		assert.Equal(t, 1, s.attempts())
	})
	t.Run("a named item is changed without reading", func(t *testing.T) {
		s, p := scripted(t, subscribed(twoItems))
		_, err := p.UpdateSubscription(t.Context(), write, "sub_1",
			billing.SubscriptionUpdate{Item: "si_2", Quantity: 3, Proration: billing.ProrationNone})
		require.NoError(t, err)
		assert.Equal(t, url.Values{
			"items[0][id]": {"si_2"}, "items[0][quantity]": {"3"}, "proration_behavior": {"none"},
		}, s.form(t, 0))
	})
	t.Run("a cancellation at the end of the period needs no reading", func(t *testing.T) {
		s, p := scripted(t, subscribed(""))
		_, err := p.UpdateSubscription(t.Context(), write, "sub_1", billing.SubscriptionUpdate{CancelAtPeriodEnd: &yes})
		require.NoError(t, err)
		assert.Equal(t, url.Values{"cancel_at_period_end": {"true"}}, s.form(t, 0))
	})
	t.Run("a cancellation at the end of the period is undone by its flag", func(t *testing.T) {
		s, p := scripted(t, subscribed(`, "cancel_at_period_end": true, "cancel_at": 1800000000`))
		_, err := p.UpdateSubscription(t.Context(), write, "sub_1", billing.SubscriptionUpdate{CancelAtPeriodEnd: &no})
		require.NoError(t, err)
		assert.Equal(t, url.Values{"cancel_at_period_end": {"false"}}, s.form(t, 1))
	})
	t.Run("a cancellation at a date is cleared, under a key of its own", func(t *testing.T) {
		s, p := scripted(t, subscribed(`, "cancel_at_period_end": false, "cancel_at": 1800000000`))
		_, err := p.UpdateSubscription(t.Context(), write, "sub_1", billing.SubscriptionUpdate{CancelAtPeriodEnd: &no})
		require.NoError(t, err)
		assert.Equal(t, "POST /v1/subscriptions/sub_1 op_1:cancel_at", s.line(1))
		assert.Equal(t, url.Values{"cancel_at": {""}}, s.form(t, 1))
	})
}

func TestCollection(t *testing.T) {
	s, p := scripted(t, subscribed(""))
	_, err := p.PauseCollection(t.Context(), write, "sub_1", billing.PauseVoid)
	require.NoError(t, err)
	_, err = p.ResumeCollection(t.Context(), write, "sub_1")
	require.NoError(t, err)
	assert.Equal(t, url.Values{"pause_collection[behavior]": {"void"}}, s.form(t, 0))
	assert.Equal(t, url.Values{"pause_collection": {""}}, s.form(t, 1), "resuming clears the pause")
}

func TestCreateInvoice(t *testing.T) {
	params := billing.InvoiceParams{Customer: "cus_1", DaysUntilDue: 14, Items: []billing.InvoiceItem{
		{Description: "Logo", Amount: frontdesk.Money{Amount: 4900, Currency: "eur"}},
		{Price: "price_1", Quantity: 2},
		{Amount: frontdesk.Money{Amount: 100, Currency: "eur"}, Quantity: 3},
	}}
	draft := says(200, `{"id": "in_1", "object": "invoice", "status": "draft", "currency": "eur", "total": 5200}`)
	item := says(200, `{"id": "ii_1", "object": "invoiceitem"}`)
	other := says(200, `{"id": "ii_2", "object": "invoiceitem"}`)
	gone := says(200, `{"id": "x", "deleted": true}`)
	inBubble(t, "the draft comes first, takes no pending items and waits; each item goes to it", func(t *testing.T) {
		s, p := scripted(t, draft, item, other, item, draft)
		inv, err := p.CreateInvoice(t.Context(), write, params)
		require.NoError(t, err)
		assert.Equal(t, int64(5200), inv.Total.Amount)
		assert.Equal(t, []string{
			"POST /v1/invoices op_1",
			"POST /v1/invoiceitems op_1:item:0", "POST /v1/invoiceitems op_1:item:1", "POST /v1/invoiceitems op_1:item:2",
			"GET /v1/invoices/in_1",
		}, s.lines())
		assert.Equal(t, url.Values{
			"customer": {"cus_1"}, "auto_advance": {"false"}, "pending_invoice_items_behavior": {"exclude"},
			"collection_method": {"send_invoice"}, "days_until_due": {"14"}, "currency": {"eur"},
		}, s.form(t, 0))
		assert.Equal(t, url.Values{
			"customer": {"cus_1"}, "invoice": {"in_1"}, "description": {"Logo"}, "amount": {"4900"}, "currency": {"eur"},
		}, s.form(t, 1))
		assert.Equal(t, url.Values{"customer": {"cus_1"}, "invoice": {"in_1"}, "price": {"price_1"}, "quantity": {"2"}}, s.form(t, 2))
		assert.Equal(t, url.Values{
			"customer": {"cus_1"}, "invoice": {"in_1"}, "unit_amount": {"100"}, "quantity": {"3"}, "currency": {"eur"},
		}, s.form(t, 3))
	})
	inBubble(t, "a repeated call sends the same requests under the same keys", func(t *testing.T) {
		s, p := scripted(t, draft, item, breaks(errReset), breaks(errReset), breaks(errReset), draft, item, other, item, draft)
		_, err := p.CreateInvoice(t.Context(), write, params)
		require.ErrorIs(t, err, frontdesk.OutcomeUnknown)
		_, err = p.CreateInvoice(t.Context(), write, params)
		require.NoError(t, err)
		for i := range 3 {
			assert.Equal(t, s.line(i), s.line(5+i))
			assert.Equal(t, s.form(t, i), s.form(t, 5+i))
		}
	})
	inBubble(t, "when an item is refused for good, the items and the draft are deleted", func(t *testing.T) {
		s, p := scripted(t, draft, item, refuses(400, `"code": "resource_missing", "param": "price"`), gone)
		_, err := p.CreateInvoice(t.Context(), write, params)
		require.ErrorIs(t, err, frontdesk.NotFound)
		assert.Equal(t, []string{"DELETE /v1/invoiceitems/ii_1 op_1:undo:ii_1", "DELETE /v1/invoices/in_1 op_1:undo:in_1"}, s.lines()[3:])
	})
	inBubble(t, "a draft that cannot be deleted is named beside the reason", func(t *testing.T) {
		_, p := scripted(t, draft, refuses(400, `"code": "resource_missing", "param": "price"`), breaks(errors.New("gone")))
		_, err := p.CreateInvoice(t.Context(), write, params)
		assert.Equal(t, frontdesk.NotFound.String(), frontdesk.CodeOf(err).String())
		assert.ErrorContains(t, err, "in_1")
	})
	inBubble(t, "when the key was used for other items, that other invoice is left alone", func(t *testing.T) {
		s, p := scripted(t, draft, refuses(400, `"type": "idempotency_error"`))
		_, err := p.CreateInvoice(t.Context(), write, params)
		require.ErrorIs(t, err, frontdesk.Invalid)
		assert.NotContains(t, strings.Join(s.lines(), " "), "DELETE")
	})
	inBubble(t, "when the reason may pass, all stays for the repeated call", func(t *testing.T) {
		s, p := scripted(t, draft, refuses(429, `"code": "rate_limit"`))
		_, err := p.CreateInvoice(t.Context(), write, params)
		require.ErrorIs(t, err, frontdesk.RateLimited)
		assert.NotContains(t, strings.Join(s.lines(), " "), "DELETE")
	})
	t.Run("a key of full length leaves room for the derived ones", func(t *testing.T) {
		long := billing.Write{IdempotencyKey: strings.Repeat("k", 255)}
		s, p := scripted(t, draft, item, item, item, draft)
		_, err := p.CreateInvoice(t.Context(), long, params)
		require.NoError(t, err)
		seen := map[string]bool{}
		for _, r := range s.requests[:4] {
			key := r.Header.Get("Idempotency-Key")
			assert.LessOrEqual(t, len(key), 255)
			assert.False(t, seen[key], "each request has a key of its own")
			seen[key] = true
		}
	})
}

func TestCapturePayment(t *testing.T) {
	intent := func(currency string) answer {
		return says(200, `{"id": "pi_1", "object": "payment_intent", "amount": 500000, "currency": "`+currency+`", "status": "requires_capture"}`)
	}
	t.Run("a part is counted in Stripe's units of the payment's currency", func(t *testing.T) {
		for currency, want := range map[string]string{"eur": "1200", "isk": "120000"} {
			s, p := scripted(t, intent(currency))
			_, err := p.CapturePayment(t.Context(), write, "pi_1", 1200)
			require.NoError(t, err)
			assert.Equal(t, want, s.form(t, 1).Get("amount_to_capture"), currency)
		}
	})
	t.Run("all is captured without reading", func(t *testing.T) {
		s, p := scripted(t, intent("eur"))
		_, err := p.CapturePayment(t.Context(), write, "pi_1", 0)
		require.NoError(t, err)
		require.Equal(t, 1, s.attempts())
		assert.False(t, s.form(t, 0).Has("amount_to_capture"))
	})
}

func TestChargesWithoutIntent(t *testing.T) {
	charge := says(200, `{"id": "ch_1", "object": "charge", "amount": 100, "currency": "eur", "status": "succeeded"}`)
	t.Run("are read as payments", func(t *testing.T) {
		s, p := scripted(t, charge)
		payment, err := p.GetPayment(t.Context(), billing.Ref{ID: "ch_1"})
		require.NoError(t, err)
		assert.Equal(t, "/v1/charges/ch_1", s.requests[0].URL.Path)
		assert.Equal(t, billing.PaymentStatusSucceeded, payment.Status)
	})
	t.Run("are given back as charges", func(t *testing.T) {
		s, p := scripted(t, says(200, `{"id": "re_1", "object": "refund", "amount": 100, "currency": "eur", "charge": "ch_1"}`))
		_, err := p.CreateRefund(t.Context(), write, billing.RefundParams{Payment: "ch_1"})
		require.NoError(t, err)
		assert.Equal(t, "ch_1", s.form(t, 0).Get("charge"))
		assert.False(t, s.form(t, 0).Has("payment_intent"))
	})
}

func TestCreateRefund(t *testing.T) {
	intent := says(200, `{"id": "pi_1", "object": "payment_intent", "amount": 500, "currency": "isk", "status": "succeeded"}`)
	refund := says(200, `{"id": "re_1", "object": "refund", "amount": 10000, "currency": "isk", "payment_intent": "pi_1"}`)
	part := func(c frontdesk.Currency) billing.RefundParams {
		return billing.RefundParams{Payment: "pi_1", Amount: frontdesk.Money{Amount: 100, Currency: c}}
	}
	t.Run("all that is left is given back without reading", func(t *testing.T) {
		s, p := scripted(t, refund)
		_, err := p.CreateRefund(t.Context(), billing.Write{IdempotencyKey: "op_1"}, billing.RefundParams{Payment: "pi_1"})
		require.NoError(t, err)
		assert.Equal(t, []string{"POST /v1/refunds op_1"}, s.lines())
		assert.Equal(t, url.Values{"payment_intent": {"pi_1"}}, s.form(t, 0))
	})
	t.Run("a part is counted in Stripe's units", func(t *testing.T) {
		s, p := scripted(t, intent, refund)
		r, err := p.CreateRefund(t.Context(), write, part("isk"))
		require.NoError(t, err)
		assert.Equal(t, "10000", s.form(t, 1).Get("amount"))
		assert.Equal(t, int64(100), r.Amount.Amount)
	})
	t.Run("a part in another currency than the payment's is invalid, for Stripe would not notice", func(t *testing.T) {
		s, p := scripted(t, intent, refund)
		_, err := p.CreateRefund(t.Context(), write, part("eur"))
		require.ErrorIs(t, err, frontdesk.Invalid)
		assert.Equal(t, "currency", frontdesk.Fields(err)[0].Name)
		assert.Equal(t, 1, s.attempts())
	})
}

func TestPreviewUpdate(t *testing.T) {
	t.Run("an invoice without an id is read", func(t *testing.T) {
		_, p := scripted(t, says(200, `{"object": "invoice", "currency": "eur", "total": 900}`))
		inv, err := p.PreviewUpdate(t.Context(), billing.Ref{ID: "sub_1"}, billing.SubscriptionUpdate{Item: "si_1", Price: "price_2"})
		require.NoError(t, err)
		assert.Empty(t, inv.ID)
		assert.Equal(t, int64(900), inv.Total.Amount)
	})
}
