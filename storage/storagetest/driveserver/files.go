package driveserver

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultFields = "kind,id,name,mimeType"
	maxProperties = 30
	maxProperty   = 124
)

// draft is a file as it comes. A property that is null is cleared.
type draft struct {
	ID            string             `json:"id"`
	Name          string             `json:"name"`
	MIMEType      string             `json:"mimeType"`
	Parents       []string           `json:"parents"`
	AppProperties map[string]*string `json:"appProperties"`
	Trashed       *bool              `json:"trashed"`
	Shortcut      struct {
		TargetID string `json:"targetId"`
	} `json:"shortcutDetails"`
}

func readDraft(body io.Reader) (*draft, *refusal) {
	d := &draft{}
	if err := json.NewDecoder(io.LimitReader(body, 1<<20)).Decode(d); err != nil {
		return nil, &refusal{http.StatusBadRequest, "parseError", "Parse Error"}
	}
	for key, value := range d.AppProperties {
		if value != nil && len(key)+len(*value) > maxProperty {
			return nil, invalid("The property is too long: " + key)
		}
	}
	return d, nil
}

// reach finds an item that the request may know of. The lock is held.
func (s *Server) reach(r *http.Request, id string) (*item, *refusal) {
	i := s.find(id)
	if i == nil || i.hidden || i.drive != "" && r.URL.Query().Get("supportsAllDrives") != "true" {
		return nil, notFound(id)
	}
	return i, nil
}

// prepare makes an item of a draft, and keeps nothing yet. The lock is held.
func (s *Server) prepare(r *http.Request, d *draft) (*item, *refusal) {
	if len(d.Parents) > 1 {
		return nil, invalid("A shared drive item must have exactly one parent.")
	}
	parent, refused := s.reach(r, strings.Join(append(d.Parents, "root")[:1], ""))
	switch {
	case refused != nil:
		return nil, refused
	case d.ID != "" && s.byID[d.ID] != nil:
		return nil, &refusal{http.StatusConflict, "fileIdInUse", "A file already exists with the provided ID."}
	case d.ID != "" && !s.issued[d.ID]:
		return nil, invalid("The provided file ID is not usable.")
	}
	i := &item{
		id: d.ID, name: or(d.Name, "Untitled"), mimeType: or(d.MIMEType, "application/octet-stream"),
		parent: parent.id, drive: parent.drive, target: d.Shortcut.TargetID,
	}
	return i, i.setProperties(d)
}

func (i *item) setProperties(d *draft) *refusal {
	properties := maps.Clone(i.properties)
	if properties == nil {
		properties = map[string]string{}
	}
	for key, value := range d.AppProperties {
		if value == nil {
			delete(properties, key)
			continue
		}
		properties[key] = *value
	}
	if len(properties) > maxProperties {
		return forbidden("propertyCountLimitExceeded", "Too many properties.")
	}
	i.properties = properties
	return nil
}

// room refuses content for which there is none. The lock is held.
func (s *Server) room(i *item, size int64) *refusal {
	full := forbidden("storageQuotaExceeded", "The user's Drive storage quota has been exceeded.")
	switch {
	case i.drive != "" || !i.binary():
		return nil
	case s.service():
		return forbidden("storageQuotaExceeded", "Service Accounts do not have storage quota. Leverage shared drives, or use OAuth delegation instead.")
	case s.options.Quota > 0 && s.used()+size > s.options.Quota:
		return full
	}
	return nil
}

// answer is what is told of an item. The lock is held.
func (s *Server) answer(r *http.Request, i *item) reply {
	return object(project(s.view(i), or(r.URL.Query().Get("fields"), defaultFields)))
}

func (s *Server) create(r *http.Request, _ Fault) reply {
	d, refused := readDraft(r.Body)
	if refused != nil {
		return refused
	}
	return s.store(r, d, content{})
}

// store keeps a draft with its content.
func (s *Server) store(r *http.Request, d *draft, c content) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, refused := s.prepare(r, d)
	if refused != nil {
		return refused
	}
	if refused := s.room(i, c.size); refused != nil {
		return refused
	}
	if i.content = c; c.md5 == "" {
		i.content = contentOf(nil)
	}
	return s.answer(r, s.add(i))
}

func (s *Server) get(r *http.Request, _ Fault) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, refused := s.reach(r, r.PathValue("id"))
	switch {
	case refused != nil:
		return refused
	case r.URL.Query().Get("alt") == "media":
		return i.download(r)
	}
	return s.answer(r, i)
}

func (s *Server) update(r *http.Request, _ Fault) reply {
	d, refused := readDraft(r.Body)
	if refused != nil {
		return refused
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i, refused := s.reach(r, r.PathValue("id"))
	if refused != nil {
		return refused
	}
	if refused := i.setProperties(d); refused != nil {
		return refused
	}
	i.name, i.modified = or(d.Name, i.name), s.now()
	if d.Trashed != nil {
		i.trashed = *d.Trashed
	}
	if parent := r.URL.Query().Get("addParents"); parent != "" {
		to, refused := s.reach(r, parent)
		if refused != nil {
			return refused
		}
		i.parent, i.drive = to.id, to.drive
	}
	return s.answer(r, i)
}

func (s *Server) remove(r *http.Request, _ Fault) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, refused := s.reach(r, r.PathValue("id"))
	switch {
	case refused != nil:
		return refused
	case i.root:
		return forbidden("insufficientFilePermissions", "The user does not have sufficient permissions for this file.")
	}
	s.drop(i)
	return nothing(http.StatusNoContent)
}

