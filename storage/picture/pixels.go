package picture

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"

	"github.com/frontdesk-go/frontdesk"
)

const quality = 85

// shrink returns the square in the middle, at most size wide. A large one is averaged first,
// band by band, because the better filter needs much room for tall pictures.
func shrink(m image.Image, size int) *image.RGBA {
	b := m.Bounds()
	side := min(b.Dx(), b.Dy())
	corner := b.Min.Add(image.Pt((b.Dx()-side)/2, (b.Dy()-side)/2))
	if side <= size {
		whole := image.NewRGBA(image.Rect(0, 0, side, side))
		draw.Draw(whole, whole.Rect, m, corner, draw.Src)
		return whole
	}
	averaged := average(m, corner, side, side/size)
	if averaged.Rect.Dx() == size {
		return averaged
	}
	small := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.CatmullRom.Scale(small, small.Rect, averaged, averaged.Rect, draw.Src, nil)
	return small
}

// average makes a pixel of each square of n by n. What does not fill one at the far
// edges is left out.
func average(m image.Image, corner image.Point, side, n int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, side/n, side/n))
	band := image.NewRGBA(image.Rect(0, 0, side, n))
	for y := range side / n {
		draw.Draw(band, band.Rect, m, corner.Add(image.Pt(0, y*n)), draw.Src)
		row := out.Pix[y*out.Stride : (y+1)*out.Stride]
		for i := range row {
			x, channel := i/4*n, i%4
			row[i] = mean(band, x, channel, n)
		}
	}
	return out
}

// mean is that of one channel in a square of the band. Colours are premultiplied, so that
// those of transparent pixels do not count.
func mean(band *image.RGBA, x, channel, n int) uint8 {
	sum := n * n / 2 // to round
	for y := range n {
		at := y*band.Stride + x*4 + channel
		for i := range n {
			sum += int(band.Pix[at+i*4])
		}
	}
	return uint8(sum / (n * n)) //nolint:gosec // a mean of bytes is one
}

// turn makes a square picture upright.
func turn(m *image.RGBA, o orientation) *image.RGBA {
	if o == normal {
		return m
	}
	turned, last := image.NewRGBA(m.Rect), m.Rect.Dx()-1
	for y := range last + 1 {
		for x := range last + 1 {
			at := o.source(x, y, last)
			turned.SetRGBA(x, y, m.RGBAAt(at.X, at.Y))
		}
	}
	return turned
}

// source is where the pixel lies that belongs at x and y.
func (o orientation) source(x, y, last int) image.Point {
	switch o {
	case mirrored:
		return image.Pt(last-x, y)
	case halfTurn:
		return image.Pt(last-x, last-y)
	case flipped:
		return image.Pt(x, last-y)
	case transposed:
		return image.Pt(y, x)
	case rightTurn:
		return image.Pt(y, last-x)
	case transverse:
		return image.Pt(last-y, last-x)
	case leftTurn:
		return image.Pt(last-y, x)
	}
	return image.Pt(x, y)
}

func encode(m *image.RGBA) (*Picture, error) {
	var b bytes.Buffer
	p, err := &Picture{ContentType: typePNG, Side: m.Rect.Dx()}, error(nil)
	if m.Opaque() {
		p.ContentType, err = typeJPEG, jpeg.Encode(&b, m, &jpeg.Options{Quality: quality})
	} else {
		err = png.Encode(&b, m)
	}
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.Internal, "the picture cannot be encoded: %w", err)
	}
	p.Content = b.Bytes()
	return p, nil
}
