package storagehttp

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

const maxJSON = 64 << 10

// readJSON reads a JSON object into the fields that v names; an empty body leaves it
// as it is. Fields that it does not name, repeated ones and what comes after the object are
// refused.
func (h *handler) readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	raw, err := io.ReadAll(h.body(w, r, maxJSON, tooLong(maxJSON)))
	if err != nil || len(bytes.TrimSpace(raw)) == 0 {
		return err
	}
	if err := noRepeats(raw); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return refusedField(err)
	}
	return nil
}

// noRepeats passes exactly one JSON object, in which no name is there twice.
func noRepeats(raw []byte) error {
	malformed := frontdesk.Errorf(frontdesk.Invalid, "the body must be one JSON object")
	if !json.Valid(raw) || bytes.TrimSpace(raw)[0] != '{' {
		return malformed
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return malformed
	}
	for seen := map[string]bool{}; d.More(); {
		name, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return malformed
		}
		key := strings.ToLower(name.(string)) // as json matches names
		if seen[key] {
			return frontdesk.InvalidField(key, "is there twice")
		}
		seen[key] = true
	}
	return nil
}

// refusedField names the field that encoding/json did not take.
func refusedField(err error) error {
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		if name, quoted := strconv.Unquote(name); quoted == nil {
			return frontdesk.InvalidField(name, "is not known")
		}
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return frontdesk.InvalidField(wrong.Field, "must not be a %s", wrong.Value)
	}
	return frontdesk.Errorf(frontdesk.Invalid, "the body is not what this path takes")
}

// readQuery refuses parameters that are not known, or that are there twice and not in many.
func readQuery(r *http.Request, known []string, many ...string) (url.Values, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.Invalid, "the query cannot be read")
	}
	for name, values := range q {
		switch {
		case slices.Contains(many, name):
		case !slices.Contains(known, name):
			return nil, frontdesk.InvalidField(name, "is not known")
		case len(values) > 1:
			return nil, frontdesk.InvalidField(name, "is there twice")
		}
		if slices.ContainsFunc(values, func(v string) bool { return !plausible(v) }) {
			return nil, frontdesk.InvalidField(name, "is not valid")
		}
	}
	return q, nil
}

// number reads a number that is at least 0 and at most most.
func number(q url.Values, name string, otherwise, most int) (int, error) {
	if !q.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(q.Get(name))
	if err != nil || n < 0 || n > most {
		return 0, frontdesk.InvalidField(name, "must be a number from 0 to %d", most)
	}
	return n, nil
}

// checksum reads a SHA-256 in hex; none is nil.
func checksum(text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	sum, err := hex.DecodeString(text)
	if err != nil || len(sum) != 32 {
		return nil, frontdesk.InvalidField("sha256", "must be 64 hexadecimal digits")
	}
	return sum, nil
}
