package picture

import (
	"encoding/binary"
	"iter"
)

// segments yields the markers of a JPEG before its pixels, with what stands in them, as far as they
// can be read. It passes over all that image/jpeg passes over: what it did not see, it could not weigh.
func segments(content []byte) iter.Seq2[byte, []byte] {
	const scan = 0xda
	return func(yield func(byte, []byte) bool) {
		for rest := content[min(2, len(content)):]; len(rest) >= 4; {
			if rest[0] != 0xff || isBare(rest[1]) {
				rest = rest[1:]
				continue
			}
			length := int(binary.BigEndian.Uint16(rest[2:]))
			if rest[1] == scan || length < 2 || len(rest) < 2+length || !yield(rest[1], rest[4:2+length]) {
				return
			}
			rest = rest[2+length:]
		}
	}
}

// isBare reports whether nothing belongs to a marker: it is none, fills up, or restarts.
func isBare(marker byte) bool {
	const none, fill, firstRestart, lastRestart = 0x00, 0xff, 0xd0, 0xd7
	return marker == none || marker == fill || firstRestart <= marker && marker <= lastRestart
}

// weightOf is how much a pixel counts: all of a progressive JPEG is kept several times while it
// is put together.
func weightOf(content []byte) int {
	const progressive = 0xc2
	for marker := range segments(content) {
		if marker == progressive {
			return 4
		}
	}
	return 1
}
