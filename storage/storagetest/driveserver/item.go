package driveserver

import (
	"crypto/md5" //nolint:gosec // Drive tells it
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Types of what is no binary file.
const (
	FolderType   = "application/vnd.google-apps.folder"
	ShortcutType = "application/vnd.google-apps.shortcut"
	DocumentType = "application/vnd.google-apps.document"
)

const nativePrefix = "application/vnd.google-apps."

// item is a file or folder.
type item struct {
	number             int // counts from 1
	id, name, mimeType string
	parent             string
	drive              string // the shared drive that it is in; empty: My Drive
	root               bool   // of a drive
	hidden             bool   // the app may not see it
	trashed            bool
	target             string // of a shortcut
	properties         map[string]string
	content            content
	created, modified  time.Time
	anyone             *bool // who has the link may read it; true: search finds it
	exports            []byte
}

// content is what a file holds.
type content struct {
	data        []byte
	size        int64
	md5, sha256 string
}

func (i *item) binary() bool { return !strings.HasPrefix(i.mimeType, nativePrefix) }

// digest is content that still comes in.
type digest struct {
	data    []byte
	size    int64
	md5     hash.Hash
	sha256  hash.Hash
	discard bool
}

func newDigest(discard bool) *digest {
	return &digest{md5: md5.New(), sha256: sha256.New(), discard: discard} //nolint:gosec // Drive tells it
}

// Write implements [io.Writer].
func (d *digest) Write(p []byte) (int, error) {
	if !d.discard {
		d.data = append(d.data, p...)
	}
	d.size += int64(len(p))
	d.md5.Write(p)
	return d.sha256.Write(p)
}

func (d *digest) content() content {
	return content{d.data, d.size, hex.EncodeToString(d.md5.Sum(nil)), hex.EncodeToString(d.sha256.Sum(nil))}
}

func contentOf(data []byte) content {
	d := newDigest(false)
	_, _ = d.Write(data)
	return d.content()
}

// add keeps an item. The lock is held, or nobody knows the server yet.
func (s *Server) add(i *item) *item {
	if i.id == "" {
		i.id = newID()
	}
	s.made++
	i.number, i.created, i.modified = s.made, s.now(), s.now()
	s.items = append(s.items, i)
	s.byID[i.id] = i
	return i
}

// inTrash reports whether i or a folder above it is in the trash.
func (s *Server) inTrash(i *item) bool {
	for ; i != nil; i = s.byID[i.parent] {
		if i.trashed {
			return true
		}
	}
	return false
}

// drop removes an item and all that is in it.
func (s *Server) drop(i *item) {
	delete(s.byID, i.id)
	s.items = slices.DeleteFunc(s.items, func(other *item) bool { return other == i })
	for _, child := range slices.Clone(s.items) {
		if child.parent == i.id {
			s.drop(child)
		}
	}
}

// view is an item as Drive tells it, with all fields.
func (s *Server) view(i *item) map[string]any {
	v := map[string]any{
		"kind": "drive#file", "id": i.id, "name": i.name, "mimeType": i.mimeType, "trashed": s.inTrash(i), "explicitlyTrashed": i.trashed,
		"createdTime": stamp(i.created), "modifiedTime": stamp(i.modified), "shared": i.anyone != nil,
		"webViewLink": viewPrefix + i.id + viewSuffix, "capabilities": map[string]any{"canAddChildren": i.mimeType == FolderType},
	}
	if i.parent != "" {
		v["parents"] = []string{i.parent}
	}
	if i.drive != "" {
		v["driveId"] = i.drive
	}
	if len(i.properties) > 0 {
		v["appProperties"] = maps.Clone(i.properties)
	}
	if i.target != "" {
		v["shortcutDetails"] = map[string]any{"targetId": i.target}
	}
	if i.binary() {
		v["size"] = strconv.FormatInt(i.content.size, 10)
		v["md5Checksum"], v["sha256Checksum"] = i.content.md5, i.content.sha256
		v["webContentLink"] = "https://drive.google.com/uc?id=" + i.id + "&export=download"
	}
	return v
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z07:00") }
