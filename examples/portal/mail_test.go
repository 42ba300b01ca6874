package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/resend/resendtest"
	"github.com/frontdesk-go/frontdesk/email/smtp"
)

// postMailEvent delivers what a mail provider tells, and returns the status.
func (r *running) postMailEvent(t *testing.T, header http.Header, body []byte) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/webhooks/resend", bytes.NewReader(body))
	require.NoError(t, err)
	req.Header = header
	return r.do(t, req).Status
}

// mailDetails reads one with its timeline.
func (r *running) mailDetails(t *testing.T, id string) (d emailDetails) {
	t.Helper()
	r.get(t, "admin:root", api+"admin/emails/"+id, &d)
	return d
}

// resent sends a mail again, and waits until nothing is left to be done about the new one.
func (r *running) resent(t *testing.T, id string) emailDetails {
	t.Helper()
	a := r.ask(t, "admin:root", "POST", api+"admin/emails/"+id+"/resend", "")
	require.Equal(t, http.StatusAccepted, a.Status, "%s", a.Body)
	var queued struct{ ID, Status string }
	a.into(t, &queued)
	assert.Equal(t, "queued", queued.Status)
	r.mailsAtRest(t)
	return r.mailDetails(t, queued.ID)
}

func TestEmails(t *testing.T) {
	r := withStory(t)
	all := r.mailsAtRest(t)
	require.NotEmpty(t, all)
	t.Run("the log goes from the newest to the oldest, in pages that follow each other", func(t *testing.T) {
		assert.Equal(t, all, pages[loggedEmail](t, r, api+"admin/emails?limit=1"))
		for i := range all[1:] {
			assert.False(t, all[i].CreatedAt.Before(all[i+1].CreatedAt))
		}
	})
	t.Run("it is filtered by status, template, client and recipient", func(t *testing.T) {
		count := func(query string) int { return len(pages[loggedEmail](t, r, api+"admin/emails?"+query)) }
		assert.Equal(t, 3, count("template=receipt"))
		assert.Equal(t, 3, count("template=receipt&status=sent,delivered&client=acme&to=Billing@Acme.example"))
		assert.Equal(t, len(all), count("client=acme"))
		assert.Zero(t, count("client=globex"))
		assert.Zero(t, count("status=failed"))
		assert.Zero(t, count("to=nobody@acme.example"))
	})
	for _, query := range []string{"status=lost", "cursor=x", "limit=501", "address=a@b.example", "to=a@b.example&to=c@d.example"} {
		t.Run("a log with "+query+" is invalid", func(t *testing.T) {
			a := r.ask(t, "admin:root", "GET", api+"admin/emails?"+query, "")
			assert.Equal(t, http.StatusBadRequest, a.Status)
			a.problem(t)
		})
	}
	t.Run("one tells what happened to it", func(t *testing.T) {
		d := r.mailDetails(t, all[0].ID)
		assert.Equal(t, all[0], d.loggedEmail)
		require.Len(t, d.Timeline, 2)
		assert.Equal(t, "queued", d.Timeline[0].Name)
		assert.Equal(t, "sent", d.Timeline[1].Name)
		assert.NotNil(t, d.Timeline[1].EndedAt)
	})
	t.Run("what is no id is answered as one that does not exist", func(t *testing.T) {
		for _, id := range []string{"x", "0", "-1", "999999", "%00"} {
			assert.Equal(t, http.StatusNotFound, r.ask(t, "admin:root", "GET", api+"admin/emails/"+id, "").Status, id)
			assert.Equal(t, http.StatusNotFound, r.ask(t, "admin:root", "POST", api+"admin/emails/"+id+"/resend", "").Status, id)
		}
	})
	t.Run("a mail that is sent again is a new one", func(t *testing.T) {
		again := r.resent(t, all[0].ID)
		assert.Equal(t, "sent", again.Status)
		assert.Equal(t, &all[0].ID, again.ResendOf)
		assert.Equal(t, all[0].Subject, again.Subject)
		assert.Len(t, r.mailbox.Mails(), len(all)+1)
	})
}

