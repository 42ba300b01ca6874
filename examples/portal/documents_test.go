package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
)

// The records of documents, as docs/http.md shows them.
type (
	document struct {
		ID          string    `json:"id"`
		Client      string    `json:"client"`
		Name        string    `json:"name"`
		Title       string    `json:"title"`
		Folder      string    `json:"folder"`
		Size        int64     `json:"size"`
		ContentType string    `json:"content_type"`
		SHA256      string    `json:"sha256"`
		Status      string    `json:"status"`
		Reason      string    `json:"reason"`
		Visibility  string    `json:"visibility"`
		State       string    `json:"state"`
		Version     int       `json:"version"`
		UploadedBy  inRole    `json:"uploaded_by"`
		DecidedAt   time.Time `json:"decided_at,omitzero"`
		CreatedAt   time.Time `json:"created_at"`
		UpdatedAt   time.Time `json:"updated_at"`
	}
	inRole struct {
		Role string `json:"role"`
	}
	documentVersion struct {
		Version     int       `json:"version"`
		Name        string    `json:"name"`
		Size        int64     `json:"size"`
		ContentType string    `json:"content_type"`
		SHA256      string    `json:"sha256"`
		State       string    `json:"state"`
		UploadedBy  inRole    `json:"uploaded_by"`
		CreatedAt   time.Time `json:"created_at"`
	}
	documentReceipt struct {
		Version int       `json:"version"`
		Kind    string    `json:"kind"`
		By      inRole    `json:"by"`
		At      time.Time `json:"at"`
	}
	documentProgress struct {
		State   string `json:"state"`
		Done    int64  `json:"done"`
		Size    int64  `json:"size"`
		Version int    `json:"version"`
	}
	upload struct {
		ID        string    `json:"id"`
		Name      string    `json:"name"`
		Size      int64     `json:"size"`
		Done      int64     `json:"done"`
		ExpiresAt time.Time `json:"expires_at"`
		Document  string    `json:"document,omitempty"`
	}
)

// exactly decodes an answer that must be the record as it is documented, with nothing missing or added.
func exactly[R any](t *testing.T, a answer) (record R) {
	t.Helper()
	a.into(t, &record)
	again, err := json.Marshal(record)
	require.NoError(t, err)
	require.JSONEq(t, string(a.Body), string(again))
	return record
}

// formOf is a form with the fields, in pairs, and a file.
func formOf(t *testing.T, name, content string, fields ...string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		require.NoError(t, w.WriteField(fields[i], fields[i+1]))
	}
	part, err := w.CreateFormFile("file", name)
	require.NoError(t, err)
	_, err = part.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String(), w.FormDataContentType()
}

// postFile sends the form to the path.
func (r *running) postFile(t *testing.T, who, path, name, content string, fields ...string) answer {
	t.Helper()
	body, contentType := formOf(t, name, content, fields...)
	return r.ask(t, who, "POST", path, body, "Content-Type", contentType)
}

// uploaded is the document that the file has become.
func (r *running) uploaded(t *testing.T, who, name, content string, fields ...string) document {
	t.Helper()
	a := r.postFile(t, who, documentsPath, name, content, fields...)
	require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
	d := exactly[document](t, a)
	assert.Equal(t, documentsPath+"/"+d.ID, a.Header.Get("Location"))
	return d
}

// stored waits until the document is where documents are kept.
func (r *running) stored(t *testing.T, who, id string) {
	t.Helper()
	eventually(t, "stored", func() bool {
		a := r.ask(t, who, "GET", documentsPath+"/"+id+"/progress", "")
		return exactly[documentProgress](t, a).State == "stored"
	})
}

func (r *running) documentsOf(t *testing.T, who, query string) []document {
	t.Helper()
	var page listing[document]
	r.get(t, who, documentsPath+query, &page)
	return page.Data
}

