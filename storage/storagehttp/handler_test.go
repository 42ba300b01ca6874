package storagehttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/storagehttp"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

const prefix = "/portal/api"

// host is a server that mounts the handler below a prefix, and believes a header who asks.
type host struct {
	*testing.T
	docs  *storagetest.Store
	rows  *storagetest.Rows
	dir   string
	url   string
	quota int64
	set   storagehttp.Options
	max   int64
	first chan struct{} // closed when the body of the request that says so is first read

	mu  sync.Mutex
	svc *storage.Service
}

func newHost(t *testing.T, change ...func(*host)) *host {
	h := &host{T: t, docs: storagetest.NewStore(), rows: storagetest.NewRows(), dir: t.TempDir(), max: 1 << 20, first: make(chan struct{})}
	for _, c := range change {
		c(h)
	}
	h.set.Logger = slog.New(slog.DiscardHandler)
	srv := httptest.NewServer(http.HandlerFunc(h.ServeHTTP))
	t.Cleanup(srv.Close)
	h.url = srv.URL + prefix
	h.restart()
	return h
}

// restart is a new process over the same directory and rows.
func (h *host) restart() {
	spool := storage.NewSpool(h.dir)
	h.Cleanup(func() { require.NoError(h, spool.Close()) })
	h.mu.Lock()
	defer h.mu.Unlock()
	h.svc = storage.New(h.docs, h.rows, &storage.Options{
		Spool: spool, Clock: h.docs.Now, MaxSize: h.max, Logger: slog.New(slog.DiscardHandler),
		Quota: func(context.Context, string) (int64, error) { return h.quota, nil },
	})
}

func (h *host) service() *storage.Service {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.svc
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a := actor(r.Header.Get("Actor")); a.Valid() {
		r = r.WithContext(frontdesk.WithActor(r.Context(), a))
	}
	if r.Header.Get("First") != "" {
		r.Body = &signalling{ReadCloser: r.Body, first: h.first}
	}
	http.StripPrefix(prefix, storagehttp.NewHandler(h.service(), &h.set)).ServeHTTP(w, r)
}

// signalling tells when somebody begins to read.
type signalling struct {
	io.ReadCloser
	once  sync.Once
	first chan struct{}
}

func (s *signalling) Read(p []byte) (int, error) {
	s.once.Do(func() { close(s.first) })
	return s.ReadCloser.Read(p)
}

func actor(name string) frontdesk.Actor {
	switch name {
	case "":
		return frontdesk.Actor{}
	case "grace":
		return frontdesk.Admin("grace", frontdesk.Origin{})
	}
	return frontdesk.Client(name, frontdesk.Origin{})
}

func (h *host) staff() context.Context {
	return frontdesk.WithActor(h.Context(), frontdesk.System("test"))
}

// answer is what came back, read to its end.
type answer struct {
	*http.Response
	body string
}

func (a *answer) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &v), a.body)
	return v
}

// ask sends a request; headers are name, value, name, value.
func (h *host) ask(who, method, path string, body io.Reader, headers ...string) *answer {
	h.Helper()
	r, err := http.NewRequestWithContext(h.Context(), method, h.url+path, body)
	require.NoError(h, err)
	r.Header.Set("Actor", who)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(h, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(h, err)
	return &answer{resp, string(b)}
}

// status asks, and checks the status.
func (h *host) status(want int, who, method, path string, body io.Reader, headers ...string) *answer {
	h.Helper()
	a := h.ask(who, method, path, body, headers...)
	require.Equal(h, want, a.StatusCode, a.body)
	if want >= 400 && method != http.MethodHead {
		require.Equal(h, "application/problem+json", a.Header.Get("Content-Type"))
		require.EqualValues(h, want, a.json(h.T)["status"])
	}
	return a
}

// refused checks the status, the code and the fields of a problem.
func (h *host) refused(a *answer, status int, code string, fields ...string) {
	h.Helper()
	require.Equal(h, status, a.StatusCode, a.body)
	require.Equal(h, "application/problem+json", a.Header.Get("Content-Type"))
	p := a.json(h.T)
	require.Equal(h, code, p["code"], a.body)
	require.NotEmpty(h, p["detail"])
	var names []string
	all, _ := p["fields"].([]any)
	for _, f := range all {
		names = append(names, f.(map[string]any)["name"].(string))
	}
	require.Equal(h, fields, names, a.body)
}

// field is a part of a form: a value, or with a filename a file.
type field struct{ name, value, filename, contentType string }

func formOf(fields ...field) (io.Reader, string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", `form-data; name="`+f.name+`"`)
		if f.filename != "" {
			header.Set("Content-Disposition", `form-data; name="`+f.name+`"; filename="`+f.filename+`"`)
		}
		if f.contentType != "" {
			header.Set("Content-Type", f.contentType)
		}
		part, _ := w.CreatePart(header)
		_, _ = io.WriteString(part, f.value)
	}
	_ = w.Close()
	return &b, w.FormDataContentType()
}

func file(name, content string) field { return field{"file", content, name, ""} }

func (h *host) form(who, path string, fields ...field) *answer {
	h.Helper()
	body, contentType := formOf(fields...)
	return h.ask(who, "POST", path, body, "Content-Type", contentType)
}

// made is the id of a new document.
func (h *host) made(who, name, content string) string {
	h.Helper()
	a := h.form(who, "/documents", field{name: "client", value: "acme"}, file(name, content))
	require.Equal(h, http.StatusCreated, a.StatusCode, a.body)
	return a.json(h.T)["id"].(string)
}

// begun is the id of a new upload in parts.
func (h *host) begun(who, name string, size int) string {
	h.Helper()
	body := `{"name": ` + strconv.Quote(name) + `, "size": ` + strconv.Itoa(size) + `}`
	return h.status(201, who, "POST", "/uploads", strings.NewReader(body)).json(h.T)["id"].(string)
}

func (h *host) put(who, id, contentRange, part string) *answer {
	h.Helper()
	return h.ask(who, "PUT", "/uploads/"+id, strings.NewReader(part), "Content-Range", contentRange)
}

// nothing checks that no bytes and no documents were left.
func (h *host) nothing() {
	h.Helper()
	report, err := h.service().Sweep(h.staff(), &storage.SweepOptions{Grace: 1})
	require.NoError(h, err)
	require.Empty(h, report.Leftovers)
	require.JSONEq(h, `{"data": [], "next_cursor": null}`, h.status(200, "grace", "GET", "/documents", nil).body)
}
