// Package scheduling keeps the agenda of experts: when they are there, what can be booked
// with them, and who has.
//
// Its core is pure. A [Query] holds all that is known, a schedule, busy times, an event type and the
// time; [Slots] yields what can be booked, [Check] and [Explain] ask for one start, and all three are one engine.
// They know no clock and no zone of the process, and are right in every zone, on the days on
// which clocks change too: an instant is open if and only if its local wall clock lies in a window on its local date.
//
//	for slot := range scheduling.Slots(q) { ... }
//	why := scheduling.Explain(q, start, 0)
//
// Around it is the [Service]. [Service.Search] brings a Query together from the [Store] and from
// calendars, [Service.Hold] and [Service.Book] take the time, which no two meetings of an
// expert ever share: the database refuses it. What follows from a change (mails, calendars, refunds,
// reminders, an offer to who waits) is stored with the change and done by [Service.Deliver],
// once; [Service.Lapse] ends holds that nobody paid for.
//
// Actors come from the context. Clients see their own bookings and no other guest's name, experts
// their meetings, staff all, and to everybody else a meeting looks like one that does not exist. Guests
// without an account come back with the token of their [Ticket].
//
// Nothing here runs on after its call has returned.
package scheduling
