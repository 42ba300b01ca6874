package store

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/frontdesk-go/frontdesk/email"
)

const (
	addedMailEventColumns = "provider, event_id, type, provider_id, recipient, status, permanent, detail, occurred_at, received_at, message, payload"
	mailEventColumns      = "id, " + addedMailEventColumns

	insertMailEvent = "INSERT INTO frontdesk_email_events (" + addedMailEventColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) " +
		"ON CONFLICT DO NOTHING RETURNING message"
	selectMessageOfEvent = "SELECT message FROM frontdesk_email_events WHERE provider = ? AND event_id = ?"

	// findReceipt locks the row of a provider's id until the end of the transaction, also
	// when it was not there.
	findReceipt = "INSERT INTO frontdesk_email_receipts AS r (provider, provider_id, message) VALUES (?, ?, 0) " +
		"ON CONFLICT (provider, provider_id) DO UPDATE SET message = r.message RETURNING message"

	joinEvents = "UPDATE frontdesk_email_events SET message = ? WHERE provider = ? AND provider_id = ? AND message = 0 RETURNING " + mailEventColumns
)

// AddEvent stores the event unless it is known.
func (s emailStore) AddEvent(ctx context.Context, e email.Event) (message int64, added bool, err error) {
	err = s.atomically(ctx, func(_ *Tx, q queries) (err error) {
		message = 0
		if e.MessageID != "" {
			if message, err = first(ctx, q, scalar[int64], findReceipt, storable(e.Provider), storable(e.MessageID)); err != nil {
				return err
			}
		}
		message, err = first(ctx, q, scalar[int64], insertMailEvent, storable(e.Provider), storable(e.ID), storable(e.Type),
			storable(e.MessageID), storable(e.Recipient), storable(string(e.Status)), e.Permanent, storable(e.Detail),
			micros(e.OccurredAt), micros(e.ReceivedAt), message, notNull(e.Payload))
		if added = err == nil; !errors.Is(err, errNoRow) {
			return err
		}
		message, err = first(ctx, q, scalar[int64], selectMessageOfEvent, storable(e.Provider), storable(e.ID))
		return gone(err, "event with this id")
	})
	if err != nil {
		return 0, false, err
	}
	return message, added, nil
}

// putReceipt makes the message known by its provider's id.
func putReceipt(ctx context.Context, q queries, provider, providerID string, message int64) error {
	_, err := q.exec(ctx, "INSERT INTO frontdesk_email_receipts (provider, provider_id, message) VALUES (?, ?, ?) "+
		"ON CONFLICT (provider, provider_id) DO UPDATE SET message = excluded.message", provider, storable(providerID), message)
	return err
}

// join gives the message the events that came before its provider's id was known. It
// looks for them with a later statement than the one that locks the id, which on
// Postgres sees what the lock was waited for.
func join(ctx context.Context, q queries, provider, providerID string, message int64) ([]email.Event, error) {
	if err := putReceipt(ctx, q, provider, providerID, message); err != nil {
		return nil, err
	}
	rows, err := list(ctx, q, scanMailEvent, joinEvents, message, provider, storable(providerID))
	slices.SortFunc(rows, func(a, b mailEvent) int { return cmp.Compare(a.id, b.id) })
	return mailEvents(rows), err
}

// mailEvent is an event with our id, which tells when it came.
type mailEvent struct {
	email.Event
	id int64
}

func mailEvents(rows []mailEvent) (events []email.Event) {
	for _, r := range rows {
		events = append(events, r.Event)
	}
	return events
}

func scanMailEvent(r row) (e mailEvent, err error) {
	var occurred, received, message int64
	err = r.Scan(&e.id, &e.Provider, &e.ID, &e.Type, &e.MessageID, &e.Recipient, &e.Status, &e.Permanent, &e.Detail,
		&occurred, &received, &message, &e.Payload)
	e.OccurredAt, e.ReceivedAt = moment(occurred), moment(received)
	return e, err
}
