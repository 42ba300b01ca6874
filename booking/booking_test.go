package booking_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/booking"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
)

var (
	start = time.Date(2027, time.June, 1, 8, 0, 0, 0, time.UTC)
	nine  = time.Date(2027, time.June, 7, 9, 0, 0, 0, time.UTC)
	price = frontdesk.Money{Amount: 9000, Currency: "eur"}
)

// practice sells Nina's time: 90 euros an hour, of which the platform keeps 15%.
type practice struct {
	t     *testing.T
	fake  *billingtest.Provider
	pay   *billing.Service
	sched *scheduling.Service
	talk  string // the event type

	mu   sync.Mutex
	told []scheduling.Change
}

func open(t *testing.T, o *booking.Options) *practice {
	t.Helper()
	p := &practice{t: t, fake: billingtest.NewProviderWith(&billingtest.ProviderOptions{Start: start})}
	p.pay = billing.New(p.fake, billingtest.NewStore(), &billing.Options{
		BaseURL: "https://portal.example", Clock: p.fake.Now,
		Commission: billing.Commissions{Default: billing.Commission{BasisPoints: 1500}}.Rule,
		OnChange:   func(ctx context.Context, c billing.Change) error { return booking.Hook(p.sched)(ctx, c) },
	})
	p.fake.SendTo(p.pay)
	var err error
	p.sched, err = scheduling.New(schedulingtest.NewStore(), &scheduling.Options{
		Secrets: []frontdesk.Secret{frontdesk.NewSecret("0123456789abcdef0123456789abcdef")},
		Clock:   p.fake.Now, Payments: booking.Payments(p.pay, o), OnChange: p.hear,
	})
	require.NoError(t, err)
	p.opens()
	return p
}

// opens lets Nina be paid, and be booked from nine to five.
func (p *practice) opens() {
	p.t.Helper()
	nina := frontdesk.WithActor(p.t.Context(), frontdesk.Expert("nina", frontdesk.Origin{}))
	_, err := p.pay.OnboardExpert(nina, "nina", billing.AccountDetails{Country: "PT"}, billing.Onboarding{RefreshPath: "/again", ReturnPath: "/account"})
	require.NoError(p.t, err)
	account, err := p.pay.Account(nina, "nina")
	require.NoError(p.t, err)
	require.NoError(p.t, p.fake.CompleteOnboarding(account.ID))
	_, err = p.sched.SaveSettings(nina, scheduling.Settings{Expert: "nina", Name: "Nina", Email: "nina@experts.example", Zone: "UTC"})
	require.NoError(p.t, err)
	hours := scheduling.Schedule{Expert: "nina", Name: "Hours", Zone: "UTC"}
	for day := time.Monday; day <= time.Friday; day++ {
		hours.Weekly = append(hours.Weekly, scheduling.Window{Day: day, Start: 9 * 60, End: 17 * 60})
	}
	saved, err := p.sched.SaveSchedule(nina, hours)
	require.NoError(p.t, err)
	talk, err := p.sched.SaveEventType(nina, scheduling.EventType{
		Owner: "nina", Slug: "talk", Title: "Consultation", Schedule: saved.ID, Durations: []time.Duration{time.Hour}, Price: price, Active: true,
	})
	require.NoError(p.t, err)
	p.talk = talk.ID
}

func (p *practice) hear(_ context.Context, c scheduling.Change) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, c)
	return nil
}

// times is how often the change was told.
func (p *practice) times(kind scheduling.ChangeKind) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.told {
		if c.Kind == kind {
			n++
		}
	}
	return n
}

func (p *practice) system() context.Context {
	return frontdesk.WithActor(p.t.Context(), frontdesk.System("test"))
}

func (p *practice) drain() {
	p.t.Helper()
	require.NoError(p.t, p.pay.Drain(p.system()))
	require.NoError(p.t, p.sched.Drain(p.system()))
}

