package main

import (
	"net/http"

	"github.com/frontdesk-go/frontdesk"
)

// api is the JSON under /portal/api/.
func (p *portal) api() http.Handler {
	mux := http.NewServeMux()
	p.mount(mux, p.apiRoutes())
	mux.HandleFunc("/portal/api/", func(w http.ResponseWriter, r *http.Request) {
		p.refuse(w, r, frontdesk.Errorf(frontdesk.NotFound, "no such path"))
	})
	return mux
}

// apiRoutes lists what docs/http.md describes.
func (p *portal) apiRoutes() []route {
	var all []route
	for _, part := range [][]route{
		p.overviewRoutes(), p.billingRoutes(), p.accountRoutes(), p.balanceRoutes(), p.payoutRoutes(), p.adminRoutes(), p.moneyRoutes(), p.emailRoutes(),
		p.documentRoutes(), p.meetingRoutes(),
	} {
		all = append(all, part...)
	}
	return all
}
