package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// letter is what a body's row has of a message as JSON: all but the long texts.
type letter struct {
	From        mail.Address
	To, Cc, Bcc []mail.Address
	ReplyTo     []mail.Address
	Subject     string
	Headers     map[string]string
	Tags        map[string]string
	Key         string
	Files       []file
	// Alternatives are small: they need no rows of their own.
	Alternatives []email.Alternative
}

// file is what a letter has of an attachment.
type file struct {
	Name, ContentType, ContentID string
	Size                         int64
}

// AddMessage stores the message unless there is one with its key. When it fails nothing
// of it stays, also in a transaction that goes on.
func (s emailStore) AddMessage(ctx context.Context, e email.Entry, m email.Message) (id int64, added bool, err error) {
	err = s.inTx(ctx, func(tx *Tx) error {
		return s.run(ctx, tx, func(q queries) (err error) {
			if id, added, err = insertEntry(ctx, q, e); err != nil || !added {
				return err
			}
			if err := insertParts(ctx, q, id, e, m); err != nil || e.Status != email.StatusQueued {
				return err
			}
			return tx.enqueue(ctx, JobDeliverMessages, e.NextAt, id)
		})
	})
	if err != nil {
		return 0, false, err
	}
	return id, added, nil
}

// insertEntry returns the id of the entry with the key, and whether it is this one.
func insertEntry(ctx context.Context, q queries, e email.Entry) (id int64, added bool, err error) {
	addresses, err := json.Marshal(envelope{e.From, e.To, e.Cc, e.Bcc})
	if err != nil {
		return 0, false, frontdesk.Errorf(frontdesk.Internal, "encode the addresses: %w", err)
	}
	withheld, err := fields(e.Withheld)
	if err != nil {
		return 0, false, frontdesk.Errorf(frontdesk.Internal, "encode who did not get it: %w", err)
	}
	id, err = first(ctx, q, scalar[int64], insertMessage, e.Key, e.Template, e.Client, e.Provider, e.Override, e.ResendOf,
		string(addresses), storable(e.Subject), string(e.Status), e.ProviderID, withheld, micros(e.CreatedAt), micros(e.SentAt), e.Attempts,
		storable(e.LastError), micros(e.UncertainSince), micros(e.NextAt), e.Lease, micros(e.LeaseUntil), dueAt(e))
	if !errors.Is(err, errNoRow) {
		return id, err == nil, err
	}
	id, err = first(ctx, q, scalar[int64], "SELECT id FROM frontdesk_email_messages WHERE key = ?", e.Key)
	return id, false, gone(err, "message with this key")
}

// gone says that what stood in the way is not there any more: trying again helps.
func gone(err error, what string) error {
	if errors.Is(err, errNoRow) {
		return frontdesk.Errorf(frontdesk.Unavailable, "the %s was deleted in this moment", what)
	}
	return err
}

const insertMessage = "INSERT INTO frontdesk_email_messages (" + storedMailColumns + `, due_at, tries, kept)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, TRUE) ON CONFLICT DO NOTHING RETURNING id`

// dueAt is when a worker may take the message: a lease holds until after its end.
func dueAt(e email.Entry) int64 {
	if e.Lease != "" {
		return afterLease(e.LeaseUntil)
	}
	return micros(e.NextAt)
}

func afterLease(until time.Time) int64 { return micros(until) + 1 }

// insertParts stores what belongs to a new message.
func insertParts(ctx context.Context, q queries, id int64, e email.Entry, m email.Message) error {
	if e.ProviderID != "" {
		if err := putReceipt(ctx, q, e.Provider, e.ProviderID, id); err != nil {
			return err
		}
	}
	for _, list := range [][]mail.Address{e.To, e.Cc, e.Bcc} {
		for _, a := range list {
			if _, err := q.exec(ctx, "INSERT INTO frontdesk_email_recipients (message, address) VALUES (?, ?) ON CONFLICT DO NOTHING",
				id, strings.ToLower(a.Address)); err != nil {
				return err
			}
		}
	}
	return insertBody(ctx, q, id, m)
}

func insertBody(ctx context.Context, q queries, id int64, m email.Message) error {
	l := letter{m.From, m.To, m.Cc, m.Bcc, m.ReplyTo, m.Subject, m.Headers, m.Tags, m.Key, nil, m.Alternatives}
	for i, a := range m.Attachments {
		if err := insertFile(ctx, q, id, i, a); err != nil {
			return frontdesk.Errorf(frontdesk.CodeOf(err), "attachments[%d]: %w", i, err)
		}
		l.Files = append(l.Files, file{a.Name, a.ContentType, a.ContentID, a.Size})
	}
	head, err := json.Marshal(l)
	if err != nil {
		return frontdesk.Errorf(frontdesk.Internal, "encode the message: %w", err)
	}
	_, err = q.exec(ctx, "INSERT INTO frontdesk_email_bodies (message, head, text, html) VALUES (?, ?, ?, ?)",
		id, string(head), storable(m.Text), storable(m.HTML))
	return err
}

// Message returns what is to be sent. Its attachments are read when they are.
func (s emailStore) Message(ctx context.Context, id int64) (*email.Message, error) {
	var m email.Message
	scan := func(r row) (l letter, err error) {
		var head []byte
		if err := r.Scan(&head, &m.Text, &m.HTML); err != nil {
			return l, err
		}
		return l, json.Unmarshal(head, &l)
	}
	var l letter
	err := s.read(ctx, func(q queries) (err error) {
		l, err = first(ctx, q, scan, "SELECT head, text, html FROM frontdesk_email_bodies WHERE message = ?", id)
		return missing(err, fmt.Sprintf("message %d any more", id))
	})
	if err != nil {
		return nil, err
	}
	m.From, m.To, m.Cc, m.Bcc, m.ReplyTo = l.From, l.To, l.Cc, l.Bcc, l.ReplyTo
	m.Subject, m.Headers, m.Tags, m.Key = l.Subject, l.Headers, l.Tags, l.Key
	m.Alternatives = l.Alternatives
	for i, f := range l.Files {
		m.Attachments = append(m.Attachments, email.Attachment{
			Name: f.Name, ContentType: f.ContentType, ContentID: f.ContentID, Size: f.Size,
			Open: func() (io.ReadCloser, error) {
				return io.NopCloser(&fileReader{ctx: ctx, store: s, message: id, file: i, left: f.Size}), nil
			},
		})
	}
	return &m, nil
}
