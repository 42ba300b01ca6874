package schedulingtest

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var calendarBusyRules = []calendarRule{
	{"an empty calendar is in the answer, and free", func(t *calendarTest) {
		told, err := t.Calendar.Busy(t.ctx, []string{t.own}, hours(0, 24), nil)
		if list, there := told[t.own]; err != nil || !there || len(list) != 0 {
			t.Fatalf("Busy returned %v, %v, want an empty list under the calendar's name", told, err)
		}
	}},
	{"no calendars are busy never", func(t *calendarTest) {
		if told, err := t.Calendar.Busy(t.ctx, nil, hours(0, 24), nil); err != nil || len(told) != 0 {
			t.Fatalf("Busy returned %v, %v, want nothing", told, err)
		}
	}},
	{"what people have put there is busy, in order", func(t *calendarTest) {
		t.add(Appointment{Span: hours(14, 15)})
		t.add(Appointment{Span: hours(9, 10), Tentative: true})
		t.requireSpans(t.busy(hours(0, 24), nil), hours(9, 10), hours(14, 15))
		t.requireSpans(t.busy(hours(0, 24), nobody), hours(9, 10), hours(14, 15))
	}},
	{"what only touches the span is left out, and what reaches into it is told", func(t *calendarTest) {
		t.add(Appointment{Span: hours(8, 9)})
		t.add(Appointment{Span: hours(11.5, 13)})
		t.add(Appointment{Span: hours(17, 18)})
		for _, except := range []func(string) bool{nil, nobody} {
			told := t.busy(hours(9, 17), except)
			if len(told) != 1 || !told[0].Contains(hours(11.5, 13)) {
				t.Fatalf("busy from 9 to 17 is %v, want only 11:30 to 13:00", told)
			}
		}
	}},
	{"what is transparent or declined is free", func(t *calendarTest) {
		t.add(Appointment{Span: hours(9, 10), Transparent: true})
		t.add(Appointment{Span: hours(11, 12), Declined: true})
		t.add(Appointment{First: date(2027, time.June, 1), End: date(2027, time.June, 2), Transparent: true})
		t.requireSpans(t.busy(hours(0, 24), nil))
		t.add(Appointment{Span: hours(14, 15)})
		t.requireSpans(t.busy(hours(0, 24), nil), hours(14, 15))
		t.requireSpans(t.busy(hours(0, 24), nobody), hours(14, 15))
	}},
	{"a whole day is that of the calendar's zone", func(t *calendarTest) {
		t.add(Appointment{First: date(2027, time.June, 1), End: date(2027, time.June, 2)})
		t.requireSpans(t.busy(hours(0, 48), nil), hours(4, 28))
		t.requireSpans(t.busy(hours(0, 48), nobody), hours(4, 28))
	}},
	{"whole days have 23 and 25 hours where clocks change", func(t *calendarTest) {
		for _, c := range []struct {
			first scheduling.Date
			want  scheduling.Span
		}{
			{date(2027, time.March, 14), spanOfText("2027-03-14T05:00:00Z", "2027-03-15T04:00:00Z")},
			{date(2027, time.November, 7), spanOfText("2027-11-07T04:00:00Z", "2027-11-08T05:00:00Z")},
		} {
			next := c.first
			next.Day++
			t.add(Appointment{First: c.first, End: next})
			for _, except := range []func(string) bool{nil, nobody} {
				t.requireSpans(t.busy(c.want.Widened(time.Hour, time.Hour), except), c.want)
			}
		}
	}},
	{"a day whose midnight is missing begins when it begins", func(t *calendarTest) {
		t.own = t.New("America/Santiago")
		t.add(Appointment{First: date(2027, time.September, 5), End: date(2027, time.September, 6)})
		want := spanOfText("2027-09-05T04:00:00Z", "2027-09-06T03:00:00Z")
		t.requireSpans(t.busy(want.Widened(time.Hour, time.Hour), nil), want)
		t.requireSpans(t.busy(want.Widened(time.Hour, time.Hour), nobody), want)
	}},
	{"any number of calendars are told, also those that are named twice", func(t *calendarTest) {
		names := []string{t.own}
		for range 119 {
			names = append(names, t.New("UTC"))
		}
		t.Add(names[119], Appointment{Span: hours(9, 10)})
		told, err := t.Calendar.Busy(t.ctx, append(names, names[:7]...), hours(0, 24), nil)
		if err != nil || len(told) != 120 {
			t.Fatalf("Busy told of %d calendars and %v, want 120", len(told), err)
		}
		t.requireSpans(joinSpans(told[names[119]]), hours(9, 10))
		t.requireSpans(joinSpans(told[names[60]]))
	}},
	{"a whole year can be asked for", func(t *calendarTest) {
		var want []scheduling.Span
		for month := range 12 {
			s := hours(float64(month*30*24), float64(month*30*24)+1)
			t.add(Appointment{Span: s})
			want = append(want, s)
		}
		year := scheduling.Span{Start: calendarNow, End: calendarNow.AddDate(1, 0, 0)}
		t.requireSpans(t.busy(year, nil), want...)
		t.requireSpans(t.busy(year, nobody), want...)
	}},
	{"one calendar that is not known fails the call: it is never free", func(t *calendarTest) {
		told, err := t.Calendar.Busy(t.ctx, []string{t.own, "nobody@example.com"}, hours(0, 24), nil)
		if err == nil || told != nil {
			t.Fatalf("Busy returned %v, %v, want an error and nothing else", told, err)
		}
		t.requireCode(frontdesk.NotFound, err)
	}},
}

