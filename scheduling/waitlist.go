package scheduling

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

const (
	maxWaits    = 5                    // of a client or guest for an event type
	maxWaiting  = 500                  // guests of an event type, who are all looked through
	maxWaitSpan = 400 * 24 * time.Hour // in which a meeting may begin
)

// WaitRequest is what somebody waits for.
type WaitRequest struct {
	EventType string
	Expert    string        // only with this host; empty: with any
	Duration  time.Duration // one of the event type's; 0: its first
	Seats     int           // default 1
	In        Span          // when the meeting may begin; a zero Start is now

	Client string // default the actor's; empty without one: a guest, who needs an Email
	Guest  Guest
}

// WaitRef names an entry of the waitlist. With the Token of its WaitTicket, whoever asks needs no
// sign-in.
type WaitRef struct {
	ID    string
	Token string
}

// WaitTicket is what somebody gets who waits.
type WaitTicket struct {
	Waiting Waiting
	Token   string // with which a guest comes back; empty without Options.Secrets
}

// Wait puts somebody on the waitlist of an event type: when a meeting that fits becomes free, it is held for
// Options.OfferFor for who waits longest, and Options.OnChange is told WaitlistOffered. Take makes a
// booking of it. Whoever waits for too much fails with QuotaExceeded. It is for whom Book is for.
func (s *Service) Wait(ctx context.Context, r WaitRequest) (_ *WaitTicket, err error) {
	const op = "scheduling.Wait"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	ctx, c := callerOf(ctx)
	t, err := s.offered(ctx, c, r.EventType)
	if err != nil {
		return nil, s.refuse(ctx, op, "event_type:"+r.EventType, err)
	}
	as := Request{EventType: t.ID, Expert: r.Expert, Start: r.In.End, Duration: r.Duration, Seats: r.Seats, Client: r.Client, Guest: r.Guest}
	if err := s.admit(c, t, &as); err != nil {
		return nil, s.refuse(ctx, op, "event_type:"+t.ID, err)
	}
	if err := s.waitable(c, t, &as, &r); err != nil {
		return nil, err
	}
	now := s.now()
	w := Waiting{
		ID: newID(now), EventType: t.ID, Expert: r.Expert, Client: as.Client, Guest: as.Guest, Duration: as.Duration, Seats: as.Seats,
		In: r.In, State: WaitingOpen, CreatedAt: now, UpdatedAt: now,
	}
	err = s.store.InTx(ctx, func(tx Store) error {
		if err := mayWait(ctx, tx, c, t, &w); err != nil {
			return err
		}
		if err := tx.AddWaiting(ctx, w); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, waitingResource(w.ID), frontdesk.Succeeded, nil, map[string]string{"event_type": t.ID})
	})
	if err != nil {
		return nil, err
	}
	return &WaitTicket{Waiting: w, Token: s.token(forWaiting, w.ID)}, nil
}

func waitingResource(id string) string { return "waiting:" + id }

// waitable refuses what nobody can wait for, and fills in what is left out.
func (s *Service) waitable(c caller, t *EventType, as *Request, r *WaitRequest) error {
	now := s.now()
	if r.In.Start.Before(now) {
		r.In.Start = now
	}
	r.In = Span{r.In.Start.UTC(), r.In.End.UTC()}
	var bad complaints
	bad.when(r.In.Empty(), "in", "has passed, or has no end")
	bad.when(r.In.Duration() > maxWaitSpan, "in", "is longer than 400 days")
	if err := bad.err(); err != nil {
		return err
	}
	if err := as.check(t, c.guest); err != nil {
		return err
	}
	_, err := as.wish(t)
	return err
}

// mayWait refuses who waits for enough already. Hosts and staff may let wait whom they like.
func mayWait(ctx context.Context, tx Store, c caller, t *EventType, w *Waiting) error {
	if c.hosts(t.experts()...) {
		return nil
	}
	all, err := tx.WaitingFor(ctx, WaitingFilter{
		EventType: t.ID, Client: w.Client, States: []WaitingState{WaitingOpen, WaitingOffered}, Limit: maxWaiting,
	})
	same := func(o Waiting) bool {
		return o.Client == w.Client && (w.Client != "" || strings.EqualFold(o.Guest.Email, w.Guest.Email))
	}
	if err == nil && (len(all) == maxWaiting || len(all)-len(slices.DeleteFunc(all, same)) >= maxWaits) {
		err = frontdesk.Errorf(frontdesk.QuotaExceeded, "that many are waited for already")
	}
	return err
}

