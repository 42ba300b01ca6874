package schedulingtest_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
)

// The answer to a Put is lost. Put again, it is one entry.
func ExampleCalendar_LoseNext() {
	ctx := context.Background()
	calendar := schedulingtest.NewCalendar()
	calendar.AddCalendar("nina", "Europe/Lisbon")
	start := time.Date(2027, time.June, 1, 9, 0, 0, 0, time.UTC)
	meeting := scheduling.Entry{UID: "m1@portal.example", Span: scheduling.Span{Start: start, End: start.Add(time.Hour)}}

	calendar.LoseNext()
	_, err := calendar.Put(ctx, "nina", meeting)
	fmt.Println(errors.Is(err, frontdesk.OutcomeUnknown))

	_, err = calendar.Put(ctx, "nina", meeting)
	fmt.Println(err, len(calendar.Entries("nina")))
	// Output:
	// true
	// <nil> 1
}
