package main

import (
	"net/http"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// documentData is one document, and who has opened it.
type documentData struct {
	documentRow
	Versions []storage.Version // older than the newest
	Receipts []receiptRow
	Upload   *uploading // nil when there is nothing to replace
	Removes  bool
	Done     string
	Problem  string
}

// Primary reports whether the act is what the page is for.
func (d documentData) Primary(act string) bool {
	switch {
	case d.Admin && d.By.Role == frontdesk.RoleClient && d.Status == storage.StatusPending:
		return act == "approve"
	case !d.Admin && d.Removes && d.Status == storage.StatusRejected:
		return act == "replace"
	}
	return act == "download"
}

// receiptRow is that somebody got a content.
type receiptRow struct {
	storage.Receipt
	Who string
}

func (p *portal) documentDetails(w http.ResponseWriter, r *http.Request) {
	if a, ok := p.owner(w, r); ok {
		p.showDocument(w, r, a, nil)
	}
}

func (p *portal) showDocument(w http.ResponseWriter, r *http.Request, a frontdesk.Actor, wrong *problem) {
	data, err := p.readDocument(r, a)
	if err != nil {
		p.refusePage(w, r, err)
		return
	}
	status := http.StatusOK
	if wrong != nil {
		status, data.Problem = wrong.Status, wrong.Sentence()
	}
	p.showAs(status, scriptPolicy, w, r, documentPage, data)
}

func (p *portal) readDocument(r *http.Request, a frontdesk.Actor) (documentData, error) {
	id, err := pathID(r)
	if err != nil {
		return documentData{}, err
	}
	found, err := p.docs.Document(r.Context(), id)
	if err != nil {
		return documentData{}, err
	}
	d := documentData{documentRow: p.documentRow(a, found), Done: done[r.URL.Query().Get("done")]}
	if d.Removes = d.Admin || found.By.Role == frontdesk.RoleClient && found.Status != storage.StatusApproved; d.Removes {
		d.Upload = &uploading{
			Action: documentsAt + "/" + id + "/versions", Person: string(a.Role) + ":" + a.ID, Document: id,
			MaxBytes: p.docs.MaxSize(), Button: "Upload new version", Primary: d.Primary("replace"),
		}
	}
	all, err := p.docs.Versions(r.Context(), id)
	if err != nil {
		return d, err
	}
	d.Versions = all[min(1, len(all)):]
	receipts, err := p.docs.Receipts(r.Context(), id, 0)
	for _, one := range receipts {
		d.Receipts = append(d.Receipts, receiptRow{one, p.nameFor(a, one.By)})
	}
	return d, err
}
