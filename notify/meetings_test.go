package notify_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
	"github.com/frontdesk-go/frontdesk/email/templates"
	"github.com/frontdesk-go/frontdesk/notify"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// monday is when the meeting of these tests begins.
var monday = time.Date(2027, time.June, 7, 9, 0, 0, 0, time.UTC)

// diary is an agenda of one meeting and its hosts.
type diary struct {
	meeting scheduling.Meeting
	former  scheduling.Meeting // that somebody has left
	hosts   map[string]scheduling.Settings
}

func (d *diary) Meeting(_ context.Context, id string) (*scheduling.Meeting, error) {
	if id != d.meeting.ID {
		return nil, frontdesk.Errorf(frontdesk.NotFound, "no such meeting")
	}
	m := d.meeting
	return &m, nil
}

func (d *diary) MeetingOf(_ context.Context, booking string) (*scheduling.Meeting, error) {
	if d.former.ID == "" || d.former.Bookings[0].ID != booking {
		return nil, frontdesk.Errorf(frontdesk.NotFound, "no such booking")
	}
	m := d.former
	return &m, nil
}

func (d *diary) Settings(_ context.Context, expert string) (*scheduling.Settings, error) {
	s, found := d.hosts[expert]
	if !found {
		return nil, frontdesk.Errorf(frontdesk.NotFound, "no such expert")
	}
	return &s, nil
}

// practice is Nina in Lisbon, whom Ada in New York meets, and their mails.
type practice struct {
	t     *testing.T
	diary *diary
	inbox *emailtest.Mailbox
	mail  *email.Service
	hook  func(context.Context, scheduling.Change) error
}

func newPractice(t *testing.T, o notify.MeetingOptions) *practice {
	t.Helper()
	ada := scheduling.Booking{
		ID: "b1", Meeting: "m1", Seats: 1, Status: scheduling.StatusConfirmed,
		Guest: scheduling.Guest{Name: "Ada", Email: "ada@example.com", Zone: "America/New_York", Locale: "en-US"},
	}
	p := &practice{t: t, inbox: emailtest.NewMailbox(), diary: &diary{
		meeting: scheduling.Meeting{
			ID: "m1", EventType: "talk", Title: "Consultation", Hosts: []string{"nina"}, Seats: 1, Status: scheduling.StatusConfirmed,
			Span:     scheduling.Span{Start: monday, End: monday.Add(time.Hour)},
			Location: scheduling.Location{Kind: scheduling.ByCalendar}, JoinURL: "https://meet.example/abc",
			Bookings: []scheduling.Booking{ada},
		},
		hosts: map[string]scheduling.Settings{"nina": {
			Expert: "nina", Name: "Nina Duarte", Email: "nina@experts.example", Zone: "Europe/Lisbon", Locale: "pt-PT",
		}},
	}}
	p.mail = email.New(p.inbox, emailtest.NewStore(), &email.Options{From: mail.Address{Address: "desk@studio.example"}})
	if o.Clock == nil {
		o.Clock = func() time.Time { return monday.Add(-48 * time.Hour) }
	}
	if o.GuestURL == nil {
		o.GuestURL = func(context.Context, scheduling.Change) (string, error) {
			return "https://studio.example/bookings/b1", nil
		}
	}
	p.hook = notify.Meetings(p.mail, p.diary, &o)
	return p
}

// change is one of the meeting and its first booking, as they are.
func (p *practice) change(kind scheduling.ChangeKind) scheduling.Change {
	m := p.diary.meeting
	return scheduling.Change{
		Kind: kind, Key: string(kind) + "/m1/b1/", At: monday.Add(-72 * time.Hour), Meeting: m, Booking: m.Bookings[0],
		Was: scheduling.StatusPending,
	}
}

// becomes gives the meeting and its bookings a status.
func (p *practice) becomes(s scheduling.Status) {
	p.diary.meeting.Status = s
	for i := range p.diary.meeting.Bookings {
		p.diary.meeting.Bookings[i].Status = s
	}
}

// tell tells the change and returns the mails that there are now, by whom they are to.
func (p *practice) tell(c scheduling.Change) map[string]emailtest.Mail {
	p.t.Helper()
	require.NoError(p.t, p.hook(p.t.Context(), c))
	require.NoError(p.t, p.mail.Drain(frontdesk.WithActor(p.t.Context(), frontdesk.System("test"))))
	all := map[string]emailtest.Mail{}
	for _, m := range p.inbox.Mails() {
		_, twice := all[m.To[0].Address]
		require.False(p.t, twice, "two mails to %s", m.To[0].Address)
		all[m.To[0].Address] = m
	}
	return all
}

const (
	guest = "ada@example.com"
	host  = "nina@experts.example"
)

