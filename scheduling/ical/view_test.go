package ical

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
)

func TestFeedsOfTheLargeCalendars(t *testing.T) {
	in := span(t, "2027-06-01T00:00Z", "2027-06-16T00:00Z")
	for _, c := range []struct {
		file string
		feed Feed
		want string
	}{
		{"google.ics", Feed{Owner: "Ana@example.com"}, `06-01T04:00Z/06-02T04:00Z off@google.com
06-01T13:00Z/06-01T13:30Z standup@google.com
06-03T13:00Z/06-03T13:30Z standup@google.com
06-08T18:00Z/06-08T19:00Z standup@google.com
06-15T13:00Z/06-15T13:30Z standup@google.com`},
		{"outlook.ics", Feed{Zone: "Europe/Berlin"}, `06-10T14:00Z/06-10T15:00Z busy-tentative custom
06-13T22:00Z/06-15T22:00Z busy-unavailable away`},
		{"apple.ics", Feed{Zone: "Europe/Lisbon"}, `06-02T11:00Z/06-02T12:30Z 6A1B
06-03T07:00Z/06-03T08:00Z floating
06-05T07:00Z/06-05T08:00Z floating
06-06T09:00Z/06-06T10:00Z floating
06-06T23:00Z/06-07T23:00Z yearly
06-10T10:00Z/06-10T12:00Z busy-unavailable fb
06-11T10:00Z/06-11T11:30Z busy-unavailable fb`},
	} {
		t.Run(c.file+" tells when its owner is busy", func(t *testing.T) {
			body, err := testFiles.ReadFile("testdata/" + c.file)
			require.NoError(t, err)
			busy, _, err := read(string(body), c.feed, in, nil)
			require.NoError(t, err)
			assert.Equal(t, c.want, lines(busy))
		})
	}
}

// TestCase26 is case 26 of the scheduling cases: whole days are in the calendar's zone.
func TestCase26(t *testing.T) {
	in := span(t, "2027-05-01T00:00Z", "2027-07-01T00:00Z")
	file := func(transparency string) string {
		return strings.Replace(calendarOf("DTSTART;VALUE=DATE:20270601", "DTEND;VALUE=DATE:20270602", "TRANSP:"+transparency),
			"VERSION:2.0", "VERSION:2.0\nX-WR-TIMEZONE:America/New_York", 1)
	}
	t.Run("A whole day in a calendar in New York is busy from its midnight to the next", func(t *testing.T) {
		busy, _, err := read(file("OPAQUE"), Feed{Zone: "Asia/Tokyo"}, in, nil)
		require.NoError(t, err)
		assert.Equal(t, "06-01T04:00Z/06-02T04:00Z e", lines(busy))
	})
	t.Run("A transparent one is free", func(t *testing.T) {
		busy, _, err := read(file("TRANSPARENT"), Feed{}, in, nil)
		require.NoError(t, err)
		assert.Empty(t, busy)
	})
}

