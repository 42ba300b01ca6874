package storagetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// Store has every ability that a store may have, but for native documents.
var (
	_ storage.DocumentStore = (*Store)(nil)
	_ storage.Identifier    = (*Store)(nil)
	_ storage.Copier        = (*Store)(nil)
	_ storage.Linker        = (*Store)(nil)
	_ storage.Sharer        = (*Store)(nil)
	_ storage.Resumer       = (*Store)(nil)
	_ storage.Prober        = (*Store)(nil)
)

// Store is a storage.DocumentStore in memory, for tests and demos. It checks what it is
// given as the other stores do, and fails when it is told to. Use it from any number of goroutines.
type Store struct {
	mu       sync.Mutex
	objects  map[string]*object
	folders  map[string]string // ids by key
	sessions map[string]*session
	last     int // number of the last id of any kind
	ahead    time.Duration
	faults   faults
}

// object is a stored object with its content, which never changes.
type object struct {
	storage.Object
	content []byte
	shared  bool
	links   map[string]time.Time // when they end, by token
}

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{objects: map[string]*object{}, folders: map[string]string{}, sessions: map[string]*session{}}
}

// Name is "memory".
func (s *Store) Name() string { return "memory" }

// Now is the time on the store's clock, which runs, in UTC.
func (s *Store) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

func (s *Store) now() time.Time { return time.Now().UTC().Add(s.ahead) }

// Advance sets the clock forward. Links end by it.
func (s *Store) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += d
}

// idPrefixes of what the store gives ids to.
const (
	objectPrefix  = "doc_"
	folderPrefix  = "dir_"
	sessionPrefix = "session_"
	linkPrefix    = "link_"
)

func (s *Store) nextID(prefix string) string {
	s.last++
	return fmt.Sprintf("%s%06d", prefix, s.last)
}

// NewID returns an id that nothing has.
func (s *Store) NewID(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.arrive(ctx); err != nil {
		return "", err
	}
	return s.nextID(objectPrefix), nil
}

// issued reports whether the id is one of NewID's.
func (s *Store) issued(id string) bool {
	var n int
	_, err := fmt.Sscanf(id, objectPrefix+"%d", &n)
	return err == nil && n > 0 && n <= s.last && id == fmt.Sprintf("%s%06d", objectPrefix, n)
}

// Put stores an object.
func (s *Store) Put(ctx context.Context, body io.Reader, o storage.PutOptions) (*storage.Object, error) {
	if err := s.begin(ctx, o); err != nil {
		return nil, err
	}
	in := storage.NewIntake(ctx, body, o)
	content, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	if o.Progress != nil {
		o.Progress(in.Size())
	}
	return s.finish(ctx, o, content, in)
}

// begin refuses a write before its content is read.
func (s *Store) begin(ctx context.Context, o storage.PutOptions) error {
	if err := o.Validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.arrive(ctx); err != nil {
		return err
	}
	switch {
	case o.ID != "" && !s.issued(o.ID):
		return frontdesk.InvalidField("id", "is not one that the store has given")
	case !s.hasFolder(o.Folder):
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "the folder is not there")
	case s.faults.full:
		return frontdesk.Errorf(frontdesk.QuotaExceeded, "the store is full")
	}
	return nil
}

// finish makes an object of content that came through the intake, if it has come unharmed.
func (s *Store) finish(ctx context.Context, o storage.PutOptions, content []byte, in *storage.Intake) (*storage.Object, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	content, sum := s.transmit(content)
	if !bytes.Equal(sum, in.SHA256()) {
		return nil, frontdesk.Errorf(frontdesk.Aborted, "the content changed on its way")
	}
	return s.add(o, content, sum)
}

