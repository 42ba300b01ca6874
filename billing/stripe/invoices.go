package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// paymentIntent expands the payment, which tells whether it failed.
const paymentIntent = "payment_intent"

// GetInvoice implements [billing.Invoices].
func (p *Provider) GetInvoice(ctx context.Context, ref billing.Ref) (*billing.Invoice, error) {
	params := &stripego.InvoiceParams{Params: reading(ref.Account)}
	params.AddExpand(paymentIntent)
	raw, err := callOn(ctx, p, ref.ID, params, p.api.invoices.Get, undecoded)
	if err != nil {
		return nil, err
	}
	return whole(*raw, ref.Account, "lines", p.invoiceLines(ctx, ref), wire.Invoice)
}

// ListInvoices implements [billing.Invoices]. The invoices have their first ten
// lines; GetInvoice reads all.
func (p *Provider) ListInvoices(ctx context.Context, f billing.InvoiceFilter) iter.Seq2[*billing.Invoice, error] {
	params := func() *stripego.InvoiceListParams {
		params := &stripego.InvoiceListParams{
			ListParams:   listing(f.Account),
			Customer:     optional(f.Customer),
			Status:       optional(string(f.Status)),
			CreatedRange: created(f.Since),
		}
		params.AddExpand("data." + paymentIntent)
		return params
	}
	return list(ctx, p, params, p.api.invoices.List, wire.Invoice)
}

// AdvanceInvoice implements [billing.Invoices]. The invoice has its first ten lines.
func (p *Provider) AdvanceInvoice(ctx context.Context, w billing.Write, id string, a billing.InvoiceAction) (*billing.Invoice, error) {
	expand := []*string{stripego.String(paymentIntent)}
	switch a {
	case billing.InvoiceActionFinalize:
		params := &stripego.InvoiceFinalizeInvoiceParams{Params: writing(w), Expand: expand}
		return callOn(ctx, p, id, params, p.api.invoices.FinalizeInvoice, wire.Invoice)
	case billing.InvoiceActionSend:
		params := &stripego.InvoiceSendInvoiceParams{Params: writing(w), Expand: expand}
		return callOn(ctx, p, id, params, p.api.invoices.SendInvoice, wire.Invoice)
	case billing.InvoiceActionPay:
		params := &stripego.InvoicePayParams{Params: writing(w), Expand: expand}
		return callOn(ctx, p, id, params, p.api.invoices.Pay, wire.Invoice)
	case billing.InvoiceActionVoid:
		params := &stripego.InvoiceVoidInvoiceParams{Params: writing(w), Expand: expand}
		return callOn(ctx, p, id, params, p.api.invoices.VoidInvoice, wire.Invoice)
	case billing.InvoiceActionMarkUncollectible:
		params := &stripego.InvoiceMarkUncollectibleParams{Params: writing(w), Expand: expand}
		return callOn(ctx, p, id, params, p.api.invoices.MarkUncollectible, wire.Invoice)
	}
	return nil, frontdesk.InvalidField("action", "must not be %q", a)
}

// CreateInvoice implements [billing.Invoices]. The draft takes none of the
// customer's pending items, and Stripe does not advance it by itself, so that an
// unfinished one is never charged. Each request has a key made from w's, and so a
// repeated call completes what an earlier one left unfinished. When Stripe
// refuses an item for good, the draft and its items are deleted again.
func (p *Provider) CreateInvoice(ctx context.Context, w billing.Write, c billing.InvoiceParams) (*billing.Invoice, error) {
	if err := errors.Join(checkID("customer", c.Customer), checkKey(&w.IdempotencyKey)); err != nil {
		return nil, err
	}
	items, err := invoiceItems(w, c)
	if err != nil {
		return nil, err
	}
	draft, err := call(ctx, p, draftParams(w, c), p.api.invoices.New, wire.Invoice)
	if err != nil {
		return nil, err
	}
	var added []string
	for _, item := range items {
		item.Invoice = &draft.ID
		id, err := call(ctx, p, item, p.api.invoiceItems.New, objectID)
		if err != nil {
			return nil, p.undoDraft(ctx, w, draft.ID, added, err)
		}
		added = append(added, *id)
	}
	return p.GetInvoice(ctx, draft.Ref)
}

