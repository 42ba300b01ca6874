package storagehttp

import (
	"encoding/hex"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// documentRecord is a document with its newest version.
type documentRecord struct {
	ID          string             `json:"id"`
	Client      string             `json:"client"`
	Name        string             `json:"name"`
	Title       string             `json:"title"`
	Folder      string             `json:"folder"`
	Size        int64              `json:"size"`
	ContentType string             `json:"content_type"`
	SHA256      string             `json:"sha256"`
	Status      storage.Status     `json:"status"`
	Reason      string             `json:"reason"`
	Visibility  storage.Visibility `json:"visibility"`
	State       storage.State      `json:"state"`
	Version     int                `json:"version"`
	UploadedBy  by                 `json:"uploaded_by"`
	DecidedAt   time.Time          `json:"decided_at,omitzero"`
	CreatedAt   time.Time          `json:"created_at"`
	UpdatedAt   time.Time          `json:"updated_at"`
}

// by is who did something, as far as the other side is told.
type by struct {
	Role frontdesk.Role `json:"role"`
}

func newDocumentRecord(d *storage.Document) documentRecord {
	v := d.Latest
	return documentRecord{
		ID: d.ID, Client: d.Client, Name: v.Name, Title: d.Title, Folder: d.Folder, Size: v.Size, ContentType: v.ContentType,
		SHA256: hex.EncodeToString(v.SHA256), Status: d.Status, Reason: d.Reason, Visibility: d.Visibility, State: v.State,
		Version: v.Number, UploadedBy: by{d.By.Role}, DecidedAt: d.DecidedAt, CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
}

type versionRecord struct {
	Version     int           `json:"version"`
	Name        string        `json:"name"`
	Size        int64         `json:"size"`
	ContentType string        `json:"content_type"`
	SHA256      string        `json:"sha256"`
	State       storage.State `json:"state"`
	UploadedBy  by            `json:"uploaded_by"`
	CreatedAt   time.Time     `json:"created_at"`
}

func newVersionRecord(v storage.Version) versionRecord {
	return versionRecord{
		Version: v.Number, Name: v.Name, Size: v.Size, ContentType: v.ContentType, SHA256: hex.EncodeToString(v.SHA256),
		State: v.State, UploadedBy: by{v.By.Role}, CreatedAt: v.CreatedAt,
	}
}

type receiptRecord struct {
	Version int            `json:"version"`
	Kind    storage.Access `json:"kind"`
	By      by             `json:"by"`
	At      time.Time      `json:"at"`
}

func newReceiptRecord(r storage.Receipt) receiptRecord {
	return receiptRecord{Version: r.Version, Kind: r.Kind, By: by{r.By.Role}, At: r.At}
}

// progressRecord is how far the newest version is on its way to the document store.
type progressRecord struct {
	State   storage.State `json:"state"`
	Done    int64         `json:"done"`
	Size    int64         `json:"size"`
	Version int           `json:"version"`
}

// sessionRecord is an upload in parts.
type sessionRecord struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Size      int64     `json:"size"`
	Done      int64     `json:"done"`
	ExpiresAt time.Time `json:"expires_at"`
	Document  string    `json:"document,omitempty"` // that it has become
}

func newSessionRecord(in *storage.Session) sessionRecord {
	return sessionRecord{ID: in.ID, Name: in.Name, Size: in.Size, Done: in.Done, ExpiresAt: in.ExpiresAt, Document: in.Document}
}

// page is a part of a list; the cursor is null on the last one.
type page[R any] struct {
	Data       []R     `json:"data"`
	NextCursor *string `json:"next_cursor"`
}

func newPage[T, R any](all []T, record func(T) R) page[R] {
	p := page[R]{Data: make([]R, 0, len(all))}
	for _, one := range all {
		p.Data = append(p.Data, record(one))
	}
	return p
}
