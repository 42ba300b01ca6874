package googlecalendar_test

import (
	"context"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/googlecalendar"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest/calendarserver"
)

const primary = "primary"

// requireOne checks that the server has one event, at a time.
func requireOne(t *testing.T, s *calendarserver.Server, want scheduling.Span) calendarserver.Event {
	t.Helper()
	events := s.Events(primary)
	require.Len(t, events, 1)
	require.Equal(t, want, scheduling.Span{Start: events[0].Start, End: events[0].End})
	return events[0]
}

func put(ctx context.Context, t *testing.T, c *googlecalendar.Calendar, e scheduling.Entry) *scheduling.EntryRef {
	t.Helper()
	ref, err := c.Put(ctx, primary, e)
	require.NoError(t, err)
	return ref
}

func TestPut(t *testing.T) {
	t.Run("the event has an id of base32hex, says whose it is and names the people, who are no guests", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		e := meeting(0, hours(9, 10))
		e.Description, e.Location, e.URL = "Bring the letter.", "Room 1", "https://portal.test/meetings/1"
		ref := put(t.Context(), t, c, e)
		assert.Regexp(t, regexp.MustCompile("^[a-v0-9]{52}$"), ref.ID)
		assert.NotEmpty(t, ref.Link)
		got := requireOne(t, s, hours(9, 10))
		assert.Equal(t, "m1@frontdesk", got.Private["frontdesk_uid"])
		assert.Equal(t, "Bring the letter.\n\nAda Lovelace (ada@example.com)", got.Description)
		assert.Equal(t, "America/New_York", got.Zone)
		assert.Equal(t, "Room 1", got.Location)
		assert.Empty(t, got.Guests)
	})
	t.Run("with Invite the people are guests, and keep what they have answered", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{Invite: true})
		e := meeting(0, hours(9, 10))
		put(t.Context(), t, c, e)
		e.Attendees = append(e.Attendees, scheduling.Person{Email: "bob@example.com"})
		put(t.Context(), t, c, e)
		assert.Equal(t, []string{"ada@example.com", "bob@example.com"}, requireOne(t, s, hours(9, 10)).Guests)
		e.Attendees = nil
		put(t.Context(), t, c, e)
		assert.Empty(t, requireOne(t, s, hours(9, 10)).Guests)
	})
	t.Run("a service account that may invite nobody can put, and is told so with Invite", func(t *testing.T) {
		so := calendarserver.Options{User: "desk@project.iam.gserviceaccount.com"}
		_, c := local(t, so, googlecalendar.Options{})
		put(t.Context(), t, c, meeting(0, hours(9, 10)))
		_, c = local(t, so, googlecalendar.Options{Invite: true})
		_, err := c.Put(t.Context(), primary, meeting(0, hours(9, 10)))
		requireCode(t, frontdesk.PermissionDenied, err)
	})
	t.Run("a new entry takes one request, a repeated one two that write nothing more", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		put(t.Context(), t, c, meeting(0, hours(9, 10)))
		assert.Equal(t, 1, s.Requests())
		put(t.Context(), t, c, meeting(0, hours(9, 10)))
		assert.Equal(t, map[calendarserver.Kind]int{calendarserver.Insert: 2, calendarserver.Get: 1}, s.Counts())
	})
	t.Run("a move takes two requests", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		put(t.Context(), t, c, meeting(0, hours(9, 10)))
		put(t.Context(), t, c, meeting(1, hours(11, 12)))
		assert.Equal(t, map[calendarserver.Kind]int{calendarserver.Insert: 1, calendarserver.Get: 1, calendarserver.Patch: 1}, s.Counts())
		assert.Equal(t, 1, requireOne(t, s, hours(11, 12)).Sequence)
	})
	t.Run("fields become empty when the entry has none", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		e := meeting(0, hours(9, 10))
		e.Location, e.URL, e.Description = "Room 1", "https://portal.test/1", "Hello"
		put(t.Context(), t, c, e)
		put(t.Context(), t, c, scheduling.Entry{UID: e.UID, Span: e.Span})
		got := requireOne(t, s, hours(9, 10))
		assert.Empty(t, got.Location+got.Description+got.Summary)
	})
	t.Run("a person's own move raises Google's sequence, and ours still wins", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		ref := put(t.Context(), t, c, meeting(0, hours(9, 10)))
		for hour := range 5 {
			require.True(t, s.Move(primary, ref.ID, at(hour), at(hour+1)))
		}
		put(t.Context(), t, c, meeting(1, hours(14, 15)))
		requireOne(t, s, hours(14, 15))
	})
	t.Run("a person's change to a whole day is undone", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		ref := put(t.Context(), t, c, meeting(0, hours(9, 10)))
		require.True(t, s.MoveToDays(primary, ref.ID, "2027-06-01", "2027-06-02"))
		put(t.Context(), t, c, meeting(0, hours(9, 10)))
		requireOne(t, s, hours(9, 10))
	})
	t.Run("what waits to be confirmed is tentative, and then is not", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		e := meeting(0, hours(9, 10))
		e.Tentative = true
		put(t.Context(), t, c, e)
		assert.True(t, requireOne(t, s, hours(9, 10)).Tentative)
		put(t.Context(), t, c, meeting(0, hours(9, 10)))
		assert.False(t, requireOne(t, s, hours(9, 10)).Tentative)
	})
	t.Run("a calendar that may only be read is PermissionDenied", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		s.AddCalendar(calendarserver.Calendar{ID: "b@example.com", Role: calendarserver.Reader})
		_, err := c.Put(t.Context(), "b@example.com", meeting(0, hours(9, 10)))
		requireCode(t, frontdesk.PermissionDenied, err)
	})
	t.Run("a UID that is too long, a URL that is none and an attendee without an address are refused", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		e := meeting(0, hours(9, 10))
		e.UID, e.URL, e.Attendees[0].Email = string(make([]byte, 1001)), "javascript:alert(1)", "Ada"
		_, err := c.Put(t.Context(), primary, e)
		requireCode(t, frontdesk.Invalid, err)
		var names []string
		for _, f := range frontdesk.Fields(err) {
			names = append(names, f.Name)
		}
		assert.Equal(t, []string{"uid", "url", "attendees"}, names)
		assert.Zero(t, s.Requests())
	})
}

