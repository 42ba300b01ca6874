package drive

import (
	"context"
	"encoding/hex"
	"maps"
	"strings"
	"time"

	drivego "google.golang.org/api/drive/v3"
	"google.golang.org/api/googleapi"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

const (
	nativePrefix = "application/vnd.google-apps."
	folderType   = nativePrefix + "folder"
	shortcutType = nativePrefix + "shortcut"
)

// Keys of our own among the appProperties. Metadata has a prefix before it.
const (
	rootProperty   = "fd-root"   // the folder that the store was set up with
	folderProperty = "fd-folder" // the key of a folder
	parentProperty = "fd-parent" // "root": in the root of My Drive
	putProperty    = "fd-put"    // the put that made a file, at random
	metadataPrefix = "m."
)

const fields = "id,name,mimeType,parents,trashed,size,md5Checksum,sha256Checksum,appProperties,createdTime,modifiedTime,shortcutDetails/targetId,driveId,webViewLink"

// find reads an object, not a folder or what lies in the trash. A shortcut stands for its
// target, once.
func (s *Store) find(ctx context.Context, id string) (*drivego.File, error) {
	f, err := s.file(ctx, id)
	if err != nil || f.MimeType != shortcutType {
		return f, err
	}
	target, err := s.file(ctx, f.ShortcutDetails.TargetId)
	switch {
	case err != nil:
		return nil, err
	case target.MimeType == shortcutType:
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "drive: the shortcut leads to another shortcut")
	}
	return target, nil
}

func (s *Store) file(ctx context.Context, id string) (*drivego.File, error) {
	f, err := s.read(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case f.Trashed:
		return nil, frontdesk.Errorf(frontdesk.NotFound, "drive: the object is in the trash")
	case f.MimeType == folderType:
		return nil, frontdesk.Errorf(frontdesk.NotFound, "drive: this is a folder")
	case f.MimeType == shortcutType && f.ShortcutDetails == nil:
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "drive: the shortcut leads nowhere")
	}
	return f, nil
}

// read reads whatever has the id.
func (s *Store) read(ctx context.Context, id string) (f *drivego.File, err error) {
	if err := checkID("id", id); err != nil {
		return nil, err
	}
	err = s.do(ctx, call{name: "files.get", send: func(ctx context.Context) (err error) {
		f, err = s.api.Files.Get(id).SupportsAllDrives(true).Fields(googleapi.Field(fields)).Context(ctx).Do()
		return err
	}})
	return f, err
}

// checkID passes what Drive's ids are made of. Anything else would reach another endpoint.
func checkID(field, id string) error {
	odd := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_')
	}
	switch {
	case id == "":
		return frontdesk.InvalidField(field, "must not be empty")
	case len(id) > 200 || strings.ContainsFunc(id, odd):
		return frontdesk.InvalidField(field, "is not an id of Drive's")
	}
	return nil
}

// object is what is told of a file. It keeps the id that was asked for, which may be a
// shortcut's.
func (s *Store) object(f *drivego.File, id string) *storage.Object {
	o := &storage.Object{
		ID: id, Name: f.Name, ContentType: f.MimeType, Size: f.Size, Metadata: metadata(f.AppProperties),
		CreatedAt: instant(f.CreatedTime), ModifiedAt: instant(f.ModifiedTime),
	}
	if len(f.Parents) > 0 && !s.isRoot(f) {
		o.Folder = f.Parents[0]
	}
	if strings.HasPrefix(f.MimeType, nativePrefix) {
		o.Native = f.MimeType
	}
	if sum, err := hex.DecodeString(f.Sha256Checksum); err == nil && len(sum) > 0 {
		o.SHA256 = sum
	}
	return o
}

// isRoot reports whether a file lies directly in the store's root. Drive tells the root of
// My Drive by its real id.
func (s *Store) isRoot(f *drivego.File) bool {
	if s.root != "root" {
		return f.Parents[0] == s.root
	}
	return f.AppProperties[parentProperty] == "root"
}

func instant(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func metadata(properties map[string]string) map[string]string {
	var m map[string]string
	for key, value := range properties {
		if name, found := strings.CutPrefix(key, metadataPrefix); found {
			if m == nil {
				m = map[string]string{}
			}
			m[name] = value
		}
	}
	return m
}

// describe is the file that a put or copy makes.
func (s *Store) describe(id string, o storage.PutOptions) *drivego.File {
	properties := map[string]string{rootProperty: s.root}
	for key, value := range maps.All(o.Metadata) {
		properties[metadataPrefix+key] = value
	}
	parent := o.Folder
	if parent == "" {
		parent = s.root
	}
	if parent == "root" {
		properties[parentProperty] = parent
	}
	return &drivego.File{Id: id, Name: o.Name, MimeType: o.ContentType, Parents: []string{parent}, AppProperties: properties}
}

// empty is the failure of a call that was answered with too little.
func empty(name string) error {
	return frontdesk.Errorf(frontdesk.Internal, "drive: %s: the answer lacks what was asked for", name)
}
