package email

import (
	"context"
	"net/http"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
)

// Receive verifies a webhook and commits what it tells, with all that follows, before
// it returns. When it returns nil the event may be acknowledged, whether it was new or
// known, and of whatever type. A wrong signature, age or envelope is Invalid and stores
// nothing, and a mailer without Webhooks Unimplemented; any other error means that
// nothing is known to be stored.
func (s *Service) Receive(ctx context.Context, header http.Header, body []byte) (err error) {
	ctx, end := s.begin(ctx, "email.Receive")
	defer end(&err)
	hooks, can := s.mailer.(Webhooks)
	if !can {
		return frontdesk.Errorf(frontdesk.Unimplemented, "%s sends no webhooks", s.mailer.Name())
	}
	e, err := hooks.ParseWebhook(header, body, s.now())
	if err != nil {
		return err
	}
	e.ReceivedAt, e.Detail = s.now(), bounded(e.Detail)
	ctx = frontdesk.WithActor(ctx, frontdesk.System("email"))
	return s.store.InTx(ctx, func(tx Store) error {
		id, added, err := tx.AddEvent(ctx, e)
		if err != nil || !added {
			return err
		}
		return s.apply(ctx, tx, id, e)
	})
}

// apply draws the conclusions from an event about the message with that id, which is
// 0 when none is known yet.
func (s *Service) apply(ctx context.Context, tx Store, id int64, e Event) error {
	if id != 0 && e.Status.Valid() {
		if err := tx.RaiseStatus(ctx, id, e.Status); err != nil {
			return err
		}
	}
	reason := e.suppresses()
	if reason == "" {
		return nil
	}
	address, err := concerned(ctx, tx, id, e)
	if err != nil || address == "" {
		return err
	}
	added, err := tx.Suppress(ctx, Suppression{
		Address: address, Reason: reason, Since: s.now(), Message: id, Detail: e.Detail,
	})
	if err != nil || !added {
		return err
	}
	return s.audit(ctx, tx, "email.Suppress", resource(address), nil,
		map[string]string{"reason": string(reason), "message": strconv.FormatInt(id, 10)})
}

// suppresses is why the event's recipient gets no more mail; empty: it does.
func (e *Event) suppresses() Reason {
	switch {
	case e.Status == StatusBounced && e.Permanent:
		return ReasonBounce
	case e.Status == StatusComplained:
		return ReasonComplaint
	case e.Status == StatusSuppressed:
		return ReasonProvider
	}
	return ""
}

// concerned is the recipient whom the event is about, or empty when nobody can tell.
// An event that names none is about the only one that the message has.
func concerned(ctx context.Context, tx Store, id int64, e Event) (string, error) {
	if address := normal(e.Recipient); isAddress(address) {
		return address, nil
	}
	if e.Recipient != "" || id == 0 {
		return "", nil
	}
	log, err := tx.Log(ctx, id)
	if err != nil {
		return "", err
	}
	if all := log.Entry.recipients(); len(all) == 1 {
		return all[0], nil
	}
	return "", nil
}
