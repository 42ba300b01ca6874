package main

import (
	"net/http"
	"net/url"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

const (
	documentsAt   = "/portal/documents"
	pageDocuments = 25 // on a page
)

// scriptPolicy is the pages' policy for those with a script, which asks the portal's API.
const scriptPolicy = policy + "; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'"

func (p *portal) mountDocuments(mux *http.ServeMux) {
	mux.HandleFunc("GET "+documentsAt, p.documentsList)
	mux.HandleFunc("POST "+documentsAt, p.uploadForm)
	mux.HandleFunc("GET /portal/documents.js", scriptFile("documents.js"))
	one := documentsAt + "/{id}"
	mux.HandleFunc("GET "+one, p.documentDetails)
	mux.HandleFunc("POST "+one+"/versions", p.versionForm)
	mux.HandleFunc("POST "+one+"/share", p.decision(admins, p.shareDocument))
	mux.HandleFunc("POST "+one+"/unshare", p.decision(admins, p.unshareDocument))
	mux.HandleFunc("POST "+one+"/approve", p.decision(admins, p.approveDocument))
	mux.HandleFunc("POST "+one+"/reject", p.decision(admins, p.rejectDocument))
	mux.HandleFunc("POST "+one+"/remove", p.decision(owners, p.removeDocument))
}

// scriptFile serves what some pages work better with.
func scriptFile(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=300")
		http.ServeFileFS(w, r, files, "templates/"+name)
	}
}

// done are what the pages say after a form was carried out, by the parameter that leads there.
var done = map[string]string{
	"uploaded": "It is uploaded. You can leave this page: it is stored without you.",
	"shared":   "The client sees it now.",
	"unshared": "Only you see it now.",
	"approved": "It is approved.",
	"rejected": "It is rejected, and the client reads why.",
	"removed":  "It is deleted.",
}

// documentsData is a part of the list of documents.
type documentsData struct {
	Admin     bool
	Clients   people // whom an admin chooses from
	Client    person // whose documents these are; none: everybody's
	Statuses  []storage.Status
	Status    string
	Documents []documentRow
	Usage     storage.Usage
	Upload    *uploading // nil while an admin has not chosen a client
	Older     string
	Done      string
	Problem   string // why the form was not carried out
}

// Link is the list with another client or status.
func (d documentsData) Link(client, status string) string {
	q := url.Values{}
	if client != "" && d.Admin {
		q.Set("client", client)
	}
	if status != "" {
		q.Set("status", status)
	}
	if len(q) == 0 {
		return documentsAt
	}
	return documentsAt + "?" + q.Encode()
}

// owner is who asks for pages of documents.
func (p *portal) owner(w http.ResponseWriter, r *http.Request) (frontdesk.Actor, bool) {
	if _, ok := p.person(r); !ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return frontdesk.Actor{}, false
	}
	a, err := frontdesk.ActorFrom(r.Context())
	if err == nil {
		err = owners.allow(r)
	}
	if err != nil {
		p.refusePage(w, r, err)
	}
	return a, err == nil
}

func (p *portal) documentsList(w http.ResponseWriter, r *http.Request) {
	if a, ok := p.owner(w, r); ok {
		p.showDocuments(w, r, a, nil)
	}
}

// showDocuments shows the list, with what was wrong with a form if something was.
func (p *portal) showDocuments(w http.ResponseWriter, r *http.Request, a frontdesk.Actor, wrong *problem) {
	data, err := p.readDocuments(r, a)
	if err != nil {
		p.refusePage(w, r, err)
		return
	}
	status := http.StatusOK
	if wrong != nil {
		status, data.Problem = wrong.Status, wrong.Sentence()
	}
	p.showAs(status, scriptPolicy, w, r, documentsPage, data)
}

func (p *portal) readDocuments(r *http.Request, a frontdesk.Actor) (documentsData, error) {
	q := r.URL.Query()
	d := documentsData{
		Admin: a.Role == frontdesk.RoleAdmin, Statuses: []storage.Status{storage.StatusPending, storage.StatusApproved, storage.StatusRejected},
		Status: q.Get("status"), Done: done[q.Get("done")],
	}
	client := a.ClientID
	if d.Admin {
		d.Clients, client = p.people.clients(), q.Get("client")
	}
	if client != "" {
		who, ok := p.people.find(string(frontdesk.RoleClient) + ":" + client)
		if !ok {
			return d, frontdesk.Errorf(frontdesk.NotFound, "there is no such client")
		}
		if err := p.readClientDocuments(r, a, &d, who); err != nil {
			return d, err
		}
	}
	return d, p.listDocuments(r, a, &d, storage.Filter{Client: client, Before: q.Get("cursor"), Limit: pageDocuments + 1})
}

// readClientDocuments adds what there is only for one client.
func (p *portal) readClientDocuments(r *http.Request, a frontdesk.Actor, d *documentsData, who person) (err error) {
	d.Client = who
	d.Upload = &uploading{Action: documentsAt, Person: string(a.Role) + ":" + a.ID, MaxBytes: p.docs.MaxSize(), Button: "Upload", Primary: true}
	if d.Admin {
		d.Upload.Client, d.Upload.Action = who.ID, d.Link(who.ID, "")
	}
	if d.Admin { // what is not shared counts too, which clients need not know of
		d.Usage, err = p.docs.Usage(r.Context(), who.ID)
	}
	return err
}

func (p *portal) listDocuments(r *http.Request, a frontdesk.Actor, d *documentsData, f storage.Filter) error {
	if d.Status != "" {
		f.Statuses = []storage.Status{storage.Status(d.Status)}
	}
	for one, err := range p.docs.List(r.Context(), f) {
		if err != nil {
			return err
		}
		d.Documents = append(d.Documents, p.documentRow(a, one))
	}
	if len(d.Documents) > pageDocuments {
		d.Documents = d.Documents[:pageDocuments]
		q := r.URL.Query()
		q.Del("done")
		q.Set("cursor", d.Documents[pageDocuments-1].ID)
		d.Older = documentsAt + "?" + q.Encode()
	}
	return nil
}
