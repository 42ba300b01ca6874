package email

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// permission is what an operation asks of its actor.
type permission func(a frontdesk.Actor, client string) bool

// The permissions: to send a client's mail, and to do what only the host itself does.
var (
	toSend permission = func(a frontdesk.Actor, client string) bool {
		return a.MayWrite(client) || toOperate(a, client)
	}

	toOperate permission = func(a frontdesk.Actor, _ string) bool {
		return a.Valid() && a.OnBehalfOf == "" && (a.Role == frontdesk.RoleAdmin || a.Role == frontdesk.RoleSystem)
	}
)

// permit passes an actor that has the permission, and audits a refusal.
func (s *Service) permit(ctx context.Context, op, resource, client string, p permission) error {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return err
	}
	if p(a, client) {
		return nil
	}
	refused := frontdesk.Errorf(frontdesk.PermissionDenied, "not allowed")
	return errors.Join(refused, s.audit(ctx, s.store, op, resource, refused, nil))
}

// audit records who did what to which resource, and how it ended.
func (s *Service) audit(ctx context.Context, st Store, op, resource string, cause error, after map[string]string) error {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return err
	}
	return st.Audit(ctx, frontdesk.AuditEvent{
		Time: s.now(), Actor: a, Action: op, Resource: resource,
		Outcome: frontdesk.OutcomeOf(cause), After: after,
	})
}
