package schedulinghttp

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// revisionOf is the revision that is to be replaced: that of the body, or of If-Match, or else the current one.
func revisionOf(r *http.Request, said *int, current int) (int, error) {
	match := r.Header.Get("If-Match")
	if match == "" || match == "*" {
		return *cmp.Or(said, &current), nil
	}
	text, opened := strings.CutPrefix(match, `"`)
	text, closed := strings.CutSuffix(text, `"`)
	n, err := strconv.Atoi(text)
	if err != nil || !opened || !closed {
		return 0, frontdesk.InvalidField("if_match", "must be the ETag of what is to be replaced")
	}
	if said != nil && *said != n {
		return 0, frontdesk.InvalidField("revision", "is not that of If-Match")
	}
	return n, nil
}

// writeRevision answers with a record that can be replaced.
func writeRevision(w http.ResponseWriter, status, revision int, record any) error {
	w.Header().Set("ETag", strconv.Quote(strconv.Itoa(revision)))
	return writeJSON(w, status, record)
}

// same refuses a field of a record that says it is another's.
func same(field, said, is string) error {
	if said != "" && said != is {
		return frontdesk.InvalidField(field, "cannot be changed")
	}
	return nil
}