func hexSum(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func titles(all []document) (names []string) {
	for _, d := range all {
		names = append(names, d.Title)
	}
	return names
}

func TestDocuments(t *testing.T) {
	r := start(t)
	t.Run("what becomes of one", func(t *testing.T) { documentLives(t, r) })
	t.Run("its content", func(t *testing.T) { documentIsRead(t, r) })
	t.Run("what is refused", func(t *testing.T) { documentsAreRefused(t, r) })
}

func documentLives(t *testing.T, r *running) {
	const content = "article,price\nkit,19.00\n"
	d := r.uploaded(t, "client:acme", "prices.csv", content, "title", "Prices")
	one := documentsPath + "/" + d.ID
	t.Run("what a client uploads is theirs, and waits for a decision", func(t *testing.T) {
		assert.Equal(t, document{
			ID: d.ID, Client: "acme", Name: "prices.csv", Title: "Prices", Size: int64(len(content)), ContentType: "text/csv; charset=utf-8",
			SHA256: hexSum(content), Status: "pending", Visibility: "private", State: d.State, Version: 1, UploadedBy: inRole{"client"},
			CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
		}, d)
		r.stored(t, "client:acme", d.ID)
	})
	t.Run("another client finds nothing of it, and is told the same as of what does not exist", func(t *testing.T) {
		for _, ask := range [][2]string{
			{"GET", ""}, {"PATCH", ""}, {"DELETE", ""}, {"GET", "/content"}, {"HEAD", "/content"}, {"GET", "/progress"}, {"GET", "/versions"}, {"GET", "/receipts"},
		} {
			body := ""
			if ask[0] == "PATCH" {
				body = `{"title":"Mine"}`
			}
			foreign := r.ask(t, "client:globex", ask[0], one+ask[1], body, "X-Request-Id", "same")
			unknown := r.ask(t, "client:globex", ask[0], documentsPath+"/nosuch"+ask[1], body, "X-Request-Id", "same")
			assert.Equal(t, http.StatusNotFound, foreign.Status, "%v", ask)
			assert.Equal(t, string(unknown.Body), string(foreign.Body), "%v", ask)
		}
		assert.Equal(t, http.StatusNotFound, r.postFile(t, "client:globex", one+"/versions", "prices.csv", content).Status)
		assert.NotContains(t, titles(r.documentsOf(t, "client:globex", "")), "Prices")
		assert.Equal(t, http.StatusForbidden, r.ask(t, "client:globex", "GET", documentsPath+"?client=acme", "").Status)
	})
	t.Run("an admin sees it and decides, and no client does", func(t *testing.T) {
		assert.Contains(t, titles(r.documentsOf(t, "admin:root", "?client=acme&status=pending")), "Prices")
		assert.Equal(t, http.StatusForbidden, r.ask(t, "client:acme", "POST", one+"/approve", `{"version":1}`).Status)
		rejected := exactly[document](t, r.ask(t, "admin:root", "POST", one+"/reject", `{"version":1,"reason":"Too high."}`))
		assert.Equal(t, [2]string{"rejected", "Too high."}, [2]string{rejected.Status, rejected.Reason})
		again := exactly[document](t, r.postFile(t, "client:acme", one+"/versions", "prices.csv", content+"box,8.50\n"))
		assert.Equal(t, document{Status: "pending", Version: 2}, document{Status: again.Status, Version: again.Version})
		assert.Equal(t, frontdesk.Aborted, r.ask(t, "admin:root", "POST", one+"/approve", `{"version":1}`).problem(t).Code)
		approved := exactly[document](t, r.ask(t, "admin:root", "POST", one+"/approve", `{"version":2}`))
		assert.Equal(t, "approved", approved.Status)
	})
	t.Run("a client can take back no more what is approved", func(t *testing.T) {
		assert.Equal(t, frontdesk.FailedPrecondition, r.ask(t, "client:acme", "DELETE", one, "").problem(t).Code)
	})
	t.Run("the older version is still there", func(t *testing.T) {
		var all listing[json.RawMessage]
		r.get(t, "client:acme", one+"/versions", &all)
		require.Len(t, all.Data, 2)
		older := exactly[documentVersion](t, answer{Body: all.Data[1]})
		assert.Equal(t, hexSum(content), older.SHA256)
		assert.Equal(t, content, string(r.ask(t, "client:acme", "GET", one+"/content?version=1", "").Body))
	})
	t.Run("what an admin uploads is seen by the client when it is shared, and not before or after", func(t *testing.T) {
		plan := r.uploaded(t, "admin:root", "plan.txt", "the plan", "client", "acme")
		path := documentsPath + "/" + plan.ID
		see := func() int { return r.ask(t, "client:acme", "GET", path, "").Status }
		assert.Equal(t, http.StatusNotFound, see())
		assert.Equal(t, "shared", exactly[document](t, r.ask(t, "admin:root", "POST", path+"/share", "")).Visibility)
		assert.Equal(t, http.StatusOK, see())
		assert.Equal(t, http.StatusNotFound, r.ask(t, "client:globex", "GET", path, "").Status)
		assert.Equal(t, "private", exactly[document](t, r.ask(t, "admin:root", "POST", path+"/unshare", "")).Visibility)
		assert.Equal(t, http.StatusNotFound, see())
		assert.Equal(t, http.StatusNoContent, r.ask(t, "admin:root", "DELETE", path, "").Status)
		assert.Equal(t, http.StatusNotFound, r.ask(t, "admin:root", "GET", path, "").Status)
	})
}

func documentIsRead(t *testing.T, r *running) {
	content := strings.Repeat("0123456789", 1000)
	d := r.uploaded(t, "client:acme", "digits \"ä\".txt", content)
	path := documentsPath + "/" + d.ID + "/content"
	t.Run("it comes back as it was, to be saved and never to be run", func(t *testing.T) {
		a := r.ask(t, "admin:root", "GET", path, "")
		assert.Equal(t, http.StatusOK, a.Status)
		assert.Equal(t, content, string(a.Body))
		for name, want := range map[string]string{
			"Content-Type": "text/plain; charset=utf-8", "Content-Length": "10000", "ETag": `"` + hexSum(content) + `"`,
			"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "private, no-store",
		} {
			assert.Equal(t, want, a.Header.Get(name), name)
		}
		assert.Regexp(t, `^attachment; .*filename\*=UTF-8''digits%20%22%C3%A4%22\.txt$`, a.Header.Get("Content-Disposition"))
	})
	t.Run("a part of it is what was asked for", func(t *testing.T) {
		a := r.ask(t, "client:acme", "GET", path, "", "Range", "bytes=9995-")
		assert.Equal(t, http.StatusPartialContent, a.Status)
		assert.Equal(t, "56789", string(a.Body))
		assert.Equal(t, "bytes 9995-9999/10000", a.Header.Get("Content-Range"))
		a = r.ask(t, "client:acme", "GET", path, "", "Range", "bytes=10000-")
		assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, a.Status)
		assert.Equal(t, "range", a.problem(t).Fields[0].Name)
		assert.Equal(t, http.StatusNotModified, r.ask(t, "client:acme", "GET", path, "", "If-None-Match", `"`+hexSum(content)+`"`).Status)
	})
	t.Run("who got it stands in its receipts, for both sides, and who only asked does not", func(t *testing.T) {
		assert.Equal(t, http.StatusOK, r.ask(t, "client:globex", "GET", documentsPath, "").Status)
		for _, who := range []string{"client:acme", "admin:root"} {
			var all listing[json.RawMessage]
			r.get(t, who, documentsPath+"/"+d.ID+"/receipts", &all)
			require.Len(t, all.Data, 2)
			newest, first := exactly[documentReceipt](t, answer{Body: all.Data[0]}), exactly[documentReceipt](t, answer{Body: all.Data[1]})
			assert.Equal(t, documentReceipt{1, "download", inRole{"client"}, newest.At}, newest)
			assert.Equal(t, documentReceipt{1, "download", inRole{"admin"}, first.At}, first)
		}
	})
}

