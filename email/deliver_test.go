package email_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
)

func TestDeliver(t *testing.T) {
	t.Run("a message is sent once and has its provider's id", func(t *testing.T) {
		w := newWorld(t)
		id, m := w.sent()
		w.drain()
		e := w.log(id).Entry
		require.Equal(t, email.StatusSent, e.Status)
		require.Equal(t, m.ProviderID, e.ProviderID)
		require.False(t, e.SentAt.IsZero())
		require.Len(t, w.box.Mails(), 1)
	})
	t.Run("many workers at once send it once", func(t *testing.T) {
		w := newWorld(t)
		id := w.enqueue(w.message(), nil)
		var workers sync.WaitGroup
		for range 16 {
			workers.Go(func() {
				if err := w.svc.Deliver(w.ctx, id); err != nil {
					t.Errorf("a worker was told %v", err)
				}
			})
		}
		workers.Wait()
		require.Equal(t, 1, w.box.Calls())
		w.outcomes(id, email.OutcomeSent)
	})
	t.Run("three attempts are one entry with three attempts", func(t *testing.T) {
		w := newWorld(t)
		w.box.FailNext(frontdesk.Unavailable)
		w.box.FailNext(frontdesk.Aborted)
		id := w.enqueue(w.message(), nil)
		w.drain()
		w.status(id, email.StatusQueued)
		w.retry()
		w.retry()
		w.outcomes(id, email.OutcomeDeferred, email.OutcomeDeferred, email.OutcomeSent)
		all, err := w.svc.Messages(w.ctx, email.Filter{})
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Equal(t, 3, all[0].Attempts)
		require.Empty(t, all[0].LastError)
	})
	t.Run("a message that the provider refuses for good fails after one call, and says why", func(t *testing.T) {
		for _, code := range []frontdesk.Code{frontdesk.Invalid, frontdesk.Declined, frontdesk.AlreadyExists} {
			w := newWorld(t)
			w.box.FailNext(frontdesk.Errorf(code, "no, and never"))
			id := w.enqueue(w.message(), nil)
			w.drain()
			w.retry()
			require.Equal(t, 1, w.box.Calls())
			w.outcomes(id, email.OutcomeRefused)
			log := w.log(id)
			require.Equal(t, email.StatusFailed, log.Entry.Status)
			require.Contains(t, log.Entry.LastError, "no, and never")
			require.Equal(t, code.String(), log.Attempts[0].Code)
		}
	})
	t.Run("what the operator can mend is tried again", func(t *testing.T) {
		for _, code := range []frontdesk.Code{frontdesk.Unauthenticated, frontdesk.PermissionDenied, frontdesk.FailedPrecondition} {
			w := newWorld(t)
			w.box.FailNext(code)
			id := w.enqueue(w.message(), nil)
			w.drain()
			w.retry()
			w.outcomes(id, email.OutcomeDeferred, email.OutcomeSent)
		}
	})
	t.Run("it gives up after the last attempt, with the reason", func(t *testing.T) {
		w := newWorld(t)
		o := w.options()
		o.MaxAttempts = 3
		w.svc = email.New(w.box, w.store, o)
		for range 5 {
			w.box.FailNext(frontdesk.Errorf(frontdesk.Unavailable, "502"))
		}
		id := w.enqueue(w.message(), nil)
		for range 5 {
			w.retry()
		}
		w.outcomes(id, email.OutcomeDeferred, email.OutcomeDeferred, email.OutcomeDeferred)
		e := w.log(id).Entry
		require.Equal(t, email.StatusFailed, e.Status)
		require.Contains(t, e.LastError, "502")
		require.Contains(t, w.logs.String(), "message has failed")
		require.NotContains(t, w.logs.String(), "ada@example.com")
	})
	t.Run("retries come further and further apart", func(t *testing.T) {
		w := newWorld(t)
		id := w.enqueue(w.message(), nil)
		for n := range 8 {
			w.box.FailNext(frontdesk.Unavailable)
			w.drain()
			wait := w.wait(id)
			require.GreaterOrEqual(t, wait, time.Second<<n)
			require.LessOrEqual(t, wait, 2*time.Second<<n)
			w.box.Advance(wait)
		}
	})
	t.Run("those that failed together do not come back together", func(t *testing.T) {
		w := newWorld(t)
		waits := map[time.Duration]bool{}
		for range 20 {
			w.box.FailNext(frontdesk.Unavailable)
			id := w.enqueue(w.message(), nil)
			require.NoError(t, w.svc.Deliver(w.ctx, id))
			waits[w.wait(id).Round(50*time.Millisecond)] = true
		}
		require.Greater(t, len(waits), 4)
	})
	t.Run("nobody is made to wait for more than a day", func(t *testing.T) {
		for _, code := range []frontdesk.Code{frontdesk.Unavailable, frontdesk.RateLimited, frontdesk.QuotaExceeded} {
			w := newWorld(t)
			w.box.FailNext(&frontdesk.Error{Code: code, RetryAfter: 1 << 62})
			id := w.enqueue(w.message(), nil)
			w.drain()
			w.box.Advance(25 * time.Hour)
			w.drain()
			w.status(id, email.StatusSent)
		}
	})
	t.Run("a mailer that panics ends neither the worker nor the message", func(t *testing.T) {
		w := newWorldWith(t, func(b *emailtest.Mailbox) email.Mailer { return &panicking{Mailbox: b, times: 1} })
		id := w.enqueue(w.message(), nil)
		w.drain()
		w.outcomes(id, email.OutcomeUncertain)
		w.retry()
		w.outcomes(id, email.OutcomeUncertain, email.OutcomeSent)
	})
	t.Run("a worker that is told to stop leaves the message to another", func(t *testing.T) {
		w := newWorldWith(t, func(b *emailtest.Mailbox) email.Mailer { return bare{b} })
		ctx, cancel := context.WithCancel(w.ctx)
		st := &stopping{Store: w.store, stop: cancel}
		id := w.enqueue(w.message(), nil)
		require.NoError(t, email.New(bare{w.box}, st, w.options()).Deliver(ctx, id))
		require.Zero(t, w.box.Calls())
		require.Zero(t, w.log(id).Entry.Attempts)
		w.drain()
		w.outcomes(id, email.OutcomeWithheld, email.OutcomeSent)
	})
	t.Run("recipients that are refused while others are not are in the log", func(t *testing.T) {
		w := newWorld(t)
		w.box.RefuseRecipient("gone@example.com")
		m := w.message()
		m.Cc = addresses("gone@example.com", "bob@example.com")
		id := w.enqueue(m, nil)
		w.drain()
		w.status(id, email.StatusSent)
		require.Equal(t, map[string]string{"gone@example.com": "550 no such mailbox"}, w.log(id).Entry.Withheld)
		require.Len(t, w.box.Mails(), 1)
	})
	t.Run("a store that fails before the call has left nothing uncertain", func(t *testing.T) {
		for _, st := range []func(email.Store) email.Store{
			func(s email.Store) email.Store { return &listless{s} }, func(s email.Store) email.Store { return &bodyless{s} },
		} {
			w := newWorldWith(t, func(b *emailtest.Mailbox) email.Mailer { return bare{b} })
			id := w.enqueue(w.message(), nil)
			require.NoError(t, email.New(bare{w.box}, st(w.store), w.options()).Deliver(w.ctx, id))
			require.Zero(t, w.box.Calls())
			w.retry()
			w.outcomes(id, email.OutcomeWithheld, email.OutcomeSent)
		}
	})
	t.Run("an error is kept as far as people read it", func(t *testing.T) {
		w := newWorld(t)
		w.box.FailNext(frontdesk.Errorf(frontdesk.Declined, "%s", strings.Repeat("é", 1000)))
		id := w.enqueue(w.message(), nil)
		w.drain()
		require.LessOrEqual(t, len(w.log(id).Entry.LastError), 500)
		require.True(t, utf8.ValidString(w.log(id).Entry.LastError))
	})
	t.Run("a store that cannot be reached is told, and the message waits", func(t *testing.T) {
		w := newWorld(t)
		id := w.enqueue(w.message(), nil)
		err := email.New(w.box, &unreachable{Store: w.store}, w.options()).Deliver(w.ctx, id)
		require.ErrorIs(t, err, frontdesk.Unavailable)
		w.drain()
		w.status(id, email.StatusSent)
	})
}

