package picture

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// format is a form of files. They are not registered with package image: that would
// change what the host decodes.
type format struct {
	begins      func(content []byte) bool
	config      func(io.Reader) (image.Config, error)
	pixels      func(io.Reader) (image.Image, error)
	moves       func(content []byte) bool
	weight      func(content []byte) int // of a pixel
	orientation func(content []byte) orientation
}

var formats = []format{
	{prefixed("\xff\xd8\xff"), jpeg.DecodeConfig, jpeg.Decode, still, weightOf, orientationOf},
	{prefixed("\x89PNG\r\n\x1a\n"), png.DecodeConfig, png.Decode, isAnimatedPNG, light, upright},
	{prefixed("GIF87a"), gif.DecodeConfig, gif.Decode, still, light, upright},
	{prefixed("GIF89a"), gif.DecodeConfig, gif.Decode, still, light, upright}, // Decode reads the first frame alone
	{isWebP, webp.DecodeConfig, webp.Decode, isAnimatedWebP, light, upright},
}

func prefixed(prefix string) func([]byte) bool {
	return func(content []byte) bool { return bytes.HasPrefix(content, []byte(prefix)) }
}

func still([]byte) bool { return false }

func light([]byte) int { return 1 }

func upright([]byte) orientation { return normal }

func recognize(content []byte) (format, error) {
	for _, f := range formats {
		if f.begins(content) {
			return f, nil
		}
	}
	return format{}, invalid("is not a PNG, JPEG, GIF or WebP")
}

// decode looks at the size before it makes room for the pixels.
func (f format) decode(content []byte, o *Options) (image.Image, error) {
	if f.moves(content) {
		return nil, invalid("is animated")
	}
	c, err := f.config(bytes.NewReader(content))
	most := o.MaxPixels / f.weight(content)
	switch {
	case err != nil:
		return nil, invalid("cannot be decoded")
	case c.Width <= 0 || c.Height <= 0:
		return nil, invalid("has no pixels")
	case c.Width > o.MaxSide || c.Height > o.MaxSide:
		return nil, invalid("is %d x %d pixels large, and may be %d wide and high", c.Width, c.Height, o.MaxSide)
	case c.Width > most/c.Height:
		return nil, invalid("is %d x %d pixels large, and may have %d", c.Width, c.Height, most)
	}
	m, err := f.pixels(bytes.NewReader(content))
	switch {
	case err != nil:
		return nil, invalid("cannot be decoded")
	case m.Bounds().Empty():
		return nil, invalid("has no pixels")
	}
	return m, nil
}

// isAnimatedPNG looks for the chunk that announces frames. It comes before the pixels
// (https://www.w3.org/TR/png-3/#acTL-chunk).
func isAnimatedPNG(content []byte) bool {
	pixels := bytes.Index(content, []byte("IDAT"))
	return pixels >= 0 && bytes.Contains(content[:pixels], []byte("acTL"))
}

func isWebP(content []byte) bool {
	return len(content) >= 12 && string(content[:4]) == "RIFF" && string(content[8:12]) == "WEBP"
}

// isAnimatedWebP reads the flag of the extended header
// (https://www.rfc-editor.org/rfc/rfc9649#name-extended-file-format).
func isAnimatedWebP(content []byte) bool {
	const flags, animation = 20, 1 << 1
	return len(content) > flags && string(content[12:16]) == "VP8X" && content[flags]&animation != 0
}
