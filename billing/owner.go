package billing

import (
	"context"
	"errors"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// owner is whom an event's objects belong to: a client, or the expert whose
// connected account holds them or is paid by them.
type owner struct {
	client   string
	customer string
	expert   string
	awaits   Key       // without an owner: the object whose appearance will tell, if any will
	stranger bool      // without an owner: it is a connected account's that nobody here has
	quiet    time.Time // objects that were made before it, and are seen for the first time, tell nothing
}

func (o owner) found() bool { return o.client != "" || o.expert != "" }

// decode reads what an event's payload shows. A state other than processing
// means that the event is to rest in it, because of why.
func (s *Service) decode(e *Event) (objects []Object, rest EventState, why string, err error) {
	objects, err = s.provider.Decode(*e)
	if errors.Is(err, frontdesk.Unimplemented) {
		return nil, EventIgnored, "events of this type are not mirrored", nil
	}
	return objects, EventProcessing, "", err
}

// owner finds whom the objects belong to.
func (s *Service) owner(ctx context.Context, st Store, objects []Object) (owner, error) {
	if account, connected := accountOf(objects[0]); connected {
		return s.expertOf(ctx, st, account, objects[0])
	}
	return s.clientOf(ctx, st, objects)
}

// clientOf finds the client of the objects, and links their customer to the client
// that they name when nobody has it yet.
func (s *Service) clientOf(ctx context.Context, st Store, objects []Object) (owner, error) {
	customer, awaits, err := s.customerOf(ctx, st, objects)
	if err != nil || customer.ID == "" {
		return owner{awaits: awaits}, err
	}
	client, err := st.ClientOf(ctx, customer)
	if !errors.Is(err, frontdesk.NotFound) {
		return owner{client: client, customer: customer.ID}, err
	}
	claim, err := s.claim(ctx, customer, objects)
	if err != nil || claim == "" {
		return owner{awaits: Key{KindCustomer, customer}}, err
	}
	client, err = s.link(ctx, st, customer, claim)
	return owner{client: client, customer: customer.ID}, err
}

// customerOf finds the customer of the objects; refunds and disputes only name
// their payment, which has one.
func (s *Service) customerOf(ctx context.Context, st Store, objects []Object) (customer Ref, awaits Key, err error) {
	for _, o := range objects {
		if id := customerID(o); id != "" {
			return Ref{o.Head().Account, id}, Key{}, nil
		}
	}
	payment, ok := paymentOf(objects[0])
	if !ok {
		return Ref{}, Key{}, nil
	}
	paid, err := s.payment(ctx, st, payment)
	if errors.Is(err, frontdesk.NotFound) {
		return Ref{}, payment, nil
	}
	if err != nil {
		return Ref{}, Key{}, err
	}
	return Ref{payment.Account, paid.Customer}, Key{}, nil
}

func customerID(o Object) string {
	if c, ok := o.(*Customer); ok {
		return c.ID
	}
	return o.Head().Customer
}

func paymentOf(o Object) (Key, bool) {
	var id string
	switch o := o.(type) {
	case *Refund:
		id = o.Payment
	case *Dispute:
		id = o.Payment
	}
	return Key{KindPayment, Ref{o.Head().Account, id}}, id != ""
}

// payment looks the payment up here, then at the provider.
func (s *Service) payment(ctx context.Context, st Store, k Key) (*Payment, error) {
	o, err := st.Object(ctx, k)
	if err == nil {
		return o.(*Payment), nil
	}
	if s.options.PayloadOnly || !errors.Is(err, frontdesk.NotFound) {
		return nil, err
	}
	return s.provider.GetPayment(ctx, k.Ref)
}

// claim is the client that the objects, or else the customer itself, name.
func (s *Service) claim(ctx context.Context, customer Ref, objects []Object) (string, error) {
	for _, o := range objects {
		if c, ok := o.(*CheckoutSession); ok && c.Reference != "" {
			return c.Reference, nil
		}
		if id := o.Head().Metadata[s.options.MetadataKey]; id != "" {
			return id, nil
		}
	}
	if s.options.PayloadOnly {
		return "", nil
	}
	c, err := s.provider.GetCustomer(ctx, customer)
	if errors.Is(err, frontdesk.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return c.Metadata[s.options.MetadataKey], nil
}
