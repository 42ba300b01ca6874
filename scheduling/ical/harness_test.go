package ical

import (
	"context"
	"embed"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the tests

	"github.com/frontdesk-go/frontdesk/scheduling"
)

func at(t testing.TB, text string) time.Time {
	t.Helper()
	instant, err := time.Parse("2006-01-02T15:04Z", text)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

func span(t testing.TB, from, to string) scheduling.Span {
	t.Helper()
	return scheduling.Span{Start: at(t, from), End: at(t, to)}
}

// read is what a calendar file tells, with the steps it took.
func read(body string, feed Feed, in scheduling.Span, except func(string) bool) ([]scheduling.Busy, int, error) {
	cal, err := readCalendar([]byte(body), defaultMaxComponents)
	if err != nil {
		return nil, 0, err
	}
	b := &budget{ctx: context.Background(), left: maxSteps}
	v := &view{calendar: cal, feed: &feed, in: in, most: defaultMaxEntries, budget: b}
	busy, err := v.read(except)
	return busy, maxSteps - b.left, err
}

// lines is busy time as text: from, to, what.
func lines(busy []scheduling.Busy) string {
	var all []string
	for _, b := range busy {
		line := b.Start.Format("01-02T15:04Z") + "/" + b.End.Format("01-02T15:04Z")
		if b.Kind != scheduling.BusyMeeting {
			line += " " + string(b.Kind)
		}
		all = append(all, line+" "+b.Ref)
	}
	return strings.Join(all, "\n")
}

// starts are the starts of busy time.
func starts(busy []scheduling.Busy) string {
	var all []string
	for _, b := range busy {
		all = append(all, b.Start.Format("2006-01-02T15:04Z"))
	}
	return strings.Join(all, " ")
}

// calendarOf is a file of one event.
func calendarOf(properties ...string) string {
	return fmt.Sprintf("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:e\n%s\nEND:VEVENT\nEND:VCALENDAR\n", strings.Join(properties, "\n"))
}

// to is the numbers from 0 to n.
func to(n int) string {
	list := "0"
	for i := 1; i <= n; i++ {
		list += fmt.Sprintf(",%d", i)
	}
	return list
}

// distinct are exceptions to n instances of the event e.
func distinct(n int) string {
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, "BEGIN:VEVENT\nUID:e\nSTATUS:CANCELLED\nRECURRENCE-ID:2027%02d%02dT%02d%02d00Z\nEND:VEVENT\n",
			i/60/24/28%12+1, i/60/24%28+1, i/60%24, i%60)
	}
	return all.String()
}

//go:embed testdata/*.ics
var testFiles embed.FS
