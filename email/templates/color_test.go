package templates

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestContrastIsWCAGs(t *testing.T) {
	black := rgb{}
	assert.InDelta(t, 21, white.contrast(black), 0.001)
	assert.InDelta(t, 1, white.contrast(white), 0.001)
	assert.InDelta(t, 4.48, white.contrast(rgb{0x77, 0x77, 0x77}), 0.005)
	assert.InDelta(t, 4.54, rgb{0x76, 0x76, 0x76}.contrast(white), 0.005)
}

// Whatever colour a host has: either it is refused, or its buttons and links can be read.
func TestWhatIsAcceptedCanBeRead(t *testing.T) {
	accepted := 0
	for c := range grid {
		for _, palette := range []palette{lightPalette(), darkPalette()} {
			if palette.brand("color", c.String()) != nil {
				continue
			}
			accepted++
			assert.GreaterOrEqual(t, palette["on-brand"].contrast(palette["brand"]), textContrast, c)
			assert.GreaterOrEqual(t, palette["brand"].contrast(palette["surface"]), shapeContrast, c)
			assert.GreaterOrEqual(t, palette["link"].contrast(palette["surface"]), textContrast, c)
			assert.GreaterOrEqual(t, palette["link"].contrast(palette["canvas"]), textContrast, c)
		}
	}
	assert.Greater(t, accepted, 500)
}

func TestAColourOnLightGroundsHasOneOnDarkGrounds(t *testing.T) {
	for c := range grid {
		if lightPalette().brand("color", c.String()) != nil {
			continue
		}
		assert.NoError(t, darkPalette().brand("dark_color", readable(c.String(), darkPalette())), c)
	}
}

// grid yields colours all over the cube.
func grid(yield func(rgb) bool) {
	steps := []uint8{0, 0x1f, 0x3d, 0x5c, 0x7a, 0x99, 0xb8, 0xd6, 0xff}
	for _, r := range steps {
		for _, g := range steps {
			for _, b := range steps {
				if !yield(rgb{r, g, b}) {
					return
				}
			}
		}
	}
}

func TestColoursAreReadByPattern(t *testing.T) {
	c, ok := parseColor("#3152DB")
	require.True(t, ok)
	assert.Equal(t, "#3152db", c.String())
	for _, s := range []string{"", "3152db", "#315", "#3152db;", "#3152d", "red", "#3152dg", " #3152db", "#3152db\n", "rgb(1,2,3)"} {
		_, ok := parseColor(s)
		assert.False(t, ok, fmt.Sprintf("%q", s))
	}
}
