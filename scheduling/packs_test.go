package scheduling_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

func asExpert(ctx context.Context, expert string) context.Context {
	return frontdesk.WithActor(ctx, frontdesk.Expert(expert, frontdesk.Origin{}))
}

func TestPacks(t *testing.T) {
	setUp := func(t *testing.T) (*desk, scheduling.PackSale) {
		d := newDesk(t)
		dear := d.offers("dear", func(e *scheduling.EventType) { e.Price = eur(4900) })
		return d, scheduling.PackSale{Expert: "nina", EventTypes: []string{dear}, Meetings: 3}
	}
	withPack := func(d *desk, sale scheduling.PackSale, pack, client string, hours int) scheduling.Request {
		r := d.request(sale.EventTypes[0], client, hours)
		r.Pack = pack
		return r
	}
	t.Run("a client buys a pack at the event type's price, and uses it once it is paid", func(t *testing.T) {
		d, sale := setUp(t)
		acme := as(d.ctx, "acme")
		sold, err := d.svc.SellPack(acme, sale)
		require.NoError(t, err)
		require.Equal(t, eur(3*4900), sold.Pack.Price)
		require.Equal(t, "https://pay.example/pack/"+sold.Pack.ID, sold.Payment.URL)
		_, err = d.svc.Book(acme, withPack(d, sale, sold.Pack.ID, "acme", 1))
		require.ErrorIs(t, err, frontdesk.FailedPrecondition, "it is not paid")

		for range 2 {
			require.NoError(t, d.svc.Paid(d.ctx, "pack/"+sold.Pack.ID, "pi_1", eur(3*4900)))
		}
		for hour := 1; hour <= 3; hour++ {
			ticket, err := d.svc.Book(acme, withPack(d, sale, sold.Pack.ID, "acme", hour))
			require.NoError(t, err)
			require.Equal(t, scheduling.StatusConfirmed, ticket.Booking.Status)
			require.Nil(t, ticket.Payment)
		}
		_, err = d.svc.Book(acme, withPack(d, sale, sold.Pack.ID, "acme", 4))
		require.ErrorIs(t, err, frontdesk.FailedPrecondition, "it is used up")
		d.drain()
		require.Empty(t, d.pay.given())
		paid, err := d.svc.PayPack(acme, sold.Pack.ID, "", "")
		require.NoError(t, err)
		require.Nil(t, paid.Payment)
	})
	t.Run("what comes beyond the price of a pack is given back, once", func(t *testing.T) {
		d, sale := setUp(t)
		sold, err := d.svc.SellPack(as(d.ctx, "acme"), sale)
		require.NoError(t, err)
		order := "pack/" + sold.Pack.ID
		for range 2 {
			require.NoError(t, d.svc.Paid(d.ctx, order, "pi_little", eur(100)))
			require.NoError(t, d.svc.Paid(d.ctx, order, "pi_other", frontdesk.Money{Amount: 14700, Currency: "usd"}))
			require.NoError(t, d.svc.Paid(d.ctx, order, "pi_1", eur(14700)))
			require.NoError(t, d.svc.Paid(d.ctx, order, "pi_2", eur(14700)))
			d.drain()
		}
		require.ElementsMatch(t, []refund{
			{order, "pi_little", eur(100)}, {order, "pi_other", frontdesk.Money{Amount: 14700, Currency: "usd"}}, {order, "pi_2", eur(14700)},
		}, d.pay.refunds)
		p, err := d.svc.Pack(d.ctx, sold.Pack.ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.PaymentPaid, p.Payment.State)
		require.Equal(t, "pi_1", p.Payment.ID)
	})
	t.Run("two bookings at once never use the last one twice", func(t *testing.T) {
		for range 20 {
			d, sale := setUp(t)
			sale.Client, sale.Meetings = "acme", 1
			pack, err := d.svc.GrantPack(asExpert(d.ctx, "nina"), sale)
			require.NoError(t, err)
			var all sync.WaitGroup
			booked := make(chan error, 8)
			for hour := 1; hour <= 8; hour++ {
				all.Go(func() {
					_, err := d.svc.Book(as(d.ctx, "acme"), withPack(d, sale, pack.ID, "acme", hour))
					booked <- err
				})
			}
			all.Wait()
			close(booked)
			won := 0
			for err := range booked {
				if err == nil {
					won++
					continue
				}
				require.ErrorIs(t, err, frontdesk.FailedPrecondition)
			}
			require.Equal(t, 1, won)
			all1, err := d.store.Meetings(d.ctx, scheduling.MeetingFilter{Client: "acme"})
			require.NoError(t, err)
			require.Len(t, all1, 1, "what lost is not there")
		}
	})
	t.Run("a meeting that is cancelled in time goes back to its pack", func(t *testing.T) {
		d, sale := setUp(t)
		sale.Client, sale.Meetings = "acme", 1
		pack, err := d.svc.GrantPack(d.ctx, sale)
		require.NoError(t, err)
		ticket, err := d.svc.Book(as(d.ctx, "acme"), withPack(d, sale, pack.ID, "acme", 1))
		require.NoError(t, err)
		d.cancels(ticket)
		p, err := d.svc.Pack(d.ctx, pack.ID)
		require.NoError(t, err)
		require.Equal(t, 1, p.Left(d.clock()))
	})
	t.Run("a repeated sale is one, and a payment that could not be asked for is asked for again", func(t *testing.T) {
		d, sale := setUp(t)
		sale.Key = "form-1"
		d.pay.fail = []error{frontdesk.Unavailable}
		_, err := d.svc.SellPack(as(d.ctx, "acme"), sale)
		require.ErrorIs(t, err, frontdesk.Unavailable)
		first, err := d.svc.SellPack(as(d.ctx, "acme"), sale)
		require.NoError(t, err)
		second, err := d.svc.SellPack(as(d.ctx, "acme"), sale)
		require.NoError(t, err)
		require.Equal(t, first.Pack.ID, second.Pack.ID)
		all, err := d.svc.Packs(as(d.ctx, "acme"), "acme")
		require.NoError(t, err)
		require.Len(t, all, 1)
	})
	t.Run("what a pack costs and how long it lasts is not for who buys it", func(t *testing.T) {
		d, sale := setUp(t)
		cheap := sale
		cheap.Price = eur(1)
		_, err := d.svc.SellPack(as(d.ctx, "acme"), cheap)
		require.Equal(t, "price", frontdesk.Fields(err)[0].Name)
		long := sale
		long.ExpiresAt = monday.Add(time.Hour)
		_, err = d.svc.SellPack(as(d.ctx, "acme"), long)
		require.Equal(t, "expires_at", frontdesk.Fields(err)[0].Name)
		cheap.Client, cheap.ExpiresAt = "acme", monday.Add(time.Hour)
		sold, err := d.svc.SellPack(asExpert(d.ctx, "nina"), cheap)
		require.NoError(t, err)
		require.Equal(t, eur(1), sold.Pack.Price)
		require.NoError(t, d.svc.Paid(d.ctx, "pack/"+sold.Pack.ID, "pi_1", eur(1)))
		d.pass(time.Hour)
		_, err = d.svc.Book(as(d.ctx, "acme"), withPack(d, sale, sold.Pack.ID, "acme", 2))
		require.ErrorIs(t, err, frontdesk.FailedPrecondition, "it has expired")
	})
	t.Run("packs are for their client, their expert and staff", func(t *testing.T) {
		d, sale := setUp(t)
		sale.Client = "acme"
		_, err := d.svc.GrantPack(as(d.ctx, "acme"), sale)
		require.ErrorIs(t, err, frontdesk.PermissionDenied)
		_, err = d.svc.GrantPack(asExpert(d.ctx, "omar"), sale)
		require.ErrorIs(t, err, frontdesk.PermissionDenied)
		_, err = d.svc.SellPack(as(d.ctx, "globex"), sale)
		require.ErrorIs(t, err, frontdesk.PermissionDenied)
		pack, err := d.svc.GrantPack(d.ctx, sale)
		require.NoError(t, err)
		_, err = d.svc.Pack(as(d.ctx, "globex"), pack.ID)
		require.ErrorIs(t, err, frontdesk.NotFound)
		_, err = d.svc.Packs(as(d.ctx, "globex"), "acme")
		require.ErrorIs(t, err, frontdesk.PermissionDenied)
		for expert, n := range map[string]int{"nina": 1, "omar": 0} {
			all, err := d.svc.Packs(asExpert(d.ctx, expert), "acme")
			require.NoError(t, err)
			require.Len(t, all, n)
		}
		_, err = d.svc.Book(as(d.ctx, "globex"), withPack(d, sale, pack.ID, "globex", 1))
		require.ErrorIs(t, err, frontdesk.Invalid)
		require.Equal(t, "pack", frontdesk.Fields(err)[0].Name)
		other := sale
		other.Expert = "omar"
		_, err = d.svc.GrantPack(d.ctx, other)
		require.Equal(t, "event_types[0]", frontdesk.Fields(err)[0].Name)
	})
}
