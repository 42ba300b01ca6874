package emailtest

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var batchRules = []mailerRule{
	{"a batch of none is fine", checkEmptyBatch},
	{"of 101 messages the one that is not valid is refused and all others arrive whole", checkBatch},
	{"a batch that is sent again sends nothing twice", checkBatchAgain},
	{"a batch whose context has ended is not sent", checkBatchContext},
}

func checkEmptyBatch(t *mailerTest) {
	results, err := ability[email.Batcher](t).SendBatch(t.ctx, nil)
	if err != nil || len(results) != 0 {
		t.Errorf("SendBatch returned %v, %v, want nothing", results, err)
	}
	equal(t, "the number of calls", t.driver.Calls(), 0)
}

func checkBatch(t *mailerTest) {
	batcher := ability[email.Batcher](t)
	messages := make([]*email.Message, 101)
	for i := range messages {
		messages[i] = t.message()
	}
	messages[50].To = nil
	messages[70].Attachments = []email.Attachment{textFile("note.txt", "hello")}
	results, err := batcher.SendBatch(t.ctx, messages)
	if err != nil || len(results) != len(messages) {
		t.Fatalf("SendBatch returned %d results and %v, want %d", len(results), err, len(messages))
	}
	t.refused(results[50].Err, frontdesk.Invalid, "it has no recipient")
	t.names(results[50].Err, "to")
	t.holds(100, "all others are sent")
	arrived := map[string]Mail{}
	for _, m := range t.driver.Mails() {
		arrived[m.ProviderID] = m
	}
	for i, r := range results {
		if i == 50 {
			continue
		}
		if r.Err != nil {
			t.Fatalf("message %d failed: %v", i, r.Err)
		}
		t.arrived(arrived[r.ProviderID], messages[i])
	}
}

func checkBatchAgain(t *mailerTest) {
	batcher := ability[email.Batcher](t)
	ability[email.Remembering](t)
	messages := []*email.Message{t.message(), t.message(), t.message()}
	messages[1].Attachments = []email.Attachment{textFile("note.txt", "hello")}
	var ids [2][3]string
	for round := range ids {
		results, err := batcher.SendBatch(t.ctx, messages)
		if err != nil {
			t.Fatalf("SendBatch must succeed here, and failed: %v", err)
		}
		for i, r := range results {
			if r.Err != nil {
				t.Fatalf("message %d failed: %v", i, r.Err)
			}
			ids[round][i] = r.ProviderID
		}
	}
	equal(t, "the provider ids of the second round", ids[1], ids[0])
	t.holds(3, "the same keys are sent once")
}

func checkBatchContext(t *mailerTest) {
	batcher := ability[email.Batcher](t)
	ctx, cancel := context.WithCancel(t.ctx)
	cancel()
	_, err := batcher.SendBatch(ctx, []*email.Message{t.message()})
	t.refused(err, frontdesk.Canceled, "whoever asked has gone")
	t.holds(0, "a batch is not sent after its context has ended")
}
