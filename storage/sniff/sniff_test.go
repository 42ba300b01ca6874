package sniff_test

import (
	"context"
	"fmt"
	"log/slog"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/sniff"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

// desk takes uploads of the client acme.
func desk(t *testing.T, sniffer func([]byte) string) func(name, declared, content string) (*storage.Document, error) {
	t.Helper()
	spool := storage.NewSpool(t.TempDir())
	t.Cleanup(func() { require.NoError(t, spool.Close()) })
	svc := storage.New(storagetest.NewStore(), storagetest.NewRows(), &storage.Options{
		Spool: spool, Sniff: sniffer, Logger: slog.New(slog.DiscardHandler),
	})
	ctx := frontdesk.WithActor(context.Background(), frontdesk.Client("acme", frontdesk.Origin{}))
	return func(name, declared, content string) (*storage.Document, error) {
		return svc.Upload(ctx, storage.Upload{Client: "acme", Name: name, ContentType: declared, Content: strings.NewReader(content)})
	}
}

const (
	script = "<script>alert(document.cookie)</script>"
	vector = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`
	page   = "<!DOCTYPE html><html><body>Hello</body></html>"
	brief  = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n"
)

// rightFiles are files as people bring them, by extension. What one name alone tells the
// default sniffer is not among them.
func rightFiles(t *testing.T) map[string][]string {
	long := strings.Repeat("a line of a longer text, with ümlauts\n", 200)
	return map[string][]string{
		".pdf":  {brief, "\r\n" + brief},
		".doc":  {compound(wordClass), compound("")},
		".xls":  {compound(excelClass), compound("")},
		".ppt":  {compound(slidesClass), compound("")},
		".docx": {modern(t, "word"), thick(t, "word"), compound("")},
		".xlsx": {modern(t, "xl"), thick(t, "xl"), compound("")},
		".pptx": {modern(t, "ppt"), thick(t, "ppt"), compound("")},
		".odt":  {openDocument(t, "text")},
		".ods":  {openDocument(t, "spreadsheet")},
		".odp":  {openDocument(t, "presentation")},
		".txt":  {"Hello", long, "a,b\n1,2\n", `{"a": 1}`, "This is how one begins: %PDF-1.7", "#!/bin/sh\necho", wide("Grüße"), "Gr\xfc\xdfe aus K\xf6ln, sehr geehrte Frau M\xfcller"},
		".log":  {"2026-01-01 started\n" + long},
		".csv":  {"a,b\n1,2\n3,4\n", "a;b\n", "just one column\n", strings.Repeat("aa,bb,cc\n", 600), wide("a\tb\n")},
		".md":   {"# Title\n", "<p align=\"center\">\n\n# Title\n"},
		".html": {page, "Hello <b>you</b>", `<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" ""><html xmlns="http://www.w3.org/1999/xhtml"/>`},
		".htm":  {page},
		".json": {`{"a": [1, 2]}`, `[` + strings.Repeat(`{"name": "value"},`, 400) + `{}]`, `{"type":"Feature","geometry":null}`},
		".xml":  {`<?xml version="1.0"?><a/>`, "<order><item/></order>"},
		".rtf":  {`{\rtf1\ansi Hello}`},
		".jpg":  {picture(t, "jpeg")},
		".jpeg": {picture(t, "jpeg")},
		".png":  {picture(t, "png"), animated(t)},
		".gif":  {picture(t, "gif")},
		".webp": {webp()},
		".svg":  {vector, `<?xml version="1.0"?>` + vector, "<?xml version=\"1.0\"?>\n<!-- Generator: a program -->\n" + vector},
		".heic": {boxes("heic"), boxes("heix"), boxes("mif1")},
		".tif":  {"II*\x00\x08\x00\x00\x00"},
		".tiff": {"MM\x00*\x00\x00\x00\x08"},
		".mp3":  {tagged(), frames()},
		".wav":  {wav()},
		".mp4":  {boxes("isom"), boxes("mp42"), boxes("M4V ")},
		".mov":  {boxes("qt  "), "\x00\x00\x00\x08wide\x00\x00\x10\x00mdat"},
		".webm": {webm()},
		".zip":  {archive(t, entry{name: "a.txt", content: "Hello"}), archive(t, entry{name: "index.html", content: page, stored: true}), modern(t, "word"), archive(t)},
	}
}

func TestTypeTakesEachTypeUnderItsOwnName(t *testing.T) {
	upload, files := desk(t, sniff.Type), rightFiles(t)
	for _, kind := range storage.DefaultTypes() {
		for _, extension := range kind.Extensions {
			require.NotEmpty(t, files[extension], "no file of the type %s is tried", extension)
			for i, content := range files[extension] {
				for _, declared := range append([]string{"", "application/octet-stream", kind.Media}, kind.Aliases...) {
					t.Run(fmt.Sprintf("%s number %d is taken as %q", extension, i, declared), func(t *testing.T) {
						d, err := upload("A file"+strings.ToUpper(extension), declared, content)
						require.NoError(t, err, sniff.Type([]byte(content)))
						assert.Equal(t, kind.Media, strings.Split(d.Latest.ContentType, ";")[0])
					})
				}
			}
		}
	}
}

