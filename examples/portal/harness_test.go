package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

const testSecret = "whsec_test_canary"

// running is a portal that answers over HTTP.
type running struct {
	*portal
	url string
	log *logBuffer
}

// logBuffer can be read while the portal writes.
type logBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write appends.
func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

// String is what was written so far.
func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// start runs a portal with the provider in memory on a fresh SQLite file, unless
// the changes say otherwise.
func start(t *testing.T, changes ...func(*config)) *running {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	c := config{
		demo: true, appURL: "http://" + server.Listener.Addr().String(), prices: []string{demoPrice},
		stripe:  stripeConfig{secrets: []frontdesk.Secret{frontdesk.NewSecret(testSecret)}},
		mailing: mailConfig{from: mail.Address{Name: portalName, Address: "portal@frontdesk.example"}},
	}
	for _, change := range changes {
		change(&c)
	}
	if c.database.driver == "" {
		c.database = sqliteFile(t)
	}
	r := &running{log: new(logBuffer)}
	p, err := openPortal(t.Context(), c, slog.New(slog.NewTextHandler(r.log, nil)))
	require.NoError(t, err)
	r.portal, server.Config.Handler = p, p.handler()
	require.NoError(t, p.work.Start(t.Context()))
	server.Start()
	r.url = server.URL
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, p.work.Stop(context.Background()))
		require.NoError(t, p.close())
	})
	return r
}

func on(d database) func(*config) { return func(c *config) { c.database = d } }

func sqliteFile(t *testing.T) database {
	return mustParse(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
}

func mustParse(t *testing.T, text string) database {
	d, err := parseDatabase(text)
	require.NoError(t, err)
	if d.files == "" {
		d.files = filepath.Join(t.TempDir(), "files")
	}
	return d
}

// postgresURL is a fresh Postgres database, as DATABASE_URL names it.
func postgresURL(t *testing.T) string {
	t.Helper()
	q := url.Values{}
	for _, pair := range regexp.MustCompile(`(\w+)='?([^' ]*)'?`).FindAllStringSubmatch(storetest.PostgresDSN(t), -1) {
		q.Set(pair[1], pair[2])
	}
	u := url.URL{Scheme: "postgres", Path: "/" + q.Get("dbname")}
	q.Del("dbname")
	u.RawQuery = q.Encode()
	return u.String()
}

// eachDatabase runs the test on a fresh SQLite file and a fresh Postgres database.
func eachDatabase(t *testing.T, test func(t *testing.T, fresh func(*testing.T) database)) {
	t.Run("on SQLite", func(t *testing.T) { test(t, sqliteFile) })
	t.Run("on Postgres", func(t *testing.T) {
		test(t, func(t *testing.T) database { return mustParse(t, postgresURL(t)) })
	})
}

// answer is what came back.
type answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// into decodes a JSON body.
func (a answer) into(t *testing.T, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(a.Body, v), "%s", a.Body)
}

// problem decodes a refusal, which must have the shape that docs/http.md promises.
func (a answer) problem(t *testing.T) problem {
	t.Helper()
	require.Equal(t, "application/problem+json", a.Header.Get("Content-Type"), "%s", a.Body)
	var p problem
	a.into(t, &p)
	require.Equal(t, a.Status, p.Status)
	require.Equal(t, "about:blank", p.Type)
	require.NotEmpty(t, p.Title)
	require.NotEmpty(t, p.Detail)
	require.NotEmpty(t, p.RequestID)
	require.Equal(t, a.Header.Get("X-Request-Id"), p.RequestID)
	return p
}

// ask makes a request as the person with the key, or as nobody.
func (r *running) ask(t *testing.T, who, method, path, body string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, bytes.NewReader([]byte(body)))
	require.NoError(t, err)
	if who != "" {
		req.Header.Set(demoHeader, who)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return r.do(t, req)
}

func (r *running) do(t *testing.T, req *http.Request) answer {
	t.Helper()
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := stay.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp.StatusCode, resp.Header, raw}
}

// get reads JSON as the person with the key.
func (r *running) get(t *testing.T, who, path string, v any) {
	t.Helper()
	a := r.ask(t, who, http.MethodGet, path, "")
	require.Equal(t, http.StatusOK, a.Status, "%s %s", path, a.Body)
	a.into(t, v)
}

// post delivers a webhook, to an endpoint below the usual one if it is named, and
// returns the status.
func post(ctx context.Context, base, secret string, body []byte, at time.Time, endpoint ...string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/webhooks/stripe"+strings.Join(endpoint, ""), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Stripe-Signature", wire.Sign(body, secret, at))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// patience is how long a test waits for work that needs a moment.
const patience = 30 * time.Second

// eventually polls until done says so.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	poll := time.NewTicker(15 * time.Millisecond)
	defer poll.Stop()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for !done() {
		select {
		case <-poll.C:
		case <-limit.C:
			t.Fatalf("not %s after %v", what, patience)
		}
	}
}

// atRest waits until n events are in the inbox and neither they nor what follows
// from them is waiting for a worker.
func (r *running) atRest(t *testing.T, n int) (events []event, effects []effect) {
	t.Helper()
	eventually(t, "at rest", func() bool {
		events, effects = r.inbox(t), r.effectsOf(t)
		for _, e := range events {
			if e.State == "received" || e.State == "processing" || e.State == "failed" {
				return false
			}
		}
		for _, e := range effects {
			if e.State == "pending" || e.State == "delivering" || e.State == "failed" {
				return false
			}
		}
		return len(events) >= n
	})
	return events, effects
}

func (r *running) inbox(t *testing.T) []event {
	t.Helper()
	return pages[event](t, r, "/portal/api/admin/events?limit=500")
}

func (r *running) effectsOf(t *testing.T) []effect {
	t.Helper()
	return pages[effect](t, r, "/portal/api/admin/effects?limit=500")
}

// mailsAtRest waits until no mail is queued any more.
func (r *running) mailsAtRest(t *testing.T) (mails []loggedEmail) {
	t.Helper()
	eventually(t, "all mails sent", func() bool {
		mails = r.emailLog(t)
		return !slices.ContainsFunc(mails, func(m loggedEmail) bool { return m.Status == "queued" })
	})
	return mails
}

func (r *running) emailLog(t *testing.T) []loggedEmail {
	t.Helper()
	return pages[loggedEmail](t, r, "/portal/api/admin/emails?limit=500")
}

// pages reads a whole list as the admin.
func pages[R any](t *testing.T, r *running, path string) (all []R) {
	t.Helper()
	for at := path; ; {
		var page listing[R]
		r.get(t, "admin:root", at, &page)
		all = append(all, page.Data...)
		if page.NextCursor == nil {
			return all
		}
		at = path + "&cursor=" + url.QueryEscape(*page.NextCursor)
	}
}

func newServer(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}