// wait is how long the message waits after its last attempt.
func (w *world) wait(id int64) time.Duration {
	w.Helper()
	log := w.log(id)
	return log.Entry.NextAt.Sub(log.Attempts[len(log.Attempts)-1].EndedAt)
}

// panicking panics a few times before it sends.
type panicking struct {
	*emailtest.Mailbox
	times int
}

func (p *panicking) Send(ctx context.Context, m *email.Message) (email.Receipt, error) {
	if p.times--; p.times >= 0 {
		panic("on purpose")
	}
	return p.Mailbox.Send(ctx, m)
}

// stopping ends the worker's context as soon as it has taken a message.
type stopping struct {
	email.Store
	stop func()
}

func (s *stopping) TakeMessage(ctx context.Context, id int64, provider string, l email.Lease) (*email.Entry, error) {
	defer s.stop()
	return s.Store.TakeMessage(ctx, id, provider, l)
}

// listless cannot read the suppression list, and bodyless no bodies.
type (
	listless struct{ email.Store }
	bodyless struct{ email.Store }
)

func (*listless) Suppressions(context.Context, email.SuppressionFilter) ([]email.Suppression, error) {
	return nil, frontdesk.Unavailable
}

func (*bodyless) Message(context.Context, int64) (*email.Message, error) {
	return nil, frontdesk.Unavailable
}

