package billing

import (
	"context"
	"errors"
	"fmt"

	"github.com/frontdesk-go/frontdesk"
)

// Bill is a new one-off invoice for a client.
type Bill struct {
	Items        []InvoiceItem
	Description  string
	DaysUntilDue int64 // 0: charge the default payment method
	Metadata     map[string]string
	Key          string // makes repeated calls one
}

func (b Bill) validate() error {
	errs := []error{validText("description", b.Description)}
	if len(b.Items) == 0 {
		errs = append(errs, frontdesk.InvalidField("items", "has none"))
	}
	if b.DaysUntilDue < 0 {
		errs = append(errs, frontdesk.InvalidField("days_until_due", "is below zero"))
	}
	for n, i := range b.Items {
		errs = append(errs, i.validate(fmt.Sprintf("items[%d]", n)))
		if i.Price == "" && b.Items[0].Price == "" && i.Amount.Currency != b.Items[0].Amount.Currency {
			errs = append(errs, frontdesk.InvalidField(fmt.Sprintf("items[%d].amount", n), "is in another currency than the first"))
		}
	}
	return errors.Join(errs...)
}

func (i InvoiceItem) validate(field string) error {
	if i.Quantity < 0 {
		return frontdesk.InvalidField(field+".quantity", "is below zero")
	}
	if i.Price != "" {
		return validID(field+".price", i.Price)
	}
	return errors.Join(validText(field+".description", i.Description), validAmount(field+".amount", i.Amount))
}

// CreateInvoice makes a draft invoice for the client. FinalizeInvoice opens it.
func (s *Service) CreateInvoice(ctx context.Context, client string, b Bill) (i *Invoice, err error) {
	const op = "billing.CreateInvoice"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	metadata, err := s.metadata(client, b.Metadata)
	if err := errors.Join(validClient(client), b.validate(), err); err != nil {
		return nil, err
	}
	if err := s.allow(ctx, op, client, toOperate); err != nil {
		return nil, err
	}
	customer, err := s.EnsureCustomer(ctx, client, CustomerDetails{})
	if err != nil {
		return nil, err
	}
	w := write[InvoiceParams]{
		op: op, key: b.Key, target: Key{Kind: KindInvoice}, owner: owner{client: client, customer: customer.ID},
		params: InvoiceParams{
			Customer: customer.ID, Items: b.Items, Description: b.Description,
			DaysUntilDue: b.DaysUntilDue, Metadata: metadata,
		},
	}
	return carryOut(ctx, s, w, s.provider.CreateInvoice)
}

// FinalizeInvoice opens a draft to be paid.
func (s *Service) FinalizeInvoice(ctx context.Context, id string) (*Invoice, error) {
	return manage(ctx, s, "billing.FinalizeInvoice", id, toOperate, InvoiceActionFinalize, s.provider.AdvanceInvoice)
}

// SendInvoice makes the provider mail an open invoice to the client.
func (s *Service) SendInvoice(ctx context.Context, id string) (*Invoice, error) {
	return manage(ctx, s, "billing.SendInvoice", id, toOperate, InvoiceActionSend, s.provider.AdvanceInvoice)
}

// PayInvoice charges the client's default payment method now.
func (s *Service) PayInvoice(ctx context.Context, id string) (*Invoice, error) {
	return manage(ctx, s, "billing.PayInvoice", id, toWrite, InvoiceActionPay, s.provider.AdvanceInvoice)
}

// VoidInvoice declares an open invoice null and void, for ever.
func (s *Service) VoidInvoice(ctx context.Context, id string) (*Invoice, error) {
	return manage(ctx, s, "billing.VoidInvoice", id, toOperate, InvoiceActionVoid, s.provider.AdvanceInvoice)
}

// MarkUncollectible writes an open invoice off. It can still be paid.
func (s *Service) MarkUncollectible(ctx context.Context, id string) (*Invoice, error) {
	return manage(ctx, s, "billing.MarkUncollectible", id, toOperate, InvoiceActionMarkUncollectible, s.provider.AdvanceInvoice)
}