func TestMailWebhook(t *testing.T) {
	r := withStory(t)
	mail := r.mailsAtRest(t)[0]
	tell := func(t *testing.T, e email.Event) {
		t.Helper()
		e.MessageID = *mail.ProviderID
		header, body := r.mailbox.Webhook(e, r.now())
		for range 2 {
			assert.Equal(t, http.StatusOK, r.postMailEvent(t, header, body))
		}
	}
	t.Run("what is not signed is refused, and nothing is stored", func(t *testing.T) {
		header, body := r.mailbox.Webhook(email.Event{MessageID: *mail.ProviderID, Status: email.StatusBounced}, r.now())
		header.Set("svix-signature", "v1,AAAA")
		assert.Equal(t, http.StatusBadRequest, r.postMailEvent(t, header, body))
		assert.Empty(t, r.mailDetails(t, mail.ID).Events)
	})
	t.Run("a delivery moves the status, and a late event does not move it back", func(t *testing.T) {
		tell(t, email.Event{Status: email.StatusDelivered, Recipient: "billing@acme.example"})
		tell(t, email.Event{Status: email.StatusSent})
		d := r.mailDetails(t, mail.ID)
		assert.Equal(t, "delivered", d.Status)
		require.Len(t, d.Events, 2, "each of them once")
		assert.Equal(t, "email.delivered", d.Events[0].Type)
		assert.Equal(t, "billing@acme.example", *d.Events[0].Recipient)
	})
	t.Run("an unknown type is stored", func(t *testing.T) {
		tell(t, email.Event{Type: "email.framed"})
		d := r.mailDetails(t, mail.ID)
		assert.Equal(t, "delivered", d.Status)
		assert.Len(t, d.Events, 3)
		assert.Nil(t, d.Events[2].Status)
	})
	t.Run("who bounces for good gets no more mail", func(t *testing.T) {
		tell(t, email.Event{Status: email.StatusBounced, Permanent: true, Recipient: "billing@acme.example", Detail: "550 no such mailbox"})
		assert.Equal(t, "bounced", r.mailDetails(t, mail.ID).Status)
		all := pages[suppression](t, r, api+"admin/suppressions?")
		require.Len(t, all, 1)
		assert.Equal(t, suppression{
			Address: "billing@acme.example", Reason: "hard_bounce", Detail: text("550 no such mailbox"), Email: &mail.ID, Since: all[0].Since,
		}, all[0])
		before := len(r.mailbox.Mails())
		again := r.resent(t, mail.ID)
		assert.Equal(t, "suppressed", again.Status)
		assert.Equal(t, []withheld{{"billing@acme.example", "hard_bounce"}}, again.Withheld)
		assert.Len(t, r.mailbox.Mails(), before)
	})
	t.Run("until an admin allows it again", func(t *testing.T) {
		path := api + "admin/suppressions/billing@acme.example"
		a := r.ask(t, "admin:root", "DELETE", path, "")
		assert.Equal(t, http.StatusNoContent, a.Status, "%s", a.Body)
		assert.Empty(t, a.Body)
		assert.Equal(t, http.StatusNotFound, r.ask(t, "admin:root", "DELETE", path, "").Status)
		assert.Equal(t, "sent", r.resent(t, mail.ID).Status)
	})
}

func TestSuppressions(t *testing.T) {
	r := start(t)
	for _, address := range []string{"Old@acme.example", "ada+x@acme.example", "old@acme.example"} {
		a := r.ask(t, "admin:root", "POST", api+"admin/suppressions", `{"address":"`+address+`","detail":"left"}`)
		require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
		var made suppression
		a.into(t, &made)
		assert.Equal(t, strings.ToLower(address), made.Address)
		assert.Equal(t, "manual", made.Reason)
	}
	t.Run("they are there once, by the alphabet", func(t *testing.T) {
		var addresses []string
		for _, s := range pages[suppression](t, r, api+"admin/suppressions?limit=1") {
			addresses = append(addresses, s.Address)
		}
		assert.Equal(t, []string{"ada+x@acme.example", "old@acme.example"}, addresses)
		assert.Len(t, pages[suppression](t, r, api+"admin/suppressions?address=OLD@acme.example"), 1)
	})
	t.Run("what is no address is refused by name", func(t *testing.T) {
		a := r.ask(t, "admin:root", "POST", api+"admin/suppressions", `{"address":"old"}`)
		assert.Equal(t, http.StatusBadRequest, a.Status)
		assert.Equal(t, "address", a.problem(t).Fields[0].Name)
	})
	t.Run("an address in a path may be escaped", func(t *testing.T) {
		assert.Equal(t, http.StatusNoContent, r.ask(t, "admin:root", "DELETE", api+"admin/suppressions/ada%2Bx%40acme.example", "").Status)
		assert.Equal(t, http.StatusNotFound, r.ask(t, "admin:root", "DELETE", api+"admin/suppressions/a%00b", "").Status)
	})
}

