package billing

import (
	"context"
	"fmt"

	"github.com/frontdesk-go/frontdesk"
)

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

// facts are the fields of an object that the audit log keeps: none of them is
// personal or secret.
func facts(o Object) map[string]string {
	f := map[string]string{"state": o.State()}
	switch o := o.(type) {
	case *Subscription:
		f["terms"] = o.terms()
	case *Invoice:
		f["total"] = o.Total.String()
	case *Payment:
		f["amount"], f["refunded"] = o.Amount.String(), fmt.Sprint(o.Refunded)
	case *Refund:
		f["amount"] = o.Amount.String()
	}
	return f
}
