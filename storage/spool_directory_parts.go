package storage

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

var _ Parts = (*SpoolDirectory)(nil)

// A partial is a directory below partialsDir, with these files. The mark says how many
// bytes of the content are certainly on the disk: what a crash leaves beyond them
// is written again. Whoever holds the partial has locked the mark.
const (
	partialsDir   = "partials"
	partialRecord = "record"
	partialBytes  = "content"
	partialMark   = "mark"
)

// markEvery is how many bytes a crash loses at most of a part.
const markEvery = 8 << 20

func inPartial(id, file string) string { return path.Join(partialsDir, id, file) }

// BeginPartial writes the record last: a partial that has none was never begun.
func (s *SpoolDirectory) BeginPartial(_ context.Context, id string, record []byte) error {
	root, err := s.named(id)
	if err != nil {
		return err
	}
	if err := root.MkdirAll(partialsDir, 0o700); err != nil {
		return spoolError(err)
	}
	dir := path.Join(partialsDir, id)
	if err := root.Mkdir(dir, 0o700); errors.Is(err, fs.ErrExist) {
		return frontdesk.Errorf(frontdesk.AlreadyExists, "there is such a partial already")
	} else if err != nil {
		return spoolError(err)
	}
	err = errors.Join(
		writeFile(root, inPartial(id, partialBytes), nil),
		writeFile(root, inPartial(id, partialMark), make([]byte, 8)),
		replaceFile(root, inPartial(id, partialRecord), record),
		syncAt(root, dir), syncAt(root, partialsDir), syncAt(root, "."),
	)
	if err != nil {
		return errors.Join(err, forgive(root.RemoveAll(dir)))
	}
	return nil
}

// writeFile makes a file that survives a crash, once its directory does.
func writeFile(root *os.Root, name string, content []byte) error {
	f, err := root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return spoolError(err)
	}
	_, err = f.Write(content)
	return spoolError(errors.Join(err, f.Sync(), f.Close()))
}

// replaceFile leaves the old content or the new one, whenever it is stopped.
func replaceFile(root *os.Root, name string, content []byte) error {
	if err := writeFile(root, name+unfinished, content); err != nil {
		return err
	}
	return spoolError(root.Rename(name+unfinished, name))
}

func syncAt(root *os.Root, dir string) error {
	d, err := root.Open(dir)
	if err != nil {
		return spoolError(err)
	}
	return spoolError(errors.Join(d.Sync(), d.Close()))
}

// Partial reads what there is of it.
func (s *SpoolDirectory) Partial(_ context.Context, id string) (*Partial, error) {
	root, err := s.named(id)
	if err != nil {
		return nil, err
	}
	p, err := readPartial(root, id)
	if err == nil && len(p.Record) == 0 {
		return nil, spoolError(fs.ErrNotExist)
	}
	return p, err
}

// readPartial passes what a crash has left without a record or a mark.
func readPartial(root *os.Root, id string) (*Partial, error) {
	dir, err := root.Stat(path.Join(partialsDir, id))
	if err != nil {
		return nil, spoolError(err)
	}
	p := &Partial{ID: id, At: dir.ModTime().UTC()}
	if p.Record, err = root.ReadFile(inPartial(id, partialRecord)); forgive(err) != nil {
		return nil, spoolError(err)
	}
	mark, err := root.ReadFile(inPartial(id, partialMark))
	if forgive(err) != nil {
		return nil, spoolError(err)
	}
	p.Done = markOf(mark)
	content, err := root.Stat(inPartial(id, partialBytes))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.Cleared = true
	case err != nil:
		return nil, spoolError(err)
	case content.ModTime().After(p.At):
		p.At = content.ModTime().UTC()
	}
	return p, nil
}

func markOf(mark []byte) int64 {
	if len(mark) != 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(mark)) //nolint:gosec // what was written was an int64
}

// Partials lists the directory.
func (s *SpoolDirectory) Partials(_ context.Context, prefix string) iter.Seq2[Partial, error] {
	return func(yield func(Partial, error) bool) {
		root, err := s.open()
		if err != nil {
			yield(Partial{}, err)
			return
		}
		entries, err := fs.ReadDir(root.FS(), partialsDir)
		if forgive(err) != nil {
			yield(Partial{}, spoolError(err))
			return
		}
		for _, e := range entries {
			if !e.IsDir() || !ours(e.Name()) || !strings.HasPrefix(e.Name(), prefix) {
				continue
			}
			p, err := readPartial(root, e.Name())
			if frontdesk.CodeOf(err) == frontdesk.NotFound {
				continue // removed meanwhile
			}
			if err != nil {
				p = &Partial{}
			}
			if !yield(*p, err) {
				return
			}
		}
	}
}