// unreachable cannot take messages.
type unreachable struct{ email.Store }

func (*unreachable) TakeMessage(context.Context, int64, string, email.Lease) (*email.Entry, error) {
	return nil, frontdesk.Unavailable
}

func TestLimits(t *testing.T) {
	t.Run("nobody sends before the time that the provider asks for", func(t *testing.T) {
		w := newWorld(t)
		var ids []int64
		for range 20 {
			ids = append(ids, w.enqueue(w.message(), nil))
		}
		w.box.FailNext(&frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: time.Hour})
		w.drain()
		require.Equal(t, 1, w.box.Calls(), "the first was told for all")
		w.box.Advance(59 * time.Minute)
		require.NoError(t, w.svc.Deliver(w.ctx, ids...))
		require.Equal(t, 1, w.box.Calls())
		w.box.Advance(2 * time.Minute)
		w.drain()
		require.Len(t, w.box.Mails(), 20)
		require.Equal(t, 1, w.log(ids[0]).Entry.Attempts, "the attempt that found the limit does not count")
		w.outcomes(ids[0], email.OutcomeDeferred, email.OutcomeSent)
	})
	t.Run("a message waits for at least as long as its provider asks", func(t *testing.T) {
		w := newWorld(t)
		w.box.FailNext(&frontdesk.Error{Code: frontdesk.Unavailable, RetryAfter: 3 * time.Hour})
		id := w.enqueue(w.message(), nil)
		w.drain()
		w.retry()
		w.outcomes(id, email.OutcomeDeferred)
		w.retry()
		w.status(id, email.StatusSent)
	})
	t.Run("a quota that is used up parks the provider's queue without spinning, and other providers go on", func(t *testing.T) {
		w := newWorld(t)
		var ids []int64
		for range 50 {
			ids = append(ids, w.enqueue(w.message(), nil))
		}
		other := email.New(named{w.box, "smtp"}, w.store, w.options())
		_, err := other.Enqueue(w.ctx, w.message(), "other", nil)
		require.NoError(t, err)
		w.box.FailNext(frontdesk.Errorf(frontdesk.QuotaExceeded, "daily_quota_exceeded"))
		for range 10 {
			w.drain()
		}
		require.Equal(t, 1, w.box.Calls())
		require.NoError(t, other.Drain(w.ctx))
		require.Len(t, w.box.Mails(), 1, "the other provider goes on")
		require.Contains(t, w.log(ids[0]).Entry.LastError, "daily_quota_exceeded")
		w.box.FailNext(frontdesk.QuotaExceeded)
		w.box.Advance(61 * time.Minute)
		w.drain()
		require.Equal(t, 3, w.box.Calls(), "one call an hour finds out")
		w.box.Advance(61 * time.Minute)
		w.drain()
		require.Len(t, w.box.Mails(), 51)
		for _, id := range ids {
			require.Equal(t, 1, w.log(id).Entry.Attempts)
		}
	})
}

