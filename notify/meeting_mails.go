package notify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email/templates"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// shown is how many names of people stand in a mail.
const shown = 5

// guestMail is the mail for the guest, or nil.
func (c *notice) guestMail(to Reader, link string) templates.Template {
	m, l := c.meeting(to.Zone, c.hostNames(), link), to.Language
	switch c.Kind {
	case scheduling.MeetingRequested:
		return templates.MeetingRequested{To: to.Email, Person: to.Name, Language: l, Meeting: m}
	case scheduling.MeetingDeclined:
		return templates.MeetingDeclined{To: to.Email, Person: to.Name, Language: l, Meeting: m, Reason: c.Booking.Reason, Refund: c.refund()}
	case scheduling.MeetingExpired:
		if !c.requested() {
			return nil
		}
		return templates.MeetingExpired{To: to.Email, Person: to.Name, Language: l, Meeting: m, Refund: c.refund()}
	case scheduling.MeetingConflict:
		if c.goesOn() {
			return nil // a payment too many: who gave it back says so
		}
		return templates.MeetingConflict{To: to.Email, Person: to.Name, Language: l, Meeting: m, Refund: c.refund()}
	case scheduling.WaitlistOffered:
		return templates.MeetingOffered{To: to.Email, Person: to.Name, Language: l, Meeting: m, Until: c.Booking.ExpiresAt, URL: link}
	}
	return c.mail(to, m, c.refund())
}

// hostMail is the mail for a host, or nil.
func (c *notice) hostMail(h *scheduling.Settings, link string) templates.Template {
	to := Reader{Email: h.Email, Name: h.Name, Language: templates.Language(h.Locale), Zone: h.Zone}
	m := c.meeting(to.Zone, c.guestNames(), link)
	m.WithZone = ""
	if c.Meeting.Seats <= 1 {
		m.WithZone = c.Booking.Guest.Zone
	}
	if c.Kind == scheduling.MeetingRequested {
		return templates.MeetingToConfirm{To: to.Email, Person: to.Name, Language: to.Language, Meeting: m}
	}
	return c.mail(to, m, frontdesk.Money{})
}

// mail is what guests and hosts read alike.
func (c *notice) mail(to Reader, m templates.Meeting, refund frontdesk.Money) templates.Template {
	switch c.Kind {
	case scheduling.MeetingBooked:
		return templates.MeetingBooked{To: to.Email, Person: to.Name, Language: to.Language, Meeting: m}
	case scheduling.MeetingMoved:
		return templates.MeetingMoved{
			To: to.Email, Person: to.Name, Language: to.Language, Meeting: m,
			WasStart: c.From.Start, WasEnd: c.From.End,
		}
	case scheduling.MeetingCancelled:
		return templates.MeetingCancelled{
			To: to.Email, Person: to.Name, Language: to.Language, Meeting: m, Reason: c.Booking.Reason, Refund: refund,
		}
	case scheduling.MeetingReminder:
		return templates.MeetingReminder{To: to.Email, Person: to.Name, Language: to.Language, Meeting: m}
	}
	return nil
}

// requested reports whether somebody waits to hear of what has lapsed: a slot that was not paid, or
// only looked at, goes without a word.
func (c *notice) requested() bool { return c.Was == scheduling.StatusPending }

// goesOn reports whether the booking is as good as before the payment that is given back.
func (c *notice) goesOn() bool {
	switch c.Booking.Status {
	case scheduling.StatusExpired, scheduling.StatusCancelled, scheduling.StatusDeclined:
		return false
	}
	return true
}

// refund is what is given back.
func (c *notice) refund() frontdesk.Money {
	if c.Refund.Amount > 0 {
		return c.Refund
	}
	switch c.Booking.Payment.State {
	case scheduling.PaymentRefunding, scheduling.PaymentRefunded:
		return c.Booking.Payment.Refunded
	}
	return frontdesk.Money{}
}

func (c *notice) meeting(zone, with, link string) templates.Meeting {
	place, join := c.where()
	m := templates.Meeting{
		Title: c.Meeting.Title, With: cmp.Or(with, c.Meeting.Title), Start: c.Meeting.Start, End: c.Meeting.End, Zone: zone,
		Place: place, JoinURL: join, ManageURL: link,
	}
	if len(c.hosts) > 0 {
		m.WithZone = c.hosts[0].Zone
	}
	return m
}

// where is the place of the meeting, or the link of its video call.
func (c *notice) where() (place, join string) {
	switch at := c.Meeting.Location; at.Kind {
	case scheduling.ByPhone:
		return cmp.Or(at.Value, c.Booking.Guest.Phone), ""
	case scheduling.AtLink:
		return "", cmp.Or(c.Meeting.JoinURL, at.Value)
	default:
		return at.Value, c.Meeting.JoinURL
	}
}

func (c *notice) hostNames() string {
	var names []string
	for _, h := range c.hosts {
		names = append(names, h.Name)
	}
	return joined(names)
}

// guestNames are those of all who come, where the mail is about the whole meeting.
func (c *notice) guestNames() string {
	if !c.whole() {
		return nameOf(c.Booking.Guest)
	}
	var names []string
	for _, b := range c.now.Bookings {
		if b.Status == c.Booking.Status && b.EndedBy == c.Booking.EndedBy {
			names = append(names, nameOf(b.Guest))
		}
	}
	return joined(names)
}

func nameOf(g scheduling.Guest) string { return cmp.Or(g.Name, g.Email) }

// joined lists names, as many as anybody reads.
func joined(names []string) string {
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	if len(names) > shown {
		names = append(names[:shown], "…")
	}
	return strings.Join(names, ", ")
}
