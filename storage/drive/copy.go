package drive

import (
	"context"
	"errors"

	drivego "google.golang.org/api/drive/v3"
	"google.golang.org/api/googleapi"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// Copy implements [storage.Copier]. The copy has the metadata of o and none of the
// original's. A native document stays one.
func (s *Store) Copy(ctx context.Context, id string, o storage.PutOptions) (*storage.Object, error) {
	if err := errors.Join(checkID("id", id), s.check(&o)); err != nil {
		return nil, err
	}
	from, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	to, err := s.idFor(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	f, err := s.copyFile(ctx, from, s.draftCopy(from, to, o))
	switch {
	case err != nil:
		return nil, err
	case f.Sha256Checksum != from.Sha256Checksum || f.Md5Checksum != from.Md5Checksum || f.Size != from.Size:
		return nil, errors.Join(frontdesk.Errorf(frontdesk.Aborted, "drive: the copy differs"), s.discard(ctx, to))
	}
	return s.object(f, f.Id), nil
}

// draftCopy clears the properties of the original that the copy shall not have.
func (s *Store) draftCopy(from *drivego.File, id string, o storage.PutOptions) *drivego.File {
	draft := s.describe(id, o)
	if from.MimeType != o.ContentType && len(from.MimeType) > len(nativePrefix) && from.MimeType[:len(nativePrefix)] == nativePrefix {
		draft.MimeType = ""
	}
	for key := range from.AppProperties {
		if _, stays := draft.AppProperties[key]; !stays {
			draft.NullFields = append(draft.NullFields, "AppProperties."+key)
		}
	}
	return draft
}

func (s *Store) copyFile(ctx context.Context, from, draft *drivego.File) (f *drivego.File, err error) {
	err = s.do(ctx, call{name: "files.copy", write: true, send: func(ctx context.Context) (err error) {
		f, err = s.api.Files.Copy(from.Id, draft).SupportsAllDrives(true).Fields(googleapi.Field(fields)).Context(ctx).Do()
		return err
	}})
	if frontdesk.CodeOf(err) != frontdesk.AlreadyExists {
		return f, noFolder(err, "drive: the folder is not there")
	}
	there, readErr := s.read(ctx, draft.Id)
	switch {
	case readErr != nil:
		return nil, readErr
	case there.Trashed || there.Sha256Checksum != from.Sha256Checksum || there.Size != from.Size:
		return nil, err
	}
	return there, nil
}
