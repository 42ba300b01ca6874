package store

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// place is where a row stands in lists that are sorted by time, newest first, and
// then by row id, which is a UUIDv7 and so tells which came to us later.
type place struct {
	created int64 // microseconds
	row     string
}

// cursor names the place in the form that callers hand back.
func (p place) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(p.created, 10) + " " + p.row))
}

func parseCursor(cursor string) (place, error) {
	if cursor == "" {
		return place{}, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	created, row, found := strings.Cut(string(text), " ")
	micros, numeric := strconv.ParseInt(created, 10, 64)
	if err != nil || numeric != nil || !found || row == "" || storable(row) != row {
		return place{}, frontdesk.InvalidField("cursor", "is not one that a list returned")
	}
	return place{micros, row}, nil
}
