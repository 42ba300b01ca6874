package schedulingtest

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

var calendarFailRules = []calendarRule{
	{"a refusal has its code, and busy time is not told", func(t *calendarTest) {
		if t.FailNext == nil {
			return
		}
		for _, code := range t.Refusals {
			t.FailNext(&frontdesk.Error{Code: code})
			told, err := t.Calendar.Busy(t.ctx, []string{t.own}, hours(0, 24), nil)
			t.requireCode(code, err)
			if told != nil {
				t.Fatalf("Busy failed with %v and told %v", code, told)
			}
		}
	}},
	{"a refused Put writes nothing, and the next one does", func(t *calendarTest) {
		if t.FailNext == nil {
			return
		}
		e := calendarEntry("m1@frontdesk", 0, hours(9, 10))
		for _, code := range t.Refusals {
			if code == frontdesk.Unavailable {
				continue // of a write nobody knows
			}
			t.FailNext(&frontdesk.Error{Code: code})
			_, err := t.Calendar.Put(t.ctx, t.own, e)
			t.requireCode(code, err)
			t.requireSpans(t.busy(hours(0, 24), nil))
		}
		t.put(e)
		t.requireBusyOnce("m1@frontdesk", hours(9, 10))
	}},
	{"a rate limit says how long to wait", func(t *calendarTest) {
		if t.FailNext == nil {
			return
		}
		t.FailNext(&frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: 5 * time.Minute})
		_, err := t.Calendar.Busy(t.ctx, []string{t.own}, hours(0, 24), nil)
		t.requireCode(frontdesk.RateLimited, err)
		if wait := frontdesk.RetryAfter(err); wait < 5*time.Minute {
			t.Fatalf("RetryAfter is %v, want 5 minutes", wait)
		}
	}},
	{"a Put whose answer was lost can be repeated, and is one entry", func(t *calendarTest) {
		if t.LoseNext == nil {
			return
		}
		for sequence := range 3 {
			e := calendarEntry("m1@frontdesk", sequence, hours(float64(sequence), float64(sequence)+1))
			t.LoseNext()
			t.insist(func() error { _, err := t.Calendar.Put(t.ctx, t.own, e); return err })
			t.requireBusyOnce("m1@frontdesk", e.Span)
		}
	}},
	{"a Delete whose answer was lost can be repeated", func(t *calendarTest) {
		if t.LoseNext == nil {
			return
		}
		t.put(calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		t.LoseNext()
		t.insist(func() error { return t.Calendar.Delete(t.ctx, t.own, "m1@frontdesk") })
		t.requireSpans(t.busy(hours(0, 24), nil))
	}},
	{"who has gone gets nothing, and writes nothing", func(t *calendarTest) {
		ctx, cancel := context.WithCancel(t.ctx)
		cancel()
		_, err := t.Calendar.Busy(ctx, []string{t.own}, hours(0, 24), nil)
		t.requireCode(frontdesk.Canceled, err)
		_, err = t.Calendar.Put(ctx, t.own, calendarEntry("m1@frontdesk", 0, hours(9, 10)))
		t.requireCode(frontdesk.Canceled, err)
		t.requireCode(frontdesk.Canceled, t.Calendar.Delete(ctx, t.own, "m1@frontdesk"))
		t.requireSpans(t.busy(hours(0, 24), nil))
	}},
}