func TestClocksThatChange(t *testing.T) {
	for _, c := range []struct {
		rule       string
		properties []string
		in         [2]string
		want       string
	}{
		{"A time that New York skips counts from the offset before: 02:30 is 03:30 EDT",
			[]string{"DTSTART;TZID=America/New_York:20270313T023000", "DURATION:PT30M", "RRULE:FREQ=DAILY;COUNT=3"},
			[2]string{"2027-03-01T00:00Z", "2027-04-01T00:00Z"},
			"03-13T07:30Z/03-13T08:00Z e\n03-14T07:30Z/03-14T08:00Z e\n03-15T06:30Z/03-15T07:00Z e"},
		{"Of two 01:30 it is the first",
			[]string{"DTSTART;TZID=America/New_York:20271107T013000", "DURATION:PT30M"},
			[2]string{"2027-11-01T00:00Z", "2027-12-01T00:00Z"}, "11-07T05:30Z/11-07T06:00Z e"},
		{"An end makes each instance as long in real time",
			[]string{"DTSTART;TZID=America/New_York:20270313T010000", "DTEND;TZID=America/New_York:20270313T040000", "RRULE:FREQ=DAILY;COUNT=2"},
			[2]string{"2027-03-01T00:00Z", "2027-04-01T00:00Z"},
			"03-13T06:00Z/03-13T09:00Z e\n03-14T06:00Z/03-14T09:00Z e"},
		{"A duration of a day is one of the local clock",
			[]string{"DTSTART;TZID=America/New_York:20270313T120000", "DURATION:P1D"},
			[2]string{"2027-03-01T00:00Z", "2027-04-01T00:00Z"}, "03-13T17:00Z/03-14T16:00Z e"},
		{"A whole day without a midnight ends at the next midnight",
			[]string{"DTSTART;VALUE=DATE:20270905", "RRULE:FREQ=DAILY;COUNT=2"},
			[2]string{"2027-09-01T00:00Z", "2027-10-01T00:00Z"},
			"09-05T04:00Z/09-06T03:00Z e\n09-06T03:00Z/09-07T03:00Z e"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			busy, _, err := read(calendarOf(c.properties...), Feed{Zone: "America/Santiago"}, span(t, c.in[0], c.in[1]), nil)
			require.NoError(t, err)
			assert.Equal(t, c.want, lines(busy))
		})
	}
}

