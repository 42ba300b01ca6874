package emailtest

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// AddMessage stores the message unless there is one with its key.
func (s *Store) AddMessage(ctx context.Context, e email.Entry, m email.Message) (id int64, added bool, err error) {
	kept, err := keep(&m)
	if err != nil {
		return 0, false, err
	}
	err = s.do(ctx, func(d *data) error {
		if known, found := d.keys.rows[e.Key]; found {
			id = known
			return nil
		}
		id, added = d.nextID(), true
		e.ID = id
		e = copyEntry(e)
		d.keys.put(e.Key, id)
		d.entries.put(id, e)
		d.messages.put(id, kept)
		d.nameAtProvider(e)
		return nil
	})
	return id, added && err == nil, err
}

func (d *data) nameAtProvider(e email.Entry) {
	if e.ProviderID != "" {
		d.sent.put(providerRef{e.Provider, e.ProviderID}, e.ID)
	}
}

// copyEntry shares nothing with e, and its times are UTC.
func copyEntry(e email.Entry) email.Entry {
	e.To, e.Cc, e.Bcc, e.Withheld = slices.Clone(e.To), slices.Clone(e.Cc), slices.Clone(e.Bcc), maps.Clone(e.Withheld)
	e.CreatedAt, e.SentAt, e.UncertainSince = utc(e.CreatedAt), utc(e.SentAt), utc(e.UncertainSince)
	e.NextAt, e.LeaseUntil = utc(e.NextAt), utc(e.LeaseUntil)
	return e
}

// alive reports whether the entry's lease holds others off.
func alive(e email.Entry, now time.Time) bool { return e.Lease != "" && !e.LeaseUntil.Before(now) }

func (d *data) parked(provider string, now time.Time) bool { return d.parks.rows[provider].After(now) }

func (d *data) due(e email.Entry, provider string, now time.Time) bool {
	return e.Status == email.StatusQueued && e.Provider == provider &&
		(e.Lease == "" && !e.NextAt.After(now) || e.Lease != "" && !alive(e, now))
}

func (d *data) entry(id int64) (email.Entry, error) {
	e, found := d.entries.rows[id]
	if !found {
		return e, frontdesk.Errorf(frontdesk.NotFound, "there is no message %d", id)
	}
	return e, nil
}

// TakeMessage leases a message.
func (s *Store) TakeMessage(ctx context.Context, id int64, provider string, l email.Lease) (*email.Entry, error) {
	var taken email.Entry
	err := s.do(ctx, func(d *data) error {
		e, err := d.entry(id)
		if err != nil {
			return err
		}
		if err := d.refuseTaking(e, provider, l.Now); err != nil {
			return err
		}
		taken = d.begin(e, l)
		return nil
	})
	if err != nil {
		return nil, err
	}
	taken = copyEntry(taken)
	return &taken, nil
}

func (d *data) refuseTaking(e email.Entry, provider string, now time.Time) error {
	switch {
	case e.Status != email.StatusQueued:
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "there is nothing left to do, it is %s", e.Status)
	case e.Provider != provider:
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "it is sent by %s", e.Provider)
	case d.parked(provider, now):
		return frontdesk.Errorf(frontdesk.Aborted, "the queue is parked")
	case alive(e, now):
		return frontdesk.Errorf(frontdesk.Aborted, "another lease on it is alive")
	case !d.due(e, provider, now):
		return frontdesk.Errorf(frontdesk.Aborted, "it is not to be tried yet")
	}
	return nil
}

// begin starts an attempt, after the one before has come to an end in some way.
func (d *data) begin(e email.Entry, l email.Lease) email.Entry {
	attempts := slices.Clone(d.attempts.rows[e.ID])
	if n := len(attempts); n > 0 && attempts[n-1].Outcome == email.OutcomeStarted {
		last := &attempts[n-1]
		last.Outcome = email.OutcomeUncertain
		if e.UncertainSince.IsZero() {
			e.UncertainSince = last.StartedAt
		}
	}
	e.Lease, e.LeaseUntil = l.Token, utc(l.Until)
	e.Attempts++
	d.entries.put(e.ID, e)
	d.attempts.put(e.ID, append(attempts, email.Attempt{
		Number: len(attempts) + 1, StartedAt: utc(l.Now), Outcome: email.OutcomeStarted,
	}))
	return e
}

// SettleMessage ends a lease and its attempt.
func (s *Store) SettleMessage(ctx context.Context, id int64, st email.Settlement) ([]email.Event, error) {
	var joined []email.Event
	err := s.do(ctx, func(d *data) error {
		e, found := d.entries.rows[id]
		if !found || e.Lease == "" || e.Lease != st.Lease {
			return frontdesk.Errorf(frontdesk.Aborted, "the lease was lost")
		}
		d.endAttempt(id, st)
		e = settled(e, st)
		d.entries.put(id, e)
		d.nameAtProvider(e)
		joined = d.join(e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return joined, nil
}

func (d *data) endAttempt(id int64, st email.Settlement) {
	attempts := slices.Clone(d.attempts.rows[id])
	last := &attempts[len(attempts)-1]
	last.EndedAt, last.Outcome, last.Code, last.Error = utc(st.At), st.Outcome, st.Code, st.Error
	d.attempts.put(id, attempts)
}

func settled(e email.Entry, st email.Settlement) email.Entry {
	e.Lease, e.LeaseUntil = "", time.Time{}
	e.Status, e.LastError, e.NextAt = st.Status, st.Error, utc(st.NextAt)
	e.UncertainSince, e.Withheld = utc(st.UncertainSince), maps.Clone(st.Withheld)
	if st.Free {
		e.Attempts--
	}
	if st.Status == email.StatusSent {
		e.ProviderID, e.SentAt = st.ProviderID, utc(st.At)
	}
	return e
}

// join gives the message the events that came before its id at the provider was known.
func (d *data) join(e email.Entry) []email.Event {
	var joined []email.Event
	if e.ProviderID == "" {
		return nil
	}
	for _, h := range d.heard(func(h heard) bool {
		return h.message == 0 && h.Provider == e.Provider && h.MessageID == e.ProviderID
	}) {
		h.message = e.ID
		d.events.put(eventIdentity{h.Provider, h.ID}, h)
		joined = append(joined, copyEvent(h.Event))
	}
	return joined
}

// DueMessages lists ids that a worker should take, oldest first.
func (s *Store) DueMessages(ctx context.Context, provider string, now time.Time, limit int) ([]int64, error) {
	var ids []int64
	err := s.do(ctx, func(d *data) error {
		if d.parked(provider, now) {
			return nil
		}
		for _, id := range slices.Sorted(maps.Keys(d.entries.rows)) {
			if len(ids) < limit && d.due(d.entries.rows[id], provider, now) {
				ids = append(ids, id)
			}
		}
		return nil
	})
	return ids, err
}

// Park stops the provider's queue.
func (s *Store) Park(ctx context.Context, provider string, until time.Time) error {
	return s.do(ctx, func(d *data) error {
		if !d.parks.rows[provider].After(until) {
			d.parks.put(provider, utc(until))
		}
		return nil
	})
}
