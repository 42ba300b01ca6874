package billing

import (
	"errors"
	"slices"

	"github.com/frontdesk-go/frontdesk"
)

// PayoutInterval is how often the provider pays out what is available.
type PayoutInterval string

const (
	PayoutDaily   PayoutInterval = "daily"
	PayoutWeekly  PayoutInterval = "weekly"
	PayoutMonthly PayoutInterval = "monthly"
	PayoutManual  PayoutInterval = "manual" // only when asked to
)

// PayoutSchedule is when an expert is paid.
type PayoutSchedule struct {
	Interval  PayoutInterval `json:"interval"`
	DelayDays int64          `json:"delay_days,omitempty"` // days until a charge is paid out; 0 asks for the least that the country allows
	Weekday   string         `json:"weekday,omitempty"`    // of PayoutWeekly: "monday" to "sunday"
	MonthDay  int64          `json:"month_day,omitempty"`  // of PayoutMonthly: 1 to 31; in short months the last day
}

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// maxDelayDays is Stripe's limit. https://docs.stripe.com/connect/manage-payout-schedule
const maxDelayDays = 31

// validate checks what holds everywhere. What the account's country asks for
// beyond it, the provider checks: it is refused with the same fields.
func (p PayoutSchedule) validate() error {
	var errs []error
	switch p.Interval {
	case PayoutDaily, PayoutWeekly, PayoutMonthly, PayoutManual:
	default:
		errs = append(errs, frontdesk.InvalidField("interval", "is not daily, weekly, monthly or manual"))
	}
	if weekly := p.Interval == PayoutWeekly; weekly != slices.Contains(weekdays, p.Weekday) || !weekly && p.Weekday != "" {
		errs = append(errs, frontdesk.InvalidField("weekday", "is a day from monday to sunday with weekly, and only then"))
	}
	if monthly := p.Interval == PayoutMonthly; monthly && (p.MonthDay < 1 || p.MonthDay > 31) || !monthly && p.MonthDay != 0 {
		errs = append(errs, frontdesk.InvalidField("month_day", "is from 1 to 31 with monthly, and only then"))
	}
	if p.DelayDays < 0 || p.DelayDays > maxDelayDays || p.DelayDays != 0 && p.Interval == PayoutManual {
		errs = append(errs, frontdesk.InvalidField("delay_days", "is from 0 to %d, and not with manual", maxDelayDays))
	}
	return errors.Join(errs...)
}
