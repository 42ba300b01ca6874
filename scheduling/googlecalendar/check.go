package googlecalendar

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// maxUID is how long a UID may be: a private property holds no more than 1024 bytes.
const maxUID = 1000

func checkName(field, name string) error {
	if name == "" {
		return frontdesk.InvalidField(field, "is required")
	}
	return nil
}

func checkUID(uid string) error {
	if len(uid) > maxUID {
		return frontdesk.InvalidField("uid", "is longer than %d bytes", maxUID)
	}
	return checkName("uid", uid)
}

func checkSpan(s scheduling.Span) error {
	if s.Empty() {
		return frontdesk.InvalidField("span", "must begin before it ends")
	}
	return nil
}

func checkEntry(calendar string, e *scheduling.Entry) error {
	errs := []error{checkName("calendar", calendar), checkUID(e.UID), checkSpan(e.Span), checkURL(e.URL)}
	if e.Sequence < 0 {
		errs = append(errs, frontdesk.InvalidField("sequence", "must not be negative"))
	}
	if _, known := zone(e.Zone); e.Zone != "" && !known {
		errs = append(errs, frontdesk.InvalidField("zone", "must be a name of the tz database"))
	}
	for _, p := range e.Attendees {
		if !strings.Contains(p.Email, "@") {
			errs = append(errs, frontdesk.InvalidField("attendees", "must have mail addresses"))
		}
	}
	return errors.Join(errs...)
}

func checkURL(text string) error {
	if text == "" {
		return nil
	}
	if u, err := url.Parse(text); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return frontdesk.InvalidField("url", "must be an absolute http or https URL")
	}
	return nil
}

// zone is the zone of a name. This process's own has none.
func zone(name string) (*time.Location, bool) {
	if name == "" || name == "Local" {
		return nil, false
	}
	z, err := time.LoadLocation(name)
	return z, err == nil
}
