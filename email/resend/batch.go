package resend

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

const maxBatch = 100 // Resend's

// SendBatch implements [email.Batcher]. Messages go in requests of a hundred; those
// with attachments, which Resend would drop, go one by one. When the context ends,
// the credentials are refused or a limit is reached, the messages that were not tried
// yet get the same error.
//
// Resend knows a batch by one key, which is made from the keys of its messages. So a
// batch with an unknown outcome must be repeated whole, with the same messages in the
// same order: sent by itself, one of them may be sent twice.
func (m *Mailer) SendBatch(ctx context.Context, messages []*email.Message) ([]email.Result, error) {
	b := &batch{mailer: m, messages: messages, results: make([]email.Result, len(messages)), seen: map[string]bool{}}
	for i := range messages {
		b.add(ctx, i)
	}
	b.flush(ctx)
	return b.results, b.common()
}

// batch is the work of one SendBatch.
type batch struct {
	mailer   *Mailer
	messages []*email.Message
	results  []email.Result
	seen     map[string]bool // keys
	waiting  []int           // for the next request
	stopped  error           // why no more requests are made
	accepted bool            // a request was
}

// add sends the i-th message, or keeps it for a request with others.
func (b *batch) add(ctx context.Context, i int) {
	msg := b.messages[i]
	if err := msg.Validate(); err != nil {
		b.results[i].Err = err
		return
	}
	if b.seen[msg.Key] {
		b.results[i].Err = frontdesk.InvalidField("key", "must not be that of another message of the batch")
		return
	}
	b.seen[msg.Key] = true
	if len(msg.Attachments)+len(msg.Alternatives) > 0 {
		b.single(ctx, i)
		return
	}
	if b.waiting = append(b.waiting, i); len(b.waiting) == maxBatch {
		b.flush(ctx)
	}
}

func (b *batch) single(ctx context.Context, i int) {
	if b.stopped != nil {
		b.results[i].Err = b.stopped
		return
	}
	b.results[i].Receipt, b.results[i].Err = b.mailer.Send(ctx, b.messages[i])
	b.note(b.results[i].Err)
}

// flush sends what waits.
func (b *batch) flush(ctx context.Context) {
	chunk := b.waiting
	b.waiting = nil
	if len(chunk) == 0 {
		return
	}
	err := b.stopped
	if err == nil {
		err = b.request(ctx, chunk)
		b.note(err)
	}
	if err != nil {
		for _, i := range chunk {
			b.results[i].Err = err
		}
	}
}

// note stops the batch when no other request would fare better.
func (b *batch) note(err error) {
	if err == nil {
		b.accepted = true
		return
	}
	switch frontdesk.CodeOf(err) {
	case frontdesk.Canceled, frontdesk.DeadlineExceeded, frontdesk.Unauthenticated, frontdesk.PermissionDenied,
		frontdesk.RateLimited, frontdesk.QuotaExceeded:
		b.stopped = err
	}
}

// common is the error that concerns all messages: none was accepted because of it.
func (b *batch) common() error {
	if b.accepted {
		return nil
	}
	return b.stopped
}

// sentBatch is Resend's answer. The ids are those of the accepted messages, in order.
type sentBatch struct {
	Data   []struct{ ID string }
	Errors []struct {
		Index   int
		Message string
	}
}

func (b *batch) request(ctx context.Context, chunk []int) error {
	list := make([]message, len(chunk))
	keys := make([]string, len(chunk))
	for n, i := range chunk {
		list[n], keys[n] = describe(b.messages[i], ""), b.messages[i].Key
	}
	content, err := object(list, nil)
	if err != nil {
		return err
	}
	var sent sentBatch
	err = b.mailer.do(ctx, call{path: "emails/batch", key: batchKey(keys), body: content, batch: true}, &sent)
	if err != nil {
		return err
	}
	return b.record(chunk, sent)
}

// record gives each message of a request its result.
func (b *batch) record(chunk []int, sent sentBatch) error {
	refused := map[int]string{}
	for _, e := range sent.Errors {
		if e.Index >= 0 && e.Index < len(chunk) {
			refused[e.Index] = e.Message
		}
	}
	if len(sent.Data)+len(refused) != len(chunk) {
		return frontdesk.Errorf(frontdesk.OutcomeUnknown, "resend: the answer tells of %d messages of %d", len(sent.Data)+len(refused), len(chunk))
	}
	for n, i := range chunk {
		if reason, found := refused[n]; found {
			b.results[i].Err = b.mailer.refusal(reason)
			continue
		}
		b.results[i].Receipt, b.results[i].Err = receipt(sent.Data[0].ID)
		sent.Data = sent.Data[1:]
	}
	return nil
}

// refusal is the error for one message of a batch, of which Resend tells the text only.
func (m *Mailer) refusal(reason string) error {
	answer := &Error{http.StatusUnprocessableEntity, "validation_error", m.scrub(short(reason))}
	if strings.Contains(reason, "not verified") || strings.Contains(reason, "testing emails") {
		answer.StatusCode = http.StatusForbidden
	}
	e := &frontdesk.Error{Err: &cause{"resend: " + answer.Error(), []error{answer}}}
	answer.describe(e)
	return e
}

// batchKey is the same for the same messages in the same order.
func batchKey(keys []string) string {
	sum := sha256.Sum256([]byte(strings.Join(keys, "\n")))
	return "batch/" + hex.EncodeToString(sum[:])
}
