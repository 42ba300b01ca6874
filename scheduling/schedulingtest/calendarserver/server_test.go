package calendarserver_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest/calendarserver"
)

// client is Google's own, in this process.
func client(t *testing.T, s *calendarserver.Server) *calendar.Service {
	t.Helper()
	signed := &oauth2.Transport{Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "token"}), Base: s.Transport()}
	api, err := calendar.NewService(t.Context(), option.WithHTTPClient(&http.Client{Transport: signed}), option.WithEndpoint("http://calendar.test/calendar/v3/"))
	require.NoError(t, err)
	return api
}

func requireReason(t *testing.T, status int, reason string, err error) {
	t.Helper()
	var e *googleapi.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, status, e.Code, e.Error())
	require.NotEmpty(t, e.Errors)
	require.Equal(t, reason, e.Errors[0].Reason)
}

// at is an hour of 1 June 2027, as Google writes it.
func at(hour int) string {
	return time.Date(2027, time.June, 1, hour, 0, 0, 0, time.UTC).Format(time.RFC3339)
}

func event(id string, from, to int) *calendar.Event {
	return &calendar.Event{
		Id: id, Summary: "Consultation", Start: &calendar.EventDateTime{DateTime: at(from)}, End: &calendar.EventDateTime{DateTime: at(to)},
	}
}

func insert(t *testing.T, api *calendar.Service, e *calendar.Event) *calendar.Event {
	t.Helper()
	made, err := api.Events.Insert("primary", e).Do()
	require.NoError(t, err)
	return made
}

