package scheduling

// Busy is time in which an expert cannot meet: meetings, holds, entries of other calendars
// and time off are all of this type.
type Busy struct {
	Span
	Kind   BusyType
	Source string // where it is from: a calendar's name; empty: a meeting of ours
	Ref    string // its id there; of ours: the meeting's
	// Blocked is the Span with the buffers of a meeting of ours. What is foreign has no
	// buffers of its own and leaves it zero: only the candidate's buffers count then.
	Blocked Span
}

// BusyType follows RFC 7953.
type BusyType string

// Why an expert is busy.
const (
	BusyMeeting     BusyType = "busy"
	BusyTentative   BusyType = "busy-tentative" // a hold, or what waits to be confirmed
	BusyUnavailable BusyType = "busy-unavailable"
)