func TestTheDefaultSnifferTakesEachTypeToo(t *testing.T) {
	upload := desk(t, nil)
	for extension, files := range rightFiles(t) {
		t.Run(extension+" is taken", func(t *testing.T) {
			_, err := upload("A file"+extension, "", files[0])
			require.NoError(t, err)
		})
	}
}

func TestTypeRefusesDisguises(t *testing.T) {
	upload := desk(t, sniff.Type)
	plainArchive := archive(t, entry{name: "a.txt", content: "Hello"})
	for name, contents := range map[string][]string{
		"a.png":  {page, vector, script, program(), picture(t, "jpeg"), picture(t, "png") + page, brief},
		"a.jpg":  {"\xff\xd8\xff\xfe\x00\x30" + script, "\xff\xd8\xff\xe0" + brief},
		"a.gif":  {"GIF89a/*" + page},
		"a.webp": {page, "RIFF\x1a\x00\x00\x00WEBPVP8 " + vector},
		"a.heic": {program(), boxes("isom"), page},
		"a.txt":  {page, vector, script, "  \n<!-- a comment -->" + vector, `<?xml version="1.0"?>` + vector, program(), picture(t, "png"), plainArchive},
		"a.csv":  {page, script, program(), compound(excelClass)},
		"a.json": {page, program()},
		"a.xml":  {vector, page, `<?xml version="1.0"?>` + vector},
		"a.md":   {vector, program()},
		"a.pdf":  {program(), page, brief + page, page + brief, "<!--" + brief + "-->" + script, plainArchive, "\xff\xd8\xff\xe0" + brief, program() + brief, "text"},
		"a.html": {brief + page, page + brief, vector, program()},
		"a.svg":  {page, script, "text"},
		"a.docx": {plainArchive, modern(t, "xl"), openDocument(t, "text"), program(), page, compound(installerClass), archive(t)},
		"a.xlsx": {plainArchive, modern(t, "word"), "a,b\n"},
		"a.pptx": {plainArchive, modern(t, "word")},
		"a.odt":  {plainArchive, modern(t, "word"), openDocument(t, "spreadsheet")},
		"a.doc":  {program(), compound(excelClass), compound(installerClass), page, modern(t, "word")},
		"a.xls":  {compound(wordClass), page},
		"a.ppt":  {compound(wordClass), plainArchive},
		"a.zip":  {program(), page, archive(t, entry{name: "META-INF/MANIFEST.MF", content: "Main-Class: A"})},
		"a.mp3":  {program(), page, picture(t, "jpeg")},
		"a.mp4":  {program(), page, boxes("qt  "), webm()},
		"a.mov":  {program(), page},
		"a.tiff": {program(), picture(t, "png")},
		"a.wav":  {webp(), program()},
		"a.webm": {wav(), program()},
		"a.rtf":  {page, "text", program()},
	} {
		for i, content := range contents {
			t.Run(fmt.Sprintf("%s number %d is refused", name, i), func(t *testing.T) {
				_, err := upload(name, "", content)
				requireField(t, err, "content", sniff.Type([]byte(content)))
			})
		}
	}
}

func TestADisguiseMayBeInTheNameOrInWhatIsDeclared(t *testing.T) {
	upload := desk(t, sniff.Type)
	for name, field := range map[string]string{"a.exe": "name", "a": "name", "a.pdf.js": "name", "a.pdf": "content_type"} {
		t.Run(fmt.Sprintf("the field of %s is %s", name, field), func(t *testing.T) {
			_, err := upload(name, "text/html", brief)
			requireField(t, err, field, path.Ext(name))
		})
	}
}

func requireField(t *testing.T, err error, field, about string) {
	t.Helper()
	require.Error(t, err, about)
	require.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err), about)
	require.Equal(t, field, frontdesk.Fields(err)[0].Name, about)
}

func TestTypeNames(t *testing.T) {
	for content, want := range map[string]string{
		"Hello":                        "text/plain; charset=utf-8",
		"a,b\n1,ü\n":                   "text/csv; charset=utf-8",
		"a,b\n1,\xfc\n":                "text/csv",
		page:                           "text/html; charset=utf-8",
		vector:                         "image/svg+xml",
		`{"a": 1}`:                     "application/json",
		"BEGIN:VCALENDAR\r\nVERSION:2": "text/plain; charset=utf-8",
		"\x00\x01\x02":                 "application/octet-stream",
		program():                      "application/vnd.microsoft.portable-executable",
		thick(t, "word"):               "application/vnd.openxmlformats-officedocument",
		strings.Repeat("ü", 1500)[1:]:  "text/plain; charset=iso-8859-1",
	} {
		head := content[:min(len(content), 3072)]
		assert.Equal(t, want, sniff.Type([]byte(head)), head)
	}
}

// FuzzType: whatever the content, there is a media type, and no page passes for an image.
func FuzzType(f *testing.F) {
	for _, seed := range []string{page, vector, brief, program(), boxes("heic"), compound(wordClass), "PK\x03\x04", "\xff\xd8\xff" + page} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		kind := sniff.Type(head)
		major, minor, _ := strings.Cut(kind, "/")
		if major == "" || minor == "" {
			t.Errorf("%q is no media type", kind)
		}
		if strings.HasPrefix(kind, "image/") && kind != "image/svg+xml" && strings.Contains(strings.ToLower(string(head)), "<script") {
			t.Errorf("a page passes for %s", kind)
		}
	})
}
