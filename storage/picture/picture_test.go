package picture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"runtime"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage/picture"
)

func square(t testing.TB, content []byte, o *picture.Options) (*picture.Picture, image.Image) {
	t.Helper()
	p, err := picture.Square(bytes.NewReader(content), o)
	require.NoError(t, err)
	m, kind, err := image.Decode(bytes.NewReader(p.Content))
	require.NoError(t, err)
	require.Equal(t, p.ContentType, "image/"+kind)
	require.Equal(t, image.Rect(0, 0, p.Side, p.Side), m.Bounds())
	return p, m
}

// corners are the colours of the four quarters, as one reads.
func corners(m image.Image) (all [4]string) {
	side := m.Bounds().Dx()
	for i, at := range []image.Point{{side / 4, side / 4}, {side * 3 / 4, side / 4}, {side / 4, side * 3 / 4}, {side * 3 / 4, side * 3 / 4}} {
		r, g, b, _ := m.At(at.X, at.Y).RGBA()
		all[i] = map[[3]bool]string{
			{true, false, false}: "red", {false, true, false}: "green", {false, false, true}: "blue", {true, true, true}: "white", {}: "black",
		}[[3]bool{r > 1<<15, g > 1<<15, b > 1<<15}]
	}
	return all
}

func TestSquare(t *testing.T) {
	upright := [4]string{"red", "green", "blue", "white"}
	t.Run("the middle of a picture is kept, scaled down", func(t *testing.T) {
		for _, size := range []image.Point{{1600, 900}, {900, 1600}, {1024, 1024}, {513, 700}, {3001, 4007}} {
			p, m := square(t, pngOf(t, quarters(size.X, size.Y)), nil)
			assert.Equal(t, 512, p.Side)
			assert.Equal(t, upright, corners(m), size)
		}
	})
	t.Run("what lies outside of the middle is not there", func(t *testing.T) {
		m := image.NewNRGBA(image.Rect(0, 0, 300, 100))
		for i := range 300 * 100 {
			m.SetNRGBA(i%300, i/300, []color.NRGBA{red, green, blue}[i%300/100])
		}
		_, got := square(t, pngOf(t, m), nil)
		assert.Equal(t, [4]string{"green", "green", "green", "green"}, corners(got))
	})
	t.Run("a small picture is not made larger", func(t *testing.T) {
		p, m := square(t, pngOf(t, quarters(40, 30)), nil)
		assert.Equal(t, 30, p.Side)
		assert.Equal(t, upright, corners(m))
		p, _ = square(t, pngOf(t, quarters(1, 1)), nil)
		assert.Equal(t, 1, p.Side)
	})
	t.Run("a host chooses the size", func(t *testing.T) {
		p, m := square(t, pngOf(t, quarters(1000, 1000)), &picture.Options{Size: 100})
		assert.Equal(t, 100, p.Side)
		assert.Equal(t, upright, corners(m))
	})
	t.Run("a picture is a JPEG, and one that is transparent a PNG", func(t *testing.T) {
		p, _ := square(t, pngOf(t, quarters(600, 600)), nil)
		assert.Equal(t, []string{"image/jpeg", "picture.jpg"}, []string{p.ContentType, p.Name()})
		m := quarters(600, 600)
		m.SetNRGBA(300, 300, color.NRGBA{A: 100})
		p, _ = square(t, pngOf(t, m), nil)
		assert.Equal(t, []string{"image/png", "picture.png"}, []string{p.ContentType, p.Name()})
	})
	t.Run("the colour of what cannot be seen does not shine through", func(t *testing.T) {
		m := image.NewNRGBA(image.Rect(0, 0, 1024, 1024))
		for i := range 1024 * 1024 {
			m.SetNRGBA(i%1024, i/1024, []color.NRGBA{{R: 255}, {B: 255, A: 255}}[i%2])
		}
		_, got := square(t, pngOf(t, m), nil)
		c := color.NRGBAModel.Convert(got.At(256, 256)).(color.NRGBA)
		assert.Zero(t, c.R)
		assert.InDelta(t, 128, int(c.A), 1)
	})
	t.Run("every form is taken", func(t *testing.T) {
		all := quarters(64, 64)
		for name, content := range map[string][]byte{
			"JPEG": jpegOf(t, all), "PNG": pngOf(t, all),
			"palette": pngOf(t, image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{red})),
			"grey":    grey(0xc0, 1, 70, 70), "colour": grey(0xc0, 3, 70, 70), "CMYK": grey(0xc0, 4, 70, 70),
			"progressive": grey(0xc2, 3, 70, 70), "progressive CMYK": grey(0xc2, 4, 700, 700),
			"WebP": webpOf(30, 40, blue), "WebP with more": riff("VP8X", extended(1<<4, 30, 40), "VP8L", vp8l(30, 40, blue), "EXIF", "place"),
		} {
			p, err := picture.Square(bytes.NewReader(content), nil)
			require.NoError(t, err, name)
			require.NotEmpty(t, p.Content, name)
		}
	})
	t.Run("of a GIF the first frame is kept", func(t *testing.T) {
		_, m := square(t, gifOf(t, red, green, blue), nil)
		assert.Equal(t, [4]string{"red", "red", "red", "red"}, corners(m))
	})
	t.Run("the colours of a WebP are kept, and what is transparent in it", func(t *testing.T) {
		p, m := square(t, webpOf(1000, 900, color.NRGBA{B: 255, A: 128}), nil)
		assert.Equal(t, "image/png", p.ContentType)
		c := color.NRGBAModel.Convert(m.At(9, 9)).(color.NRGBA)
		assert.Equal(t, color.NRGBA{B: 255, A: 128}, c)
	})
}