// add stores content once per id.
func (s *Store) add(o storage.PutOptions, content, sum []byte) (*storage.Object, error) {
	if o.ID == "" {
		o.ID = s.nextID(objectPrefix)
	}
	stored, found := s.objects[o.ID]
	switch {
	case found && !bytes.Equal(stored.SHA256, sum):
		return nil, frontdesk.Errorf(frontdesk.AlreadyExists, "the id was used for other content")
	case !found:
		now := s.now()
		stored = &object{content: content, links: map[string]time.Time{}, Object: storage.Object{
			ID: o.ID, Folder: o.Folder, Name: o.Name, ContentType: o.ContentType, Size: int64(len(content)), SHA256: sum,
			Metadata: maps.Clone(o.Metadata), CreatedAt: now, ModifiedAt: now,
		}}
		s.objects[o.ID] = stored
	}
	if s.faults.losing() {
		return nil, frontdesk.Errorf(frontdesk.OutcomeUnknown, "the answer was lost")
	}
	return stored.copy(), nil
}

func (o *object) copy() *storage.Object {
	c := o.Object
	c.SHA256, c.Metadata = slices.Clone(o.SHA256), maps.Clone(o.Metadata)
	return &c
}

// find is the object with the id; the store is locked.
func (s *Store) find(ctx context.Context, id string) (*object, error) {
	if id == "" {
		return nil, frontdesk.InvalidField("id", "is required")
	}
	if err := s.arrive(ctx); err != nil {
		return nil, err
	}
	o, found := s.objects[id]
	if !found {
		return nil, frontdesk.Errorf(frontdesk.NotFound, "there is no such object")
	}
	return o, nil
}

// Get opens an object.
func (s *Store) Get(ctx context.Context, id string, r storage.Range) (io.ReadCloser, *storage.Object, error) {
	if err := r.Validate(); err != nil {
		return nil, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.find(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	offset, length, err := r.Within(o.Size)
	if err != nil {
		return nil, nil, err
	}
	return io.NopCloser(bytes.NewReader(o.content[offset : offset+length])), o.copy(), nil
}

// Stat describes an object.
func (s *Store) Stat(ctx context.Context, id string) (*storage.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	return o.copy(), nil
}

// Delete removes an object and its links.
func (s *Store) Delete(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.find(ctx, id); err != nil && frontdesk.CodeOf(err) != frontdesk.NotFound {
		return err
	}
	delete(s.objects, id)
	return nil
}

// List yields the objects of a folder as they are when it begins.
func (s *Store) List(ctx context.Context, folder string) iter.Seq2[*storage.Object, error] {
	return func(yield func(*storage.Object, error) bool) {
		objects, err := s.all(ctx, folder)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, o := range objects {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

func (s *Store) all(ctx context.Context, folder string) ([]*storage.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.arrive(ctx); err != nil {
		return nil, err
	}
	if !s.hasFolder(folder) {
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "the folder is not there")
	}
	var objects []*storage.Object
	for _, o := range s.objects {
		if folder == "" || o.Folder == folder {
			objects = append(objects, o.copy())
		}
	}
	slices.SortFunc(objects, func(a, b *storage.Object) int { return strings.Compare(a.ID, b.ID) })
	return objects, nil
}

// EnsureFolder returns the id of the folder with the key.
func (s *Store) EnsureFolder(ctx context.Context, key, name string) (string, error) {
	if err := storage.ValidateFolder(key, name); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.arrive(ctx); err != nil {
		return "", err
	}
	if s.folders[key] == "" {
		s.folders[key] = s.nextID(folderPrefix)
	}
	return s.folders[key], nil
}

func (s *Store) hasFolder(id string) bool {
	return id == "" || slices.Contains(slices.Collect(maps.Values(s.folders)), id)
}

// Copy makes a new object of an existing one.
func (s *Store) Copy(ctx context.Context, id string, o storage.PutOptions) (*storage.Object, error) {
	if err := s.begin(ctx, o); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	from, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.add(o, from.content, from.SHA256)
}

// Probe fails when the store is full, or with the fault that is next.
func (s *Store) Probe(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.arrive(ctx); err != nil {
		return err
	}
	if s.faults.full {
		return frontdesk.Errorf(frontdesk.QuotaExceeded, "the store is full: make room with SetFull(false)")
	}
	return nil
}
