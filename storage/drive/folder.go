package drive

import (
	"cmp"
	"context"
	"slices"
	"sync"

	drivego "google.golang.org/api/drive/v3"
	"google.golang.org/api/googleapi"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// folders are those that this process knows, and those that it is about to know.
type folders struct {
	mu      sync.Mutex
	known   map[string]string // key to id
	begun   map[string]string // ids of folders that may have been made
	pending map[string]*search
}

// search is one look for a folder, for all who ask at the same time.
type search struct {
	done chan struct{}
	id   string
	err  error

	brief bool // it failed for who led it, and another may have more time
}

func newFolders() *folders {
	return &folders{known: map[string]string{}, begun: map[string]string{}, pending: map[string]*search{}}
}

// join returns the id, or the search that will find it and whether the caller leads it.
func (f *folders) join(key string) (id string, search *search, leads bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if id, found := f.known[key]; found {
		return id, nil, false
	}
	if search, found := f.pending[key]; found {
		return "", search, false
	}
	f.pending[key] = newSearch()
	return "", f.pending[key], true
}

func newSearch() *search { return &search{done: make(chan struct{})} }

func (f *folders) finish(key string, found *search) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.pending, key)
	if found.err == nil {
		f.known[key] = found.id
		delete(f.begun, key)
	}
	close(found.done)
}

// forget drops a folder that turned out not to be there.
func (f *folders) forget(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, known := range f.known {
		if known == id {
			delete(f.known, key)
		}
	}
}

// reserve is how an id is kept for a folder before it is made: see [storage.Reserver].
type reserve func(ctx context.Context, id, gone string) (string, error)

// EnsureFolder implements [storage.DocumentStore]. See the package's text for what holds
// between processes.
func (s *Store) EnsureFolder(ctx context.Context, key, name string) (string, error) {
	if err := storage.ValidateFolder(key, name); err != nil {
		return "", err
	}
	return s.folder(ctx, key, func(ctx context.Context) (string, error) { return s.ensure(ctx, key, name) })
}

// ReserveFolder implements [storage.Reserver]. A folder in the trash is gone.
func (s *Store) ReserveFolder(ctx context.Context, key, name string, reserve func(ctx context.Context, id, gone string) (string, error)) (string, error) {
	if err := storage.ValidateFolder(key, name); err != nil {
		return "", err
	}
	return s.folder(ctx, key, func(ctx context.Context) (string, error) { return s.ensureReserved(ctx, key, name, reserve) })
}

// folder lets one of all who ask at the same time find the folder.
func (s *Store) folder(ctx context.Context, key string, find func(context.Context) (string, error)) (string, error) {
	for {
		id, found, leads := s.folders.join(key)
		switch {
		case found == nil:
			return id, nil
		case leads:
			return s.lead(ctx, key, found, find)
		}
		select {
		case <-found.done:
		case <-ctx.Done():
			return "", ctx.Err()
		}
		if !found.brief {
			return found.id, found.err
		}
	}
}

// lead finds the folder for all who wait. When it panics, which the host may survive, they look for
// themselves.
func (s *Store) lead(ctx context.Context, key string, found *search, find func(context.Context) (string, error)) (string, error) {
	found.brief, found.err = true, frontdesk.Errorf(frontdesk.Internal, "drive: the search for the folder did not come to its end")
	defer s.folders.finish(key, found)
	found.id, found.err = find(ctx)
	_, limited := ctx.Deadline()
	found.brief = found.err != nil && (limited || ctx.Err() != nil)
	return found.id, found.err
}

func (s *Store) ensure(ctx context.Context, key, name string) (string, error) {
	found, err := s.oldest(ctx, key, nil)
	if err != nil || found != nil {
		return idOf(found), err
	}
	id, err := s.begin(ctx, key)
	if err != nil {
		return "", err
	}
	own, err := s.makeFolder(ctx, id, key, name)
	if err != nil {
		return "", err
	}
	first, err := s.oldest(ctx, key, own)
	if err == nil && first.Id != id {
		err = s.trash(ctx, id)
	}
	return idOf(first), err
}

func idOf(f *drivego.File) string {
	if f == nil {
		return ""
	}
	return f.Id
}

// begin is the id of the folder that is made for a key: the same one after a failure.
func (s *Store) begin(ctx context.Context, key string) (string, error) {
	s.folders.mu.Lock()
	id := s.folders.begun[key]
	s.folders.mu.Unlock()
	if id != "" {
		return id, nil
	}
	id, err := s.NewID(ctx)
	if err != nil {
		return "", err
	}
	s.folders.mu.Lock()
	defer s.folders.mu.Unlock()
	s.folders.begun[key] = id
	return id, nil
}

// ensureReserved makes the folder under the id that the caller keeps for it. An id whose
// folder is gone may be used up, so that it is made under another.
func (s *Store) ensureReserved(ctx context.Context, key, name string, reserve reserve) (string, error) {
	id := ""
	for range 2 {
		fresh, err := s.NewID(ctx)
		if err != nil {
			return "", err
		}
		if id, err = reserve(ctx, fresh, id); err != nil {
			return "", err
		}
		if there, err := s.makeReserved(ctx, id, key, name); err != nil {
			return "", err
		} else if there {
			return id, nil
		}
	}
	return "", frontdesk.Errorf(frontdesk.Aborted, "drive: the folder is removed as soon as it is made")
}

// makeReserved finds or makes the folder with the id. It reports false when the folder is in the
// trash, or was deleted and Drive does not give out its id again.
func (s *Store) makeReserved(ctx context.Context, id, key, name string) (bool, error) {
	f, err := s.read(ctx, id)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		f, err = s.makeFolder(ctx, id, key, name)
	}
	switch {
	case frontdesk.CodeOf(err) == frontdesk.NotFound:
		return false, nil
	case err != nil:
		return false, err
	}
	return !f.Trashed, nil
}

// oldest finds the first of all folders with the key. Those of one millisecond are told
// apart by id: their makers list later than that, and see both. Own is one that
// lists may not show yet.
func (s *Store) oldest(ctx context.Context, key string, own *drivego.File) (*drivego.File, error) {
	q := quote(s.root) + " in parents and trashed = false and mimeType = " + quote(folderType) + " and " + has(folderProperty, key)
	var all []*drivego.File
	if own != nil {
		all = append(all, own)
	}
	for f, err := range s.search(ctx, q) {
		if err != nil {
			return nil, err
		}
		if f.AppProperties[folderProperty] == key { // whatever Drive takes for equal
			all = append(all, f)
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	return slices.MinFunc(all, func(a, b *drivego.File) int {
		return cmp.Or(instant(a.CreatedTime).Compare(instant(b.CreatedTime)), cmp.Compare(a.Id, b.Id))
	}), nil
}

// makeFolder makes a folder, or finds that an attempt before has made it.
func (s *Store) makeFolder(ctx context.Context, id, key, name string) (f *drivego.File, err error) {
	draft := &drivego.File{
		Id: id, Name: name, MimeType: folderType, Parents: []string{s.root},
		AppProperties: map[string]string{folderProperty: key, rootProperty: s.root},
	}
	err = s.do(ctx, call{name: "files.create", write: true, send: func(ctx context.Context) (err error) {
		f, err = s.api.Files.Create(draft).SupportsAllDrives(true).Fields(googleapi.Field(fields)).Context(ctx).Do()
		return err
	}})
	if frontdesk.CodeOf(err) == frontdesk.AlreadyExists {
		return s.read(ctx, id)
	}
	return f, noFolder(err, "drive: the folder of the store is not there")
}
