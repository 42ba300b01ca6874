package main

import (
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// maxBody is how many bytes of a request's body are read.
const maxBody = 64 << 10

// route is one thing that can be asked of the API.
type route struct {
	method string
	path   string
	who    roles
	status int // of the answer when all goes well
	answer endpoint
}

// endpoint answers a request with what is to be written as JSON, with a file, with a
// handler that does the rest, or with nothing.
type endpoint func(r *http.Request) (any, error)

// roles are those that may ask. Nil is anybody, also who is not signed in.
type roles []frontdesk.Role

var (
	anybody  roles
	everyone = roles{frontdesk.RoleClient, frontdesk.RoleExpert, frontdesk.RoleAdmin}
	clients  = roles{frontdesk.RoleClient}
	owners   = roles{frontdesk.RoleClient, frontdesk.RoleAdmin} // a client for their own, an admin for all
	experts  = roles{frontdesk.RoleExpert}
	payees   = roles{frontdesk.RoleExpert, frontdesk.RoleAdmin} // an expert for their own, an admin for the one they name
	admins   = roles{frontdesk.RoleAdmin}
)

// allow passes the roles, and nobody who is not signed in.
func (all roles) allow(r *http.Request) error {
	if all == nil {
		return nil
	}
	a, err := frontdesk.ActorFrom(r.Context())
	if err != nil {
		return err
	}
	if !slices.Contains(all, a.Role) {
		return frontdesk.Errorf(frontdesk.PermissionDenied, "this is not for the role %q", a.Role)
	}
	return nil
}

// mount serves the routes.
func (p *portal) mount(mux *http.ServeMux, routes []route) {
	paths := map[string][]route{}
	for _, rt := range routes {
		paths[rt.path] = append(paths[rt.path], rt)
	}
	for path, methods := range paths {
		mux.Handle(path, resource{p, methods})
	}
}

// resource is a path with what can be done to it.
type resource struct {
	*portal
	methods []route
}

// ServeHTTP answers by the method.
func (res resource) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for _, rt := range res.methods {
		if rt.method == method {
			res.serve(rt, w, r)
			return
		}
	}
	w.Header().Set("Allow", res.allowed())
	writeProblem(w, r, http.StatusMethodNotAllowed, problem{Code: frontdesk.Invalid, Detail: "this path does not have the method"})
}

func (res resource) allowed() string {
	var methods []string
	for _, rt := range res.methods {
		methods = append(methods, rt.method)
		if rt.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	return strings.Join(methods, ", ")
}

func (res resource) serve(rt route, w http.ResponseWriter, r *http.Request) {
	if err := rt.who.allow(r); err != nil {
		res.refuse(w, r, err)
		return
	}
	whole := r.Body
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	v, err := rt.answer(r)
	if err != nil {
		res.refuse(w, r, err)
		return
	}
	switch v := v.(type) {
	case nil:
		w.WriteHeader(rt.status)
	case file:
		v.write(w)
	case http.Handler:
		r.Body = whole
		v.ServeHTTP(w, r)
	default:
		writeJSON(w, rt.status, "application/json", v)
	}
}

// file is an answer that is to be saved rather than shown.
type file struct {
	name        string
	contentType string
	content     []byte
}

func (f file) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(f.content) // a peer that has gone away reads no answer
}

func writeJSON(w http.ResponseWriter, status int, contentType string, v any) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// A peer that has gone away reads no answer.
	_ = json.NewEncoder(w).Encode(v)
}
