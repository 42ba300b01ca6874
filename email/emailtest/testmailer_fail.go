package emailtest

import (
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

var failRules = []mailerRule{
	{"every refusal has its code, sends nothing, and spoils nothing", checkCodes},
	{"a rate limit says when to try again", checkRetryAfter},
	{"a lost answer is OutcomeUnknown", checkLost},
}

var allRefusals = []frontdesk.Code{
	frontdesk.Invalid, frontdesk.Unauthenticated, frontdesk.PermissionDenied, frontdesk.FailedPrecondition,
	frontdesk.Declined, frontdesk.Aborted, frontdesk.RateLimited, frontdesk.QuotaExceeded, frontdesk.Unavailable,
}

func checkCodes(t *mailerTest) {
	codes := t.harness.Refusals
	if codes == nil {
		codes = allRefusals
	}
	for _, code := range codes {
		m, before := t.message(), len(t.driver.Mails())
		t.driver.FailNext(code)
		_, err := t.m.Send(t.ctx, m)
		t.refused(err, code, "the provider said so")
		t.holds(before, "a message that is refused is not sent")
		if code == frontdesk.RateLimited {
			continue // the mailer may wait before it asks again
		}
		t.send(m)
		t.holds(before+1, "the refusal was for one attempt only")
	}
}

func checkRetryAfter(t *mailerTest) {
	if t.harness.Refusals != nil && !slices.Contains(t.harness.Refusals, frontdesk.RateLimited) {
		t.Skip("the provider has no rate limit")
	}
	wait := 2 * time.Minute
	t.driver.FailNext(&frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: wait})
	_, err := t.m.Send(t.ctx, t.message())
	t.refused(err, frontdesk.RateLimited, "the provider said so")
	equal(t, "the time to wait", frontdesk.RetryAfter(err), wait)
}

func checkLost(t *mailerTest) {
	t.driver.LoseNext()
	_, err := t.m.Send(t.ctx, t.message())
	t.refused(err, frontdesk.OutcomeUnknown, "whether it was accepted cannot be known")
	t.holds(1, "it was accepted")
}
