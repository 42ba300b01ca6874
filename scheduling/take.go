package scheduling

import (
	"context"
	"errors"
	"maps"

	"github.com/frontdesk-go/frontdesk"
)

// Take makes a booking of a hold, as Book does: with the details it is confirmed, waits for a host, or is
// to be paid, for which it is held as long as at first once more. Repeated, it returns the same. It
// fails with FailedPrecondition when the hold is over. It is for whoever holds it, its hosts and staff.
func (s *Service) Take(ctx context.Context, r Ref, d Details) (_ *Ticket, err error) {
	const op = "scheduling.Take"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	ctx, f, err := s.findToChange(ctx, op, r)
	if err != nil {
		return nil, err
	}
	if f.booking.taken() {
		return s.invite(ctx, f.meeting, f.booking.ID, d.SuccessPath, d.CancelPath)
	}
	t, err := s.store.EventType(ctx, f.meeting.EventType)
	if err != nil {
		return nil, unknown(err)
	}
	b, location, err := s.taking(f, t, &d)
	if err != nil {
		return nil, err
	}
	m, err := s.take(ctx, op, f, t, b, location)
	if errors.Is(err, errSettled) {
		m, err = s.store.MeetingOf(ctx, f.booking.ID)
	}
	if err != nil {
		return nil, err
	}
	return s.invite(ctx, m, f.booking.ID, d.SuccessPath, d.CancelPath)
}

// taken reports whether it is more than held, or was.
func (b *Booking) taken() bool {
	return b.payable() || b.Status.public() || b.Status == StatusDone || b.Status == StatusNoShow
}

// taking is what the booking becomes with the details, and where it takes place.
func (s *Service) taking(f *found, t *EventType, d *Details) (*Booking, Location, error) {
	b := *f.booking
	if b.Client == "" && !f.guest && f.Role == frontdesk.RoleClient {
		b.Client = f.ClientID // who has signed in meanwhile
	}
	d.Guest.fill(b.Guest)
	b.Guest = d.Guest
	if d.Answers != nil {
		b.Answers = maps.Clone(d.Answers)
	}
	if err := d.check(t, &b); err != nil {
		return nil, Location{}, err
	}
	location := f.meeting.Location
	if d.Location != (Location{}) {
		var err error
		if location, err = locationOf(t, d.Location); err != nil {
			return nil, location, err
		}
	}
	return &b, location, s.complete(t, &b, d)
}

// fill takes from o what is not said.
func (g *Guest) fill(o Guest) {
	orElse(&g.Name, o.Name)
	orElse(&g.Email, o.Email)
	orElse(&g.Phone, o.Phone)
	orElse(&g.Zone, o.Zone)
	orElse(&g.Locale, o.Locale)
}

func (s *Service) take(ctx context.Context, op string, f *found, t *EventType, become *Booking, location Location) (m *Meeting, err error) {
	err = s.store.InTx(ctx, func(tx Store) error {
		var b *Booking
		m, b, err = s.changeBooking(ctx, tx, f.meeting.ID, f.booking.ID, func(m *Meeting, b *Booking) error {
			if b.taken() {
				return errSettled // the same call was faster
			}
			if b.Status != StatusHeld || b.Payment.State != PaymentNone || !b.Live(s.now()) {
				return errHoldOver
			}
			b.Client, b.Guest, b.Answers, b.Pack = become.Client, become.Guest, become.Answers, become.Pack
			b.Status, b.ExpiresAt, b.Payment = become.Status, become.ExpiresAt, become.Payment
			b.endBy(m.Span)
			if len(m.Bookings) == 1 {
				m.Location = location
			}
			return nil
		})
		if err != nil {
			return err
		}
		if b.Pack != "" {
			if err := s.usePack(ctx, tx, b.Pack, b.Client, t); err != nil {
				return err
			}
		}
		if err := s.offerTaken(ctx, tx, m, b.ID); err != nil {
			return err
		}
		if b.Status.public() {
			if err := s.welcome(ctx, tx, f.by(), m, b); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, op, bookingResource(b.ID), frontdesk.Succeeded, map[string]string{"status": string(StatusHeld)}, auditOf(m, b))
	})
	return m, err
}
