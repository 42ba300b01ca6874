package stripe

import (
	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// applicationFee is the fee of a split in Stripe's units; nil where there is none.
func applicationFee(s billing.Split, c frontdesk.Currency) (*int64, error) {
	if s.ApplicationFee == 0 {
		return nil, nil
	}
	units, err := wire.ToStripe(frontdesk.Money{Amount: s.ApplicationFee, Currency: c})
	if err != nil {
		return nil, frontdesk.InvalidField("application_fee", "cannot be taken in %q", c)
	}
	return &units, nil
}

// splitPayment says what of a payment is passed on.
func splitPayment(params *stripego.PaymentIntentParams, c billing.PaymentParams) (err error) {
	params.OnBehalfOf, params.TransferGroup = optional(c.Split.OnBehalfOf), optional(c.Split.Group)
	if c.Split.Destination != "" {
		params.TransferData = &stripego.PaymentIntentTransferDataParams{Destination: &c.Split.Destination}
	}
	params.ApplicationFeeAmount, err = applicationFee(c.Split, c.Amount.Currency)
	return err
}

// splitCheckout says it of the payment that results from a checkout. The fee is
// in the currency of the lines, of which one must say it.
func splitCheckout(params *stripego.CheckoutSessionPaymentIntentDataParams, c billing.CheckoutParams) (err error) {
	params.OnBehalfOf, params.TransferGroup = optional(c.Split.OnBehalfOf), optional(c.Split.Group)
	if c.Split.Destination != "" {
		params.TransferData = &stripego.CheckoutSessionPaymentIntentDataTransferDataParams{Destination: &c.Split.Destination}
	}
	if c.Split.ApplicationFee == 0 {
		return nil
	}
	for _, line := range c.Lines {
		if line.Price == "" {
			params.ApplicationFeeAmount, err = applicationFee(c.Split, line.Amount.Currency)
			return err
		}
	}
	return frontdesk.InvalidField("application_fee", "needs a line with an amount, for its currency")
}
