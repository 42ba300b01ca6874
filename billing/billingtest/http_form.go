package billingtest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// form reads parameters such as items[0][price], and remembers which were read
// and what was wrong first.
type form struct {
	values url.Values
	unread map[string]bool
	err    error
}

func newForm(values url.Values) *form {
	f := &form{values: values, unread: make(map[string]bool)}
	for name := range values {
		f.unread[name] = true
	}
	return f
}

// done returns what was wrong with the parameters.
func (f *form) done() error {
	if f.err != nil || len(f.unread) == 0 {
		return f.err
	}
	name := slices.Min(slices.Collect(maps.Keys(f.unread)))
	return &frontdesk.Error{Code: frontdesk.Invalid, Err: &APIError{
		Status: http.StatusBadRequest, Type: "invalid_request_error", Code: "parameter_unknown", Param: name,
		Message: "Received unknown parameter: " + name,
	}}
}

func (f *form) ignoreAll() { clear(f.unread) }

func (f *form) fail(name, message string) {
	if f.err == nil {
		f.err = invalid(name, message)
	}
}

func (f *form) has(name string) bool { return f.values.Has(name) }

func (f *form) text(name string) string {
	delete(f.unread, name)
	return f.values.Get(name)
}

// optionalText is nil when the parameter is not there.
func (f *form) optionalText(name string) *string {
	if !f.has(name) {
		return nil
	}
	s := f.text(name)
	return &s
}

func (f *form) number(name string) int64 {
	s := f.text(name)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		f.fail(name, "must be an integer")
	}
	return n
}

func (f *form) flag(name string) bool {
	s := f.text(name)
	if s != "" && s != "true" && s != "false" {
		f.fail(name, "must be true or false")
	}
	return s == "true"
}

// optionalFlag is nil when the parameter is not there.
func (f *form) optionalFlag(name string) *bool {
	if !f.has(name) {
		return nil
	}
	b := f.flag(name)
	return &b
}

// money reads an amount in Stripe's units; the zero Money when it is not there.
func (f *form) money(amount, currency string) frontdesk.Money {
	unit := f.text(currency)
	if !f.has(amount) {
		return frontdesk.Money{}
	}
	m, err := wire.FromStripe(f.number(amount), unit)
	if err != nil {
		f.fail(amount, "must be an amount in a currency")
	}
	return m
}

// since reads a range of creation times that is open towards now.
func (f *form) since() time.Time {
	if seconds := f.number("created[gte]"); seconds > 0 {
		return time.Unix(seconds, 0).UTC()
	}
	return time.Time{}
}

// list reads name[], name[0], name[1], ...
func (f *form) list(name string) []string {
	var out []string
	delete(f.unread, name+"[]")
	out = append(out, f.values[name+"[]"]...)
	for i := 0; f.has(index(name, i)); i++ {
		out = append(out, f.text(index(name, i)))
	}
	return out
}

// pairs reads name[key]; nil when there is none.
func (f *form) pairs(name string) map[string]string {
	var out map[string]string
	for key := range f.values {
		inner, ok := strings.CutPrefix(key, name+"[")
		if !ok || !strings.HasSuffix(inner, "]") {
			continue
		}
		if out == nil {
			out = make(map[string]string)
		}
		out[strings.TrimSuffix(inner, "]")] = f.text(key)
	}
	return out
}

// elements yields the prefixes name[0], name[1], ... under which there are parameters.
func (f *form) elements(name string) []string {
	var out []string
	for i := 0; f.hasPrefix(index(name, i) + "["); i++ {
		out = append(out, index(name, i))
	}
	return out
}

func (f *form) hasPrefix(prefix string) bool {
	for name := range f.values {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func index(name string, i int) string { return name + "[" + strconv.Itoa(i) + "]" }
