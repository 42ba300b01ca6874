package billingtest

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// maxDelay is the most that a delay can be. https://docs.stripe.com/connect/manage-payout-schedule
const maxDelay = 31

// SetPayoutSchedule changes when an account is paid, within what its country allows.
func (p *Provider) SetPayoutSchedule(ctx context.Context, w billing.Write, s billing.PayoutSchedule) (*billing.Account, error) {
	if err := mustWrite(w, w.Account); err != nil {
		return nil, err
	}
	return perform(ctx, p, writing("SetPayoutSchedule", w, s), ofExpert(func(a *account) (*billing.Account, error) {
		return a.setSchedule(s)
	}))
}

func (a *account) setSchedule(s billing.PayoutSchedule) (*billing.Account, error) {
	if a.connected.Type == billing.AccountStandard {
		return nil, noPermission()
	}
	least := countryOf(a.connected.Country).delay
	if err := checkSchedule(s, least); err != nil {
		return nil, err
	}
	if s.DelayDays == 0 && s.Interval != billing.PayoutManual {
		s.DelayDays = least
	}
	a.changeAccount(func(c *billing.Account) { c.Schedule = s })
	return &a.connected.Account, nil
}

func checkSchedule(s billing.PayoutSchedule, least int64) error {
	weekly, monthly := s.Interval == billing.PayoutWeekly, s.Interval == billing.PayoutMonthly
	switch {
	case !slices.Contains([]billing.PayoutInterval{billing.PayoutDaily, billing.PayoutWeekly, billing.PayoutMonthly, billing.PayoutManual}, s.Interval):
		return invalidSchedule("interval", "interval", "must be daily, weekly, monthly or manual")
	case weekly != slices.Contains(weekdays, s.Weekday) || !weekly && s.Weekday != "":
		return invalidSchedule("weekday", "weekly_anchor", "must be a weekday with weekly, and only then")
	case monthly && (s.MonthDay < 1 || s.MonthDay > 31) || !monthly && s.MonthDay != 0:
		return invalidSchedule("month_day", "monthly_anchor", "must be from 1 to 31 with monthly, and only then")
	case s.DelayDays == 0:
		return nil
	case s.DelayDays < least || s.DelayDays > maxDelay || s.Interval == billing.PayoutManual:
		return invalidSchedule("delay_days", "delay_days", "must not be below the least that the country allows, nor above 31, and not be there with manual")
	}
	return nil
}

// invalidSchedule refuses a field of billing.PayoutSchedule, which Stripe spells
// in another way.
func invalidSchedule(field, param, message string) error {
	param = "settings[payouts][schedule][" + param + "]"
	return &frontdesk.Error{
		Code:   frontdesk.Invalid,
		Fields: []frontdesk.Field{{Name: field, Message: message}},
		Err: &APIError{
			Status: http.StatusBadRequest, Type: "invalid_request_error", Code: "parameter_invalid",
			Param: param, Message: "The parameter " + param + " " + message,
		},
	}
}

// noPermission refuses what only the owner of a Standard account may do.
func noPermission() error {
	return &frontdesk.Error{Code: frontdesk.PermissionDenied, Err: &APIError{
		Status: http.StatusForbidden, Type: "invalid_request_error",
		Message: "This application does not have the required permissions for this endpoint on this account.",
	}}
}

// paysOn reports whether the schedule pays on the day that begins at t.
func paysOn(s billing.PayoutSchedule, t time.Time) bool {
	switch s.Interval {
	case billing.PayoutDaily:
		return true
	case billing.PayoutWeekly:
		return strings.ToLower(t.Weekday().String()) == s.Weekday
	case billing.PayoutMonthly:
		last := time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
		return t.Day() == min(int(s.MonthDay), last)
	}
	return false
}

// settled is when the money of a charge is available.
func (a *account) settled(charged time.Time) time.Time {
	days := a.connected.Schedule.DelayDays
	if days == 0 {
		days = countryOf(a.connected.Country).delay
	}
	return charged.AddDate(0, 0, int(days)).Truncate(time.Second)
}

// midnight is the first midnight, UTC, that is not before t.
func midnight(t time.Time) time.Time {
	if start := t.Truncate(day); start.Before(t) {
		return start.Add(day)
	}
	return t
}