// books holds the hour at nine for a guest, who is to pay.
func (p *practice) books(name string) *scheduling.Ticket {
	p.t.Helper()
	ticket, err := p.sched.Book(p.t.Context(), scheduling.Request{
		EventType: p.talk, Start: nine, Guest: scheduling.Guest{Name: name, Email: name + "@example.com"}, SuccessPath: "/booked", CancelPath: "/",
	})
	require.NoError(p.t, err)
	require.Equal(p.t, scheduling.StatusHeld, ticket.Booking.Status)
	require.NotNil(p.t, ticket.Payment)
	require.NotEmpty(p.t, ticket.Payment.URL)
	return ticket
}

func (p *practice) pays(ticket *scheduling.Ticket) {
	p.t.Helper()
	require.NoError(p.t, p.fake.CompleteCheckout(ticket.Payment.ID))
	p.drain()
}

// booking is the ticket's, as it is.
func (p *practice) booking(ticket *scheduling.Ticket) scheduling.Booking {
	p.t.Helper()
	now, err := p.sched.BookingByRef(p.system(), scheduling.Ref{Booking: ticket.Booking.ID})
	require.NoError(p.t, err)
	return now.Booking
}

// refunds are those at the provider.
func (p *practice) refunds() (all []billing.Refund) {
	p.t.Helper()
	for r, err := range p.fake.ListRefunds(p.t.Context(), billing.RefundFilter{}) {
		require.NoError(p.t, err)
		all = append(all, *r)
	}
	return all
}

func (p *practice) lapse() {
	p.t.Helper()
	_, err := p.sched.Lapse(p.system(), 100)
	require.NoError(p.t, err)
	p.drain()
}

