package templates

import (
	htmltemplate "html/template"
	"regexp"
	"strings"
	texttemplate "text/template"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
)

// pageKey names a mail in a language.
type pageKey struct {
	language Language
	name     string
}

// page is the two templates of a mail in a language.
type page struct {
	html *htmltemplate.Template
	text *texttemplate.Template
}

// view is what the layouts see.
type view struct {
	Language Language
	Subject  string
	Brand    Brand
	Mail     Template
}

// labelled is a text with what it is: a row of facts, a button with its link, a chip with
// its tone.
type labelled struct{ Label, Value string }

func parsePages(files source, c colors) (map[pageKey]page, error) {
	if err := files.check(); err != nil {
		return nil, err
	}
	pages := map[pageKey]page{}
	for _, language := range Languages() {
		for _, t := range Samples(language) {
			key := pageKey{language, t.Name()}
			parsed, err := files.page(key, c)
			if err != nil {
				return nil, err
			}
			pages[key] = parsed
		}
	}
	return pages, nil
}

// page parses the two templates of a mail.
func (s source) page(key pageKey, c colors) (page, error) {
	words := functions(locales[key.language])
	html := htmltemplate.New("layout").Funcs(words).Funcs(c.functions())
	text := texttemplate.New("layout").Funcs(words)
	folder := string(key.language) + "/"
	for _, file := range []string{"parts.html.tmpl", folder + "shared.html.tmpl", folder + key.name + ".html.tmpl", "layout.html.tmpl"} {
		if err := s.parse(file, func(content string) error { _, err := html.Parse(content); return err }); err != nil {
			return page{}, err
		}
	}
	for _, file := range []string{folder + "shared.txt.tmpl", folder + key.name + ".txt.tmpl", "layout.txt.tmpl"} {
		if err := s.parse(file, func(content string) error { _, err := text.Parse(content); return err }); err != nil {
			return page{}, err
		}
	}
	return page{html, text}, nil
}

func (s source) parse(path string, parse func(content string) error) error {
	content, err := s.read(path)
	if err != nil {
		return err
	}
	if err := parse(content); err != nil {
		return frontdesk.InvalidField("overrides", "%s does not parse: %w", path, err)
	}
	return nil
}

// functions are those that write for readers of one language.
func functions(l *locale) map[string]any {
	return map[string]any{
		"money":   l.money,
		"day":     func(t time.Time) string { return l.calendar(l.day, t) },
		"date":    func(t time.Time) string { return l.calendar(l.date, t) },
		"clock":   l.clock,
		"span":    l.span,
		"spanIn":  l.spanIn,
		"percent": l.percentage,
		"hello":   l.greeting,
		"capital": capital,
		"lines":   lines,
		"label":   func(label, value string) labelled { return labelled{label, value} },
	}
}

// functions are those that colour, and keep the conditional comments.
func (c colors) functions() map[string]any {
	return map[string]any{
		"color":   c.light.color,
		"dark":    c.dark.color,
		"inks":    func() []string { return inks },
		"grounds": func() []string { return grounds },
		"conditional": func(comment string) htmltemplate.HTML {
			return htmltemplate.HTML(comment) //nolint:gosec // G203: keepConditional writes these calls, with constants of template files
		},
	}
}

// lines splits a text, without the empty lines around it.
func lines(text string) []string {
	return strings.Split(strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")), "\n")
}

// capital makes the first letter a capital.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// render returns the subject, the HTML and the plain text.
func (p page) render(v view) (subject, html, text string, err error) {
	var out strings.Builder
	if err = p.text.ExecuteTemplate(&out, "subject", v.Mail); err != nil {
		return "", "", "", frontdesk.Errorf(frontdesk.Internal, "subject of %s: %w", v.Mail.Name(), err)
	}
	v.Subject = shorten(oneLine(out.String()))
	out.Reset()
	if err = p.html.ExecuteTemplate(&out, "layout", v); err != nil {
		return "", "", "", frontdesk.Errorf(frontdesk.Internal, "HTML of %s: %w", v.Mail.Name(), err)
	}
	html = clean(out.String())
	out.Reset()
	if err = p.text.ExecuteTemplate(&out, "layout", v); err != nil {
		return "", "", "", frontdesk.Errorf(frontdesk.Internal, "text of %s: %w", v.Mail.Name(), err)
	}
	return v.Subject, html, tidy(clean(out.String())), nil
}

// blank matches what absent facts leave behind.
var blank = regexp.MustCompile(`\n\s*\n`)

// tidy leaves single empty lines between the paragraphs of a plain text.
func tidy(text string) string {
	return strings.TrimSpace(blank.ReplaceAllString(text, "\n\n")) + "\n"
}
