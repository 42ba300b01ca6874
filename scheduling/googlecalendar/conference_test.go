package googlecalendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/googlecalendar"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest/calendarserver"
)

func call(sequence int, s scheduling.Span) scheduling.Entry {
	e := meeting(sequence, s)
	e.Conference = true
	return e
}

func TestConference(t *testing.T) {
	inBubble(t, "a video call that takes a moment is waited for", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{ConferenceDelay: time.Second}, googlecalendar.Options{})
		ref := put(t.Context(), t, c, call(0, hours(9, 10)))
		assert.Contains(t, ref.Conference, "https://meet.google.com/")
		assert.Equal(t, ref.Conference, requireOne(t, s, hours(9, 10)).Conference)
	})
	inBubble(t, "one that takes longer comes with the same Put later, which writes nothing", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{ConferenceDelay: time.Minute}, googlecalendar.Options{})
		begun := s.Now()
		assert.Empty(t, put(t.Context(), t, c, call(0, hours(9, 10))).Conference)
		assert.Less(t, s.Now().Sub(begun), 5*time.Second)
		s.Advance(time.Minute)
		assert.NotEmpty(t, put(t.Context(), t, c, call(0, hours(9, 10))).Conference)
		assert.Zero(t, s.Count(calendarserver.Patch))
	})
	inBubble(t, "one that fails is no error, and is not waited for", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		s.FailConferences(true)
		assert.Empty(t, put(t.Context(), t, c, call(0, hours(9, 10))).Conference)
		assert.Equal(t, 1, s.Requests())
	})
	inBubble(t, "it stays the same when the meeting moves, is put again after a lost answer, and comes back from the dead", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		s.Next(calendarserver.Insert, calendarserver.Fault{Lose: true})
		first := put(t.Context(), t, c, call(0, hours(9, 10))).Conference
		require.NotEmpty(t, first)
		assert.Equal(t, first, put(t.Context(), t, c, call(1, hours(11, 12))).Conference)
		require.NoError(t, c.Delete(t.Context(), primary, "m1@frontdesk"))
		assert.Equal(t, first, put(t.Context(), t, c, call(2, hours(14, 15))).Conference)
	})
	inBubble(t, "it is added to a meeting that had none, and taken away again", func(t *testing.T) {
		s, c := local(t, calendarserver.Options{}, googlecalendar.Options{})
		assert.Empty(t, put(t.Context(), t, c, meeting(0, hours(9, 10))).Conference)
		assert.NotEmpty(t, put(t.Context(), t, c, call(1, hours(9, 10))).Conference)
		assert.Empty(t, put(t.Context(), t, c, meeting(2, hours(9, 10))).Conference)
		assert.Empty(t, requireOne(t, s, hours(9, 10)).Conference)
	})
}
