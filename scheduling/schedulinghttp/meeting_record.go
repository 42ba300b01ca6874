package schedulinghttp

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// meetingRecord is a meeting with those of its bookings that whoever asks may know of. Where that
// is one, as it always is for who comes, the meeting has its status, and its booking, price,
// payment and zone.
type meetingRecord struct {
	ID        string            `json:"id"`
	EventType string            `json:"event_type"`
	Title     string            `json:"title"`
	Expert    string            `json:"expert"` // the organizer
	Hosts     []string          `json:"hosts"`
	StartsAt  time.Time         `json:"starts_at"`
	EndsAt    time.Time         `json:"ends_at"`
	Status    scheduling.Status `json:"status"`
	ExpiresAt time.Time         `json:"expires_at,omitzero"`
	Sequence  int               `json:"sequence"`
	Seats     int               `json:"seats"`
	Location  *locationRecord   `json:"location"`
	JoinURL   string            `json:"join_url"`
	Series    string            `json:"series"`
	Notes     *string           `json:"notes,omitempty"` // for hosts
	Booking   string            `json:"booking,omitempty"`
	Zone      string            `json:"zone,omitempty"`
	Price     *frontdesk.Money  `json:"price"`
	Payment   *paymentRecord    `json:"payment"`
	Bookings  []bookingRecord   `json:"bookings"`
	CreatedAt time.Time         `json:"created_at"`
	UpdatedAt time.Time         `json:"updated_at"`
}

// paymentRecord is how far the payment of a booking has come.
type paymentRecord struct {
	State    scheduling.PaymentState `json:"state"`
	Paid     *frontdesk.Money        `json:"paid"`
	PaidAt   time.Time               `json:"paid_at,omitzero"`
	Refunded *frontdesk.Money        `json:"refunded"`
}

type bookingRecord struct {
	ID        string            `json:"id"`
	Meeting   string            `json:"meeting"`
	Client    string            `json:"client"`
	Guest     guestRecord       `json:"guest"`
	Seats     int               `json:"seats"`
	Status    scheduling.Status `json:"status"`
	ExpiresAt time.Time         `json:"expires_at,omitzero"`
	Price     *frontdesk.Money  `json:"price"`
	Payment   *paymentRecord    `json:"payment"`
	Answers   map[string]string `json:"answers"`
	Moves     int               `json:"moves"`
	Pack      string            `json:"pack"`
	EndedBy   *by               `json:"ended_by,omitempty"`
	Reason    string            `json:"reason"`
	MovedTo   string            `json:"moved_to,omitempty"`
	Override  bool              `json:"override"`
	CreatedAt time.Time         `json:"created_at"`
	UpdatedAt time.Time         `json:"updated_at"`
}

// by is who did something, as far as the other side is told.
type by struct {
	Role frontdesk.Role `json:"role"`
}

// guestRecord is who comes, as it is read and as it is written.
type guestRecord struct {
	Name   string `json:"name"`
	Email  string `json:"email"`
	Phone  string `json:"phone"`
	Zone   string `json:"zone"`
	Locale string `json:"locale"`
}

func newMeetingRecord(m *scheduling.Meeting) meetingRecord {
	r := meetingRecord{
		ID: m.ID, EventType: m.EventType, Title: m.Title, Hosts: each(m.Hosts, func(h *string) string { return *h }),
		StartsAt: m.Start.UTC(), EndsAt: m.End.UTC(), Status: m.Status, ExpiresAt: m.ExpiresAt, Sequence: m.Sequence, Seats: m.Seats,
		JoinURL: m.JoinURL, Series: m.Series, Bookings: each(m.Bookings, newBookingRecord), CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
	if len(m.Hosts) > 0 {
		r.Expert = m.Hosts[0]
	}
	if m.Location != (scheduling.Location{}) {
		l := newLocationRecord(&m.Location)
		r.Location = &l
	}
	if len(m.Bookings) == 1 {
		r.of(&m.Bookings[0])
	}
	return r
}

// of makes it the record of somebody's meeting.
func (r *meetingRecord) of(b *scheduling.Booking) {
	own := &r.Bookings[0]
	r.Booking, r.Status, r.ExpiresAt = own.ID, own.Status, own.ExpiresAt
	r.Zone, r.Price, r.Payment = b.Guest.Zone, own.Price, own.Payment
}

// newHostedRecord is a meeting as its hosts read it.
func newHostedRecord(m *scheduling.Meeting) meetingRecord {
	r := newMeetingRecord(m)
	r.Notes = &m.Notes
	return r
}

func newBookingRecord(b *scheduling.Booking) bookingRecord {
	r := bookingRecord{
		ID: b.ID, Meeting: b.Meeting, Client: b.Client, Guest: guestRecord(b.Guest), Seats: b.Seats, Status: b.Status, ExpiresAt: b.ExpiresAt,
		Price: price(b.Price), Payment: newPaymentRecord(&b.Payment), Answers: b.Answers, Moves: b.Moves, Pack: b.Pack, Reason: b.Reason,
		MovedTo: b.MovedTo, Override: b.Override, CreatedAt: b.CreatedAt, UpdatedAt: b.UpdatedAt,
	}
	if r.Answers == nil {
		r.Answers = map[string]string{}
	}
	if b.EndedBy.Role != "" {
		r.EndedBy = &by{b.EndedBy.Role}
	}
	return r
}

// newPaymentRecord is null where nothing is to be paid.
func newPaymentRecord(p *scheduling.Payment) *paymentRecord {
	if p.State == scheduling.PaymentNone {
		return nil
	}
	return &paymentRecord{State: p.State, Paid: price(p.Paid), PaidAt: p.PaidAt, Refunded: price(p.Refunded)}
}

// ticketRecord is what somebody gets who has held or booked.
type ticketRecord struct {
	meetingRecord
	Token    string          `json:"token,omitempty"`
	Checkout *checkoutRecord `json:"checkout"` // null: there is nothing to pay
}

// checkoutRecord is where something is paid.
type checkoutRecord struct {
	ID           string `json:"id"`
	URL          string `json:"url,omitempty"`
	ClientSecret string `json:"client_secret,omitempty"` // for a form in the host's own page
}

func newTicketRecord(t *scheduling.Ticket) ticketRecord {
	return ticketRecord{newMeetingRecord(&t.Meeting), t.Token, newCheckoutRecord(t.Payment)}
}

func newCheckoutRecord(i *scheduling.Invitation) *checkoutRecord {
	if i == nil {
		return nil
	}
	return &checkoutRecord{ID: i.ID, URL: i.URL, ClientSecret: i.ClientSecret.Reveal()}
}
