package schedulingtest

import (
	"strings"
	"sync"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var calendarPutRules = []calendarRule{
	{"an entry can be put again and again, and is one", func(t *calendarTest) {
		e := calendarEntry("m1@frontdesk", 0, hours(9, 10))
		first := t.put(e)
		for range 3 {
			if again := t.put(e); *again != *first {
				t.Fatalf("the second Put returned %+v, the first %+v", again, first)
			}
		}
		t.requireBusyOnce("m1@frontdesk", hours(9, 10))
	}},
	{"a higher sequence moves the entry, and its ID stays", func(t *calendarTest) {
		first := t.put(calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		moved := t.put(calendarEntry("m1@frontdesk", 1, hours(14, 15)))
		if moved.ID != first.ID {
			t.Fatalf("the ID was %q and is %q", first.ID, moved.ID)
		}
		t.requireBusyOnce("m1@frontdesk", hours(14, 15))
	}},
	{"the same sequence makes the entry what it says now", func(t *calendarTest) {
		t.put(calendarEntry("m1@frontdesk", 1, hours(9, 10)))
		t.put(calendarEntry("m1@frontdesk", 1, hours(11, 12)))
		t.requireBusyOnce("m1@frontdesk", hours(11, 12))
	}},
	{"a lower sequence never replaces a higher one, and is no error", func(t *calendarTest) {
		t.put(calendarEntry("m1@frontdesk", 2, hours(14, 15)))
		t.put(calendarEntry("m1@frontdesk", 1, hours(9, 10)))
		t.put(calendarEntry("m1@frontdesk", 0, hours(8, 9)))
		t.requireBusyOnce("m1@frontdesk", hours(14, 15))
	}},
	{"an entry whose first sequence was lost is made by a later one", func(t *calendarTest) {
		t.put(calendarEntry("m1@frontdesk", 7, hours(9, 10)))
		t.requireBusyOnce("m1@frontdesk", hours(9, 10))
	}},
	{"of sequences that come at once the highest stays", func(t *calendarTest) {
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				e := calendarEntry("m1@frontdesk", n, hours(float64(n), float64(n)+1))
				if _, err := t.Calendar.Put(t.ctx, t.own, e); err != nil {
					t.Errorf("Put(sequence %d) failed: %v", n, err)
				}
			})
		}
		all.Wait()
		t.requireBusyOnce("m1@frontdesk", hours(7, 8))
	}},
	{"what a person has deleted is put back", func(t *calendarTest) {
		ref := t.put(calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		t.Remove(t.own, ref.ID)
		t.requireSpans(t.busy(hours(0, 24), nil))
		t.put(calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		t.requireBusyOnce("m1@frontdesk", hours(9, 10))
	}},
	{"the same UID in another calendar is another entry", func(t *calendarTest) {
		t.put(calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		first := t.own
		t.own = t.New("UTC")
		t.put(calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		if err := t.Calendar.Delete(t.ctx, first, "m1@frontdesk"); err != nil {
			t.Fatal(err)
		}
		t.requireBusyOnce("m1@frontdesk", hours(9, 10))
	}},
	{"a UID may be any text", func(t *calendarTest) {
		for i, uid := range []string{"A@frontdesk", "a@frontdesk", "ü/?#%", strings.Repeat("x", 900)} {
			t.put(calendarEntry(uid, 0, hours(float64(2*i), float64(2*i)+1)))
		}
		for i, uid := range []string{"A@frontdesk", "a@frontdesk", "ü/?#%", strings.Repeat("x", 900)} {
			t.requireBusyOnce(uid, hours(float64(2*i), float64(2*i)+1))
		}
	}},
	{"a calendar that is not there is NotFound", func(t *calendarTest) {
		for _, sequence := range []int{0, 1} {
			_, err := t.Calendar.Put(t.ctx, "nobody@example.com", calendarEntry("m1@frontdesk", sequence, hours(9, 10)))
			t.requireCode(frontdesk.NotFound, err)
		}
	}},
}

// requireBusyOnce checks that the UID blocks one time and no other.
func (t *calendarTest) requireBusyOnce(uid string, want scheduling.Span) {
	t.Helper()
	told, err := t.Calendar.Busy(t.ctx, []string{t.own}, hours(-48, 72), func(one string) bool { return one != uid })
	if err != nil {
		t.Fatalf("Busy failed: %v", err)
	}
	if list := told[t.own]; len(list) != 1 || !list[0].Start.Equal(want.Start) || !list[0].End.Equal(want.End) {
		t.Fatalf("%s is there as %+v, want once, at %v", uid, list, want)
	}
}

var calendarDeleteRules = []calendarRule{
	{"what is deleted blocks nothing, and can be deleted again", func(t *calendarTest) {
		t.put(calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		for range 3 {
			if err := t.Calendar.Delete(t.ctx, t.own, "m1@frontdesk"); err != nil {
				t.Fatalf("Delete failed: %v", err)
			}
			t.requireSpans(t.busy(hours(0, 24), nil))
		}
	}},
	{"what never was there can be deleted", func(t *calendarTest) {
		if err := t.Calendar.Delete(t.ctx, t.own, "never@frontdesk"); err != nil {
			t.Fatalf("Delete failed: %v", err)
		}
	}},
	{"what was deleted can be put again, with whatever sequence", func(t *calendarTest) {
		for _, sequence := range []int{0, 3, 4} {
			t.put(calendarEntry("m1@frontdesk", sequence, hours(9, 10)))
			t.requireBusyOnce("m1@frontdesk", hours(9, 10))
			if err := t.Calendar.Delete(t.ctx, t.own, "m1@frontdesk"); err != nil {
				t.Fatal(err)
			}
		}
		t.put(calendarEntry("m1@frontdesk", 0, hours(11, 12)))
		t.requireBusyOnce("m1@frontdesk", hours(11, 12))
	}},
	{"nothing else is deleted", func(t *calendarTest) {
		t.put(calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		t.put(calendarEntry("m2@frontdesk", 0, hours(11, 12)))
		t.add(Appointment{UID: "m1@frontdesk", Span: hours(14, 15)})
		if err := t.Calendar.Delete(t.ctx, t.own, "m1@frontdesk"); err != nil {
			t.Fatal(err)
		}
		t.requireSpans(t.busy(hours(0, 24), nil), hours(11, 12), hours(14, 15))
	}},
}

var calendarArgumentRules = []calendarRule{
	{"an entry without a UID is Invalid", func(t *calendarTest) { t.refuse("uid", func(e *scheduling.Entry) { e.UID = "" }) }},
	{"an entry without time is Invalid", func(t *calendarTest) {
		t.refuse("span", func(e *scheduling.Entry) { e.Span.End = e.Span.Start })
	}},
	{"a negative sequence is Invalid", func(t *calendarTest) { t.refuse("sequence", func(e *scheduling.Entry) { e.Sequence = -1 }) }},
	{"a zone that is not known is Invalid", func(t *calendarTest) {
		t.refuse("zone", func(e *scheduling.Entry) { e.Zone = "Mars/Olympus_Mons" })
	}},
	{"a calendar without a name is Invalid", func(t *calendarTest) {
		_, err := t.Calendar.Put(t.ctx, "", calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		t.requireField("calendar", err)
		t.requireField("calendar", t.Calendar.Delete(t.ctx, "", "m1@frontdesk"))
		_, err = t.Calendar.Busy(t.ctx, []string{t.own, ""}, hours(0, 24), nil)
		t.requireField("calendars", err)
	}},
	{"a deletion without a UID is Invalid", func(t *calendarTest) {
		t.requireField("uid", t.Calendar.Delete(t.ctx, t.own, ""))
	}},
	{"busy time of no time is Invalid", func(t *calendarTest) {
		_, err := t.Calendar.Busy(t.ctx, []string{t.own}, hours(9, 9), nil)
		t.requireField("span", err)
	}},
}

// refuse checks that an entry is refused for a field, and that nothing is written.
func (t *calendarTest) refuse(field string, spoil func(*scheduling.Entry)) {
	t.Helper()
	e := calendarEntry("m1@frontdesk", 0, hours(9, 10))
	spoil(&e)
	_, err := t.Calendar.Put(t.ctx, t.own, e)
	t.requireField(field, err)
	t.requireSpans(t.busy(hours(0, 24), nil))
}
