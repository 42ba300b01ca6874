package storagetest

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// linkBase is where the store's URLs lead: nowhere. Visit reads them.
const linkBase = "https://storage.invalid/"

// Link returns a URL that Visit can read for a time.
func (s *Store) Link(ctx context.Context, id string, valid time.Duration) (string, error) {
	if valid <= 0 {
		return "", frontdesk.InvalidField("valid", "is not above zero")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.find(ctx, id)
	if err != nil {
		return "", err
	}
	token := s.nextID(linkPrefix)
	o.links[token] = s.now().Add(valid)
	return linkBase + id + "?token=" + token, nil
}

// Share returns a URL that Visit can read until Unshare.
func (s *Store) Share(ctx context.Context, id string) (string, error) {
	return linkBase + id, s.share(ctx, id, true)
}

// Unshare takes Share back; Link's URLs stay. An object that is not shared is no error.
func (s *Store) Unshare(ctx context.Context, id string) error { return s.share(ctx, id, false) }

func (s *Store) share(ctx context.Context, id string, shared bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	o.shared = shared
	return nil
}

// Visit reads a URL of Link or Share, as anybody who has it can. It fails with
// PermissionDenied when the URL does not open the object any more, and with
// NotFound when there is none.
func (s *Store) Visit(_ context.Context, rawURL string) ([]byte, error) {
	u, err := url.Parse(rawURL)
	if err != nil || !strings.HasPrefix(rawURL, linkBase) {
		return nil, frontdesk.InvalidField("url", "is not one of the store's")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, found := s.objects[strings.TrimPrefix(u.Path, "/")]
	if !found {
		return nil, frontdesk.Errorf(frontdesk.NotFound, "there is no such object")
	}
	if !o.shared && !s.now().Before(o.links[u.Query().Get("token")]) {
		return nil, frontdesk.Errorf(frontdesk.PermissionDenied, "the object is not open to whoever has the URL")
	}
	return slices.Clone(o.content), nil
}
