package notify

import (
	"bytes"
	"context"
	"io"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/templates"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/ical"
)

// invited is a mail with a file for calendars.
type invited struct {
	email.Mail
	alternative *email.Alternative // from which readers make their buttons; nil: only the files
	files       []ical.Part
}

// Render is the mail with its files.
func (i invited) Render() (email.Message, error) {
	m, err := i.Mail.Render()
	if err != nil {
		return m, err
	}
	if i.alternative != nil {
		m.Alternatives = append(m.Alternatives, *i.alternative)
	}
	for _, f := range i.files {
		m.Attachments = append(m.Attachments, email.Attachment{
			Name: f.Name, ContentType: f.ContentType, Size: int64(len(f.Content)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.Content)), nil },
		})
	}
	return m, nil
}

// invite adds the invitation of the guest, or takes it back.
func (n *herald) invite(ctx context.Context, c *notice, draft templates.Template) email.Mail {
	mail := n.options.Set.Mail(draft)
	method, has := map[scheduling.ChangeKind]ical.Method{
		scheduling.MeetingBooked: ical.Request, scheduling.MeetingMoved: ical.Request, scheduling.MeetingCancelled: ical.Cancel,
	}[c.Kind]
	if !has || n.options.NoInvitations || !c.organized() || c.Booking.Guest.Email == "" || c.Booking.Status == scheduling.StatusPending {
		return mail
	}
	alternative, file, err := c.calendar(method, &c.Booking)
	if err != nil {
		return n.uninvited(ctx, c, mail, err)
	}
	form, files := email.Alternative(alternative), []ical.Part{file}
	if c.Former != "" {
		left, err := n.left(ctx, c)
		if err != nil {
			return n.uninvited(ctx, c, mail, err)
		}
		files = append(files, left)
	}
	return invited{mail, &form, files}
}

// left is the file that takes the meeting out of the calendar that the guest has left.
func (n *herald) left(ctx context.Context, c *notice) (ical.Part, error) {
	m, err := n.agenda.MeetingOf(ctx, c.Former)
	if err != nil {
		return ical.Part{}, err
	}
	i := slices.IndexFunc(m.Bookings, func(b scheduling.Booking) bool { return b.ID == c.Former })
	if i < 0 {
		return ical.Part{}, frontdesk.Errorf(frontdesk.NotFound, "the booking is not there any more")
	}
	before := notice{Change: scheduling.Change{At: c.At, Meeting: *m, Booking: m.Bookings[i]}, hosts: c.hosts}
	left, _, err := before.calendar(ical.Cancel, &before.Booking)
	left.Name = "cancelled.ics"
	return left, err
}

// uninvited is the mail as it is: it matters more than its file.
func (n *herald) uninvited(ctx context.Context, c *notice, mail email.Mail, why error) email.Mail {
	n.options.Logger.ErrorContext(ctx, "notify: invitation cannot be written", "change", c.Key, "error", why)
	return mail
}

// file adds the file for a host whose calendar is not written to.
func (n *herald) file(ctx context.Context, c *notice, h *scheduling.Settings, draft templates.Template) email.Mail {
	mail := n.options.Set.Mail(draft)
	written := slices.ContainsFunc(h.Calendars, func(r scheduling.CalendarRef) bool { return r.Write })
	takesPlace := c.Kind == scheduling.MeetingBooked || c.Kind == scheduling.MeetingMoved && c.Booking.Status == scheduling.StatusConfirmed
	if !takesPlace || written || n.options.NoInvitations || !c.organized() {
		return mail
	}
	_, file, err := c.calendar(ical.Publish, nil)
	if err != nil {
		return n.uninvited(ctx, c, mail, err)
	}
	return invited{mail, nil, []ical.Part{file}}
}

// organized reports whether there is somebody who invites.
func (c *notice) organized() bool { return len(c.hosts) > 0 && c.hosts[0].Email != "" }

// calendar is the meeting as a file, for the booking's guest or for the hosts.
func (c *notice) calendar(method ical.Method, to *scheduling.Booking) (alternative, file ical.Part, err error) {
	_, join := c.where()
	content, err := ical.Invitation(method, c.Meeting.Entry(c.hosts, to), c.At, &ical.InvitationOptions{Conference: join, NoReply: true})
	if err != nil {
		return ical.Part{}, ical.Part{}, err
	}
	return ical.Parts(method, content)
}
