package scheduling

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// errUnknown is the answer for what is not there, and for what the actor must not know of.
var errUnknown = frontdesk.Errorf(frontdesk.NotFound, "there is no such thing")

var errNotAllowed = frontdesk.Errorf(frontdesk.PermissionDenied, "not allowed")

func isStaff(a frontdesk.Actor) bool {
	return a.Valid() && (a.Role == frontdesk.RoleAdmin || a.Role == frontdesk.RoleSystem)
}

// permitExpert passes actors that may change what is the expert's: the expert and staff.
func (s *Service) permitExpert(ctx context.Context, op, expert string) (frontdesk.Actor, error) {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return a, err
	}
	if a.OnBehalfOf == "" && (isStaff(a) || a.MayWriteExpert(expert)) {
		return a, nil
	}
	return a, s.refuse(ctx, op, "expert:"+expert, errNotAllowed)
}

// permitExpertReader passes actors that may read what is the expert's.
func (s *Service) permitExpertReader(ctx context.Context, op, expert string) error {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return err
	}
	if isStaff(a) || a.MayReadExpert(expert) {
		return nil
	}
	return s.refuse(ctx, op, "expert:"+expert, errNotAllowed)
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

// refuse audits a refusal, and returns it. What a person asks for and what is not there
// is audited like what they must not know of: both take as long. Strangers do not fill the audit log.
func (s *Service) refuse(ctx context.Context, op, resource string, cause error) error {
	a, err := frontdesk.ActorFrom(ctx)
	code := frontdesk.CodeOf(cause)
	if err != nil || a == nobody || code != frontdesk.PermissionDenied && (code != frontdesk.NotFound || isStaff(a)) {
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
