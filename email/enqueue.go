package email

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"time"
	"unicode"

	"github.com/frontdesk-go/frontdesk"
)

// EnqueueOptions says more about a message. The zero value is ready to use.
type EnqueueOptions struct {
	// Client is the id of the host's client whom the message concerns, for the log.
	Client string
	// Override sends it to suppressed recipients too. It is for mails that somebody has
	// just asked for, such as one to reset a password.
	Override bool
	// NotBefore holds it back until the time.
	NotBefore time.Time
}

const maxClientID = 200

// Enqueue writes a message to the log, for workers to send, and returns its id there.
// The key makes it the same message: as long as there is one with the key, Enqueue only
// returns its id. An empty key is the message's own. Nil options are the zero
// EnqueueOptions.
//
// It renders, validates and reads the attachments first, so that what it accepts can be
// sent when this process is gone. Administrators and the system may send all mails, and
// a client those about itself.
func (s *Service) Enqueue(ctx context.Context, m Mail, key string, o *EnqueueOptions) (id int64, err error) {
	const op = "email.Enqueue"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if o == nil {
		o = &EnqueueOptions{}
	}
	if err := s.permit(ctx, op, "client:"+o.Client, o.Client, toSend); err != nil {
		return 0, err
	}
	message, err := s.prepare(m, key)
	if err != nil {
		return 0, err
	}
	e, err := s.entry(message, m.Name(), o)
	if err != nil {
		return 0, err
	}
	id, _, err = s.store.AddMessage(ctx, e, message)
	return id, err
}

// prepare renders a mail to a message that can be kept.
func (s *Service) prepare(m Mail, key string) (Message, error) {
	if m == nil {
		return Message{}, frontdesk.InvalidField("mail", "is required")
	}
	message, err := m.Render()
	if err != nil {
		return Message{}, err
	}
	if key != "" {
		message.Key = key
	}
	if message.From == (mail.Address{}) {
		message.From = s.options.From
	}
	if err := message.Validate(); err != nil {
		return Message{}, err
	}
	return message.inMemory()
}

func (s *Service) entry(m Message, name string, o *EnqueueOptions) (Entry, error) {
	if err := validName("client", o.Client); err != nil {
		return Entry{}, err
	}
	if err := validName("name", name); err != nil {
		return Entry{}, err
	}
	now := s.now()
	e := entryOf(m, now)
	e.Template, e.Client, e.Provider, e.Override = name, o.Client, s.mailer.Name(), o.Override
	if o.NotBefore.After(now) {
		e.NextAt = o.NotBefore.UTC()
	}
	return e, nil
}

func entryOf(m Message, now time.Time) Entry {
	return Entry{
		Key: m.Key, From: m.From, To: m.To, Cc: m.Cc, Bcc: m.Bcc, Subject: m.Subject,
		Status: StatusQueued, CreatedAt: now, NextAt: now,
	}
}

func validName(field, name string) error {
	if len(name) > maxClientID {
		return frontdesk.InvalidField(field, "is longer than %d bytes", maxClientID)
	}
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return frontdesk.InvalidField(field, "has a character that is not printable")
	}
	return nil
}

// inMemory is the message with its attachments read.
func (m Message) inMemory() (Message, error) {
	attachments := make([]Attachment, len(m.Attachments))
	for i, a := range m.Attachments {
		content, err := a.read()
		if err != nil {
			return Message{}, fmt.Errorf("attachments[%d]: %w", i, err)
		}
		if int64(len(content)) != a.Size {
			return Message{}, frontdesk.InvalidField(fmt.Sprintf("attachments[%d].size", i), "is not what its reader gives")
		}
		a.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
		attachments[i] = a
	}
	m.Attachments = attachments
	return m, nil
}

// read reads no more than what tells that the size is wrong.
func (a *Attachment) read() ([]byte, error) {
	r, err := a.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, a.Size+1))
}
