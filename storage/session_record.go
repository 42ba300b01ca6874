package storage

import (
	"crypto/sha256"
	"encoding/json"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// sessionRecord is what is remembered of an upload in parts beside its bytes.
type sessionRecord struct {
	Owner sessionOwner `json:"owner"`

	Client      string     `json:"client"`
	Name        string     `json:"name"`
	Size        int64      `json:"size"`
	Title       string     `json:"title,omitempty"`
	Folder      string     `json:"folder,omitempty"`
	Visibility  Visibility `json:"visibility,omitempty"`
	Key         string     `json:"key,omitempty"`
	ContentType string     `json:"content_type,omitempty"`
	SHA256      []byte     `json:"sha256,omitempty"`
	Revises     string     `json:"revises,omitempty"` // the document of which it is a version

	CreatedAt  time.Time `json:"created_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"` // when it was first to be finished: the version's time
	Document   string    `json:"document,omitempty"`   // that it has become
}

// sessionOwner is whose it is: one person in one role.
type sessionOwner struct {
	ID     string         `json:"id"`
	Role   frontdesk.Role `json:"role"`
	Client string         `json:"client,omitempty"`
	Expert string         `json:"expert,omitempty"`
}

func ownerOf(a frontdesk.Actor) sessionOwner {
	return sessionOwner{ID: a.ID, Role: a.Role, Client: a.ClientID, Expert: a.ExpertID}
}

// ownerPrefix begins the ids of a person's sessions, so that they are found and counted
// without those of others.
func ownerPrefix(a frontdesk.Actor) string {
	owner, _ := json.Marshal(ownerOf(a)) //nolint:errchkjson // four texts
	sum := sha256.Sum256(owner)
	return sortable.EncodeToString(sum[:10])
}

func newSessionRecord(a frontdesk.Actor, u Upload, revises string, now time.Time) *sessionRecord {
	return &sessionRecord{
		Owner: ownerOf(a), Client: u.Client, Name: u.Name, Size: u.Size, Title: u.Title, Folder: u.Folder,
		Visibility: u.Visibility, Key: u.Key, ContentType: u.ContentType, SHA256: u.SHA256, Revises: revises,
		CreatedAt: now.Truncate(time.Microsecond),
	}
}

// readSessionRecord fails with NotFound for what is not a's.
func readSessionRecord(a frontdesk.Actor, p Partial) (*sessionRecord, error) {
	r := new(sessionRecord)
	if err := json.Unmarshal(p.Record, r); err != nil {
		return nil, frontdesk.Errorf(frontdesk.Internal, "what is remembered of the upload cannot be read: %w", err)
	}
	if a.OnBehalfOf != "" || r.Owner != ownerOf(a) {
		return nil, errNoSession
	}
	return r, nil
}

// upload is what was said when it began.
func (r *sessionRecord) upload() Upload {
	return Upload{
		Client: r.Client, Name: r.Name, Title: r.Title, Folder: r.Folder, Size: r.Size, ContentType: r.ContentType,
		SHA256: r.SHA256, Visibility: r.Visibility, Key: r.Key,
	}
}

var errNoSession = frontdesk.Errorf(frontdesk.NotFound, "there is no such upload")

// mayBeSession reports whether the id can be one of a's.
func mayBeSession(a frontdesk.Actor, id string) bool {
	return strings.HasPrefix(id, ownerPrefix(a)) && len(id) <= 64 && ours(id)
}