func TestPaying(t *testing.T) {
	t.Run("what is paid is confirmed once, however often it is said", func(t *testing.T) {
		p := open(t, nil)
		ada := p.books("ada")
		p.pays(ada)
		require.NoError(t, p.fake.Deliver(billingtest.Delivery{Copies: 3, Shuffle: 7}))
		p.drain()
		b := p.booking(ada)
		require.Equal(t, scheduling.StatusConfirmed, b.Status)
		require.Equal(t, scheduling.PaymentPaid, b.Payment.State)
		require.Equal(t, price, b.Payment.Paid)
		require.Equal(t, 1, p.times(scheduling.MeetingBooked))
		require.Equal(t, 1, p.times(scheduling.MeetingPaid))
		require.Empty(t, p.refunds())
	})
	t.Run("the expert earns it, less the commission", func(t *testing.T) {
		p := open(t, nil)
		ada := p.books("ada")
		p.pays(ada)
		paid, err := p.pay.Payment(p.system(), p.booking(ada).Payment.ID)
		require.NoError(t, err)
		require.NotEmpty(t, paid.Destination)
		require.Equal(t, int64(1350), paid.Commission)
		p = open(t, &booking.Options{For: func(scheduling.Order) billing.Booking { return billing.Booking{} }})
		bob := p.books("bob")
		p.pays(bob)
		paid, err = p.pay.Payment(p.system(), p.booking(bob).Payment.ID)
		require.NoError(t, err)
		require.Empty(t, paid.Destination, "here the platform itself")
	})
	t.Run("asking again leads to the same page, and after the payment to none", func(t *testing.T) {
		p := open(t, nil)
		ada := p.books("ada")
		again, err := p.sched.Pay(p.t.Context(), scheduling.Ref{Booking: ada.Booking.ID, Token: ada.Token}, "/booked", "/")
		require.NoError(t, err)
		require.Equal(t, ada.Payment, again.Payment)
		p.pays(ada)
		_, err = booking.Payments(p.pay, nil).Request(t.Context(), order(ada))
		require.Equal(t, frontdesk.FailedPrecondition, frontdesk.CodeOf(err))
	})
	t.Run("a client pays as themselves, and a guest as nobody else", func(t *testing.T) {
		p := open(t, nil)
		ada := p.books("ada")
		client := "guest:booking:" + ada.Booking.ID
		sessions, _, err := p.pay.Checkouts(p.system(), client, billing.Listing{})
		require.NoError(t, err)
		require.Len(t, sessions, 1)
		customer, err := p.fake.GetCustomer(t.Context(), billing.Ref{ID: sessions[0].Customer})
		require.NoError(t, err)
		require.Equal(t, "ada@example.com", customer.Email)

		acme := frontdesk.WithActor(t.Context(), frontdesk.Client("acme", frontdesk.Origin{}))
		_, err = p.sched.Book(acme, scheduling.Request{EventType: p.talk, Start: nine.Add(time.Hour), SuccessPath: "/booked", CancelPath: "/"})
		require.NoError(t, err)
		sessions, _, err = p.pay.Checkouts(acme, "acme", billing.Listing{})
		require.NoError(t, err)
		require.Len(t, sessions, 1)
	})
	t.Run("Pay shows the page that is open, also to who comes back elsewhere", func(t *testing.T) {
		p := open(t, nil)
		ada := p.books("ada")
		again, err := p.sched.Pay(t.Context(), scheduling.Ref{Booking: ada.Booking.ID, Token: ada.Token}, "/elsewhere", "/away")
		require.NoError(t, err)
		require.Equal(t, ada.Payment.URL, again.Payment.URL)
	})
	t.Run("a pack that is paid can be used, without paying again", func(t *testing.T) {
		p := open(t, nil)
		acme := frontdesk.WithActor(t.Context(), frontdesk.Client("acme", frontdesk.Origin{}))
		sold, err := p.sched.SellPack(acme, scheduling.PackSale{
			Expert: "nina", EventTypes: []string{p.talk}, Meetings: 2, SuccessPath: "/booked", CancelPath: "/",
		})
		require.NoError(t, err)
		require.NoError(t, p.fake.CompleteCheckout(sold.Payment.ID))
		require.NoError(t, p.fake.Deliver(billingtest.Delivery{Copies: 2}))
		p.drain()
		ticket, err := p.sched.Book(acme, scheduling.Request{EventType: p.talk, Start: nine, Pack: sold.Pack.ID})
		require.NoError(t, err)
		require.Equal(t, scheduling.StatusConfirmed, ticket.Booking.Status)
		require.Nil(t, ticket.Payment)
		require.Empty(t, p.refunds())
	})
	t.Run("payments of other things are nobody's booking", func(t *testing.T) {
		p := open(t, nil)
		acme := frontdesk.WithActor(t.Context(), frontdesk.Client("acme", frontdesk.Origin{}))
		s, err := p.pay.StartCheckout(acme, billing.Checkout{
			Mode: billing.CheckoutModePayment, Lines: []billing.CheckoutLine{{Name: "Work", Amount: price}}, SuccessPath: "/", CancelPath: "/",
		})
		require.NoError(t, err)
		require.NoError(t, p.fake.CompleteCheckout(s.ID))
		require.NoError(t, p.fake.DeliveryErr())
		require.Zero(t, p.times(scheduling.MeetingPaid))
	})
}

// order is what the ticket's booking costs.
func order(ticket *scheduling.Ticket) scheduling.Order {
	return scheduling.Order{
		ID: "booking/" + ticket.Booking.ID, Guest: ticket.Booking.Guest, Expert: "nina", EventType: ticket.Meeting.EventType,
		Title: ticket.Meeting.Title, Amount: ticket.Booking.Price,
	}
}

