package frontdesk

import "time"

// An AuditEvent records who did what to which object, and how it ended. Services
// write one for every change, and for every change they refused.
type AuditEvent struct {
	// Time is when the action ended, in UTC.
	Time time.Time

	// Actor is who acted. Its Origin holds the request id.
	Actor Actor

	// Action is the name of the operation, as errors and spans have it:
	// "billing.CancelSubscription".
	Action string

	// Resource names the object: "subscription/sub_123".
	Resource string

	// Outcome is how the action ended.
	Outcome AuditOutcome

	// Before and After hold what the action changed, by field. Services pick the
	// fields one by one, so that no secret and no personal data comes in.
	Before, After map[string]string
}

// An AuditOutcome is how an audited action ended.
type AuditOutcome string

const (
	// Succeeded actions were carried out.
	Succeeded AuditOutcome = "ok"

	// Denied actions were refused because of who asked.
	Denied AuditOutcome = "denied"

	// Failed actions ended in any other error. Some of them may have been carried
	// out, as [OutcomeUnknown] says.
	Failed AuditOutcome = "failed"
)

// OutcomeOf returns the outcome of an action that returned err.
func OutcomeOf(err error) AuditOutcome {
	if err == nil {
		return Succeeded
	}
	switch CodeOf(err) {
	case PermissionDenied, Unauthenticated:
		return Denied
	}
	return Failed
}
