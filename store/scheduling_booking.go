package store

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	insertBooking = "INSERT INTO frontdesk_scheduling_bookings (meeting, client, key, status, expires_at, seats, updated_at, details, id) " +
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) WHERE key <> '' DO NOTHING RETURNING id"
	updateBooking = "UPDATE frontdesk_scheduling_bookings SET meeting = ?, client = ?, key = ?, status = ?, expires_at = ?, seats = ?, updated_at = ?, " +
		"details = ? WHERE id = ? RETURNING id"
)

// bookingDetails is what a row has of a booking as JSON.
type bookingDetails struct {
	Guest     scheduling.Guest
	Price     frontdesk.Money
	Payment   scheduling.Payment
	Answers   map[string]string
	Moves     int
	Pack      string
	EndedBy   scheduling.By
	Reason    string
	MovedTo   string
	Override  bool
	CreatedAt time.Time
}

// bookingRow is a booking as it is stored.
type bookingRow struct {
	meeting, client, key, status string
	expires                      int64
	seats                        int
	updated                      int64
	details, id                  string
}

func bookingRowOf(meeting string, b scheduling.Booking) (bookingRow, error) {
	b.Payment.PaidAt = b.Payment.PaidAt.UTC()
	text, err := details(bookingDetails{
		b.Guest, b.Price, b.Payment, b.Answers, b.Moves, b.Pack, b.EndedBy, b.Reason, b.MovedTo, b.Override, b.CreatedAt.UTC(),
	})
	return bookingRow{
		storable(meeting), storable(b.Client), storable(b.Key), string(b.Status), micros(b.ExpiresAt), b.Seats, micros(b.UpdatedAt), text, storable(b.ID),
	}, err
}

// readBooking fills in what is stored as JSON.
func readBooking(b *scheduling.Booking, text string) error {
	var d bookingDetails
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return err
	}
	b.Guest, b.Price, b.Payment, b.Answers, b.Moves = d.Guest, d.Price, d.Payment, d.Answers, d.Moves
	b.Pack, b.EndedBy, b.Reason, b.MovedTo, b.Override = d.Pack, d.EndedBy, d.Reason, d.MovedTo, d.Override
	b.Payment.PaidAt, b.CreatedAt = d.Payment.PaidAt.UTC(), d.CreatedAt.UTC()
	return nil
}

// cloneBookings shares nothing with the bookings.
func cloneBookings(bookings []scheduling.Booking) []scheduling.Booking {
	all := slices.Clone(bookings)
	for i, b := range all {
		all[i].Answers = maps.Clone(b.Answers)
	}
	return all
}

// keepBookings stores the bookings that m has and those that are not as they were in old.
func keepBookings(ctx context.Context, q queries, old, m *scheduling.Meeting) error {
	there := make(map[string]bookingRow, len(old.Bookings))
	for _, b := range old.Bookings {
		stored, err := bookingRowOf(m.ID, b)
		if err != nil {
			return err
		}
		there[stored.id] = stored
	}
	kept := 0
	for _, b := range m.Bookings {
		wanted, err := bookingRowOf(m.ID, b)
		if err != nil {
			return err
		}
		stored, known := there[wanted.id]
		if known {
			kept++
		}
		if err := keepBooking(ctx, q, known, stored, wanted); err != nil {
			return err
		}
	}
	if kept < len(there) {
		return frontdesk.Errorf(frontdesk.Internal, "a booking of the meeting %q was left out", m.ID)
	}
	return nil
}

func keepBooking(ctx context.Context, q queries, known bool, stored, b bookingRow) error {
	query := insertBooking
	if known {
		query = updateBooking
	}
	if stored == b {
		return nil
	}
	_, err := first(ctx, q, scalar[string], query, b.meeting, b.client, b.key, b.status, b.expires, b.seats, b.updated, b.details, b.id)
	switch {
	case errors.Is(err, errNoRow), known && isUnique(q, err):
		return errKeyMeanwhile
	case isUnique(q, err):
		return frontdesk.Errorf(frontdesk.AlreadyExists, "there is a booking %q", b.id)
	}
	return err
}
