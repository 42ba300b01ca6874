package emailtest

import (
	"cmp"
	"context"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// Log returns an entry with its attempts and events.
func (s *Store) Log(ctx context.Context, id int64) (*email.Log, error) {
	var log email.Log
	err := s.do(ctx, func(d *data) error {
		e, err := d.entry(id)
		if err != nil {
			return err
		}
		log.Entry, log.Attempts = copyEntry(e), slices.Clone(d.attempts.rows[id])
		for _, h := range d.heard(func(h heard) bool { return h.message == id }) {
			log.Events = append(log.Events, copyEvent(h.Event))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &log, nil
}

// heard are the events that are wanted, in the order in which they came.
func (d *data) heard(wanted func(heard) bool) []heard {
	var found []heard
	for _, h := range d.events.rows {
		if wanted(h) {
			found = append(found, h)
		}
	}
	slices.SortFunc(found, func(a, b heard) int { return cmp.Compare(a.seq, b.seq) })
	return found
}

func copyEvent(e email.Event) email.Event {
	e.Payload = slices.Clone(e.Payload)
	return e
}

// Message returns what is to be sent.
func (s *Store) Message(ctx context.Context, id int64) (*email.Message, error) {
	var m email.Message
	err := s.do(ctx, func(d *data) error {
		kept, found := d.messages.rows[id]
		if !found {
			return frontdesk.Errorf(frontdesk.NotFound, "the message %d is not there any more", id)
		}
		m = kept
		return nil
	})
	if err != nil {
		return nil, err
	}
	m, err = keep(&m)
	return &m, err
}

// Entries lists, newest first.
func (s *Store) Entries(ctx context.Context, f email.Filter) ([]email.Entry, error) {
	var found []email.Entry
	err := s.do(ctx, func(d *data) error {
		for _, id := range slices.Backward(slices.Sorted(maps.Keys(d.entries.rows))) {
			e := d.entries.rows[id]
			if len(found) < bounded(f.Limit) && (f.Before <= 0 || id < f.Before) && selects(f, e) {
				found = append(found, copyEntry(e))
			}
		}
		return nil
	})
	return found, err
}

func selects(f email.Filter, e email.Entry) bool {
	return (len(f.Statuses) == 0 || slices.Contains(f.Statuses, e.Status)) &&
		(f.Client == "" || f.Client == e.Client) && (f.Template == "" || f.Template == e.Template) &&
		(f.Address == "" || slices.ContainsFunc(slices.Concat(e.To, e.Cc, e.Bcc), func(a mail.Address) bool {
			return strings.EqualFold(a.Address, f.Address)
		}))
}

// AddEvent stores the event unless it is known.
func (s *Store) AddEvent(ctx context.Context, e email.Event) (message int64, added bool, err error) {
	err = s.do(ctx, func(d *data) error {
		identity := eventIdentity{e.Provider, e.ID}
		if known, found := d.events.rows[identity]; found {
			message = known.message
			return nil
		}
		message = d.sent.rows[providerRef{e.Provider, e.MessageID}]
		added = true
		e.OccurredAt, e.ReceivedAt = utc(e.OccurredAt), utc(e.ReceivedAt)
		d.events.put(identity, heard{copyEvent(e), message, d.nextID()})
		return nil
	})
	return message, added && err == nil, err
}

// RaiseStatus sets the status unless the message is as far already.
func (s *Store) RaiseStatus(ctx context.Context, id int64, status email.Status) error {
	return s.do(ctx, func(d *data) error {
		e, err := d.entry(id)
		if err == nil && e.Status.Before(status) {
			e.Status = status
			d.entries.put(id, e)
		}
		return err
	})
}

// old lists the messages created before the time that wait for no worker.
func (d *data) old(before time.Time) []int64 {
	var ids []int64
	for id, e := range d.entries.rows {
		if e.Status != email.StatusQueued && e.CreatedAt.Before(before) {
			ids = append(ids, id)
		}
	}
	return ids
}

// PurgeBodies deletes bodies and attachments.
func (s *Store) PurgeBodies(ctx context.Context, before time.Time) (n int, err error) {
	err = s.do(ctx, func(d *data) error {
		for _, id := range d.old(before) {
			if _, there := d.messages.rows[id]; there {
				d.messages.remove(id)
				n++
			}
		}
		return nil
	})
	return n, err
}

// PruneMessages deletes messages, and events that belong to none.
func (s *Store) PruneMessages(ctx context.Context, before time.Time) (n int, err error) {
	err = s.do(ctx, func(d *data) error {
		for _, id := range d.old(before) {
			d.forget(id)
			n++
		}
		for identity, h := range d.events.rows {
			if h.message == 0 && h.ReceivedAt.Before(before) {
				d.events.remove(identity)
			}
		}
		return nil
	})
	return n, err
}

func (d *data) forget(id int64) {
	e := d.entries.rows[id]
	d.keys.remove(e.Key)
	d.sent.remove(providerRef{e.Provider, e.ProviderID})
	d.messages.remove(id)
	d.attempts.remove(id)
	d.entries.remove(id)
	for identity, h := range d.events.rows {
		if h.message == id {
			d.events.remove(identity)
		}
	}
}
