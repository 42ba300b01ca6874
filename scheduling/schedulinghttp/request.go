package schedulinghttp

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
)

// readJSON reads a JSON object into the fields that v names; an empty body leaves it as
// it is. Fields that it does not name, repeated ones and what comes after the object are
// refused.
func (h *handler) readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	raw, err := h.body(w, r)
	if err != nil || len(bytes.TrimSpace(raw)) == 0 {
		return err
	}
	return decode(raw, v)
}

func decode(raw []byte, v any) error {
	if !json.Valid(raw) || bytes.TrimSpace(raw)[0] != '{' {
		return frontdesk.Errorf(frontdesk.Invalid, "the body must be one JSON object")
	}
	if err := noRepeats(json.NewDecoder(bytes.NewReader(raw))); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return refusedField(err)
	}
	return nil
}

// open is an object or a list that is being read.
type open struct {
	names map[string]bool // of an object
	name  string          // that was read last
	value bool            // its value comes next
}

// noRepeats passes what has no name twice in one object, at any depth, and no NUL, which not every store can keep.
func noRepeats(d *json.Decoder) error {
	stack := []open{{}}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return frontdesk.Errorf(frontdesk.Invalid, "the body must be one JSON object")
		}
		top := &stack[len(stack)-1]
		text, isText := token.(string)
		switch {
		case strings.ContainsRune(text, 0):
			return frontdesk.InvalidField(top.name, "has a control character")
		case isText && top.names != nil && !top.value:
			if err := top.read(strings.ToLower(text)); err != nil { // as json matches names
				return err
			}
		default:
			stack = follow(stack, token)
		}
	}
}

func (o *open) read(name string) error {
	if o.names[name] {
		return frontdesk.InvalidField(name, "is there twice")
	}
	o.names[name], o.name, o.value = true, name, true
	return nil
}

// follow is what is open after a token that is no name.
func follow(stack []open, token json.Token) []open {
	top := &stack[len(stack)-1]
	top.value = false
	switch token {
	case json.Delim('{'):
		return append(stack, open{names: map[string]bool{}})
	case json.Delim('['):
		return append(stack, open{name: top.name})
	case json.Delim('}'), json.Delim(']'):
		return stack[:len(stack)-1]
	}
	return stack
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

// empty refuses a body that says something.
func (h *handler) empty(w http.ResponseWriter, r *http.Request) error {
	return h.readJSON(w, r, &struct{}{})
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

// number reads a number in the bounds.
func number(q url.Values, name string, otherwise, least, most int) (int, error) {
	if !q.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(q.Get(name))
	if err != nil || n < least || n > most {
		return 0, frontdesk.InvalidField(name, "must be a number from %d to %d", least, most)
	}
	return n, nil
}

// oneOf reads a parameter of which each value is a known one.
func oneOf[T ~string](q url.Values, name string, known ...T) (all []T, err error) {
	for _, value := range q[name] {
		if !slices.Contains(known, T(value)) {
			return nil, frontdesk.InvalidField(name, "must be one of %v", known)
		}
		all = append(all, T(value))
	}
	return all, nil
}

// plausible reports whether any store could have the text.
func plausible(text string) bool {
	return len(text) <= 255 && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// maxKey is how long an Idempotency-Key may be.
const maxKey = 200

// requestKey is the Idempotency-Key of the request; none is "".
func requestKey(r *http.Request) (string, error) {
	keys := r.Header.Values("Idempotency-Key")
	switch {
	case len(keys) == 0:
		return "", nil
	case len(keys) > 1 || keys[0] == "" || len(keys[0]) > maxKey || !plausible(keys[0]):
		return "", frontdesk.InvalidField("key", "must be one Idempotency-Key of 1 to %d characters", maxKey)
	}
	return keys[0], nil
}
