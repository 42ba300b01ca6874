package templates_test

import (
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/email/templates"
)

// scheme is in which colours a mail is looked at.
type scheme int

const (
	light  scheme = iota
	dark          // as prefers-color-scheme has it
	dimmed        // as Outlook's data-ogsc has it
)

// element is a piece of text that a reader sees, with its element and its colours.
type element struct {
	name        string
	attr        map[string]string
	text        string
	ink, ground string
	hidden      bool
}

// walk yields the visible texts of a mail. It is a small browser: colours are inherited,
// inline styles set them, and in the dark schemes the classes of the style block do.
func walk(t *testing.T, html string, look scheme) iter.Seq[element] {
	t.Helper()
	classes := darkClasses(html, look)
	return func(yield func(element) bool) {
		d := xml.NewDecoder(strings.NewReader(html))
		d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
		stack := []element{{}}
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				return
			}
			require.NoError(t, err)
			switch token := token.(type) {
			case xml.StartElement:
				stack = append(stack, stack[len(stack)-1].child(token, classes))
			case xml.EndElement:
				stack = stack[:len(stack)-1]
			case xml.CharData:
				e := stack[len(stack)-1]
				e.text = strings.TrimSpace(string(token))
				if e.text != "" && e.text != "\u00a0" && !e.hidden && !yield(e) {
					return
				}
			}
		}
	}
}

var (
	inlineInk    = regexp.MustCompile(`(?:^|;)color:(#[0-9a-f]{6})`)
	inlineGround = regexp.MustCompile(`(?:^|;)background-color:(#[0-9a-f]{6})`)
)

func (e element) child(start xml.StartElement, classes map[string]string) element {
	c := element{name: start.Name.Local, attr: map[string]string{}, ink: e.ink, ground: e.ground, hidden: e.hidden}
	for _, a := range start.Attr {
		c.attr[a.Name.Local] = a.Value
	}
	style := c.attr["style"]
	c.hidden = c.hidden || strings.Contains(style, "display:none") || c.name == "head"
	if m := inlineInk.FindStringSubmatch(style); m != nil {
		c.ink = m[1]
	}
	if m := inlineGround.FindStringSubmatch(style); m != nil {
		c.ground = m[1]
	}
	for class := range strings.FieldsSeq(c.attr["class"]) {
		switch color := classes[class]; {
		case color == "":
		case strings.HasPrefix(class, "t-"):
			c.ink = color
		case strings.HasPrefix(class, "b-"):
			c.ground = color
		}
	}
	return c
}

var (
	mediaBlock = regexp.MustCompile(`(?s)@media \(prefers-color-scheme:dark\)\{(.*?\})\s*\}`)
	classRule  = regexp.MustCompile(`\.([tb]-[a-z0-9-]+)\{(?:background-)?color:(#[0-9a-f]{6})!important\}`)
	dimmedRule = regexp.MustCompile(`\[data-ogs[cb]\] \.([tb]-[a-z0-9-]+)\{(?:background-)?color:(#[0-9a-f]{6})!important\}`)
)

// darkClasses are the colours that the style block gives classes.
func darkClasses(html string, look scheme) map[string]string {
	classes := map[string]string{}
	var rules [][]string
	switch look {
	case dark:
		rules = classRule.FindAllStringSubmatch(mediaBlock.FindString(html), -1)
	case dimmed:
		rules = dimmedRule.FindAllStringSubmatch(html, -1)
	}
	for _, rule := range rules {
		classes[rule[1]] = rule[2]
	}
	return classes
}

func TestEveryTextCanBeReadOnItsGround(t *testing.T) {
	for name, brand := range map[string]templates.Brand{"no brand": {}, "a brand": lantern, "bright": {Name: "Bright", Color: "#d9480f"}} {
		set := newSet(t, &templates.Options{Brand: brand})
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, _ templates.Language, mail templates.Template) {
				html := render(t, set.Mail(mail)).HTML
				for _, look := range []scheme{light, dark, dimmed} {
					readable(t, html, look)
				}
			})
		})
	}
}

// Milestones show every tone of chips.
func TestEveryStatusCanBeRead(t *testing.T) {
	for _, status := range []templates.MilestoneStatus{
		templates.MilestoneNotStarted, templates.MilestoneOnTrack, templates.MilestoneStalled, templates.MilestoneOverdue, templates.MilestoneDone,
	} {
		for _, percent := range []int{0, 100} {
			mail := templates.Samples(templates.English)[1].(templates.MilestoneUpdate)
			mail.Status, mail.Percent = status, percent
			for _, look := range []scheme{light, dark, dimmed} {
				readable(t, render(t, mail).HTML, look)
			}
		}
	}
}

// readable refuses text that is hard to read, and bright grounds in the dark.
func readable(t *testing.T, html string, look scheme) {
	t.Helper()
	texts := 0
	for e := range walk(t, html, look) {
		texts++
		ratio := contrast(t, e.ink, e.ground)
		assert.GreaterOrEqual(t, ratio, 4.5, "%q is %s on %s in scheme %d", e.text, e.ink, e.ground, look)
		if look != light {
			assert.Less(t, luminance(t, e.ground), 0.3, "%q stands on %s in scheme %d", e.text, e.ground, look)
		}
	}
	assert.Greater(t, texts, 3)
}

func TestOutlooksDarkColoursAreTheOthers(t *testing.T) {
	html := render(t, templates.Samples(templates.English)[0]).HTML
	media, outlook := darkClasses(html, dark), darkClasses(html, dimmed)
	assert.Greater(t, len(media), 10)
	assert.Equal(t, media, outlook)
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is written here once more, for a test that asks the tested is none.
func luminance(t *testing.T, color string) float64 {
	t.Helper()
	channels, err := hex.DecodeString(strings.TrimPrefix(color, "#"))
	require.NoError(t, err)
	require.Len(t, channels, 3, "no colour: %q", color)
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := float64(channels[i]) / 255
		if v <= 0.04045 {
			sum += weight * v / 12.92
		} else {
			sum += weight * math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return sum
}