func TestMeetings(t *testing.T) {
	t.Run("what is booked is told to guest and host, each in their zone, language and with the other's name", func(t *testing.T) {
		mails := newPractice(t, notify.MeetingOptions{}).booked()
		require.Len(t, mails, 2)
		require.Contains(t, mails[guest].Subject, "Booked: Consultation, Monday 7 June 2027, 05:00–06:00")
		require.Contains(t, mails[guest].Text, "With: Nina Duarte")
		require.Contains(t, mails[guest].Text, "For Nina Duarte: 10:00")
		require.Contains(t, mails[guest].Text, "https://meet.example/abc")
		require.Contains(t, mails[guest].Text, "https://studio.example/bookings/b1")
		require.Contains(t, mails[host].Subject, "Reunião marcada: Consultation, segunda-feira, 7 de junho de 2027, 10:00")
		require.Contains(t, mails[host].Text, "Com: Ada")
		require.NotContains(t, mails[host].Text, "bookings/b1")
	})
	t.Run("a change that is told again is mailed once", func(t *testing.T) {
		p := newPractice(t, notify.MeetingOptions{})
		p.booked()
		require.Len(t, p.booked(), 2)
	})
	t.Run("a client with an account is read as the host says", func(t *testing.T) {
		p := newPractice(t, notify.MeetingOptions{Reader: func(_ context.Context, client string) (notify.Reader, error) {
			return notify.Reader{Email: client + "@clients.example", Zone: "Asia/Tokyo"}, nil
		}})
		p.diary.meeting.Bookings[0].Client = "acme"
		mails := p.booked()
		require.Contains(t, mails["acme@clients.example"].Text, "18:00–19:00 JST")
		entries, err := p.mail.Messages(frontdesk.WithActor(t.Context(), frontdesk.System("test")), email.Filter{Client: "acme"})
		require.NoError(t, err)
		require.Len(t, entries, 1, "the host's mail is not about the client")
	})
	t.Run("each change has its mails", func(t *testing.T) {
		for _, c := range []struct {
			kind       scheduling.ChangeKind
			now        scheduling.Status
			guest, toH string // parts of the subjects; empty: no mail
		}{
			{scheduling.MeetingRequested, scheduling.StatusPending, "Requested:", "Confirme a reunião:"},
			{scheduling.MeetingMoved, scheduling.StatusConfirmed, "Moved:", "Reunião alterada:"},
			{scheduling.MeetingCancelled, scheduling.StatusCancelled, "Cancelled:", "Reunião cancelada:"},
			{scheduling.MeetingDeclined, scheduling.StatusDeclined, "Declined:", ""},
			{scheduling.MeetingExpired, scheduling.StatusExpired, "Not confirmed:", ""},
			{scheduling.MeetingConflict, scheduling.StatusExpired, "Not available:", ""},
			{scheduling.MeetingReminder, scheduling.StatusConfirmed, "Reminder:", "Lembrete:"},
			{scheduling.WaitlistOffered, scheduling.StatusHeld, "A time is free:", ""},
			{scheduling.MeetingHeld, scheduling.StatusHeld, "", ""},
			{scheduling.MeetingPaid, scheduling.StatusConfirmed, "", ""},
			{scheduling.MeetingNoShow, scheduling.StatusNoShow, "", ""},
		} {
			p := newPractice(t, notify.MeetingOptions{})
			p.becomes(c.now)
			p.diary.meeting.Bookings[0].ExpiresAt = monday.Add(-24 * time.Hour)
			change := p.change(c.kind)
			change.From = scheduling.Span{Start: monday.Add(-24 * time.Hour), End: monday.Add(-23 * time.Hour)}
			mails := p.tell(change)
			for to, want := range map[string]string{guest: c.guest, host: c.toH} {
				require.Equal(t, want != "", mails[to].Subject != "", "%s to %s", c.kind, to)
				require.Contains(t, mails[to].Subject, want)
			}
		}
	})
	t.Run("a refund is told to who gets it", func(t *testing.T) {
		p := newPractice(t, notify.MeetingOptions{})
		p.becomes(scheduling.StatusCancelled)
		p.diary.meeting.Bookings[0].Reason = "Nina is ill."
		c := p.change(scheduling.MeetingCancelled)
		c.Refund = frontdesk.Money{Amount: 9000, Currency: "eur"}
		mails := p.tell(c)
		require.Contains(t, mails[guest].Text, "€90.00")
		require.Contains(t, mails[guest].Text, "Nina is ill.")
		require.NotContains(t, mails[host].Text, "90,00")
	})
	t.Run("a hold that lapses, which nobody was asked to confirm, is not mailed", func(t *testing.T) {
		p := newPractice(t, notify.MeetingOptions{})
		p.becomes(scheduling.StatusExpired)
		c := p.change(scheduling.MeetingExpired)
		c.Was = scheduling.StatusHeld
		require.Empty(t, p.tell(c))
	})
	t.Run("a payment too many leaves the meeting, and is not told as its end", func(t *testing.T) {
		p := newPractice(t, notify.MeetingOptions{})
		require.Empty(t, p.tell(p.change(scheduling.MeetingConflict)))
	})
	t.Run("hosts of a meeting for several are reminded once, of all who come", func(t *testing.T) {
		p := newPractice(t, notify.MeetingOptions{})
		m := &p.diary.meeting
		m.Seats = 2
		bob := m.Bookings[0]
		bob.ID, bob.Guest.Name, bob.Guest.Email = "b2", "Bob", "bob@example.com"
		m.Bookings = append(m.Bookings, bob)
		first, second := p.change(scheduling.MeetingReminder), p.change(scheduling.MeetingReminder)
		second.Key, second.Booking = "remind/b2", bob
		p.tell(first)
		mails := p.tell(second)
		require.Len(t, mails, 3)
		require.Contains(t, mails[host].Text, "Com: Ada, Bob")
		require.NotContains(t, mails[guest].Text, "Bob")
	})
	t.Run("a host turns a mail off, or sends another in its place", func(t *testing.T) {
		o := notify.MeetingOptions{Replace: func(_ context.Context, _ scheduling.Change, host string, draft email.Mail) (email.Mail, error) {
			switch {
			case host == "nina":
				return nil, nil
			case draft == nil:
				return templates.Welcome{To: guest, PortalURL: "https://studio.example"}, nil
			}
			return draft, nil
		}}
		require.Len(t, newPractice(t, o).booked(), 1)
		p := newPractice(t, o)
		require.Contains(t, p.tell(p.change(scheduling.MeetingNoShow))[guest].Subject, "Welcome")
	})
	t.Run("a mail that can never be written is given up, and said", func(t *testing.T) {
		var logs strings.Builder
		p := newPractice(t, notify.MeetingOptions{Logger: slog.New(slog.NewTextHandler(&logs, nil))})
		p.diary.meeting.Bookings[0].Guest.Email = "nobody"
		require.Len(t, p.booked(), 1)
		require.Contains(t, logs.String(), "cannot be written")
	})
}

