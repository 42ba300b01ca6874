package storage_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/storage"
)

func TestRangeWithin(t *testing.T) {
	for _, c := range []struct {
		rule                 string
		r                    storage.Range
		size, offset, length int64
	}{
		{"the zero range is all", storage.Range{}, 10, 0, 10},
		{"no length goes to the end", storage.Range{Offset: 4}, 10, 4, 6},
		{"a length ends earlier", storage.Range{Offset: 4, Length: 2}, 10, 4, 2},
		{"what goes beyond the end is cut off", storage.Range{Offset: 4, Length: math.MaxInt64}, 10, 4, 6},
		{"the last byte", storage.Range{Offset: 9}, 10, 9, 1},
		{"below zero counts from the end", storage.Range{Offset: -3}, 10, 7, 3},
		{"and may end before it", storage.Range{Offset: -3, Length: 2}, 10, 7, 2},
		{"more from the end than there is, is all", storage.Range{Offset: math.MinInt64}, 10, 0, 10},
		{"an empty object is empty", storage.Range{}, 0, 0, 0},
		{"its beginning too", storage.Range{Length: 5}, 0, 0, 0},
		{"and its end", storage.Range{Offset: -5}, 0, 0, 0},
	} {
		t.Run(c.rule, func(t *testing.T) {
			offset, length, err := c.r.Within(c.size)
			require.NoError(t, err)
			require.Equal(t, [2]int64{c.offset, c.length}, [2]int64{offset, length})
		})
	}
	t.Run("a range that begins at the end or beyond, or has no length, is refused", func(t *testing.T) {
		for _, r := range []storage.Range{{Offset: 10}, {Offset: 11, Length: 1}, {Offset: math.MaxInt64}, {Length: -1}} {
			_, _, err := r.Within(10)
			require.Equal(t, []string{"range"}, fieldNames(err))
		}
		_, _, err := storage.Range{Offset: 1}.Within(0)
		require.Equal(t, []string{"range"}, fieldNames(err))
	})
}

// FuzzRange: what is selected is a part of what there is.
func FuzzRange(f *testing.F) {
	f.Add(int64(0), int64(0), int64(0))
	f.Add(int64(-5), int64(3), int64(10))
	f.Add(int64(math.MinInt64), int64(math.MaxInt64), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, from, count, size int64) {
		size &= math.MaxInt64
		offset, length, err := storage.Range{Offset: from, Length: count}.Within(size)
		if err == nil && (offset < 0 || length < 0 || offset > size || length > size-offset) {
			t.Fatalf("%d bytes from %d on of %d", length, offset, size)
		}
	})
}
