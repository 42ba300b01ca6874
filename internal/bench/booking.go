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
	"github.com/frontdesk-go/frontdesk/store/jobs"
)

const desks = 50 // experts who are booked

// desk is what people book at, each another slot of one of its experts.
type desk struct {
	svc        *scheduling.Service
	eventTypes []string
	from       time.Time // the start of a Monday
	price      frontdesk.Money
}

// bookings is how many are made.
type bookings struct {
	rate
	delivered float64 // changes that were told a second, during the load
}

// measureBooking books as clients do, with so many at once, while what follows from it is delivered.
func measureBooking(tb testing.TB, db *sqlx.DB, workers int, price frontdesk.Money, span time.Duration) (b bookings) {
	ctx := context.Background()
	st, err := store.Open(ctx, db, nil)
	check(tb, err)
	svc, err := scheduling.New(st.Scheduling(), &scheduling.Options{Payments: till{}, OnChange: hear})
	check(tb, err)
	work, err := jobs.New(st, jobs.Services{Scheduling: svc}, nil)
	check(tb, err)
	check(tb, work.Start(ctx))
	zone, err := scheduling.LoadZone("America/New_York")
	check(tb, err)
	d := desk{svc: svc, from: nextMonday(time.Now().In(zone)), price: price}
	for n := range desks {
		d.eventTypes = append(d.eventTypes, offer(tb, svc, fmt.Sprint("expert-", n), price))
	}
	first := serial.Load() + 1
	b.rate = hammer(tb, workers, span, func(int) error { return d.book(int(serial.Add(1) - first)) })
	var done int
	check(tb, db.Get(&done, "SELECT count(*) FROM frontdesk_scheduling_effects WHERE state = 'done'"))
	b.delivered = float64(done) / span.Seconds()
	check(tb, work.Stop(ctx))
	return b
}

// nextMonday is when it begins.
func nextMonday(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month(), now.Day()+8-int(now.Weekday()), 0, 0, 0, 0, now.Location())
}

// slot is the start of the n-th half hour of working days.
func (d *desk) slot(n int) time.Time {
	return d.from.AddDate(0, 0, n/80*7+n/16%5).Add(9*time.Hour + lesson*time.Duration(n%16))
}

// book holds a slot for a client, takes it and pays what it costs.
func (d *desk) book(n int) error {
	ctx := frontdesk.WithActor(context.Background(), frontdesk.Client(fmt.Sprint("client-", n), frontdesk.Origin{}))
	r := scheduling.Request{
		EventType: d.eventTypes[n%desks], Start: d.slot(n / desks), Guest: scheduling.Guest{Name: "Ada", Email: "ada@example.com"},
	}
	t, err := d.svc.Hold(ctx, r)
	if err != nil {
		return err
	}
	if t, err = d.svc.Take(ctx, scheduling.Ref{Booking: t.Booking.ID}, scheduling.Details{}); err != nil || d.price.IsZero() {
		return err
	}
	return d.svc.Paid(system(), "booking/"+t.Booking.ID, "pay_"+t.Booking.ID, t.Booking.Price)
}

// hear is told what changed.
func hear(context.Context, scheduling.Change) error { return nil }

// till asks nobody: what a payment provider takes is its own.
type till struct{}

// Request implements [scheduling.Payments].
func (till) Request(context.Context, scheduling.Order) (*scheduling.Invitation, error) {
	return &scheduling.Invitation{ID: "in", URL: "https://pay.example/in"}, nil
}

// Refund implements [scheduling.Payments].
func (till) Refund(context.Context, scheduling.Order, string, frontdesk.Money) error { return nil }

// Release implements [scheduling.Payments].
func (till) Release(context.Context, scheduling.Order) error { return nil }
