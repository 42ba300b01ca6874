package storage

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// errUnknown is the answer for a document that is not there, and for one that the actor
// must not know of.
var errUnknown = frontdesk.Errorf(frontdesk.NotFound, "there is no such document")

var errNotAllowed = frontdesk.Errorf(frontdesk.PermissionDenied, "not allowed")

// permission is what an operation asks of its actor: nil, or how it refuses.
type permission func(a frontdesk.Actor, d *Document) error

// The permissions: to know of a document, to change it, and to decide about it.
var (
	toRead permission = func(a frontdesk.Actor, d *Document) error {
		if isStaff(a) || a.Role == frontdesk.RoleClient && a.MayRead(d.Client) && d.visibleToClient() {
			return nil
		}
		return errUnknown
	}

	toChange permission = func(a frontdesk.Actor, d *Document) error {
		if err := toRead(a, d); err != nil {
			return err
		}
		switch {
		case a.OnBehalfOf != "":
			return errNotAllowed
		case isStaff(a):
			return nil
		case d.By.Role != frontdesk.RoleClient:
			return errNotAllowed
		case d.Status == StatusApproved:
			return frontdesk.Errorf(frontdesk.FailedPrecondition, "it is approved")
		}
		return nil
	}

	toDecide permission = func(a frontdesk.Actor, d *Document) error {
		if err := toRead(a, d); err != nil {
			return err
		}
		if isStaff(a) && a.OnBehalfOf == "" {
			return nil
		}
		return errNotAllowed
	}
)

func isStaff(a frontdesk.Actor) bool {
	return a.Valid() && (a.Role == frontdesk.RoleAdmin || a.Role == frontdesk.RoleSystem)
}

// visibleToClient reports whether the document's client sees it: what it uploaded itself,
// and what is shared with it.
func (d *Document) visibleToClient() bool {
	return d.Visibility == Shared || d.By.Role == frontdesk.RoleClient
}

// permitClient passes actors that may act for the client: the client and staff.
func (s *Service) permitClient(ctx context.Context, op, client string) (frontdesk.Actor, error) {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return a, err
	}
	if a.OnBehalfOf == "" && (isStaff(a) || a.MayWrite(client)) {
		return a, nil
	}
	return a, s.refuse(ctx, op, "client:"+client, errNotAllowed)
}

// permitStaff passes who may do what only the host itself does.
func (s *Service) permitStaff(ctx context.Context, op, resource string) error {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return err
	}
	if isStaff(a) && a.OnBehalfOf == "" {
		return nil
	}
	return s.refuse(ctx, op, resource, errNotAllowed)
}

// refuse audits a refusal, and returns it. A document that a client asks for and that is
// not there is audited like one that it must not know of: both take as long.
func (s *Service) refuse(ctx context.Context, op, resource string, cause error) error {
	switch frontdesk.CodeOf(cause) {
	case frontdesk.PermissionDenied:
	case frontdesk.NotFound:
		if a, err := frontdesk.ActorFrom(ctx); err != nil || isStaff(a) {
			return cause
		}
	default:
		return cause
	}
	return errors.Join(cause, s.audit(ctx, s.store, op, resource, frontdesk.Denied, nil, nil))
}

// audit records who did what to which resource, and how it ended.
func (s *Service) audit(ctx context.Context, st Store, op, resource string, outcome frontdesk.AuditOutcome, before, after map[string]string) error {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return err
	}
	return st.Audit(ctx, frontdesk.AuditEvent{
		Time: s.now(), Actor: a, Action: op, Resource: resource, Outcome: outcome, Before: before, After: after,
	})
}

// unknown makes the store's answer for what is not there the same as that for what is hidden.
func unknown(err error) error {
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return errUnknown
	}
	return err
}

func documentResource(id string) string { return "document:" + id }
