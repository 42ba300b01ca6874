package billing

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// permission is what an operation asks of its actor.
type permission func(a frontdesk.Actor, whose string) bool

// The permissions: to see a client's billing or an expert's account, to change it,
// and to do what only the host itself does.
var (
	toRead  permission = frontdesk.Actor.MayRead
	toWrite permission = frontdesk.Actor.MayWrite

	toReadExpert  permission = frontdesk.Actor.MayReadExpert
	toWriteExpert permission = frontdesk.Actor.MayWriteExpert

	toOperate permission = func(a frontdesk.Actor, _ string) bool {
		return a.Valid() && a.OnBehalfOf == "" && (a.Role == frontdesk.RoleAdmin || a.Role == frontdesk.RoleSystem)
	}
)

// allow passes an actor that has the permission for the client, and audits a refusal.
func (s *Service) allow(ctx context.Context, op, client string, p permission) error {
	return s.permit(ctx, op, "client:", client, p)
}

// allowExpert is allow for an expert.
func (s *Service) allowExpert(ctx context.Context, op, expert string, p permission) error {
	return s.permit(ctx, op, "expert:", expert, p)
}

func (s *Service) permit(ctx context.Context, op, role, id string, p permission) error {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return err
	}
	if p(a, id) {
		return nil
	}
	refused := frontdesk.Errorf(frontdesk.PermissionDenied, "not allowed")
	return errors.Join(refused, s.audit(ctx, s.store, op, role+id, refused, nil))
}

// find returns an object by our id or by the provider's, and whose it is. To an
// actor without the permission it looks like one that does not exist. It never
// asks the provider, so that both also take the same time.
func find[O Object](ctx context.Context, s *Service, op, id string, p permission) (O, owner, error) {
	var none O
	kind := kindOf[O]()
	hidden := frontdesk.Errorf(frontdesk.NotFound, "no such %s", kind)
	if _, err := frontdesk.ActorFrom(ctx); err != nil {
		return none, owner{}, err
	}
	o, err := s.lookup(ctx, kind, id)
	if errors.Is(err, frontdesk.NotFound) {
		return none, owner{}, hidden
	}
	if err != nil {
		return none, owner{}, err
	}
	customer := customerID(o)
	client, err := s.store.ClientOf(ctx, Ref{o.Head().Account, customer})
	if err != nil && !errors.Is(err, frontdesk.NotFound) {
		return none, owner{}, err
	}
	if s.allow(ctx, op, client, p) != nil {
		return none, owner{}, hidden
	}
	return o.(O), owner{client: client, customer: customer}, nil
}

func (s *Service) lookup(ctx context.Context, kind Kind, id string) (Object, error) {
	if id == "" {
		return nil, frontdesk.InvalidField("id", "is required")
	}
	o, err := s.store.Object(ctx, Key{kind, Ref{ID: id}})
	if errors.Is(err, frontdesk.NotFound) {
		return s.store.ObjectByRow(ctx, kind, id)
	}
	return o, err
}