// HoldPartial locks the mark.
func (s *SpoolDirectory) HoldPartial(_ context.Context, id string) (HeldPartial, error) {
	root, err := s.named(id)
	if err != nil {
		return nil, err
	}
	if !s.claim(id) {
		return nil, errHeld
	}
	h := &heldPartial{spool: s, root: root, id: id}
	if err := h.take(); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

var errHeld = frontdesk.Errorf(frontdesk.Aborted, "somebody else is at it")

// claim is the hold among those who share s; the lock of the mark is that among
// processes, where the system has one.
func (s *SpoolDirectory) claim(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[id] {
		return false
	}
	if s.held == nil {
		s.held = map[string]bool{}
	}
	s.held[id] = true
	return true
}

// heldPartial is one whose mark is locked.
type heldPartial struct {
	spool   *SpoolDirectory
	root    *os.Root
	id      string
	mark    *os.File
	content *os.File // nil: it was cleared
	state   Partial
	closed  bool
}

var _ HeldPartial = (*heldPartial)(nil)

func (h *heldPartial) take() (err error) {
	if h.mark, err = h.root.OpenFile(inPartial(h.id, partialMark), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return spoolError(err)
	}
	if locked, err := lockFile(h.mark); err != nil {
		return spoolError(err)
	} else if !locked {
		return errHeld
	}
	p, err := readPartial(h.root, h.id) // it may have been removed until now
	if err != nil {
		return err
	}
	h.state = *p
	if p.Cleared {
		return nil
	}
	h.content, err = h.root.OpenFile(inPartial(h.id, partialBytes), os.O_RDWR, 0)
	return spoolError(err)
}

// Close lets go, once.
func (h *heldPartial) Close() error {
	if h.closed {
		return nil
	}
	h.closed = true
	var errs []error
	for _, f := range []*os.File{h.content, h.mark} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	h.spool.mu.Lock()
	defer h.spool.mu.Unlock()
	delete(h.spool.held, h.id)
	return spoolError(errors.Join(errs...))
}

func (h *heldPartial) State() Partial { return h.state }

// ReadAt reads what is below the mark.
func (h *heldPartial) ReadAt(p []byte, offset int64) (int, error) {
	if h.content == nil {
		return 0, io.EOF
	}
	return io.NewSectionReader(h.content, 0, h.state.Done).ReadAt(p, offset)
}

// Append marks what is on the disk as it goes on.
func (h *heldPartial) Append(ctx context.Context, r io.Reader) (int64, error) {
	if h.content == nil {
		return h.state.Done, frontdesk.Errorf(frontdesk.FailedPrecondition, "it has come to its end")
	}
	if err := h.content.Truncate(h.state.Done); err != nil {
		return h.state.Done, spoolError(err)
	}
	source := &sourceReader{ctx: ctx, r: r}
	for {
		n, err := io.CopyN(io.NewOffsetWriter(h.content, h.state.Done), source, markEvery)
		if n > 0 {
			if failed := h.setMark(h.state.Done + n); failed != nil {
				return h.state.Done, failed
			}
		}
		switch {
		case source.err != nil:
			return h.state.Done, source.err
		case errors.Is(err, io.EOF):
			return h.state.Done, nil
		case err != nil:
			return h.state.Done, spoolError(err)
		}
	}
}

// setMark writes the mark after the bytes that it counts.
func (h *heldPartial) setMark(done int64) error {
	if err := h.content.Sync(); err != nil {
		return spoolError(err)
	}
	mark := binary.BigEndian.AppendUint64(nil, uint64(done)) //nolint:gosec // a length is not below zero
	if _, err := h.mark.WriteAt(mark, 0); err != nil {
		return spoolError(err)
	}
	if err := h.mark.Sync(); err != nil {
		return spoolError(err)
	}
	h.state.Done = done
	if written, err := h.content.Stat(); err == nil {
		h.state.At = written.ModTime().UTC()
	}
	return nil
}

func (h *heldPartial) SetRecord(_ context.Context, record []byte) error {
	if err := replaceFile(h.root, inPartial(h.id, partialRecord), record); err != nil {
		return err
	}
	h.state.Record = record
	return syncAt(h.root, path.Join(partialsDir, h.id))
}

// Place gives the file another name, or copies it where the disk has no such names. It
// makes the file new: Sweep takes what is old and belongs to no version yet.
func (h *heldPartial) Place(ctx context.Context, name string) error {
	if _, err := h.spool.named(name); err != nil {
		return err
	}
	file := inPartial(h.id, partialBytes)
	if err := h.root.Chtimes(file, time.Time{}, time.Now()); err != nil {
		return spoolError(err)
	}
	err := h.root.Link(file, name)
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission) {
		return h.spool.Put(ctx, name, io.NewSectionReader(h, 0, h.state.Done))
	}
	if err != nil {
		return spoolError(err)
	}
	return syncDirectory(h.root)
}

func (h *heldPartial) Clear(context.Context) error {
	if err := forgive(h.root.Remove(inPartial(h.id, partialBytes))); err != nil {
		return err
	}
	h.state.Cleared = true
	return syncAt(h.root, path.Join(partialsDir, h.id))
}

// Remove removes the record first: what a crash leaves then was never begun.
func (h *heldPartial) Remove(context.Context) error {
	return errors.Join(forgive(h.root.Remove(inPartial(h.id, partialRecord))),
		forgive(h.root.RemoveAll(path.Join(partialsDir, h.id))))
}
