package drive

import (
	"context"

	drivego "google.golang.org/api/drive/v3"

	"github.com/frontdesk-go/frontdesk"
)

// anyoneID is the id of the permission that is nobody's in particular.
const anyoneID = "anyoneWithLink"

// Share implements [storage.Sharer]. Who has the link may read; search engines do not find
// it. A domain's policy may refuse it: PermissionDenied.
func (s *Store) Share(ctx context.Context, id string) (string, error) {
	f, err := s.find(ctx, id)
	if err != nil {
		return "", err
	}
	anyone := &drivego.Permission{Type: "anyone", Role: "reader", ForceSendFields: []string{"AllowFileDiscovery"}}
	err = s.do(ctx, call{name: "permissions.create", write: true, send: func(ctx context.Context) error {
		_, err := s.api.Permissions.Create(f.Id, anyone).SupportsAllDrives(true).Fields("id").Context(ctx).Do()
		return err
	}})
	switch {
	case err != nil:
		return "", err
	case f.WebViewLink == "":
		return "", empty("files.get")
	}
	return f.WebViewLink, nil
}

// Unshare implements [storage.Sharer]. What is not shared is no error.
func (s *Store) Unshare(ctx context.Context, id string) error {
	f, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	err = s.do(ctx, call{name: "permissions.delete", write: true, send: func(ctx context.Context) error {
		return s.api.Permissions.Delete(f.Id, anyoneID).SupportsAllDrives(true).Context(ctx).Do()
	}})
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return nil
	}
	return err
}
