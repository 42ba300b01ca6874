package emailtest

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var webhookRules = []mailerRule{
	{"the provider's name in events is the mailer's", checkWebhookName},
	{"events say what became of a message", checkEvents},
	{"an event of an unknown type is read and means nothing", checkUnknownEvent},
	{"an event keeps the bytes as they were signed", checkPayload},
	{"a body that was changed is refused", checkChangedBody},
	{"a delivery without any one of its headers is refused", checkMissingHeader},
	{"a signature may be five minutes off, and no second more", checkAge},
	{"an event that is not JSON is refused, signed or not", checkNotJSON},
}

// webhooks are the mailer's, and the provider that makes them.
func (t *mailerTest) webhooks() (email.Webhooks, WebhookDriver) {
	t.Helper()
	return ability[email.Webhooks](t), driving[WebhookDriver](t)
}

// moment is when the webhooks of the suite are made: a whole second, as signatures have.
var moment = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

func checkWebhookName(t *mailerTest) {
	hooks, driver := t.webhooks()
	header, body := driver.Webhook(email.Event{MessageID: "m1", Status: email.StatusSent}, moment)
	e, err := hooks.ParseWebhook(header, body, moment)
	if err != nil {
		t.Fatalf("ParseWebhook must succeed here, and failed: %v", err)
	}
	equal(t, "the provider of the event", e.Provider, t.m.Name())
	equal(t, "the name", hooks.Name(), t.m.Name())
}

func checkEvents(t *mailerTest) {
	hooks, driver := t.webhooks()
	for _, want := range []email.Event{
		{ID: "evt_1", MessageID: "m1", Status: email.StatusSent},
		{ID: "evt_2", MessageID: "m1", Status: email.StatusDelayed},
		{ID: "evt_3", MessageID: "m1", Status: email.StatusDelivered},
		{ID: "evt_4", MessageID: "m2", Status: email.StatusBounced, Permanent: true, Recipient: "ada@example.com"},
		{ID: "evt_5", MessageID: "m3", Status: email.StatusBounced, Recipient: "ada@example.com"},
		{ID: "evt_6", MessageID: "m4", Status: email.StatusComplained, Recipient: "ada@example.com"},
		{ID: "evt_7", MessageID: "m5", Status: email.StatusFailed},
	} {
		want.OccurredAt = moment.Add(-time.Minute)
		header, body := driver.Webhook(want, moment)
		got, err := hooks.ParseWebhook(header, body, moment)
		if err != nil {
			t.Errorf("%s: ParseWebhook must succeed here, and failed: %v", want.Status, err)
			continue
		}
		equal(t, "the id", got.ID, want.ID)
		equal(t, "the message", got.MessageID, want.MessageID)
		equal(t, "the status", got.Status, want.Status)
		equal(t, "whether it is for good", got.Permanent, want.Permanent)
		equal(t, "the time", got.OccurredAt, want.OccurredAt)
		equal(t, "whether it has a type", got.Type != "", true)
		if want.Recipient != "" {
			equal(t, "the recipient", got.Recipient, want.Recipient)
		}
	}
}

func checkUnknownEvent(t *mailerTest) {
	hooks, driver := t.webhooks()
	header, body := driver.Webhook(email.Event{ID: "evt_1", Type: "email.foo", MessageID: "m1"}, moment)
	got, err := hooks.ParseWebhook(header, body, moment)
	if err != nil {
		t.Fatalf("ParseWebhook must succeed here, and failed: %v", err)
	}
	equal(t, "the type", got.Type, "email.foo")
	equal(t, "the status", got.Status, "")
	equal(t, "the id", got.ID, "evt_1")
}

func checkPayload(t *mailerTest) {
	hooks, driver := t.webhooks()
	header, body := driver.Webhook(email.Event{MessageID: "m1", Status: email.StatusSent}, moment)
	got, err := hooks.ParseWebhook(header, body, moment)
	if err != nil || !bytes.Equal(got.Payload, body) {
		t.Errorf("the payload has %d bytes (%v), want the %d that were signed", len(got.Payload), err, len(body))
	}
}

func checkChangedBody(t *mailerTest) {
	hooks, driver := t.webhooks()
	header, body := driver.Webhook(email.Event{MessageID: "m1", Status: email.StatusSent}, moment)
	for _, other := range [][]byte{nil, append(slices.Clone(body), '\n'), bytes.Replace(body, []byte("m1"), []byte("m2"), 1)} {
		_, err := hooks.ParseWebhook(header, other, moment)
		t.refused(err, frontdesk.Invalid, "the signature is over other bytes")
	}
}

func checkMissingHeader(t *mailerTest) {
	hooks, driver := t.webhooks()
	header, body := driver.Webhook(email.Event{MessageID: "m1", Status: email.StatusSent}, moment)
	for name := range header {
		less := maps.Clone(header)
		delete(less, name)
		_, err := hooks.ParseWebhook(less, body, moment)
		t.refused(err, frontdesk.Invalid, name+" is missing")
	}
	_, err := hooks.ParseWebhook(http.Header{}, body, moment)
	t.refused(err, frontdesk.Invalid, "it is not signed")
}

func checkAge(t *mailerTest) {
	hooks, driver := t.webhooks()
	header, body := driver.Webhook(email.Event{MessageID: "m1", Status: email.StatusSent}, moment)
	for seconds, good := range map[int]bool{-301: false, -300: true, 0: true, 300: true, 301: false} {
		_, err := hooks.ParseWebhook(header, body, moment.Add(time.Duration(seconds)*time.Second))
		if good && err != nil {
			t.Errorf("%d seconds off: refused: %v", seconds, err)
		}
		if !good {
			t.refused(err, frontdesk.Invalid, "it is too old or too new")
		}
	}
}

func checkNotJSON(t *mailerTest) {
	hooks, driver := t.webhooks()
	header, _ := driver.Webhook(email.Event{MessageID: "m1", Status: email.StatusSent}, moment)
	_, err := hooks.ParseWebhook(header, []byte("<xml>"), moment)
	t.refused(err, frontdesk.Invalid, "it is no event")
}
