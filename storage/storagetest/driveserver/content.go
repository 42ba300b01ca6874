package driveserver

import (
	"maps"
	"slices"
	"strings"
)

// A link is an id between them.
const (
	viewPrefix = "https://drive.google.com/file/d/"
	viewSuffix = "/view"
)

// File is a file or folder as it lies in the server.
type File struct {
	ID, Name, MIMEType string
	Parent             string // empty: the root of My Drive
	Properties         map[string]string
	Content            []byte
	Trashed            bool
	Public             bool // anyone with the link may read it
	Searchable         bool // and search engines find it

	Hidden bool   // it was made by hand and the app never saw it
	Target string // of a shortcut
	Export []byte // what a native document is exported as
}

// Add puts a file there, as somebody would by hand, and returns its id.
func (s *Server) Add(f File) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	parent := s.find(or(f.Parent, "root"))
	i := &item{
		id: f.ID, name: f.Name, mimeType: or(f.MIMEType, "application/octet-stream"), properties: maps.Clone(f.Properties),
		content: contentOf(f.Content), trashed: f.Trashed, hidden: f.Hidden, target: f.Target, exports: f.Export,
	}
	if parent != nil {
		i.parent, i.drive = parent.id, parent.drive
	}
	return s.add(i).id
}

// AddDrive makes a shared drive and returns its id, which is that of its root folder too.
func (s *Server) AddDrive(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.add(&item{name: name, mimeType: FolderType, root: true})
	i.drive = i.id
	return i.id
}

// Files are all files and folders but the roots, in the order in which they were made.
func (s *Server) Files() []File {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []File
	for _, i := range s.items {
		if !i.root {
			all = append(all, s.file(i))
		}
	}
	return all
}

func (s *Server) file(i *item) File {
	return File{
		ID: i.id, Name: i.name, MIMEType: i.mimeType, Parent: i.parent, Properties: maps.Clone(i.properties),
		Content: slices.Clone(i.content.data), Trashed: s.inTrash(i), Public: i.anyone != nil,
		Searchable: i.anyone != nil && *i.anyone, Hidden: i.hidden, Target: i.target, Export: i.exports,
	}
}

// Trash moves a file to the trash, as somebody would by hand.
func (s *Server) Trash(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.find(id); i != nil {
		i.trashed = true
	}
}

// SetQuota changes Options.Quota.
func (s *Server) SetQuota(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options.Quota = n
}

// Visit is what a stranger reads at the webViewLink of a file, if anything.
func (s *Server) Visit(link string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, _ := strings.CutSuffix(strings.TrimPrefix(link, viewPrefix), viewSuffix)
	i := s.byID[id]
	if i == nil || i.anyone == nil || s.inTrash(i) {
		return nil, false
	}
	return slices.Clone(i.content.data), true
}

// find finds an item by its id, or My Drive as "root". The lock is held.
func (s *Server) find(id string) *item {
	if id == "root" {
		id = "my-drive-root"
	}
	return s.byID[id]
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
