package storagehttp

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// viewable are the types that a browser may show: it runs nothing that they hold.
var viewable = []string{"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"}

// content gives all of a content or a part of it.
func (h *handler) content(w http.ResponseWriter, r *http.Request) error {
	wants, err := readWants(r)
	if err != nil {
		return err
	}
	v, err := h.svc.Readable(r.Context(), r.PathValue("id"), wants.Version)
	if err != nil {
		return err
	}
	tag := `"` + hex.EncodeToString(v.SHA256) + `"`
	if matches(r.Header.Values("If-None-Match"), tag) {
		w.Header().Set("ETag", tag)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	part, partial, satisfiable := selected(r, tag, v.Size)
	if !satisfiable {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", v.Size))
		writeProblem(w, r, http.StatusRequestedRangeNotSatisfiable, problem{
			Code: frontdesk.Invalid, Detail: texts[frontdesk.Invalid],
			Fields: []frontdesk.Field{{Name: "range", Message: "selects nothing of the content"}},
		})
		return nil
	}
	inline := wants.For == storage.View && isViewable(v.ContentType)
	if r.Method == http.MethodHead {
		describe(w.Header(), v, tag, inline, part.length)
		return nil
	}
	if !inline {
		wants.For = storage.Download
	}
	wants.Version = v.Number
	if partial {
		wants.Range = storage.Range{Offset: part.first, Length: part.length}
	}
	return h.send(w, r, &wants, func(c *storage.Content) int {
		describe(w.Header(), &c.Version, tag, inline, c.Length)
		if !partial {
			return http.StatusOK
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", c.Offset, c.Offset+c.Length-1, c.Version.Size))
		return http.StatusPartialContent
	})
}

func readWants(r *http.Request) (o storage.ContentOptions, err error) {
	q, err := readQuery(r, []string{"view", "version"})
	if err != nil {
		return o, err
	}
	if q.Get("view") == "1" {
		o.For = storage.View
	}
	o.Version, err = number(q, "version", 0, math.MaxInt32)
	return o, err
}

// selected is the part that a GET asks for, unless it was for another content.
func selected(r *http.Request, tag string, size int64) (s span, partial, satisfiable bool) {
	condition := r.Header.Get("If-Range")
	if r.Method != http.MethodGet || condition != "" && condition != tag {
		return span{0, size}, false, true
	}
	return wanted(r.Header.Get("Range"), size)
}

// matches compares weakly, as If-None-Match does.
func matches(headers []string, tag string) bool {
	for t := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		if t = strings.TrimPrefix(strings.TrimSpace(t), "W/"); t == tag || t == "*" {
			return true
		}
	}
	return false
}

func isViewable(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && slices.Contains(viewable, media)
}

// describe keeps whoever shows the content from taking it for a page of the host's.
func describe(header http.Header, v *storage.Version, tag string, inline bool, length int64) {
	kind := "attachment"
	if inline {
		kind = "inline"
	}
	for name, value := range map[string]string{
		"Content-Type":                 v.ContentType,
		"Content-Length":               strconv.FormatInt(length, 10),
		"Content-Disposition":          disposition(kind, v.Name),
		"Accept-Ranges":                "bytes",
		"ETag":                         tag,
		"X-Content-Type-Options":       "nosniff",
		"Content-Security-Policy":      "sandbox; default-src 'none'",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "private, no-store",
		"Referrer-Policy":              "no-referrer",
	} {
		header.Set(name, value)
	}
}

// send opens the content and copies it. Once it has begun, there is no other way to tell
// of a failure than to break off.
func (h *handler) send(w http.ResponseWriter, r *http.Request, o *storage.ContentOptions, begin func(*storage.Content) int) error {
	c, err := h.svc.Content(r.Context(), r.PathValue("id"), o)
	if err != nil {
		return err
	}
	defer c.Body.Close()
	w.WriteHeader(begin(c))
	from := &reading{r: c.Body}
	to := &patient{w: w, control: http.NewResponseController(w), timeout: h.WriteTimeout}
	n, err := io.Copy(to, from)
	if err == nil && n == c.Length {
		to.end()
		return nil
	}
	if err == nil || from.err != nil {
		h.Logger.ErrorContext(r.Context(), "storage: a content broke off", "document", c.Document.ID, "version", c.Version.Number,
			"sent", n, "of", c.Length, "error", from.err)
	}
	panic(http.ErrAbortHandler)
}

// reading keeps the error that is the document store's.
type reading struct {
	r   io.Reader
	err error
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// patient gives whoever reads some time for each piece.
type patient struct {
	w       io.Writer
	control *http.ResponseController
	timeout time.Duration
}

func (p *patient) Write(b []byte) (int, error) {
	// A server without write deadlines has timeouts of its own.
	_ = p.control.SetWriteDeadline(time.Now().Add(p.timeout))
	return p.w.Write(b)
}

// end leaves the connection without a deadline for what it is used for next.
func (p *patient) end() {
	_ = p.control.Flush()
	_ = p.control.SetWriteDeadline(time.Time{})
}