// TestMailerDown: mails wait for a provider that is down, also over a restart, and nothing
// waits for them.
func TestMailerDown(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh func(*testing.T) database) {
		db, s := fresh(t), readStory(t, stories[1])
		t.Run("what happens to a client's billing happens", func(t *testing.T) {
			r := start(t, on(db))
			for range 1000 {
				r.mailbox.FailNext(frontdesk.Errorf(frontdesk.Unavailable, "the provider is away"))
			}
			deliveries[0].post(t, r, s, func(int) {})
			events, effects := r.atRest(t, len(s.events))
			s.checkInbox(t, events)
			s.checkEffects(t, effects)
			eventually(t, "tried", func() bool {
				mails := r.emailLog(t)
				return len(mails) >= 4 && len(mails[len(mails)-1].Withheld) == 0 && mails[len(mails)-1].Attempts > 0
			})
			for _, m := range r.emailLog(t) {
				assert.Equal(t, "queued", m.Status)
				assert.NotNil(t, m.NextAt)
			}
			assert.Empty(t, r.mailbox.Mails())
		})
		t.Run("and the next life of the portal sends what waits", func(t *testing.T) {
			r := start(t, on(db), func(c *config) { c.ahead = time.Hour })
			s.checkMails(t, r)
		})
	})
}

// resendServer is a Resend on this machine, and how the portal uses it.
func resendServer(t *testing.T) (*resendtest.Server, func(*config)) {
	t.Helper()
	server := resendtest.NewServer(&resendtest.Options{Key: "re_canary", Limit: 50})
	base := newServer(t, server)
	return server, func(c *config) {
		c.mailing.key, c.mailing.apiBase = frontdesk.NewSecret("re_canary"), base
		c.mailing.secrets = []frontdesk.Secret{server.WebhookSecret()}
	}
}

func TestResend(t *testing.T) {
	server, use := resendServer(t)
	server.Next(resendtest.Fault{Lose: true}, resendtest.Fault{Status: http.StatusInternalServerError, Name: "application_error", Message: "oops"})
	r, s := start(t, use), readStory(t, stories[0])
	deliveries[0].post(t, r, s, func(int) {})
	r.atRest(t, len(s.events))
	mails := r.mailsAtRest(t)
	t.Run("each mail is accepted once, although answers were lost", func(t *testing.T) {
		assert.Len(t, server.Emails(), len(mails))
		for _, m := range mails {
			assert.Equal(t, "sent", m.Status, "%v", m.LastError)
			assert.Equal(t, "resend", m.Provider)
		}
	})
	t.Run("its webhooks move the log", func(t *testing.T) {
		header, body := server.Webhook(resendtest.Event{Type: "email.delivered", EmailID: *mails[0].ProviderID, To: mails[0].To}, r.now())
		assert.Equal(t, http.StatusOK, r.postMailEvent(t, header, body))
		assert.Equal(t, "delivered", r.mailDetails(t, mails[0].ID).Status)
	})
	t.Run("nobody reads the mails on a page of the demo", func(t *testing.T) {
		for _, path := range []string{inboxPath, inboxPath + "mail_000001", inboxPath + "mail_000001/html", previewPath} {
			assert.Equal(t, http.StatusNotFound, r.ask(t, "admin:root", "GET", path, "").Status, path)
		}
		assert.NotContains(t, string(r.ask(t, "", "GET", "/", "").Body), inboxPath)
	})
	t.Run("its key is not logged", func(t *testing.T) {
		assert.NotContains(t, r.log.String(), "canary")
	})
}

