package frontdesk

import "slices"

// A Code says what kind of failure an error is, in words that hold for every
// package and provider. A Code is itself an error, to be the target of errors.Is:
//
//	errors.Is(err, frontdesk.NotFound)
//
// Its text and its JSON form are its name in snake case ("not_found").
type Code uint8

const (
	// Unknown is the code of errors about whose cause nothing is known.
	Unknown Code = iota

	// Canceled means that the caller's context was canceled.
	Canceled

	// DeadlineExceeded means that the caller's context ran out of time. What was
	// asked for may have been carried out.
	DeadlineExceeded

	// Invalid means that the input was refused before any side effect. [Fields]
	// lists what was wrong with it.
	Invalid

	// NotFound means that there is no such object, or none that the actor may
	// know of.
	NotFound

	// AlreadyExists means that an object with the same identity is there already.
	AlreadyExists

	// PermissionDenied means that the actor, or the provider's account, is known
	// and may not do this.
	PermissionDenied

	// Unauthenticated means that it is not known who asks: the context holds no
	// valid [Actor], or a provider refused the credentials that the host gave us.
	// The first is for the person to mend, by signing in. The second is for the
	// operator, and the context then holds a valid Actor.
	Unauthenticated

	// FailedPrecondition means that the object's state does not allow it. Trying
	// again is useless until something else changes that state.
	FailedPrecondition

	// Aborted means that another writer won a race. Nothing was changed; trying
	// again may succeed.
	Aborted

	// Declined means that a payment method was refused.
	Declined

	// RateLimited means that too much was asked for in a short time. Nothing was
	// carried out; it may be tried again after [RetryAfter].
	RateLimited

	// QuotaExceeded means that an allowance is used up. Trying again does not help.
	QuotaExceeded

	// Unavailable means that the request was not carried out and may be tried
	// again.
	Unavailable

	// OutcomeUnknown means that the request may have been carried out: the
	// connection was lost before the answer came. Try again only with the same
	// idempotency key.
	OutcomeUnknown

	// Unimplemented means that the provider, or its adapter, has no such ability.
	Unimplemented

	// Internal means that an invariant is broken: the fault is in this program
	// or in the provider's.
	Internal
)

var codeNames = [...]string{
	Unknown:            "unknown",
	Canceled:           "canceled",
	DeadlineExceeded:   "deadline_exceeded",
	Invalid:            "invalid",
	NotFound:           "not_found",
	AlreadyExists:      "already_exists",
	PermissionDenied:   "permission_denied",
	Unauthenticated:    "unauthenticated",
	FailedPrecondition: "failed_precondition",
	Aborted:            "aborted",
	Declined:           "declined",
	RateLimited:        "rate_limited",
	QuotaExceeded:      "quota_exceeded",
	Unavailable:        "unavailable",
	OutcomeUnknown:     "outcome_unknown",
	Unimplemented:      "unimplemented",
	Internal:           "internal",
}

// String returns the code's name, such as "not_found". A number that is no code
// reads "unknown".
func (c Code) String() string {
	if int(c) >= len(codeNames) {
		return codeNames[Unknown]
	}
	return codeNames[c]
}

// Error returns the code's name.
func (c Code) Error() string { return c.String() }

// MarshalText returns the code's name. It never fails.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText sets c to the code with the given name. It returns Invalid if
// there is none.
func (c *Code) UnmarshalText(text []byte) error {
	i := slices.Index(codeNames[:], string(text))
	if i < 0 {
		return InvalidField("code", "is not the name of a code")
	}
	*c = Code(i)
	return nil
}

// Retryable reports whether the same request may succeed if it is made again.
// After OutcomeUnknown and DeadlineExceeded the first attempt may have been
// carried out, so the next one must carry the same idempotency key.
func (c Code) Retryable() bool {
	switch c {
	case Aborted, RateLimited, Unavailable, OutcomeUnknown, DeadlineExceeded:
		return true
	}
	return false
}
