package wire

import (
	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

type accountJSON struct {
	objectJSON
	Type             string            `json:"type"`
	Controller       controllerJSON    `json:"controller"`
	Email            string            `json:"email"`
	Country          string            `json:"country"`
	DefaultCurrency  string            `json:"default_currency"`
	DetailsSubmitted bool              `json:"details_submitted"`
	ChargesEnabled   bool              `json:"charges_enabled"`
	PayoutsEnabled   bool              `json:"payouts_enabled"`
	Requirements     requirementsJSON  `json:"requirements"`
	Capabilities     map[string]string `json:"capabilities"`
	Settings         struct {
		Payouts struct {
			Schedule scheduleJSON `json:"schedule"`
		} `json:"payouts"`
	} `json:"settings"`
}

// controllerJSON says in newer versions what the type says in older ones; the type
// of an account that was made by its controller is "none".
type controllerJSON struct {
	Dashboard struct {
		Type string `json:"type"`
	} `json:"stripe_dashboard"`
}

// Account reads a connected account, a deleted one too: its Ref is its own id in
// both halves, whoever shows it. It returns Invalid for anything else.
func Account(raw []byte, _ string) (*billing.Account, error) {
	var a accountJSON
	if err := read(raw, "account", &a); err != nil {
		return nil, err
	}
	return &billing.Account{
		Header:           a.header(string(a.ID)),
		Type:             a.kind(),
		Email:            a.Email,
		Country:          a.Country,
		Currency:         a.currency(),
		DetailsSubmitted: a.DetailsSubmitted,
		ChargesEnabled:   a.ChargesEnabled,
		PayoutsEnabled:   a.PayoutsEnabled,
		Requirements:     a.Requirements.requirements(),
		Capabilities:     a.Capabilities,
		Schedule:         a.Settings.Payouts.Schedule.schedule(),
	}, nil
}

func (a *accountJSON) kind() billing.AccountType {
	if a.Type != "" && a.Type != "none" {
		return billing.AccountType(a.Type)
	}
	switch a.Controller.Dashboard.Type {
	case "express":
		return billing.AccountExpress
	case "full":
		return billing.AccountStandard
	case "none":
		return billing.AccountCustom
	}
	return ""
}

// currency is empty where Stripe counts in one that is not known here: nothing is
// lost with it, as amounts name their own.
func (a *accountJSON) currency() frontdesk.Currency {
	c, err := frontdesk.ParseCurrency(a.DefaultCurrency)
	if err != nil {
		return ""
	}
	return c
}

type requirementsJSON struct {
	CurrentlyDue        []string `json:"currently_due"`
	EventuallyDue       []string `json:"eventually_due"`
	PastDue             []string `json:"past_due"`
	PendingVerification []string `json:"pending_verification"`
	DisabledReason      string   `json:"disabled_reason"`
	CurrentDeadline     unix     `json:"current_deadline"`
	Errors              []struct {
		Requirement string `json:"requirement"`
		Code        string `json:"code"`
		Reason      string `json:"reason"`
	} `json:"errors"`
}

func (r *requirementsJSON) requirements() billing.Requirements {
	requirements := billing.Requirements{
		CurrentlyDue:        r.CurrentlyDue,
		EventuallyDue:       r.EventuallyDue,
		PastDue:             r.PastDue,
		PendingVerification: r.PendingVerification,
		DisabledReason:      r.DisabledReason,
		Deadline:            r.CurrentDeadline.time(),
	}
	for _, e := range r.Errors {
		requirements.Errors = append(requirements.Errors, billing.RequirementError(e))
	}
	return requirements
}

// scheduleJSON has one anchor, and in newer versions also a list of days.
type scheduleJSON struct {
	Interval      billing.PayoutInterval `json:"interval"`
	DelayDays     int64                  `json:"delay_days"`
	WeeklyAnchor  string                 `json:"weekly_anchor"`
	WeeklyDays    []string               `json:"weekly_payout_days"`
	MonthlyAnchor int64                  `json:"monthly_anchor"`
	MonthlyDays   []int64                `json:"monthly_payout_days"`
}

// schedule leaves out what its interval does not use: Stripe keeps the delay of the
// schedule before while payouts are manual.
func (s *scheduleJSON) schedule() billing.PayoutSchedule {
	schedule := billing.PayoutSchedule{Interval: s.Interval}
	if s.Interval != billing.PayoutManual {
		schedule.DelayDays = s.DelayDays
	}
	switch s.Interval {
	case billing.PayoutWeekly:
		schedule.Weekday = first(s.WeeklyAnchor, s.WeeklyDays)
	case billing.PayoutMonthly:
		schedule.MonthDay = first(s.MonthlyAnchor, s.MonthlyDays)
	}
	return schedule
}

// first is the anchor, or the first of several days.
func first[T comparable](anchor T, days []T) T {
	var none T
	if anchor == none && len(days) > 0 {
		return days[0]
	}
	return anchor
}