// TestResendRefuses: what only the operator can mend waits until they have.
func TestResendRefuses(t *testing.T) {
	_, use := resendServer(t)
	r := start(t, use, func(c *config) { c.mailing.key, c.mailing.secrets = frontdesk.NewSecret("re_wrong_canary"), nil })
	s := readStory(t, stories[0])
	deliveries[0].post(t, r, s, func(int) {})
	_, effects := r.atRest(t, len(s.events))
	s.checkEffects(t, effects)
	eventually(t, "tried", func() bool { mails := r.emailLog(t); return mails[len(mails)-1].LastError != nil })
	mails := r.emailLog(t)
	assert.Equal(t, "queued", mails[len(mails)-1].Status)
	assert.NotContains(t, *mails[len(mails)-1].LastError, "canary")
	assert.NotContains(t, r.log.String(), "canary")
	t.Run("without a webhook secret every webhook is refused", func(t *testing.T) {
		header, body := resendtest.NewServer(nil).Webhook(resendtest.Event{Type: "email.delivered"}, r.now())
		assert.Equal(t, http.StatusBadRequest, r.postMailEvent(t, header, body))
	})
}

// smtpServer keeps what it is sent.
type smtpServer struct {
	mu    sync.Mutex
	mails []string
}

// NewSession implements gosmtp.Backend.
func (s *smtpServer) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return smtpSession{s}, nil }

func (s *smtpServer) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails
}

type smtpSession struct{ *smtpServer }

func (smtpSession) Reset()                                 {}
func (smtpSession) Logout() error                          { return nil }
func (smtpSession) Mail(string, *gosmtp.MailOptions) error { return nil }
func (smtpSession) Rcpt(string, *gosmtp.RcptOptions) error { return nil }
func (s smtpSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, string(raw))
	return err
}

func TestSMTP(t *testing.T) {
	kept := new(smtpServer)
	server := gosmtp.NewServer(kept)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		assert.NoError(t, server.Close())
		assert.NoError(t, <-ended)
	})
	o, err := smtp.ParseURL("smtp://" + listener.Addr().String() + "?tls=none")
	require.NoError(t, err)

	r, s := start(t, func(c *config) { c.mailing.server = &o }), readStory(t, stories[1])
	deliveries[0].post(t, r, s, func(int) {})
	r.atRest(t, len(s.events))
	mails := r.mailsAtRest(t)
	for _, m := range mails {
		assert.Equal(t, "sent", m.Status, "%v", m.LastError)
		assert.Equal(t, "smtp", m.Provider)
	}
	assert.Len(t, kept.got(), len(mails))
	assert.Equal(t, http.StatusNotFound, r.ask(t, "", "POST", "/webhooks/resend", "{}").Status, "a mail server tells nothing afterwards")
	assert.Equal(t, http.StatusNotFound, r.ask(t, "", "GET", inboxPath, "").Status)
}

// TestChanged: a change is told to the effects log once, after its mail is safe.
func TestChanged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "effects.log")
	log, err := openEffectsLog(file)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, log.close()) })
	var cause error
	p := &portal{log: slog.New(slog.DiscardHandler), effects: log, mailed: func(context.Context, billing.Change) error { return cause }}
	c := billing.InvoicePaid{Milestone: billing.Milestone{Name: "invoice.paid", Client: "acme"}}
	lines := func() int {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		return bytes.Count(raw, []byte("\n"))
	}
	t.Run("while the mail cannot be stored, the change is told again, and nothing is logged", func(t *testing.T) {
		for _, cause = range []error{frontdesk.Errorf(frontdesk.Unavailable, "busy"), errors.New("unknown")} {
			require.ErrorIs(t, p.changed(t.Context(), c), cause)
			assert.Zero(t, lines())
		}
	})
	t.Run("once it is stored, the change is logged", func(t *testing.T) {
		cause = nil
		require.NoError(t, p.changed(t.Context(), c))
		assert.Equal(t, 1, lines())
	})
}

