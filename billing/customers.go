package billing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// CustomerDetails is what the provider should know about a client. Empty fields
// stay as they are.
type CustomerDetails struct {
	Email string
	Name  string
}

func (d CustomerDetails) validate() error {
	return errors.Join(validEmail("email", d.Email), validText("name", d.Name))
}

// EnsureCustomer returns the client's customer at the provider, and makes one
// when there is none. However many callers and processes ask at once, and
// wherever one of them dies, the client gets one.
func (s *Service) EnsureCustomer(ctx context.Context, client string, d CustomerDetails) (c *Customer, err error) {
	const op = "billing.EnsureCustomer"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := errors.Join(validClient(client), d.validate()); err != nil {
		return nil, err
	}
	if err := s.allow(ctx, op, client, toWrite); err != nil {
		return nil, err
	}
	c, n, err := s.liveCustomer(ctx, client)
	if c != nil || err != nil {
		return c, err
	}
	return s.createCustomer(ctx, op, client, n, d)
}

// liveCustomer is the client's first customer that has not been deleted, or
// nil, and how many the client has had.
func (s *Service) liveCustomer(ctx context.Context, client string) (*Customer, int, error) {
	ids, err := s.store.CustomersOf(ctx, "", client)
	if err != nil {
		return nil, 0, err
	}
	for _, id := range ids {
		c, err := s.customer(ctx, Ref{ID: id}, client)
		if err != nil {
			return nil, 0, err
		}
		if !c.Deleted {
			return c, len(ids), nil
		}
	}
	return nil, len(ids), nil
}

// customer is the mirrored customer. One that is only linked yet is read from
// the provider, which may not have it any more; without reading, its id is all
// that is known.
func (s *Service) customer(ctx context.Context, ref Ref, client string) (*Customer, error) {
	k := Key{KindCustomer, ref}
	o, err := known(ctx, s.store, k)
	if err == nil && o == nil && !s.options.PayloadOnly {
		if _, err = s.refresh(ctx, target{key: k}, owner{client: client, customer: ref.ID}, time.Time{}); err == nil {
			o, err = known(ctx, s.store, k)
		}
	}
	if err != nil {
		return nil, err
	}
	if o == nil {
		return &Customer{Header: Header{Ref: ref, Customer: ref.ID, Deleted: !s.options.PayloadOnly}}, nil
	}
	return o.(*Customer), nil
}

// createCustomer makes the client's n-th customer. The number is the intent:
// all who ask at once have the same one.
func (s *Service) createCustomer(ctx context.Context, op, client string, n int, d CustomerDetails) (*Customer, error) {
	w := write[CustomerParams]{
		op: op, intent: fmt.Sprintf("customer %d", n+1), target: Key{Kind: KindCustomer}, owner: owner{client: client},
		params: CustomerParams{Email: d.Email, Name: d.Name, Metadata: map[string]string{s.options.MetadataKey: client}},
	}
	return carryOut(ctx, s, w, func(ctx context.Context, key Write, p CustomerParams) (*Customer, error) {
		c, _, err := s.liveCustomer(ctx, client) // another process may have been first
		if err != nil || c != nil {
			return c, err
		}
		c, err = s.adopt(ctx, client)
		if err != nil || c != nil {
			return c, err
		}
		return s.provider.CreateCustomer(ctx, key, p)
	})
}

// adopt finds a customer that carries the client's id at the provider, made by a
// process that died before it could remember it.
func (s *Service) adopt(ctx context.Context, client string) (*Customer, error) {
	for c, err := range s.provider.FindCustomers(ctx, "", s.options.MetadataKey, client) {
		if errors.Is(err, frontdesk.Unimplemented) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		other, err := s.store.ClientOf(ctx, c.Ref)
		if c.Deleted || err == nil && other != client {
			continue
		}
		if err != nil && !errors.Is(err, frontdesk.NotFound) {
			return nil, err
		}
		return c, nil
	}
	return nil, nil
}

// UpdateCustomer changes what the provider knows about the client.
func (s *Service) UpdateCustomer(ctx context.Context, client string, d CustomerDetails) (c *Customer, err error) {
	const op = "billing.UpdateCustomer"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	c, err = s.EnsureCustomer(ctx, client, d)
	if err != nil {
		return nil, err
	}
	w := write[CustomerParams]{
		op: op, target: c.Key(), owner: owner{client: client, customer: c.ID},
		params: CustomerParams{Email: d.Email, Name: d.Name},
	}
	return carryOut(ctx, s, w, func(ctx context.Context, key Write, p CustomerParams) (*Customer, error) {
		return s.provider.UpdateCustomer(ctx, key, c.ID, p)
	})
}

// LinkCustomer ties a customer that exists at the provider to a client, and
// processes the events that have waited for that. Linking it again changes
// nothing; a customer that is another client's is AlreadyExists.
func (s *Service) LinkCustomer(ctx context.Context, client, customer string) (err error) {
	const op = "billing.LinkCustomer"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := errors.Join(validClient(client), validID("customer", customer)); err != nil {
		return err
	}
	if err := s.allow(ctx, op, client, toOperate); err != nil {
		return err
	}
	ref := Ref{ID: customer}
	return s.store.InTx(ctx, func(tx Store) error {
		whose, err := s.link(ctx, tx, ref, client)
		if err != nil {
			return err
		}
		if whose != client {
			return frontdesk.Errorf(frontdesk.AlreadyExists, "the customer belongs to another client")
		}
		return s.audit(ctx, tx, op, Key{KindCustomer, ref}.String(), nil, map[string]string{"client": client})
	})
}
