package storage

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Session is an upload that comes in parts. It outlives connections and processes, and is
// its own person's: to everybody else it does not exist.
type Session struct {
	ID        string // nobody guesses it
	Client    string
	Name      string
	Size      int64 // that the content will have
	Done      int64 // bytes that are here to stay: go on from there
	CreatedAt time.Time
	// ExpiresAt is when Sweep may remove it, unless it is continued until then.
	ExpiresAt time.Time
	// Document is the id of the document that it has become; empty: it is not finished.
	Document string
}

// Format writes no name, and no id: it is half of a key.
func (s Session) Format(f fmt.State, _ rune) {
	io.WriteString(f, fmt.Sprintf("storage.Session(%d of %d bytes)", s.Done, s.Size))
}

// LogValue is what holds no personal data.
func (s Session) LogValue() slog.Value {
	return slog.GroupValue(slog.String("client", s.Client), slog.Int64("done", s.Done), slog.Int64("size", s.Size))
}

// MaxSize is how many bytes an upload may have.
func (s *Service) MaxSize() int64 { return s.options.MaxSize }

// Begin begins an upload in parts. Of u it takes no Content, and needs the Size. What
// can be refused of it is refused now, as Upload refuses it; so is one more than
// Options.MaxSessions, with QuotaExceeded. It fails with Unimplemented when the spool is
// no Parts.
func (s *Service) Begin(ctx context.Context, u Upload) (in *Session, err error) {
	const op = "storage.Begin"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := s.permitClient(ctx, op, u.Client)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(validClient(u.Client), u.validateSession(), validLine("title", u.Title), validLine("folder", u.Folder),
		validUploadKey(u.Key), validVisibility(u.Visibility)); err != nil {
		return nil, err
	}
	return s.beginSession(ctx, a, u, "")
}

// BeginVersion begins a newer content of a document in parts, as Begin does. Of u it uses
// the Name, the Size and what is said about the content.
func (s *Service) BeginVersion(ctx context.Context, id string, u Upload) (in *Session, err error) {
	const op = "storage.BeginVersion"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	if err := u.validateSession(); err != nil {
		return nil, err
	}
	d, err := s.store.Document(ctx, id)
	if err == nil {
		err = toChange(a, d)
	}
	if err != nil {
		return nil, s.refuse(ctx, op, documentResource(id), unknown(err))
	}
	u.Client = d.Client
	return s.beginSession(ctx, a, u, id)
}

func (u Upload) validateSession() error {
	errs := []error{validName(u.Name), validSHA256(u.SHA256)}
	if u.Content != nil {
		errs = append(errs, frontdesk.InvalidField("content", "comes later, in parts"))
	}
	if u.Size < 0 {
		errs = append(errs, frontdesk.InvalidField("size", "is below zero"))
	}
	return errors.Join(errs...)
}

func (s *Service) beginSession(ctx context.Context, a frontdesk.Actor, u Upload, revises string) (*Session, error) {
	parts, err := s.parts()
	if err != nil {
		return nil, err
	}
	if _, err := s.options.typeOf(u.Name, u.ContentType); err != nil {
		return nil, err
	}
	if u.Size > s.options.MaxSize {
		return nil, s.tooLong()
	}
	if _, err := s.roomFor(ctx, u.Client, u.Size); err != nil {
		return nil, err
	}
	r := newSessionRecord(a, u, revises, s.now())
	id := ownerPrefix(a) + strings.ToLower(rand.Text())
	record, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if err := parts.BeginPartial(ctx, id, record); err != nil {
		return nil, err
	}
	if err := s.boundSessions(ctx, parts, a, id); err != nil {
		return nil, err
	}
	return s.sessionOf(r, Partial{ID: id, At: r.CreatedAt}), nil
}

func (s *Service) parts() (Parts, error) {
	if parts, can := s.options.Spool.(Parts); can {
		return parts, nil
	}
	return nil, frontdesk.Errorf(frontdesk.Unimplemented, "the spool takes no content in parts")
}

// boundSessions takes the new one back when it is one too many. It counts after it was
// made, so that two that begin at once do not both pass.
func (s *Service) boundSessions(ctx context.Context, parts Parts, a frontdesk.Actor, id string) error {
	open := 0
	for p, err := range parts.Partials(ctx, ownerPrefix(a)) {
		if err != nil {
			return err
		}
		if !p.Cleared {
			open++
		}
	}
	if open <= s.options.MaxSessions {
		return nil
	}
	err := frontdesk.Errorf(frontdesk.QuotaExceeded, "there are %d uploads that were begun: finish them or abandon one", open-1)
	h, failed := parts.HoldPartial(ctx, id)
	if failed != nil {
		return errors.Join(err, failed)
	}
	defer h.Close()
	return errors.Join(err, h.Remove(ctx))
}

// sessionOf is what the person is told.
func (s *Service) sessionOf(r *sessionRecord, p Partial) *Session {
	return &Session{
		ID: p.ID, Client: r.Client, Name: r.Name, Size: r.Size, Done: p.Done, Document: r.Document,
		CreatedAt: r.CreatedAt, ExpiresAt: p.At.Add(s.options.SessionLife).UTC(),
	}
}
