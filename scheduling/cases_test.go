package scheduling_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the rules the cases were made with are not those of every machine

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// searchCase is a case of testdata/cases.json.
type searchCase struct {
	Name string
	In   struct {
		Zone          string
		Windows       [][3]any
		From          string `json:"frm"`
		To            string
		Dur, Step     int
		Before, After int
		Busy          [][2]string
		Overrides     map[string][][2]int
		NotBefore     string
	}
	Want []string
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (c searchCase) query(t *testing.T) scheduling.Query {
	s := &scheduling.Schedule{Zone: c.In.Zone}
	for _, w := range c.In.Windows {
		s.Weekly = append(s.Weekly, scheduling.Window{
			Day:   time.Weekday(slices.Index(weekdays, w[0].(string))),
			Start: int(w[1].(float64)), End: int(w[2].(float64)),
		})
	}
	for date, list := range c.In.Overrides {
		d, err := scheduling.ParseDate(date)
		require.NoError(t, err)
		o := scheduling.Override{From: d, To: d}
		for _, h := range list {
			o.Hours = append(o.Hours, scheduling.Hours{Start: h[0], End: h[1]})
		}
		s.Overrides = append(s.Overrides, o)
	}
	q := scheduling.Query{
		Type: &scheduling.EventType{
			Durations: []time.Duration{minutes(c.In.Dur)}, Step: minutes(c.In.Step),
			Before: minutes(c.In.Before), After: minutes(c.In.After),
		},
		From: at(c.In.From), To: at(c.In.To), Now: at(c.In.From).Add(-24 * time.Hour),
	}
	if c.In.NotBefore != "" {
		q.Now, q.Type.Notice = at(c.In.NotBefore).Add(-168*time.Hour), 168*time.Hour
	}
	d := scheduling.Diary{Schedule: s}
	for _, b := range c.In.Busy {
		d.Busy = append(d.Busy, scheduling.Busy{Span: span(b[0], b[1]), Source: "google"})
	}
	q.Hosts = []scheduling.Diary{d}
	return q
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// at reads an instant in UTC: "2027-03-14T17:00Z".
func at(s string) time.Time {
	t, err := time.Parse("2006-01-02T15:04Z07:00", s)
	if err != nil {
		panic(err)
	}
	return t
}

func span(from, to string) scheduling.Span { return scheduling.Span{Start: at(from), End: at(to)} }

// starts is when the query's slots begin.
func starts(q scheduling.Query) []string {
	list := []string{}
	for s := range scheduling.Slots(q) {
		list = append(list, s.Start.Format("01-02T15:04Z"))
	}
	return list
}

func TestCases(t *testing.T) {
	data, err := os.ReadFile("testdata/cases.json")
	require.NoError(t, err)
	var cases []searchCase
	require.NoError(t, json.Unmarshal(data, &cases))
	require.GreaterOrEqual(t, len(cases), 22)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			q := c.query(t)
			require.Equal(t, c.Want, starts(q))
			require.Equal(t, newOracle(q).slots(), slices.Collect(scheduling.Slots(q)), "the oracle of the property test agrees")
		})
	}
}
