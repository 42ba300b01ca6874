package picture

import "testing"

// FuzzOrientation: however a photo is broken, its orientation is one of the eight, and
// reading it ends.
func FuzzOrientation(f *testing.F) {
	const directory = "\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"
	f.Add([]byte("\xff\xd8\xff\xff\xe1\x00\x1eExif\x00\x00MM\x00\x2a\x00\x00\x00\x08" + directory))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II\x2a\x00\xff\xff\xff\xff"))
	f.Add([]byte("\xff\xd8\xff\xc2\x00\x02\xff\xda"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if o := orientationOf(content); o < normal || o > leftTurn {
			t.Errorf("the orientation is %d", o)
		}
		if w := weightOf(content); w != 1 && w != 4 {
			t.Errorf("the weight is %d", w)
		}
	})
}
