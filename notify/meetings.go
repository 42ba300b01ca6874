package notify

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/templates"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// Agenda knows the meetings as they are, and their hosts. It is a scheduling.Store.
type Agenda interface {
	Meeting(ctx context.Context, id string) (*scheduling.Meeting, error)
	MeetingOf(ctx context.Context, booking string) (*scheduling.Meeting, error)
	Settings(ctx context.Context, expert string) (*scheduling.Settings, error)
}

// MeetingOptions adjusts the mails about meetings. The zero value is ready to use.
type MeetingOptions struct {
	// Set renders the mails. Default templates.Default().
	Set *templates.Set
	// Reader finds who gets mails about a client with an account. What it leaves empty is as the booking's guest has
	// it, which is all that there is by default.
	Reader func(ctx context.Context, client string) (Reader, error)
	// GuestURL is where a guest moves, cancels or books anew, and takes what is offered; it may carry the token
	// that scheduling.Service.BookingByRef tells. Empty: the mail has no such link, and offers of the waitlist are not mailed.
	GuestURL func(ctx context.Context, c scheduling.Change) (string, error)
	// HostURL is where a host sees the meeting, confirms or declines. Empty: the mail has no such link.
	HostURL func(c scheduling.Change, expert string) string
	// NoInvitations leaves the invitations for calendars out.
	NoInvitations bool
	// Replace decides which mail follows from a change for the guest, or for the host who is named. The draft is
	// what would be sent, or nil for changes that send none. Returning the draft keeps it, nil sends nothing, and
	// another mail goes in its place. Default: the draft.
	Replace func(ctx context.Context, c scheduling.Change, host string, draft email.Mail) (email.Mail, error)
	// Clock is the time. Default time.Now.
	Clock func() time.Time
	// Logger hears of mails that can never be written. Default slog.Default().
	Logger *slog.Logger
}

