package billing

import (
	"context"
	"errors"
	"math/bits"

	"github.com/frontdesk-go/frontdesk"
)

// wholeBasisPoints are 100 percent.
const wholeBasisPoints = 10_000

// Commission is the part of a charge that the platform keeps: a share, plus a
// fixed part, then not below Minimum and not above Maximum, and never more than
// the charge. The share is rounded to whole minor units, half of one up. Zero
// parts do not count; those that are set are in the charge's currency.
type Commission struct {
	BasisPoints int64 // of the charge: 1500 is 15 percent
	Fixed       frontdesk.Money
	Minimum     frontdesk.Money
	Maximum     frontdesk.Money
}

// Of is the commission on a charge. It is Invalid when the charge is not above
// zero, when BasisPoints is not from 0 to 10,000, when a part is below zero or
// in another currency, and when Minimum is above Maximum.
func (c Commission) Of(charge frontdesk.Money) (frontdesk.Money, error) {
	if err := errors.Join(validAmount("amount", charge), c.validate(charge.Currency)); err != nil {
		return frontdesk.Money{}, err
	}
	fee := part(charge.Amount, c.BasisPoints, wholeBasisPoints)
	fee += min(c.Fixed.Amount, charge.Amount-fee)
	fee = max(fee, c.Minimum.Amount)
	if c.Maximum != (frontdesk.Money{}) {
		fee = min(fee, c.Maximum.Amount)
	}
	return frontdesk.Money{Amount: min(fee, charge.Amount), Currency: charge.Currency}, nil
}

// part is amount times of/whole, half a unit rounded up, in 128 bits. None is below
// zero, and of is not above whole.
func part(amount, of, whole int64) int64 {
	if of == whole {
		return amount
	}
	high, low := bits.Mul64(uint64(amount), uint64(of))       //nolint:gosec // not below zero
	low, carry := bits.Add64(low, uint64(whole)/2, 0)         //nolint:gosec // above zero
	quotient, _ := bits.Div64(high+carry, low, uint64(whole)) //nolint:gosec // above zero
	return int64(quotient)                                    //nolint:gosec // not above amount
}

func (c Commission) validate(in frontdesk.Currency) error {
	var errs []error
	if c.BasisPoints < 0 || c.BasisPoints > wholeBasisPoints {
		errs = append(errs, frontdesk.InvalidField("basis_points", "is not from 0 to %d", wholeBasisPoints))
	}
	for _, part := range []struct {
		field string
		frontdesk.Money
	}{{"fixed", c.Fixed}, {"minimum", c.Minimum}, {"maximum", c.Maximum}} {
		if part.Money != (frontdesk.Money{}) && (part.Currency != in || part.Amount < 0) {
			errs = append(errs, frontdesk.InvalidField(part.field, "is not an amount in the charge's currency"))
		}
	}
	if c.Maximum != (frontdesk.Money{}) && c.Minimum.Amount > c.Maximum.Amount {
		errs = append(errs, frontdesk.InvalidField("minimum", "is above the maximum"))
	}
	return errors.Join(errs...)
}

// Commissions are fixed rules, for [Options.Commission]. The most specific one
// counts alone: an event type's, else an expert's, else the default.
type Commissions struct {
	Default   Commission
	Expert    map[string]Commission
	EventType map[string]Commission
}

// Rule finds the rule for an expert's event type, which may be empty.
func (c Commissions) Rule(_ context.Context, expert, eventType string) (Commission, error) {
	if rule, found := c.EventType[eventType]; found {
		return rule, nil
	}
	if rule, found := c.Expert[expert]; found {
		return rule, nil
	}
	return c.Default, nil
}
