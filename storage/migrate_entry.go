package storage

import (
	"encoding/hex"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// migrationState is how far an item is.
type migrationState string

const (
	itemReserved  migrationState = "reserved"  // the id that the copy will have is known
	itemCopied    migrationState = "copied"    // the destination has answered that it has it
	itemVerified  migrationState = "verified"  // it was found whole; from now on the copy counts, and not the original
	itemRewritten migrationState = "rewritten" // the references lead to it
	itemRemoved   migrationState = "removed"   // and the original is deleted
	itemDropped   migrationState = "dropped"   // nobody needs it, and there is no copy
	itemFailed    migrationState = "failed"    // in the state before it
)

// over reports whether a run has nothing to do for the item.
func (s migrationState) over() bool { return s == itemRewritten || s == itemRemoved }

// migrationEntry is a line of the manifest.
type migrationEntry struct {
	Key     string         `json:"key"`
	State   migrationState `json:"state"`
	ID      string         `json:"id,omitempty"`
	Size    int64          `json:"size,omitempty"`
	SHA256  string         `json:"sha256,omitempty"`
	Version string         `json:"version,omitempty"` // of the original that was copied
	Code    frontdesk.Code `json:"code,omitempty"`    // why it has failed
	At      time.Time      `json:"at"`

	seen bool // the source has listed it in this run
}

// to is the entry one step further.
func (e migrationEntry) to(s migrationState) migrationEntry {
	e.State = s
	return e
}

func (e *migrationEntry) sum() []byte {
	sum, err := hex.DecodeString(e.SHA256)
	if err != nil {
		return nil
	}
	return sum
}

func (e *migrationEntry) migrated(store string) Migrated {
	return Migrated{Key: e.Key, To: ObjectRef{Store: store, ID: e.ID}, Size: e.Size, SHA256: e.sum()}
}
