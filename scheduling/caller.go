package scheduling

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
)

// caller is who asks: the actor, or a guest whom nobody has signed in.
type caller struct {
	frontdesk.Actor
	guest bool
}

// nobody is the guest in the audit log. It is never asked what it may.
var nobody = frontdesk.Actor{ID: "guest", Role: frontdesk.RoleClient, ClientID: "(guest)"}

// callerOf says who asks, and returns a context that audits it.
func callerOf(ctx context.Context) (context.Context, caller) {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return frontdesk.WithActor(ctx, nobody), caller{Actor: nobody, guest: true}
	}
	return ctx, caller{Actor: a}
}

func (c caller) by() By {
	if c.guest {
		return By{Role: frontdesk.RoleClient}
	}
	return By{ID: c.ID, Role: c.Role}
}

func (c caller) staff() bool { return !c.guest && isStaff(c.Actor) }

// hosts reports whether the caller is one of the experts, or staff.
func (c caller) hosts(experts ...string) bool {
	if c.guest || c.staff() {
		return c.staff()
	}
	for _, e := range experts {
		if c.MayReadExpert(e) {
			return true
		}
	}
	return false
}

// admit passes requests that the caller may make, and says for whom they are.
func (s *Service) admit(c caller, t *EventType, r *Request) error {
	switch {
	case c.guest && len(s.options.Secrets) == 0:
		return frontdesk.Errorf(frontdesk.Unauthenticated, "sign in first")
	case c.OnBehalfOf != "":
		return errNotAllowed
	case c.hosts(t.experts()...):
		return nil
	case c.guest && r.Client == "" && !r.Override:
		return nil
	case c.guest || c.Role != frontdesk.RoleClient || r.Override:
		return errNotAllowed
	}
	orElse(&r.Client, c.ClientID)
	if !c.MayWrite(r.Client) {
		return errNotAllowed
	}
	return nil
}

// key keeps the keys of clients, guests and staff apart.
func (c caller) key(r *Request) string {
	switch {
	case r.Key == "":
		return ""
	case c.guest:
		return "guest/" + r.Guest.Email + "/" + r.Key
	case c.Role == frontdesk.RoleClient:
		return "client/" + c.ClientID + "/" + r.Key
	}
	return string(c.Role) + "/" + c.ID + "/" + r.Key
}