func (p *practice) booked() map[string]emailtest.Mail {
	p.t.Helper()
	return p.tell(p.change(scheduling.MeetingBooked))
}

func TestWhatIsOvertakenIsNotMailed(t *testing.T) {
	for what, change := range map[string]func(p *practice) scheduling.Change{
		"a reminder of a meeting that was cancelled": func(p *practice) scheduling.Change {
			c := p.change(scheduling.MeetingReminder)
			p.becomes(scheduling.StatusCancelled)
			return c
		},
		"a reminder of a time that is not the meeting's any more": func(p *practice) scheduling.Change {
			c := p.change(scheduling.MeetingReminder)
			p.diary.meeting.Start = monday.Add(time.Hour)
			return c
		},
		"a booking that was moved before it was told": func(p *practice) scheduling.Change {
			c := p.change(scheduling.MeetingBooked)
			p.diary.meeting.Span = scheduling.Span{Start: monday.Add(time.Hour), End: monday.Add(2 * time.Hour)}
			return c
		},
		"a request that was declined": func(p *practice) scheduling.Change {
			c := p.change(scheduling.MeetingRequested)
			p.becomes(scheduling.StatusDeclined)
			return c
		},
		"an offer that was taken": func(p *practice) scheduling.Change { return p.change(scheduling.WaitlistOffered) },
		"a meeting that is not there any more": func(p *practice) scheduling.Change {
			c := p.change(scheduling.MeetingBooked)
			c.Meeting.ID = "m404"
			return c
		},
	} {
		t.Run(what, func(t *testing.T) {
			p := newPractice(t, notify.MeetingOptions{})
			require.Empty(t, p.tell(change(p)))
		})
	}
}

// lines are those of the invitation, unfolded.
func lines(t *testing.T, m emailtest.Mail) []string {
	t.Helper()
	require.Len(t, m.Alternatives, 1)
	return strings.Split(strings.ReplaceAll(string(m.Alternatives[0].Content), "\r\n ", ""), "\r\n")
}

