package templates_test

import (
	"flag"
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/templates"
)

var update = flag.Bool("update", false, "write the golden files")

// lantern is a brand with everything.
var lantern = templates.Brand{
	Name: "Lantern & Sons", URL: "https://lantern.example/?a=1&b=2", Address: "Rua da Boavista 84\n1200-068 Lisboa",
	LogoURL: "https://lantern.example/logo.png", Color: "#0a7d5a",
}

// each runs a test of every mail in every language.
func each(t *testing.T, test func(t *testing.T, language templates.Language, mail templates.Template)) {
	t.Helper()
	for _, language := range templates.Languages() {
		for _, mail := range templates.Samples(language) {
			t.Run(string(language)+"/"+mail.Name(), func(t *testing.T) { test(t, language, mail) })
		}
	}
}

func render(t *testing.T, m email.Mail) email.Message {
	t.Helper()
	message, err := m.Render()
	require.NoError(t, err)
	return message
}

func newSet(t *testing.T, o *templates.Options) *templates.Set {
	t.Helper()
	set, err := templates.New(o)
	require.NoError(t, err)
	return set
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	path = filepath.Join("testdata", "golden", path)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "differs from %s; -update writes it", path)
}

func TestMailsAreTheGoldenFiles(t *testing.T) {
	each(t, func(t *testing.T, language templates.Language, mail templates.Template) {
		message := render(t, mail)
		golden(t, filepath.Join(string(language), mail.Name()+".html"), message.HTML)
		golden(t, filepath.Join(string(language), mail.Name()+".txt"), message.Text)
	})
	message := render(t, newSet(t, &templates.Options{Brand: lantern}).Mail(templates.Samples(templates.English)[3]))
	golden(t, "brand/receipt.html", message.HTML)
	golden(t, "brand/receipt.txt", message.Text)
}

func TestSubjectsAreTheGoldenFile(t *testing.T) {
	var subjects strings.Builder
	for _, language := range templates.Languages() {
		for _, mail := range templates.Samples(language) {
			subjects.WriteString(render(t, mail).Subject + "\n")
		}
	}
	golden(t, "subjects.txt", subjects.String())
}

func TestTheServiceAcceptsWhatIsRendered(t *testing.T) {
	each(t, func(t *testing.T, _ templates.Language, mail templates.Template) {
		message := render(t, mail)
		message.Key = "key"
		message.From.Address = "studio@lantern.example"
		assert.NoError(t, message.Validate())
		assert.Equal(t, "Ana Sousa", message.To[0].Name)
		assert.Equal(t, "ana@acme.example", message.To[0].Address)
	})
}

func TestEveryMailHasItsFilesInEveryLanguage(t *testing.T) {
	var want []string
	for _, language := range templates.Languages() {
		folder := string(language) + "/"
		want = append(want, folder+"shared.html.tmpl", folder+"shared.txt.tmpl")
		for _, mail := range templates.Samples(language) {
			want = append(want, folder+mail.Name()+".html.tmpl", folder+mail.Name()+".txt.tmpl")
		}
	}
	want = append(want, "layout.html.tmpl", "layout.txt.tmpl", "parts.html.tmpl")
	assert.ElementsMatch(t, want, files(t))
}

func files(t *testing.T) []string {
	t.Helper()
	var paths []string
	require.NoError(t, fs.WalkDir(templates.Files(), ".", func(path string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	}))
	return paths
}

// What a template of one language says and the other says too was not translated.
func TestNothingIsLeftUntranslated(t *testing.T) {
	english, portuguese := templates.Samples(templates.English), templates.Samples(templates.Portuguese)
	for i, mail := range english {
		t.Run(mail.Name(), func(t *testing.T) {
			words := map[string]bool{}
			for _, label := range labels(t, render(t, mail).HTML) {
				words[label] = true
			}
			for _, label := range labels(t, render(t, portuguese[i]).HTML) {
				assert.False(t, words[label], "%q is in both languages", label)
			}
			assert.NotEqual(t, render(t, mail).Subject, render(t, portuguese[i]).Subject)
		})
	}
}

