package notify_test

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
	"github.com/frontdesk-go/frontdesk/notify"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
)

// TestAMeetingsLifeInMails books, moves and cancels with the service itself.
func TestAMeetingsLifeInMails(t *testing.T) {
	now := monday.Add(-96 * time.Hour)
	clock := func() time.Time { return now }
	inbox := emailtest.NewMailbox()
	mails := email.New(inbox, emailtest.NewStore(), &email.Options{From: mail.Address{Address: "desk@studio.example"}})
	st := schedulingtest.NewStore()
	var sched *scheduling.Service
	system := frontdesk.WithActor(t.Context(), frontdesk.System("test"))
	sched, err := scheduling.New(st, &scheduling.Options{
		Clock: clock, Secrets: []frontdesk.Secret{frontdesk.NewSecret(strings.Repeat("s", 32))},
		OnChange: notify.Meetings(mails, st, &notify.MeetingOptions{
			Clock: clock,
			GuestURL: func(ctx context.Context, c scheduling.Change) (string, error) {
				ticket, err := sched.BookingByRef(frontdesk.WithActor(ctx, frontdesk.System("mail")), scheduling.Ref{Booking: c.Booking.ID})
				if err != nil {
					return "", err
				}
				return "https://studio.example/bookings/" + ticket.Booking.ID + "?token=" + ticket.Token, nil
			},
		}),
	})
	require.NoError(t, err)
	_, err = sched.SaveSettings(system, scheduling.Settings{
		Expert: "nina", Name: "Nina Duarte", Email: host, Zone: "Europe/Lisbon", Locale: "pt-PT", Reminders: []time.Duration{24 * time.Hour},
	})
	require.NoError(t, err)
	hours, err := sched.SaveSchedule(system, scheduling.Schedule{
		Expert: "nina", Name: "Hours", Zone: "UTC", Weekly: []scheduling.Window{{Day: time.Monday, Start: 9 * 60, End: 17 * 60}},
	})
	require.NoError(t, err)
	talk, err := sched.SaveEventType(system, scheduling.EventType{
		Owner: "nina", Slug: "talk", Title: "Consultation", Schedule: hours.ID, Durations: []time.Duration{time.Hour}, Active: true,
	})
	require.NoError(t, err)

	ticket, err := sched.Book(t.Context(), scheduling.Request{
		EventType: talk.ID, Start: monday, Guest: scheduling.Guest{Name: "Ada", Email: guest, Zone: "America/New_York", Locale: "en"},
	})
	require.NoError(t, err)
	deliver := func() {
		t.Helper()
		require.NoError(t, sched.Drain(system))
		require.NoError(t, mails.Drain(system))
	}
	ref := scheduling.Ref{Booking: ticket.Booking.ID, Token: ticket.Token}
	deliver()
	now = monday.Add(-24 * time.Hour)
	deliver()
	_, err = sched.Move(t.Context(), ref, scheduling.MoveTo{Start: monday.Add(2 * time.Hour)})
	require.NoError(t, err)
	deliver()
	_, err = sched.Cancel(t.Context(), ref, "I am ill.")
	require.NoError(t, err)
	deliver()
	now = monday.Add(-22 * time.Hour)
	deliver() // the reminder of the time that it was moved to is due, and not told

	var subjects, uids, sequences []string
	for _, m := range inbox.Mails() {
		if m.To[0].Address != guest {
			continue
		}
		subjects = append(subjects, strings.SplitN(m.Subject, ":", 2)[0])
		require.NotContains(t, m.Subject, "Reminder: Consultation, Monday 7 June 2027, 07:00")
		if len(m.Alternatives) == 0 {
			continue
		}
		for _, line := range lines(t, m) {
			if strings.HasPrefix(line, "UID:") {
				uids = append(uids, line)
			}
			if strings.HasPrefix(line, "SEQUENCE:") {
				sequences = append(sequences, line)
			}
		}
		require.Contains(t, m.Text, "?token="+ticket.Token)
	}
	require.Equal(t, []string{"Booked", "Reminder", "Moved", "Cancelled"}, subjects)
	require.Equal(t, []string{"SEQUENCE:0", "SEQUENCE:1", "SEQUENCE:2"}, sequences)
	require.Len(t, slices.Compact(uids), 1)
}