func TestSquareTurnsPhotosUpright(t *testing.T) {
	// What a camera stores for the same scene, by orientation.
	for orientation, want := range map[uint16][4]string{
		0: {"red", "green", "blue", "white"},
		1: {"red", "green", "blue", "white"},
		2: {"green", "red", "white", "blue"},
		3: {"white", "blue", "green", "red"},
		4: {"blue", "white", "red", "green"},
		5: {"red", "blue", "green", "white"},
		6: {"blue", "red", "white", "green"},
		7: {"white", "green", "blue", "red"},
		8: {"green", "white", "red", "blue"},
		9: {"red", "green", "blue", "white"},
	} {
		for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
			t.Run(fmt.Sprintf("orientation %d, %s endian", orientation, name), func(t *testing.T) {
				photo := withSegment(jpegOf(t, quarters(800, 600)), 0xe1, exif(order, orientation))
				photo = withSegment(photo, 0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
				_, m := square(t, photo, nil)
				assert.Equal(t, want, corners(m))
			})
		}
	}
}

func TestSquareKeepsNothingButPixels(t *testing.T) {
	const secret, tail = "48.137,11.575", "<script>alert(1)</script>"
	photo := append(withSegment(withSegment(jpegOf(t, quarters(64, 64)), 0xe1, exif(binary.LittleEndian, 1)), 0xfe, "by "+secret), tail...)
	drawing := append(withChunk(withChunk(pngOf(t, quarters(64, 64)), "tEXt", "Comment\x00"+secret), "eXIf", exif(binary.BigEndian, 1)[6:]), tail...)
	m := quarters(64, 64)
	m.SetNRGBA(0, 0, color.NRGBA{})
	transparent := append(withChunk(pngOf(t, m), "tEXt", "Comment\x00"+secret), tail...)
	for name, content := range map[string][]byte{"JPEG": photo, "PNG": drawing, "transparent": transparent, "GIF": append(gifOf(t, red), secret+tail...)} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, string(content), secret)
			p, _ := square(t, content, nil)
			for _, gone := range []string{secret, "script", "Exif", "eXIf", "tEXt"} {
				assert.NotContains(t, string(p.Content), gone)
			}
		})
	}
}

