package scheduling

import (
	"time"
)

// Bounds of a [Query].
const (
	MaxHosts  = 64 // of an event type
	MaxLimits = 8  // of an event type
)

// Query asks when an event type can be booked. [Slots] lists the starts, [Check] and [Explain]
// ask for one. It is pure data: what it says of the hosts is all that is known, and Now is the
// only clock. A Query is read, never written, so that many may share its parts.
type Query struct {
	Type     *EventType
	Duration time.Duration // one of the type's; 0: the first. With Moving, any whole minutes
	Hosts    []Diary       // the owner's for One; else those of Type.Hosts, in their order
	Seats    int           // wanted; 0: one

	From, To time.Time // starts are in [From, To); zero: now, and the last that the horizon allows
	Now      time.Time

	// Moving is the Ref of a meeting that would be moved: neither its time nor its place in
	// limits counts. It is empty when one seat of several is moved, for the meeting stays.
	Moving string
	Waive  Waiver
}

// Diary is what a Query knows of a host.
type Diary struct {
	Expert   string
	Fixed    bool // RoundRobin: takes part in each meeting
	Schedule *Schedule
	// Busy is when the host cannot meet, of all sources and event types: at least what
	// touches the first Span of Query.Needs. It is fastest when sorted by the start of Blocked or,
	// where that is zero, of Span. Holds that have expired are not among it, nor, for who holds it, the guest's own hold.
	Busy []Busy
	// Booked is what limits count and in which seats are left: at least what starts in the second Span of Query.Needs.
	Booked    []Booked
	WeekStart time.Weekday // for limits per week; zero is Sunday
}

// Booked is a meeting of the Query's event type with a host, held and pending ones included,
// canceled and expired ones not.
type Booked struct {
	Span
	Ref   string // the meeting's, as in Busy.Ref
	Seats int    // that are taken
}

// Waiver says what does not count, as for a host who books.
type Waiver struct {
	Notice  bool // as soon as now
	Horizon bool // however far ahead; with a zero To, a year
	Hours   bool // outside the hours too: starts step from local midnight then
	Grid    bool // on every whole minute
	Limits  bool // beyond them
}

// Needs returns what the hosts' diaries must hold at least: their Busy all that touches
// the first span with its Blocked, or else its Span, and their Booked all that starts in the second.
//
// The first is [From, To) with the longest meeting and the type's buffers around it and,
// for AlignPack, the days before in which the grid begins. Whoever looks meetings up by Span instead of
// Blocked widens it by the largest buffers of any event type. The second covers the whole local
// periods of the type's limits, in every zone.
func (q Query) Needs() (busy, booked Span) {
	var r rules
	if r.set(&q) != nil {
		return busy, booked
	}
	reach := int64(farSeconds)
	if !r.waive.Horizon {
		reach = (q.Type.Horizon.last(dayOf(r.now+farDay))+1)*day + farDay
	}
	r.reach(reach)
	need := r.busyRange()
	for _, d := range q.Type.Durations {
		need.end = max(need.end, r.to+wholeSeconds(d)+r.after)
	}
	first, after := r.from-farDay, r.to+farDay
	for _, l := range r.limits {
		first, after = min(first, r.from-l.per.longest()), max(after, r.to+l.per.longest())
	}
	return span(need), span(interval{first, after})
}

func span(i interval) Span { return Span{Start: instant(i.start), End: instant(i.end)} }

// longest is how long the period can be, in any zone.
func (p Period) longest() int64 {
	switch p {
	case PerWeek:
		return 7*day + farDay
	case PerMonth:
		return 31*day + farDay
	case PerYear:
		return 366*day + farDay
	}
	return day + farDay
}

// Validate fails with Invalid and the field that does not make sense. A Query that fails has no
// slots. It does not repeat what EventType.Validate and Schedule.Validate say of its parts.
func (q Query) Validate() error {
	e := engines.Get().(*engine)
	defer e.give()
	return e.open(&q)
}
