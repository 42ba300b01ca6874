package billingtest

import (
	"maps"

	"github.com/frontdesk-go/frontdesk/billing"
)

func (s shape) payment(p *billing.Payment) object {
	o := s.header("payment_intent", &p.Header)
	o["status"] = p.Status
	o["amount"] = units(p.Amount)
	o["amount_received"] = unitsOf(p.Received, p.Amount)
	o["currency"] = p.Amount.Currency
	o["customer"] = text(p.Customer)
	o["description"] = text(p.Description)
	o["receipt_email"] = text(p.Email)
	o["client_secret"] = p.ClientSecret.Reveal()
	o["last_payment_error"] = nil
	if p.Failure != "" {
		o["last_payment_error"] = object{
			"type": "card_error", "code": p.Failure, "decline_code": text(p.DeclineCode), "message": "The payment failed.",
		}
	}
	maps.Copy(o, passing(p))
	o["latest_charge"] = text(p.Charge)
	if s.charges {
		delete(o, "latest_charge")
		o["charges"] = sublist(s.chargesOf(p))
	}
	if !s.basil {
		o["invoice"] = text(p.Invoice)
	}
	return o
}

func (s shape) chargesOf(p *billing.Payment) []object {
	if p.Charge == "" {
		return nil
	}
	return []object{s.charge(p)}
}

// charge is the latest charge of a payment.
func (s shape) charge(p *billing.Payment) object {
	o := s.header("charge", &p.Header)
	o["id"] = p.Charge
	o["payment_intent"] = text(intentOf(p.ID, p.Charge))
	o["status"] = chargeStatus(p)
	o["paid"] = chargeStatus(p) == "succeeded"
	o["amount"] = units(p.Amount)
	o["amount_captured"] = unitsOf(p.Received, p.Amount)
	o["amount_refunded"] = unitsOf(p.Refunded, p.Amount)
	o["captured"] = p.Received > 0
	o["refunded"] = p.Received > 0 && p.Refunded == p.Received
	o["disputed"] = p.Disputed
	o["currency"] = p.Amount.Currency
	o["customer"] = text(p.Customer)
	o["description"] = text(p.Description)
	o["receipt_email"] = text(p.Email)
	o["failure_code"] = text(p.Failure)
	o["outcome"] = object{"reason": text(p.DeclineCode)}
	maps.Copy(o, chargePassing(p))
	if !s.basil {
		o["invoice"] = text(p.Invoice)
	}
	return o
}

// intentOf is the payment of a charge, unless it was made without one: then the
// charge stands for it.
func intentOf(payment, charge string) string {
	if payment == charge {
		return ""
	}
	return payment
}

func chargeStatus(p *billing.Payment) string {
	switch {
	case p.Failure != "":
		return "failed"
	case p.Status == billing.PaymentStatusProcessing:
		return "pending"
	}
	return "succeeded"
}

func (s shape) refund(r *billing.Refund) object {
	o := s.header("refund", &r.Header)
	o["status"] = r.Status
	o["amount"] = units(r.Amount)
	o["currency"] = r.Amount.Currency
	o["payment_intent"] = text(intentOf(r.Payment, r.Charge))
	o["charge"] = text(r.Charge)
	o["reason"] = text(r.Reason)
	o["transfer_reversal"], o["source_transfer_reversal"] = text(r.Reversal), nil
	if r.Account != "" {
		o["transfer_reversal"], o["source_transfer_reversal"] = nil, text(r.Reversal)
	}
	s.refundLines(r, o)
	if r.Failure != "" {
		o["failure_reason"] = r.Failure
	}
	return o
}

// refundLines name what a refund moved, and what came back when it failed.
func (s shape) refundLines(r *billing.Refund, o object) {
	for i, line := range transactionsOf(r.Movements, "refund", r.ID) {
		o[refundLineNames[i]] = line.id
	}
}

var refundLineNames = [2]string{"balance_transaction", "failure_balance_transaction"}

func (s shape) dispute(d *billing.Dispute) object {
	o := s.header("dispute", &d.Header)
	o["status"] = d.Status
	o["amount"] = units(d.Amount)
	o["currency"] = d.Amount.Currency
	o["payment_intent"] = text(intentOf(d.Payment, d.Charge))
	o["charge"] = text(d.Charge)
	o["reason"] = d.Reason
	o["balance_transactions"] = s.disputeLines(d)
	o["evidence_details"] = object{"due_by": unix(d.EvidenceDue), "has_evidence": false}
	return o
}

func (s shape) price(p *billing.Price) object {
	o := object{
		"id": p.ID, "object": "price", "active": p.Active, "currency": p.Unit.Currency, "unit_amount": units(p.Unit),
		"product": p.Product, "lookup_key": text(p.Lookup), "nickname": text(p.Nickname), "metadata": metadata(p.Metadata),
		"type": "one_time", "recurring": nil,
	}
	if p.Interval != "" {
		o["type"] = "recurring"
		o["recurring"] = object{"interval": p.Interval, "interval_count": p.Count, "usage_type": "licensed"}
	}
	return o
}

func (s shape) product(p *billing.Product) object {
	return object{
		"id": p.ID, "object": "product", "name": p.Name, "description": text(p.Description),
		"active": p.Active, "metadata": metadata(p.Metadata),
	}
}

func (s shape) paymentMethod(m *billing.PaymentMethod) object {
	details := object{"last4": m.Last4}
	if m.Type == "card" {
		details = object{"brand": m.Brand, "last4": m.Last4, "exp_month": m.ExpMonth, "exp_year": m.ExpYear}
	}
	return object{
		"id": m.ID, "object": "payment_method", "customer": text(m.Customer), "type": m.Type, m.Type: details,
	}
}

func (s shape) checkout(c *billing.CheckoutSession) object {
	o := s.header("checkout.session", &c.Header)
	o["status"] = c.Status
	o["mode"] = c.Mode
	o["payment_status"] = paymentStatus(c)
	o["customer"] = text(c.Customer)
	o["client_reference_id"] = text(c.Reference)
	o["subscription"] = text(c.Subscription)
	o["payment_intent"] = text(c.Payment)
	o["invoice"] = text(c.Invoice)
	o["amount_total"] = units(c.Total)
	o["currency"] = c.Total.Currency
	o["url"] = text(c.URL)
	o["expires_at"] = unix(c.ExpiresAt)
	return o
}

func paymentStatus(c *billing.CheckoutSession) string {
	switch {
	case !c.Paid:
		return "unpaid"
	case c.Total.IsZero():
		return "no_payment_required"
	}
	return "paid"
}

func (s shape) customer(c *billing.Customer) object {
	o := s.header("customer", &c.Header)
	if c.Deleted {
		return o
	}
	o["email"] = text(c.Email)
	o["name"] = text(c.Name)
	o["delinquent"] = c.Delinquent
	o["invoice_settings"] = object{"default_payment_method": text(c.DefaultPaymentMethod)}
	return o
}