func TestInbox(t *testing.T) {
	r := start(t)
	subscribe := func(who string) {
		a := r.ask(t, who, "POST", api+"checkout", `{"price":"price_growth_monthly"}`)
		require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
		var session checkout
		a.into(t, &session)
		require.Equal(t, http.StatusSeeOther, r.ask(t, who, "POST", strings.TrimPrefix(session.URL, r.url), "").Status)
	}
	subscribe("client:acme")
	subscribe("client:globex")
	english, err := r.mailbox.Latest(t.Context(), "billing@acme.example")
	require.NoError(t, err)
	portuguese, err := r.mailbox.Latest(t.Context(), "billing@globex.example")
	require.NoError(t, err)
	r.mailsAtRest(t)

	t.Run("each reads their own language, and finds the way back to the portal", func(t *testing.T) {
		assert.Contains(t, english.Subject, "€49.00")
		assert.Contains(t, english.Text, "Grace Miller")
		assert.Contains(t, portuguese.Subject, "49,00")
		assert.Contains(t, portuguese.Text, "Rui Tavares")
		for _, m := range []string{english.HTML, english.Text, portuguese.HTML, portuguese.Text} {
			assert.Contains(t, m, r.url+"/portal/")
		}
	})
	t.Run("the sign-in page leads to the mails, and to what all of them look like", func(t *testing.T) {
		page := string(r.ask(t, "", "GET", "/", "").Body)
		assert.Contains(t, page, `href="`+inboxPath+`"`)
		assert.Contains(t, page, `href="`+previewPath+`"`)
		for _, path := range []string{previewPath, previewPath + "?language=pt-PT", previewPath + "?mail=receipt", previewPath + "?mail=receipt&part=html"} {
			assert.Equal(t, http.StatusOK, r.ask(t, "", "GET", path, "").Status, path)
		}
	})
	t.Run("the mailbox lists by recipient", func(t *testing.T) {
		all := string(r.ask(t, "", "GET", inboxPath, "").Body)
		assert.Contains(t, all, inboxPath+english.ProviderID)
		assert.Contains(t, all, inboxPath+portuguese.ProviderID)
		own := string(r.ask(t, "", "GET", inboxPath+"?to=billing@globex.example", "").Body)
		assert.NotContains(t, own, inboxPath+english.ProviderID)
		assert.Contains(t, own, inboxPath+portuguese.ProviderID)
	})
	t.Run("a mail is shown in a sandbox, and as text", func(t *testing.T) {
		a := r.ask(t, "", "GET", inboxPath+english.ProviderID, "")
		require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
		assert.Contains(t, string(a.Body), "<iframe class=\"mail\" sandbox ")
		assert.Contains(t, string(a.Body), "Grace Miller")
		assert.Contains(t, a.Header.Get("Content-Security-Policy"), "frame-src 'self'")
		html := r.ask(t, "", "GET", inboxPath+english.ProviderID+"/html", "")
		assert.Equal(t, english.HTML, string(html.Body))
		assert.True(t, strings.HasPrefix(html.Header.Get("Content-Security-Policy"), "sandbox; default-src 'none'"))
		plain := r.ask(t, "", "GET", inboxPath+english.ProviderID+"/text", "")
		assert.Equal(t, english.Text, string(plain.Body))
		assert.Equal(t, "text/plain; charset=utf-8", plain.Header.Get("Content-Type"))
		assert.Equal(t, http.StatusNotFound, r.ask(t, "", "GET", inboxPath+"nosuch", "").Status)
	})
	t.Run("a button says what became of a mail, and the log knows", func(t *testing.T) {
		path := inboxPath + english.ProviderID + "/events"
		for _, status := range []string{"delivered", "bounced"} {
			a := r.ask(t, "", "POST", path, "status="+status, "Content-Type", form)
			require.Equal(t, http.StatusSeeOther, a.Status, "%s", a.Body)
			assert.Equal(t, status, pages[loggedEmail](t, r, api+"admin/emails?to=billing@acme.example")[0].Status)
		}
		assert.Len(t, pages[suppression](t, r, api+"admin/suppressions?"), 1)
		assert.Equal(t, http.StatusBadRequest, r.ask(t, "", "POST", path, "status=eaten", "Content-Type", form).Status)
		assert.Equal(t, http.StatusForbidden, r.ask(t, "", "POST", path, "status=delivered", "Content-Type", form, "Origin", "https://evil.example").Status)
	})
	t.Run("without the demo there is none, and the operator hears of it", func(t *testing.T) {
		off := start(t, func(c *config) { c.demo = false })
		assert.Contains(t, off.log.String(), "reach nobody")
		for _, path := range []string{inboxPath, previewPath} {
			assert.Equal(t, http.StatusNotFound, off.ask(t, "", "GET", path, "").Status, path)
		}
	})
}

