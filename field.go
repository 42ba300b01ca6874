package frontdesk

import (
	"errors"
	"slices"
)

// A Field is one part of the input that was refused, and why. Both may be shown to
// the person who asked.
type Field struct {
	// Name is the field's name as the caller knows it, in snake case: "currency".
	Name string `json:"name"`

	// Message says what is wrong, to be read after the name: "must not be empty".
	Message string `json:"message"`
}

// InvalidField returns an Invalid error about one field. It formats like [Errorf].
//
// To complain of several fields at once, join the errors with errors.Join: the
// result is Invalid too, and [Fields] lists them all.
func InvalidField(name, format string, args ...any) error {
	err := Errorf(Invalid, format, args...)
	if e, ok := errors.AsType[*Error](err); ok {
		e.Fields, e.Message = []Field{{Name: name, Message: e.Message}}, ""
	}
	return err
}

// Fields returns the fields that err and its causes complain of, in order, each
// complaint once. It returns nil if there are none.
func Fields(err error) []Field {
	var fields []Field
	for e := range known(err) {
		for _, f := range e.Fields {
			if !slices.Contains(fields, f) {
				fields = append(fields, f)
			}
		}
	}
	return fields
}