func TestInvitations(t *testing.T) {
	t.Run("a meeting is requested, moved and cancelled under one UID, with a rising sequence", func(t *testing.T) {
		p := newPractice(t, notify.MeetingOptions{})
		for _, step := range []struct {
			kind     scheduling.ChangeKind
			now      scheduling.Status
			sequence string
			method   string
		}{
			{scheduling.MeetingBooked, scheduling.StatusConfirmed, "SEQUENCE:0", "REQUEST"},
			{scheduling.MeetingMoved, scheduling.StatusConfirmed, "SEQUENCE:1", "REQUEST"},
			{scheduling.MeetingCancelled, scheduling.StatusCancelled, "SEQUENCE:2", "CANCEL"},
		} {
			p.inbox = emailtest.NewMailbox()
			p.mail = email.New(p.inbox, emailtest.NewStore(), &email.Options{From: mail.Address{Address: "desk@studio.example"}})
			p.hook = notify.Meetings(p.mail, p.diary, &notify.MeetingOptions{Clock: func() time.Time { return monday.Add(-time.Hour) }})
			p.becomes(step.now)
			c := p.change(step.kind)
			c.From = c.Meeting.Span
			m := p.tell(c)[guest]
			ics := lines(t, m)
			require.Contains(t, m.Alternatives[0].ContentType, "text/calendar; method="+step.method)
			for _, want := range []string{"METHOD:" + step.method, "UID:m1", step.sequence, "DTSTART:20270607T090000Z", "DTSTAMP:20270604T090000Z"} {
				require.Contains(t, ics, want)
			}
			require.Len(t, m.Attachments, 1)
			require.Equal(t, "invite.ics", m.Attachments[0].Name)
			p.diary.meeting.Sequence++
		}
	})
	t.Run("a host whose calendar is written to gets no file, and others one to keep", func(t *testing.T) {
		p := newPractice(t, notify.MeetingOptions{})
		m := p.booked()[host]
		require.Empty(t, m.Alternatives)
		require.Len(t, m.Attachments, 1)
		r, err := m.Attachments[0].Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, errors.Join(err, r.Close()))
		require.Contains(t, string(content), "METHOD:PUBLISH")

		p = newPractice(t, notify.MeetingOptions{})
		nina := p.diary.hosts["nina"]
		nina.Calendars = []scheduling.CalendarRef{{ID: "nina", Kind: "google", Write: true}}
		p.diary.hosts["nina"] = nina
		require.Empty(t, p.booked()[host].Attachments)
	})
	t.Run("who leaves a meeting for several for another one is taken out of the first", func(t *testing.T) {
		p := newPractice(t, notify.MeetingOptions{})
		p.diary.meeting.Seats = 5
		was := p.diary.meeting
		was.ID, was.Sequence, was.Bookings = "m0", 3, []scheduling.Booking{was.Bookings[0]}
		was.Span = scheduling.Span{Start: monday.Add(-24 * time.Hour), End: monday.Add(-23 * time.Hour)}
		was.Bookings[0].ID, was.Bookings[0].Status, was.Bookings[0].MovedTo = "b0", scheduling.StatusCancelled, "b1"
		p.diary.former = was
		c := p.change(scheduling.MeetingMoved)
		c.Former, c.From = "b0", was.Span
		m := p.tell(c)[guest]
		require.Contains(t, lines(t, m), "UID:b1")
		require.Len(t, m.Attachments, 2)
		require.Equal(t, "cancelled.ics", m.Attachments[1].Name)
		require.Contains(t, m.Attachments[1].ContentType, "method=CANCEL")
		r, err := m.Attachments[1].Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, errors.Join(err, r.Close()))
		require.Contains(t, string(content), "UID:b0\r\nSEQUENCE:3")
	})
	t.Run("who has only asked is not invited yet, and nobody is when the host says so", func(t *testing.T) {
		p := newPractice(t, notify.MeetingOptions{})
		p.becomes(scheduling.StatusPending)
		require.Empty(t, p.tell(p.change(scheduling.MeetingRequested))[guest].Alternatives)
		p = newPractice(t, notify.MeetingOptions{NoInvitations: true})
		for _, m := range p.booked() {
			require.Empty(t, m.Alternatives)
			require.Empty(t, m.Attachments)
		}
	})
	t.Run("an invitation that cannot be written does not hold up its mail", func(t *testing.T) {
		var logs strings.Builder
		p := newPractice(t, notify.MeetingOptions{Logger: slog.New(slog.NewTextHandler(&logs, nil))})
		nina := p.diary.hosts["nina"]
		nina.Zone, nina.Email = "Europe/Lisbon", "nina@experts.example"
		p.diary.hosts["nina"] = nina
		p.diary.meeting.End = monday
		require.Len(t, p.booked(), 2)
		require.Contains(t, logs.String(), "invitation cannot be written")
	})
}

func TestChain(t *testing.T) {
	var heard []string
	hook := func(name string, err error) func(context.Context, int) error {
		return func(context.Context, int) error { heard = append(heard, name); return err }
	}
	failed := errors.New("failed")
	chained := notify.Chain(hook("first", failed), hook("second", nil))
	require.ErrorIs(t, chained(t.Context(), 1), failed)
	require.Equal(t, []string{"first", "second"}, heard, "one that fails does not keep others from hearing")
	require.NoError(t, notify.Chain[int]()(t.Context(), 1))
}
