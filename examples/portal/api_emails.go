package main

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

func (p *portal) emailRoutes() []route {
	get, post, ok := http.MethodGet, http.MethodPost, http.StatusOK
	return []route{
		{get, "/portal/api/admin/emails", admins, ok, p.emails},
		{get, "/portal/api/admin/emails/{id}", admins, ok, p.emailDetails},
		{post, "/portal/api/admin/emails/{id}/resend", admins, http.StatusAccepted, p.resendEmail},
		{get, "/portal/api/admin/suppressions", admins, ok, p.suppressions},
		{post, "/portal/api/admin/suppressions", admins, http.StatusCreated, p.suppress},
		{http.MethodDelete, "/portal/api/admin/suppressions/{address}", admins, http.StatusNoContent, p.unsuppress},
	}
}

// emails lists the log.
func (p *portal) emails(r *http.Request) (any, error) {
	found, next, err := p.readEmails(r)
	return page(found, next), err
}

// readEmails is the part of the log that the query asks for, and the cursor of the next.
func (p *portal) readEmails(r *http.Request) ([]loggedEmail, string, error) {
	q, err := readQuery(r, "cursor", "limit", "status", "template", "client", "to")
	if err != nil {
		return nil, "", err
	}
	f := email.Filter{
		Client: q.text("client"), Template: q.text("template"), Address: q.text("to"), Before: q.before(), Limit: q.limit(),
	}
	for _, s := range q.all("status") {
		f.Statuses = append(f.Statuses, email.Status(s))
		if !email.Status(s).Valid() {
			q.wrong("status", "is not one of an email")
		}
	}
	if err := q.err(); err != nil {
		return nil, "", err
	}
	entries, err := p.mail.Messages(r.Context(), f)
	if err != nil {
		return nil, "", err
	}
	var next string
	if len(entries) == f.Limit {
		next = strconv.FormatInt(entries[len(entries)-1].ID, 10)
	}
	found, err := p.withEvents(r.Context(), entries)
	return found, next, err
}

// withEvents adds what the provider has told about each.
func (p *portal) withEvents(ctx context.Context, entries []email.Entry) ([]loggedEmail, error) {
	all := make([]loggedEmail, 0, len(entries))
	for _, e := range entries {
		log, err := p.mail.Log(ctx, e.ID)
		if errors.Is(err, frontdesk.NotFound) {
			continue // it was old, and deleted in this moment
		}
		if err != nil {
			return nil, err
		}
		all = append(all, emailRecord(log))
	}
	return all, nil
}

// emailDetails is one email with all that happened to it.
func (p *portal) emailDetails(r *http.Request) (any, error) {
	if _, err := readQuery(r); err != nil {
		return nil, err
	}
	log, err := p.readEmail(r)
	if err != nil {
		return nil, err
	}
	return emailDetailsRecord(log), nil
}

func (p *portal) readEmail(r *http.Request) (*email.Log, error) {
	id, err := emailID(r)
	if err != nil {
		return nil, err
	}
	return p.mail.Log(r.Context(), id)
}

// emailID is the number in the path.
func emailID(r *http.Request) (int64, error) {
	text, err := pathID(r)
	if err != nil {
		return 0, err
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, frontdesk.Errorf(frontdesk.NotFound, "no such email")
	}
	return id, nil
}

// resendEmail sends an email again, as a new one.
func (p *portal) resendEmail(r *http.Request) (any, error) {
	id, err := emailID(r)
	if err == nil {
		err = readBody(r, &struct{}{})
	}
	if err != nil {
		return nil, err
	}
	again, err := p.mail.Resend(r.Context(), id)
	if err != nil {
		return nil, err
	}
	return map[string]string{"id": strconv.FormatInt(again, 10), "status": string(email.StatusQueued)}, nil
}

// suppressions lists the addresses that get no more mail.
func (p *portal) suppressions(r *http.Request) (any, error) {
	q, err := readQuery(r, "cursor", "limit", "address")
	if err != nil {
		return nil, err
	}
	f := email.SuppressionFilter{Addresses: q.all("address"), After: q.text("cursor"), Limit: q.limit()}
	if err := q.err(); err != nil {
		return nil, err
	}
	found, err := p.mail.Suppressions(r.Context(), f)
	if err != nil {
		return nil, err
	}
	var next string
	if len(found) == f.Limit {
		next = found[len(found)-1].Address
	}
	return page(records(found, suppressionRecord), next), nil
}

// suppress stops mails to an address.
func (p *portal) suppress(r *http.Request) (any, error) {
	var body struct {
		Address string `json:"address"`
		Detail  string `json:"detail"`
	}
	if err := readBody(r, &body); err != nil {
		return nil, err
	}
	if err := p.mail.Suppress(r.Context(), body.Address, body.Detail); err != nil {
		return nil, err
	}
	found, err := p.mail.Suppressions(r.Context(), email.SuppressionFilter{Addresses: []string{body.Address}, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, frontdesk.Errorf(frontdesk.Aborted, "somebody has allowed mails to it in this moment")
	}
	return suppressionRecord(found[0]), nil
}

// unsuppress lets an address get mails again.
func (p *portal) unsuppress(r *http.Request) (any, error) {
	address := r.PathValue("address")
	if len(address) > maxParameter || strings.ContainsFunc(address, notASCII) {
		return nil, frontdesk.Errorf(frontdesk.NotFound, "no such address")
	}
	if err := readBody(r, &struct{}{}); err != nil {
		return nil, err
	}
	return nil, p.mail.Unsuppress(r.Context(), address)
}
