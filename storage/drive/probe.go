package drive

import (
	"context"
	"strings"

	drivego "google.golang.org/api/drive/v3"

	"github.com/frontdesk-go/frontdesk"
)

// Probe implements [storage.Prober]. It uploads nothing.
func (s *Store) Probe(ctx context.Context) error {
	about, err := s.about(ctx)
	if err != nil {
		return err
	}
	root, err := s.probeRoot(ctx)
	if err != nil {
		return err
	}
	if root.DriveId != "" {
		return nil
	}
	return room(about)
}

func (s *Store) about(ctx context.Context) (about *drivego.About, err error) {
	err = s.do(ctx, call{name: "about.get", send: func(ctx context.Context) (err error) {
		about, err = s.api.About.Get().Fields("user/emailAddress,storageQuota(limit,usage)").Context(ctx).Do()
		return err
	}})
	if err == nil && (about.User == nil || about.StorageQuota == nil) {
		return nil, empty("about.get")
	}
	return about, err
}

func (s *Store) probeRoot(ctx context.Context) (f *drivego.File, err error) {
	err = s.do(ctx, call{name: "files.get", send: func(ctx context.Context) (err error) {
		f, err = s.api.Files.Get(s.root).SupportsAllDrives(true).Fields("id,mimeType,driveId,trashed,capabilities/canAddChildren").Context(ctx).Do()
		return err
	}})
	switch {
	case frontdesk.CodeOf(err) == frontdesk.NotFound:
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "drive: the folder of the store cannot be seen. "+
			"With the scope drive.file only what this app made is seen: let it make the folder, or open the folder with it: %w", err)
	case err != nil:
		return nil, err
	case f.Trashed || f.MimeType != folderType:
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "drive: the folder of the store is no folder, or in the trash")
	case f.Capabilities != nil && !f.Capabilities.CanAddChildren:
		return nil, frontdesk.Errorf(frontdesk.PermissionDenied, "drive: the account may not add to the folder of the store")
	}
	return f, nil
}

// room finds the trap: a service account may list and change files in a folder of
// My Drive that was shared with it, and can create none.
func room(about *drivego.About) error {
	quota := about.StorageQuota
	switch {
	case strings.HasSuffix(about.User.EmailAddress, ".gserviceaccount.com"):
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "drive: a service account owns no storage, so it cannot create "+
			"files in My Drive, even in a folder that was shared with it. There are three ways out: "+
			"a shared drive with the account as a member (set Options.Folder to the drive's id); "+
			"domain-wide delegation (set Options.Subject to the user whose storage is used); "+
			"or a person's OAuth token (pass its token source to New)")
	case quota.Limit > 0 && quota.Usage >= quota.Limit:
		return frontdesk.Errorf(frontdesk.QuotaExceeded, "drive: the account's storage is full")
	}
	return nil
}
