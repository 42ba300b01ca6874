package localdir

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// state is what PutResumable gives to save.
type state struct {
	ID         string `json:"id"`
	Unfinished string `json:"unfinished"`
}

// parseState reads a state; one that the store has not made is none.
func parseState(text []byte) (state, bool) {
	var st state
	err := json.Unmarshal(text, &st)
	return st, err == nil && isID(st.ID) && isID(st.Unfinished)
}

func (st state) text() []byte {
	text, _ := json.Marshal(st) // of two texts: it cannot fail
	return text
}

// PutResumable is Put with a state that is saved whenever a Part has reached the disk. A
// later call compares what is there with the beginning of its content and adds what is missing.
func (s *Store) PutResumable(ctx context.Context, body io.ReaderAt, o storage.PutOptions, saved []byte,
	save func(ctx context.Context, state []byte) error) (*storage.Object, error) {
	if err := s.accept(ctx, o); err != nil {
		return nil, err
	}
	r := &resumable{store: s, options: o, save: save}
	if err := r.resume(ctx, body, saved); err != nil {
		return nil, s.failed(err)
	}
	object, err := r.run(ctx)
	switch frontdesk.CodeOf(err) {
	case frontdesk.Invalid, frontdesk.Aborted, frontdesk.AlreadyExists:
		r.discard() // no other call can make it right
	}
	return object, s.failed(err)
}

// resumable is a put that may have been begun before.
type resumable struct {
	*unfinished
	store   *Store
	options storage.PutOptions
	save    func(ctx context.Context, state []byte) error
	in      *storage.Intake
	done    int64
}

// resume takes up what the state tells of, or begins anew.
func (r *resumable) resume(ctx context.Context, body io.ReaderAt, saved []byte) error {
	r.in = intake(ctx, body, r.options)
	st, known := parseState(saved)
	if !known || (r.options.ID != "" && r.options.ID != st.ID) || !r.claim(st) {
		return r.anew(r.options.ID)
	}
	same, err := r.takeUp(ctx, st.ID)
	switch {
	case err != nil:
		r.close()
		return err
	case !same:
		r.discard()
		r.in = intake(ctx, body, r.options)
		return r.anew(r.options.ID)
	}
	r.options.ID = st.ID
	return nil
}

// takeUp saves the state of what was claimed, and compares it.
func (r *resumable) takeUp(ctx context.Context, id string) (bool, error) {
	if err := r.save(ctx, state{ID: id, Unfinished: r.name}.text()); err != nil {
		return false, err
	}
	return r.compare()
}

func intake(ctx context.Context, body io.ReaderAt, o storage.PutOptions) *storage.Intake {
	return storage.NewIntake(ctx, io.NewSectionReader(body, 0, math.MaxInt64), o)
}

func (r *resumable) anew(id string) error {
	if id == "" {
		id = newID()
	}
	u, err := r.store.beginFile()
	r.options.ID = id
	r.unfinished, r.done = u, 0
	return err
}

// claim takes what is unfinished for this call alone: of several, one can move it.
func (r *resumable) claim(st state) bool {
	u := &unfinished{store: r.store, name: newID()}
	if r.store.root.Rename(unfinishedDir(st.Unfinished), u.dir()) != nil {
		return false
	}
	f, err := r.store.root.OpenFile(u.content(), os.O_RDWR, fileMode)
	u.file = f
	if err != nil {
		u.discard()
		return false
	}
	r.unfinished = u
	return true
}

// compare reads what is there, and as much of the content.
func (r *resumable) compare() (bool, error) {
	there, given := make([]byte, 32<<10), make([]byte, 32<<10)
	for {
		n, err := r.file.Read(there)
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		_, err = io.ReadFull(r.in, given[:n])
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return false, nil
		case err != nil:
			return false, err
		case !bytes.Equal(there[:n], given[:n]):
			return false, nil
		}
		r.done += int64(n)
	}
}

// run saves the state and writes a part, in turn, to the end.
func (r *resumable) run(ctx context.Context) (*storage.Object, error) {
	defer r.close()
	for more := true; more; {
		if err := r.tell(ctx); err != nil {
			return nil, err
		}
		n, err := io.CopyN(r.file, r.in, r.store.options.Part)
		r.done += n
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		more = err == nil
	}
	if r.options.Progress != nil {
		r.options.Progress(r.done)
	}
	object, err := r.finish(ctx, r.options, r.in)
	if err == nil {
		r.discard() // what is left when the object was there before
	}
	return object, err
}

// tell saves the state of what has reached the disk.
func (r *resumable) tell(ctx context.Context) error {
	if err := r.store.flush(r.file); err != nil {
		return err
	}
	if err := r.save(ctx, state{ID: r.options.ID, Unfinished: r.name}.text()); err != nil {
		return err
	}
	if r.options.Progress != nil {
		r.options.Progress(r.done)
	}
	return nil
}
