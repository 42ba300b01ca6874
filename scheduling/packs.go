package scheduling

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// maxPack is how many meetings a pack can have.
const maxPack = 1000

// PackSale is a pack that a client is to have.
type PackSale struct {
	Client     string   // default the actor's
	Expert     string   // who earns it
	EventTypes []string // of the expert
	Meetings   int      // that can be booked with it

	// Price is for experts and administrators to say. Zero: so many times the price of the dearest of the event types.
	Price     frontdesk.Money
	ExpiresAt time.Time // for experts and administrators to say; zero: never

	// Key makes repeated calls one. Clients and staff have keys apart. Empty: each call is another.
	Key string
	// SuccessPath and CancelPath are where the payer comes back to.
	SuccessPath, CancelPath string
}

// PackTicket is what somebody gets who buys a pack.
type PackTicket struct {
	Pack    Pack
	Payment *Invitation // where it is paid; nil: it is paid
}

// SellPack makes a pack that can be used once it is paid, and says where that is. It is for the
// client, the expert, administrators and the system. It fails with Unimplemented without Options.Payments, and when
// only asking for the money fails, PayPack asks again.
func (s *Service) SellPack(ctx context.Context, sale PackSale) (_ *PackTicket, err error) {
	const op = "scheduling.SellPack"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if s.options.Payments == nil {
		return nil, frontdesk.Errorf(frontdesk.Unimplemented, "nothing can be sold: Options.Payments is not set")
	}
	p, err := s.makePack(ctx, op, &sale, true)
	if err != nil {
		return nil, err
	}
	return s.payPack(ctx, p, sale.SuccessPath, sale.CancelPath)
}

// GrantPack makes a pack for which nothing is to be paid. It is for the expert, administrators and
// the system. Price and paths of the sale do not count.
func (s *Service) GrantPack(ctx context.Context, sale PackSale) (_ *Pack, err error) {
	const op = "scheduling.GrantPack"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if _, err := s.permitExpert(ctx, op, sale.Expert); err != nil {
		return nil, err
	}
	sale.Price = frontdesk.Money{}
	return s.makePack(ctx, op, &sale, false)
}

// PayPack says where a pack is paid, for whoever did not come so far. Of one that is paid it says so. It
// is for those of SellPack.
func (s *Service) PayPack(ctx context.Context, id, successPath, cancelPath string) (_ *PackTicket, err error) {
	const op = "scheduling.PayPack"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	var c complaints
	c.path("success_path", successPath)
	c.path("cancel_path", cancelPath)
	if err := c.err(); err != nil {
		return nil, err
	}
	p, err := s.packFor(ctx, op, id, frontdesk.Actor.MayWrite, frontdesk.Actor.MayWriteExpert)
	if err != nil {
		return nil, err
	}
	return s.payPack(ctx, p, successPath, cancelPath)
}

// Pack returns a pack to its client, its expert, administrators and the system, and NotFound to
// everybody else.
func (s *Service) Pack(ctx context.Context, id string) (_ *Pack, err error) {
	const op = "scheduling.Pack"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	return s.packFor(ctx, op, id, frontdesk.Actor.MayRead, frontdesk.Actor.MayReadExpert)
}

func (s *Service) packFor(ctx context.Context, op, id string, client, expert func(frontdesk.Actor, string) bool) (*Pack, error) {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.store.Pack(ctx, id)
	if err == nil && !client(a, p.Client) && !expert(a, p.Expert) {
		err = errUnknown
	}
	if err != nil {
		return nil, s.refuse(ctx, op, "pack:"+id, unknown(err))
	}
	return p, nil
}

// Packs lists the packs of a client, oldest first: to the client, administrators and the system all, to an
// expert the expert's own.
func (s *Service) Packs(ctx context.Context, client string) (_ []Pack, err error) {
	const op = "scheduling.Packs"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	if !a.MayRead(client) && a.Role != frontdesk.RoleExpert {
		return nil, s.refuse(ctx, op, "client:"+client, errNotAllowed)
	}
	all, err := s.store.PacksOf(ctx, client)
	return slices.DeleteFunc(all, func(p Pack) bool { return !a.MayRead(client) && !a.MayReadExpert(p.Expert) }), err
}

