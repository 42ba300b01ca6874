package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/store"
)

const (
	searched = "expert-0"
	batch    = 50_000 // meetings that are loaded in one statement
)

// searches is what one search takes.
type searches struct{ whole, query rate }

// measureSearch asks for the free half hours of an expert within 30 days, who has 200 meetings there:
// alone in the table, and among so many.
func measureSearch(tb testing.TB, d database, db *sqlx.DB, meetings int, span time.Duration, c *comparisons) {
	ctx := context.Background()
	st, err := store.Open(ctx, db, nil)
	check(tb, err)
	svc, err := scheduling.New(st.Scheduling(), &scheduling.Options{Clock: func() time.Time { return monday.Add(-time.Hour) }})
	check(tb, err)
	eventType := offer(tb, svc, searched, frontdesk.Money{})
	fill(tb, db, 0, booked)
	few := search(tb, svc, st, eventType, span)
	begun := time.Now()
	fill(tb, db, booked, meetings)
	loaded := time.Since(begun)
	many := search(tb, svc, st, eventType, span)
	name := fmt.Sprintf("%s, %d meetings", d.name, booked)
	c.add(name, few.whole.median("search, ms", 1), few.query.median("of that its query, ms", 0))
	name = fmt.Sprintf("%s, %d meetings", d.name, meetings)
	c.add(name, many.whole.median("search, ms", 1), many.query.median("of that its query, ms", 0),
		figure{name: "search, to that with 200", format: "%.2f", values: []float64{float64(many.whole.p50) / float64(few.whole.p50)}, most: 1.5},
		figure{name: "loaded, s", format: "%.0f", values: []float64{loaded.Seconds()}})
}

// median is the figure of what one call takes.
func (r rate) median(name string, most float64) figure {
	return figure{name: name, format: "%.2f", values: []float64{milliseconds(r.p50)}, most: most}
}

// offer saves the hours of an expert in New York, and half an hour with them.
func offer(tb testing.TB, svc *scheduling.Service, expert string, price frontdesk.Money) string {
	ctx := system()
	_, err := svc.SaveSchedule(ctx, scheduling.Schedule{Expert: expert, Name: "hours", Zone: "America/New_York", Weekly: workWeek()})
	check(tb, err)
	e, err := svc.SaveEventType(ctx, scheduling.EventType{
		Owner: expert, Slug: "intro", Title: "Intro", Durations: []time.Duration{lesson}, Price: price, Active: true,
	})
	check(tb, err)
	return e.ID
}

func system() context.Context {
	return frontdesk.WithActor(context.Background(), frontdesk.System("bench"))
}

func search(tb testing.TB, svc *scheduling.Service, st *store.DB, eventType string, span time.Duration) (s searches) {
	in := scheduling.Span{Start: monday, End: monday.AddDate(0, 0, 30)}
	s.whole = hammer(tb, 1, span, func(int) error {
		r, err := svc.Search(context.Background(), scheduling.Search{EventType: eventType, From: in.Start, To: in.End})
		if err == nil && len(r.Slots) != 22*16-booked {
			err = fmt.Errorf("%d slots were found", len(r.Slots))
		}
		return err
	})
	s.query = hammer(tb, 1, span/2, func(int) error {
		taken, err := st.Scheduling().Taken(context.Background(), []string{searched}, in, monday.Add(-time.Hour))
		if err == nil && len(taken) != booked {
			err = fmt.Errorf("%d meetings were found", len(taken))
		}
		return err
	})
	return s
}

// fill loads the meetings from one number to another: 200 of each expert, ten on each working day
// of four weeks.
func fill(tb testing.TB, db *sqlx.DB, from, to int) {
	start, long := monday.Add(14*time.Hour).UnixMicro(), lesson.Microseconds()
	day := (24 * time.Hour).Microseconds()
	at := fmt.Sprintf("%d + (i / 50 %% 4 * 7 + i / 10 %% 5) * %d + i %% 10 * 3 / 2 * %d", start, day, long)
	times := fmt.Sprintf("%s, %s + %d", at, at, long)
	for ; from < to; from += batch {
		last := min(from+batch, to) - 1
		numbers := fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT CAST(%d AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < %d) ", from, last)
		for _, query := range []string{
			"INSERT INTO frontdesk_scheduling_hosts (id, name, longest) " + numbers + fmt.Sprintf("SELECT i / 200, 'expert-' || (i / 200), %d FROM n WHERE i %% 200 = 0", long),
			"INSERT INTO frontdesk_scheduling_meetings (id, event_type, series, starts_at, ends_at, status, expires_at, lapses_at, updated_at, details) " +
				numbers + "SELECT 'm-' || i, 'e-' || (i / 200), '', " + times + ", 'confirmed', 0, 0, 0, '{}' FROM n",
			"INSERT INTO frontdesk_scheduling_bookings (id, meeting, client, key, status, expires_at, seats, updated_at, details) " +
				numbers + "SELECT 'b-' || i, 'm-' || i, 'c-' || (i % 1000), '', 'confirmed', 0, 1, 0, '{}' FROM n",
			"INSERT INTO frontdesk_scheduling_meeting_hosts (meeting, host, event_type, starts_at, ends_at, blocked_from, blocked_to, status, expires_at, seats, booked, holds, live) " +
				numbers + "SELECT 'm-' || i, i / 200, 'e-' || (i / 200), " + times + ", " + times + ", 'confirmed', 0, 1, 1, FALSE, TRUE FROM n",
		} {
			_, err := db.Exec(query)
			check(tb, err)
		}
	}
	_, err := db.Exec("ANALYZE")
	check(tb, err)
}
