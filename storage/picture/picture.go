// Package picture makes profile pictures of what people upload: square, small, upright, and
// without anything that the file says besides its pixels.
//
// [Square] takes PNG, JPEG, GIF (of which it keeps the first frame) and WebP. A picture is
// always encoded anew, so that the place where a photo was taken, the text in it and what
// hangs behind its end are gone. [Upload] hands the result to a storage.Service:
//
//	d, err := picture.Upload(ctx, documents, "acme", file, nil)
//
// # Memory
//
// How large a picture is, is read before anything is decoded. What is decoded takes the file
// and up to 12 bytes for each of the [Options].MaxPixels: 300 MB with the defaults, which only
// pictures made for that take; a photo of 12 million pixels out of a telephone takes 40 MB. A
// host that lets many upload at once lowers the limit.
package picture

import (
	"io"

	"github.com/frontdesk-go/frontdesk"
)

// Options adjusts pictures. The zero value is ready to use.
type Options struct {
	// Size is how many pixels wide and high a picture is at most; a smaller one is never made
	// larger. Default 512.
	Size int
	// MaxBytes is how long a file may be. Default 10 MiB.
	MaxBytes int64
	// MaxSide is how many pixels wide or high it may be. Default 10,000.
	MaxSide int
	// MaxPixels is how many it may have in all. A progressive JPEG, which takes more room,
	// may have a quarter. Default 25 million.
	MaxPixels int

	// Title and Folder are those of the document that Upload makes. Default "Profile
	// picture", in no folder.
	Title, Folder string
}

// Picture is square, and nothing but its pixels.
type Picture struct {
	Content     []byte
	ContentType string // "image/jpeg", or "image/png" when some of it is transparent
	Side        int    // in pixels
}

// Name is a file name that goes with the content.
func (p *Picture) Name() string {
	if p.ContentType == typePNG {
		return "picture.png"
	}
	return "picture.jpg"
}

const (
	typeJPEG = "image/jpeg"
	typePNG  = "image/png"
)

// Square reads a picture and returns the square in its middle, at most Options.Size wide. What
// is wrong with the picture is Invalid, and names the field "picture"; when it cannot be
// read, that is Unavailable, or the code that r fails with. Nil options are the zero Options.
func Square(r io.Reader, o *Options) (*Picture, error) {
	o = o.filled()
	content, err := read(r, o.MaxBytes)
	if err != nil {
		return nil, err
	}
	f, err := recognize(content)
	if err != nil {
		return nil, err
	}
	m, err := f.decode(content, o)
	if err != nil {
		return nil, err
	}
	return encode(turn(shrink(m, o.Size), f.orientation(content)))
}

func (o *Options) filled() *Options {
	var filled Options
	if o != nil {
		filled = *o
	}
	if filled.Size <= 0 {
		filled.Size = 512
	}
	if filled.MaxBytes <= 0 {
		filled.MaxBytes = 10 << 20
	}
	if filled.MaxSide <= 0 {
		filled.MaxSide = 10_000
	}
	if filled.MaxPixels <= 0 {
		filled.MaxPixels = 25_000_000
	}
	if filled.Title == "" {
		filled.Title = "Profile picture"
	}
	return &filled
}

func read(r io.Reader, most int64) ([]byte, error) {
	if r == nil {
		return nil, invalid("is required")
	}
	content, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case err != nil && frontdesk.CodeOf(err) != frontdesk.Unknown:
		return nil, err
	case err != nil:
		return nil, frontdesk.Errorf(frontdesk.Unavailable, "the picture cannot be read: %w", err)
	case len(content) == 0:
		return nil, invalid("is empty")
	case int64(len(content)) > most:
		return nil, invalid("is longer than %d bytes", most)
	}
	return content, nil
}

func invalid(format string, args ...any) error {
	return frontdesk.InvalidField("picture", format, args...)
}
