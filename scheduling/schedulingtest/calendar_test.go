package schedulingtest_test

import (
	"fmt"
	"testing"

	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
)

func TestCalendar(t *testing.T) {
	schedulingtest.TestCalendar(t, func(*testing.T) schedulingtest.CalendarHarness {
		c := schedulingtest.NewCalendar()
		made := 0
		return schedulingtest.CalendarHarness{
			Calendar: c,
			New: func(zone string) string {
				made++
				id := fmt.Sprintf("calendar-%d", made)
				c.AddCalendar(id, zone)
				return id
			},
			Add:          c.Add,
			Remove:       func(calendar, id string) { c.Remove(calendar, id) },
			FailNext:     c.FailNext,
			LoseNext:     c.LoseNext,
			ForgetTokens: c.ForgetTokens,
		}
	})
}
