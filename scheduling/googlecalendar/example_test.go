package googlecalendar_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/googlecalendar"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest/calendarserver"
)

// A meeting that is put twice is one event, and the host is busy then.
func ExampleNew() {
	local := calendarserver.NewServer(nil) // a Google of our own; leave Endpoint and HTTPClient out for the real one
	google, err := googlecalendar.New(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "token"}), &googlecalendar.Options{
		Endpoint: "http://calendar.test/calendar/v3/", HTTPClient: &http.Client{Transport: local.Transport()},
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	start := time.Date(2027, time.June, 1, 9, 0, 0, 0, time.UTC)
	meeting := scheduling.Entry{
		UID: "m1@portal.example", Summary: "Consultation", Conference: true,
		Span: scheduling.Span{Start: start, End: start.Add(time.Hour)},
	}
	for range 2 {
		if _, err := google.Put(ctx, "primary", meeting); err != nil {
			log.Fatal(err)
		}
	}
	day := scheduling.Span{Start: start.Add(-9 * time.Hour), End: start.Add(15 * time.Hour)}
	busy, err := google.Busy(ctx, []string{"primary"}, day, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(local.Events("primary")), "event")
	fmt.Println(busy["primary"][0].Start, busy["primary"][0].Duration())
	// Output:
	// 1 event
	// 2027-06-01 09:00:00 +0000 UTC 1h0m0s
}
