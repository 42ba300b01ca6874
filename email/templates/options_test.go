package templates_test

import (
	"io/fs"
	"net/mail"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email/templates"
)

var welcome = templates.Welcome{To: "ana@acme.example", Person: "Ana Sousa", PortalURL: "https://portal.example/"}

func TestTheBrandIsOnEveryMail(t *testing.T) {
	brand := lantern
	brand.From = mail.Address{Name: "Lantern", Address: "hello@lantern.example"}
	brand.ReplyTo = []mail.Address{{Address: "nina@lantern.example"}}
	set := newSet(t, &templates.Options{Brand: brand})
	each(t, func(t *testing.T, _ templates.Language, m templates.Template) {
		message := render(t, set.Mail(m))
		assert.Equal(t, brand.From, message.From)
		assert.Equal(t, brand.ReplyTo, message.ReplyTo)
		assert.Equal(t, m.Name(), set.Mail(m).Name())
		for _, want := range []string{
			`<img src="https://lantern.example/logo.png" alt="Lantern &amp; Sons"`, "Rua da Boavista 84<br>1200-068 Lisboa", `bgcolor="#0a7d5a"`,
		} {
			assert.Contains(t, message.HTML, want)
		}
		assert.True(t, strings.HasSuffix(message.Text, "\n-- \nLantern & Sons\nRua da Boavista 84\n1200-068 Lisboa\nhttps://lantern.example/?a=1&b=2\n"))
	})
}

func TestASenderIsLeftToTheServiceUnlessTheBrandHasOne(t *testing.T) {
	message := render(t, welcome)
	assert.Zero(t, message.From)
	assert.Empty(t, message.ReplyTo)
	assert.Equal(t, map[string]string{"Auto-Submitted": "auto-generated"}, message.Headers)
}

func TestABrandIsAsFarAsItGoes(t *testing.T) {
	for rule, test := range map[string]struct {
		brand       templates.Brand
		has, hasNot string
	}{
		"a name alone is in words":           {templates.Brand{Name: "Lantern"}, ">Lantern</td>", "<img"},
		"a name with a URL leads there":      {templates.Brand{Name: "Lantern", URL: "https://lantern.example"}, `text-decoration:none">Lantern</a>`, "<img"},
		"a logo without a URL leads nowhere": {templates.Brand{Name: "Lantern", LogoURL: "https://l.example/l.png"}, `<img src="https://l.example/l.png"`, `<a class="t-ink"`},
		"no brand leaves no trace":           {templates.Brand{}, "Welcome", `class="side`},
	} {
		t.Run(rule, func(t *testing.T) {
			html := render(t, newSet(t, &templates.Options{Brand: test.brand}).Mail(welcome)).HTML
			assert.Contains(t, html, test.has)
			assert.NotContains(t, html, test.hasNot)
		})
	}
}

func TestABrandThatCannotBeShownIsRefused(t *testing.T) {
	for rule, test := range map[string]struct {
		brand       templates.Brand
		field, says string
	}{
		"a colour too bright for the page": {templates.Brand{Color: "#ffcc00"}, "brand.color", "has a contrast of 1.51 to the page #ffffff, and needs 3.0"},
		"a colour too dark for dark pages": {templates.Brand{DarkColor: "#101010"}, "brand.dark_color", "has a contrast of 1.06 to the page #16171b, and needs 3.0"},
		"a colour by name":                 {templates.Brand{Color: "red"}, "brand.color", `must be six hexadecimal digits after a #, not "red"`},
		"a colour with CSS behind it":      {templates.Brand{DarkColor: "#ffffff;}"}, "brand.dark_color", `must be six hexadecimal digits after a #, not "#ffffff;}"`},
		"a logo from a file":               {templates.Brand{LogoURL: "file:///logo.png"}, "brand.logo_url", "must be an absolute http or https URL"},
		"a script for a URL":               {templates.Brand{URL: "javascript:alert(1)"}, "brand.url", "must be an absolute http or https URL"},
	} {
		t.Run(rule, func(t *testing.T) {
			_, err := templates.New(&templates.Options{Brand: test.brand})
			assert.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err))
			require.NotEmpty(t, frontdesk.Fields(err))
			assert.Equal(t, frontdesk.Field{Name: test.field, Message: test.says}, frontdesk.Fields(err)[0])
		})
	}
}

func TestLinksOfABrightBrandAreMadeReadable(t *testing.T) {
	html := render(t, newSet(t, &templates.Options{Brand: templates.Brand{Color: "#e8590c"}}).Mail(templates.Samples(templates.English)[3])).HTML
	assert.Contains(t, html, `bgcolor="#e8590c"`)
	assert.NotContains(t, html, `class="t-link" href="https://portal.example/invoices/41/receipt.pdf" style="color:#e8590c`)
	readable(t, html, light)
	readable(t, html, dark)
}