// labels are the texts that templates say, and not the data: of rows, buttons and chips.
func labels(t *testing.T, html string) []string {
	t.Helper()
	var labels []string
	for e := range walk(t, html, light) {
		isRow := e.name == "td" && e.attr["align"] == "left" && strings.Contains(e.attr["style"], "10px 16px 10px 0")
		if isRow || e.name == "a" || strings.HasSuffix(e.attr["class"], "-bg") {
			labels = append(labels, e.text)
		}
	}
	require.NotEmpty(t, labels)
	return labels
}

var amount = regexp.MustCompile(`€[\d,]+\.\d\d|[\d\x{a0}]*\d,\d\d\x{a0}€`)

func TestTheTextHasTheFactsOfTheHTML(t *testing.T) {
	set := newSet(t, &templates.Options{Brand: lantern})
	each(t, func(t *testing.T, _ templates.Language, mail templates.Template) {
		message := render(t, set.Mail(mail))
		for _, a := range amount.FindAllString(html.UnescapeString(message.HTML), -1) {
			assert.Contains(t, message.Text, a)
		}
		links, values := 0, 0
		for e := range walk(t, message.HTML, light) {
			if href := e.attr["href"]; e.name == "a" {
				links++
				assert.Contains(t, message.Text, href)
			}
			if e.name == "td" && e.attr["align"] == "right" {
				values++
				assert.Contains(t, message.Text, e.text)
			}
		}
		assert.Positive(t, links)
		assert.True(t, values > 0 || mail.Name() == "welcome")
	})
}

func TestMailsWithAmountsShowThem(t *testing.T) {
	for i, want := range map[int]string{2: "€12,345.00", 3: "€12,345.00", 4: "€12,345.00"} {
		assert.Contains(t, amount.FindAllString(render(t, templates.Samples(templates.English)[i]).HTML, -1), want)
	}
}

var (
	timeOfDay = regexp.MustCompile(`\d\d:\d\d`)
	withZone  = regexp.MustCompile(`\d\d:\d\d(–\d\d:\d\d)? (UTC|[A-Z]+[\x{a0} ]\(UTC[+−]\d)`)
)

func TestAZoneStandsBesideEveryTime(t *testing.T) {
	each(t, func(t *testing.T, _ templates.Language, mail templates.Template) {
		message := render(t, mail)
		for _, text := range []string{message.Subject, message.Text, html.UnescapeString(message.HTML)} {
			assert.Empty(t, timeOfDay.FindAllString(withZone.ReplaceAllString(text, ""), -1), text)
		}
	})
}

func TestOutlooksCommentsSurvive(t *testing.T) {
	layout, err := fs.ReadFile(templates.Files(), "layout.html.tmpl")
	require.NoError(t, err)
	comments := regexp.MustCompile(`(?s)<!--.*?-->`).FindAllString(string(layout), -1)
	require.Len(t, comments, 3)
	each(t, func(t *testing.T, _ templates.Language, mail templates.Template) {
		assert.Equal(t, comments, regexp.MustCompile(`(?s)<!--.*?-->`).FindAllString(render(t, mail).HTML, -1))
	})
}

func TestGmailDoesNotClip(t *testing.T) {
	set := newSet(t, &templates.Options{Brand: lantern})
	each(t, func(t *testing.T, _ templates.Language, mail templates.Template) {
		assert.Less(t, len(render(t, set.Mail(mail)).HTML), 20<<10, "Gmail clips at 102 KB, and no sample should come near")
	})
}

func TestGmailKeepsTheStyle(t *testing.T) {
	each(t, func(t *testing.T, _ templates.Language, mail templates.Template) {
		_, style, _ := strings.Cut(render(t, mail).HTML, "\n<style>")
		style, _, found := strings.Cut(style, "</style>")
		assert.True(t, found)
		assert.Less(t, len(style), 8192, "Gmail drops a longer style block")
	})
}

func TestASetIsSafeForConcurrentUse(t *testing.T) {
	set := newSet(t, nil)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, mail := range templates.Samples(templates.Portuguese) {
				_, err := set.Render(mail)
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
}
