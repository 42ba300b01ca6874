package billingtest

import "github.com/frontdesk-go/frontdesk/billing"

func (s shape) account(a *billing.Account) object {
	o := s.header("account", &a.Header)
	o["type"] = a.Type
	o["email"] = text(a.Email)
	o["country"] = a.Country
	o["default_currency"] = a.Currency
	o["details_submitted"] = a.DetailsSubmitted
	o["charges_enabled"] = a.ChargesEnabled
	o["payouts_enabled"] = a.PayoutsEnabled
	o["capabilities"] = metadata(a.Capabilities)
	o["requirements"] = requirements(a.Requirements)
	o["settings"] = object{"payouts": object{"schedule": s.schedule(a.Schedule)}}
	return o
}

func requirements(r billing.Requirements) object {
	refusals := []object{}
	for _, e := range r.Errors {
		refusals = append(refusals, object{"requirement": e.Requirement, "code": e.Code, "reason": e.Reason})
	}
	return object{
		"currently_due": names(r.CurrentlyDue), "eventually_due": names(r.EventuallyDue), "past_due": names(r.PastDue),
		"pending_verification": names(r.PendingVerification), "disabled_reason": text(r.DisabledReason),
		"current_deadline": unix(r.Deadline), "errors": refusals,
	}
}

// names is a list that is never null.
func names(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (s shape) schedule(p billing.PayoutSchedule) object {
	o := object{"interval": p.Interval, "delay_days": p.DelayDays}
	switch p.Interval {
	case billing.PayoutWeekly:
		o["weekly_anchor"] = p.Weekday
		if s.basil {
			o["weekly_payout_days"] = []string{p.Weekday}
		}
	case billing.PayoutMonthly:
		o["monthly_anchor"] = p.MonthDay
		if s.basil {
			o["monthly_payout_days"] = []int64{p.MonthDay}
		}
	}
	return o
}

func (s shape) application(a application) object {
	return object{"id": a.id, "object": "application", "name": "Frontdesk"}
}
