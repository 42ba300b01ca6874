package frontdesk

import (
	"context"
	"errors"
)

// A Role says what an actor is to the business.
type Role string

const (
	// RoleClient buys from the business and sees what is its own.
	RoleClient Role = "client"

	// RoleExpert offers services through the business.
	RoleExpert Role = "expert"

	// RoleAdmin runs the business.
	RoleAdmin Role = "admin"

	// RoleSystem is no person: a job, a webhook, a migration.
	RoleSystem Role = "system"
)

// An Actor is who acts. The host knows, because it signs people in, and says so
// with [WithActor]; services decide by it and audit under it. The zero Actor may do
// nothing.
//
// [Client], [Expert], [Admin] and [System] make the usual ones. A host where several
// people share one client sets ID and ClientID itself.
type Actor struct {
	// ID is the host's id of the person, or the name of the job.
	ID string

	// Role decides, together with the two ids below, what the actor may do.
	Role Role

	// ClientID is the client that an actor with RoleClient stands for.
	ClientID string

	// ExpertID is the expert that an actor with RoleExpert stands for.
	ExpertID string

	// OnBehalfOf is the id of the person whose view the actor has taken, as
	// support staff do. Such an actor changes nothing.
	OnBehalfOf string

	// Origin is where the request came from.
	Origin Origin
}

// Client returns the actor for the client with that id.
func Client(id string, from Origin) Actor {
	return Actor{ID: id, Role: RoleClient, ClientID: id, Origin: from}
}

// Expert returns the actor for the expert with that id.
func Expert(id string, from Origin) Actor {
	return Actor{ID: id, Role: RoleExpert, ExpertID: id, Origin: from}
}

// Admin returns the actor for the administrator with that id.
func Admin(id string, from Origin) Actor {
	return Actor{ID: id, Role: RoleAdmin, Origin: from}
}

// System returns the actor for work that no person asked for. The name says which, for
// the audit log: "reconcile".
func System(name string) Actor {
	return Actor{ID: name, Role: RoleSystem}
}

// Valid reports whether the actor has an id, a known role, and the client or expert
// that the role stands for.
func (a Actor) Valid() bool {
	switch a.Role {
	case RoleClient:
		return a.ID != "" && a.ClientID != ""
	case RoleExpert:
		return a.ID != "" && a.ExpertID != ""
	case RoleAdmin, RoleSystem:
		return a.ID != ""
	}
	return false
}

// MayRead reports whether the actor may see what belongs to the client with that id.
// Clients may see what is their own, administrators and the system everything, and
// others nothing. What belongs to no client is not seen: the empty id gives false.
func (a Actor) MayRead(clientID string) bool {
	switch {
	case !a.Valid() || clientID == "":
		return false
	case a.Role == RoleClient:
		return a.ClientID == clientID
	}
	return a.Role == RoleAdmin || a.Role == RoleSystem
}

// MayWrite reports whether the actor may change what belongs to the client with
// that id: whatever it may read, unless it acts on behalf of somebody.
func (a Actor) MayWrite(clientID string) bool {
	return a.OnBehalfOf == "" && a.MayRead(clientID)
}

// MayReadExpert reports whether the actor may see what belongs to the expert with that
// id. Experts may see what is their own, administrators and the system everything, and
// others nothing. The empty id gives false.
func (a Actor) MayReadExpert(expertID string) bool {
	switch {
	case !a.Valid() || expertID == "":
		return false
	case a.Role == RoleExpert:
		return a.ExpertID == expertID
	}
	return a.Role == RoleAdmin || a.Role == RoleSystem
}

// MayWriteExpert reports whether the actor may change what belongs to the expert with
// that id: whatever it may read, unless it acts on behalf of somebody.
func (a Actor) MayWriteExpert(expertID string) bool {
	return a.OnBehalfOf == "" && a.MayReadExpert(expertID)
}

type actorKey struct{}

// WithActor returns a context in which a acts.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom returns the actor of the context. It returns Unauthenticated if there is
// none, or one that is not valid.
func ActorFrom(ctx context.Context) (Actor, error) {
	a, found := ctx.Value(actorKey{}).(Actor)
	switch {
	case !found:
		return Actor{}, Errorf(Unauthenticated, "sign in first: %w", errNoActor)
	case !a.Valid():
		return Actor{}, Errorf(Unauthenticated, "sign in first: %w", errActorNotValid)
	}
	return a, nil
}

var (
	errNoActor       = errors.New("no actor in the context")
	errActorNotValid = errors.New("the actor in the context is not valid")
)
