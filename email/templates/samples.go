package templates

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Samples returns one mail of every type in the language, with all fields filled with
// made-up data that is always the same: for preview pages and for tests of overrides.
func Samples(language Language) []Template {
	const (
		to, person = "ana@acme.example", "Ana Sousa"
		zone       = "Europe/Lisbon"
		portal     = "https://portal.example/"
		invoice    = "LS-2026-041"
		service    = "Website design, November"
	)
	amount := frontdesk.Money{Amount: 1234500, Currency: "eur"}
	at := time.Date(2026, time.November, 19, 15, 0, 0, 0, time.UTC)
	meeting := sampleMeeting(at)
	return []Template{
		Welcome{To: to, Person: person, Language: language, Contact: "Mara Lind", PortalURL: portal},
		MilestoneUpdate{
			To: to, Person: person, Language: language, Zone: zone,
			Milestone: "Homepage design", Project: "New website", Status: MilestoneStalled, Percent: 35, Due: at.AddDate(0, 0, 29),
			Note: "The design is ready.\nWe need your photos to go on.", Author: "Nina Duarte", URL: portal + "milestones/7",
		},
		InvoiceSent{
			To: to, Person: person, Language: language, Zone: zone,
			Invoice: invoice, Description: service, Amount: amount, Due: at.AddDate(0, 0, 14),
			PayURL: portal + "invoices/41?pay=1&from=mail", PDFURL: portal + "invoices/41.pdf",
		},
		Receipt{
			To: to, Person: person, Language: language, Zone: zone,
			Invoice: invoice, Description: service, Amount: amount, PaidAt: at, Method: "Visa •••• 4242",
			URL: portal + "invoices/41", PDFURL: portal + "invoices/41/receipt.pdf",
		},
		PaymentFailed{
			To: to, Person: person, Language: language, Zone: zone,
			Invoice: invoice, Amount: amount, FailedAt: at, Method: "Visa •••• 4242", RetryAt: at.AddDate(0, 0, 3),
			Reason: sampleReason(language), PayURL: portal + "invoices/41/pay",
		},
		SubscriptionCanceled{
			To: to, Person: person, Language: language, Zone: zone,
			Plan: "Care plan", AccessUntil: at.AddDate(0, 1, 0), URL: portal + "plans",
		},
		MeetingBooked{To: to, Person: person, Language: language, Meeting: meeting},
		MeetingMoved{
			To: to, Person: person, Language: language, Meeting: meeting,
			WasStart: at.Add(-26 * time.Hour), WasEnd: at.Add(-25 * time.Hour), Reason: "The train is late.",
		},
		MeetingCancelled{To: to, Person: person, Language: language, Meeting: meeting, Reason: "Nina is ill.", Refund: amount},
		MeetingReminder{To: to, Person: person, Language: language, Meeting: meeting},
		DocumentShared{
			To: to, Person: person, Language: language, Zone: zone,
			Document: "Homepage copy v3.docx", SharedBy: "Nina Duarte", Note: "Please read the second page.",
			NeededBy: at.AddDate(0, 0, 1), URL: portal + "documents/3",
		},
		MeetingRequested{To: to, Person: person, Language: language, Meeting: meeting},
		MeetingToConfirm{To: to, Person: person, Language: language, Meeting: meeting},
		MeetingDeclined{To: to, Person: person, Language: language, Meeting: meeting, Reason: "Nina is away.", Refund: amount},
		MeetingExpired{To: to, Person: person, Language: language, Meeting: meeting, Refund: amount},
		MeetingConflict{To: to, Person: person, Language: language, Meeting: meeting, Refund: amount},
		MeetingOffered{
			To: to, Person: person, Language: language, Meeting: meeting, Until: at.AddDate(0, 0, -1), URL: portal + "offers/5",
		},
	}
}

func sampleMeeting(at time.Time) Meeting {
	return Meeting{
		Title: "Monthly review", With: "Nina Duarte",
		Start: at, End: at.Add(45 * time.Minute), Zone: "Europe/Berlin", WithZone: "UTC",
		Place: "Video call", JoinURL: "https://meet.example/abc-defg", ManageURL: "https://portal.example/meetings/9",
	}
}

func sampleReason(language Language) string {
	if language == Portuguese {
		return "O banco recusou o cartão."
	}
	return "The bank declined the card."
}
