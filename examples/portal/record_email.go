package main

import (
	"maps"
	"net/mail"
	"slices"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk/email"
)

// The records of the mails that the portal has sent.
type (
	loggedEmail struct {
		ID             string       `json:"id"`
		ProviderID     *string      `json:"provider_id"` // null before the provider has it
		Provider       string       `json:"provider"`
		Template       *string      `json:"template"`
		Client         *string      `json:"client"`
		To             []string     `json:"to"`
		Cc             []string     `json:"cc"`
		Bcc            []string     `json:"bcc"`
		Subject        string       `json:"subject"`
		Status         string       `json:"status"`
		Attempts       int          `json:"attempts"`
		Events         []emailEvent `json:"events"` // what the provider told, as it came
		Withheld       []withheld   `json:"withheld"`
		LastError      *string      `json:"last_error"`
		UncertainSince *time.Time   `json:"uncertain_since"`
		ResendOf       *string      `json:"resend_of"`
		CreatedAt      time.Time    `json:"created_at"`
		SentAt         *time.Time   `json:"sent_at"`
		NextAt         *time.Time   `json:"next_at"` // null unless it is queued
	}
	emailEvent struct {
		Type       string    `json:"type"`
		Status     *string   `json:"status"` // null for a type that says nothing of it
		Recipient  *string   `json:"recipient"`
		Detail     *string   `json:"detail"`
		OccurredAt time.Time `json:"occurred_at"`
		ReceivedAt time.Time `json:"received_at"`
	}
	// withheld is a recipient who did not get the mail.
	withheld struct {
		Recipient string `json:"recipient"`
		Reason    string `json:"reason"`
	}
	emailDetails struct {
		loggedEmail
		Timeline []emailStep `json:"timeline"`
	}
	// emailStep is something that happened to a mail: it was queued, tried, or the
	// provider told of it.
	emailStep struct {
		At        time.Time  `json:"at"`
		EndedAt   *time.Time `json:"ended_at"` // of an attempt
		Kind      string     `json:"kind"`     // queued, attempt or event
		Name      string     `json:"name"`     // queued, the attempt's outcome or the event's type
		Status    *string    `json:"status"`   // that an event gives the mail
		Recipient *string    `json:"recipient"`
		Code      *string    `json:"code"` // of an attempt's error
		Detail    *string    `json:"detail"`
	}
	suppression struct {
		Address string    `json:"address"`
		Reason  string    `json:"reason"`
		Detail  *string   `json:"detail"`
		Email   *string   `json:"email"` // the id of the one that it follows from
		Since   time.Time `json:"since"`
	}
)

func emailRecord(l *email.Log) loggedEmail {
	e := l.Entry
	r := loggedEmail{
		ID: strconv.FormatInt(e.ID, 10), ProviderID: text(e.ProviderID), Provider: e.Provider, Template: text(e.Template), Client: text(e.Client),
		To: records(e.To, addressRecord), Cc: records(e.Cc, addressRecord), Bcc: records(e.Bcc, addressRecord), Subject: e.Subject,
		Status: string(e.Status), Attempts: e.Attempts, Events: records(l.Events, emailEventRecord), Withheld: withheldRecords(e.Withheld),
		LastError: text(e.LastError), UncertainSince: moment(e.UncertainSince), CreatedAt: e.CreatedAt.UTC(), SentAt: moment(e.SentAt),
	}
	if e.ResendOf != 0 {
		r.ResendOf = text(strconv.FormatInt(e.ResendOf, 10))
	}
	if e.Status == email.StatusQueued {
		r.NextAt = moment(e.NextAt)
	}
	return r
}

func addressRecord(a mail.Address) string { return a.Address }

func emailEventRecord(e email.Event) emailEvent {
	return emailEvent{
		Type: e.Type, Status: text(string(e.Status)), Recipient: text(e.Recipient), Detail: text(e.Detail),
		OccurredAt: e.OccurredAt.UTC(), ReceivedAt: e.ReceivedAt.UTC(),
	}
}

func withheldRecords(reasons map[string]string) []withheld {
	return records(slices.Sorted(maps.Keys(reasons)), func(address string) withheld { return withheld{address, reasons[address]} })
}

func emailDetailsRecord(l *email.Log) emailDetails {
	steps := []emailStep{{At: l.Entry.CreatedAt.UTC(), Kind: "queued", Name: string(email.StatusQueued)}}
	steps = slices.Concat(steps, records(l.Attempts, attemptStep), records(l.Events, eventStep))
	slices.SortStableFunc(steps, func(a, b emailStep) int { return a.At.Compare(b.At) })
	return emailDetails{emailRecord(l), steps}
}

func attemptStep(a email.Attempt) emailStep {
	return emailStep{
		At: a.StartedAt.UTC(), EndedAt: moment(a.EndedAt), Kind: "attempt", Name: string(a.Outcome), Code: text(a.Code), Detail: text(a.Error),
	}
}

func eventStep(e email.Event) emailStep {
	return emailStep{
		At: e.OccurredAt.UTC(), Kind: "event", Name: e.Type, Status: text(string(e.Status)), Recipient: text(e.Recipient), Detail: text(e.Detail),
	}
}

func suppressionRecord(s email.Suppression) suppression {
	r := suppression{Address: s.Address, Reason: string(s.Reason), Detail: text(s.Detail), Since: s.Since.UTC()}
	if s.Message != 0 {
		r.Email = text(strconv.FormatInt(s.Message, 10))
	}
	return r
}
