package stripe

import (
	"context"
	"iter"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// GetPaymentMethod implements [billing.PaymentMethods].
func (p *Provider) GetPaymentMethod(ctx context.Context, ref billing.Ref) (*billing.PaymentMethod, error) {
	params := &stripego.PaymentMethodParams{Params: reading(ref.Account)}
	return callOn(ctx, p, ref.ID, params, p.api.paymentMethods.Get, wire.PaymentMethod)
}

// ListPaymentMethods implements [billing.PaymentMethods].
func (p *Provider) ListPaymentMethods(ctx context.Context, customer billing.Ref) iter.Seq2[*billing.PaymentMethod, error] {
	if err := checkID("customer", customer.ID); err != nil {
		return failed[*billing.PaymentMethod](err)
	}
	params := func() *stripego.CustomerListPaymentMethodsParams {
		return &stripego.CustomerListPaymentMethodsParams{ListParams: listing(customer.Account), Customer: &customer.ID}
	}
	return list(ctx, p, params, p.api.customers.ListPaymentMethods, wire.PaymentMethod)
}

// SetDefaultPaymentMethod implements [billing.PaymentMethods]: the method pays
// the customer's invoices and subscriptions that name no other.
func (p *Provider) SetDefaultPaymentMethod(ctx context.Context, w billing.Write, customer, id string) (*billing.Customer, error) {
	if err := checkID("payment_method", id); err != nil {
		return nil, err
	}
	params := &stripego.CustomerParams{
		Params:          writing(w),
		InvoiceSettings: &stripego.CustomerInvoiceSettingsParams{DefaultPaymentMethod: &id},
	}
	return callOn(ctx, p, customer, params, p.api.customers.Update, wire.Customer)
}

// DetachPaymentMethod implements [billing.PaymentMethods].
func (p *Provider) DetachPaymentMethod(ctx context.Context, w billing.Write, id string) (*billing.PaymentMethod, error) {
	params := &stripego.PaymentMethodDetachParams{Params: writing(w)}
	return callOn(ctx, p, id, params, p.api.paymentMethods.Detach, wire.PaymentMethod)
}
