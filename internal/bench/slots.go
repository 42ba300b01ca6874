package main

import (
	"slices"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	lesson = 30 * time.Minute
	booked = 200 // meetings of each expert
)

// monday is the first day that is searched.
var monday = time.Date(2027, time.January, 4, 0, 0, 0, 0, time.UTC)

// measureSlots asks the engine alone, which knows no store.
func measureSlots(rounds int, c *comparisons) {
	month, year, crowded := agenda(0, 365, 30), agenda(0, 365, 365), agenda(0, 30, 30)
	experts := make([]scheduling.Query, 50)
	for n := range experts {
		experts[n] = agenda(n, 365, 30)
	}
	addPure(c, rounds, "1 expert, 30 days", 2, func() { countSlots(month) })
	addPure(c, rounds, "and its 200 bookings in them", 0, func() { countSlots(crowded) })
	addPure(c, rounds, "the next slot", 0, func() { nextSlot(year) })
	addPure(c, rounds, "50 experts together, 30 days", 150, func() { countUnion(experts) })
}

// addPure adds what fn takes, which is wanted to be so many microseconds at most.
func addPure(c *comparisons, rounds int, name string, most float64, fn func()) {
	var took, allocs []float64
	for range rounds {
		r := testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				fn()
			}
		})
		took = append(took, float64(r.T.Nanoseconds())/float64(r.N)/1000)
		allocs = append(allocs, float64(r.AllocsPerOp()))
	}
	c.add(name, figure{name: "µs", format: "%.2f", values: []float64{median(took)}, most: most},
		figure{name: "allocations", format: "%.0f", values: []float64{slices.Max(allocs)}, most: none})
}

// agenda asks for the half hours of an expert in New York, Monday to Friday from 9 to 17, in the
// days from monday, of whose slots 200 are booked within so many days.
func agenda(shift, spread, days int) scheduling.Query {
	d := scheduling.Diary{Schedule: &scheduling.Schedule{Zone: "America/New_York", Weekly: workWeek()}}
	for n := range booked {
		start := monday.Add(14*time.Hour+lesson*time.Duration((n*7+shift)%16)).AddDate(0, 0, n*spread/booked)
		b := scheduling.Span{Start: start, End: start.Add(lesson)}
		d.Busy = append(d.Busy, scheduling.Busy{Span: b, Blocked: b, Kind: scheduling.BusyMeeting})
	}
	slices.SortFunc(d.Busy, func(a, b scheduling.Busy) int { return a.Start.Compare(b.Start) })
	return scheduling.Query{
		Type: &scheduling.EventType{Durations: []time.Duration{lesson}, Horizon: scheduling.Horizon{Days: 730}},
		From: monday, To: monday.AddDate(0, 0, days), Now: monday.Add(-time.Hour), Hosts: []scheduling.Diary{d},
	}
}

func workWeek() (all []scheduling.Window) {
	for d := time.Monday; d <= time.Friday; d++ {
		all = append(all, scheduling.Window{Day: d, Start: 9 * 60, End: 17 * 60})
	}
	return all
}

func countSlots(q scheduling.Query) (n int) {
	for range scheduling.Slots(q) {
		n++
	}
	return n
}

func nextSlot(q scheduling.Query) (at time.Time) {
	for s := range scheduling.Slots(q) {
		return s.Start
	}
	return at
}

func countUnion(qs []scheduling.Query) (n int) {
	for range scheduling.Union(qs) {
		n++
	}
	return n
}