func TestLanguageIsTheMailsThenTheSets(t *testing.T) {
	portuguese := newSet(t, &templates.Options{Language: "pt-BR"})
	for _, test := range []struct {
		rule     string
		set      *templates.Set
		language templates.Language
		want     templates.Language
	}{
		{"the default is English", templates.Default(), "", templates.English},
		{"the mail's own goes first", templates.Default(), templates.Portuguese, templates.Portuguese},
		{"the set's is for mails without", portuguese, "", templates.Portuguese},
		{"the set's is for languages without templates", portuguese, "de-DE", templates.Portuguese},
		{"a region does not matter", portuguese, "en-US", templates.English},
	} {
		t.Run(test.rule, func(t *testing.T) {
			m := welcome
			m.Language = test.language
			assert.Contains(t, render(t, test.set.Mail(m)).HTML, `<html lang="`+string(test.want)+`"`)
		})
	}
}

func TestOptionsAreRefusedByName(t *testing.T) {
	for field, o := range map[string]templates.Options{"language": {Language: "de"}, "zone": {Zone: "Mars/Base"}} {
		_, err := templates.New(&o)
		assert.Equal(t, []string{field}, names(err))
	}
	_, err := templates.New(&templates.Options{Zone: "Local"})
	assert.Equal(t, []string{"zone"}, names(err), "mails would differ from machine to machine")
}

func override(files map[string]string) *templates.Options {
	overrides := fstest.MapFS{}
	for path, content := range files {
		overrides[path] = &fstest.MapFile{Data: []byte(content)}
	}
	return &templates.Options{Overrides: overrides}
}

func TestAHostReplacesTheLayout(t *testing.T) {
	set := newSet(t, override(map[string]string{
		"layout.html.tmpl": `{{define "layout"}}<!-- ours --><!--[if mso]><b>"Outlook"` + "\n" + `only</b><![endif]--><!--[if !mso]><!--><i>{{.Subject}}</i><!--<![endif]-->` +
			`{{template "body" .Mail}}{{end}}`,
		"layout.txt.tmpl": `{{define "layout"}}ACME{{template "body" .Mail}}{{end}}`,
	}))
	each(t, func(t *testing.T, _ templates.Language, m templates.Template) {
		message := render(t, set.Mail(m))
		assert.True(t, strings.HasPrefix(message.HTML, "<!--[if mso]><b>\"Outlook\"\nonly</b><![endif]--><!--[if !mso]><!--><i>"), message.HTML[:60])
		assert.Contains(t, message.HTML, "</i><!--<![endif]-->")
		assert.True(t, strings.HasPrefix(message.Text, "ACME"))
	})
}

func TestAHostReplacesOneMailInOneLanguage(t *testing.T) {
	set := newSet(t, override(map[string]string{
		"en/welcome.html.tmpl": `{{define "preheader"}}{{end}}{{define "body"}}{{template "title" (print "Ahoy " .Person)}}{{end}}`,
	}))
	assert.Contains(t, render(t, set.Mail(welcome)).HTML, ">Ahoy Ana Sousa</h1>")
	assert.Equal(t, render(t, welcome).Text, render(t, set.Mail(welcome)).Text)
	in := welcome
	in.Language = templates.Portuguese
	assert.Equal(t, render(t, in), render(t, set.Mail(in)))
	receipt := templates.Samples(templates.English)[3]
	assert.Equal(t, render(t, receipt), render(t, set.Mail(receipt)))
}

func TestOurOwnFilesServeAsOverrides(t *testing.T) {
	set := newSet(t, &templates.Options{Overrides: templates.Files()})
	each(t, func(t *testing.T, _ templates.Language, m templates.Template) {
		assert.Equal(t, render(t, m), render(t, set.Mail(m)))
	})
}

func TestAnOverrideThatCannotWorkIsRefused(t *testing.T) {
	for rule, test := range map[string]struct{ path, content, says string }{
		"it replaces nothing":               {"en/reciept.html.tmpl", "", "en/reciept.html.tmpl replaces no template"},
		"it does not parse":                 {"en/receipt.txt.tmpl", "{{if}}", "en/receipt.txt.tmpl does not parse"},
		"it asks for a field that is none":  {"pt-PT/receipt.txt.tmpl", `{{define "subject"}}x{{end}}{{define "body"}}{{.Number}}{{end}}`, "pt-PT/receipt does not render"},
		"it asks for a colour that is none": {"layout.html.tmpl", `{{define "layout"}}{{color "pink"}}{{end}}`, "does not render"},
		"it leaves a tag open":              {"layout.html.tmpl", `{{define "layout"}}<a href="{{end}}`, "does not render"},
		"it has an action in a comment":     {"layout.html.tmpl", `{{define "layout"}}<!--[if mso]>{{.Subject}}<![endif]-->{{end}}`, "layout.html.tmpl has an action inside a conditional comment"},
	} {
		t.Run(rule, func(t *testing.T) {
			_, err := templates.New(override(map[string]string{test.path: test.content}))
			assert.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err))
			assert.Equal(t, []string{"overrides"}, names(err))
			assert.ErrorContains(t, err, test.says)
		})
	}
}

type broken struct{ fs.FS }

func (broken) Open(string) (fs.File, error) { return nil, fs.ErrPermission }

func TestOverridesThatCannotBeReadAreRefused(t *testing.T) {
	_, err := templates.New(&templates.Options{Overrides: broken{}})
	assert.Equal(t, []string{"overrides"}, names(err))
	assert.ErrorIs(t, err, fs.ErrPermission)
}
