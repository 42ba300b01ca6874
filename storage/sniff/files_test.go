package sniff_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// entry is a file in an archive.
type entry struct {
	name, content string
	stored        bool // not compressed
}

func archive(t *testing.T, entries ...entry) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.stored {
			h.Method = zip.Store
		}
		w, err := z.CreateHeader(h)
		require.NoError(t, err)
		_, err = w.Write([]byte(e.content))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.String()
}

const contentTypes = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="xml" ContentType="application/xml"/></Types>`

// modern is an Office document whose parts lie in the folder.
func modern(t *testing.T, folder string) string {
	return archive(t, entry{name: "[Content_Types].xml", content: contentTypes}, entry{name: "_rels/.rels", content: "<Relationships/>"},
		entry{name: folder + "/document.xml", content: "<document/>"})
}

// thick is an Office document that begins with a large preview.
func thick(t *testing.T, folder string) string {
	return archive(t, entry{name: "[Content_Types].xml", content: contentTypes},
		entry{name: "docProps/thumbnail.jpeg", content: strings.Repeat("\xff\xd8\xff\xe0preview", 1000), stored: true},
		entry{name: folder + "/document.xml", content: "<document/>"})
}

func openDocument(t *testing.T, kind string) string {
	return archive(t, entry{name: "mimetype", content: "application/vnd.oasis.opendocument." + kind, stored: true}, entry{name: "content.xml", content: "<office/>"})
}

// compound is a file of Office 97 with a root storage of the class.
func compound(class string) string {
	b := make([]byte, 8<<9)
	copy(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	for offset, v := range map[int]uint16{24: 0x3e, 26: 3, 28: 0xfffe, 30: 9, 32: 6} {
		binary.LittleEndian.PutUint16(b[offset:], v)
	}
	binary.LittleEndian.PutUint32(b[44:], 1) // a sector of the table of sectors
	binary.LittleEndian.PutUint32(b[48:], 1) // where the directory begins
	const directory = 2 << 9
	copy(b[directory:], "R\x00o\x00o\x00t\x00 \x00E\x00n\x00t\x00r\x00y\x00")
	copy(b[directory+80:], class)
	return string(b)
}

// The classes of root storages.
const (
	wordClass      = "\x06\x09\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
	excelClass     = "\x20\x08\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
	slidesClass    = "\x10\x8d\x81\x64\x9b\x4f\xcf\x11\x86\xea\x00\xaa\x00\xb9\x29\xe8"
	installerClass = "\x84\x10\x0c\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
)

func picture(t *testing.T, kind string) string {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.White, color.Black})
	var b bytes.Buffer
	switch kind {
	case "png":
		require.NoError(t, png.Encode(&b, m))
	case "jpeg":
		require.NoError(t, jpeg.Encode(&b, m, nil))
	default:
		require.NoError(t, gif.Encode(&b, m, nil))
	}
	return b.String()
}

// animated is a PNG with the chunk of a moving one.
func animated(t *testing.T) string {
	const afterHeader = 33
	still := picture(t, "png")
	return still[:afterHeader] + "\x00\x00\x00\x08acTL\x00\x00\x00\x01\x00\x00\x00\x00\xb9\x3d\xd9\x84" + still[afterHeader:]
}

// boxes is the head of a film, or of a photo, of the brand.
func boxes(brand string) string {
	return "\x00\x00\x00\x18ftyp" + brand + "\x00\x00\x02\x00" + brand + "mp41" + "\x00\x00\x00\x08free" + strings.Repeat("\x00", 64)
}

func webp() string {
	return "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
}

func wav() string {
	return "RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x44\xac\x00\x00\x88\x58\x01\x00\x02\x00\x10\x00data\x00\x00\x00\x00"
}

// frames is sound without a tag: frames of 417 bytes, 128 kbit/s at 44.1 kHz.
func frames() string { return strings.Repeat("\xff\xfb\x90\x00"+strings.Repeat("\x00", 413), 8) }

func tagged() string { return "ID3\x04\x00\x00\x00\x00\x00\x0aTIT2\x00\x00\x00\x00\x00\x00" + frames() }

func webm() string {
	return "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm\x42\x87\x81\x04\x42\x85\x81\x02"
}

// program is the head of one for Windows.
func program() string {
	b := make([]byte, 512)
	copy(b, "MZ\x90\x00\x03")
	b[60] = 128
	copy(b[128:], "PE\x00\x00\x64\x86")
	return string(b)
}

func wide(text string) string {
	b := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}