func TestUncertain(t *testing.T) {
	t.Run("an answer that was lost is asked for again with the same key: one mail with one id", func(t *testing.T) {
		w := newWorld(t)
		w.box.LoseNext()
		id := w.enqueue(w.message(), nil)
		w.drain()
		w.outcomes(id, email.OutcomeUncertain)
		require.False(t, w.log(id).Entry.UncertainSince.IsZero())
		w.retry()
		w.outcomes(id, email.OutcomeUncertain, email.OutcomeSent)
		mails := w.box.Mails()
		require.Len(t, mails, 1)
		require.Equal(t, mails[0].ProviderID, w.log(id).Entry.ProviderID)
		require.True(t, w.log(id).Entry.UncertainSince.IsZero())
	})
	t.Run("beyond the provider's memory it is looked up, and not sent again when it is found", func(t *testing.T) {
		w := newWorld(t)
		w.box.LoseNext()
		id := w.enqueue(w.message(), nil)
		w.drain()
		w.box.Advance(25 * time.Hour)
		w.drain()
		w.outcomes(id, email.OutcomeUncertain, email.OutcomeFound)
		require.Len(t, w.box.Mails(), 1)
		require.Equal(t, w.box.Mails()[0].ProviderID, w.log(id).Entry.ProviderID)
		w.status(id, email.StatusSent)
	})
	t.Run("beyond the provider's memory it is sent when the provider is sure that it was not", func(t *testing.T) {
		w := newWorld(t)
		w.box.FailNext(frontdesk.OutcomeUnknown)
		id := w.enqueue(w.message(), nil)
		w.drain()
		w.box.Advance(25 * time.Hour)
		w.drain()
		w.outcomes(id, email.OutcomeUncertain, email.OutcomeSent)
		require.Len(t, w.box.Mails(), 1)
	})
	t.Run("a search that finds a limit rests the whole queue", func(t *testing.T) {
		w := newWorld(t)
		w.box.LoseNext()
		id := w.enqueue(w.message(), nil)
		w.drain()
		w.box.Advance(25 * time.Hour)
		w.box.FailNext(frontdesk.QuotaExceeded)
		w.enqueue(w.message(), nil)
		w.drain()
		require.Equal(t, 2, w.box.Calls())
		require.Equal(t, 1, w.log(id).Entry.Attempts)
		w.retry()
		w.status(id, email.StatusSent)
		require.Len(t, w.box.Mails(), 2)
	})
	t.Run("once the provider is sure, what comes after is certain again", func(t *testing.T) {
		w := newWorld(t)
		w.box.FailNext(frontdesk.OutcomeUnknown)
		id := w.enqueue(w.message(), nil)
		w.drain()
		w.box.FailNext(nil) // the search
		w.box.FailNext(frontdesk.Declined)
		w.box.Advance(25 * time.Hour)
		w.drain()
		w.outcomes(id, email.OutcomeUncertain, email.OutcomeRefused)
		require.True(t, w.log(id).Entry.UncertainSince.IsZero(), "it is known that it was not sent")
	})
	t.Run("a search that fails is made again, and sends nothing", func(t *testing.T) {
		w := newWorld(t)
		w.box.LoseNext()
		id := w.enqueue(w.message(), nil)
		w.drain()
		w.box.FailNext(frontdesk.Unavailable)
		w.box.Advance(25 * time.Hour)
		w.drain()
		w.status(id, email.StatusQueued)
		w.retry()
		w.outcomes(id, email.OutcomeUncertain, email.OutcomeWithheld, email.OutcomeFound)
		require.Len(t, w.box.Mails(), 1)
	})
	t.Run("a mailer that finds and does not remember is asked before every repetition", func(t *testing.T) {
		w := newWorldWith(t, func(b *emailtest.Mailbox) email.Mailer { return forgetful{b, b} })
		w.box.LoseNext()
		id := w.enqueue(w.message(), nil)
		w.drain()
		w.retry()
		w.outcomes(id, email.OutcomeUncertain, email.OutcomeFound)
		require.Len(t, w.box.Mails(), 1)
	})
	t.Run("a mailer that neither remembers nor finds is never asked twice, and a person decides", func(t *testing.T) {
		w := newWorldWith(t, func(b *emailtest.Mailbox) email.Mailer { return bare{b} })
		w.box.LoseNext()
		id := w.enqueue(w.message(), nil)
		w.drain()
		w.retry()
		require.Equal(t, 1, w.box.Calls())
		w.outcomes(id, email.OutcomeUncertain)
		e := w.log(id).Entry
		require.Equal(t, email.StatusFailed, e.Status)
		require.False(t, e.UncertainSince.IsZero(), "it says that it may have been sent")
		again, err := w.svc.Resend(w.ctx, id)
		require.NoError(t, err)
		w.drain()
		w.status(again, email.StatusSent)
		require.Len(t, w.box.Mails(), 2, "somebody wanted it")
	})
	t.Run("a worker that died before it could write its answer down leaves an uncertain attempt", func(t *testing.T) {
		w := newWorld(t)
		id := w.enqueue(w.message(), nil)
		require.Error(t, email.New(w.box, &dying{w.store}, w.options()).Deliver(w.ctx, id))
		require.Len(t, w.box.Mails(), 1)
		w.drain()
		w.outcomes(id, email.OutcomeStarted)
		w.retry()
		w.outcomes(id, email.OutcomeUncertain, email.OutcomeSent)
		require.Len(t, w.box.Mails(), 1, "the same key is sent once")
	})
	t.Run("with a mailer that cannot tell, a worker that died leaves the message to a person", func(t *testing.T) {
		w := newWorldWith(t, func(b *emailtest.Mailbox) email.Mailer { return bare{b} })
		id := w.enqueue(w.message(), nil)
		require.Error(t, email.New(bare{w.box}, &dying{w.store}, w.options()).Deliver(w.ctx, id))
		w.retry()
		w.outcomes(id, email.OutcomeUncertain, email.OutcomeWithheld)
		w.status(id, email.StatusFailed)
		require.Equal(t, 1, w.box.Calls())
	})
	t.Run("a message whose every worker dies fails at last", func(t *testing.T) {
		w := newWorld(t)
		o := w.options()
		o.MaxAttempts = 2
		id := w.enqueue(w.message(), nil)
		for range 2 {
			require.Error(t, email.New(w.box, &dying{w.store}, o).Deliver(w.ctx, id))
			w.box.Advance(time.Hour)
		}
		require.NoError(t, email.New(w.box, w.store, o).Drain(w.ctx))
		w.status(id, email.StatusFailed)
		require.Len(t, w.box.Mails(), 1)
	})
	t.Run("a repetition goes to the recipients of the first, whom the list has spared since", func(t *testing.T) {
		w := newWorld(t)
		require.NoError(t, w.svc.Suppress(w.ctx, "bob@example.com", ""))
		m := w.message()
		m.Cc = addresses("bob@example.com")
		w.box.LoseNext()
		id := w.enqueue(m, nil)
		w.drain()
		require.NoError(t, w.svc.Unsuppress(w.ctx, "bob@example.com"))
		w.retry()
		w.status(id, email.StatusSent)
		require.Len(t, w.box.Mails(), 1)
	})
}

