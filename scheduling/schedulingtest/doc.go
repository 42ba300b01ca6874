// Package schedulingtest is for tests of what uses or implements scheduling.
//
// [NewStore] returns a scheduling.Store in memory, [NewCalendar] a scheduling.Calendar that
// fails when it is told to. [TestStore] and [TestCalendar] are the suites that every
// implementation of the two passes, these among them.
package schedulingtest
