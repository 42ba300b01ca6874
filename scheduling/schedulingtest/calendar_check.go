package schedulingtest

import (
	"errors"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

func checkCalendarName(field, name string) error {
	if name == "" {
		return frontdesk.InvalidField(field, "is required")
	}
	return nil
}

func checkCalendarSpan(s scheduling.Span) error {
	if s.Empty() {
		return frontdesk.InvalidField("span", "must begin before it ends")
	}
	return nil
}

func checkCalendarEntry(calendar string, e *scheduling.Entry) error {
	errs := []error{checkCalendarName("calendar", calendar), checkCalendarName("uid", e.UID), checkCalendarSpan(e.Span)}
	if e.Sequence < 0 {
		errs = append(errs, frontdesk.InvalidField("sequence", "must not be negative"))
	}
	if _, err := time.LoadLocation(e.Zone); err != nil {
		errs = append(errs, frontdesk.InvalidField("zone", "must be a name of the tz database"))
	}
	return errors.Join(errs...)
}
