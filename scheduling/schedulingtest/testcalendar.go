package schedulingtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// CalendarHarness is a calendar under test, and what its provider can be made to do. Rules about
// what it cannot do are left out, as are those of scheduling.Changes for calendars that lack it.
type CalendarHarness struct {
	Calendar scheduling.Calendar

	// New makes an empty calendar in a zone, that may be written, and returns its name.
	New func(zone string) string
	// Add puts an appointment into a calendar, as a person would by hand, and returns its id
	// as in scheduling.CalendarEntry.
	Add func(calendar string, a Appointment) string
	// Remove deletes what has the id, as a person would by hand.
	Remove func(calendar, id string)

	// FailNext makes the next call fail for good, retries included, with the answer that the
	// calendar is to turn into err's code, and its RetryAfter where the code is RateLimited.
	FailNext func(err error)
	// Refusals are the codes that FailNext can bring about. Default: Unauthenticated,
	// PermissionDenied, RateLimited, QuotaExceeded and Unavailable.
	Refusals []frontdesk.Code
	// LoseNext makes the provider carry out the next write and loses the answer.
	LoseNext func()
	// ForgetTokens makes the provider forget all that it has told in Changes.
	ForgetTokens func()
}

// TestCalendar checks every promise of scheduling.Calendar, and of scheduling.Changes if
// the calendar has that ability. Open is called once per rule.
//
//	func TestCalendar(t *testing.T) {
//		schedulingtest.TestCalendar(t, func(t *testing.T) schedulingtest.CalendarHarness {
//			c := mycalendar.New()
//			return schedulingtest.CalendarHarness{Calendar: c, New: c.Create, Add: c.AddByHand, Remove: c.RemoveByHand}
//		})
//	}
func TestCalendar(t *testing.T, open func(t *testing.T) CalendarHarness) {
	groups := []struct {
		name  string
		rules []calendarRule
	}{
		{"Busy time", calendarBusyRules},
		{"Leaving meetings of ours out", calendarExceptRules},
		{"Putting", calendarPutRules},
		{"Deleting", calendarDeleteRules},
		{"Arguments", calendarArgumentRules},
		{"Failing", calendarFailRules},
		{"Changes", calendarChangesRules},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, r := range g.rules {
				t.Run(r.promise, func(t *testing.T) { r.check(newCalendarTest(t, open(t))) })
			}
		})
	}
}

// calendarRule is one promise, and how to find out whether it is kept.
type calendarRule struct {
	promise string
	check   func(*calendarTest)
}

// calendarTest is one rule under test.
type calendarTest struct {
	*testing.T
	CalendarHarness
	ctx context.Context
	own string // an empty calendar in New York
}

func newCalendarTest(t *testing.T, h CalendarHarness) *calendarTest {
	if h.Refusals == nil {
		h.Refusals = []frontdesk.Code{
			frontdesk.Unauthenticated, frontdesk.PermissionDenied, frontdesk.RateLimited, frontdesk.QuotaExceeded, frontdesk.Unavailable,
		}
	}
	return &calendarTest{T: t, CalendarHarness: h, ctx: t.Context(), own: h.New("America/New_York")}
}

// calendarNow is in the time of all entries of the suite: Tuesday, 1 June 2027.
var calendarNow = time.Date(2027, time.June, 1, 0, 0, 0, 0, time.UTC)

// hours is a span on that day.
func hours(from, to float64) scheduling.Span {
	at := func(h float64) time.Time { return calendarNow.Add(time.Duration(h * float64(time.Hour))) }
	return scheduling.Span{Start: at(from), End: at(to)}
}

func calendarEntry(uid string, sequence int, s scheduling.Span) scheduling.Entry {
	return scheduling.Entry{
		UID: uid, Sequence: sequence, Span: s, Zone: "America/New_York", Summary: "Consultation", Description: "Bring the letter.",
		Organizer: scheduling.Person{Name: "Nina", Email: "nina@example.com"},
		Attendees: []scheduling.Person{{Name: "Ada Lovelace", Email: "ada@example.com"}},
	}
}

func (t *calendarTest) put(e scheduling.Entry) *scheduling.EntryRef {
	t.Helper()
	ref, err := t.Calendar.Put(t.ctx, t.own, e)
	if err != nil {
		t.Fatalf("Put(%s, sequence %d) failed: %v", e.UID, e.Sequence, err)
	}
	if ref == nil || ref.ID == "" {
		t.Fatalf("Put(%s) returned %+v, which has no ID", e.UID, ref)
	}
	return ref
}

func (t *calendarTest) add(a Appointment) string {
	t.Helper()
	id := t.Add(t.own, a)
	if id == "" {
		t.Fatalf("the harness added nothing for %+v", a)
	}
	return id
}

// busy are the spans of the calendar, joined where they touch.
func (t *calendarTest) busy(in scheduling.Span, except func(string) bool) []scheduling.Span {
	t.Helper()
	told, err := t.Calendar.Busy(t.ctx, []string{t.own}, in, except)
	if err != nil {
		t.Fatalf("Busy failed: %v", err)
	}
	return joinSpans(told[t.own])
}

func joinSpans(list []scheduling.Busy) (all []scheduling.Span) {
	for _, b := range list {
		if last := len(all) - 1; last >= 0 && !b.Start.After(all[last].End) {
			if b.End.After(all[last].End) {
				all[last].End = b.End
			}
			continue
		}
		all = append(all, b.Span)
	}
	return all
}

func (t *calendarTest) requireSpans(got []scheduling.Span, want ...scheduling.Span) {
	t.Helper()
	same := len(got) == len(want)
	for i := range min(len(got), len(want)) {
		same = same && got[i].Start.Equal(want[i].Start) && got[i].End.Equal(want[i].End)
	}
	if !same {
		t.Fatalf("busy is\n%v, want\n%v", got, want)
	}
}

func (t *calendarTest) requireCode(want frontdesk.Code, err error) {
	t.Helper()
	if frontdesk.CodeOf(err) != want {
		t.Fatalf("the error is %v (%v), want the code %v", err, frontdesk.CodeOf(err), want)
	}
}

func (t *calendarTest) requireField(name string, err error) {
	t.Helper()
	t.requireCode(frontdesk.Invalid, err)
	for _, f := range frontdesk.Fields(err) {
		if f.Name == name {
			return
		}
	}
	t.Fatalf("the error %v does not name the field %q", err, name)
}

// insist repeats a call whose outcome is unknown, as callers do.
func (t *calendarTest) insist(call func() error) {
	t.Helper()
	for range 10 {
		err := call()
		if err == nil {
			return
		}
		if !errors.Is(err, frontdesk.OutcomeUnknown) {
			t.Fatalf("the answer was lost, and the error is %v, want success or OutcomeUnknown", err)
		}
	}
	t.Fatal("the outcome stays unknown")
}

func nobody(string) bool { return false }

func only(uids ...string) func(string) bool {
	return func(uid string) bool {
		for _, one := range uids {
			if one == uid {
				return true
			}
		}
		return false
	}
}
