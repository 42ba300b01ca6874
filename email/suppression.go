package email

import "time"

// Reason is why an address gets no more mail.
type Reason string

const (
	ReasonBounce    Reason = "hard_bounce" // there is no such mailbox
	ReasonComplaint Reason = "complaint"   // its owner reported a mail as spam
	ReasonManual    Reason = "manual"      // an administrator said so
	ReasonProvider  Reason = "provider"    // the provider has it on a list of its own
)

// Suppression is an address that gets no more mail.
type Suppression struct {
	Address string // in lower case
	Reason  Reason
	Since   time.Time
	Message int64  // the entry that it follows from; 0: none, or not known
	Detail  string // the provider's or the administrator's reason, for people
}

// SuppressionFilter selects suppressed addresses, in alphabetical order.
type SuppressionFilter struct {
	Addresses []string // empty: all
	After     string   // only addresses behind it; empty: from the first
	Limit     int      // default 50, at most 500
}
