package main

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/frontdesk-go/frontdesk"
)

// measureScheduling asks the engine alone, then searches and books on the databases.
func measureScheduling(rounds, meetings int, span time.Duration, c *comparisons) error {
	measureSlots(rounds, c)
	ok := true
	for _, d := range databases {
		ok = d.fresh(func(tb testing.TB, db *sqlx.DB) { measureSearch(tb, d, db, meetings, span, c) }) && ok
	}
	for _, d := range databases {
		for _, workers := range []int{1, 8, 32} {
			ok = measureBookings(d, workers, span, c) && ok
		}
	}
	if !ok {
		return errors.New("some of scheduling was not measured")
	}
	return nil
}

func measureBookings(d database, workers int, span time.Duration, c *comparisons) bool {
	var free, paid bookings
	ok := d.fresh(func(tb testing.TB, db *sqlx.DB) { free = measureBooking(tb, db, workers, frontdesk.Money{}, span) })
	price := frontdesk.Money{Amount: 5000, Currency: "eur"}
	ok = d.fresh(func(tb testing.TB, db *sqlx.DB) { paid = measureBooking(tb, db, workers, price, span) }) && ok
	if ok {
		name := fmt.Sprintf("%s, %d at once", d.name, workers)
		c.add(name, append(free.figures("held and taken/s"), paid.figures("held, taken and paid/s")...)...)
	}
	return ok
}

func (b bookings) figures(name string) []figure {
	return []figure{
		{name: name, format: "%.0f", values: []float64{b.perSecond}}, b.median("p50, ms", 0),
		{name: "changes delivered/s", format: "%.0f", values: []float64{b.delivered}},
	}
}
