package googlecalendar_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/googlecalendar"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest/calendarserver"
)

func changes(t *testing.T, c *googlecalendar.Calendar, token string) *scheduling.ChangeSet {
	t.Helper()
	set, err := c.Changes(t.Context(), primary, token, at(0))
	require.NoError(t, err)
	require.NotEmpty(t, set.Next)
	return set
}

func TestChanges(t *testing.T) {
	t.Run("all pages are read, and the token is that of the last", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{PageSize: 2}, googlecalendar.Options{})
		for n := range 7 {
			s.Add(primary, calendarserver.Event{Summary: strconv.Itoa(n), Start: at(n), End: at(n + 1)})
		}
		set := changes(t, c, "")
		assert.Len(t, set.Entries, 7)
		assert.Equal(t, 4, s.Count(calendarserver.List))
		assert.Empty(t, changes(t, c, set.Next).Entries)
	})
	t.Run("recurring events come as instances, and all of them change when the series does", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		id := s.Add(primary, calendarserver.Event{Start: at(9), End: at(10), Rule: "RRULE:FREQ=WEEKLY;COUNT=3"})
		set := changes(t, c, "")
		require.Len(t, set.Entries, 3)
		assert.Equal(t, id+"_20270601T090000Z", set.Entries[0].ID)
		require.True(t, s.Remove(primary, set.Entries[1].ID))
		one := changes(t, c, set.Next)
		require.Len(t, one.Entries, 1)
		assert.Equal(t, scheduling.CalendarEntry{ID: set.Entries[1].ID, Removed: true}, one.Entries[0])
		require.True(t, s.Remove(primary, id))
		rest := changes(t, c, one.Next)
		assert.Len(t, rest.Entries, 2)
		assert.True(t, rest.Entries[0].Removed && rest.Entries[1].Removed)
	})
	t.Run("a token that is too old returns all", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{TokenLife: time.Hour}, googlecalendar.Options{})
		s.Add(primary, calendarserver.Event{Start: at(9), End: at(10)})
		set := changes(t, c, "")
		s.Advance(59 * time.Minute)
		set = changes(t, c, set.Next)
		assert.False(t, set.All)
		s.Advance(61 * time.Minute)
		set = changes(t, c, set.Next)
		assert.True(t, set.All)
		assert.Len(t, set.Entries, 1)
	})
	t.Run("a calendar that forgets every token at once is no endless loop", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		set := changes(t, c, "")
		s.Every(calendarserver.List, 1, calendarserver.Fault{Status: 410, Reason: "fullSyncRequired"})
		_, err := c.Changes(t.Context(), primary, set.Next, at(0))
		requireCode(t, frontdesk.Aborted, err)
		assert.Equal(t, 3, s.Count(calendarserver.List))
	})
	t.Run("a last page without a token is no answer", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		s.Next(calendarserver.List, calendarserver.Fault{Status: 200, Body: `{"timeZone":"UTC","items":[]}`})
		_, err := c.Changes(t.Context(), primary, "", at(0))
		requireCode(t, frontdesk.Unavailable, err)
	})
	t.Run("an event that changes while pages are read is told as it is last", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		s.Next(calendarserver.List,
			calendarserver.Fault{Status: 200, Body: `{"timeZone":"UTC","nextPageToken":"p","items":[{"id":"a","start":{"dateTime":"2027-06-01T09:00:00Z"},"end":{"dateTime":"2027-06-01T10:00:00Z"}}]}`},
			calendarserver.Fault{Status: 200, Body: `{"timeZone":"UTC","nextSyncToken":"s","items":[{"id":"a","status":"cancelled"}]}`})
		set := changes(t, c, "")
		assert.True(t, set.All)
		assert.Empty(t, set.Entries)
	})
}
