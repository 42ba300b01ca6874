package emailtest

import (
	"context"
	"errors"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var findRules = []mailerRule{
	{"a message that was sent is found by its key", checkFind},
	{"a message whose answer was lost is found by its key", checkFindLost},
	{"a key under which nothing was sent is NotFound", checkFindNone},
	{"a search that fails is not NotFound", checkFindFails},
}

func (t *mailerTest) find(key string) (email.Receipt, error) {
	return ability[email.Finder](t).Find(t.ctx, key, time.Now().Add(-time.Minute))
}

func checkFind(t *mailerTest) {
	ability[email.Finder](t)
	t.send(t.message())
	m := t.message()
	sent := t.send(m)
	found, err := t.find(m.Key)
	if err != nil {
		t.Fatalf("Find must succeed here, and failed: %v", err)
	}
	equal(t, "the provider id", found.ProviderID, sent.ProviderID)
}

func checkFindLost(t *mailerTest) {
	ability[email.Finder](t)
	m := t.message()
	t.driver.LoseNext()
	_, err := t.m.Send(t.ctx, m)
	t.refused(err, frontdesk.OutcomeUnknown, "whether it was accepted cannot be known")
	found, err := t.find(m.Key)
	if err != nil {
		t.Fatalf("Find must succeed here, and failed: %v", err)
	}
	equal(t, "the provider id", found.ProviderID, t.only().ProviderID)
}

func checkFindNone(t *mailerTest) {
	ability[email.Finder](t)
	t.send(t.message())
	_, err := t.find("no-such-key")
	t.refused(err, frontdesk.NotFound, "nothing was sent under the key")
}

func checkFindFails(t *mailerTest) {
	finder := ability[email.Finder](t)
	ctx, cancel := context.WithCancel(t.ctx)
	cancel()
	_, err := finder.Find(ctx, "any", time.Now())
	if err == nil || errors.Is(err, frontdesk.NotFound) {
		t.Errorf("failed with %v, want an error that does not say that there is none", err)
	}
}
