package storagetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"

	"github.com/frontdesk-go/frontdesk/storage"
)

// Part is after how many bytes the store's PutResumable saves its state.
const Part = 256 << 10

// session is a put that has not come to its end.
type session struct {
	token   string
	id      string
	content []byte
}

// PutResumable is Put with a state that is saved after every Part.
func (s *Store) PutResumable(ctx context.Context, body io.ReaderAt, o storage.PutOptions, state []byte,
	save func(ctx context.Context, state []byte) error) (*storage.Object, error) {
	if err := s.begin(ctx, o); err != nil {
		return nil, err
	}
	u, in, err := s.resume(ctx, body, o, state)
	if err != nil {
		return nil, err
	}
	o.ID = u.id
	for more := true; more; {
		if err := save(ctx, []byte(u.token)); err != nil {
			return nil, err
		}
		if o.Progress != nil {
			o.Progress(int64(len(u.content)))
		}
		if more, err = u.receive(in); err != nil {
			return nil, err
		}
	}
	if o.Progress != nil {
		o.Progress(int64(len(u.content)))
	}
	s.end(u)
	return s.finish(ctx, o, u.content, in)
}

// receive reads the next part and reports whether there may be more.
func (u *session) receive(in *storage.Intake) (bool, error) {
	var part bytes.Buffer
	_, err := io.CopyN(&part, in, Part)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	u.content = append(u.content, part.Bytes()...)
	return err == nil, nil
}

// resume returns the session of the state, or a new one if that does not have
// the beginning of this content. The intake stands where the session's content ends.
func (s *Store) resume(ctx context.Context, body io.ReaderAt, o storage.PutOptions, state []byte) (*session, *storage.Intake, error) {
	open := func() *storage.Intake {
		return storage.NewIntake(ctx, io.NewSectionReader(body, 0, math.MaxInt64), o)
	}
	u, in := s.take(string(state), o.ID), open()
	if u == nil {
		return s.newSession(o.ID), in, nil
	}
	begun := make([]byte, len(u.content))
	_, err := io.ReadFull(in, begun)
	switch {
	case err == nil && bytes.Equal(begun, u.content):
		return u, in, nil
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return s.newSession(o.ID), open(), nil
	}
	return nil, nil, err
}

func (s *Store) newSession(id string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == "" {
		id = s.nextID(objectPrefix)
	}
	u := &session{token: s.nextID(sessionPrefix), id: id}
	s.sessions[u.token] = u
	return u
}

// take is the session with the token, for one call at a time: the next one finds a copy.
func (s *Store) take(token, id string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, found := s.sessions[token]
	if !found || (id != "" && id != u.id) {
		return nil
	}
	mine := *u
	mine.content = bytes.Clone(u.content)
	s.sessions[token] = &mine
	return &mine
}

func (s *Store) end(u *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, u.token)
}
