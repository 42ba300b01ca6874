package googlecalendar_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/googlecalendar"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest/calendarserver"
)

const endpoint = "http://calendar.test/calendar/v3/"

func tokens() oauth2.TokenSource {
	return oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "secret-token"})
}

// reaching is a calendar that works with the server, in this process.
func reaching(t *testing.T, s *calendarserver.Server, o googlecalendar.Options) *googlecalendar.Calendar {
	t.Helper()
	o.Endpoint, o.HTTPClient = endpoint, &http.Client{Transport: s.Transport()}
	c, err := googlecalendar.New(tokens(), &o)
	require.NoError(t, err)
	return c
}

// local is a server that holds nothing and a calendar that works with it.
func local(t *testing.T, so calendarserver.Options, o googlecalendar.Options) (*calendarserver.Server, *googlecalendar.Calendar) {
	t.Helper()
	s := calendarserver.NewServer(&so)
	return s, reaching(t, s, o)
}

// inBubble is a subtest in which waiting takes no time.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

func TestCalendar(t *testing.T) {
	t.Run("Google", func(t *testing.T) {
		schedulingtest.TestCalendar(t, func(t *testing.T) schedulingtest.CalendarHarness {
			return harness(t, calendarserver.Options{}, googlecalendar.Options{})
		})
	})
	t.Run("Google in small pages, with guests", func(t *testing.T) {
		schedulingtest.TestCalendar(t, func(t *testing.T) schedulingtest.CalendarHarness {
			return harness(t, calendarserver.Options{PageSize: 3}, googlecalendar.Options{Invite: true})
		})
	})
}

func harness(t *testing.T, so calendarserver.Options, o googlecalendar.Options) schedulingtest.CalendarHarness {
	o.MaxAttempts = 2
	s, c := local(t, so, o)
	made := 0
	return schedulingtest.CalendarHarness{
		Calendar: c,
		New: func(zone string) string {
			made++
			id := fmt.Sprintf("host-%d@example.com", made)
			s.AddCalendar(calendarserver.Calendar{ID: id, Zone: zone})
			return id
		},
		Add:          func(calendar string, a schedulingtest.Appointment) string { return s.Add(calendar, event(a)) },
		Remove:       func(calendar, id string) { s.Remove(calendar, id) },
		FailNext:     func(err error) { s.Next(calendarserver.Any, refusals(err)...) },
		LoseNext:     func() { s.Next(calendarserver.Write, calendarserver.Fault{Lose: true}) },
		ForgetTokens: s.ForgetTokens,
	}
}

func event(a schedulingtest.Appointment) calendarserver.Event {
	e := calendarserver.Event{
		UID: a.UID, Start: a.Span.Start, End: a.Span.End, Tentative: a.Tentative, Transparent: a.Transparent, Declined: a.Declined,
	}
	if !a.First.IsZero() {
		e.FirstDay, e.EndDay = a.First.String(), a.End.String()
	}
	return e
}

// refusals are as many answers as it takes to make two attempts fail with the code.
func refusals(err error) []calendarserver.Fault {
	wait := frontdesk.RetryAfter(err)
	switch frontdesk.CodeOf(err) {
	case frontdesk.Unauthenticated:
		f := calendarserver.Fault{Status: 401, Reason: "authError", Message: "Invalid Credentials"}
		return []calendarserver.Fault{f, f}
	case frontdesk.PermissionDenied:
		return []calendarserver.Fault{{Status: 403, Reason: "insufficientPermissions"}}
	case frontdesk.QuotaExceeded:
		return []calendarserver.Fault{{Status: 403, Reason: "quotaExceeded"}}
	case frontdesk.RateLimited:
		f := calendarserver.Fault{Status: 403, Reason: "userRateLimitExceeded", RetryAfter: wait}
		if wait > time.Minute {
			return []calendarserver.Fault{f}
		}
		return []calendarserver.Fault{f, f}
	}
	f := calendarserver.Fault{Status: 503, Reason: "backendError"}
	return []calendarserver.Fault{f, f}
}

// at is an hour of 1 June 2027, in UTC.
func at(hour int) time.Time { return time.Date(2027, time.June, 1, hour, 0, 0, 0, time.UTC) }

func hours(from, to int) scheduling.Span { return scheduling.Span{Start: at(from), End: at(to)} }

func meeting(sequence int, s scheduling.Span) scheduling.Entry {
	return scheduling.Entry{
		UID: "m1@frontdesk", Sequence: sequence, Span: s, Zone: "America/New_York", Summary: "Consultation",
		Attendees: []scheduling.Person{{Name: "Ada Lovelace", Email: "ada@example.com"}},
	}
}

func requireCode(t *testing.T, want frontdesk.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, want.String(), frontdesk.CodeOf(err).String(), err.Error())
}