func draftParams(w billing.Write, c billing.InvoiceParams) *stripego.InvoiceParams {
	params := &stripego.InvoiceParams{
		Params:                      writing(w),
		Customer:                    &c.Customer,
		Description:                 optional(c.Description),
		Metadata:                    c.Metadata,
		AutoAdvance:                 stripego.Bool(false),
		PendingInvoiceItemsBehavior: stripego.String("exclude"),
		CollectionMethod:            stripego.String(string(stripego.InvoiceCollectionMethodChargeAutomatically)),
	}
	if c.DaysUntilDue > 0 {
		params.CollectionMethod = stripego.String(string(stripego.InvoiceCollectionMethodSendInvoice))
		params.DaysUntilDue = &c.DaysUntilDue
	}
	if len(c.Items) > 0 && c.Items[0].Price == "" {
		params.Currency = optional(string(c.Items[0].Amount.Currency))
	}
	return params
}

// invoiceItems checks all items before the first request is made.
func invoiceItems(w billing.Write, c billing.InvoiceParams) ([]*stripego.InvoiceItemParams, error) {
	items := make([]*stripego.InvoiceItemParams, len(c.Items))
	for i, item := range c.Items {
		own := billing.Write{Account: w.Account, IdempotencyKey: derivedKey(w.IdempotencyKey, fmt.Sprintf("item:%d", i))}
		params, err := invoiceItem(own, item)
		if err != nil {
			return nil, err
		}
		params.Customer = &c.Customer
		items[i] = params
	}
	return items, nil
}

// invoiceItem is one position; its amount is that of one unit.
func invoiceItem(w billing.Write, item billing.InvoiceItem) (*stripego.InvoiceItemParams, error) {
	params := &stripego.InvoiceItemParams{
		Params:      writing(w),
		Description: optional(item.Description),
		Price:       optional(item.Price),
		Quantity:    optional(item.Quantity),
	}
	if item.Quantity < 0 {
		return nil, frontdesk.InvalidField("quantity", "must not be negative")
	}
	if item.Price != "" {
		return params, nil
	}
	amount, err := wire.ToStripe(item.Amount)
	if err != nil {
		return nil, err
	}
	params.Currency = stripego.String(string(item.Amount.Currency))
	if item.Quantity > 1 {
		params.UnitAmount = &amount
	} else {
		params.Amount, params.Quantity = &amount, nil // Stripe takes no quantity beside an amount
	}
	return params, nil
}

// undoDraft deletes what a refused invoice has left, items first so that none
// becomes pending and lands on the customer's next invoice.
func (p *Provider) undoDraft(ctx context.Context, w billing.Write, draft string, items []string, reason error) error {
	if !refusedForGood(reason) {
		return reason
	}
	key := func(id string) billing.Write {
		return billing.Write{Account: w.Account, IdempotencyKey: derivedKey(w.IdempotencyKey, "undo:"+id)}
	}
	for _, id := range items {
		params := &stripego.InvoiceItemParams{Params: writing(key(id))}
		if _, err := callOn(ctx, p, id, params, p.api.invoiceItems.Del, objectID); err != nil {
			return leftover(draft, reason, err)
		}
	}
	params := &stripego.InvoiceParams{Params: writing(key(draft))}
	if _, err := callOn(ctx, p, draft, params, p.api.invoices.Del, objectID); err != nil {
		return leftover(draft, reason, err)
	}
	return reason
}

// refusedForGood reports whether an item of a draft was refused such that the
// draft is of no use. When the reason may pass, all stays for the repeated call;
// when the key was used for other items, the draft is that other invoice.
func refusedForGood(reason error) bool {
	if answer, ok := errors.AsType[*stripego.Error](reason); ok && answer.Type == stripego.ErrorTypeIdempotency {
		return false
	}
	switch frontdesk.CodeOf(reason) {
	case frontdesk.Invalid, frontdesk.NotFound, frontdesk.FailedPrecondition, frontdesk.AlreadyExists:
		return true
	}
	return false
}

// leftover is reason, with the draft that could not be deleted.
func leftover(draft string, reason, err error) error {
	return fmt.Errorf("%w (the draft %s is left over: %w)", reason, draft, err)
}

// objectID reads the id of an object that billing does not mirror.
func objectID(raw []byte, _ string) (*string, error) {
	var o struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	return &o.ID, checkID("id", o.ID)
}
