package stripe

import (
	"context"
	"encoding/json"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// wholeInvoice decodes an invoice. Stripe shows only its first ten lines; if
// there are more, it reads them all.
func (p *Provider) wholeInvoice(ctx context.Context, ref billing.Ref, raw []byte) (*billing.Invoice, error) {
	var shown struct {
		Lines struct {
			HasMore bool `json:"has_more"`
		} `json:"lines"`
	}
	if err := json.Unmarshal(raw, &shown); err != nil {
		return nil, unreadable(request{}, err)
	}
	if shown.Lines.HasMore {
		lines, err := p.invoiceLines(ctx, ref)
		if err != nil {
			return nil, err
		}
		if raw, err = replaced(raw, "lines", map[string]any{"data": lines}); err != nil {
			return nil, unreadable(request{}, err)
		}
	}
	invoice, err := wire.Invoice(raw, ref.Account)
	if err != nil {
		return nil, unreadable(request{}, err)
	}
	return invoice, nil
}

func (p *Provider) invoiceLines(ctx context.Context, ref billing.Ref) ([]*json.RawMessage, error) {
	params := func() *stripego.InvoiceListLinesParams {
		return &stripego.InvoiceListLinesParams{ListParams: listing(ref.Account), Invoice: &ref.ID}
	}
	var lines []*json.RawMessage
	for line, err := range list(ctx, p, params, p.api.invoices.ListLines, undecoded) {
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// undecoded is the decoder of what is decoded later.
func undecoded(raw []byte, _ string) (*json.RawMessage, error) {
	message := json.RawMessage(raw)
	return &message, nil
}

// replaced returns the object raw with another value of one of its fields.
func replaced(raw []byte, field string, value any) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	fields[field] = encoded
	return json.Marshal(fields)
}
