package billingtest

import (
	"context"
	"iter"
	"slices"
)

// listing is an endpoint that lists what rows yields, a page at a time.
func listing[T any](c *call, rows func(context.Context) iter.Seq2[T, error]) action {
	limit, after := c.form.number("limit"), c.form.text("starting_after")
	if limit == 0 {
		limit = 10
	}
	if limit < 0 || limit > 100 {
		c.form.fail("limit", "must be between 1 and 100")
	}
	return func(ctx context.Context) (any, error) {
		var shown []object
		for row, err := range rows(ctx) {
			if err != nil {
				return nil, err
			}
			shown = append(shown, c.show(row).(object))
		}
		return page(c.request.URL.Path, shown, after, int(limit))
	}
}

// page is a part of the rows: those that follow the one with the id after.
func page(path string, rows []object, after string, limit int) (object, error) {
	if after != "" {
		i := slices.IndexFunc(rows, func(o object) bool { return o["id"] == after })
		if i < 0 {
			return nil, absent("starting_after", "object", after)
		}
		rows = rows[i+1:]
	}
	more := len(rows) > limit
	if more {
		rows = rows[:limit]
	}
	if rows == nil {
		rows = []object{}
	}
	return object{"object": "list", "url": path, "has_more": more, "data": rows}, nil
}

// kept yields the rows that keep selects.
func kept[T any](rows iter.Seq2[T, error], keep func(T) bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for row, err := range rows {
			if (err != nil || keep(row)) && !yield(row, err) {
				return
			}
		}
	}
}
