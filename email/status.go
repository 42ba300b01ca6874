package email

import "slices"

// Status is how far a message has come.
type Status string

const (
	StatusQueued     Status = "queued"
	StatusSent       Status = "sent"       // the provider has accepted it
	StatusDelayed    Status = "delayed"    // the recipient's server has not taken it yet
	StatusDelivered  Status = "delivered"  // the recipient's server has taken it
	StatusBounced    Status = "bounced"    // it was returned
	StatusComplained Status = "complained" // the recipient has reported it as spam
	StatusFailed     Status = "failed"     // it will not be sent; the log says why
	StatusSuppressed Status = "suppressed" // not sent: all recipients are on the suppression list
)

// order is how far the statuses are. It is total, so that the status at which a
// message ends does not depend on the order in which its events came.
var order = []Status{
	StatusQueued, StatusSent, StatusDelayed, StatusDelivered, // and, at the end:
	StatusFailed, StatusSuppressed, StatusBounced, StatusComplained,
}

// Statuses are all statuses, each [Status.Before] the next.
func Statuses() []Status { return slices.Clone(order) }

// Valid reports whether it is one of the statuses.
func (s Status) Valid() bool { return slices.Contains(order, s) }

// Before reports whether a message moves from s to o, and not back. What is not valid
// is before all.
func (s Status) Before(o Status) bool { return slices.Index(order, s) < slices.Index(order, o) }
