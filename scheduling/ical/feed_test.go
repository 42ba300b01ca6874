package ical

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
)

func entries(n int, last error) iter.Seq2[FeedEntry, error] {
	return func(yield func(FeedEntry, error) bool) {
		for i := range n {
			e := FeedEntry{Entry: intro(), Cancelled: i%2 == 1, Changed: stamp}
			e.UID = fmt.Sprintf("m-%d", i)
			if !yield(e, nil) {
				return
			}
		}
		if last != nil {
			yield(FeedEntry{}, last)
		}
	}
}

func TestFeed(t *testing.T) {
	t.Run("A feed has a name, tells when to come again and has what was cancelled", func(t *testing.T) {
		var w bytes.Buffer
		require.NoError(t, WriteFeed(&w, "Ana's; meetings", entries(3, nil), &FeedOptions{Refresh: 15 * time.Minute}))
		checkLines(t, w.Bytes())
		cal, err := ics.ParseCalendar(bytes.NewReader(w.Bytes()))
		require.NoError(t, err)
		got := map[string]string{}
		for _, p := range cal.CalendarProperties {
			got[p.IANAToken] = p.Value
		}
		assert.Equal(t, map[string]string{
			"VERSION": "2.0", "PRODID": prodID, "CALSCALE": "GREGORIAN", "METHOD": "PUBLISH", "REFRESH-INTERVAL": "PT15M", "X-PUBLISHED-TTL": "PT15M",
			"NAME": "Ana's; meetings", "X-WR-CALNAME": "Ana's; meetings",
		}, got)
		require.Len(t, cal.Events(), 3)
		assert.Equal(t, "CANCELLED", cal.Events()[1].GetProperty(ics.ComponentPropertyStatus).Value)
		assert.NotContains(t, w.String(), "ATTENDEE")
	})
	t.Run("A feed of nothing is a calendar", func(t *testing.T) {
		var w bytes.Buffer
		require.NoError(t, WriteFeed(&w, "", entries(0, nil), nil))
		_, err := readCalendar(w.Bytes(), 10)
		assert.NoError(t, err)
	})
	for rule, of := range map[string]iter.Seq2[FeedEntry, error]{
		"cannot be read":    entries(1000, errors.New("the database is away")),
		"cannot be written": func(yield func(FeedEntry, error) bool) { _ = yield(FeedEntry{Changed: stamp}, nil) },
	} {
		t.Run("A feed with an entry that "+rule+" is never a whole calendar", func(t *testing.T) {
			var w bytes.Buffer
			require.Error(t, WriteFeed(&w, "", of, nil))
			_, err := readCalendar(w.Bytes(), defaultMaxComponents)
			assert.Error(t, err)
		})
	}
	t.Run("A reader that goes away ends the entries", func(t *testing.T) {
		seen := 0
		err := WriteFeed(failing{}, "", func(yield func(FeedEntry, error) bool) {
			for e, err := range entries(100_000, nil) {
				if seen++; !yield(e, err) {
					return
				}
			}
		}, nil)
		assert.ErrorIs(t, err, io.ErrClosedPipe)
		assert.Less(t, seen, 100)
	})
	t.Run("A refresh of less than a minute is refused", func(t *testing.T) {
		assert.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(WriteFeed(io.Discard, "", entries(0, nil), &FeedOptions{Refresh: time.Second})))
	})
	t.Run("Its memory does not grow with the entries", func(t *testing.T) {
		most := uint64(0)
		n := 0
		require.NoError(t, WriteFeed(io.Discard, "", func(yield func(FeedEntry, error) bool) {
			for e, err := range entries(50_000, nil) {
				if n++; n%10_000 == 0 {
					var m runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapAlloc)
				}
				if !yield(e, err) {
					return
				}
			}
		}, nil))
		assert.Less(t, most, uint64(16<<20))
	})
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func FuzzRead(f *testing.F) {
	for _, file := range []string{"google", "outlook", "apple"} {
		body, err := testFiles.ReadFile("testdata/" + file + ".ics")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(body))
	}
	for _, properties := range []string{
		"DTSTART;TZID=Tokyo Standard Time:20270601T100000\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=-1;COUNT=9\nEXDATE:20270611T010000Z",
		"DTSTART;VALUE=DATE:20270601\nRRULE:FREQ=YEARLY;BYYEARDAY=-1;UNTIL=20301231\nRDATE;VALUE=DATE:20270603",
		"DTSTART:20270601T100000Z\nDURATION:P1W\nRDATE;VALUE=PERIOD:20270607T100000Z/PT5H",
	} {
		f.Add(calendarOf(strings.Split(properties, "\n")...))
	}
	in := june(f)
	f.Fuzz(func(t *testing.T, body string) {
		busy, steps, err := read(body, Feed{Zone: "America/New_York"}, in, nil)
		require.LessOrEqual(t, steps, 2*maxSteps)
		if err != nil {
			require.Equal(t, frontdesk.Unavailable, frontdesk.CodeOf(err), "%v", err)
			return
		}
		for i, b := range busy {
			require.False(t, b.Empty())
			require.True(t, b.Overlaps(in))
			require.True(t, i == 0 || !b.Start.Before(busy[i-1].Start))
		}
	})
}
