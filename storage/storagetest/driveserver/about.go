package driveserver

import (
	"net/http"
	"strconv"
)

// about tells who asks and how much room there is. As Drive, it wants to know the fields.
func (s *Server) about(r *http.Request, _ Fault) reply {
	fields := r.URL.Query().Get("fields")
	if fields == "" {
		return &refusal{http.StatusBadRequest, "required", "The 'fields' parameter is required for this method."}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	quota := map[string]any{"usage": strconv.FormatInt(s.used(), 10)}
	if s.options.Quota > 0 || s.service() {
		quota["limit"] = strconv.FormatInt(s.options.Quota, 10)
	}
	return object(project(map[string]any{
		"kind": "drive#about", "storageQuota": quota,
		"user": map[string]any{"kind": "drive#user", "me": true, "displayName": "Desk", "emailAddress": s.options.User},
	}, fields))
}

func (s *Server) drive(r *http.Request, _ Fault) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.byID[r.PathValue("id")]
	if i == nil || !i.root || i.drive == "" {
		return &refusal{http.StatusNotFound, "notFound", "Shared drive not found: " + r.PathValue("id")}
	}
	return object(project(map[string]any{"kind": "drive#drive", "id": i.id, "name": i.name}, or(r.URL.Query().Get("fields"), "kind,id,name")))
}

// export answers with what a native document was given to be exported as.
func (s *Server) export(r *http.Request, _ Fault) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, refused := s.find(r.PathValue("id")), (*refusal)(nil)
	if i != nil && i.drive == "" {
		i, refused = s.reach(r, r.PathValue("id"))
	}
	media := r.URL.Query().Get("mimeType")
	switch {
	case refused != nil:
		return refused
	case i == nil:
		return notFound(r.PathValue("id"))
	case i.binary() || i.mimeType == FolderType || i.mimeType == ShortcutType:
		return forbidden("fileNotExportable", "Export only supports Docs Editors files.")
	case media != "application/pdf" && media != "text/plain":
		return &refusal{http.StatusBadRequest, "badRequest", "The requested conversion is not supported."}
	case len(i.exports) > maxExport:
		return forbidden("exportSizeLimitExceeded", "This file is too large to be exported.")
	}
	return raw{http.StatusOK, http.Header{"Content-Type": {media}}, i.exports}
}
