package stripe

import (
	"context"
	"encoding/json"
	"iter"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk/billing"
)

// invoiceLines are all lines of an invoice, of which it shows only the first ten.
func (p *Provider) invoiceLines(ctx context.Context, ref billing.Ref) iter.Seq2[*json.RawMessage, error] {
	params := func() *stripego.InvoiceListLinesParams {
		return &stripego.InvoiceListLinesParams{ListParams: listing(ref.Account), Invoice: &ref.ID}
	}
	return list(ctx, p, params, p.api.invoices.ListLines, undecoded)
}
