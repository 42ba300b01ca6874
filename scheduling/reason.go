package scheduling

import "github.com/frontdesk-go/frontdesk"

// Reason is why a meeting cannot be booked at a time. It is an error, so that it is found in
// what [Check] returns:
//
//	if errors.Is(err, scheduling.ReasonHeld) { ... }
//	if why, ok := errors.AsType[scheduling.Reason](err); ok { ... }
//
// The empty Reason is none: it can be booked.
type Reason string

// Why a time cannot be booked. Of several reasons the first of this list is told, and of
// several hosts of a RoundRobin the one who comes nearest.
const (
	ReasonQuery   Reason = "query"   // it cannot be told: see Query.Validate
	ReasonPast    Reason = "past"    // it is before now
	ReasonNotice  Reason = "notice"  // it is too soon
	ReasonHorizon Reason = "horizon" // it is too far ahead
	ReasonFull    Reason = "full"    // a meeting of the type begins then, without enough seats
	ReasonClosed  Reason = "closed"  // it is outside the hours
	ReasonGrid    Reason = "grid"    // it is in the hours, where no start lies
	ReasonLimit   Reason = "limit"   // a limit of its period is reached
	ReasonHeld    Reason = "held"    // somebody holds the time
	ReasonBusy    Reason = "busy"    // a meeting, or an entry of another calendar, takes the time
	ReasonBuffer  Reason = "buffer"  // it is too near to what is before or after it
)

var reasonTexts = map[Reason]string{
	ReasonQuery:   "the question cannot be answered",
	ReasonPast:    "the time has passed",
	ReasonNotice:  "the time is too soon to be booked",
	ReasonHorizon: "the time is too far ahead to be booked yet",
	ReasonFull:    "there are not enough seats left",
	ReasonClosed:  "the time is outside the hours",
	ReasonGrid:    "no meeting starts at that time",
	ReasonLimit:   "no more meetings are taken in that period",
	ReasonHeld:    "somebody else is booking the time",
	ReasonBusy:    "the time is taken",
	ReasonBuffer:  "the time is too near to another meeting",
}

// Text says it to people, in English; the empty Reason has none.
func (r Reason) Text() string { return reasonTexts[r] }

// Error is Text, or what the Reason is where there is none.
func (r Reason) Error() string {
	if text := r.Text(); text != "" {
		return text
	}
	return "reason " + string(r)
}

// rank is its place in the list: the higher, the nearer it was to being booked.
func (r Reason) rank() int {
	for i, other := range reasonOrder {
		if r == other {
			return i
		}
	}
	return len(reasonOrder)
}

var reasonOrder = [...]Reason{
	ReasonQuery, ReasonPast, ReasonNotice, ReasonHorizon, ReasonFull, ReasonClosed,
	ReasonGrid, ReasonLimit, ReasonHeld, ReasonBusy, ReasonBuffer,
}

// refusal is the error of a Reason: FailedPrecondition.
func refusal(r Reason) error {
	return &frontdesk.Error{Code: frontdesk.FailedPrecondition, Message: r.Text(), Err: r}
}