func date(year int, month time.Month, day int) scheduling.Date {
	return scheduling.Date{Year: year, Month: month, Day: day}
}

// spanOfText is a span of two times in RFC 3339.
func spanOfText(start, end string) scheduling.Span {
	from, err1 := time.Parse(time.RFC3339, start)
	to, err2 := time.Parse(time.RFC3339, end)
	if err1 != nil || err2 != nil {
		panic("schedulingtest: no time: " + start + ", " + end)
	}
	return scheduling.Span{Start: from, End: to}
}

var calendarExceptRules = []calendarRule{
	{"a meeting of ours is busy, and is not when it is excepted", func(t *calendarTest) {
		t.put(calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		t.requireSpans(t.busy(hours(0, 24), nil), hours(9, 10))
		t.requireSpans(t.busy(hours(0, 24), nobody), hours(9, 10))
		t.requireSpans(t.busy(hours(0, 24), only("m1@frontdesk")))
	}},
	{"only those are left out that are excepted", func(t *calendarTest) {
		t.put(calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		t.put(calendarEntry("m2@frontdesk", 0, hours(11, 12)))
		t.requireSpans(t.busy(hours(0, 24), only("m1@frontdesk")), hours(11, 12))
	}},
	{"a foreign entry that overlaps a meeting of ours stays busy, all of it", func(t *calendarTest) {
		t.put(calendarEntry("m1@frontdesk", 0, hours(9, 11)))
		t.add(Appointment{Span: hours(9.5, 10)})
		t.add(Appointment{Span: hours(10.5, 12)})
		t.requireSpans(t.busy(hours(0, 24), only("m1@frontdesk")), hours(9.5, 10), hours(10.5, 12))
	}},
	{"a foreign entry at the very time of a meeting of ours stays busy", func(t *calendarTest) {
		t.put(calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		t.add(Appointment{Span: hours(9, 10)})
		t.requireSpans(t.busy(hours(0, 24), only("m1@frontdesk")), hours(9, 10))
	}},
	{"a copy of ours that came by mail has our UID, and is left out too", func(t *calendarTest) {
		t.put(calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		t.add(Appointment{UID: "m1@frontdesk", Span: hours(9, 10)})
		t.requireSpans(t.busy(hours(0, 24), only("m1@frontdesk")))
	}},
	{"what waits to be confirmed is busy tentatively", func(t *calendarTest) {
		e := calendarEntry("m1@frontdesk", 0, hours(9, 10))
		e.Tentative = true
		t.put(e)
		told, err := t.Calendar.Busy(t.ctx, []string{t.own}, hours(0, 24), nobody)
		if err != nil || len(told[t.own]) != 1 || told[t.own][0].Kind != scheduling.BusyTentative {
			t.Fatalf("Busy returned %v, %v, want one entry of kind %q", told, err, scheduling.BusyTentative)
		}
	}},
}
