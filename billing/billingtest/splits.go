package billingtest

import (
	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// checkSplit refuses what Stripe does not pass on. at is where the parameters
// are in the request.
func (a *account) checkSplit(at string, s billing.Split, amount int64) error {
	param := func(name, rest string) string { return splitParam(at, name) + rest }
	switch {
	case s.Destination != "" && a.id != "":
		return invalid(param("transfer_data", "[destination]"), "is for charges of the platform")
	case s.ApplicationFee != 0 && s.Destination == "" && a.id == "":
		return invalid(param("application_fee_amount", ""), "needs a destination or an account")
	case s.ApplicationFee < 0 || s.ApplicationFee > amount:
		return invalid(param("application_fee_amount", ""), "must be less than or equal to the charge amount")
	}
	if s.OnBehalfOf != "" && !a.connects(s.OnBehalfOf) {
		return absent(param("on_behalf_of", ""), "account", s.OnBehalfOf)
	}
	if s.Destination == "" {
		return nil
	}
	return a.checkDestination(param("transfer_data", "[destination]"), s.Destination)
}

func splitParam(at, name string) string {
	if at == "" {
		return name
	}
	return at + "[" + name + "]"
}

// checkDestination refuses accounts that no money can be sent to.
func (p *Provider) checkDestination(param, id string) error {
	switch {
	case !p.connects(id):
		return absent(param, "destination", id)
	case !p.accounts[id].takesTransfers():
		return wrongState("insufficient_capabilities_for_transfer",
			"Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments")
	}
	return nil
}

// connects reports whether there is such an account, and it is connected.
func (p *Provider) connects(id string) bool {
	a, known := p.accounts[id]
	return known && a.connected != nil && !a.connected.gone
}

// split remembers what of a payment will be passed on.
func (pay *payment) split(s billing.Split) {
	pay.Destination, pay.Commission, pay.group = s.Destination, s.ApplicationFee, s.Group
}

// receive passes on what a payment has brought.
func (a *account) receive(pay *payment) {
	pay.receivedAt = a.now
	switch {
	case a.connected != nil:
		a.receiveDirectly(pay)
	case a.id == "" && pay.Destination != "":
		a.passOn(pay)
	}
}

// receiveDirectly is a charge on a connected account, which pays Stripe for it.
func (a *account) receiveDirectly(pay *payment) {
	charged := a.money(pay.Received, pay.Amount.Currency)
	fees := a.commission(pay, "", min(pay.Commission, pay.Received))
	fees = append(fees, taken(pay.Charge, stripeFee(charged)))
	pay.Movements = a.book("charge", pay.Charge, a.settled(a.now),
		billing.Movement{Kind: billing.EntryCharge, Object: pay.Charge, Amount: charged}, fees...)
}

// commission takes the application fee of a charge on a connected account, if
// there is one. The source is the platform's charge behind it.
func (a *account) commission(pay *payment, source string, amount int64) []billing.Movement {
	if amount == 0 {
		return nil
	}
	platform := a.account("")
	f := platform.newFee(a.id, pay.Charge, source, a.money(amount, pay.Amount.Currency))
	pay.ApplicationFee, pay.fee = f.ID, f.ID
	platform.emit("application_fee.created", &f.ApplicationFee, nil)
	return []billing.Movement{taken(f.ID, f.Amount)}
}

// stripeFee is what Stripe takes for a charge: 1.5 % and 25 minor units.
func stripeFee(charged frontdesk.Money) frontdesk.Money {
	charged.Amount = min(proportion(charged.Amount, 15, 1000)+25, charged.Amount)
	return charged
}

// passOn sends the whole of a charge to its destination, less the fee.
func (a *account) passOn(pay *payment) {
	t := a.newTransfer(billing.TransferParams{
		Amount: a.money(pay.Received, pay.Amount.Currency), Destination: pay.Destination, Source: pay.Charge,
		Group: orElse(pay.group, "group_"+pay.ID),
	})
	pay.Transfer = t.ID
	to := a.account(pay.Destination)
	to.accept(t, min(pay.Commission, pay.Received), to.settled(a.now))
	pay.fee = t.fee
}
