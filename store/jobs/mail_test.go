package jobs_test

import (
	"context"
	"fmt"
	"net/mail"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// note is the n-th mail.
func note(n int) email.Message {
	return email.Message{
		From: mail.Address{Address: "desk@example.com"}, To: []mail.Address{{Address: "ada@example.com"}},
		Subject: "Note", Text: fmt.Sprint("Note ", n), Key: fmt.Sprint("note-", n),
	}
}

// enqueue hands over the mails from the n-th on.
func enqueue(t testing.TB, mails *email.Service, from, n int) {
	t.Helper()
	ctx := frontdesk.WithActor(t.Context(), frontdesk.System("test"))
	for i := range n {
		_, err := mails.Enqueue(ctx, note(from+i), "", nil)
		require.NoError(t, err)
	}
}

// newMailRunner returns a runner for the service alone.
func newMailRunner(t testing.TB, st *store.DB, e jobs.Email, o jobs.Options) *jobs.Runner {
	t.Helper()
	o.Logger = quiet
	r, err := jobs.New(st, jobs.Services{Email: e}, &o)
	require.NoError(t, err)
	return r
}

func wait(t testing.TB, box *emailtest.Mailbox, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err := box.Wait(ctx, n)
	require.NoError(t, err)
}

// allSent waits until the log says so too.
func allSent(t testing.TB, db *sqlx.DB) {
	t.Helper()
	await(t, "the log to say that all were sent", func() bool {
		return count(t, db, "SELECT count(*) FROM frontdesk_email_messages WHERE status <> 'sent'") == 0
	})
}

func TestEnqueuedMailsAreSentOnceInTheBackground(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, box := open(t, db), emailtest.NewMailbox()
		mails := email.New(box, st.Email(), nil)
		start(t, newMailRunner(t, st, mails, jobs.Options{}))
		var senders sync.WaitGroup
		for s := range 4 {
			senders.Go(func() { enqueue(t, mails, 20*s, 20) })
		}
		senders.Wait()
		enqueue(t, mails, 0, 80) // again
		wait(t, box, 80)
		allSent(t, db)
		assert.Equal(t, 80, box.Calls())
		assert.Equal(t, 80, count(t, db, "SELECT count(*) FROM frontdesk_email_attempts WHERE outcome = 'sent'"))
	})
}

func TestAMailIsSentPromptly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, box := open(t, db), emailtest.NewMailbox()
		mails := email.New(box, st.Email(), nil)
		start(t, newMailRunner(t, st, mails, jobs.Options{}))
		enqueue(t, mails, 0, 1)
		committed := time.Now()
		wait(t, box, 1)
		assert.Less(t, time.Since(committed), 2*time.Second)
	})
}

func TestMailsOfAProcessWithoutWorkersAreJobs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, box := open(t, db), emailtest.NewMailbox()
		mails := email.New(box, st.Email(), nil)
		r := newMailRunner(t, st, mails, jobs.Options{})
		enqueue(t, mails, 0, 3)
		assert.Equal(t, 3, count(t, db, "SELECT count(*) FROM river_job WHERE kind = 'email.deliver' AND queue = 'frontdesk_email'"))
		assert.Zero(t, box.Calls())
		start(t, r)
		wait(t, box, 3)
		allSent(t, db)
		assert.Equal(t, 3, box.Calls())
	})
}

func TestAMailIsTriedAgainAtItsTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, box := open(t, db), emailtest.NewMailbox()
		mails := email.New(box, st.Email(), nil)
		start(t, newMailRunner(t, st, mails, jobs.Options{SweepEvery: time.Hour}))
		box.FailNext(frontdesk.Errorf(frontdesk.Unavailable, "not now"))
		box.LoseNext()
		enqueue(t, mails, 0, 1)
		wait(t, box, 1)
		allSent(t, db)
		assert.Len(t, box.Mails(), 1, "the answer that was lost did not make it two")
		assert.Equal(t, 3, count(t, db, "SELECT count(*) FROM frontdesk_email_attempts"))
		early := count(t, db, "SELECT count(*) FROM frontdesk_email_attempts a JOIN frontdesk_email_attempts b ON b.message = a.message AND b.number = a.number + 1 WHERE b.started_at < a.ended_at + 1000000")
		assert.Zero(t, early, "retries begin at least a second after the end of the try before")
	})
}

func TestAfterAPauseTheWholeQueueGoesOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, box := open(t, db), emailtest.NewMailbox()
		mails := email.New(box, st.Email(), nil)
		r := newMailRunner(t, st, mails, jobs.Options{SweepEvery: time.Hour})
		enqueue(t, mails, 0, 40)
		lose(t, db)
		box.FailNext(&frontdesk.Error{Code: frontdesk.RateLimited, Message: "slow down", RetryAfter: 2 * time.Second})
		start(t, r)
		wait(t, box, 40)
		allSent(t, db)
		assert.Equal(t, 41, box.Calls(), "one found the limit, and nobody asked before its end")
	})
}

func TestTheSweepFindsMailsThatHaveLostTheirJob(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, box := open(t, db), emailtest.NewMailbox()
		mails := email.New(box, st.Email(), nil)
		start(t, newMailRunner(t, st, mails, jobs.Options{SweepEvery: time.Second}))
		idle := open(t, db) // its process has no queue, and tells nobody
		enqueue(t, email.New(box, idle.Email(), nil), 0, 5)
		wait(t, box, 5)
		allSent(t, db)
	})
}

// keeper is an email service without mails that remembers what it was told to delete.
type keeper struct {
	mu     sync.Mutex
	before map[string][]time.Time
}

func (k *keeper) Deliver(context.Context, ...int64) error      { return nil }
func (k *keeper) DeliverDue(context.Context, int) (int, error) { return 0, nil }
func (k *keeper) Prune(ctx context.Context, before time.Time) (int, error) {
	return 0, k.remember(ctx, "prune", before)
}

func (k *keeper) PurgeBodies(ctx context.Context, before time.Time) (int, error) {
	return 0, k.remember(ctx, "purge", before)
}

func (k *keeper) remember(ctx context.Context, what string, before time.Time) error {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil || a.Role != frontdesk.RoleSystem {
		return frontdesk.Errorf(frontdesk.PermissionDenied, "upkeep is the system's")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.before[what] = append(k.before[what], before)
	return nil
}

func (k *keeper) times(what string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.before[what])
}

func TestOldMailsAreDeletedOnceADay(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, k := open(t, db), &keeper{before: map[string][]time.Time{}}
		for range 2 {
			start(t, newMailRunner(t, st, k, jobs.Options{BodyRetention: 7 * day, MessageRetention: 30 * day}))
		}
		await(t, "both to sleep until tomorrow", func() bool {
			return count(t, db, "SELECT count(*) FROM river_job WHERE kind IN ('email.purge', 'email.prune') AND state = 'scheduled' AND scheduled_at > ?", tomorrow(st)) == 2
		})
		require.Equal(t, 1, k.times("purge"))
		require.Equal(t, 1, k.times("prune"))
		assert.WithinDuration(t, time.Now().Add(-7*day), k.before["purge"][0], time.Minute)
		assert.WithinDuration(t, time.Now().Add(-30*day), k.before["prune"][0], time.Minute)
	})
}

func TestMailsMayBeKeptForEver(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, k := open(t, db), &keeper{before: map[string][]time.Time{}}
		start(t, newMailRunner(t, st, k, jobs.Options{BodyRetention: time.Hour, MessageRetention: -1}))
		await(t, "the bodies to be purged", func() bool { return k.times("purge") == 1 })
		assert.Zero(t, count(t, db, "SELECT count(*) FROM river_job WHERE kind = 'email.prune'"))
	})
}

func TestServicesWorkBesideEachOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, box := open(t, db), emailtest.NewMailbox()
		rec, mails := newRecorder(st), email.New(box, st.Email(), nil)
		r, err := jobs.New(st, jobs.Services{Billing: rec, Email: mails}, &jobs.Options{Logger: quiet})
		require.NoError(t, err)
		start(t, r)
		enqueue(t, mails, 0, 10)
		require.NoError(t, st.Billing().AddEvents(t.Context(), events(0, 10)...))
		wait(t, box, 10)
		rec.await(t, "10 events", func() bool { return len(rec.done) == 10 })
		allSent(t, db)
	})
}
