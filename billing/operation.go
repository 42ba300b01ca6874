package billing

import "time"

// OperationState is how far a write to the provider has come.
type OperationState string

const (
	OperationPending OperationState = "pending" // under way, or its outcome is not known
	OperationDone    OperationState = "done"
	OperationFailed  OperationState = "failed" // the provider refused it
)

// Operation is the persisted intent to write to the provider. Its ID is the
// idempotency key and its Params are the body, so that a retry, also by another
// process after a crash, repeats the very same request.
type Operation struct {
	ID        string // opaque, given by the store
	Name      string // billing.CancelSubscription, ...
	Account   string
	Client    string
	Intent    string // what makes two calls the same: the host's key, or the object and a hash of the parameters
	Keyed     bool   // Intent is the host's: it stays taken after the operation is done
	Params    []byte // JSON
	State     OperationState
	Result    string // provider id of what it made or changed
	CreatedAt time.Time
}