func documentsAreRefused(t *testing.T, r *running) {
	before := len(r.documentsOf(t, "admin:root", ""))
	field := func(t *testing.T, a answer, status int, name string) {
		t.Helper()
		assert.Equal(t, status, a.Status, "%s", a.Body)
		p := a.problem(t)
		require.NotEmpty(t, p.Fields, "%s", a.Body)
		assert.Equal(t, name, p.Fields[0].Name)
	}
	t.Run("a type that is not taken is refused by the name", func(t *testing.T) {
		field(t, r.postFile(t, "client:acme", documentsPath, "setup.exe", "MZ"), http.StatusBadRequest, "name")
		field(t, r.ask(t, "client:acme", "POST", uploadsPath, `{"name":"setup.exe","size":2}`), http.StatusBadRequest, "name")
	})
	t.Run("a content that is not what its name says is refused", func(t *testing.T) {
		field(t, r.postFile(t, "client:acme", documentsPath, "brief.pdf", "MZ\x90\x00\x03\x00\x00\x00\x04"), http.StatusBadRequest, "content")
	})
	t.Run("one that is too large is refused before it is sent", func(t *testing.T) {
		size := r.docs.MaxSize() + 1
		field(t, r.ask(t, "client:acme", "POST", uploadsPath, fmt.Sprintf(`{"name":"film.mp4","size":%d}`, size)), http.StatusRequestEntityTooLarge, "content")
	})
	t.Run("a form without a file, with an unknown field, or without a client is refused by name", func(t *testing.T) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		require.NoError(t, w.Close())
		field(t, r.ask(t, "client:acme", "POST", documentsPath, b.String(), "Content-Type", w.FormDataContentType()), http.StatusBadRequest, "file")
		field(t, r.postFile(t, "client:acme", documentsPath, "a.txt", "a", "status", "approved"), http.StatusBadRequest, "status")
		field(t, r.postFile(t, "admin:root", documentsPath, "a.txt", "a"), http.StatusBadRequest, "client")
		field(t, r.ask(t, "client:acme", "GET", documentsPath+"?order=name", ""), http.StatusBadRequest, "order")
	})
	t.Run("nobody, experts, pages of other sites and clients for others upload nothing", func(t *testing.T) {
		assert.Equal(t, frontdesk.Unauthenticated, r.postFile(t, "", documentsPath, "a.txt", "a").problem(t).Code)
		assert.Equal(t, frontdesk.PermissionDenied, r.postFile(t, "expert:nina", documentsPath, "a.txt", "a").problem(t).Code)
		assert.Equal(t, frontdesk.PermissionDenied, r.postFile(t, "client:globex", documentsPath, "a.txt", "a", "client", "acme").problem(t).Code)
		body, contentType := formOf(t, "a.txt", "a")
		for _, path := range []string{documentsPath, documentsAt} {
			a := r.ask(t, "client:acme", "POST", path, body, "Content-Type", contentType, "Sec-Fetch-Site", "cross-site")
			assert.Equal(t, frontdesk.PermissionDenied, a.problem(t).Code)
		}
	})
	assert.Len(t, r.documentsOf(t, "admin:root", ""), before, "nothing was stored")
}

