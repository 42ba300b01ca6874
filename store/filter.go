package store

import "strings"

// filter gathers the conditions of a query.
type filter struct {
	conditions []string
	args       []any
}

// when adds a condition, if it is wanted.
func (f *filter) when(wanted bool, condition string, args ...any) {
	if wanted {
		f.conditions = append(f.conditions, condition)
		f.args = append(f.args, args...)
	}
}

func (f *filter) sql() string {
	if len(f.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.conditions, " AND ")
}