func (s *Server) copy(r *http.Request, _ Fault) reply {
	d, refused := readDraft(r.Body)
	if refused != nil {
		return refused
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	from, refused := s.reach(r, r.PathValue("id"))
	if refused != nil {
		return refused
	}
	if len(d.Parents) == 0 {
		d.Parents = []string{from.parent}
	}
	d.Name, d.MIMEType = or(d.Name, "Copy of "+from.name), or(d.MIMEType, from.mimeType)
	i, refused := s.prepare(r, d)
	if refused != nil {
		return refused
	}
	if refused := s.room(i, from.content.size); refused != nil {
		return refused
	}
	i.content, i.exports = from.content, from.exports
	i.properties = maps.Clone(from.properties)
	if refused := i.setProperties(d); refused != nil {
		return refused
	}
	return s.answer(r, s.add(i))
}

func (s *Server) generateIDs(r *http.Request, _ Fault) reply {
	count, err := strconv.Atoi(or(r.URL.Query().Get("count"), "10"))
	if err != nil || count < 1 || count > 1000 {
		return invalid("Invalid value for count.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, count)
	for n := range ids {
		ids[n] = newID()
		s.issued[ids[n]] = true
	}
	return object{"kind": "drive#generatedIds", "space": "drive", "ids": ids}
}

// list answers a page of what matches the parameter "q".
func (s *Server) list(r *http.Request, _ Fault) reply {
	p := r.URL.Query()
	q, err := parseQuery(p.Get("q"))
	size, sizeErr := strconv.Atoi(or(p.Get("pageSize"), "100"))
	after, tokenErr := strconv.Atoi(or(p.Get("pageToken"), "0"))
	switch {
	case err != nil:
		return invalid("Invalid Value: " + err.Error())
	case sizeErr != nil || size < 1 || size > 1000, tokenErr != nil || after < 0:
		return invalid("Invalid Value")
	case p.Get("corpora") == "drive" && p.Get("driveId") == "":
		return invalid("The driveId parameter is required if corpora is drive.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, next := s.page(r, q, after, size)
	answer := map[string]any{"kind": "drive#fileList", "incompleteSearch": false, "files": found}
	if next > 0 {
		answer["nextPageToken"] = strconv.Itoa(next)
	}
	return object(project(answer, or(p.Get("fields"), "kind,incompleteSearch,nextPageToken,files("+defaultFields+")")))
}

func (s *Server) page(r *http.Request, q query, after, size int) (found []map[string]any, next int) {
	found = []map[string]any{}
	last := 0
	for _, i := range s.items {
		if i.number <= after || !s.listed(r, q, i) {
			continue
		}
		if len(found) == size {
			return found, last
		}
		found, last = append(found, s.view(i)), i.number
	}
	return found, 0
}

// listed reports whether a list shows an item.
func (s *Server) listed(r *http.Request, q query, i *item) bool {
	p := r.URL.Query()
	lag := s.options.SearchLag
	if q.byParent() {
		lag = s.options.ListLag
	}
	all := p.Get("includeItemsFromAllDrives") == "true" && p.Get("supportsAllDrives") == "true"
	drive := p.Get("driveId")
	switch {
	case i.hidden, i.root, i.drive != "" && !all:
		return false
	case p.Get("corpora") == "drive" && i.drive != drive:
		return false
	case lag > 0 && i.created.Add(lag).After(s.now()):
		return false
	}
	return q.matches(s, i)
}

func (s *Server) used() int64 {
	var sum int64
	for _, i := range s.items {
		if i.drive == "" {
			sum += i.content.size
		}
	}
	return sum
}

func (s *Server) service() bool { return strings.HasSuffix(s.options.User, "gserviceaccount.com") }

// download answers with the content, or the part that the header Range selects.
func (i *item) download(r *http.Request) reply {
	if !i.binary() {
		return forbidden("fileNotDownloadable", "Only files with binary content can be downloaded. Use Export with Docs Editors files.")
	}
	header := http.Header{"Content-Type": {i.mimeType}}
	first, last, ok := parseRange(r.Header.Get("Range"), int64(len(i.content.data)))
	switch {
	case !ok:
		return &refusal{http.StatusRequestedRangeNotSatisfiable, "requestedRangeNotSatisfiable", "Request range not satisfiable"}
	case r.Header.Get("Range") == "":
		return raw{http.StatusOK, header, slices.Clone(i.content.data)}
	}
	header.Set("Content-Range", "bytes "+strconv.FormatInt(first, 10)+"-"+strconv.FormatInt(last, 10)+"/"+strconv.Itoa(len(i.content.data)))
	return raw{http.StatusPartialContent, header, slices.Clone(i.content.data[first : last+1])}
}
