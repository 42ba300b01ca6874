package schedulinghttp_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/ical"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulinghttp"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
)

func ExampleNewHandler() {
	monday := func() time.Time { return time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC) }
	agenda, err := scheduling.New(schedulingtest.NewStore(), &scheduling.Options{
		Secrets: []frontdesk.Secret{frontdesk.NewSecret("32 bytes that only the host knows")}, Clock: monday,
	})
	if err != nil {
		log.Fatal(err)
	}
	offerConsultations(agenda)

	server := httptest.NewServer(http.StripPrefix("/api", schedulinghttp.NewHandler(agenda, nil)))
	defer server.Close()

	resp, err := http.Get(server.URL + "/api/experts/nina/slots?event_type=consultation&from=2027-03-14&to=2027-03-14")
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	slots, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(slots))

	guest := `{"event_type": "consultation", "expert": "nina", "start": "2027-03-14T14:00:00Z", "guest": {"name": "Ann", "email": "ann@example.com"}}`
	booked, err := http.Post(server.URL+"/api/meetings", "application/json", strings.NewReader(guest))
	if err != nil {
		log.Fatal(err)
	}
	booked.Body.Close()
	fmt.Println(booked.Status)
	// Output:
	// {"zone":"America/New_York","data":[{"start":"2027-03-14T13:00:00Z","end":"2027-03-14T14:00:00Z","seats":1},{"start":"2027-03-14T14:00:00Z","end":"2027-03-14T15:00:00Z","seats":1}],"warnings":[],"next_cursor":null}
	// 201 Created
}

// offerConsultations makes an hour with nina bookable, on Sundays from 9 to 11 in New York.
func offerConsultations(agenda *scheduling.Service) {
	ctx := frontdesk.WithActor(context.Background(), frontdesk.Expert("nina", frontdesk.Origin{}))
	hours, err := agenda.SaveSchedule(ctx, scheduling.Schedule{
		Expert: "nina", Zone: "America/New_York", Weekly: []scheduling.Window{{Day: time.Sunday, Start: 9 * 60, End: 11 * 60}},
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = agenda.SaveEventType(ctx, scheduling.EventType{
		Owner: "nina", Slug: "consultation", Title: "Consultation", Schedule: hours.ID, Durations: []time.Duration{time.Hour}, Active: true,
	})
	if err != nil {
		log.Fatal(err)
	}
}

// Feeds are written by package ical.
func ExampleOptions_feed() {
	o := &schedulinghttp.Options{
		Feed: func(w io.Writer, f *scheduling.Feed) error {
			return ical.WriteFeed(w, f.Name, f.Entries, nil)
		},
	}
	var text strings.Builder
	none := &scheduling.Feed{Name: "Nina", Entries: func(func(scheduling.FeedEntry, error) bool) {}}
	if err := o.Feed(&text, none); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Count(text.String(), "NAME:Nina"))
	// Output: 2
}