// withDemoDocuments lets the portal begin with the documents of the demo.
func withDemoDocuments(c *config) { c.documents.seeded = true }

// idle is a portal that answers and has no workers: what it accepts is left to another.
func idle(t *testing.T, d database) *running {
	t.Helper()
	r := &running{log: new(logBuffer)}
	server := httptest.NewUnstartedServer(nil)
	p, err := openPortal(t.Context(), config{
		demo: true, appURL: "http://" + server.Listener.Addr().String(), prices: []string{demoPrice}, database: d, documents: documentsConfig{seeded: true},
		mailing: mailConfig{from: mail.Address{Address: "portal@frontdesk.example"}},
	}, slog.New(slog.NewTextHandler(r.log, nil)))
	require.NoError(t, err)
	r.portal, server.Config.Handler = p, p.handler()
	server.Start()
	r.url = server.URL
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, p.close())
	})
	return r
}

// putPart sends a part of a content.
func (r *running) putPart(t *testing.T, id, content string, from, to int) answer {
	t.Helper()
	return r.ask(t, "client:acme", "PUT", uploadsPath+"/"+id, content[from:to], "Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, len(content)))
}

// TestUploadOutlivesThePortal sends the parts of an upload to three portals, of which the first two have no
// workers, and lets the last one store it.
func TestUploadOutlivesThePortal(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh func(*testing.T) database) {
		db, content := fresh(t), strings.Repeat("The quick brown fox. ", 20_000)
		half := len(content) / 2
		var u upload
		var whole document
		t.Run("a part is there after the connection was cut", func(t *testing.T) {
			r := idle(t, db)
			a := r.ask(t, "client:acme", "POST", uploadsPath, fmt.Sprintf(`{"name":"fox.txt","title":"Fox","size":%d}`, len(content)))
			require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
			u = exactly[upload](t, a)
			require.Equal(t, http.StatusOK, r.putPart(t, u.ID, content, 0, half).Status)
			cut := r.ask(t, "client:acme", "PUT", uploadsPath+"/"+u.ID, content[half:half+10], "Content-Range", fmt.Sprintf("bytes %d-%d/%d", half, len(content)-1, len(content)))
			assert.Equal(t, http.StatusBadRequest, cut.Status, "a body that is shorter than its part")
			assert.Equal(t, http.StatusNotFound, r.ask(t, "client:globex", "GET", uploadsPath+"/"+u.ID, "").Status)
		})
		t.Run("the next portal goes on there", func(t *testing.T) {
			r := idle(t, db)
			a := r.ask(t, "client:acme", "GET", uploadsPath+"/"+u.ID, "")
			at := exactly[upload](t, a)
			require.GreaterOrEqual(t, at.Done, int64(half))
			assert.Equal(t, fmt.Sprintf("bytes=0-%d", at.Done-1), a.Header.Get("Range"))
			last := r.putPart(t, u.ID, content, int(at.Done), len(content))
			require.Equal(t, http.StatusCreated, last.Status, "%s", last.Body)
			whole = exactly[document](t, last)
			assert.Equal(t, document{Title: "Fox", SHA256: hexSum(content), State: "queued"}, document{Title: whole.Title, SHA256: whole.SHA256, State: whole.State})
			assert.Equal(t, whole.ID, exactly[upload](t, r.ask(t, "client:acme", "GET", uploadsPath+"/"+u.ID, "")).Document)
			assert.Equal(t, content, string(r.ask(t, "client:acme", "GET", documentsPath+"/"+whole.ID+"/content", "").Body), "it can be read before it is stored")
		})
		t.Run("and the one after that stores it", func(t *testing.T) {
			r := start(t, on(db))
			r.stored(t, "client:acme", whole.ID)
			assert.Equal(t, content, string(r.ask(t, "client:acme", "GET", documentsPath+"/"+whole.ID+"/content", "").Body))
		})
		t.Run("the documents of the demo are there once", func(t *testing.T) {
			r := idle(t, db)
			assert.Len(t, r.documentsOf(t, "admin:root", ""), len(demoDocuments)+1)
			assert.Equal(t, []string{"Fox", "Logo", "Price list", "Brand guidelines"}, titles(r.documentsOf(t, "client:acme", "")))
			assert.Equal(t, []string{"Price list"}, titles(r.documentsOf(t, "client:acme", "?status=rejected")))
			assert.Equal(t, []string{"Visits and orders", "Service agreement"}, titles(r.documentsOf(t, "client:globex", "")))
		})
	})
}

// deadlines is an answer whose connection tells its write deadline.
type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

// SetWriteDeadline is for http.ResponseController.
func (d *deadlines) SetWriteDeadline(at time.Time) error {
	d.set = append(d.set, at)
	return nil
}

func TestUnhurried(t *testing.T) {
	handler := unhurried(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for method, want := range map[string][]time.Time{"GET": nil, "POST": {{}}, "PUT": {{}}} {
		t.Run("the write deadline of a "+method+" is lifted if it brings a file", func(t *testing.T) {
			w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
			handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/", nil))
			assert.Equal(t, want, w.set)
		})
	}
}
