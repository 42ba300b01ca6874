package templates

import (
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"regexp"

	"github.com/frontdesk-go/frontdesk"
)

// rgb is a colour in sRGB.
type rgb [3]uint8

var (
	white = rgb{255, 255, 255}
	ink   = rgb{0x18, 0x19, 0x1d}
)

var hexColor = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// parseColor reads "#3152db".
func parseColor(s string) (c rgb, ok bool) {
	if !hexColor.MatchString(s) {
		return c, false
	}
	_, err := hex.Decode(c[:], []byte(s[1:]))
	return c, err == nil
}

// String is the colour as CSS and bgcolor attributes have it.
func (c rgb) String() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// luminance is WCAG's relative luminance.
func (c rgb) luminance() float64 {
	linear := func(channel uint8) float64 {
		v := float64(channel) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

// contrast is WCAG's contrast ratio, from 1 to 21.
func (c rgb) contrast(d rgb) float64 {
	a, b := c.luminance(), d.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// toward returns the colour part of the way to d, in per cent.
func (c rgb) toward(d rgb, percent int) rgb {
	for i := range c {
		c[i] = uint8((int(c[i])*(100-percent) + int(d[i])*percent) / 100) //nolint:gosec // G115: a mean of bytes is a byte
	}
	return c
}

// The least contrasts of WCAG 2: level AA for text, and for shapes that carry meaning.
const (
	textContrast  = 4.5
	shapeContrast = 3.0
)

// palette is the colours of one scheme, by their role.
type palette map[string]rgb

// The roles of text, each the class t-ROLE, and of grounds, each the class b-ROLE: the
// style block gives the classes their dark colours.
var (
	inks    = []string{"ink", "ink-2", "ink-3", "on-brand", "link", "ok", "warn", "bad", "neutral"}
	grounds = []string{"canvas", "surface", "sunken", "brand", "ok-bg", "warn-bg", "bad-bg", "neutral-bg"}
)

type colors struct{ light, dark palette }

func lightPalette() palette {
	return palette{
		"canvas": {0xf7, 0xf7, 0xf8}, "surface": white, "sunken": {0xf1, 0xf1, 0xf4}, "line": {0xe5, 0xe5, 0xea},
		"ink": ink, "ink-2": {0x4d, 0x4f, 0x59}, "ink-3": {0x66, 0x68, 0x72},
		"brand": {0x31, 0x52, 0xdb}, "on-brand": white, "link": {0x2a, 0x48, 0xc9},
		"ok": {0x0f, 0x6a, 0x40}, "ok-bg": {0xe5, 0xf5, 0xec},
		"warn": {0x85, 0x4d, 0x00}, "warn-bg": {0xfd, 0xf1, 0xdb},
		"bad": {0xb3, 0x26, 0x1e}, "bad-bg": {0xfd, 0xec, 0xeb},
		"neutral": {0x4d, 0x4f, 0x59}, "neutral-bg": {0xf1, 0xf1, 0xf4},
	}
}

func darkPalette() palette {
	return palette{
		"canvas": {0x0e, 0x0f, 0x12}, "surface": {0x16, 0x17, 0x1b}, "sunken": {0x1e, 0x1f, 0x25}, "line": {0x2a, 0x2c, 0x33},
		"ink": {0xf2, 0xf2, 0xf4}, "ink-2": {0xb6, 0xb8, 0xc1}, "ink-3": {0x93, 0x95, 0xa0},
		"brand": {0x50, 0x69, 0xec}, "on-brand": white, "link": {0x9f, 0xb0, 0xff},
		"ok": {0x62, 0xcf, 0x9a}, "ok-bg": {0x12, 0x29, 0x1f},
		"warn": {0xec, 0xb9, 0x55}, "warn-bg": {0x2e, 0x24, 0x13},
		"bad": {0xff, 0x95, 0x8b}, "bad-bg": {0x38, 0x1a, 0x18},
		"neutral": {0xb6, 0xb8, 0xc1}, "neutral-bg": {0x1e, 0x1f, 0x25},
	}
}

// brand makes the palette the host's, or says what is wrong with the colour.
func (p palette) brand(field, color string) error {
	c, ok := parseColor(color)
	if !ok {
		return frontdesk.InvalidField(field, "must be six hexadecimal digits after a #, not %q", color)
	}
	if ratio := c.contrast(p["surface"]); ratio < shapeContrast {
		return frontdesk.InvalidField(field, "has a contrast of %.2f to the page %s, and needs %.1f", ratio, p["surface"], shapeContrast)
	}
	p["brand"], p["on-brand"], p["link"] = c, lettersOn(c), p.link(c)
	return nil
}

// lettersOn is what can be read on c: white, else ink, else black, for one of white and black
// always can.
func lettersOn(c rgb) rgb {
	for _, letters := range []rgb{white, ink} {
		if letters.contrast(c) >= textContrast {
			return letters
		}
	}
	return rgb{}
}

// link moves the brand colour towards the colour of text until links can be read.
func (p palette) link(c rgb) rgb {
	for percent := 0; percent < 100; percent++ {
		link := c.toward(p["ink"], percent)
		if min(link.contrast(p["surface"]), link.contrast(p["canvas"])) >= textContrast {
			return link
		}
	}
	return p["ink"]
}

// readable moves a brand colour towards white until it fits the palette. What is no
// colour comes back as it is.
func readable(color string, p palette) string {
	c, ok := parseColor(color)
	for percent := 0; ok && percent <= 100; percent++ {
		lighter := c.toward(white, percent).String()
		if maps.Clone(p).brand("", lighter) == nil {
			return lighter
		}
	}
	return color
}

// color is the colour of a role, for templates.
func (p palette) color(role string) (string, error) {
	c, ok := p[role]
	if !ok {
		return "", frontdesk.Errorf(frontdesk.Invalid, "there is no colour %q", role)
	}
	return c.String(), nil
}