// Leave ends a wait. What is offered at the time is free for the next. A wait that has ended already stays as
// it is. It is for who waits, the event type's hosts and staff.
func (s *Service) Leave(ctx context.Context, r WaitRef) (err error) {
	const op = "scheduling.Leave"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	ctx, c, w, err := s.findWaiting(ctx, op, r)
	if err != nil {
		return err
	}
	if c.OnBehalfOf != "" {
		return s.refuse(ctx, op, waitingResource(r.ID), errNotAllowed)
	}
	return s.store.InTx(ctx, func(tx Store) error {
		offered := ""
		left, err := tx.ChangeWaiting(ctx, w.ID, func(w *Waiting) error {
			offered = ""
			if w.State == WaitingOffered {
				offered = w.Booking
			}
			if w.State == WaitingOpen || w.State == WaitingOffered {
				s.endOffer(w, WaitingLeft)
			}
			return nil
		})
		if err != nil || left.State != WaitingLeft {
			return err
		}
		if err := s.letGo(ctx, tx, op, c, offered); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, waitingResource(w.ID), frontdesk.Succeeded, map[string]string{"state": string(w.State)}, map[string]string{"state": string(left.State)})
	})
}

// letGo ends the hold that was offered, if it still is one.
func (s *Service) letGo(ctx context.Context, tx Store, op string, c caller, booking string) error {
	if booking == "" {
		return nil
	}
	m, err := tx.MeetingOf(ctx, booking)
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	_, _, err = s.conclude(ctx, tx, op, m.ID, booking, func(_ *Meeting, b *Booking) (conclusion, error) {
		if b.Status != StatusHeld {
			return conclusion{}, errSettled
		}
		return conclusion{status: StatusCancelled, kind: MeetingExpired, by: c.by(), share: all}, nil
	})
	return err
}

// Waiting returns an entry of the waitlist, with its token, to who waits, the event type's hosts and
// staff, and NotFound to everybody else.
func (s *Service) Waiting(ctx context.Context, r WaitRef) (_ *WaitTicket, err error) {
	const op = "scheduling.Waiting"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	_, c, w, err := s.findWaiting(ctx, op, r)
	if err != nil {
		return nil, err
	}
	ticket := &WaitTicket{Waiting: *w}
	if c.OnBehalfOf == "" {
		ticket.Token = s.token(forWaiting, w.ID)
	}
	return ticket, nil
}

func (s *Service) findWaiting(ctx context.Context, op string, r WaitRef) (context.Context, caller, *Waiting, error) {
	if _, err := frontdesk.ActorFrom(ctx); err != nil && r.Token == "" {
		return ctx, caller{}, nil, err
	}
	ctx, c := callerOf(ctx)
	w, err := s.store.Waiting(ctx, r.ID)
	if err == nil && !s.proven(forWaiting, r.ID, r.Token) && (c.guest || !c.MayRead(w.Client)) {
		err = s.hostsOf(ctx, c, w.EventType)
	}
	if err != nil {
		return ctx, c, nil, s.refuse(ctx, op, waitingResource(r.ID), unknown(err))
	}
	return ctx, c, w, nil
}

// hostsOf passes the hosts of the event type and staff.
func (s *Service) hostsOf(ctx context.Context, c caller, eventType string) error {
	if c.staff() {
		return nil
	}
	t, err := s.store.EventType(ctx, eventType)
	if err == nil && !c.hosts(t.experts()...) {
		err = errUnknown
	}
	return err
}

// WaitingList lists who waits, who waits longest first: to clients their own entries, to the hosts of an event
// type, which the filter names, that event type's, and to administrators and the system all.
func (s *Service) WaitingList(ctx context.Context, f WaitingFilter) (_ []Waiting, err error) {
	const op = "scheduling.WaitingList"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case a.Role == frontdesk.RoleClient && (f.Client == "" || f.Client == a.ClientID):
		f.Client = a.ClientID
	case a.Role == frontdesk.RoleClient:
		return nil, s.refuse(ctx, op, "client:"+f.Client, errNotAllowed)
	default:
		if err := s.hostsOf(ctx, caller{Actor: a}, f.EventType); err != nil {
			return nil, s.refuse(ctx, op, "event_type:"+f.EventType, unknown(err))
		}
	}
	return s.store.WaitingFor(ctx, f)
}
