package billingtest

import (
	"context"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// eventIdentity is what an event is known by.
type eventIdentity struct {
	provider, account string
	livemode          bool
	providerID        string
}

// AddEvents stores the events that are not there yet.
func (s *Store) AddEvents(ctx context.Context, events ...billing.Event) error {
	return s.do(ctx, func(d *data) error {
		for _, e := range events {
			d.addEvent(e)
		}
		return nil
	})
}

func (d *data) addEvent(e billing.Event) {
	identity := eventIdentity{e.Provider, e.Account, e.Livemode, e.ProviderID}
	if _, known := d.eventIDs.rows[identity]; known {
		return
	}
	e.ID = d.nextID()
	e.Created, e.ReceivedAt, e.NextAt, e.LeaseUntil = utc(e.Created), utc(e.ReceivedAt), utc(e.NextAt), utc(e.LeaseUntil)
	e.Payload = slices.Clone(e.Payload)
	d.eventIDs.put(identity, e.ID)
	d.events.put(e.ID, e)
}

// TakeEvent leases an event for processing.
func (s *Store) TakeEvent(ctx context.Context, id int64, l billing.Lease) (*billing.Event, error) {
	var taken billing.Event
	err := s.do(ctx, func(d *data) error {
		e, err := d.event(id)
		if err != nil {
			return err
		}
		c, err := eventClaim(e).taken(string(billing.EventProcessing), l)
		if err != nil {
			return err
		}
		taken = withEventClaim(e, c)
		d.events.put(id, taken)
		return nil
	})
	return copyEvent(taken, err)
}

// SettleEvent ends a lease.
func (s *Store) SettleEvent(ctx context.Context, id int64, st billing.Settlement) error {
	return s.do(ctx, func(d *data) error {
		c, err := eventClaim(d.events.rows[id]).settled(st)
		if err != nil {
			return err
		}
		e := withEventClaim(d.events.rows[id], c)
		e.Awaits = st.Awaits
		d.events.put(id, e)
		return nil
	})
}

// WakeEvents makes the unmatched events that await key received again.
func (s *Store) WakeEvents(ctx context.Context, awaits string, now time.Time) error {
	return s.do(ctx, func(d *data) error {
		for _, e := range d.events.rows {
			if e.State == billing.EventUnmatched && e.Awaits == awaits {
				d.receiveAgain(e, now)
			}
		}
		return nil
	})
}

// ReplayEvent makes an event received again, with no attempts.
func (s *Store) ReplayEvent(ctx context.Context, id int64, now time.Time) error {
	return s.do(ctx, func(d *data) error {
		e, err := d.event(id)
		if err != nil {
			return err
		}
		if eventClaim(e).alive(now) {
			return frontdesk.Errorf(frontdesk.Aborted, "event %d is being processed", id)
		}
		d.receiveAgain(e, now)
		return nil
	})
}

func (d *data) receiveAgain(e billing.Event, now time.Time) {
	e = withEventClaim(e, claim{state: string(billing.EventReceived), lastError: e.LastError, nextAt: utc(now)})
	e.Awaits = ""
	d.events.put(e.ID, e)
}

// Event returns the event with its payload.
func (s *Store) Event(ctx context.Context, id int64) (*billing.Event, error) {
	var e billing.Event
	err := s.do(ctx, func(d *data) (err error) {
		e, err = d.event(id)
		return err
	})
	return copyEvent(e, err)
}

func (d *data) event(id int64) (billing.Event, error) {
	e, found := d.events.rows[id]
	if !found {
		return e, frontdesk.Errorf(frontdesk.NotFound, "there is no event %d", id)
	}
	return e, nil
}

// Events lists without payloads, newest first.
func (s *Store) Events(ctx context.Context, f billing.EventFilter) ([]billing.Event, error) {
	var found []billing.Event
	err := s.do(ctx, func(d *data) error {
		for id := range newest(d.lastID, f.Before) {
			e, there := d.events.rows[id]
			if !there || !selectsEvent(f, e) {
				continue
			}
			e.Payload = nil
			if found = append(found, e); len(found) == bounded(f.Limit) {
				break
			}
		}
		return nil
	})
	return found, err
}

// DueEvents lists ids that a worker should take, oldest first.
func (s *Store) DueEvents(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	var due []int64
	err := s.do(ctx, func(d *data) error {
		due = earliest(d.events.rows, limit, func(e billing.Event) bool { return eventClaim(e).due(now) })
		return nil
	})
	return due, err
}

// PruneEvents deletes done and ignored events received before the time.
func (s *Store) PruneEvents(ctx context.Context, before time.Time) (int, error) {
	pruned := 0
	err := s.do(ctx, func(d *data) error {
		for identity, id := range d.eventIDs.rows {
			e := d.events.rows[id]
			over := e.State == billing.EventDone || e.State == billing.EventIgnored
			if over && e.ReceivedAt.Before(before) {
				d.eventIDs.remove(identity)
				d.events.remove(id)
				pruned++
			}
		}
		return nil
	})
	return pruned, err
}

func eventClaim(e billing.Event) claim {
	return claim{string(e.State), e.Attempts, e.LastError, e.NextAt, e.Lease, e.LeaseUntil}
}

func withEventClaim(e billing.Event, c claim) billing.Event {
	e.State, e.Attempts, e.LastError = billing.EventState(c.state), c.attempts, c.lastError
	e.NextAt, e.Lease, e.LeaseUntil = c.nextAt, c.lease, c.leaseUntil
	return e
}

// copyEvent is what may leave the store: the caller may write to the payload.
func copyEvent(e billing.Event, err error) (*billing.Event, error) {
	if err != nil {
		return nil, err
	}
	e.Payload = slices.Clone(e.Payload)
	return &e, nil
}

func selectsEvent(f billing.EventFilter, e billing.Event) bool {
	return (len(f.States) == 0 || slices.Contains(f.States, e.State)) && (f.Type == "" || f.Type == e.Type)
}
