package picture

import (
	"bytes"
	"encoding/binary"
)

// orientation is how a camera was held, as Exif numbers it: how the pixels must be turned to
// be upright (https://www.cipa.jp/std/documents/download_e.html?DC-008-Translation-2023-E, tag
// 0x0112).
type orientation int

const (
	normal     orientation = 1
	mirrored   orientation = 2
	halfTurn   orientation = 3
	flipped    orientation = 4
	transposed orientation = 5
	rightTurn  orientation = 6
	transverse orientation = 7
	leftTurn   orientation = 8
)

// orientationOf reads the orientation of a JPEG. What cannot be read is upright.
func orientationOf(content []byte) orientation {
	const exif, app1 = "Exif\x00\x00", 0xe1
	for marker, segment := range segments(content) {
		if marker == app1 && bytes.HasPrefix(segment, []byte(exif)) {
			return orientationIn(segment[len(exif):])
		}
	}
	return normal
}

// orientationIn reads the first directory of a TIFF, which has 12 bytes for each tag.
func orientationIn(tiff []byte) orientation {
	const header, entry, tag, short = 8, 12, 0x0112, 3
	if len(tiff) < header {
		return normal
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	begin := uint64(order.Uint32(tiff[4:]))
	if order.Uint16(tiff[2:]) != 42 || begin+2 > uint64(len(tiff)) {
		return normal
	}
	entries := tiff[begin+2:]
	for range order.Uint16(tiff[begin:]) {
		if len(entries) < entry {
			break
		}
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			return valid(orientation(order.Uint16(entries[8:])))
		}
		entries = entries[entry:]
	}
	return normal
}

func valid(o orientation) orientation {
	if o < normal || o > leftTurn {
		return normal
	}
	return o
}
