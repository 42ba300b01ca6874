package storagehttp

import (
	"math"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// span is a part of a content.
type span struct{ first, length int64 }

// wanted reads a Range header. Without one, and for what servers may ignore (several
// ranges, other units, what is malformed), partial is false; satisfiable is false when the
// range selects nothing.
func wanted(header string, size int64) (s span, partial, satisfiable bool) {
	whole := span{0, size}
	unit, set, _ := strings.Cut(header, "=")
	from, to, dashed := strings.Cut(strings.TrimSpace(set), "-")
	if !strings.EqualFold(unit, "bytes") || !dashed {
		return whole, false, true
	}
	first, hasFirst := digits(from)
	last, hasLast := digits(to)
	switch {
	case from == "" && hasLast: // so many from the end
		n := min(last, size)
		return span{size - n, n}, true, n > 0
	case !hasFirst || to != "" && !hasLast:
		return whole, false, true
	case to == "":
		last = math.MaxInt64
	}
	if last < first {
		return whole, false, true
	}
	return span{first, min(last, size-1) - first + 1}, true, first < size
}

// digits reads a number; one that is too large is the largest.
func digits(text string) (n int64, ok bool) {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return math.MaxInt64, true
	}
	return n, true
}

// partRange is the Content-Range of a part that is sent: "bytes 0-99/1000", or of a
// question how far the upload has come: "bytes */1000".
type partRange struct {
	first, length, total int64
	asks                 bool
}

func parsePartRange(header string) (partRange, error) {
	malformed := frontdesk.InvalidField("content_range", `must be like "bytes 0-99/1000" or "bytes */1000"`)
	unit, rest, _ := strings.Cut(header, " ")
	part, whole, _ := strings.Cut(rest, "/")
	total, ok := digits(whole)
	if unit != "bytes" || !ok {
		return partRange{}, malformed
	}
	if part == "*" {
		return partRange{total: total, asks: true}, nil
	}
	from, to, _ := strings.Cut(part, "-")
	first, hasFirst := digits(from)
	last, hasLast := digits(to)
	if !hasFirst || !hasLast || last < first || last >= total {
		return partRange{}, malformed
	}
	return partRange{first: first, length: last - first + 1, total: total}, nil
}
