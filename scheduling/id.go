package scheduling

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

// sortable keeps the order of what it encodes.
var sortable = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// newID is an id that is greater than those of earlier microseconds, and whose
// other 80 bits nobody guesses.
func newID(now time.Time) string {
	var b [18]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMicro()))
	rand.Read(b[8:]) // it never fails
	return sortable.EncodeToString(b[1:])
}
