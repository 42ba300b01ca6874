package calendarserver

import (
	"testing"
	"time"
)

func FuzzParseRule(f *testing.F) {
	for _, line := range []string{
		"RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;INTERVAL=2;UNTIL=20270601T000000Z", "RRULE:FREQ=DAILY;UNTIL=20270601",
		"RRULE:", "EXDATE:20270601", "RRULE:FREQ=DAILY;INTERVAL=0",
	} {
		f.Add(line)
	}
	first := time.Date(2027, time.June, 1, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, line string) {
		r, ok := parseRule(line)
		if !ok {
			return
		}
		all := r.starts(first)
		if len(all) > maxInstances || r.count > 0 && len(all) > r.count {
			t.Fatalf("%q has %d instances", line, len(all))
		}
		for i, at := range all {
			if at.Before(first) || !r.until.IsZero() && at.After(r.until) || i > 0 && !all[i-1].Before(at) {
				t.Fatalf("%q has an instance at %v", line, at)
			}
		}
	})
}

func FuzzTokens(f *testing.F) {
	f.Add(syncToken{Calendar: "a", Version: 3}.String(), page{Version: 3, Serial: 2}.String())
	f.Add("S", "P")
	f.Fuzz(func(t *testing.T, sync, at string) {
		var s syncToken
		if s.parse(sync) {
			again := syncToken{}
			if !again.parse(s.String()) || again != s {
				t.Fatalf("%q is read as %+v, and that as %+v", sync, s, again)
			}
		}
		var p page
		if p.parse(at) && p.Offset < 0 {
			t.Fatalf("%q has an offset below zero", at)
		}
	})
}
