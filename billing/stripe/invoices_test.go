package stripe_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

func TestGetInvoice(t *testing.T) {
	const line = `{"object": "line_item", "currency": "eur", "amount": 100, "id": `
	invoice := func(more string) answer {
		return says(200, `{"id": "in_1", "object": "invoice", "currency": "eur", "total": 300,
			"lines": {"has_more": `+more+`, "data": [`+line+`"il_1"}]}}`)
	}
	ref := billing.Ref{Account: "acct_1", ID: "in_1"}
	t.Run("an invoice that shows all of its lines takes one request", func(t *testing.T) {
		s, p := scripted(t, invoice("false"))
		inv, err := p.GetInvoice(t.Context(), ref)
		require.NoError(t, err)
		assert.Len(t, inv.Lines, 1)
		assert.Equal(t, 1, s.attempts())
	})
	t.Run("the lines that Stripe does not show are read", func(t *testing.T) {
		s, p := scripted(t, invoice("true"),
			says(200, `{"has_more": true, "data": [`+line+`"il_1"}, `+line+`"il_2"}]}`),
			says(200, `{"has_more": false, "data": [`+line+`"il_3"}]}`))
		inv, err := p.GetInvoice(t.Context(), ref)
		require.NoError(t, err)
		require.Len(t, inv.Lines, 3)
		assert.Equal(t, "il_3", inv.Lines[2].ID)
		assert.Equal(t, []string{"GET /v1/invoices/in_1", "GET /v1/invoices/in_1/lines", "GET /v1/invoices/in_1/lines"}, s.lines())
		assert.Equal(t, "il_2", s.requests[2].URL.Query().Get("starting_after"))
		assert.Equal(t, "acct_1", s.requests[2].Header.Get("Stripe-Account"))
	})
	t.Run("an invoice whose lines cannot be read is an error, not half an invoice", func(t *testing.T) {
		_, p := scripted(t, invoice("true"), refuses(403, `"type": "invalid_request_error"`))
		_, err := p.GetInvoice(t.Context(), ref)
		require.ErrorIs(t, err, frontdesk.PermissionDenied)
	})
	t.Run("what is no invoice is an internal error", func(t *testing.T) {
		_, p := scripted(t, says(200, customer))
		_, err := p.GetInvoice(t.Context(), ref)
		assert.Equal(t, frontdesk.Internal.String(), frontdesk.CodeOf(err).String())
	})
}
