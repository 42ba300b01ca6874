package main

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"net/mail"
	"slices"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailhttp"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
	"github.com/frontdesk-go/frontdesk/email/templates"
)

const (
	inboxPath   = "/demo/inbox/" // what the mailbox in memory has got
	previewPath = "/demo/mails/" // every mail that there is, with made-up data
)

// letterPolicy is for what a mail holds: it is styled and does nothing.
const letterPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// framePolicy is the pages' policy for the one that shows a mail in a frame.
const framePolicy = policy + "; frame-src 'self'"

// mountInbox serves the demo's mails. Whoever looks at them could sign in as anybody.
func (p *portal) mountInbox(mux *http.ServeMux) {
	mux.HandleFunc("GET "+inboxPath+"{$}", p.mailboxPage)
	mux.HandleFunc("GET "+inboxPath+"{id}", p.letter(func(w http.ResponseWriter, r *http.Request, m emailtest.Mail) {
		p.showUnder(framePolicy, w, r, mailPage, &letterData{m, happenings})
	}))
	mux.HandleFunc("GET "+inboxPath+"{id}/html", p.letter(func(w http.ResponseWriter, _ *http.Request, m emailtest.Mail) {
		writeLetter(w, "text/html; charset=utf-8", m.HTML)
	}))
	mux.HandleFunc("GET "+inboxPath+"{id}/text", p.letter(func(w http.ResponseWriter, _ *http.Request, m emailtest.Mail) {
		writeLetter(w, "text/plain; charset=utf-8", m.Text)
	}))
	mux.HandleFunc("POST "+inboxPath+"{id}/events", p.posted(anybody, p.happen))
	mux.Handle(previewPath, emailhttp.NewPreviewHandler(p.samples, &emailhttp.PreviewOptions{Languages: languages()}))
}

func languages() (all []string) {
	for _, l := range templates.Languages() {
		all = append(all, string(l))
	}
	return all
}

// samples are all mails, as the portal would send them.
func (p *portal) samples(language string) (all []email.Mail) {
	for _, t := range templates.Samples(templates.Language(language)) {
		all = append(all, p.mails.Mail(t))
	}
	return all
}

// mailboxData is what the mailbox holds, newest first.
type mailboxData struct {
	Recipients []recipient
	To         string // whose mails are shown; empty: everybody's
	Mails      []emailtest.Mail
}

// recipient is an address, and how many mails it has got.
type recipient struct {
	Address string
	Mails   int
}

func (p *portal) mailboxPage(w http.ResponseWriter, r *http.Request) {
	data := mailboxData{To: r.URL.Query().Get("to"), Recipients: recipientsOf(p.mailbox.Mails())}
	if data.Mails = p.mailbox.Mails(); data.To != "" {
		data.Mails = p.mailbox.To(data.To)
	}
	slices.Reverse(data.Mails)
	p.show(w, r, inboxPage, data)
}

func recipientsOf(mails []emailtest.Mail) []recipient {
	counts := map[string]int{}
	for _, m := range mails {
		for _, address := range m.Recipients() {
			counts[strings.ToLower(address)]++
		}
	}
	var all []recipient
	for address, n := range counts {
		all = append(all, recipient{address, n})
	}
	slices.SortFunc(all, func(a, b recipient) int { return cmp.Compare(a.Address, b.Address) })
	return all
}

// letter serves what show makes of the mail in the path.
func (p *portal) letter(show func(http.ResponseWriter, *http.Request, emailtest.Mail)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		m, err := p.mailInPath(r)
		if err != nil {
			p.refuse(w, r, err)
			return
		}
		show(w, r, m)
	}
}

func (p *portal) mailInPath(r *http.Request) (emailtest.Mail, error) {
	for _, m := range p.mailbox.Mails() {
		if m.ProviderID == r.PathValue("id") {
			return m, nil
		}
	}
	return emailtest.Mail{}, frontdesk.Errorf(frontdesk.NotFound, "the mailbox has no such mail; it forgets all of them when the portal ends")
}

func writeLetter(w http.ResponseWriter, contentType, content string) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Security-Policy", letterPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(content)) // a peer that has gone away reads no answer
}

// letterData is a mail, and what may become of it.
type letterData struct {
	emailtest.Mail
	Happenings []happening
}

// Copies are the addresses that got it besides To.
func (d letterData) Copies() []mail.Address { return slices.Concat(d.Cc, d.Bcc) }

// happening is what a provider could tell of a mail. In the demo a button makes it tell.
type happening struct {
	Status email.Status
	Button string
}

var happenings = []happening{
	{email.StatusDelivered, "It was delivered"},
	{email.StatusDelayed, "It is delayed"},
	{email.StatusBounced, "It bounced: there is no such mailbox"},
	{email.StatusComplained, "It was reported as spam"},
}

// happen makes the mailbox tell the portal what became of a mail.
func (p *portal) happen(r *http.Request) (string, error) {
	m, err := p.mailInPath(r)
	if err != nil {
		return "", err
	}
	status := email.Status(r.PostFormValue("status"))
	i := slices.IndexFunc(happenings, func(h happening) bool { return h.Status == status })
	if i < 0 {
		return "", frontdesk.InvalidField("status", "is not something that could happen")
	}
	return inboxPath + m.ProviderID, p.mailbox.Notify(r.Context(), email.Event{
		ID:        "msg_" + rand.Text(), // the mailbox counts anew at every start, and the database knows its numbers
		MessageID: m.ProviderID, Recipient: m.Recipients()[0], Status: status,
		Permanent: status == email.StatusBounced, Detail: happenings[i].Button,
	})
}