// makePack stores the pack of a sale that the actor may make.
func (s *Service) makePack(ctx context.Context, op string, sale *PackSale, priced bool) (*Pack, error) {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	own := a.MayWriteExpert(sale.Expert)
	if !own {
		orElse(&sale.Client, a.ClientID)
	}
	if !own && !a.MayWrite(sale.Client) {
		return nil, s.refuse(ctx, op, "client:"+sale.Client, errNotAllowed)
	}
	if err := sale.check(s.now(), own, priced); err != nil {
		return nil, err
	}
	now := s.now()
	p := &Pack{
		ID: newID(now), Client: sale.Client, Expert: sale.Expert, EventTypes: slices.Clone(sale.EventTypes), Key: packKey(a, sale.Key),
		Total: sale.Meetings, ExpiresAt: sale.ExpiresAt, CreatedAt: now, UpdatedAt: now,
	}
	err = s.store.InTx(ctx, func(tx Store) error {
		least, err := packPrice(ctx, tx, sale)
		if err != nil {
			return err
		}
		if p.Price = sale.Price; priced {
			orElse(&p.Price, least)
			p.Payment.State = PaymentDue
		}
		if priced && p.Price.Amount == 0 {
			return frontdesk.InvalidField("price", "is nothing: such a pack is granted")
		}
		there, added, err := tx.AddPack(ctx, *p)
		if err == nil && !added && (there.Expert != p.Expert || there.Total != p.Total || !slices.Equal(there.EventTypes, p.EventTypes)) {
			err = frontdesk.InvalidField("key", "was used for another pack")
		}
		if p = there; err != nil || !added {
			return err
		}
		return s.audit(ctx, tx, op, "pack:"+p.ID, frontdesk.Succeeded, nil, p.shown())
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// packKey keeps the keys of clients and staff apart.
func packKey(a frontdesk.Actor, key string) string {
	switch {
	case key == "":
		return ""
	case a.Role == frontdesk.RoleClient:
		return "client/" + key
	}
	return string(a.Role) + "/" + a.ID + "/" + key
}

func (p *Pack) shown() map[string]string {
	return map[string]string{
		"client": p.Client, "expert": p.Expert, "meetings": strconv.Itoa(p.Total),
		"price": strconv.FormatInt(p.Price.Amount, 10), "currency": string(p.Price.Currency),
	}
}

// check refuses sales that make no sense. What they cost and how long they last is not for who buys.
func (sale *PackSale) check(now time.Time, own, priced bool) error {
	var c complaints
	c.when(sale.Client == "", "client", "must not be empty")
	c.when(sale.Expert == "", "expert", "must not be empty")
	c.when(len(sale.EventTypes) == 0, "event_types", "must not be empty")
	c.most("event_types", len(sale.EventTypes), 100)
	c.between("meetings", sale.Meetings, 1, maxPack)
	c.text("key", sale.Key, maxKey, false)
	c.when(!own && sale.Price != (frontdesk.Money{}), "price", "is the expert's to say")
	c.when(!own && !sale.ExpiresAt.IsZero(), "expires_at", "is the expert's to say")
	c.when(!sale.ExpiresAt.IsZero() && !sale.ExpiresAt.After(now), "expires_at", "has passed")
	if priced {
		c.when(sale.Price.Amount < 0, "price", "is below zero")
		c.when(sale.Price.Amount != 0 && !sale.Price.Currency.Valid(), "price.currency", "is none")
		c.path("success_path", sale.SuccessPath)
		c.path("cancel_path", sale.CancelPath)
	}
	return c.err()
}

// packPrice passes event types of the expert, and is so many times the price of the dearest.
func packPrice(ctx context.Context, tx Store, sale *PackSale) (frontdesk.Money, error) {
	var dearest frontdesk.Money
	for i, id := range sale.EventTypes {
		t, err := tx.EventType(ctx, id)
		if frontdesk.CodeOf(err) == frontdesk.NotFound || err == nil && t.Owner != sale.Expert {
			return dearest, frontdesk.InvalidField(item("event_types", i), "is none of the expert's")
		}
		if err != nil {
			return dearest, err
		}
		for _, price := range t.allPrices() {
			switch {
			case price.Amount == 0:
			case dearest.Amount != 0 && dearest.Currency != price.Currency:
				return dearest, frontdesk.InvalidField(item("event_types", i), "costs another currency than those before it")
			case price.Amount > dearest.Amount:
				dearest = price
			}
		}
	}
	if dearest.Amount > math.MaxInt64/maxPack {
		return dearest, frontdesk.InvalidField("meetings", "cost more than can be counted")
	}
	dearest.Amount *= int64(sale.Meetings)
	return dearest, nil
}

// allPrices are the prices of a seat, of each duration.
func (t *EventType) allPrices() []frontdesk.Money {
	all := []frontdesk.Money{t.Price}
	for _, d := range t.Durations {
		if price, other := t.Prices[d]; other {
			all = append(all, price)
		}
	}
	return all
}
