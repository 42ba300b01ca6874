package driveserver

import (
	"encoding/json"
	"io"
	"net/http"
)

const anyoneID = "anyoneWithLink"

func (s *Server) listPermissions(r *http.Request, _ Fault) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, refused := s.reach(r, r.PathValue("id"))
	if refused != nil {
		return refused
	}
	all := []map[string]any{{"id": "owner", "type": "user", "role": "owner", "emailAddress": s.options.User}}
	if i.anyone != nil {
		all = append(all, anyone(*i.anyone))
	}
	return object{"kind": "drive#permissionList", "permissions": all}
}

func anyone(searchable bool) map[string]any {
	id := anyoneID
	if searchable {
		id = "anyone"
	}
	return map[string]any{"kind": "drive#permission", "id": id, "type": "anyone", "role": "reader", "allowFileDiscovery": searchable}
}

// createPermission opens a file to anyone. As on Drive, search finds it too unless that
// is refused in words.
func (s *Server) createPermission(r *http.Request, _ Fault) reply {
	var p struct {
		Type, Role         string
		AllowFileDiscovery *bool
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&p); err != nil {
		return &refusal{http.StatusBadRequest, "parseError", "Parse Error"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i, refused := s.reach(r, r.PathValue("id"))
	switch {
	case refused != nil:
		return refused
	case p.Type != "anyone" || p.Role != "reader":
		return &refusal{http.StatusBadRequest, "invalidSharingRequest", "Only readers of the type anyone are known here."}
	case s.options.Domain:
		return forbidden("publishOutNotPermitted", "The domain policy does not allow to share this item with anyone.")
	}
	searchable := p.AllowFileDiscovery == nil || *p.AllowFileDiscovery
	i.anyone = &searchable
	return object(anyone(searchable))
}

func (s *Server) deletePermission(r *http.Request, _ Fault) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, refused := s.reach(r, r.PathValue("id"))
	switch {
	case refused != nil:
		return refused
	case i.anyone == nil || r.PathValue("permission") != anyone(*i.anyone)["id"]:
		return &refusal{http.StatusNotFound, "notFound", "Permission not found: " + r.PathValue("permission") + "."}
	}
	i.anyone = nil
	return nothing(http.StatusNoContent)
}
