package driveserver

import (
	"strconv"
	"strings"
)

// contentRange is a part of a file: "bytes 0-9/100". Total is below zero when it is
// told as *. A status query, "bytes */100", has a first below zero.
type contentRange struct{ first, last, total int64 }

// parseContentRange reads the header Content-Range of an upload.
func parseContentRange(text string) (contentRange, bool) {
	text, found := strings.CutPrefix(text, "bytes ")
	part, total, both := strings.Cut(text, "/")
	c := contentRange{first: -1, last: -1, total: -1}
	if !found || !both {
		return c, false
	}
	var ok bool
	if total != "*" {
		if c.total, ok = number(total); !ok {
			return c, false
		}
	}
	if part == "*" {
		return c, true
	}
	first, last, both := strings.Cut(part, "-")
	if !both {
		return c, false
	}
	var ok1, ok2 bool
	c.first, ok1 = number(first)
	c.last, ok2 = number(last)
	return c, ok1 && ok2 && c.first <= c.last && (c.total < 0 || c.last < c.total)
}

func isStatusQuery(text string) bool {
	c, ok := parseContentRange(text)
	return ok && c.first < 0
}

// parseRange reads the header Range of a download: the first and the last byte that it
// selects. Of several ranges none is served. An empty header selects everything.
func parseRange(text string, size int64) (first, last int64, ok bool) {
	if text == "" {
		return 0, size - 1, true
	}
	text, found := strings.CutPrefix(text, "bytes=")
	from, to, both := strings.Cut(text, "-")
	if !found || !both {
		return 0, 0, false
	}
	first, ok1 := number(from)
	last, ok2 := number(to)
	switch {
	case from == "" && ok2:
		return max(0, size-last), size - 1, last > 0 && size > 0
	case to == "" && ok1:
		return first, size - 1, first < size
	}
	return first, min(last, size-1), ok1 && ok2 && first <= last && first < size
}

// number reads a whole number that is not below zero.
func number(text string) (int64, bool) {
	n, err := strconv.ParseUint(text, 10, 63)
	return int64(n), err == nil
}
