package ical

import "github.com/frontdesk-go/frontdesk"

// Method is what the receiver is asked to do (RFC 5546).
type Method string

// What a calendar file is sent for.
const (
	Request Method = "REQUEST" // put the meeting in the calendar, or change it there
	Cancel  Method = "CANCEL"  // take it out
	Publish Method = "PUBLISH" // here it is: a file to download, nobody is asked
)

func (m Method) validate() error {
	switch m {
	case Request, Cancel, Publish:
		return nil
	}
	return frontdesk.InvalidField("method", "is %q, not REQUEST, CANCEL or PUBLISH", string(m))
}
