package billing

import "context"

// maxPage is the most that a store lists at once.
const maxPage = 500

// list reads all pages of a filter.
func list[O Object](ctx context.Context, st Store, f ObjectFilter) ([]O, error) {
	var all []O
	for {
		page, err := st.Objects(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Objects {
			all = append(all, o.(O))
		}
		if page.Next == "" {
			return all, nil
		}
		f.Cursor = page.Next
	}
}
