package emailtest

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var rememberRules = []mailerRule{
	{"the same key is sent once and has one provider id", checkSameKey},
	{"a lost answer is found again with the same key", checkLostAgain},
	{"the same key at the same moment is sent once", checkSameKeyAtOnce},
	{"a key that was refused can be sent", checkKeyAfterRefusal},
	{"a key that was used for another message is AlreadyExists", checkOtherContent},
	{"a key is remembered for at least an hour", checkRemembers},
}

func checkSameKey(t *mailerTest) {
	ability[email.Remembering](t)
	m := t.message()
	m.Attachments = []email.Attachment{textFile("note.txt", "hello")}
	first, again := t.send(m), t.send(m)
	equal(t, "the second provider id", again.ProviderID, first.ProviderID)
	t.holds(1, "the same key is sent once")
}

func checkLostAgain(t *mailerTest) {
	ability[email.Remembering](t)
	m := t.message()
	t.driver.LoseNext()
	_, err := t.m.Send(t.ctx, m)
	t.refused(err, frontdesk.OutcomeUnknown, "whether it was accepted cannot be known")
	r := t.send(m)
	equal(t, "the provider id", r.ProviderID, t.only().ProviderID)
}

func checkSameKeyAtOnce(t *mailerTest) {
	ability[email.Remembering](t)
	m := t.message()
	for _, err := range contend(func(int) error {
		_, err := t.m.Send(t.ctx, m)
		return err
	}) {
		if err != nil {
			t.refused(err, frontdesk.Aborted, "the same key is being sent at this moment")
		}
	}
	t.holds(1, "the same key is sent once")
}

func checkKeyAfterRefusal(t *mailerTest) {
	ability[email.Remembering](t)
	m := t.message()
	t.driver.FailNext(frontdesk.Unavailable)
	_, err := t.m.Send(t.ctx, m)
	t.refused(err, frontdesk.Unavailable, "the provider said so")
	t.send(m)
	t.holds(1, "a refusal does not use the key up")
}

func checkOtherContent(t *mailerTest) {
	ability[email.Remembering](t)
	m := t.message()
	t.send(m)
	other := *m
	other.Subject = "Something else"
	_, err := t.m.Send(t.ctx, &other)
	t.refused(err, frontdesk.AlreadyExists, "it is another message")
	t.holds(1, "it is not sent")
}

func checkRemembers(t *mailerTest) {
	if d := ability[email.Remembering](t).Remembers(); d < time.Hour {
		t.Errorf("keys are remembered for %v, which no retry can count on", d)
	}
}
