package emailtest

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var scheduleRules = []mailerRule{
	{"a scheduled message keeps its time and its content", checkSchedule},
	{"a scheduled message that is not valid reaches nobody", checkScheduleInvalid},
	{"a message that waits can be taken back, once", checkCancel},
	{"a message that was sent cannot be taken back", checkCancelLate},
	{"a message that is not there cannot be taken back", checkCancelUnknown},
}

// soon is a time to send at, in whole seconds as some providers have them.
func soon() time.Time { return time.Now().Add(2 * time.Hour).Truncate(time.Second).UTC() }

func (t *mailerTest) schedule(m *email.Message, at time.Time) email.Receipt {
	t.Helper()
	r, err := ability[email.Scheduler](t).SendAt(t.ctx, m, at)
	if err != nil {
		t.Fatalf("SendAt must succeed here, and failed: %v", err)
	}
	return r
}

func checkSchedule(t *mailerTest) {
	m, at := t.message(), soon()
	r := t.schedule(m, at)
	got := t.only()
	equal(t, "the provider id", got.ProviderID, r.ProviderID)
	equal(t, "the time", got.SendAt.UTC(), at)
	t.arrived(got, m)
}

func checkScheduleInvalid(t *mailerTest) {
	m := t.message()
	m.Subject = "a\r\nBcc: eve@example.com"
	_, err := ability[email.Scheduler](t).SendAt(t.ctx, m, soon())
	t.refused(err, frontdesk.Invalid, "the subject has a line end")
	equal(t, "the number of calls", t.driver.Calls(), 0)
}

func checkCancel(t *mailerTest) {
	r := t.schedule(t.message(), soon())
	scheduler := ability[email.Scheduler](t)
	if err := scheduler.Cancel(t.ctx, r.ProviderID); err != nil {
		t.Fatalf("Cancel must succeed here, and failed: %v", err)
	}
	equal(t, "whether it was taken back", t.only().Canceled, true)
	t.refused(scheduler.Cancel(t.ctx, r.ProviderID), frontdesk.FailedPrecondition, "it was taken back already")
}

func checkCancelLate(t *mailerTest) {
	scheduler, driver := ability[email.Scheduler](t), driving[ScheduleDriver](t)
	r := t.schedule(t.message(), soon())
	if err := driver.Depart(r.ProviderID); err != nil {
		t.Fatal(err)
	}
	t.refused(scheduler.Cancel(t.ctx, r.ProviderID), frontdesk.FailedPrecondition, "it is on its way")
	equal(t, "whether it was taken back", t.only().Canceled, false)
}

func checkCancelUnknown(t *mailerTest) {
	scheduler := ability[email.Scheduler](t)
	t.refused(scheduler.Cancel(t.ctx, "no-such-message"), frontdesk.NotFound, "there is no such message")
	t.refused(scheduler.Cancel(t.ctx, ""), frontdesk.Invalid, "the id is empty")
}
