package ical

import (
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// Part is a calendar file as a part of a mail. Its fields are those that
// email.Attachment asks for.
type Part struct {
	Name        string
	ContentType string
	Content     []byte
}

// Parts returns the two forms in which a mail carries an invitation: the alternative, after the text
// and the HTML in multipart/alternative, from which readers make their buttons, and
// the file, attached for those that make none. The method in the alternative's content type
// is the file's own (RFC 6047, 2.4). A mail that cannot have another alternative attaches
// the first alone, which Gmail and Outlook understand as well.
//
// It fails with Invalid when content is not what [Invitation] makes for the method.
func Parts(method Method, content []byte) (alternative, file Part, err error) {
	cal, failed := readCalendar(content, defaultMaxComponents)
	if err := errors.Join(method.validate(), failed); err != nil {
		return Part{}, Part{}, err
	}
	if cal.method != method {
		return Part{}, Part{}, frontdesk.InvalidField("method", "is not the file's own")
	}
	const name = "invite.ics"
	alternative = Part{name, "text/calendar; method=" + string(method) + "; charset=utf-8", content}
	return alternative, Part{name, "application/ics", content}, nil
}