// TestRules has the examples of RFC 5545, 3.8.5.3, that can be told by days.
func TestRules(t *testing.T) {
	for _, c := range []struct{ start, rule, want string }{
		{"19970902", "FREQ=DAILY;COUNT=3", "1997-09-02 1997-09-03 1997-09-04"},
		{"19970902", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09-02 1997-09-12 1997-09-22 1997-10-02 1997-10-12"},
		{"19980101", "FREQ=YEARLY;UNTIL=19990103;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", "1998-01-01 1998-01-02 1998-01-03 1998-01-04 1998-01-05 1998-01-06 1998-01-07 1998-01-08 1998-01-09 1998-01-10 1998-01-11 1998-01-12 1998-01-13 1998-01-14 1998-01-15 1998-01-16 1998-01-17 1998-01-18 1998-01-19 1998-01-20 1998-01-21 1998-01-22 1998-01-23 1998-01-24 1998-01-25 1998-01-26 1998-01-27 1998-01-28 1998-01-29 1998-01-30 1998-01-31 1999-01-01 1999-01-02 1999-01-03"},
		{"19970902", "FREQ=WEEKLY;UNTIL=19971007;WKST=SU;BYDAY=TU,TH", "1997-09-02 1997-09-04 1997-09-09 1997-09-11 1997-09-16 1997-09-18 1997-09-23 1997-09-25 1997-09-30 1997-10-02 1997-10-07"},
		{"19970902", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "1997-09-02 1997-09-04 1997-09-16 1997-09-18 1997-09-30 1997-10-02 1997-10-14 1997-10-16"},
		{"19970905", "FREQ=MONTHLY;COUNT=4;BYDAY=1FR", "1997-09-05 1997-10-03 1997-11-07 1997-12-05"},
		{"19970907", "FREQ=MONTHLY;INTERVAL=2;COUNT=6;BYDAY=1SU,-1SU", "1997-09-07 1997-09-28 1997-11-02 1997-11-30 1998-01-04 1998-01-25"},
		{"19970922", "FREQ=MONTHLY;COUNT=4;BYDAY=-2MO", "1997-09-22 1997-10-20 1997-11-17 1997-12-22"},
		{"19970928", "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=-3", "1997-09-28 1997-10-29 1997-11-28 1997-12-29"},
		{"19970930", "FREQ=MONTHLY;COUNT=5;BYMONTHDAY=1,-1", "1997-09-30 1997-10-01 1997-10-31 1997-11-01 1997-11-30"},
		{"19970610", "FREQ=YEARLY;COUNT=4;BYMONTH=6,7", "1997-06-10 1997-07-10 1998-06-10 1998-07-10"},
		{"19970101", "FREQ=YEARLY;INTERVAL=3;COUNT=5;BYYEARDAY=1,100,200", "1997-01-01 1997-04-10 1997-07-19 2000-01-01 2000-04-09"},
		{"19970519", "FREQ=YEARLY;BYDAY=20MO;COUNT=3", "1997-05-19 1998-05-18 1999-05-17"},
		{"19970313", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=5", "1997-03-13 1997-03-20 1997-03-27 1998-03-05 1998-03-12"},
		{"19980213", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=4", "1998-02-13 1998-03-13 1998-11-13 1999-08-13"},
		{"19970913", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13;COUNT=3", "1997-09-13 1997-10-11 1997-11-08"},
		{"19961105", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=3", "1996-11-05 2000-11-07 2004-11-02"},
		{"19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04 1997-10-07 1997-11-06"},
		{"19970929", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=4", "1997-09-29 1997-10-30 1997-11-27 1997-12-30"},
		{"19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05 1997-08-10 1997-08-19 1997-08-24"},
		{"19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05 1997-08-17 1997-08-19 1997-08-31"},
		{"20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30"},
		{"20240229", "FREQ=YEARLY;COUNT=2", "2024-02-29 2028-02-29"},
		{"20240131", "FREQ=MONTHLY;COUNT=3", "2024-01-31 2024-03-31 2024-05-31"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			file := calendarOf("DTSTART;VALUE=DATE:"+c.start, "RRULE:"+c.rule)
			busy, _, err := read(file, Feed{Zone: "UTC"}, span(t, "1990-01-01T00:00Z", "2040-01-01T00:00Z"), nil)
			require.NoError(t, err)
			assert.Equal(t, c.want, strings.ReplaceAll(starts(busy), "T00:00Z", ""))
		})
	}
}

func TestWhatIsAskedForLater(t *testing.T) {
	all := span(t, "2000-01-01T00:00Z", "2040-01-01T00:00Z")
	for _, rule := range []string{
		"FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=5;BYDAY=MO,FR", "FREQ=MONTHLY;INTERVAL=7;BYMONTHDAY=31",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "FREQ=DAILY;COUNT=900",
	} {
		t.Run(rule+" has the same dates from whichever time on", func(t *testing.T) {
			file := calendarOf("DTSTART;TZID=America/New_York:20010131T233000", "DURATION:P3DT1H", "RRULE:"+rule)
			every, _, err := read(file, Feed{}, all, nil)
			require.NoError(t, err)
			for from := all.Start; from.Before(all.End); from = from.AddDate(1, 1, 11) {
				in := all
				in.Start, in.End = from, from.AddDate(0, 3, 0)
				busy, _, err := read(file, Feed{}, in, nil)
				require.NoError(t, err)
				want := every[:0:0]
				for _, b := range every {
					if b.Overlaps(in) {
						want = append(want, b)
					}
				}
				require.Equal(t, starts(want), starts(busy), "from %v", from)
			}
		})
	}
}

func TestExceptions(t *testing.T) {
	in := span(t, "2027-06-01T00:00Z", "2027-06-05T00:00Z")
	series := "BEGIN:VEVENT\nUID:s\nDTSTART:20270601T100000Z\nDTEND:20270601T110000Z\nRRULE:FREQ=DAILY;COUNT=4\nEND:VEVENT\n"
	instead := func(properties string) string {
		return "BEGIN:VEVENT\nUID:s\nRECURRENCE-ID:20270602T100000Z\n" + properties + "\nEND:VEVENT\n"
	}
	file := func(parts ...string) string {
		return "BEGIN:VCALENDAR\n" + strings.Join(parts, "") + "END:VCALENDAR\n"
	}
	for _, c := range []struct{ rule, file, want string }{
		{"An instance that was cancelled is free", file(series, instead("STATUS:CANCELLED")),
			"2027-06-01T10:00Z 2027-06-03T10:00Z 2027-06-04T10:00Z"},
		{"An instance that was moved is where it is now, even when it comes first in the file",
			file(instead("DTSTART:20270602T150000Z\nDURATION:PT1H"), series),
			"2027-06-01T10:00Z 2027-06-02T15:00Z 2027-06-03T10:00Z 2027-06-04T10:00Z"},
		{"An instance that became transparent is free", file(series, instead("TRANSP:TRANSPARENT")),
			"2027-06-01T10:00Z 2027-06-03T10:00Z 2027-06-04T10:00Z"},
		{"A cancelled series is free", file(strings.Replace(series, "UID:s", "UID:s\nSTATUS:CANCELLED", 1)), ""},
		{"An exception without its series counts", file(instead("DTSTART:20270602T150000Z\nDURATION:PT1H")), "2027-06-02T15:00Z"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			busy, _, err := read(c.file, Feed{}, in, nil)
			require.NoError(t, err)
			assert.Equal(t, c.want, starts(busy))
		})
	}
	t.Run("Meetings of ours are left out, whatever is wrong with them", func(t *testing.T) {
		broken := "BEGIN:VEVENT\nUID:ours\nDTSTART:nonsense\nEND:VEVENT\n"
		busy, _, err := read(file(series, broken), Feed{}, in, func(uid string) bool { return uid == "s" || uid == "ours" })
		require.NoError(t, err)
		assert.Empty(t, busy)
	})
}

func TestWhatIsNotUnderstoodIsNotFree(t *testing.T) {
	start := "DTSTART:20270601T100000Z"
	in := span(t, "2027-06-01T00:00Z", "2027-07-01T00:00Z")
	for rule, file := range map[string]string{
		"a rule by the hour":                calendarOf(start, "DURATION:PT1H", "RRULE:FREQ=HOURLY"),
		"a rule that nobody knows":          calendarOf(start, "DURATION:PT1H", "RRULE:FREQ=LUNAR"),
		"a rule by week number":             calendarOf(start, "RRULE:FREQ=YEARLY;BYWEEKNO=20"),
		"a rule without a frequency":        calendarOf(start, "RRULE:COUNT=3"),
		"an interval of none":               calendarOf(start, "RRULE:FREQ=DAILY;INTERVAL=0"),
		"a count and an end":                calendarOf(start, "RRULE:FREQ=DAILY;COUNT=2;UNTIL=20270701"),
		"a rule for another calendar":       calendarOf(start, "RRULE:RSCALE=CHINESE;FREQ=YEARLY"),
		"no start":                          calendarOf("DURATION:PT1H"),
		"two starts":                        calendarOf(start, start),
		"a date that is not":                calendarOf("DTSTART:20270231T100000Z"),
		"an end before the start":           calendarOf(start, "DTEND:20270601T090000Z"),
		"a last day before the first":       calendarOf("DTSTART;VALUE=DATE:20270602", "DTEND;VALUE=DATE:20270601"),
		"a negative duration":               calendarOf(start, "DURATION:-PT1H"),
		"an exception with a broken date":   calendarOf(start, "RRULE:FREQ=DAILY", "EXDATE:soon"),
		"an exception for all that follow":  calendarOf(start, "RECURRENCE-ID;RANGE=THISANDFUTURE:20270601T100000Z"),
		"a zone that nobody knows":          calendarOf("DTSTART;TZID=Mars/Olympus:20270601T100000"),
		"the zone of the process":           calendarOf("DTSTART;TZID=Local:20270601T100000"),
		"a time without a zone":             calendarOf("DTSTART:20270601T100000"),
		"availability":                      "BEGIN:VCALENDAR\nBEGIN:VAVAILABILITY\nEND:VAVAILABILITY\nEND:VCALENDAR",
		"a broken free-busy period":         "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY:later\nEND:VFREEBUSY\nEND:VCALENDAR",
		"half a calendar":                   "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:e\nDTSTART:20270601T100000Z\nEND:VEVENT\n",
		"half an event":                     "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:e\nEND:VCALENDAR\n",
		"a page for people":                 "<!DOCTYPE html><title>Sign in</title>",
		"nothing":                           "",
		"a zone defined by nothing":         "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:X\nEND:VTIMEZONE\nBEGIN:VEVENT\nDTSTART;TZID=X:20270601T100000\nEND:VEVENT\nEND:VCALENDAR",
		"a property without an end of name": calendarOf("DTSTART;TZID=\"Europe/Lisbon:20270601T100000"),
	} {
		t.Run("A calendar with "+rule+" is not known", func(t *testing.T) {
			_, _, err := read(file, Feed{}, in, nil)
			assert.Equal(t, frontdesk.Unavailable, frontdesk.CodeOf(err), "%v", err)
		})
	}
	t.Run("A rule that is not understood does not matter before it begins", func(t *testing.T) {
		busy, _, err := read(calendarOf("DTSTART:20290601T100000Z", "RRULE:FREQ=HOURLY"), Feed{}, in, nil)
		require.NoError(t, err)
		assert.Empty(t, busy)
	})
}

func TestWorkIsBounded(t *testing.T) {
	in := span(t, "2027-01-01T00:00Z", "2028-01-01T00:00Z")
	many := strings.Repeat
	event := func(properties string) string {
		return "BEGIN:VEVENT\nUID:e\nDTSTART:00010101T000000Z\nDURATION:PT1H\n" + properties + "\nEND:VEVENT\n"
	}
	file := func(parts string) string { return "BEGIN:VCALENDAR\n" + parts + "END:VCALENDAR\n" }
	for rule, body := range map[string]string{
		"thousands of rules counted from the year 1": file(many(event("RRULE:FREQ=DAILY;COUNT=99999999"), 1000)),
		"rules for every second":                     file(event("RRULE:FREQ=DAILY;BYHOUR=" + to(23) + ";BYMINUTE=" + to(59) + ";BYSECOND=" + to(59))),
		"rules for every second of years":            file(event("RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=" + to(23) + ";BYMINUTE=" + to(59) + ";BYSECOND=" + to(59))),
		"more entries than are read":                 file(event("RRULE:FREQ=DAILY;BYHOUR=" + to(23) + ";BYMINUTE=" + to(59))),
		"more parts than are read":                   file(many("BEGIN:VTODO\nEND:VTODO\n", defaultMaxComponents+1)),
		"parts within parts":                         many("BEGIN:VCALENDAR\n", 100_000),
		"an event of very many properties":           file(event(many("EXDATE:20270101T000000Z\n", maxProperties+1))),
		"a line that does not end":                   file(event("EXDATE:" + many("20270101T000000Z,", 10_000))),
		"very many parameters":                       file(event("EXDATE" + many(";A=B", 100_000) + ":20270101T000000Z")),
		"a zone that changes every second": file("BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:20270101T000000\n" +
			"TZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nRRULE:FREQ=DAILY;BYSECOND=0,1,2\nEND:STANDARD\nEND:VTIMEZONE\n" +
			"BEGIN:VEVENT\nDTSTART;TZID=X:20270601T100000\nEND:VEVENT\n"),
		"exceptions to very many series": file(many("BEGIN:VEVENT\nUID:e\nDTSTART:20270101T000000Z\nRRULE:FREQ=YEARLY\nEND:VEVENT\n", 5000) +
			distinct(5000)),
	} {
		t.Run("A calendar of "+rule+" is refused soon", func(t *testing.T) {
			begun := time.Now()
			_, _, err := read(body, Feed{}, in, nil)
			assert.Equal(t, frontdesk.Unavailable, frontdesk.CodeOf(err), "%v", err)
			assert.Less(t, time.Since(begun), time.Minute)
		})
	}
	t.Run("A rule that never comes true ends", func(t *testing.T) {
		busy, steps, err := read(calendarOf("DTSTART;VALUE=DATE:20270101", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), Feed{Zone: "UTC"}, in, nil)
		require.NoError(t, err)
		assert.Equal(t, "2027-01-01T00:00Z", starts(busy), "the start counts whether or not the rule has it")
		assert.Less(t, steps, 1000)
	})
	t.Run("A daily rule from long ago is not counted through", func(t *testing.T) {
		_, steps, err := read(calendarOf("DTSTART:00010101T000000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"), Feed{}, in, nil)
		require.NoError(t, err)
		assert.Less(t, steps, 2000)
	})
}
