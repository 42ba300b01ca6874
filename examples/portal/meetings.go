package main

import (
	"context"
	"io"
	"net/url"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/booking"
	"github.com/frontdesk-go/frontdesk/notify"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/googlecalendar"
	"github.com/frontdesk-go/frontdesk/scheduling/ical"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulinghttp"
	"github.com/frontdesk-go/frontdesk/store"
)

// In the demo everybody who looks on is one of two clients, at one address.
const (
	demoHolds = 200 // slots that a client may hold
	demoRate  = 500 // requests a second without sign-in
)

// openMeetings is all that a host needs for meetings: what they are paid with, who is told, which
// calendars count, and the handler that browsers talk to.
func (p *portal) openMeetings(ctx context.Context, st *store.DB) (err error) {
	o := &scheduling.Options{
		Payments: booking.Payments(p.pay, &booking.Options{For: p.earner, SuccessPath: meetingsAt, CancelPath: meetingsAt}),
		OnChange: notify.Meetings(p.mail, st.Scheduling(), &notify.MeetingOptions{
			Set: p.mails, Reader: p.reader, GuestURL: p.guestURL, HostURL: p.hostURL, Clock: p.now, Logger: p.log,
		}),
		Feeds: map[string]scheduling.FreeBusy{"ical": ical.NewSource(published, nil)},
		Clock: p.now, Logger: p.log,
	}
	ho := &schedulinghttp.Options{Feed: writeFeed, Clock: p.now, Logger: p.log}
	if p.demo {
		o.MaxHolds, ho.Limit = demoHolds, schedulinghttp.Limit{Rate: demoRate, Burst: 10 * demoRate}
	}
	if o.Calendars, err = p.googleCalendars(); err != nil { //nolint:contextcheck // it asks nobody yet
		return err
	}
	if o.Secrets, err = p.signing(); err != nil {
		return err
	}
	if p.sched, err = scheduling.New(st.Scheduling(), o); err != nil {
		return err
	}
	p.meetingsHTTP = schedulinghttp.NewHandler(p.sched, ho)
	if p.agendas {
		return p.seedMeetings(ctx, st.Scheduling())
	}
	return nil
}

// googleCalendars is Google's, where the portal has a key. Experts share theirs with its account.
func (p *portal) googleCalendars() ([]scheduling.Calendar, error) {
	if p.documents.key.IsZero() {
		return nil, nil
	}
	google, err := googlecalendar.NewFromKey(p.documents.key, &googlecalendar.Options{Subject: p.documents.subject})
	if err != nil {
		return nil, err
	}
	return []scheduling.Calendar{google}, nil
}

// published is a calendar that is named by its address.
func published(_ context.Context, address string) (*ical.Feed, error) {
	return &ical.Feed{URL: frontdesk.NewSecret(address)}, nil
}

func writeFeed(w io.Writer, f *scheduling.Feed) error {
	return ical.WriteFeed(w, f.Name, f.Entries, nil)
}

// earner is the expert, or the portal itself as long as the expert's account cannot take payments.
func (p *portal) earner(o scheduling.Order) billing.Booking {
	a, err := p.pay.Account(asPortal(context.Background()), o.Expert)
	if err != nil || !a.ChargesEnabled {
		return billing.Booking{}
	}
	return billing.Booking{Expert: o.Expert, EventType: o.EventType}
}

// asPortal is a context in which the portal itself acts.
func asPortal(ctx context.Context) context.Context {
	return frontdesk.WithActor(ctx, frontdesk.System("portal"))
}

// guestURL is where who has booked comes back to: a client after signing in, everybody else with the token.
func (p *portal) guestURL(ctx context.Context, c scheduling.Change) (string, error) {
	ticket, err := p.sched.BookingByRef(asPortal(ctx), scheduling.Ref{Booking: c.Booking.ID})
	if err != nil {
		return "", err
	}
	return p.appURL + bookingPath(ticket), nil
}

// bookingPath is the page of a booking.
func bookingPath(t *scheduling.Ticket) string {
	path := bookingsAt + "/" + url.PathEscape(t.Booking.ID)
	if t.Booking.Client != "" {
		return path
	}
	return path + "?token=" + url.QueryEscape(t.Token)
}

// hostURL is where a host sees the meeting.
func (p *portal) hostURL(c scheduling.Change, _ string) string {
	return p.appURL + agendaAt + "#meeting-" + url.PathEscape(c.Meeting.ID)
}
