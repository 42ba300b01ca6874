package email

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// maxPage is the most that a store lists at once.
const maxPage = 500

// Log tells the whole story of a message: its entry, its attempts and its events. It
// is for administrators and the system.
func (s *Service) Log(ctx context.Context, id int64) (log *Log, err error) {
	const op = "email.Log"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permit(ctx, op, entryResource(id), "", toOperate); err != nil {
		return nil, err
	}
	return s.store.Log(ctx, id)
}

// Message returns what was or is to be sent, with its bodies and attachments; NotFound
// when it is not there any more. It is for administrators and the system.
func (s *Service) Message(ctx context.Context, id int64) (m *Message, err error) {
	const op = "email.Message"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permit(ctx, op, entryResource(id), "", toOperate); err != nil {
		return nil, err
	}
	return s.store.Message(ctx, id)
}

// Messages lists the log, newest first. It is for administrators and the system.
func (s *Service) Messages(ctx context.Context, f Filter) (all []Entry, err error) {
	const op = "email.Messages"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permit(ctx, op, "emails", "", toOperate); err != nil {
		return nil, err
	}
	if err := validLimit(f.Limit); err != nil {
		return nil, err
	}
	f.Address = normal(f.Address)
	return s.store.Entries(ctx, f)
}

func validLimit(limit int) error {
	if limit < 0 || limit > maxPage {
		return frontdesk.InvalidField("limit", "is not between 0 and %d", maxPage)
	}
	return nil
}

// Resend sends a message again as a new one with a key of its own, and returns its id.
// Whoever got the first gets both. It fails with FailedPrecondition while the first
// waits to be sent, and with NotFound when its bodies are not there any more. It is for
// administrators and the system.
func (s *Service) Resend(ctx context.Context, id int64) (again int64, err error) {
	const op = "email.Resend"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permit(ctx, op, entryResource(id), "", toOperate); err != nil {
		return 0, err
	}
	err = s.store.InTx(ctx, func(tx Store) error {
		e, m, err := s.copyOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if again, _, err = tx.AddMessage(ctx, e, m); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, entryResource(id), nil, map[string]string{"message": fmt.Sprint(again)})
	})
	if err != nil {
		return 0, err
	}
	return again, nil
}

// copyOf is the message once more, as one that was never sent.
func (s *Service) copyOf(ctx context.Context, tx Store, id int64) (Entry, Message, error) {
	log, err := tx.Log(ctx, id)
	if err != nil {
		return Entry{}, Message{}, err
	}
	first := log.Entry
	if first.Status == StatusQueued {
		return Entry{}, Message{}, frontdesk.Errorf(frontdesk.FailedPrecondition, "it is still waiting to be sent")
	}
	m, err := tx.Message(ctx, id)
	if err != nil {
		return Entry{}, Message{}, err
	}
	m.Key = fmt.Sprintf("resend-%d-%s", id, strings.ToLower(rand.Text()))
	kept, err := m.inMemory()
	e := entryOf(kept, s.now())
	e.Template, e.Client, e.Provider, e.Override, e.ResendOf = first.Template, first.Client, s.mailer.Name(), first.Override, id
	return e, kept, err
}

func entryResource(id int64) string { return fmt.Sprintf("email:%d", id) }
