package email_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/mail"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
)

// world is a service between a mailbox and a store in memory.
type world struct {
	*testing.T
	ctx   context.Context // of the system
	box   *emailtest.Mailbox
	store *emailtest.Store
	svc   *email.Service
	logs  *buffer
	made  int
}

// buffer is a log that several goroutines write.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// newWorld has a mailer with every ability.
func newWorld(t *testing.T) *world {
	return newWorldWith(t, func(b *emailtest.Mailbox) email.Mailer { return b })
}

// newWorldWith has what the function makes of the mailbox.
func newWorldWith(t *testing.T, mailer func(*emailtest.Mailbox) email.Mailer) *world {
	w := &world{T: t, box: emailtest.NewMailbox(), store: emailtest.NewStore(), logs: &buffer{}}
	w.ctx = frontdesk.WithActor(t.Context(), frontdesk.System("test"))
	w.svc = email.New(mailer(w.box), w.store, w.options())
	w.box.SendTo(w.svc)
	return w
}

func (w *world) options() *email.Options {
	return &email.Options{
		From: mail.Address{Name: "Frontdesk", Address: "desk@example.com"}, Clock: w.box.Now,
		Logger: slog.New(slog.NewTextHandler(w.logs, nil)),
	}
}

// bare is a mailer with no ability but to send.
type bare struct{ email.Mailer }

// named is a mailbox under another name.
type named struct {
	*emailtest.Mailbox
	name string
}

func (n named) Name() string { return n.name }

// forgetful is a mailer that finds messages and remembers no key.
type forgetful struct {
	email.Mailer
	email.Finder
}

func as(ctx context.Context, a frontdesk.Actor) context.Context { return frontdesk.WithActor(ctx, a) }

// message is a new one to Ada, with no key and no sender.
func (w *world) message() email.Message {
	w.made++
	return email.Message{To: addresses("ada@example.com"), Subject: fmt.Sprintf("Message %d", w.made), Text: "Hello"}
}

func addresses(all ...string) []mail.Address {
	var list []mail.Address
	for _, a := range all {
		list = append(list, mail.Address{Address: a})
	}
	return list
}

// enqueue stores the message under a key of its own.
func (w *world) enqueue(m email.Message, o *email.EnqueueOptions) int64 {
	w.Helper()
	w.made++
	id, err := w.svc.Enqueue(w.ctx, m, fmt.Sprintf("key-%d", w.made), o)
	require.NoError(w, err)
	return id
}

func (w *world) drain() {
	w.Helper()
	require.NoError(w, w.svc.Drain(w.ctx))
}

// retry lets a retry come due, and makes it.
func (w *world) retry() {
	w.Helper()
	w.box.Advance(2 * time.Hour)
	w.drain()
}

func (w *world) log(id int64) *email.Log {
	w.Helper()
	log, err := w.svc.Log(w.ctx, id)
	require.NoError(w, err)
	return log
}

func (w *world) status(id int64, want email.Status) {
	w.Helper()
	require.Equal(w, want, w.log(id).Entry.Status)
}

// outcomes are those of the message's attempts.
func (w *world) outcomes(id int64, want ...email.Outcome) {
	w.Helper()
	var got []email.Outcome
	for _, a := range w.log(id).Attempts {
		got = append(got, a.Outcome)
	}
	require.Equal(w, want, got)
}

// sent is a message that the mailbox has accepted.
func (w *world) sent() (int64, emailtest.Mail) {
	w.Helper()
	before := len(w.box.Mails())
	id := w.enqueue(w.message(), nil)
	w.drain()
	mails := w.box.Mails()
	require.Len(w, mails, before+1)
	return id, mails[before]
}

func (w *world) notify(e email.Event) {
	w.Helper()
	require.NoError(w, w.box.Notify(w.ctx, e))
}

// suppressed are the addresses on the list.
func (w *world) suppressed(want ...string) {
	w.Helper()
	all, err := w.svc.Suppressions(w.ctx, email.SuppressionFilter{})
	require.NoError(w, err)
	var got []string
	for _, s := range all {
		got = append(got, s.Address)
	}
	require.Equal(w, want, got)
}

// audited are the actions in the audit log, with their outcomes.
func (w *world) audited() []string {
	w.Helper()
	log, err := w.store.AuditLog(w.ctx)
	require.NoError(w, err)
	var all []string
	for _, e := range log {
		all = append(all, fmt.Sprintf("%s %s %s", e.Actor.ID, e.Action, e.Outcome))
	}
	return all
}
