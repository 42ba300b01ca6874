package billing

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// PaymentMethods lists the client's stored ways to pay.
func (s *Service) PaymentMethods(ctx context.Context, client string) (all []PaymentMethod, err error) {
	const op = "billing.PaymentMethods"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.allow(ctx, op, client, toRead); err != nil {
		return nil, err
	}
	ids, err := s.store.CustomersOf(ctx, "", client)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		for m, err := range s.provider.ListPaymentMethods(ctx, Ref{ID: id}) {
			if err != nil {
				return nil, err
			}
			all = append(all, *m)
		}
	}
	return all, nil
}

// SetDefaultPaymentMethod makes a stored way to pay the one that invoices are charged to.
func (s *Service) SetDefaultPaymentMethod(ctx context.Context, client, id string) (c *Customer, err error) {
	const op = "billing.SetDefaultPaymentMethod"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	m, err := s.method(ctx, op, client, id)
	if err != nil {
		return nil, err
	}
	customer := Ref{ID: m.Customer}
	w := write[string]{op: op, target: Key{KindCustomer, customer}, owner: owner{client: client, customer: m.Customer}, params: id}
	return carryOut(ctx, s, w, func(ctx context.Context, key Write, id string) (*Customer, error) {
		return s.provider.SetDefaultPaymentMethod(ctx, key, m.Customer, id)
	})
}

// DetachPaymentMethod forgets a stored way to pay. Detaching twice is NotFound.
func (s *Service) DetachPaymentMethod(ctx context.Context, client, id string) (err error) {
	const op = "billing.DetachPaymentMethod"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	m, err := s.method(ctx, op, client, id)
	if err != nil {
		return err
	}
	w := write[string]{op: op, target: Key{"payment_method", m.Ref}, owner: owner{client: client}, params: m.ID}
	_, err = carryOutUnmirrored(ctx, s, w, s.provider.DetachPaymentMethod)
	return err
}

// method finds a payment method of the client's own; anybody else's is NotFound.
func (s *Service) method(ctx context.Context, op, client, id string) (*PaymentMethod, error) {
	if err := validID("id", id); err != nil {
		return nil, err
	}
	if err := s.allow(ctx, op, client, toWrite); err != nil {
		return nil, err
	}
	hidden := frontdesk.Errorf(frontdesk.NotFound, "no such payment method")
	m, err := s.provider.GetPaymentMethod(ctx, Ref{ID: id})
	if errors.Is(err, frontdesk.NotFound) {
		return nil, hidden
	}
	if err != nil {
		return nil, err
	}
	whose, err := s.store.ClientOf(ctx, Ref{ID: m.Customer})
	if err != nil && !errors.Is(err, frontdesk.NotFound) {
		return nil, err
	}
	if whose != client {
		return nil, hidden
	}
	return m, nil
}

// OpenPortal opens the provider's page where the client manages their billing,
// and returns its URL.
func (s *Service) OpenPortal(ctx context.Context, client, returnPath string) (url string, err error) {
	const op = "billing.OpenPortal"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	portals, err := able[BillingPortals](s)
	if err != nil {
		return "", err
	}
	back, err := s.returnURL("return_path", returnPath)
	if err != nil {
		return "", err
	}
	if err := s.allow(ctx, op, client, toWrite); err != nil {
		return "", err
	}
	c, err := s.EnsureCustomer(ctx, client, CustomerDetails{})
	if err != nil {
		return "", err
	}
	w := write[string]{op: op, target: c.Key(), owner: owner{client: client}, params: back}
	page, err := carryOutUnmirrored(ctx, s, w, func(ctx context.Context, key Write, back string) (*PortalSession, error) {
		return portals.CreatePortalSession(ctx, key, c.ID, back)
	})
	if err != nil {
		return "", err
	}
	return page.URL, nil
}
