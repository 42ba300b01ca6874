package googlecalendar_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/googlecalendar"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest/calendarserver"
)

func none(string) bool { return false }

// spans are those of the calendar "primary".
func spans(t *testing.T, c *googlecalendar.Calendar, in scheduling.Span, except func(string) bool) (all []scheduling.Span) {
	t.Helper()
	busy, err := c.Busy(t.Context(), []string{primary}, in, except)
	require.NoError(t, err)
	for _, b := range busy[primary] {
		assert.Equal(t, "google", b.Source)
		assert.Empty(t, b.Blocked)
		all = append(all, b.Span)
	}
	return all
}

func TestBusy(t *testing.T) {
	t.Run("case 26: a whole day in New York is busy from 04:00Z to 04:00Z, and free when transparent", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{Zone: "America/New_York"}, googlecalendar.Options{})
		id := s.Add(primary, calendarserver.Event{FirstDay: "2027-06-01", EndDay: "2027-06-02"})
		want := []scheduling.Span{{Start: at(4), End: at(28)}}
		assert.Equal(t, want, spans(t, c, hours(0, 48), nil))
		assert.Equal(t, want, spans(t, c, hours(0, 48), none))
		require.True(t, s.Remove(primary, id))
		s.Add(primary, calendarserver.Event{FirstDay: "2027-06-01", EndDay: "2027-06-02", Transparent: true})
		assert.Empty(t, spans(t, c, hours(0, 48), nil))
		assert.Empty(t, spans(t, c, hours(0, 48), none))
	})
	t.Run("recurring events are busy in each instance, at the wall clock's time, and not where one was deleted", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{Zone: "America/New_York"}, googlecalendar.Options{})
		begin := time.Date(2027, 3, 12, 14, 0, 0, 0, time.UTC) // Friday 09:00; clocks change on Sunday
		id := s.Add(primary, calendarserver.Event{Start: begin, End: begin.Add(time.Hour), Rule: "RRULE:FREQ=DAILY;COUNT=4"})
		require.True(t, s.Remove(primary, id+"_20270313T140000Z"))
		var want []scheduling.Span
		for _, start := range []time.Time{begin, begin.Add(47 * time.Hour), begin.Add(71 * time.Hour)} {
			want = append(want, scheduling.Span{Start: start, End: start.Add(time.Hour)})
		}
		week := scheduling.Span{Start: begin.AddDate(0, 0, -1), End: begin.AddDate(0, 0, 7)}
		assert.Equal(t, want, spans(t, c, week, nil))
		assert.Equal(t, want, spans(t, c, week, none))
	})
	t.Run("out of office is unavailable", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		id := s.Add(primary, calendarserver.Event{Start: at(9), End: at(10), Type: "outOfOffice"})
		busy, err := c.Busy(t.Context(), []string{primary}, hours(0, 24), none)
		require.NoError(t, err)
		assert.Equal(t, []scheduling.Busy{{Span: hours(9, 10), Kind: scheduling.BusyUnavailable, Source: "google", Ref: id}}, busy[primary])
	})
	t.Run("one request tells 50 calendars for 80 days", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		var ids []string
		for n := range 101 {
			ids = append(ids, fmt.Sprintf("c%d@example.com", n))
			s.AddCalendar(calendarserver.Calendar{ID: ids[n]})
		}
		_, err := c.Busy(t.Context(), ids, hours(0, 24*80), nil)
		require.NoError(t, err)
		assert.Equal(t, map[calendarserver.Kind]int{calendarserver.FreeBusy: 3}, s.Counts())
		_, err = c.Busy(t.Context(), ids[:50], hours(0, 24*81), nil)
		require.NoError(t, err)
		assert.Equal(t, 5, s.Count(calendarserver.FreeBusy))
	})
	t.Run("what lies across two requests is told once", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		s.Add(primary, calendarserver.Event{Start: at(24*80 - 1), End: at(24*80 + 1)})
		assert.Equal(t, []scheduling.Span{hours(24*80-1, 24*80+1)}, spans(t, c, hours(0, 24*100), nil))
	})
	t.Run("leaving ours out takes one more request for each calendar that is busy", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		var ids []string
		for n := range 40 {
			ids = append(ids, fmt.Sprintf("c%d@example.com", n))
			s.AddCalendar(calendarserver.Calendar{ID: ids[n]})
		}
		for _, id := range ids[:3] {
			s.Add(id, calendarserver.Event{Start: at(9), End: at(10)})
		}
		_, err := c.Busy(t.Context(), ids, hours(0, 24), none)
		require.NoError(t, err)
		assert.Equal(t, map[calendarserver.Kind]int{calendarserver.FreeBusy: 1, calendarserver.List: 3}, s.Counts())
	})
	t.Run("an answer with an error for one calendar, or without it, is no free time", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{MaxAttempts: 1})
		s.HideBusy(primary, "internalError")
		_, err := c.Busy(t.Context(), []string{primary}, hours(0, 24), nil)
		requireCode(t, frontdesk.Unavailable, err)
		s.HideBusy(primary, "")
		for _, body := range []string{
			`{}`, `{"calendars":{}}`, `{"calendars":{"primary":{"busy":[{"start":"soon","end":"later"}]}}}`, `<html>`, `{"calendars":`,
		} {
			s.Next(calendarserver.FreeBusy, calendarserver.Fault{Status: 200, Body: body})
			busy, err := c.Busy(t.Context(), []string{primary}, hours(0, 24), nil)
			requireCode(t, frontdesk.Unavailable, err)
			assert.Nil(t, busy)
		}
	})
	t.Run("a calendar that may not be listed keeps its busy time; one that cannot be fails the call", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{MaxAttempts: 1})
		s.Add(primary, calendarserver.Event{Start: at(9), End: at(10)})
		s.Next(calendarserver.List, calendarserver.Fault{Status: 403, Reason: "insufficientPermissions"})
		assert.Equal(t, []scheduling.Span{hours(9, 10)}, spans(t, c, hours(0, 24), none))
		s.Next(calendarserver.List, calendarserver.Fault{Status: 500, Reason: "backendError"})
		busy, err := c.Busy(t.Context(), []string{primary}, hours(0, 24), none)
		requireCode(t, frontdesk.Unavailable, err)
		assert.Nil(t, busy)
	})
	t.Run("a list that makes no sense fails the call", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{MaxAttempts: 1})
		s.Add(primary, calendarserver.Event{Start: at(9), End: at(10)})
		for _, item := range []string{
			`{"status":"confirmed"}`, `{"id":"a"}`, `{"id":"a","start":{"dateTime":"x"},"end":{"dateTime":"y"}}`,
			`{"id":"a","start":{"date":"2027-06-01"},"end":{"date":"tomorrow"}}`,
		} {
			s.Next(calendarserver.List, calendarserver.Fault{Status: 200, Body: `{"timeZone":"UTC","items":[` + item + `]}`})
			_, err := c.Busy(t.Context(), []string{primary}, hours(0, 24), none)
			requireCode(t, frontdesk.Unavailable, err)
		}
		s.Next(calendarserver.List, calendarserver.Fault{Status: 200, Body: `{"timeZone":"Local","items":[{"id":"a","start":{"date":"2027-06-01"},"end":{"date":"2027-06-02"}}]}`})
		_, err := c.Busy(t.Context(), []string{primary}, hours(0, 24), none)
		requireCode(t, frontdesk.Unavailable, err)
	})
	t.Run("pages without end are no pages", func(t *testing.T) {
		requests := 0
		loop := roundTripper(func(r *http.Request) (string, int) {
			requests++
			if strings.Contains(r.URL.Path, "freeBusy") {
				return `{"calendars":{"primary":{"busy":[{"start":"2027-06-01T09:00:00Z","end":"2027-06-01T10:00:00Z"}]}}}`, 200
			}
			return `{"timeZone":"UTC","items":[],"nextPageToken":"again"}`, 200
		})
		c, err := googlecalendar.New(tokens(), &googlecalendar.Options{Endpoint: endpoint, HTTPClient: &http.Client{Transport: loop}})
		require.NoError(t, err)
		_, err = c.Busy(t.Context(), []string{primary}, hours(0, 24), none)
		requireCode(t, frontdesk.Unavailable, err)
		_, err = c.Changes(t.Context(), primary, "", at(0))
		requireCode(t, frontdesk.Unavailable, err)
		assert.Equal(t, 5, requests)
	})
}
