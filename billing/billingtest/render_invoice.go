package billingtest

import (
	"maps"

	"github.com/frontdesk-go/frontdesk/billing"
)

func (s shape) invoice(i *billing.Invoice) object {
	o := s.header("invoice", &i.Header)
	maps.Copy(o, object{
		"status": i.Status, "number": text(i.Number), "customer": i.Customer, "customer_email": text(i.Email),
		"description": text(i.Description), "currency": i.Total.Currency,
		"total": units(i.Total), "amount_due": unitsOf(i.AmountDue, i.Total), "amount_paid": unitsOf(i.AmountPaid, i.Total),
		"amount_remaining": unitsOf(i.AmountDue-i.AmountPaid, i.Total),
		"attempt_count":    i.Attempts, "attempted": i.Attempts > 0, "auto_advance": !i.NextAttempt.IsZero(),
		"due_date": unix(i.DueDate), "next_payment_attempt": unix(i.NextAttempt),
		"hosted_invoice_url": text(i.HostedURL), "invoice_pdf": text(i.PDF),
		"status_transitions": object{"paid_at": unix(i.PaidAt)}, "collection_method": collection(i),
	})
	o["lines"] = s.lines(i)
	if s.basil {
		s.invoiceParent(i, o)
		return o
	}
	o["subscription"] = text(i.Subscription)
	o["payment_intent"] = text(i.Payment)
	o["charge"] = nil
	o["paid"] = i.Status == billing.InvoiceStatusPaid
	o["paid_out_of_band"] = false
	return o
}

func collection(i *billing.Invoice) string {
	if i.DueDate.IsZero() {
		return "charge_automatically"
	}
	return "send_invoice"
}

// invoiceParent is what took the place of an invoice's subscription and payment.
func (s shape) invoiceParent(i *billing.Invoice, o object) {
	o["parent"] = nil
	if i.Subscription != "" {
		o["parent"] = object{
			"type":                 "subscription_details",
			"subscription_details": object{"subscription": i.Subscription, "metadata": object{}},
		}
	}
	var payments []object
	if i.Payment != "" {
		payments = append(payments, s.invoicePayment(i, i.Payment))
	}
	o["payments"] = sublist(payments)
}

// invoicePayment ties an invoice to its payment intent: an id, or the object
// where it is expanded.
func (s shape) invoicePayment(i *billing.Invoice, intent any) object {
	status := "open"
	if i.Status == billing.InvoiceStatusPaid {
		status = "paid"
	}
	return object{
		"id": "inpay_" + i.ID, "object": "invoice_payment", "invoice": i.ID, "is_default": true, "status": status,
		"payment": object{"type": "payment_intent", "payment_intent": intent},
	}
}

func (s shape) lines(i *billing.Invoice) object {
	var lines []object
	for _, line := range i.Lines {
		o := object{
			"id": line.ID, "object": "line_item", "description": text(line.Description),
			"amount": units(line.Amount), "currency": line.Amount.Currency, "quantity": line.Quantity,
		}
		s.lineOrigin(i, line, o)
		lines = append(lines, o)
	}
	return sublist(lines)
}

func (s shape) lineOrigin(i *billing.Invoice, line billing.InvoiceLine, o object) {
	kind := "invoice_item"
	if i.Subscription != "" && !line.Proration {
		kind = "subscription_item"
	}
	if s.basil {
		o["pricing"] = object{"type": "price_details", "price_details": object{"price": text(line.Price)}}
		o["parent"] = object{"type": kind + "_details", kind + "_details": object{"proration": line.Proration}}
		return
	}
	o["type"] = map[string]string{"invoice_item": "invoiceitem", "subscription_item": "subscription"}[kind]
	o["proration"] = line.Proration
	o["subscription"] = text(i.Subscription)
	o["price"] = nil
	if line.Price != "" {
		o["price"] = object{"id": line.Price, "object": "price"}
	}
}