func TestSquareRefuses(t *testing.T) {
	whole := pngOf(t, quarters(64, 64))
	vast := bytes.Replace(grey(0xc0, 1, 8, 8), []byte("\x08\x00\x08\x00\x08\x01"), []byte("\x08\xff\xff\xff\xff\x01"), 1)
	for rule, content := range map[string][]byte{
		"what is empty":                                       nil,
		"what is no picture":                                  []byte("<html><script>"),
		"a picture with 2,500,000,000 pixels":                 pngHeader(50_000, 50_000),
		"a picture that is too wide":                          pngHeader(10_001, 1),
		"a picture that is too high":                          pngHeader(1, 1<<31-1),
		"a picture with too many pixels":                      pngHeader(5001, 5000),
		"a picture without pixels":                            pngHeader(0, 10),
		"a picture that is cut off":                           whole[:len(whole)/2],
		"a photo that is cut off":                             jpegOf(t, quarters(64, 64))[:400],
		"a header alone":                                      []byte("\x89PNG\r\n\x1a\n"),
		"a JPEG with 4,294,836,225 pixels":                    vast,
		"a GIF whose frame is larger than itself":             hugeFrame(t),
		"a PNG that moves":                                    withChunk(whole, "acTL", "\x00\x00\x00\x02\x00\x00\x00\x00"),
		"a WebP that moves":                                   riff("VP8X", extended(1<<1, 8, 8), "ANIM", "\x00\x00\x00\x00\x00\x00"),
		"a WebP with too many pixels":                         webpOf(16384, 16384, red),
		"a WebP that says less of itself than its pixels do":  riff("VP8X", extended(0, 8, 8), "VP8L", vp8l(16384, 16384, red)),
		"a progressive JPEG with more than a quarter of them": grey(0xc2, 3, 2600, 2600),
		"a progressive JPEG that hides it behind bytes that belong to nothing": hidden(grey(0xc2, 3, 2600, 2600), "\x00"),
		"a progressive JPEG that hides it behind a marker without a length":    hidden(grey(0xc2, 3, 2600, 2600), "\xff\xd0"),
		"a PNG whose checksum is wrong":                                        bytes.Replace(whole, []byte("IEND"), []byte("IENd"), 1),
	} {
		t.Run(rule, func(t *testing.T) {
			before := allocated()
			_, err := picture.Square(bytes.NewReader(content), nil)
			requireRefused(t, err)
			assert.Less(t, allocated()-before, uint64(8<<20), "it is refused before anything is decoded")
		})
	}
	t.Run("a file that is too long, without reading on", func(t *testing.T) {
		r := &counted{Reader: io.MultiReader(bytes.NewReader(whole), zeros{})}
		_, err := picture.Square(r, &picture.Options{MaxBytes: 1000})
		requireRefused(t, err)
		assert.LessOrEqual(t, r.read, 1001)
	})
	t.Run("a file of the greatest length is taken", func(t *testing.T) {
		_, err := picture.Square(bytes.NewReader(whole), &picture.Options{MaxBytes: int64(len(whole))})
		require.NoError(t, err)
	})
	t.Run("no reader", func(t *testing.T) {
		_, err := picture.Square(nil, nil)
		requireRefused(t, err)
	})
	t.Run("animation is named as the reason", func(t *testing.T) {
		_, err := picture.Square(bytes.NewReader(riff("VP8X", extended(1<<1, 8, 8))), nil)
		assert.Equal(t, "is animated", frontdesk.Fields(err)[0].Message)
	})
}

func TestSquareTellsWhenItCannotRead(t *testing.T) {
	cause := errors.New("the line is dead")
	_, err := picture.Square(iotest.ErrReader(cause), nil)
	require.ErrorIs(t, err, cause)
	assert.Equal(t, frontdesk.Unavailable, frontdesk.CodeOf(err))
	_, err = picture.Square(iotest.ErrReader(frontdesk.InvalidField("content", "is longer than allowed")), nil)
	assert.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err))
}

func requireRefused(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err), err)
	require.Equal(t, "picture", frontdesk.Fields(err)[0].Name)
}

// allocated is how many bytes were, so far.
func allocated() uint64 {
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.TotalAlloc
}

// zeros never end.
type zeros struct{}

// Read implements [io.Reader].
func (zeros) Read(p []byte) (int, error) { return len(p), nil }

type counted struct {
	io.Reader
	read int
}

// Read implements [io.Reader].
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

// FuzzSquare: whatever comes, there is a square picture or a refusal.
func FuzzSquare(f *testing.F) {
	for _, seed := range [][]byte{
		pngOf(f, quarters(9, 7)), jpegOf(f, quarters(9, 7)), gifOf(f, red, blue), webpOf(9, 7, red), grey(0xc2, 3, 9, 9),
		withSegment(jpegOf(f, quarters(9, 7)), 0xe1, exif(binary.BigEndian, 6)), riff("VP8X", extended(0, 9, 7), "VP8L", vp8l(9, 7, red)),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		p, err := picture.Square(bytes.NewReader(content), &picture.Options{Size: 16, MaxPixels: 10_000})
		if err != nil {
			requireRefused(t, err)
			return
		}
		m, _, err := image.Decode(bytes.NewReader(p.Content))
		require.NoError(t, err)
		require.Equal(t, m.Bounds(), image.Rect(0, 0, p.Side, p.Side))
		require.LessOrEqual(t, p.Side, 16)
	})
}

func BenchmarkSquare(b *testing.B) {
	deep := image.NewNRGBA64(image.Rect(0, 0, 5000, 5000))
	for i := range deep.Pix {
		deep.Pix[i] = 100
	}
	var wide bytes.Buffer
	require.NoError(b, (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&wide, deep))
	for name, content := range map[string][]byte{
		"a photo of 12 million pixels":                  grey(0xc0, 3, 4000, 3000),
		"CMYK of 25 million":                            grey(0xc0, 4, 5000, 5000),
		"a progressive photo of 6.25 million":           grey(0xc2, 3, 2500, 2500),
		"progressive CMYK of 6.25 million":              grey(0xc2, 4, 2500, 2500),
		"a PNG with 16 bits a channel, 25 million":      wide.Bytes(),
		"a WebP of 25 million, from less than 50 bytes": webpOf(5000, 5000, blue),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := picture.Square(bytes.NewReader(content), nil)
				require.NoError(b, err)
			}
		})
	}
}
