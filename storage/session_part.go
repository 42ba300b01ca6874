package storage

import (
	"context"
	"errors"
	"io"

	"github.com/frontdesk-go/frontdesk"
)

// Session tells how far an upload in parts has come. It fails with NotFound, also for
// everybody but the person who began it.
func (s *Service) Session(ctx context.Context, id string) (in *Session, err error) {
	const op = "storage.Session"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	parts, a, err := s.ownSession(ctx, op, id)
	if err != nil {
		return nil, err
	}
	return s.lookAt(ctx, op, parts, a, id)
}

func (s *Service) lookAt(ctx context.Context, op string, parts Parts, a frontdesk.Actor, id string) (*Session, error) {
	p, err := parts.Partial(ctx, id)
	if err != nil {
		return nil, s.refuse(ctx, op, "uploads", noSession(err))
	}
	r, err := readSessionRecord(a, *p)
	if err != nil {
		return nil, s.refuse(ctx, op, "uploads", err)
	}
	return s.sessionOf(r, *p), nil
}

// ownSession passes ids that can be the actor's.
func (s *Service) ownSession(ctx context.Context, op, id string) (Parts, frontdesk.Actor, error) {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return nil, a, err
	}
	parts, err := s.parts()
	if err == nil && !mayBeSession(a, id) {
		err = s.refuse(ctx, op, "uploads", errNoSession)
	}
	return parts, a, err
}

func noSession(err error) error {
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return errNoSession
	}
	return err
}

// heldSession is one that only this call changes.
type heldSession struct {
	*Service
	HeldPartial
	actor  frontdesk.Actor
	record *sessionRecord
}

// hold fails with Aborted, and how far the session has come, while somebody else is at it.
func (s *Service) hold(ctx context.Context, op, id string) (*heldSession, *Session, error) {
	parts, a, err := s.ownSession(ctx, op, id)
	if err != nil {
		return nil, nil, err
	}
	in, err := s.lookAt(ctx, op, parts, a, id)
	if err != nil {
		return nil, nil, err
	}
	held, err := parts.HoldPartial(ctx, id)
	if err != nil {
		return nil, in, s.refuse(ctx, op, "uploads", noSession(err))
	}
	r, err := readSessionRecord(a, held.State())
	if err != nil {
		return nil, nil, errors.Join(err, held.Close())
	}
	return &heldSession{Service: s, HeldPartial: held, actor: a, record: r}, nil, nil
}

// session is how far it has come.
func (h *heldSession) session() *Session { return h.sessionOf(h.record, h.State()) }

// Append takes a part in that begins at offset, which must be the Session's Done. When it returns,
// also with an error, what the Session has then survives a crash; so a part that broke off
// is continued. It fails with Aborted, and returns the Session, when the offset is another or
// somebody else is sending a part; with FailedPrecondition when the upload is finished; and
// with Invalid when there is more than the Size, or when the beginning shows that
// the content is not what the name says, which ends the session.
func (s *Service) Append(ctx context.Context, id string, offset int64, r io.Reader) (in *Session, err error) {
	const op = "storage.Append"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	h, in, err := s.hold(ctx, op, id)
	if err != nil {
		return in, err
	}
	defer h.Close()
	if err := h.accepts(offset); err != nil {
		return h.session(), err
	}
	source := &remainder{r: r, left: h.record.Size - offset}
	if _, err = h.HeldPartial.Append(ctx, source); err != nil {
		return h.session(), unreadable(err)
	}
	if offset < headSize {
		if _, err := h.contentType(); err != nil {
			return nil, h.discardSession(ctx, err)
		}
	}
	return h.session(), nil
}

func (h *heldSession) accepts(offset int64) error {
	switch done := h.State().Done; {
	case h.record.Document != "":
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "the upload is finished")
	case offset != done:
		return frontdesk.Errorf(frontdesk.Aborted, "the upload has %d bytes: go on from there", done)
	}
	return nil
}

// remainder gives what is left of a content, and fails when there is more.
type remainder struct {
	r    io.Reader
	left int64
}

func (m *remainder) Read(p []byte) (int, error) {
	if m.left > 0 {
		n, err := m.r.Read(p[:min(int64(len(p)), m.left)])
		m.left -= int64(n)
		return n, err
	}
	var more [1]byte
	n, err := m.r.Read(more[:])
	if n > 0 {
		return 0, frontdesk.InvalidField("content", "is longer than the size that was said")
	}
	return 0, err
}

// contentType looks at the beginning, once enough of it is there.
func (h *heldSession) contentType() (string, error) {
	t, err := h.options.typeOf(h.record.Name, h.record.ContentType)
	if err != nil {
		return "", err
	}
	done := h.State().Done
	if done < min(headSize, h.record.Size) {
		return t.Media, nil
	}
	head := make([]byte, min(headSize, done))
	if _, err := io.ReadFull(io.NewSectionReader(h, 0, done), head); err != nil {
		return "", err
	}
	return h.options.agree(t, head)
}

// discardSession ends what cannot become a document any more. Trouble that may pass
// leaves it.
func (h *heldSession) discardSession(ctx context.Context, cause error) error {
	switch frontdesk.CodeOf(cause) {
	case frontdesk.Invalid, frontdesk.Aborted:
		ctx, cancel := closing(ctx)
		defer cancel()
		return errors.Join(cause, h.Remove(ctx))
	}
	return cause
}

// Abandon gives an upload in parts up; its bytes are removed. A document that it has
// become stays. It fails with Aborted while somebody sends a part.
func (s *Service) Abandon(ctx context.Context, id string) (err error) {
	const op = "storage.Abandon"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	h, _, err := s.hold(ctx, op, id)
	if err != nil {
		return err
	}
	defer h.Close()
	return h.Remove(ctx)
}
