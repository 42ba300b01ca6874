package main

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// emailsData is a part of the log, as the admin sees it.
type emailsData struct {
	Emails     []loggedEmail
	Statuses   []email.Status // to choose from
	Status     string         // that was chosen
	Older      string         // the address of the next part
	Suppressed []suppression
}

func (p *portal) emailsLog(w http.ResponseWriter, r *http.Request) {
	data, err := p.readEmailsPage(r)
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	p.show(w, r, emailsPage, data)
}

func (p *portal) readEmailsPage(r *http.Request) (emailsData, error) {
	d := emailsData{Statuses: email.Statuses(), Status: r.URL.Query().Get("status")}
	if err := admins.allow(r); err != nil {
		return d, err
	}
	found, next, err := p.readEmails(r)
	if err != nil {
		return d, err
	}
	d.Emails = found
	if next != "" {
		q := r.URL.Query()
		q.Set("cursor", next)
		d.Older = "/portal/emails?" + q.Encode()
	}
	suppressed, err := p.mail.Suppressions(r.Context(), email.SuppressionFilter{Limit: maxLimit})
	d.Suppressed = records(suppressed, suppressionRecord)
	return d, err
}

// emailData is one email, and its text for as long as that is kept.
type emailData struct {
	emailDetails
	Text string
}

// Waiting reports whether it is still to be sent.
func (d emailData) Waiting() bool { return d.Status == string(email.StatusQueued) }

func (p *portal) emailStory(w http.ResponseWriter, r *http.Request) {
	data, err := p.readEmailPage(r)
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	p.show(w, r, emailPage, data)
}

func (p *portal) readEmailPage(r *http.Request) (emailData, error) {
	if err := admins.allow(r); err != nil {
		return emailData{}, err
	}
	log, err := p.readEmail(r)
	if err != nil {
		return emailData{}, err
	}
	data := emailData{emailDetails: emailDetailsRecord(log)}
	m, err := p.mail.Message(r.Context(), log.Entry.ID)
	if errors.Is(err, frontdesk.NotFound) {
		return data, nil
	}
	if err != nil {
		return data, err
	}
	data.Text = m.Text
	return data, nil
}

// sendAgain leads to the new email.
func (p *portal) sendAgain(r *http.Request) (string, error) {
	id, err := emailID(r)
	if err != nil {
		return "", err
	}
	again, err := p.mail.Resend(r.Context(), id)
	return "/portal/emails/" + strconv.FormatInt(again, 10), err
}

// allowAddress takes an address off the suppression list.
func (p *portal) allowAddress(r *http.Request) (string, error) {
	return "/portal/emails", p.mail.Unsuppress(r.Context(), r.PostFormValue("address"))
}
