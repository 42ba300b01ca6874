package scheduling_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

func TestNothingIsAllocatedToSearch(t *testing.T) {
	if raced {
		t.Skip("the race detector empties pools by chance")
	}
	q, many := workWeek(30, 200, 0), experts(30)
	first := next(q)
	busy := first.Add(-time.Hour)
	var spans []scheduling.Span
	for name, search := range map[string]func(){
		"Slots":   func() { count(q) },
		"Next":    func() { next(q) },
		"Check":   func() { require.NoError(t, scheduling.Check(q, first, 0)) },
		"Explain": func() { _ = scheduling.Explain(q, busy, 0) },
		"Union":   func() { union(many) },
		"Open": func() {
			spans = q.Hosts[0].Schedule.Open(spans[:0], scheduling.Span{Start: q.From, End: q.To})
		},
	} {
		require.Zero(t, testing.AllocsPerRun(50, search), name)
	}
}

func TestASearchThatBreaksLooksNoFurther(t *testing.T) {
	q := workWeek(365, 0, 0)
	q.Type.Limits = []scheduling.Limit{{Per: scheduling.PerDay, Meetings: 1}}
	n := 0
	for range scheduling.Slots(q) {
		if n++; n == 3 {
			break
		}
	}
	require.Equal(t, 3, n)
	for _, who := range scheduling.Union([]scheduling.Query{q, q}) {
		require.Equal(t, []int{0, 1}, who)
		break
	}
	for outer := range scheduling.Slots(q) {
		for inner := range scheduling.Slots(q) { // while another runs
			require.Equal(t, outer, inner)
			break
		}
		break
	}
}
