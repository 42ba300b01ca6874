package emailhttp

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/internal/problem"
)

// Samples returns one mail of every kind in the language, with made-up data.
type Samples func(language string) []email.Mail

// PreviewOptions adjusts the preview. The zero value is ready to use.
type PreviewOptions struct {
	// Languages are those that can be chosen; the first is shown first. Without any,
	// the samples are asked for the empty language.
	Languages []string
}

// NewPreviewHandler returns pages for development: a list of all samples, and each as
// it looks in light and in dark, on a phone and on a screen, and as plain text. It
// authenticates nobody, so mount it in development only.
//
// A mail's HTML runs in a sandbox without scripts, forms and an origin, and nothing
// is loaded but its images. With the parameters mail, language and part (html or text)
// the handler answers with the very bytes that are sent. All links are relative
// queries, so that it works under any path. Nil samples are none, and nil options the
// zero PreviewOptions.
func NewPreviewHandler(samples Samples, o *PreviewOptions) http.Handler {
	if samples == nil {
		samples = func(string) []email.Mail { return nil }
	}
	p := &preview{samples: samples, languages: []string{""}}
	if o != nil && len(o.Languages) > 0 {
		p.languages = slices.Clone(o.Languages)
	}
	return p
}

type preview struct {
	samples   Samples
	languages []string
}

var (
	//go:embed preview.html.tmpl
	previewPage string
	//go:embed preview.css
	previewStyle string

	previewPages = template.Must(template.New("preview").Parse(previewPage))

	pagePolicy = fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		digest(previewStyle))
)

// mailPolicy is for what a mail holds: it is styled, shows images, and does nothing.
const mailPolicy = "sandbox; default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func (p *preview) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		problem.Write(w, r, http.StatusMethodNotAllowed, frontdesk.Invalid, "pages are read")
		return
	}
	query := r.URL.Query()
	language := p.languages[0]
	if query.Has("language") {
		language = query.Get("language")
	}
	if !slices.Contains(p.languages, language) {
		problem.Write(w, r, http.StatusNotFound, frontdesk.NotFound, "there are no mails in this language")
		return
	}
	if !query.Has("mail") {
		p.list(w, r, language)
		return
	}
	p.show(w, r, query, language)
}

// sample is a mail of the list.
type sample struct {
	Name    string
	Subject string
	Problem string // why it cannot be rendered
	Size    int    // bytes of HTML
}

func (p *preview) list(w http.ResponseWriter, r *http.Request, language string) {
	var all []sample
	for _, m := range p.samples(language) {
		s := sample{Name: m.Name()}
		message, err := m.Render()
		if err != nil {
			s.Problem = err.Error()
		}
		s.Subject, s.Size = message.Subject, len(message.HTML)
		all = append(all, s)
	}
	p.write(w, r, "list", page{Languages: p.languages, Language: language, Samples: all})
}

// show answers with a mail's page, or with one of its parts.
func (p *preview) show(w http.ResponseWriter, r *http.Request, query url.Values, language string) {
	samples, name := p.samples(language), query.Get("mail")
	i := slices.IndexFunc(samples, func(m email.Mail) bool { return m.Name() == name })
	if i < 0 {
		problem.Write(w, r, http.StatusNotFound, frontdesk.NotFound, "there is no such mail")
		return
	}
	m, err := samples[i].Render()
	if err != nil {
		problem.Write(w, r, http.StatusInternalServerError, frontdesk.CodeOf(err), err.Error())
		return
	}
	switch query.Get("part") {
	case "":
		p.write(w, r, "mail", page{Languages: p.languages, Language: language, Name: name, Mail: m})
	case "html":
		p.writeHTML(w, r, m, query.Get("scheme"))
	case "text":
		writePart(w, "text/plain; charset=utf-8", m.Text)
	default:
		problem.Write(w, r, http.StatusNotFound, frontdesk.NotFound, "a mail has no such part")
	}
}

func (p *preview) writeHTML(w http.ResponseWriter, r *http.Request, m email.Message, scheme string) {
	if scheme == "" {
		writePart(w, "text/html; charset=utf-8", m.HTML)
		return
	}
	shown, err := shownIn(scheme, &m)
	if err != nil {
		problem.Write(w, r, http.StatusInternalServerError, frontdesk.CodeOf(err), err.Error())
		return
	}
	writePart(w, "text/html; charset=utf-8", shown)
}

func writePart(w http.ResponseWriter, contentType, content string) {
	w.Header().Set("Content-Security-Policy", mailPolicy)
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write([]byte(content))
}

// page is what the templates get.
type page struct {
	Languages []string
	Language  string
	Samples   []sample

	Name string
	Mail email.Message
}

// Style is the style sheet, which the page's policy names by its digest.
func (page) Style() template.CSS { return template.CSS(previewStyle) } //nolint:gosec // a constant

// From is the mail's sender.
func (p page) From() string { return p.Mail.From.String() }

// Frames are the ways in which the page shows a mail.
func (page) Frames() []frame {
	return []frame{{"light", "wide"}, {"dark", "wide"}, {"light", "narrow"}, {"dark", "narrow"}}
}

// frame is a colour scheme and a width.
type frame struct{ Scheme, Width string }

func (p *preview) write(w http.ResponseWriter, r *http.Request, name string, data page) {
	var body bytes.Buffer
	if err := previewPages.ExecuteTemplate(&body, name, data); err != nil {
		problem.Write(w, r, http.StatusInternalServerError, frontdesk.Internal, err.Error())
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(body.Bytes())
}
