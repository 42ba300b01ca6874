package scheduling_test

import (
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// morning asks for hours of 60 minutes with an expert in Lisbon who is there on Tuesdays from 09:00 to 12:00.
func morning() scheduling.Query {
	ten := time.Date(2027, time.June, 1, 9, 0, 0, 0, time.UTC) // 10:00 in Lisbon
	taken := scheduling.Span{Start: ten, End: ten.Add(time.Hour)}
	return scheduling.Query{
		Type: &scheduling.EventType{Durations: []time.Duration{time.Hour}},
		Hosts: []scheduling.Diary{{
			Schedule: &scheduling.Schedule{
				Zone:   "Europe/Lisbon",
				Weekly: []scheduling.Window{{Day: time.Tuesday, Start: 9 * 60, End: 12 * 60}},
			},
			Busy: []scheduling.Busy{{Span: taken, Kind: scheduling.BusyMeeting}},
		}},
		Now: time.Date(2027, time.May, 31, 12, 0, 0, 0, time.UTC),
		To:  time.Date(2027, time.June, 5, 0, 0, 0, 0, time.UTC),
	}
}

func ExampleSlots() {
	lisbon, err := scheduling.LoadZone("Europe/Lisbon")
	if err != nil {
		panic(err)
	}
	for slot := range scheduling.Slots(morning()) {
		fmt.Println(slot.Start.In(lisbon).Format("Mon 15:04"), "to", slot.End.In(lisbon).Format("15:04"))
	}
	// Output:
	// Tue 09:00 to 10:00
	// Tue 11:00 to 12:00
}

func ExampleExplain() {
	q := morning()
	for _, hour := range []int{8, 9, 12} { // 09:00, 10:00 and 13:00 in Lisbon
		start := time.Date(2027, time.June, 1, hour, 0, 0, 0, time.UTC)
		if why := scheduling.Explain(q, start, time.Hour); why != "" {
			fmt.Println(start.Format("15:04"), why.Text())
			continue
		}
		fmt.Println(start.Format("15:04"), "can be booked")
	}
	// Output:
	// 08:00 can be booked
	// 09:00 the time is taken
	// 12:00 the time is outside the hours
}
