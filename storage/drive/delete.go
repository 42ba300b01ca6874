package drive

import (
	"context"
	"time"

	drivego "google.golang.org/api/drive/v3"

	"github.com/frontdesk-go/frontdesk"
)

const cleanUp = 30 * time.Second // for what is removed after the caller's context has ended

// Delete implements [storage.DocumentStore]. Who may not delete for good, as contributors to
// a shared drive, moves to the trash. The target of a shortcut stays. A folder is
// FailedPrecondition: all that is in it would go too.
func (s *Store) Delete(ctx context.Context, id string) error {
	f, err := s.read(ctx, id)
	switch {
	case frontdesk.CodeOf(err) == frontdesk.NotFound:
		return nil
	case err != nil:
		return err
	case f.MimeType == folderType:
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "drive: this is a folder")
	}
	return s.remove(ctx, id)
}

// remove removes whatever has the id.
func (s *Store) remove(ctx context.Context, id string) error {
	err := s.do(ctx, call{name: "files.delete", write: true, send: func(ctx context.Context) error {
		return s.api.Files.Delete(id).SupportsAllDrives(true).Context(ctx).Do()
	}})
	switch frontdesk.CodeOf(err) {
	case frontdesk.NotFound:
		return nil
	case frontdesk.PermissionDenied:
		return s.trash(ctx, id)
	}
	return err
}

func (s *Store) trash(ctx context.Context, id string) error {
	err := s.do(ctx, call{name: "files.update", write: true, send: func(ctx context.Context) error {
		_, err := s.api.Files.Update(id, &drivego.File{Trashed: true}).SupportsAllDrives(true).Fields("id").Context(ctx).Do()
		return err
	}})
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return nil
	}
	return err
}

// discard removes what must not stay, also when the caller has gone.
func (s *Store) discard(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUp)
	defer cancel()
	return s.remove(ctx, id)
}
