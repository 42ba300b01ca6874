package ical

import (
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

func (e *event) validate() error {
	errs := []error{
		validUID(e.UID),
		validTime("span.start", e.Span.Start),
		validTime("span.end", e.Span.End),
		validWebAddress("url", e.URL),
		validWebAddress("conference", e.Conference),
		validEmail("organizer.email", e.Organizer.Email),
	}
	if e.Sequence < 0 {
		errs = append(errs, frontdesk.InvalidField("sequence", "is below zero"))
	}
	if e.Span.End.Unix() <= e.Span.Start.Unix() {
		errs = append(errs, frontdesk.InvalidField("span", "has no second in it"))
	}
	if e.Changed.IsZero() || validTime("", e.Changed) != nil {
		errs = append(errs, frontdesk.InvalidField("stamp", "is required"))
	}
	if e.method == Request && len(e.Attendees) == 0 {
		errs = append(errs, frontdesk.InvalidField("attendees", "are required: a request is made to somebody"))
	}
	for i, a := range e.Attendees {
		errs = append(errs, validEmail(fmt.Sprintf("attendees[%d].email", i), a.Email))
	}
	return errors.Join(errs...)
}

func validUID(uid string) error {
	switch {
	case uid == "":
		return frontdesk.InvalidField("uid", "is required")
	case len(uid) > 255: // RFC 7986, 5.3
		return frontdesk.InvalidField("uid", "is longer than 255 bytes")
	case !oneWord(uid):
		return frontdesk.InvalidField("uid", "has a space or a control character")
	}
	return nil
}

// validTime refuses years that the format has no place for.
func validTime(field string, t time.Time) error {
	if year := t.UTC().Year(); year < 1 || year > 9999 {
		return frontdesk.InvalidField(field, "is in the year %d", year)
	}
	return nil
}