// dying is the store of a worker that dies before it can settle anything.
type dying struct{ email.Store }

var errDead = errors.New("the process has died")

func (d *dying) InTx(context.Context, func(email.Store) error) error { return errDead }

func TestSuppressed(t *testing.T) {
	t.Run("a recipient who bounced for good gets nothing more, and the entry says so", func(t *testing.T) {
		w := newWorld(t)
		_, m := w.sent()
		w.notify(email.Event{MessageID: m.ProviderID, Status: email.StatusBounced, Permanent: true, Recipient: "Ada@Example.com"})
		next := w.message()
		next.To = addresses("ADA@example.com")
		id := w.enqueue(next, nil)
		calls := w.box.Calls()
		w.drain()
		require.Equal(t, calls, w.box.Calls())
		log := w.log(id)
		require.Equal(t, email.StatusSuppressed, log.Entry.Status)
		require.Equal(t, map[string]string{"ada@example.com": "hard_bounce"}, log.Entry.Withheld)
		w.outcomes(id, email.OutcomeWithheld)
	})
	t.Run("the other recipients get it", func(t *testing.T) {
		w := newWorld(t)
		require.NoError(t, w.svc.Suppress(w.ctx, "Ada@example.com", "asked by telephone"))
		m := w.message()
		m.Cc, m.Bcc = addresses("bob@example.com"), addresses("archive@example.com")
		id := w.enqueue(m, nil)
		w.drain()
		require.Equal(t, []string{"bob@example.com", "archive@example.com"}, w.box.Mails()[0].Recipients())
		require.Equal(t, map[string]string{"ada@example.com": "manual"}, w.log(id).Entry.Withheld)
		w.status(id, email.StatusSent)
	})
	t.Run("blind copies alone are not sent", func(t *testing.T) {
		w := newWorld(t)
		require.NoError(t, w.svc.Suppress(w.ctx, "ada@example.com", ""))
		m := w.message()
		m.Bcc = addresses("archive@example.com", "other@example.com")
		id := w.enqueue(m, nil)
		w.drain()
		w.status(id, email.StatusSuppressed)
	})
	t.Run("a message that overrides the list is sent to all", func(t *testing.T) {
		w := newWorld(t)
		require.NoError(t, w.svc.Suppress(w.ctx, "ada@example.com", ""))
		id := w.enqueue(w.message(), &email.EnqueueOptions{Override: true})
		w.drain()
		w.status(id, email.StatusSent)
		require.Empty(t, w.log(id).Entry.Withheld)
	})
	t.Run("an address that comes off the list gets mails again", func(t *testing.T) {
		w := newWorld(t)
		require.NoError(t, w.svc.Suppress(w.ctx, "ada@example.com", ""))
		w.suppressed("ada@example.com")
		require.NoError(t, w.svc.Unsuppress(w.ctx, "ADA@example.com "))
		require.ErrorIs(t, w.svc.Unsuppress(w.ctx, "ada@example.com"), frontdesk.NotFound)
		w.suppressed()
		w.sent()
	})
	t.Run("every change of the list is audited, and names no address", func(t *testing.T) {
		w := newWorld(t)
		root := as(w.ctx, frontdesk.Admin("root", frontdesk.Origin{}))
		require.NoError(t, w.svc.Suppress(root, "ada@example.com", "why"))
		require.NoError(t, w.svc.Unsuppress(root, "ada@example.com"))
		require.Equal(t, []string{"root email.Suppress ok", "root email.Unsuppress ok"}, w.audited())
		log, err := w.store.AuditLog(w.ctx)
		require.NoError(t, err)
		require.NotContains(t, fmt.Sprint(log), "ada@")
		require.Equal(t, log[0].Resource, log[1].Resource)
	})
	t.Run("what is not an address is refused", func(t *testing.T) {
		w := newWorld(t)
		require.Equal(t, []string{"address"}, fieldNames(w.svc.Suppress(w.ctx, "nobody", "")))
		require.Equal(t, []string{"detail"}, fieldNames(w.svc.Suppress(w.ctx, "ada@example.com", "a\nb")))
	})
}
