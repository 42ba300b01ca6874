package storage

import (
	"context"
	"sync"
)

// migrationFolders finds the folders of copies.
type migrationFolders interface {
	// id returns the folder's id, and makes the folder if it is not there.
	id(ctx context.Context, f MigrationFolder) (string, error)
	// forget is told that the folder may not be there any more.
	forget(ctx context.Context, f MigrationFolder) error
}

// ensuredFolders asks for each folder once.
type ensuredFolders struct {
	to DocumentStore

	mu  sync.Mutex
	ids map[string]string // by key
}

func newMigrationFolders(to DocumentStore) *ensuredFolders {
	return &ensuredFolders{to: to, ids: map[string]string{}}
}

func (f *ensuredFolders) id(ctx context.Context, folder MigrationFolder) (string, error) {
	if folder.Key == "" {
		return "", nil
	}
	f.mu.Lock()
	id, known := f.ids[folder.Key]
	f.mu.Unlock()
	if known {
		return id, nil
	}
	id, err := f.to.EnsureFolder(ctx, folder.Key, folder.Name) // it makes one, however many ask at once
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ids[folder.Key] = id
	return id, nil
}

func (f *ensuredFolders) forget(_ context.Context, folder MigrationFolder) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.ids, folder.Key)
	return nil
}
