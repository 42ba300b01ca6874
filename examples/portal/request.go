package main

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

	"github.com/frontdesk-go/frontdesk"
)

const (
	defaultLimit = 50
	maxLimit     = 500
	maxParameter = 255
)

// readBody reads a JSON object into the fields that v names. Fields that it does
// not name, repeated ones and anything after the object are refused. An empty
// body leaves v as it is.
func readBody(r *http.Request, v any) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return frontdesk.Errorf(frontdesk.Invalid, "the body cannot be read: %w", err)
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
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
	var whole map[string]json.RawMessage
	if json.Unmarshal(raw, &whole) != nil || whole == nil {
		return malformed
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	seen := map[string]bool{}
	for _, err := d.Token(); err == nil && d.More(); {
		name, nameErr := d.Token()
		var value json.RawMessage
		if nameErr != nil || d.Decode(&value) != nil {
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

// pathID is the id in the path. What cannot be an id is one that does not exist.
func pathID(r *http.Request) (string, error) {
	id := r.PathValue("id")
	if id == "" || len(id) > maxParameter || strings.ContainsFunc(id, notASCII) {
		return "", frontdesk.Errorf(frontdesk.NotFound, "no such record")
	}
	return id, nil
}

// idempotencyKey makes repeated requests one. What moves money needs it, because
// an answer can be lost.
func idempotencyKey(r *http.Request) (string, error) {
	keys := r.Header.Values("Idempotency-Key")
	if len(keys) != 1 || !usableKey(keys[0]) {
		return "", frontdesk.InvalidField("idempotency_key", "the header Idempotency-Key is needed, once, with up to %d characters without spaces", maxParameter)
	}
	return keys[0], nil
}

func usableKey(key string) bool {
	return key != "" && len(key) <= maxParameter && !strings.ContainsFunc(key, notASCII)
}

func notASCII(r rune) bool { return r <= ' ' || r > '~' }

// query is a request's parameters and what is wrong with them.
type query struct {
	values url.Values
	errs   []error
}

// readQuery refuses parameters that the path does not have, so that nobody
// believes in a filter that does nothing.
func readQuery(r *http.Request, names ...string) (*query, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.Invalid, "the query cannot be read")
	}
	q := &query{values: values}
	for name, all := range values {
		if !slices.Contains(names, name) {
			q.wrong(printable(name), "is not a parameter of this path")
		}
		for _, v := range all {
			if len(v) > maxParameter || strings.ContainsFunc(v, notASCII) {
				q.wrong(printable(name), "has a character that it cannot have, or too many")
			}
		}
	}
	return q, q.err()
}

// readExpert is readQuery for what concerns an expert: the one who asks, or the
// one whom an admin names in the parameter expert.
func readExpert(r *http.Request, names ...string) (q *query, expert string, err error) {
	a, err := frontdesk.ActorFrom(r.Context())
	if err != nil {
		return nil, "", err
	}
	if a.Role == frontdesk.RoleExpert {
		q, err = readQuery(r, names...)
		return q, a.ExpertID, err
	}
	if q, err = readQuery(r, append(names, "expert")...); err != nil {
		return nil, "", err
	}
	if expert = q.text("expert"); expert == "" {
		q.wrong("expert", "says whose; it is required")
	}
	return q, expert, q.err()
}

func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if notASCII(r) {
			return '?'
		}
		return r
	}, name[:min(len(name), 40)])
}

func (q *query) wrong(name, why string) {
	q.errs = append(q.errs, frontdesk.InvalidField(name, "%s", why))
}

// err joins what was wrong with the parameters read so far.
func (q *query) err() error { return errors.Join(q.errs...) }

// text is a parameter that is there once at most.
func (q *query) text(name string) string {
	if len(q.values[name]) > 1 {
		q.wrong(name, "is there several times")
	}
	return q.values.Get(name)
}

// all are the values of a parameter, repeated or with commas between.
func (q *query) all(name string) []string { return list(strings.Join(q.values[name], ",")) }

// limit is how many records are asked for.
func (q *query) limit() int {
	text := q.text("limit")
	if text == "" {
		return defaultLimit
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxLimit {
		q.wrong("limit", "must be between 1 and 500")
	}
	return n
}

// before is the cursor of the lists that go by number.
func (q *query) before() int64 {
	text := q.text("cursor")
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		q.wrong("cursor", "is not one that a list returned")
	}
	return n
}

// currency is one that there is, or none.
func (q *query) currency() frontdesk.Currency {
	c := frontdesk.Currency(q.text("currency"))
	if c != "" && !c.Valid() {
		q.wrong("currency", "is not known")
	}
	return c
}
