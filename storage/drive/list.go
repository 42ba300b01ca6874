package drive

import (
	"context"
	"iter"
	"sync"

	drivego "google.golang.org/api/drive/v3"
	"google.golang.org/api/googleapi"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

const pageSize = 1000

// List implements [storage.DocumentStore]. With no folder it yields what a Store with the
// same Options.Folder has put; with a folder, also what people have put there by hand.
func (s *Store) List(ctx context.Context, folder string) iter.Seq2[*storage.Object, error] {
	return func(yield func(*storage.Object, error) bool) {
		q := "trashed = false and mimeType != " + quote(folderType) + " and " + has(rootProperty, s.root)
		if folder != "" {
			if err := checkID("folder", folder); err != nil {
				yield(nil, err)
				return
			}
			q = quote(folder) + " in parents and trashed = false and mimeType != " + quote(folderType)
		}
		for f, err := range s.search(ctx, q) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(s.object(f, f.Id), nil) {
				return
			}
		}
	}
}

// search yields what a query finds, page by page.
func (s *Store) search(ctx context.Context, q string) iter.Seq2[*drivego.File, error] {
	return func(yield func(*drivego.File, error) bool) {
		drive, err := s.driveID(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for token := ""; ; {
			page, err := s.page(ctx, q, drive, token)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, f := range page.Files {
				if !yield(f, nil) {
					return
				}
			}
			if token = page.NextPageToken; token == "" {
				return
			}
		}
	}
}

func (s *Store) page(ctx context.Context, q, drive, token string) (page *drivego.FileList, err error) {
	list := s.api.Files.List().Q(q).PageSize(pageSize).SupportsAllDrives(true).IncludeItemsFromAllDrives(true).
		Fields("nextPageToken,incompleteSearch,files(" + googleapi.Field(fields) + ")")
	if drive != "" {
		list.Corpora("drive").DriveId(drive)
	}
	if token != "" {
		list.PageToken(token)
	}
	err = s.do(ctx, call{name: "files.list", send: func(ctx context.Context) (err error) {
		page, err = list.Context(ctx).Do()
		return err
	}})
	switch {
	case err != nil:
		return nil, err
	case page.IncompleteSearch:
		return nil, frontdesk.Errorf(frontdesk.Unavailable, "drive: Drive searched only a part of the documents")
	}
	return page, nil
}

// place is where the root lies. It is found out once.
type place struct {
	mu    sync.Mutex
	known bool
	drive string
}

// driveID is the shared drive that the root lies in; empty for My Drive.
func (s *Store) driveID(ctx context.Context) (string, error) {
	if s.root == "root" {
		return "", nil
	}
	s.place.mu.Lock()
	known, drive := s.place.known, s.place.drive
	s.place.mu.Unlock()
	if known {
		return drive, nil
	}
	f, err := s.read(ctx, s.root)
	if err != nil {
		return "", noFolder(err, "drive: the folder of the store is not there")
	}
	s.place.mu.Lock()
	defer s.place.mu.Unlock()
	s.place.known, s.place.drive = true, f.DriveId
	return f.DriveId, nil
}

// noFolder says of a 404 that it is about a folder.
func noFolder(err error, text string) error {
	if frontdesk.CodeOf(err) != frontdesk.NotFound {
		return err
	}
	return frontdesk.Errorf(frontdesk.FailedPrecondition, text+": %w", err)
}