func TestEmailPages(t *testing.T) {
	r := withStory(t)
	all := r.mailsAtRest(t)
	one := "/portal/emails/" + all[0].ID
	t.Run("they are the admin's", func(t *testing.T) {
		for _, path := range []string{"/portal/emails", one} {
			assert.Equal(t, http.StatusForbidden, r.ask(t, "client:acme", "GET", path, "").Status)
			assert.Equal(t, http.StatusForbidden, r.ask(t, "expert:nina", "GET", path, "").Status)
			assert.Equal(t, http.StatusUnauthorized, r.ask(t, "", "GET", path, "").Status)
		}
		for _, path := range []string{one + "/resend", "/portal/suppressions/remove"} {
			assert.Equal(t, http.StatusForbidden, r.ask(t, "client:acme", "POST", path, "", "Content-Type", form).Status)
		}
	})
	t.Run("the log leads to each mail, and can be filtered", func(t *testing.T) {
		assert.Contains(t, string(r.ask(t, "admin:root", "GET", "/portal/", "").Body), `href="/portal/emails"`)
		assert.Contains(t, string(r.ask(t, "admin:root", "GET", "/portal/emails", "").Body), `href="`+one+`"`)
		assert.NotContains(t, string(r.ask(t, "admin:root", "GET", "/portal/emails?status=failed", "").Body), `href="`+one+`"`)
		assert.Contains(t, string(r.ask(t, "admin:root", "GET", "/portal/emails?limit=1", "").Body), "/portal/emails?cursor="+all[0].ID+"&amp;limit=1")
		assert.Equal(t, http.StatusBadRequest, r.ask(t, "admin:root", "GET", "/portal/emails?status=lost", "").Status)
	})
	t.Run("a mail shows what happened, and its text", func(t *testing.T) {
		header, body := r.mailbox.Webhook(email.Event{MessageID: *all[0].ProviderID, Status: email.StatusComplained, Detail: "<b>spam</b>"}, r.now())
		require.Equal(t, http.StatusOK, r.postMailEvent(t, header, body))
		a := r.ask(t, "admin:root", "GET", one, "")
		require.Equal(t, http.StatusOK, a.Status)
		for _, says := range []string{"email.complained", "&lt;b&gt;spam", "Grace Miller", "chip complained", `action="` + one + `/resend"`} {
			assert.Contains(t, string(a.Body), says)
		}
	})
	t.Run("an address is allowed again, and the mail sent again", func(t *testing.T) {
		assert.Contains(t, string(r.ask(t, "admin:root", "GET", "/portal/emails", "").Body), "Allow mails to billing@acme.example")
		a := r.ask(t, "admin:root", "POST", "/portal/suppressions/remove", "address=billing@acme.example", "Content-Type", form)
		assert.Equal(t, http.StatusSeeOther, a.Status)
		a = r.ask(t, "admin:root", "POST", one+"/resend", "", "Content-Type", form)
		require.Equal(t, http.StatusSeeOther, a.Status)
		r.mailsAtRest(t)
		assert.Contains(t, string(r.ask(t, "admin:root", "GET", a.Header.Get("Location"), "").Body), `It repeats <a href="`+one+`"`)
	})
	t.Run("a mail whose text is not kept any more is still in the log, and cannot be sent again", func(t *testing.T) {
		_, err := r.mail.PurgeBodies(frontdesk.WithActor(t.Context(), frontdesk.System("test")), r.now())
		require.NoError(t, err)
		a := r.ask(t, "admin:root", "GET", one, "")
		require.Equal(t, http.StatusOK, a.Status)
		assert.NotContains(t, string(a.Body), "Grace Miller")
		assert.NotContains(t, string(a.Body), "Send it again")
		assert.Equal(t, http.StatusNotFound, r.ask(t, "admin:root", "POST", api+"admin/emails/"+all[0].ID+"/resend", "").Status)
	})
	t.Run("text of people is text", func(t *testing.T) {
		w := httptest.NewRecorder()
		r.show(w, httptest.NewRequest("GET", one, nil), emailPage, emailData{Text: "<script>alert(1)</script>"})
		assert.NotContains(t, w.Body.String(), "<script>")
	})
}
