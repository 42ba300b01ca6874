package main

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// The records of experts and their money.
type (
	account struct {
		ID               string             `json:"id"`
		ProviderID       string             `json:"provider_id"`
		Status           string             `json:"status"`
		Type             *string            `json:"type"`
		Country          *string            `json:"country"`
		Email            *string            `json:"email"`
		ChargesEnabled   bool               `json:"charges_enabled"`
		PayoutsEnabled   bool               `json:"payouts_enabled"`
		DetailsSubmitted bool               `json:"details_submitted"`
		CurrentlyDue     []string           `json:"currently_due"` // Stripe's names
		Requirements     []requirement      `json:"requirements"`  // the same, for people
		Deadline         *time.Time         `json:"deadline"`
		Errors           []requirementError `json:"errors"`
		DisabledReason   *string            `json:"disabled_reason"`
		Capabilities     map[string]string  `json:"capabilities"`
		Schedule         schedule           `json:"schedule"`
		DisconnectedAt   *time.Time         `json:"disconnected_at"`
		CreatedAt        *time.Time         `json:"created_at"`
	}
	requirement struct {
		Name string `json:"name"`
		Text string `json:"text"`
	}
	requirementError struct {
		Name   string `json:"name"`
		Code   string `json:"code"`
		Reason string `json:"reason"`
	}
	schedule struct {
		Interval  string  `json:"interval"`
		DelayDays *int64  `json:"delay_days"`
		Weekday   *string `json:"weekday"`
		MonthDay  *int64  `json:"month_day"`
	}
	onboarding struct {
		URL       string    `json:"url"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	payout struct {
		ID             string          `json:"id"`
		ProviderID     string          `json:"provider_id"`
		Status         string          `json:"status"`
		Amount         frontdesk.Money `json:"amount"`
		Entries        []payoutEntry   `json:"entries"` // they sum to the amount
		Automatic      bool            `json:"automatic"`
		Method         *string         `json:"method"`
		Description    *string         `json:"description"`
		ArrivalDate    *time.Time      `json:"arrival_date"`
		Failure        *string         `json:"failure"`
		FailureMessage *string         `json:"failure_message"`
		CreatedAt      time.Time       `json:"created_at"`
	}
	payoutEntry struct {
		Kind      string          `json:"kind"`
		Object    *string         `json:"object"`
		Amount    frontdesk.Money `json:"amount"`
		CreatedAt time.Time       `json:"created_at"`
	}
	// money is what was earned in a currency and where it is.
	money struct {
		Currency  frontdesk.Currency `json:"currency"`
		Gross     frontdesk.Money    `json:"gross"`
		Fee       frontdesk.Money    `json:"fee"`
		Net       frontdesk.Money    `json:"net"`
		Refunded  frontdesk.Money    `json:"refunded"`
		Pending   frontdesk.Money    `json:"pending"`
		Available frontdesk.Money    `json:"available"`
		InTransit frontdesk.Money    `json:"in_transit"`
		PaidOut   frontdesk.Money    `json:"paid_out"`
		Held      frontdesk.Money    `json:"held"`
		AsOf      *time.Time         `json:"as_of"`
	}
	balance struct {
		Account string `json:"account"` // the provider's id
		money
	}
	earnings struct{ money }
	entry    struct {
		ID          string          `json:"id"`
		Account     string          `json:"account"`
		Kind        string          `json:"kind"`
		Object      string          `json:"object"`
		Gross       frontdesk.Money `json:"gross"`
		Fee         frontdesk.Money `json:"fee"`
		Balance     frontdesk.Money `json:"balance"`
		InTransit   frontdesk.Money `json:"in_transit"`
		PaidOut     frontdesk.Money `json:"paid_out"`
		Held        frontdesk.Money `json:"held"`
		Exact       bool            `json:"exact"`
		AvailableOn *time.Time      `json:"available_on"`
		CreatedAt   time.Time       `json:"created_at"`
		RecordedAt  time.Time       `json:"recorded_at"`
	}
	ledgerDrift struct {
		Stored   balance `json:"stored"`
		Computed balance `json:"computed"`
	}
	refund struct {
		ID         string          `json:"id"`
		ProviderID string          `json:"provider_id"`
		Status     string          `json:"status"`
		Payment    string          `json:"payment"` // the provider's id
		Amount     frontdesk.Money `json:"amount"`
		Reason     *string         `json:"reason"`
		Failure    *string         `json:"failure"`
		CreatedAt  time.Time       `json:"created_at"`
	}
	transfer struct {
		ID         string          `json:"id"`
		ProviderID string          `json:"provider_id"`
		Status     string          `json:"status"`
		Amount     frontdesk.Money `json:"amount"`
		Reversed   frontdesk.Money `json:"reversed"`
		Account    string          `json:"account"` // the provider's id
		CreatedAt  time.Time       `json:"created_at"`
	}
)

func accountRecord(a *billing.Account) account {
	due := slices.AppendSeq([]string{}, slices.Values(a.Requirements.CurrentlyDue))
	capabilities := map[string]string{}
	maps.Copy(capabilities, a.Capabilities)
	return account{
		ID: a.RowID, ProviderID: a.ID, Status: string(a.Status()), Type: text(string(a.Type)), Country: text(a.Country), Email: text(a.Email),
		ChargesEnabled: a.ChargesEnabled, PayoutsEnabled: a.PayoutsEnabled, DetailsSubmitted: a.DetailsSubmitted,
		CurrentlyDue: due, Requirements: records(due, requirementRecord), Deadline: moment(a.Requirements.Deadline),
		Errors: records(a.Requirements.Errors, requirementErrorRecord), DisabledReason: text(a.Requirements.DisabledReason),
		Capabilities: capabilities, Schedule: scheduleRecord(a.Schedule),
		DisconnectedAt: disconnection(a), CreatedAt: moment(a.Created),
	}
}

// disconnection is when the account was deauthorised, unless it is connected again.
func disconnection(a *billing.Account) *time.Time {
	if !a.Disconnected() {
		return nil
	}
	return moment(a.DisconnectedAt)
}

func requirementRecord(name string) requirement {
	return requirement{Name: name, Text: billing.RequirementText(name)}
}

func requirementErrorRecord(e billing.RequirementError) requirementError {
	return requirementError{Name: e.Requirement, Code: e.Code, Reason: e.Reason}
}

func scheduleRecord(s billing.PayoutSchedule) schedule {
	return schedule{Interval: string(s.Interval), DelayDays: number(s.DelayDays), Weekday: text(s.Weekday), MonthDay: number(s.MonthDay)}
}

// asked is the schedule that a request asks for.
func (s schedule) asked() billing.PayoutSchedule {
	asked := billing.PayoutSchedule{Interval: billing.PayoutInterval(s.Interval)}
	if s.DelayDays != nil {
		asked.DelayDays = *s.DelayDays
	}
	if s.Weekday != nil {
		asked.Weekday = *s.Weekday
	}
	if s.MonthDay != nil {
		asked.MonthDay = *s.MonthDay
	}
	return asked
}

// number is nil for none.
func number(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

func payoutRecord(p *billing.Payout, lines []billing.PayoutLine) payout {
	return payout{
		ID: p.RowID, ProviderID: p.ID, Status: string(p.Status), Amount: p.Amount, Entries: records(lines, payoutEntryRecord),
		Automatic: p.Automatic, Method: text(p.Method), Description: text(p.Description), ArrivalDate: moment(p.ArrivalDate),
		Failure: text(p.Failure), FailureMessage: text(p.FailureMessage), CreatedAt: p.Created.UTC(),
	}
}

func payoutEntryRecord(l billing.PayoutLine) payoutEntry {
	return payoutEntry{Kind: string(l.Kind), Object: text(l.Object), Amount: l.Amount, CreatedAt: l.Created.UTC()}
}

func moneyRecord(b billing.LedgerBalance) money {
	in := func(amount int64) frontdesk.Money { return frontdesk.Money{Amount: amount, Currency: b.Currency} }
	return money{
		Currency: b.Currency, Gross: in(b.Gross), Fee: in(b.Fee), Net: in(b.Net()), Refunded: in(b.Refunded), Pending: in(b.Pending),
		Available: in(b.Available), InTransit: in(b.InTransit), PaidOut: in(b.PaidOut), Held: in(b.Held), AsOf: moment(b.AsOf),
	}
}

func balanceRecord(b billing.LedgerBalance) balance   { return balance{b.Account, moneyRecord(b)} }
func earningsRecord(b billing.LedgerBalance) earnings { return earnings{moneyRecord(b)} }

func entryRecord(e billing.Entry) entry {
	in := func(amount int64) frontdesk.Money { return frontdesk.Money{Amount: amount, Currency: e.Currency} }
	return entry{
		ID: strconv.FormatInt(e.ID, 10), Account: e.Account, Kind: string(e.Kind), Object: e.Object,
		Gross: in(e.Gross), Fee: in(e.Fee), Balance: in(e.Balance), InTransit: in(e.InTransit), PaidOut: in(e.PaidOut), Held: in(e.Held),
		Exact: e.Exact, AvailableOn: moment(e.AvailableOn), CreatedAt: e.Created.UTC(), RecordedAt: e.RecordedAt.UTC(),
	}
}

func ledgerDriftRecord(d billing.LedgerDrift) ledgerDrift {
	return ledgerDrift{Stored: balanceRecord(d.Stored), Computed: balanceRecord(d.Computed)}
}

func refundRecord(r *billing.Refund) refund {
	return refund{
		ID: r.RowID, ProviderID: r.ID, Status: string(r.Status), Payment: r.Payment, Amount: r.Amount,
		Reason: text(string(r.Reason)), Failure: text(r.Failure), CreatedAt: r.Created.UTC(),
	}
}

func transferRecord(t *billing.Transfer) transfer {
	return transfer{
		ID: t.RowID, ProviderID: t.ID, Status: t.State(), Amount: t.Amount,
		Reversed: frontdesk.Money{Amount: t.Reversed, Currency: t.Amount.Currency}, Account: t.Destination, CreatedAt: t.Created.UTC(),
	}
}
