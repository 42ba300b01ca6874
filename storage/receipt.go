package storage

import "time"

// Receipt tells that somebody got the content of a version.
type Receipt struct {
	ID       int64 // the Store's; later ones are greater
	Document string
	Version  int
	Kind     Access
	By       By
	At       time.Time
}

// Access is what somebody got the content for.
type Access string

const (
	View     Access = "view"
	Download Access = "download"
)
