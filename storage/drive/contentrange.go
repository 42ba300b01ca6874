package drive

import (
	"net/http"
	"strconv"
	"strings"
)

// incomplete reports whether an answer asks for more of the content, in either dialect:
// 308, or 200 with an override.
func (a *answer) incomplete() bool {
	return a.status == http.StatusPermanentRedirect || a.header.Get("X-Http-Status-Code-Override") == "308"
}

// stored is how much of the content Drive has. Without a Range it has nothing.
func (a *answer) stored(size int64) (int64, bool) {
	text := a.header.Get("Range")
	if text == "" {
		return 0, true
	}
	n, ok := parseStored(text)
	return n, ok && n <= size
}

// parseStored reads "bytes=0-N" as N+1. Drive keeps a beginning, so nothing else makes sense.
func parseStored(text string) (int64, bool) {
	last, found := strings.CutPrefix(strings.TrimSpace(text), "bytes=0-")
	n, err := strconv.ParseUint(last, 10, 62)
	return int64(n) + 1, found && err == nil
}
