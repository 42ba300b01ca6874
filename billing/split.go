package billing

import (
	"context"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
)

// Booking names whose work a charge is for: it decides who is paid, and by
// [Options.Commission] how much of it.
type Booking struct {
	Expert    string
	EventType string // may be empty
}

func (b Booking) validate(hold bool) error {
	if b == (Booking{}) {
		if hold {
			return frontdesk.InvalidField("hold", "needs an expert")
		}
		return nil
	}
	return validExpert(b.Expert)
}

// metadataCommission is where a payment whose share is transferred later carries the
// commission, as it was agreed when the payment was made.
const metadataCommission = "commission"

// split is how a charge is divided. The expert, and a commission that is not taken
// with the charge itself, go into its metadata.
func (s *Service) split(ctx context.Context, b Booking, amount frontdesk.Money, hold bool, metadata map[string]string) (Split, error) {
	if b == (Booking{}) {
		return Split{}, nil
	}
	account, err := s.payee(ctx, b.Expert)
	if err != nil {
		return Split{}, err
	}
	rule, err := s.options.Commission(ctx, b.Expert, b.EventType)
	if err != nil {
		return Split{}, err
	}
	fee, err := rule.Of(amount)
	if err != nil {
		return Split{}, err
	}
	metadata[s.options.ExpertMetadataKey] = b.Expert
	if hold {
		metadata[metadataCommission] = strconv.FormatInt(fee.Amount, 10)
		return Split{}, nil
	}
	return Split{Destination: account.ID, ApplicationFee: fee.Amount}, nil
}
