package scheduling_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

func TestDateIn(t *testing.T) {
	for _, c := range []struct{ name, zone, date, start, end string }{
		{"an ordinary day", "America/New_York", "2027-06-01", "2027-06-01T04:00:00Z", "2027-06-02T04:00:00Z"},
		{"one of 23 hours", "America/New_York", "2027-03-14", "2027-03-14T05:00:00Z", "2027-03-15T04:00:00Z"},
		{"one of 25 hours", "America/New_York", "2027-11-07", "2027-11-07T04:00:00Z", "2027-11-08T05:00:00Z"},
		{"one whose midnight is missing", "America/Santiago", "2027-09-05", "2027-09-05T04:00:00Z", "2027-09-06T03:00:00Z"},
		{"one whose midnight is missing east of Greenwich", "Africa/Cairo", "2027-04-30", "2027-04-29T22:00:00Z", "2027-04-30T21:00:00Z"},
		{"one whose midnight comes twice", "America/Havana", "2027-11-07", "2027-11-07T04:00:00Z", "2027-11-08T05:00:00Z"},
		{"one that ends an hour late", "America/Santiago", "2027-04-03", "2027-04-03T03:00:00Z", "2027-04-04T04:00:00Z"},
		{"one that a zone has skipped", "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"one far in the east", "Pacific/Kiritimati", "2027-06-01", "2027-05-31T10:00:00Z", "2027-06-01T10:00:00Z"},
	} {
		t.Run(c.name+" begins and ends where its zone says", func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			require.NoError(t, err)
			day, err := scheduling.ParseDate(c.date)
			require.NoError(t, err)
			got := day.In(zone)
			assert.Equal(t, c.start, got.Start.Format(time.RFC3339))
			assert.Equal(t, c.end, got.End.Format(time.RFC3339))
		})
	}
}