func TestServer(t *testing.T) {
	t.Run("an id is used up for ever, and a deleted event comes back by an update", func(t *testing.T) {
		api := client(t, calendarserver.NewServer(nil))
		made := insert(t, api, event("abc12", 9, 10))
		assert.Equal(t, "calendar#event", made.Kind)
		assert.Equal(t, "abc12@google.com", made.ICalUID)
		_, err := api.Events.Insert("primary", event("abc12", 9, 10)).Do()
		requireReason(t, 409, "duplicate", err)
		require.NoError(t, api.Events.Delete("primary", "abc12").Do())
		requireReason(t, 410, "deleted", api.Events.Delete("primary", "abc12").Do())
		_, err = api.Events.Insert("primary", event("abc12", 9, 10)).Do()
		requireReason(t, 409, "duplicate", err)
		there, err := api.Events.Get("primary", "abc12").Do()
		require.NoError(t, err)
		assert.Equal(t, "cancelled", there.Status)
		back := event("", 9, 10)
		back.Sequence = there.Sequence
		there, err = api.Events.Update("primary", "abc12", back).Do()
		require.NoError(t, err)
		assert.Equal(t, "confirmed", there.Status)
	})
	t.Run("ids that are none, and an id beside an iCalUID, are refused", func(t *testing.T) {
		api := client(t, calendarserver.NewServer(nil))
		for _, id := range []string{"abcd", "abcdz", "ABCDE", "abc-de"} {
			_, err := api.Events.Insert("primary", event(id, 9, 10)).Do()
			requireReason(t, 400, "invalid", err)
		}
		both := event("abcde", 9, 10)
		both.ICalUID = "uid@example.com"
		_, err := api.Events.Insert("primary", both).Do()
		requireReason(t, 400, "invalid", err)
	})
	t.Run("times that are missing or go backwards are refused", func(t *testing.T) {
		api := client(t, calendarserver.NewServer(nil))
		_, err := api.Events.Insert("primary", &calendar.Event{Start: &calendar.EventDateTime{DateTime: at(9)}}).Do()
		requireReason(t, 400, "required", err)
		_, err = api.Events.Insert("primary", event("", 10, 9)).Do()
		requireReason(t, 400, "timeRangeEmpty", err)
	})
	t.Run("an etag that is old is refused, and each change makes a new one", func(t *testing.T) {
		api := client(t, calendarserver.NewServer(nil))
		made := insert(t, api, event("abcde", 9, 10))
		patch := api.Events.Patch("primary", "abcde", &calendar.Event{Summary: "B"})
		patch.Header().Set("If-Match", made.Etag)
		changed, err := patch.Do()
		require.NoError(t, err)
		assert.NotEqual(t, made.Etag, changed.Etag)
		assert.Equal(t, made.Start.DateTime, changed.Start.DateTime, "a patch leaves the rest")
		_, err = patch.Do()
		requireReason(t, 412, "conditionNotMet", err)
	})
	t.Run("a new time raises the sequence, and a lower sequence is refused", func(t *testing.T) {
		api := client(t, calendarserver.NewServer(nil))
		insert(t, api, event("abcde", 9, 10))
		moved, err := api.Events.Patch("primary", "abcde", event("", 11, 12)).Do()
		require.NoError(t, err)
		assert.EqualValues(t, 1, moved.Sequence)
		_, err = api.Events.Patch("primary", "abcde", &calendar.Event{Sequence: 5}).Do()
		require.NoError(t, err)
		_, err = api.Events.Patch("primary", "abcde", &calendar.Event{Sequence: 4}).Do()
		requireReason(t, 400, "invalid", err)
	})
	t.Run("an update takes away what it does not say", func(t *testing.T) {
		api := client(t, calendarserver.NewServer(nil))
		e := event("abcde", 9, 10)
		e.Location = "Room 1"
		insert(t, api, e)
		updated, err := api.Events.Update("primary", "abcde", event("", 9, 10)).Do()
		require.NoError(t, err)
		assert.Empty(t, updated.Location)
	})
	t.Run("a sync token goes with no filter, and is of one calendar", func(t *testing.T) {
		s := calendarserver.NewServer(nil)
		api := client(t, s)
		list, err := api.Events.List("primary").Do()
		require.NoError(t, err)
		_, err = api.Events.List("primary").SyncToken(list.NextSyncToken).TimeMin(at(0)).Do()
		requireReason(t, 400, "invalid", err)
		s.AddCalendar(calendarserver.Calendar{ID: "b@example.com"})
		_, err = api.Events.List("b@example.com").SyncToken(list.NextSyncToken).Do()
		requireReason(t, 400, "invalid", err)
		s.ForgetTokens()
		_, err = api.Events.List("primary").SyncToken(list.NextSyncToken).Do()
		requireReason(t, 410, "fullSyncRequired", err)
	})
	t.Run("the sync token covers what changed while pages were read", func(t *testing.T) {
		s := calendarserver.NewServer(&calendarserver.Options{PageSize: 1})
		api := client(t, s)
		first := insert(t, api, event("abcde", 9, 10))
		insert(t, api, event("abcdf", 11, 12))
		page, err := api.Events.List("primary").Do()
		require.NoError(t, err)
		assert.Empty(t, page.NextSyncToken)
		require.NoError(t, api.Events.Delete("primary", first.Id).Do())
		page, err = api.Events.List("primary").PageToken(page.NextPageToken).Do()
		require.NoError(t, err)
		require.NotEmpty(t, page.NextSyncToken)
		page, err = api.Events.List("primary").SyncToken(page.NextSyncToken).Do()
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		assert.Equal(t, "cancelled", page.Items[0].Status)
		assert.Nil(t, page.Items[0].Start, "of what was deleted the id is told, and little else")
	})
	t.Run("a recurring event is listed as itself or as its instances, and one instance can differ", func(t *testing.T) {
		api := client(t, calendarserver.NewServer(nil))
		e := event("abcde", 9, 10)
		e.Start.TimeZone, e.End.TimeZone = "UTC", "UTC"
		e.Recurrence = []string{"RRULE:FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270610T090000Z"}
		insert(t, api, e)
		list, err := api.Events.List("primary").Do()
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
		list, err = api.Events.List("primary").SingleEvents(true).OrderBy("startTime").Do()
		require.NoError(t, err)
		require.Len(t, list.Items, 4)
		assert.Equal(t, "abcde_20270603T090000Z", list.Items[1].Id)
		assert.Equal(t, "abcde", list.Items[1].RecurringEventId)
		_, err = api.Events.Patch("primary", "abcde_20270603T090000Z", event("", 60, 61)).Do()
		require.NoError(t, err)
		_, err = api.Events.Patch("primary", "abcde", &calendar.Event{Recurrence: []string{"RRULE:FREQ=WEEKLY;BYDAY=TH;COUNT=2"}}).Do()
		require.NoError(t, err)
		list, err = api.Events.List("primary").SingleEvents(true).OrderBy("startTime").Do()
		require.NoError(t, err)
		require.Len(t, list.Items, 2)
		assert.Equal(t, at(60), list.Items[0].Start.DateTime)
	})
	t.Run("free/busy joins what touches and tells errors in their place", func(t *testing.T) {
		s := calendarserver.NewServer(nil)
		api := client(t, s)
		insert(t, api, event("", 9, 10))
		insert(t, api, event("", 10, 11))
		answer, err := api.Freebusy.Query(&calendar.FreeBusyRequest{
			TimeMin: at(0), TimeMax: at(24), Items: []*calendar.FreeBusyRequestItem{{Id: "primary"}, {Id: "nobody"}},
		}).Do()
		require.NoError(t, err)
		require.Len(t, answer.Calendars["primary"].Busy, 1)
		assert.Equal(t, at(11), answer.Calendars["primary"].Busy[0].End)
		assert.Equal(t, "notFound", answer.Calendars["nobody"].Errors[0].Reason)
		_, err = api.Freebusy.Query(&calendar.FreeBusyRequest{TimeMin: at(0), TimeMax: at(24 * 91)}).Do()
		requireReason(t, 400, "timeRangeTooLong", err)
		many := &calendar.FreeBusyRequest{TimeMin: at(0), TimeMax: at(24)}
		for range 50 {
			many.Items = append(many.Items, &calendar.FreeBusyRequestItem{Id: "nobody"})
		}
		many.Items = append(many.Items, &calendar.FreeBusyRequestItem{Id: "primary"})
		answer, err = api.Freebusy.Query(many).Do()
		require.NoError(t, err)
		assert.Equal(t, "tooManyCalendarsRequested", answer.Calendars["primary"].Errors[0].Reason)
	})
	t.Run("a video call needs version 1, takes its time and is made once per request id", func(t *testing.T) {
		s := calendarserver.NewServer(&calendarserver.Options{ConferenceDelay: time.Minute})
		api := client(t, s)
		e := event("abcde", 9, 10)
		e.ConferenceData = &calendar.ConferenceData{CreateRequest: &calendar.CreateConferenceRequest{RequestId: "r1"}}
		assert.Nil(t, insert(t, api, e).ConferenceData)
		patched, err := api.Events.Patch("primary", "abcde", e).ConferenceDataVersion(1).Do()
		require.NoError(t, err)
		assert.Equal(t, "pending", patched.ConferenceData.CreateRequest.Status.StatusCode)
		s.Advance(time.Minute)
		made, err := api.Events.Get("primary", "abcde").Do()
		require.NoError(t, err)
		assert.Equal(t, "success", made.ConferenceData.CreateRequest.Status.StatusCode)
		assert.NotEqual(t, patched.Etag, made.Etag)
		again, err := api.Events.Patch("primary", "abcde", e).ConferenceDataVersion(1).Do()
		require.NoError(t, err)
		assert.Equal(t, made.HangoutLink, again.HangoutLink)
		assert.NotEmpty(t, again.HangoutLink)
	})
	t.Run("roles hide what they hide", func(t *testing.T) {
		s := calendarserver.NewServer(nil)
		api := client(t, s)
		s.AddCalendar(calendarserver.Calendar{ID: "b@example.com", Role: calendarserver.FreeBusyReader})
		s.Add("b@example.com", calendarserver.Event{Summary: "Dentist", Start: time.Date(2027, 6, 1, 9, 0, 0, 0, time.UTC), End: time.Date(2027, 6, 1, 10, 0, 0, 0, time.UTC)})
		list, err := api.Events.List("b@example.com").Do()
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
		assert.Empty(t, list.Items[0].Summary)
		_, err = api.Events.Insert("b@example.com", event("", 9, 10)).Do()
		requireReason(t, 403, "requiredAccessLevel", err)
		_, err = api.Events.List("nobody").Do()
		requireReason(t, 404, "notFound", err)
	})
	t.Run("only the fields that were asked for are told", func(t *testing.T) {
		api := client(t, calendarserver.NewServer(nil))
		insert(t, api, event("abcde", 9, 10))
		list, err := api.Events.List("primary").Fields("items(id)").Do()
		require.NoError(t, err)
		assert.Empty(t, list.NextSyncToken)
		assert.Equal(t, &calendar.Event{Id: "abcde"}, list.Items[0])
	})
	t.Run("it is served by net/http too, to who has the token", func(t *testing.T) {
		s := httptest.NewServer(calendarserver.NewServer(&calendarserver.Options{Token: "right"}))
		t.Cleanup(s.Close)
		for token, want := range map[string]int{"right": 200, "wrong": 401} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/calendar/v3/calendars/primary/events", http.NoBody)
			require.NoError(t, err)
			r.Header.Set("Authorization", "Bearer "+token)
			answer, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			assert.Equal(t, want, answer.StatusCode)
		}
	})
}