func TestPutConcurrently(t *testing.T) {
	inBubble(t, "rising sequences from two processes, with faults, end with the highest, once", func(t *testing.T) {
		const sequences = 40
		s, c := local(t, calendarserver.Options{Latency: 10 * time.Millisecond}, googlecalendar.Options{})
		other := reaching(t, s, googlecalendar.Options{})
		s.Every(calendarserver.Patch, 7, calendarserver.Fault{Lose: true}, calendarserver.Fault{Status: 503, Reason: "backendError", After: true})
		s.Every(calendarserver.Insert, 3, calendarserver.Fault{Lose: true})
		var all sync.WaitGroup
		for n := range sequences {
			all.Go(func() {
				time.Sleep(time.Duration(n) * 7 * time.Millisecond) // in the bubble's time
				writer := []*googlecalendar.Calendar{c, other}[n%2]
				_, err := writer.Put(t.Context(), primary, meeting(n, scheduling.Span{Start: at(n), End: at(n + 1)}))
				assert.NoError(t, err, "sequence "+strconv.Itoa(n))
			})
		}
		all.Wait()
		assert.Equal(t, strconv.Itoa(sequences-1), requireOne(t, s, hours(sequences-1, sequences)).Private["frontdesk_sequence"])
	})
	t.Run("an update that came between is seen: the etag is asked for", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		put(t.Context(), t, c, meeting(0, hours(9, 10)))
		s.Next(calendarserver.Patch, calendarserver.Fault{Status: 412, Reason: "conditionNotMet", Message: "Precondition Failed"})
		put(t.Context(), t, c, meeting(1, hours(11, 12)))
		assert.Equal(t, 2, s.Count(calendarserver.Get))
		requireOne(t, s, hours(11, 12))
	})
	t.Run("an event that is changed all the time fails in the end", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		put(t.Context(), t, c, meeting(0, hours(9, 10)))
		s.Every(calendarserver.Patch, 1, calendarserver.Fault{Status: 412, Reason: "conditionNotMet", Message: "Precondition Failed"})
		_, err := c.Put(t.Context(), primary, meeting(1, hours(11, 12)))
		requireCode(t, frontdesk.OutcomeUnknown, err)
		requireOne(t, s, hours(9, 10))
	})
}

func TestPutFaults(t *testing.T) {
	for name, faults := range map[string][]calendarserver.Fault{
		"refusals":         {{Status: 403, Reason: "rateLimitExceeded"}, {Status: 429, Reason: "rateLimitExceeded", After: true}},
		"server errors":    {{Status: 503, Reason: "backendError"}, {Status: 500, Reason: "backendError", After: true}},
		"lost connections": {{Cut: true}, {Lose: true}},
		"half answers":     {{Status: 200, Body: `{"id":`, After: true}, {Status: 200, Body: "{}", After: true}},
	} {
		inBubble(t, "100 meetings put and moved with "+name+" in every third write, half of them after storing, are 100 events", func(t *testing.T) {
			s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
			s.Every(calendarserver.Insert, 3, faults...)
			s.Every(calendarserver.Patch, 3, faults...)
			for n := range 100 {
				e := meeting(0, scheduling.Span{Start: at(2 * n), End: at(2*n + 1)})
				e.UID = "meeting-" + strconv.Itoa(n)
				put(t.Context(), t, c, e)
				e.Sequence, e.Span = 1, scheduling.Span{Start: at(2*n + 1), End: at(2*n + 2)}
				put(t.Context(), t, c, e)
			}
			events := s.Events(primary)
			assert.Len(t, events, 100)
			for n, e := range events {
				assert.Equal(t, at(2*n+1), e.Start)
			}
		})
	}
	inBubble(t, "a write whose answers are all lost is OutcomeUnknown, and repeated it is one event", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{MaxAttempts: 1})
		s.Next(calendarserver.Insert, calendarserver.Fault{Lose: true})
		_, err := c.Put(t.Context(), primary, meeting(0, hours(9, 10)))
		requireCode(t, frontdesk.OutcomeUnknown, err)
		put(t.Context(), t, c, meeting(0, hours(9, 10)))
		requireOne(t, s, hours(9, 10))
	})
	inBubble(t, "a lost answer stays in mind when the next attempt is refused", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		s.Next(calendarserver.Insert, calendarserver.Fault{Lose: true}, calendarserver.Fault{Status: 403, Reason: "quotaExceeded"})
		_, err := c.Put(t.Context(), primary, meeting(0, hours(9, 10)))
		requireCode(t, frontdesk.OutcomeUnknown, err)
	})
	inBubble(t, "who goes away while it is written does not know the outcome", func(t *testing.T) {
		_, c := local(t, calendarserver.Options{Latency: time.Minute}, googlecalendar.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.Put(ctx, primary, meeting(0, hours(9, 10)))
		requireCode(t, frontdesk.OutcomeUnknown, err)
	})
	inBubble(t, "a deletion whose answer is lost is a deletion", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		put(t.Context(), t, c, meeting(0, hours(9, 10)))
		s.Next(calendarserver.Delete, calendarserver.Fault{Lose: true})
		require.NoError(t, c.Delete(t.Context(), primary, "m1@frontdesk"))
		assert.Empty(t, s.Events(primary))
	})
}
