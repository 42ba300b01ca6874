package drive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"

	"github.com/frontdesk-go/frontdesk"
)

const stateVersion = 1

// state is what a put leaves for the process after this one.
type state struct {
	Version int    `json:"v"`
	ID      string `json:"id"`      // of the file
	Session string `json:"session"` // its URL; empty: it goes in one request
	Size    int64  `json:"size"`    // of the content
	Offset  int64  `json:"offset"`  // how much of it was summed
	Hash    []byte `json:"hash"`    // the state of the sum there
	About   string `json:"about"`   // what else was said of the file, summed
	Put     string `json:"put"`     // the mark of the put
}

// persist saves where the upload is.
func (u *upload) persist(ctx context.Context, session string) error {
	if u.save == nil {
		return nil
	}
	sum, err := u.digest.state()
	if err != nil {
		return frontdesk.Errorf(frontdesk.Internal, "drive: the checksum has no state: %w", err)
	}
	raw, err := json.Marshal(&state{stateVersion, u.id, session, u.source.size, u.digest.at, sum, u.about(), u.draft.AppProperties[putProperty]})
	if err != nil {
		return frontdesk.Errorf(frontdesk.Internal, "drive: the state cannot be written: %w", err)
	}
	return u.save(ctx, raw)
}

// about sums up the description: a session with another one is not ours to continue.
func (u *upload) about() string {
	o := u.options
	text, err := json.Marshal([]any{o.Folder, o.Name, o.ContentType, o.Metadata, o.SHA256})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// restore reads a saved state. One that is not of this put, or not of this content, counts
// as none; only content that cannot be read is an error.
func (s *Store) restore(u *upload, raw []byte) (*state, error) {
	saved, ok := parseState(raw)
	switch {
	case !ok, saved.Size != u.source.size, saved.About != u.about(), u.options.ID != "" && saved.ID != u.options.ID,
		saved.Session != "" && !s.ours(saved.Session):
		return nil, nil
	}
	if err := u.digest.moveTo(u.source, saved.Offset); err != nil {
		return nil, err
	}
	if now, err := u.digest.state(); err != nil || !bytes.Equal(now, saved.Hash) {
		return nil, nil //nolint:nilerr // a sum that has no state is not that of the content
	}
	return saved, nil
}

func parseState(raw []byte) (*state, bool) {
	saved := &state{}
	if len(raw) == 0 || json.Unmarshal(raw, saved) != nil {
		return nil, false
	}
	sane := saved.Version == stateVersion && checkID("id", saved.ID) == nil && saved.Offset >= 0 && saved.Offset <= saved.Size
	return saved, sane
}

// ours reports whether a session lies where uploads go. Content is sent nowhere else.
func (s *Store) ours(session string) bool {
	u, err := url.Parse(session)
	return err == nil && u.Scheme == s.uploads.Scheme && u.Host == s.uploads.Host && u.Path == s.uploads.Path && u.User == nil
}
