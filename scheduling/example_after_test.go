package scheduling_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
)

// practice is a service with an expert in New York who offers a talk, on Sunday 31 October 2027.
func practice(ctx context.Context, o scheduling.Options) (*scheduling.Service, string, error) {
	o.Clock = func() time.Time { return time.Date(2027, 10, 31, 0, 0, 0, 0, time.UTC) }
	svc, err := scheduling.New(schedulingtest.NewStore(), &o)
	if err != nil {
		return nil, "", err
	}
	_, err = svc.SaveSchedule(ctx, scheduling.Schedule{
		Expert: "nina", Name: "Mondays", Zone: "America/New_York", Weekly: []scheduling.Window{{Day: time.Monday, Start: 9 * 60, End: 17 * 60}},
	})
	if err != nil {
		return nil, "", err
	}
	talk, err := svc.SaveEventType(ctx, scheduling.EventType{
		Owner: "nina", Slug: "talk", Title: "Talk", Durations: []time.Duration{time.Hour}, Active: true,
	})
	if err != nil {
		return nil, "", err
	}
	return svc, talk.ID, nil
}

// The meetings of a series keep the wall clock of the first when the offset changes.
func ExampleService_BookSeries() {
	ctx := frontdesk.WithActor(context.Background(), frontdesk.Admin("root", frontdesk.Origin{}))
	svc, talk, err := practice(ctx, scheduling.Options{})
	if err != nil {
		panic(err)
	}
	request := scheduling.Request{EventType: talk, Client: "acme", Start: time.Date(2027, 11, 1, 13, 0, 0, 0, time.UTC)}
	tickets, err := svc.BookSeries(ctx, request, scheduling.Repeat{Every: scheduling.Weekly, Count: 3})
	if err != nil {
		panic(err)
	}
	for _, t := range tickets {
		fmt.Println(t.Meeting.Start.Format("Mon 2 Jan 15:04 MST"))
	}

	_, err = svc.BookSeries(ctx, request, scheduling.Repeat{Every: scheduling.Weekly, Count: 4})
	if refused, ok := errors.AsType[*scheduling.SeriesError](err); ok {
		fmt.Println(refused)
	}
	// Output:
	// Mon 1 Nov 13:00 UTC
	// Mon 8 Nov 14:00 UTC
	// Mon 15 Nov 14:00 UTC
	// 3 of the meetings cannot be booked
}

// What becomes free is held for who waits longest.
func ExampleService_Wait() {
	ctx := frontdesk.WithActor(context.Background(), frontdesk.Admin("root", frontdesk.Origin{}))
	svc, talk, err := practice(ctx, scheduling.Options{OnChange: func(_ context.Context, c scheduling.Change) error {
		if c.Kind == scheduling.WaitlistOffered {
			fmt.Println(c.Waiting.Client, "is offered", c.Meeting.Start.Format("Mon 2 Jan 15:04 MST"))
		}
		return nil
	}})
	if err != nil {
		panic(err)
	}
	start := time.Date(2027, 11, 1, 13, 0, 0, 0, time.UTC)
	booked, err := svc.Book(ctx, scheduling.Request{EventType: talk, Client: "acme", Start: start})
	if err != nil {
		panic(err)
	}
	week := scheduling.Span{Start: start, End: start.AddDate(0, 0, 7)}
	if _, err := svc.Wait(ctx, scheduling.WaitRequest{EventType: talk, Client: "globex", In: week}); err != nil {
		panic(err)
	}
	if _, err := svc.Cancel(ctx, scheduling.Ref{Booking: booked.Booking.ID}, "ill"); err != nil {
		panic(err)
	}
	if err := svc.Drain(ctx); err != nil { // jobs.Runner does this
		panic(err)
	}
	// Output:
	// globex is offered Mon 1 Nov 13:00 UTC
}
