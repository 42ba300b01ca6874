package emailtest

import (
	"bytes"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var messageRules = []storeRule{
	{"A message comes back with all that it has", checkKept},
	{"An entry comes back with all that it has", checkKeptEntry},
	{"Alternatives come back byte by byte, and are the store's own", checkKeptAlternatives},
	{"Attachments come back byte by byte, whenever they are opened", checkKeptFiles},
	{"What the caller changes afterwards changes nothing in the store", checkNotShared},
	{"A key is one entry, however often it is added", checkOneKey},
	{"A key is one entry, also when many add it at once", checkOneKeyAtOnce},
	{"A message that is not there is NotFound", checkNoMessage},
	{"A message whose attachment cannot be read is not stored", checkUnreadable},
}

func checkKept(t *storeTest) {
	e, m := newMessage(1)
	id := t.put(e, m)
	got, err := t.store.Message(t.ctx, id)
	t.need(err, "Message")
	const rule = "what is sent is what was enqueued"
	sameText(t, "the sender", got.From, m.From, rule)
	sameText(t, "to", got.To, m.To, rule)
	sameText(t, "bcc", got.Bcc, m.Bcc, rule)
	sameText(t, "reply-to", got.ReplyTo, m.ReplyTo, rule)
	same(t, "the number of copies", len(got.Cc), 0, rule)
	same(t, "the subject", got.Subject, m.Subject, rule)
	same(t, "the text", got.Text, m.Text, rule)
	same(t, "the HTML", got.HTML, m.HTML, rule)
	sameText(t, "the headers", got.Headers, m.Headers, rule)
	sameText(t, "the tags", got.Tags, m.Tags, rule)
	same(t, "the key", got.Key, m.Key, rule)
}

func checkKeptEntry(t *storeTest) {
	e, m := newMessage(1)
	e.Override, e.ResendOf, e.CreatedAt, e.NextAt = true, 77, india, india.Add(time.Microsecond)
	id := t.put(e, m)
	got := t.log(id).Entry
	const rule = "the log tells what was enqueued"
	same(t, "the id", got.ID, id, rule)
	same(t, "the key", got.Key, e.Key, rule)
	same(t, "the template", got.Template, "receipt", rule)
	same(t, "the client", got.Client, "acme", rule)
	same(t, "the provider", got.Provider, post, rule)
	same(t, "the status", got.Status, email.StatusQueued, rule)
	same(t, "whether it overrides", got.Override, true, rule)
	same(t, "what it repeats", got.ResendOf, 77, rule)
	sameText(t, "the sender", got.From, e.From, rule)
	sameText(t, "to", got.To, e.To, rule)
	sameText(t, "bcc", got.Bcc, e.Bcc, rule)
	same(t, "the subject", got.Subject, e.Subject, rule)
	same(t, "the number of attempts", got.Attempts, 0, rule)
	sameTime(t, "CreatedAt", got.CreatedAt, noon)
	sameTime(t, "NextAt", got.NextAt, noon.Add(time.Microsecond))
	sameTime(t, "SentAt", got.SentAt, time.Time{})
	sameTime(t, "UncertainSince", got.UncertainSince, time.Time{})
	sameTime(t, "LeaseUntil", got.LeaseUntil, time.Time{})
}

func checkKeptFiles(t *storeTest) {
	e, m := newMessage(1)
	large := bytes.Repeat([]byte("\x00\xff\r\n.binary"), 100_000)
	m.Attachments = []email.Attachment{
		textFile("nota nº 1.txt", "hello"),
		{Name: "logo.png", ContentType: "image/png", ContentID: "logo@x", Size: int64(len(large)), Open: opener(large)},
		{Name: "empty", ContentType: "application/octet-stream", Open: opener(nil)},
	}
	id := t.put(e, m)
	got, err := t.store.Message(t.ctx, id)
	t.need(err, "Message")
	if len(got.Attachments) != len(m.Attachments) {
		t.Fatalf("%d attachments came back, want %d", len(got.Attachments), len(m.Attachments))
	}
	for range 2 {
		for i, a := range got.Attachments {
			want := m.Attachments[i]
			sameText(t, "what is said of the file", []any{a.Name, a.ContentType, a.ContentID, a.Size},
				[]any{want.Name, want.ContentType, want.ContentID, want.Size}, "files keep their order and their data")
			got, err := content(a)
			t.need(err, "reading the attachment")
			sent, err := content(want)
			t.need(err, "reading the attachment")
			same(t, "whether "+a.Name+" is the same", bytes.Equal(got, sent), true, "files come back byte by byte")
		}
	}
}

func checkKeptAlternatives(t *storeTest) {
	e, m := newMessage(1)
	m.Alternatives = []email.Alternative{
		{Name: "invite.ics", ContentType: "text/calendar; method=REQUEST", Content: []byte("BEGIN:VCALENDAR\r\nSUMMARY:Olá 😀\r\n")},
		{Name: "two.txt", ContentType: "text/plain", Content: []byte("two")},
	}
	id := t.put(e, m)
	m.Alternatives[0].Content[0] = 'x'
	for range 2 {
		got, err := t.store.Message(t.ctx, id)
		t.need(err, "Message")
		sameText(t, "the alternatives", got.Alternatives, []email.Alternative{
			{Name: "invite.ics", ContentType: "text/calendar; method=REQUEST", Content: []byte("BEGIN:VCALENDAR\r\nSUMMARY:Olá 😀\r\n")},
			{Name: "two.txt", ContentType: "text/plain", Content: []byte("two")},
		}, "they keep their order and their data")
		got.Alternatives[1].Content[0] = 'x'
	}
}

func checkNotShared(t *storeTest) {
	e, m := newMessage(1)
	id := t.put(e, m)
	m.To[0].Address, m.Headers["X-Topic"] = "other@example.com", "other"
	first, err := t.store.Message(t.ctx, id)
	t.need(err, "Message")
	first.To[0].Address, first.Tags["kind"], first.Attachments[0].Name = "other@example.com", "other", "other"
	t.log(id).Entry.To[0].Address = "other@example.com"
	second, err := t.store.Message(t.ctx, id)
	t.need(err, "Message")
	const rule = "the store's data is its own"
	same(t, "the recipient", second.To[0].Address, "Ada1@example.com", rule)
	same(t, "the header", second.Headers["X-Topic"], "one", rule)
	same(t, "the tag", second.Tags["kind"], "test", rule)
	same(t, "the file", second.Attachments[0].Name, "note.txt", rule)
	same(t, "the entry's recipient", t.log(id).Entry.To[0].Address, "Ada1@example.com", rule)
}

func checkOneKey(t *storeTest) {
	e, m := newMessage(1)
	first, added, err := t.store.AddMessage(t.ctx, e, m)
	t.need(err, "AddMessage")
	same(t, "whether it is new", added, true, "there was none")
	t.send(first, "p1")
	e.Subject, m.Subject = "Other", "Other"
	again, added, err := t.store.AddMessage(t.ctx, e, m)
	t.need(err, "AddMessage of a known key")
	same(t, "the id", again, first, "the same key is the same entry")
	same(t, "whether it is new", added, false, "there was one")
	same(t, "the subject", t.log(first).Entry.Subject, "Message 1", "a known key changes nothing")
	same(t, "the status", t.log(first).Entry.Status, email.StatusSent, "a known key is not queued again")
}

func checkOneKeyAtOnce(t *storeTest) {
	e, m := newMessage(1)
	type answer struct {
		id    int64
		added bool
		err   error
	}
	answers := contend(func(int) answer {
		id, added, err := t.store.AddMessage(t.ctx, e, m)
		return answer{id, added, err}
	})
	added := 0
	for _, a := range answers {
		t.need(a.err, "AddMessage beside others")
		same(t, "the id", a.id, answers[0].id, "all get the same entry")
		if a.added {
			added++
		}
	}
	same(t, "how many were new", added, 1, "a key is one entry")
	same(t, "the number of due messages", len(t.due(noon)), 1, "a key is one entry")
}

func checkNoMessage(t *storeTest) {
	_, err := t.store.Message(t.ctx, 404)
	t.refused(err, frontdesk.NotFound, "there is no such message")
	_, err = t.store.Log(t.ctx, 404)
	t.refused(err, frontdesk.NotFound, "there is no such message")
	_, err = t.store.TakeMessage(t.ctx, 404, post, lease("worker", noon))
	t.refused(err, frontdesk.NotFound, "there is no such message")
	t.refused(t.store.RaiseStatus(t.ctx, 404, email.StatusSent), frontdesk.NotFound, "there is no such message")
	_, err = t.store.SettleMessage(t.ctx, 404, sentAs("p1"))
	t.refused(err, frontdesk.Aborted, "nobody holds a lease on it")
}

func checkUnreadable(t *storeTest) {
	e, m := newMessage(1)
	m.Attachments = append(m.Attachments, broken(10))
	_, _, err := t.store.AddMessage(t.ctx, e, m)
	if err == nil || !strings.Contains(err.Error(), errOnPurpose.Error()) {
		t.Errorf("AddMessage returned %v, want the reader's error", err)
	}
	same(t, "the number of due messages", len(t.due(noon)), 0, "half a message is none")
}
