package storage

import "github.com/frontdesk-go/frontdesk"

// Within returns what the range selects of size bytes: where it begins and how many
// they are. As in HTTP, what goes beyond the end is cut off, and a range that begins at or
// beyond the end is Invalid with the field "range"; of an empty object all that
// begins at its start or counts from its end is empty and no error.
func (r Range) Within(size int64) (offset, length int64, err error) {
	if err := r.Validate(); err != nil {
		return 0, 0, err
	}
	offset = r.Offset
	if offset < 0 {
		offset = max(0, size+offset)
	}
	if offset > 0 && offset >= size {
		return 0, 0, frontdesk.InvalidField("range", "begins at %d and the content has %d bytes", offset, size)
	}
	length = size - offset
	if r.Length > 0 {
		length = min(length, r.Length)
	}
	return offset, length, nil
}

// Validate refuses a range that selects nothing of any object.
func (r Range) Validate() error {
	if r.Length < 0 {
		return frontdesk.InvalidField("range", "has a length below zero")
	}
	return nil
}
