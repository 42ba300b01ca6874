package email_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
)

// TestOnce lets workers side by side meet faults of every kind, die, and come back
// after minutes or days. However it goes, nothing is sent twice, and each message ends
// as sent or says why not.
func TestOnce(t *testing.T) {
	for what, mailer := range map[string]func(*emailtest.Mailbox) email.Mailer{
		"a mailer that remembers and finds":         func(b *emailtest.Mailbox) email.Mailer { return b },
		"a mailer that remembers only":              func(b *emailtest.Mailbox) email.Mailer { return remembering{b, b} },
		"a mailer that finds only":                  func(b *emailtest.Mailbox) email.Mailer { return forgetful{b, b} },
		"a mailer that neither remembers nor finds": func(b *emailtest.Mailbox) email.Mailer { return bare{b} },
	} {
		t.Run("whatever happens, nothing is sent twice: "+what, func(t *testing.T) {
			for seed := range uint64(40) {
				random := rand.New(rand.NewPCG(seed, 2))
				w := newWorldWith(t, mailer)
				w.suffer(random, mailer(w.box))
				w.settled(seed)
			}
		})
	}
}

// remembering is a mailer that remembers keys and finds nothing.
type remembering struct {
	email.Mailer
	email.Remembering
}

// faulty are the answers of a bad day.
var faulty = []error{
	frontdesk.Unavailable, frontdesk.Aborted, frontdesk.OutcomeUnknown, frontdesk.DeadlineExceeded, frontdesk.QuotaExceeded,
	&frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: time.Minute}, frontdesk.Unauthenticated, errors.New("no code"), nil,
}

// suffer sends a few messages on a bad day.
func (w *world) suffer(random *rand.Rand, m email.Mailer) {
	w.Helper()
	for range 3 {
		w.enqueue(w.message(), nil)
	}
	for range 12 {
		for range random.IntN(4) {
			if random.IntN(3) == 0 {
				w.box.LoseNext()
			} else {
				w.box.FailNext(faulty[random.IntN(len(faulty))])
			}
		}
		workers := []*email.Service{w.svc, w.svc}
		if random.IntN(3) == 0 {
			workers = append(workers, email.New(m, &dying{w.store}, w.options()))
		}
		w.work(workers)
		w.box.Advance([]time.Duration{time.Second, time.Minute, 3 * time.Hour, 23 * time.Hour, 25 * time.Hour}[random.IntN(5)])
	}
}

// work lets the workers do what is due, at the same time. Those that die say so.
func (w *world) work(workers []*email.Service) {
	w.Helper()
	var all sync.WaitGroup
	for _, svc := range workers {
		all.Go(func() {
			if err := svc.Drain(w.ctx); err != nil && !errors.Is(err, errDead) && !errors.Is(err, context.Canceled) {
				w.Errorf("a worker was told %v", err)
			}
		})
	}
	all.Wait()
}

// settled checks how it ended, after a last day without faults.
func (w *world) settled(seed uint64) {
	w.Helper()
	for range 60 { // more than there are faults left
		w.box.Advance(2 * time.Hour)
		w.drain()
	}
	sent := map[string]int{}
	for _, m := range w.box.Mails() {
		sent[m.Key]++
	}
	all, err := w.svc.Messages(w.ctx, email.Filter{})
	require.NoError(w, err)
	require.Len(w, all, 3)
	for _, e := range all {
		require.LessOrEqual(w, sent[e.Key], 1, "seed %d", seed)
		switch e.Status {
		case email.StatusSent:
			require.Equal(w, 1, sent[e.Key], "seed %d", seed)
		case email.StatusFailed:
			require.NotEmpty(w, e.LastError, "seed %d", seed)
			require.True(w, sent[e.Key] == 0 || !e.UncertainSince.IsZero(), "seed %d: what may have been sent says so", seed)
		default:
			require.Fail(w, "the message has not come to rest", "seed %d: %s", seed, e.Status)
		}
	}
}