func (o *MeetingOptions) fill() {
	if o.Set == nil {
		o.Set = templates.Default()
	}
	if o.Reader == nil {
		o.Reader = func(context.Context, string) (Reader, error) { return Reader{}, nil }
	}
	if o.GuestURL == nil {
		o.GuestURL = func(context.Context, scheduling.Change) (string, error) { return "", nil }
	}
	if o.HostURL == nil {
		o.HostURL = func(scheduling.Change, string) string { return "" }
	}
	if o.Replace == nil {
		o.Replace = func(_ context.Context, _ scheduling.Change, _ string, draft email.Mail) (email.Mail, error) {
			return draft, nil
		}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
}

// Meetings returns a hook for scheduling.Options.OnChange that mails the guest and the hosts, each in their own
// zone and language: of what is booked, moved, cancelled and near both; of what is requested, declined, not confirmed
// in time, paid too late, or free again after it was waited for, whom it concerns.
//
//	scheduling.Options{OnChange: notify.Meetings(mail, st.Scheduling(), nil)}
//
// A guest gets an invitation for the calendar with it, under one UID and with the meeting's sequence: a request when
// the meeting is booked or moved, and a cancellation. Who leaves a meeting for several for another one gets both, the
// cancellation as a file. Hosts whose calendar is not written to get a file of what takes place.
//
// What has been overtaken is not mailed: who is told late that a meeting was booked, when it is at another time by
// now, would be misled. A mail that can never be written is logged and given up. Nil options are the zero MeetingOptions.
func Meetings(q Queue, a Agenda, o *MeetingOptions) func(ctx context.Context, c scheduling.Change) error {
	n := &herald{queue: q, agenda: a}
	if o != nil {
		n.options = *o
	}
	n.options.fill()
	return n.changed
}

type herald struct {
	queue   Queue
	agenda  Agenda
	options MeetingOptions
}

// notice is a change on its way to its readers.
type notice struct {
	scheduling.Change
	now   *scheduling.Meeting
	hosts []scheduling.Settings // of the meeting, in its order; only the id where there are none
}

func (n *herald) changed(ctx context.Context, c scheduling.Change) error {
	now, err := n.agenda.Meeting(ctx, c.Meeting.ID)
	if errors.Is(err, frontdesk.NotFound) {
		return nil
	}
	if err != nil || overtaken(&c, now, n.options.Clock()) {
		return err
	}
	told := notice{Change: c, now: now}
	if told.hosts, err = n.hosts(ctx, c.Meeting.Hosts); err != nil {
		return err
	}
	errs := []error{n.tellGuest(ctx, &told)}
	for i := range told.hosts {
		errs = append(errs, n.tellHost(ctx, &told, &told.hosts[i]))
	}
	return errors.Join(errs...)
}

func (n *herald) hosts(ctx context.Context, experts []string) (all []scheduling.Settings, err error) {
	for _, expert := range experts {
		s, err := n.agenda.Settings(ctx, expert)
		switch {
		case errors.Is(err, frontdesk.NotFound):
			all = append(all, scheduling.Settings{Expert: expert})
		case err != nil:
			return nil, err
		default:
			all = append(all, *s)
		}
	}
	return all, nil
}

func (n *herald) tellGuest(ctx context.Context, c *notice) error {
	to, err := n.guest(ctx, c)
	if err != nil || to.Email == "" {
		return err
	}
	link, err := n.options.GuestURL(ctx, c.Change)
	if err != nil {
		return err
	}
	var mail email.Mail
	if draft := c.guestMail(to, link); draft != nil {
		mail = n.invite(ctx, c, draft)
	}
	return n.enqueue(ctx, c, "", mail, c.Key+"/guest", c.Booking.Client)
}

// guest is who has booked, or waits.
func (n *herald) guest(ctx context.Context, c *notice) (Reader, error) {
	g := c.Booking.Guest
	to := Reader{Email: g.Email, Name: g.Name, Language: templates.Language(g.Locale), Zone: g.Zone}
	if c.Booking.Client == "" {
		return to, nil
	}
	known, err := n.options.Reader(ctx, c.Booking.Client)
	return known.or(to), err
}

// or fills in what is not known of the reader.
func (r Reader) or(o Reader) Reader {
	for _, f := range []struct{ field, otherwise *string }{{&r.Email, &o.Email}, {&r.Name, &o.Name}, {&r.Zone, &o.Zone}} {
		if *f.field == "" {
			*f.field = *f.otherwise
		}
	}
	if r.Language == "" {
		r.Language = o.Language
	}
	return r
}

func (n *herald) tellHost(ctx context.Context, c *notice, h *scheduling.Settings) error {
	if h.Email == "" {
		return nil
	}
	var mail email.Mail
	if draft := c.hostMail(h, n.options.HostURL(c.Change, h.Expert)); draft != nil {
		mail = n.file(ctx, c, h, draft)
	}
	return n.enqueue(ctx, c, h.Expert, mail, c.hostKey()+"/host/"+h.Expert, "")
}

// hostKey is the change's for hosts: of what concerns a whole meeting, which is told for each of its
// bookings, they read once.
func (c *notice) hostKey() string {
	if !c.whole() {
		return c.Key
	}
	parts := []string{string(c.Kind), c.Meeting.ID}
	if c.Kind != scheduling.MeetingCancelled {
		parts = append(parts, c.Meeting.Start.UTC().Format(time.RFC3339), c.Before.String())
	}
	return strings.Join(parts, "/")
}

// whole reports whether the change concerns all who come to a meeting for several.
func (c *notice) whole() bool {
	if c.Meeting.Seats <= 1 {
		return false
	}
	switch c.Kind {
	case scheduling.MeetingReminder:
		return true
	case scheduling.MeetingMoved:
		return c.By.Role != frontdesk.RoleClient
	case scheduling.MeetingCancelled:
		return c.now.Status == scheduling.StatusCancelled && c.By.Role != frontdesk.RoleClient
	}
	return false
}

func (n *herald) enqueue(ctx context.Context, c *notice, host string, draft email.Mail, key, client string) error {
	mail, err := n.options.Replace(ctx, c.Change, host, draft)
	if err != nil || mail == nil {
		return err
	}
	ctx = frontdesk.WithActor(ctx, frontdesk.System("notify"))
	_, err = n.queue.Enqueue(ctx, mail, strings.ReplaceAll(key, " ", "_"), &email.EnqueueOptions{Client: client})
	if errors.Is(err, frontdesk.Invalid) {
		n.options.Logger.ErrorContext(ctx, "notify: mail cannot be written", "change", c.Key, "error", err)
		return nil
	}
	return err
}
