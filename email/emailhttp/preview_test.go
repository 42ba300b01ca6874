package emailhttp_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailhttp"
	"github.com/frontdesk-go/frontdesk/email/templates"
)

// ours are the samples of package templates.
func ours(language string) (all []email.Mail) {
	for _, t := range templates.Samples(templates.Language(language)) {
		all = append(all, templates.Default().Mail(t))
	}
	return all
}

var bilingual = &emailhttp.PreviewOptions{Languages: []string{"en", "pt-PT"}}

// get asks for a query, below a prefix that the handler does not know.
func get(h http.Handler, query string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/any/prefix/mails"+query, nil))
	return w
}

func TestPreviewListsEveryMailAndShowsEachInEveryLanguage(t *testing.T) {
	h := emailhttp.NewPreviewHandler(ours, bilingual)
	for _, language := range bilingual.Languages {
		list := get(h, "?language="+language).Body.String()
		for _, m := range ours(language) {
			link := "?mail=" + m.Name() + "&language=" + url.QueryEscape(language)
			if !strings.Contains(list, `href="`+html.EscapeString(link)+`"`) {
				t.Errorf("the list does not link to %s", link)
			}
			message, err := m.Render()
			if err != nil {
				t.Fatal(err)
			}
			w := get(h, link)
			for _, want := range []string{message.Subject, "Ana Sousa", "scheme=light", "scheme=dark"} {
				if !strings.Contains(html.UnescapeString(w.Body.String()), want) {
					t.Errorf("the page of %s in %s lacks %q", m.Name(), language, want)
				}
			}
			for part, want := range map[string]string{"html": message.HTML, "text": message.Text} {
				if got := get(h, link+"&part="+part).Body.String(); got != want {
					t.Errorf("the %s of %s in %s is not what is sent", part, m.Name(), language)
				}
			}
		}
	}
}

func TestPreviewBeginsWithTheFirstLanguage(t *testing.T) {
	h := emailhttp.NewPreviewHandler(ours, &emailhttp.PreviewOptions{Languages: []string{"pt-PT", "en"}})
	if page := get(h, "").Body.String(); !strings.Contains(page, "language=pt-PT") || strings.Contains(page, "&amp;language=en") {
		t.Errorf("the list is not in the first language: %s", page)
	}
}

func TestPreviewShowsASchemeWhateverTheSystemPrefers(t *testing.T) {
	h := emailhttp.NewPreviewHandler(ours, bilingual)
	light, dark := get(h, "?mail=receipt&part=html&scheme=light").Body.String(), get(h, "?mail=receipt&part=html&scheme=dark").Body.String()
	if !strings.Contains(light, "@media (max-width:0)") || !strings.Contains(dark, "@media (min-width:0)") {
		t.Error("the dark colours must never apply in light, and always in dark")
	}
	if strings.Contains(light+dark, "prefers-color-scheme") {
		t.Error("the system's preference still matters")
	}
}

func TestPreviewHasAnswersForWhatIsNotThere(t *testing.T) {
	h := emailhttp.NewPreviewHandler(ours, bilingual)
	for query, want := range map[string]int{
		"?mail=nobody": 404, "?mail=": 404, "?language=xx": 404, "?language=": 404, "?mail=receipt&part=pdf": 404,
		"?mail=receipt&part=html&scheme=sepia": 500, "?mail=receipt": 200, "": 200,
	} {
		if w := get(h, query); w.Code != want {
			t.Errorf("%q is %d, want %d", query, w.Code, want)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	if w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST is %d, want 405", w.Code)
	}
	if w := get(emailhttp.NewPreviewHandler(nil, nil), ""); w.Code != 200 || !strings.Contains(w.Body.String(), "no samples") {
		t.Errorf("without samples the list is %d: %s", w.Code, w.Body)
	}
}

// odd is a mail that is made for the test.
type odd struct {
	message email.Message
	err     error
}

func (odd) Name() string                     { return "odd&<name>" }
func (o odd) Render() (email.Message, error) { return o.message, o.err }

func only(m email.Mail) emailhttp.Samples {
	return func(string) []email.Mail { return []email.Mail{m} }
}

const oddQuery = "?mail=odd%26%3Cname%3E"

func TestPreviewTellsWhyAMailCannotBeRendered(t *testing.T) {
	h := emailhttp.NewPreviewHandler(only(odd{err: errors.New("the amount is <missing>")}), nil)
	if w := get(h, ""); w.Code != 200 || !strings.Contains(w.Body.String(), "the amount is &lt;missing&gt;") {
		t.Errorf("the list is %d: %s", w.Code, w.Body)
	}
	if w := get(h, oddQuery); w.Code != 500 || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("the page is %d, want the problem", w.Code)
	}
}

func TestPreviewKeepsAMailInItsSandbox(t *testing.T) {
	evil := email.Message{
		From: mail.Address{Name: "<script>1</script>", Address: "a@example.com"}, Subject: "<script>2</script>",
		Text: "</pre><script>3</script>", HTML: "<script>4</script><p>Hello</p>",
	}
	h := emailhttp.NewPreviewHandler(only(odd{message: evil}), nil)
	page := get(h, oddQuery)
	if strings.Contains(page.Body.String()+get(h, "").Body.String(), "<script>") {
		t.Error("a mail's text reaches the page as HTML")
	}
	if frames := regexp.MustCompile(`<iframe [^>]*>`).FindAllString(page.Body.String(), -1); len(frames) != 4 {
		t.Errorf("%d frames, want 4: %s", len(frames), page.Body)
	} else if !strings.Contains(frames[0], " sandbox ") {
		t.Errorf("%s has no sandbox", frames[0])
	}
	for _, part := range []string{"&part=html", "&part=html&scheme=dark", "&part=text"} {
		policy := get(h, oddQuery+part).Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "sandbox; default-src 'none';") || strings.Contains(policy, "script") {
			t.Errorf("the policy of %s is %q", part, policy)
		}
	}
}

func TestPreviewPagesHaveAPolicyThatAllowsTheirStyleAlone(t *testing.T) {
	for _, query := range []string{"", "?mail=receipt"} {
		w := get(emailhttp.NewPreviewHandler(ours, bilingual), query)
		_, rest, _ := strings.Cut(w.Body.String(), "<style>")
		style, _, _ := strings.Cut(rest, "</style>")
		sum := sha256.Sum256([]byte(style))
		policy := w.Header().Get("Content-Security-Policy")
		if want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %q", policy, want)
		}
		if !strings.HasPrefix(policy, "default-src 'none'; ") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("the policy is %q", policy)
		}
		if strings.Contains(w.Body.String(), " style=") {
			t.Error("an inline style would not be applied")
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("headers are %v", w.Header())
		}
	}
}

func TestPreviewShowsInlineImages(t *testing.T) {
	pixel := []byte("\x89PNG\r\n")
	m := email.Message{HTML: `<img src="cid:logo2@x"><img src="cid:logo@x">`, Attachments: []email.Attachment{{
		Name: "logo.png", ContentType: "image/png", ContentID: "logo@x", Size: int64(len(pixel)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(pixel)), nil },
	}}}
	got := get(emailhttp.NewPreviewHandler(only(odd{message: m}), nil), oddQuery+"&part=html&scheme=light").Body.String()
	if want := `<img src="cid:logo2@x"><img src="data:image/png;base64,` + base64.StdEncoding.EncodeToString(pixel) + `">`; got != want {
		t.Errorf("shown is %s, want %s", got, want)
	}
}
