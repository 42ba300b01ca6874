// Package ical writes meetings as iCalendar (RFC 5545) and reads other people's calendars
// from it.
//
// # Invitations
//
// [Invitation] is the file that a mail about a meeting carries (RFC 5546): a REQUEST when it
// is booked or moved, a CANCEL when it is off. The UID is the meeting's for life and the
// sequence rises with each change, so that calendars replace their entry instead of adding
// another. All times are UTC, so that no reader's idea of a zone matters, and the same entry
// is the same bytes. [Parts] says how a mail carries it.
//
// # Feeds
//
// [WriteFeed] writes a calendar that others subscribe to, one entry at a time, in memory that
// does not grow with their number. When the entries fail midway the calendar is left without its
// end, and readers refuse it rather than take the rest to be gone.
//
// # Foreign calendars
//
// A [Source] is a [scheduling.FreeBusy] over the addresses that Google, Outlook, Apple and
// others publish calendars at. It reads events and free-busy components, recurring ones with
// their exceptions, in IANA zones, Windows zones and zones that the file defines. Whatever it does not
// understand and what may matter in the time asked about (a rule by the hour or by week
// number, a broken date, a zone nobody knows) is an error and never free time. The work for
// one calendar is bounded: see [Options].
//
// What Outlook or Google answer to an address is as old as their own cache, hours at times. Where there is
// an API, such as Google's, use that.
//
// # Addresses
//
// Who has the address of a calendar can read it, so it is a [frontdesk.Secret] and stands in no
// error. Somebody else chose it, so the default client connects to public addresses only.
package ical

const (
	prodID = "-//Frontdesk//Frontdesk//EN"
	// newLine ends each line.
	newLine = "\r\n"
	// maxOctets is how long a line may be without its end.
	maxOctets = 75
)