func TestPayingLate(t *testing.T) {
	t.Run("nobody pays any more for a hold that has lapsed", func(t *testing.T) {
		p := open(t, nil)
		ada := p.books("ada")
		p.fake.Advance(16 * time.Minute)
		p.lapse()
		require.Equal(t, frontdesk.FailedPrecondition, frontdesk.CodeOf(p.fake.CompleteCheckout(ada.Payment.ID)))
		require.Equal(t, scheduling.StatusExpired, p.booking(ada).Status)
	})
	t.Run("a payment that was too late takes the slot if that is free, and is given back once if not", func(t *testing.T) {
		for _, taken := range []bool{false, true} {
			p := open(t, nil)
			ada := p.books("ada")
			p.fake.Hold() // the webhook is late
			require.NoError(t, p.fake.CompleteCheckout(ada.Payment.ID))
			p.fake.Advance(16 * time.Minute)
			p.lapse()
			if taken {
				bob := p.books("bob")
				require.NotEqual(t, ada.Meeting.ID, bob.Meeting.ID)
			}
			require.NoError(t, p.fake.Release())
			p.drain()
			require.NoError(t, p.fake.Deliver(billingtest.Delivery{Copies: 2}))
			p.drain()
			b := p.booking(ada)
			if !taken {
				require.Equal(t, scheduling.StatusConfirmed, b.Status)
				require.Empty(t, p.refunds())
				continue
			}
			require.Equal(t, scheduling.StatusExpired, b.Status)
			require.Equal(t, scheduling.PaymentRefunded, b.Payment.State)
			require.Equal(t, 1, p.times(scheduling.MeetingConflict))
			require.Len(t, p.refunds(), 1)
			require.Equal(t, price, p.refunds()[0].Amount)
		}
	})
}

func TestRefunds(t *testing.T) {
	t.Run("who is cancelled by a host gets all back, once, also when the provider's answer is lost", func(t *testing.T) {
		p := open(t, nil)
		ada := p.books("ada")
		p.pays(ada)
		p.fake.LoseNext("CreateRefund")
		_, err := p.sched.Cancel(p.system(), scheduling.Ref{Booking: ada.Booking.ID}, "Nina is ill")
		require.NoError(t, err)
		p.drain()
		p.fake.Advance(time.Hour)
		p.drain()
		require.Len(t, p.refunds(), 1)
		require.Equal(t, price, p.refunds()[0].Amount)
		require.Equal(t, scheduling.PaymentRefunded, p.booking(ada).Payment.State)
	})
	t.Run("an amount is what is given back in total, with what was given back by hand", func(t *testing.T) {
		p := open(t, nil)
		ada := p.books("ada")
		p.pays(ada)
		payment := p.booking(ada).Payment.ID
		pays := booking.Payments(p.pay, nil)
		refund := func(cents int64) {
			t.Helper()
			require.NoError(t, pays.Refund(t.Context(), order(ada), payment, frontdesk.Money{Amount: cents, Currency: "eur"}))
			require.NoError(t, p.pay.Drain(p.system()))
		}
		refund(1000)
		refund(1000)
		require.Len(t, p.refunds(), 1)
		refund(4000)
		require.Len(t, p.refunds(), 2)
		require.Equal(t, int64(3000), p.refunds()[0].Amount.Amount)
		_, err := p.pay.Refund(p.system(), payment, billing.Return{Amount: frontdesk.Money{Amount: 5000, Currency: "eur"}})
		require.NoError(t, err)
		require.NoError(t, p.pay.Drain(p.system()))
		refund(9000)
		require.Len(t, p.refunds(), 3)
	})
	t.Run("a payment that is not known yet is asked for again later", func(t *testing.T) {
		p := open(t, nil)
		ada := p.books("ada")
		err := booking.Payments(p.pay, nil).Refund(t.Context(), order(ada), "pi_unknown", price)
		require.Equal(t, frontdesk.NotFound, frontdesk.CodeOf(err))
	})
	t.Run("what is released and was paid meanwhile is no error", func(t *testing.T) {
		p := open(t, nil)
		ada := p.books("ada")
		pays := booking.Payments(p.pay, nil)
		p.fake.Hold()
		require.NoError(t, p.fake.CompleteCheckout(ada.Payment.ID))
		require.NoError(t, pays.Release(t.Context(), order(ada)))
		require.NoError(t, p.fake.Release())
		p.drain()
		require.Equal(t, scheduling.StatusConfirmed, p.booking(ada).Status)
		require.NoError(t, pays.Release(t.Context(), order(ada)))
	})
}
