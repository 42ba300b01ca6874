package ical

import (
	_ "embed"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// rulesJSON has random rules, the time asked about, and their dates by python-dateutil 2.9.0,
// with the first date added where the rule does not have it. None has days with and without a
// number in one BYDAY: dateutil takes those that are both, RFC 5545 those that are one of them.
//
//go:embed testdata/rules.json
var rulesJSON []byte

func TestRulesAsDateutil(t *testing.T) {
	var rules []struct{ Start, Rule, From, To, Want string }
	require.NoError(t, json.Unmarshal(rulesJSON, &rules))
	require.Len(t, rules, 182)
	for _, r := range rules {
		in := span(t, r.From+"T00:00Z", r.To+"T00:00Z")
		busy, _, err := read(calendarOf("DTSTART;VALUE=DATE:"+r.Start, "RRULE:"+r.Rule), Feed{Zone: "UTC"}, in, nil)
		require.NoError(t, err, r.Rule)
		got := ""
		for i, b := range busy {
			if i > 0 {
				got += " "
			}
			got += b.Start.Format("2006-01-02")
		}
		require.Equal(t, r.Want, got, "%s from %s", r.Rule, r.Start)
	}
}
