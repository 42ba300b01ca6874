package scheduling_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

func FuzzSlots(f *testing.F) {
	f.Add(uint64(92))
	f.Add(uint64(1_000_077))
	f.Fuzz(func(t *testing.T, seed uint64) {
		q := newDice(seed).query()
		require.Equal(t, newOracle(q).slots(), slices.Collect(scheduling.Slots(q)))
	})
}

// FuzzOpen gives what no Validate has seen.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"Zone":"Pacific/Apia","Weekly":[{"Day":5,"Start":1320,"End":1560}]}`), int64(1_325_116_800), int64(400_000))
	f.Add([]byte(`{"Zone":"UTC","Overrides":[{"From":"2027-01-01","To":"2026-01-01","Hours":[{"Start":-5,"End":9999}]}]}`), int64(1_800_000_000), int64(1))
	f.Add([]byte(`{"Zone":"Europe/London","Stays":[{"From":"1800-01-01","To":"1900-01-01","Zone":"Asia/Manila"}]}`), int64(-4_000_000_000), int64(90_000))
	f.Fuzz(func(t *testing.T, data []byte, from, length int64) {
		var s scheduling.Schedule
		if json.Unmarshal(data, &s) != nil || length < 0 || length > 1<<26 {
			return
		}
		in := scheduling.Span{Start: time.Unix(from, 0), End: time.Unix(from+length, 0)}
		last := in.Start
		for i, open := range s.Open(nil, in) {
			require.True(t, in.Contains(open) && !open.Empty())
			require.True(t, i == 0 || open.Start.After(last), "runs neither overlap nor touch")
			last = open.End
		}
	})
}
