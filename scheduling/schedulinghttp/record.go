package schedulinghttp

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// page is a part of a list; the cursor is null on the last one.
type page[R any] struct {
	Data       []R     `json:"data"`
	NextCursor *string `json:"next_cursor"`
}

func newPage[T, R any](all []T, record func(*T) R) page[R] {
	return page[R]{Data: each(all, record)}
}

// each is never nil, so that JSON has a list.
func each[T, R any](all []T, record func(*T) R) []R {
	records := make([]R, 0, len(all))
	for i := range all {
		records = append(records, record(&all[i]))
	}
	return records
}

// minutes are how records tell durations.
type minutes int64

// maxMinutes is more than anything may last, and fits a time.Duration.
const maxMinutes = 100_000_000

func newMinutes(d *time.Duration) minutes { return minutes(*d / time.Minute) }

func (m *minutes) duration() time.Duration {
	return time.Duration(max(min(*m, maxMinutes), -maxMinutes)) * time.Minute
}

// price is null for what is free.
func price(m frontdesk.Money) *frontdesk.Money {
	if m == (frontdesk.Money{}) {
		return nil
	}
	return &m
}

func money(m *frontdesk.Money) frontdesk.Money {
	if m == nil {
		return frontdesk.Money{}
	}
	return *m
}
