package scheduling_test

import (
	"slices"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// workWeek is the query of facts: Monday to Friday 09:00 to 17:00 in New York, 30 minutes, from
// 2027-01-04, with bookings that take a slot each now and then.
func workWeek(days, bookings, shift int) scheduling.Query {
	s := &scheduling.Schedule{Zone: "America/New_York"}
	for d := time.Monday; d <= time.Friday; d++ {
		s.Weekly = append(s.Weekly, scheduling.Window{Day: d, Start: 540, End: 1020})
	}
	from := at("2027-01-04T00:00Z")
	q := scheduling.Query{
		Type: &scheduling.EventType{Durations: []time.Duration{minutes(30)}, Horizon: scheduling.Horizon{Days: 730}},
		From: from, To: from.AddDate(0, 0, days), Now: from.Add(-time.Hour),
	}
	d := scheduling.Diary{Schedule: s}
	for i := range bookings {
		start := from.Add(minutes(14*60 + 30*((i*7+shift)%16) + 1440*(i*365/200%365)))
		b := scheduling.Span{Start: start, End: start.Add(minutes(30))}
		d.Busy = append(d.Busy, scheduling.Busy{Span: b, Blocked: b, Kind: scheduling.BusyMeeting})
	}
	slices.SortFunc(d.Busy, func(a, b scheduling.Busy) int { return a.Start.Compare(b.Start) })
	q.Hosts = []scheduling.Diary{d}
	return q
}

// crowded is workWeek with all bookings in the days asked for.
func crowded(bookings, shift int) scheduling.Query {
	q := workWeek(30, 0, 0)
	for i := range bookings {
		start := q.From.Add(minutes(14*60 + 30*((i*7+shift)%16) + 1440*(i*30/bookings)))
		b := scheduling.Span{Start: start, End: start.Add(minutes(30))}
		q.Hosts[0].Busy = append(q.Hosts[0].Busy, scheduling.Busy{Span: b, Blocked: b, Kind: scheduling.BusyMeeting})
	}
	slices.SortFunc(q.Hosts[0].Busy, func(a, b scheduling.Busy) int { return a.Start.Compare(b.Start) })
	return q
}

func count(q scheduling.Query) (n int) {
	for range scheduling.Slots(q) {
		n++
	}
	return n
}

func next(q scheduling.Query) (at time.Time) {
	for s := range scheduling.Slots(q) {
		return s.Start
	}
	return at
}

func union(qs []scheduling.Query) (n int) {
	for range scheduling.Union(qs) {
		n++
	}
	return n
}

func experts(days int) (qs []scheduling.Query) {
	for i := range 50 {
		qs = append(qs, workWeek(days, 200, i))
	}
	return qs
}

func BenchmarkSlots(b *testing.B) {
	for name, q := range map[string]scheduling.Query{
		"30 days":                       workWeek(30, 200, 0),
		"30 days with all 200 bookings": crowded(200, 0),
		"365 days":                      workWeek(365, 200, 0),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n = count(q)
			}
			b.ReportMetric(float64(n), "slots")
		})
	}
}

func BenchmarkNext(b *testing.B) {
	q := workWeek(365, 200, 0)
	b.ReportAllocs()
	for b.Loop() {
		next(q)
	}
}

func BenchmarkCheck(b *testing.B) {
	q := workWeek(30, 200, 0)
	start := next(q)
	b.ReportAllocs()
	for b.Loop() {
		if scheduling.Check(q, start, 0) != nil {
			b.Fatal("refused")
		}
	}
}

func BenchmarkUnion(b *testing.B) {
	for name, days := range map[string]int{"50 experts for 30 days": 30, "50 experts for 365 days": 365} {
		qs := experts(days)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n = union(qs)
			}
			b.ReportMetric(float64(n), "slots")
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	q := workWeek(30, 0, 0)
	var spans []scheduling.Span
	b.ReportAllocs()
	for b.Loop() {
		spans = q.Hosts[0].Schedule.Open(spans[:0], scheduling.Span{Start: q.From, End: q.To})
	}
}
