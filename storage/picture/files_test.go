package picture_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	red   = color.NRGBA{R: 255, A: 255}
	green = color.NRGBA{G: 255, A: 255}
	blue  = color.NRGBA{B: 255, A: 255}
	white = color.NRGBA{R: 255, G: 255, B: 255, A: 255}
)

// quarters has four colours: red, green, blue and white, as one reads.
func quarters(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, []color.NRGBA{red, green, blue, white}[y*2/h*2+x*2/w])
		}
	}
	return m
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return b.Bytes()
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}))
	return b.Bytes()
}

func gifOf(t testing.TB, frames ...color.Color) []byte {
	t.Helper()
	all := &gif.GIF{}
	for _, c := range frames {
		all.Image = append(all.Image, image.NewPaletted(image.Rect(0, 0, 20, 10), color.Palette{c}))
		all.Delay = append(all.Delay, 10)
	}
	var b bytes.Buffer
	require.NoError(t, gif.EncodeAll(&b, all))
	return b.Bytes()
}

// hugeFrame is a GIF of 8 by 8 pixels whose frame says it has 65,535 by 65,535.
func hugeFrame(t testing.TB) []byte {
	b := gifOf(t, red)
	i := bytes.IndexByte(b, 0x2c)
	copy(b[i+5:], "\xff\xff\xff\xff")
	return b
}

// chunk is one of a PNG.
func chunk(name, content string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	b = append(append(b, name...), content...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

// pngHeader says how large a picture is, and has no pixels.
func pngHeader(w, h uint32) []byte {
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return []byte("\x89PNG\r\n\x1a\n" + chunk("IHDR", string(header)+"\x08\x06\x00\x00\x00") + chunk("IDAT", "\x78\x9c") + chunk("IEND", ""))
}

// withChunk is a PNG with another chunk after its header.
func withChunk(png []byte, name, content string) []byte {
	const afterHeader = 33
	return slices.Concat(png[:afterHeader], []byte(chunk(name, content)), png[afterHeader:])
}

// segment is one of a JPEG.
func segment(marker byte, content string) string {
	return string(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2))) + content
}

// withSegment is a JPEG with another segment at its start.
func withSegment(jpeg []byte, marker byte, content string) []byte {
	return slices.Concat(jpeg[:2], []byte(segment(marker, content)), jpeg[2:])
}

// hidden is a JPEG with something in front of its frame that readers pass over.
func hidden(jpeg []byte, noise string) []byte {
	frame := bytes.Index(jpeg, []byte("\xff\xc2"))
	return slices.Concat(jpeg[:frame], []byte(noise), jpeg[frame:])
}

// exif holds an orientation, after a tag that is something else, and a place.
func exif(order binary.AppendByteOrder, orientation uint16) string {
	name := "II"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		name = "MM"
	}
	b := order.AppendUint16([]byte(name), 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 3)
	for _, tag := range [][2]uint16{{0x0100, 640}, {0x0112, orientation}, {0x8825, 1}} {
		b = order.AppendUint16(b, tag[0])
		b = order.AppendUint16(b, 3)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(b, tag[1])
		b = order.AppendUint16(b, 0)
	}
	return "Exif\x00\x00" + string(b) + "\x00\x00\x00\x00GPS 48.137,11.575"
}

// grey is a JPEG that a camera or a printing house might make, of one grey: baseline (0xc0)
// or progressive (0xc2), with 1, 3 or 4 channels. Its pixels take one or two bits for 64.
func grey(frame byte, channels, w, h int) []byte {
	var b strings.Builder
	b.WriteString("\xff\xd8" + segment(0xdb, "\x00"+strings.Repeat("\x01", 64)))
	if channels == 4 {
		b.WriteString(segment(0xee, "Adobe\x00\x64\x00\x00\x00\x00\x00"))
	}
	head := string([]byte{8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), byte(channels)})
	scan, bits := string([]byte{byte(channels)}), 2
	for c := range channels {
		head += string([]byte{byte(c + 1), 0x11, 0})
		scan += string([]byte{byte(c + 1), 0})
	}
	one := "\x01" + strings.Repeat("\x00", 15) + "\x00" // a code of one bit, which means nothing follows
	b.WriteString(segment(frame, head) + segment(0xc4, "\x00"+one) + segment(0xc4, "\x10"+one))
	last := "\x3f"
	if frame == 0xc2 {
		last, bits = "\x00", 1
	}
	b.WriteString(segment(0xda, scan+"\x00"+last+"\x00"))
	total := (w + 7) / 8 * ((h + 7) / 8) * channels * bits
	b.WriteString(strings.Repeat("\x00", total/8))
	if left := total % 8; left > 0 {
		b.WriteByte(0xff >> left)
	}
	b.WriteString("\xff\xd9")
	return []byte(b.String())
}

// vp8l is a lossless WebP's bitstream of one colour, whatever its size
// (https://www.rfc-editor.org/rfc/rfc9649#name-webp-lossless-bitstream-spe).
func vp8l(w, h int, c color.NRGBA) string {
	var bits []byte
	put := func(v, n int) {
		for i := range n {
			bits = append(bits, byte(v>>i&1))
		}
	}
	put(0x2f, 8)
	put(w-1, 14)
	put(h-1, 14)
	put(1, 1) // alpha is used
	put(0, 3+1+1+1)
	for _, v := range []uint8{c.G, c.R, c.B, c.A} {
		put(0b101, 3) // one symbol of eight bits
		put(int(v), 8)
	}
	put(0b0001, 4) // distances: one symbol of one bit
	b := make([]byte, (len(bits)+7)/8)
	for i, bit := range bits {
		b[i/8] |= bit << (i % 8)
	}
	return string(b)
}

func riff(chunks ...string) []byte {
	var body strings.Builder
	body.WriteString("WEBP")
	for i := 0; i < len(chunks); i += 2 {
		body.WriteString(chunks[i])
		body.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(chunks[i+1]))))
		body.WriteString(chunks[i+1] + strings.Repeat("\x00", len(chunks[i+1])%2))
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(body.Len())), body.String()...)
}

func webpOf(w, h int, c color.NRGBA) []byte { return riff("VP8L", vp8l(w, h, c)) }

// extended is the header of a WebP with more than one chunk.
func extended(flags byte, w, h int) string {
	w, h = w-1, h-1
	return string([]byte{flags, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)})
}
