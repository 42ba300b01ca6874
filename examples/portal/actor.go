package main

import (
	"net/http"

	"github.com/frontdesk-go/frontdesk"
)

// demoHeader names the person in place of a session, in the demo.
const demoHeader = "X-Demo-Actor"

// identify puts who acts into the context. A host does this with its own
// sessions; nothing else of a request says who somebody is.
func (p *portal) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if who, ok := p.person(r); ok {
			r = r.WithContext(frontdesk.WithActor(r.Context(), who.actor(frontdesk.FromRequest(r))))
		}
		next.ServeHTTP(w, r)
	})
}

// person is who has sent the request. A header that names nobody is not made
// good by a session.
func (p *portal) person(r *http.Request) (person, bool) {
	if keys := r.Header.Values(demoHeader); p.demo && len(keys) > 0 {
		if len(keys) > 1 {
			return person{}, false
		}
		return p.people.find(keys[0])
	}
	key, ok := p.sessions.read(r, p.now())
	if !ok {
		return person{}, false
	}
	return p.people.find(key)
}
