//go:build unix

package email_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/resend"
	"github.com/frontdesk-go/frontdesk/email/resend/resendtest"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// What a victim is told in its environment: the database and the provider, how far its
// clock is ahead, after how many mails it kills itself, and whether its mailer can only send.
const (
	victimDB    = "FRONTDESK_EMAIL_VICTIM_DB"
	victimAPI   = "FRONTDESK_EMAIL_VICTIM_API"
	victimAhead = "FRONTDESK_EMAIL_VICTIM_AHEAD"
	victimLives = "FRONTDESK_EMAIL_VICTIM_LIVES"
	victimBare  = "FRONTDESK_EMAIL_VICTIM_BARE"
)

// crashMails is how many messages a crash test sends.
const crashMails = 12

// TestCrash kills workers, with SIGKILL, after the provider has accepted a message and
// before that is written down.
func TestCrash(t *testing.T) {
	if path := os.Getenv(victimDB); path != "" {
		beVictim(t, path)
		return
	}
	t.Run("each key is accepted once, and each message ends as sent", func(t *testing.T) {
		c := newCrash(t, false)
		kills := c.run()
		require.Greater(t, kills, 3)
		require.Equal(t, crashMails+kills, len(c.server.Requests()), "after each death the same key is sent again")
		uncertain := 0
		for _, log := range c.logs() {
			require.Equal(t, email.StatusSent, log.Entry.Status)
			require.Equal(t, c.accepted()[log.Entry.Key], log.Entry.ProviderID)
			uncertain += count(log, email.OutcomeUncertain)
		}
		require.Equal(t, kills, uncertain, "each death is in the log")
	})
	t.Run("a mailer that cannot tell is asked once for each message, and the others are left to a person", func(t *testing.T) {
		c := newCrash(t, true)
		kills := c.run()
		require.Greater(t, kills, 3)
		require.Len(t, c.server.Requests(), crashMails)
		failed := 0
		for _, log := range c.logs() {
			if log.Entry.Status == email.StatusFailed {
				failed++
				require.False(t, log.Entry.UncertainSince.IsZero())
			}
		}
		require.Equal(t, kills, failed)
	})
}

func count(log *email.Log, o email.Outcome) int {
	n := 0
	for _, a := range log.Attempts {
		if a.Outcome == o {
			n++
		}
	}
	return n
}

// crash is a queue of mails in a database, and a Resend that counts.
type crash struct {
	*testing.T
	path   string
	bare   bool
	server *resendtest.Server
	api    string
	svc    *email.Service
	ctx    context.Context
}

func newCrash(t *testing.T, bare bool) *crash {
	c := &crash{T: t, path: filepath.Join(t.TempDir(), "frontdesk.db"), bare: bare, server: resendtest.NewServer(nil)}
	listening := httptest.NewServer(c.server)
	t.Cleanup(listening.Close)
	c.api, c.ctx = listening.URL, frontdesk.WithActor(t.Context(), frontdesk.System("test"))
	c.svc = crashService(t, c.path, c.api, time.Now, func(m email.Mailer) email.Mailer { return m })
	for n := range crashMails {
		_, err := c.svc.Enqueue(c.ctx, email.Message{To: addresses("ada@example.com"), Subject: "Hi", Text: "Hello"}, fmt.Sprintf("key-%d", n), nil)
		require.NoError(t, err)
	}
	return c
}

func crashService(t *testing.T, path, api string, clock func() time.Time, mailer func(email.Mailer) email.Mailer) *email.Service {
	st, err := store.Open(t.Context(), storetest.OpenSQLite(t, path), nil)
	require.NoError(t, err)
	m, err := resend.New("re_test", &resend.Options{BaseURL: api})
	require.NoError(t, err)
	return email.New(mailer(m), st.Email(), &email.Options{
		From: addresses("desk@example.com")[0], Clock: clock, Logger: slog.New(slog.DiscardHandler),
	})
}

// run starts one victim after another until one comes to the end, and says how many
// were killed. Each finds that the leases of those before it are over.
func (c *crash) run() (kills int) {
	c.Helper()
	for ; kills < 2*crashMails; kills++ {
		victim := exec.CommandContext(c.ctx, os.Args[0], "-test.run", "^TestCrash$")
		victim.Env = append(os.Environ(), victimDB+"="+c.path, victimAPI+"="+c.api, victimLives+"="+strconv.Itoa(1+kills%3),
			victimAhead+"="+(time.Duration(kills)*time.Hour/2).String(), victimBare+"="+strconv.FormatBool(c.bare))
		out, err := victim.CombinedOutput()
		if err == nil {
			return kills
		}
		status, is := victim.ProcessState.Sys().(syscall.WaitStatus)
		require.True(c, is && status.Signaled() && status.Signal() == syscall.SIGKILL, "%v: %s", err, out)
	}
	c.Fatal("no victim came to the end")
	return kills
}

// accepted are the provider's ids by key, each of which was accepted once.
func (c *crash) accepted() map[string]string {
	c.Helper()
	ids := map[string]string{}
	for _, e := range c.server.Emails() {
		require.NotContains(c, ids, e.IdempotencyKey, "a key was accepted twice")
		ids[e.IdempotencyKey] = e.ID
	}
	require.Len(c, ids, crashMails)
	return ids
}

func (c *crash) logs() []*email.Log {
	c.Helper()
	all, err := c.svc.Messages(c.ctx, email.Filter{})
	require.NoError(c, err)
	require.Len(c, all, crashMails)
	var logs []*email.Log
	for _, e := range all {
		log, err := c.svc.Log(c.ctx, e.ID)
		require.NoError(c, err)
		logs = append(logs, log)
	}
	return logs
}

// beVictim sends what is due until it has used up its lives.
func beVictim(t *testing.T, path string) {
	ahead, err := time.ParseDuration(os.Getenv(victimAhead))
	require.NoError(t, err)
	lives, err := strconv.Atoi(os.Getenv(victimLives))
	require.NoError(t, err)
	clock := func() time.Time { return time.Now().Add(ahead) }
	svc := crashService(t, path, os.Getenv(victimAPI), clock, func(m email.Mailer) email.Mailer {
		mortal := &mortal{Mailer: m, lives: lives}
		if os.Getenv(victimBare) == "true" {
			return mortal
		}
		return struct {
			email.Mailer
			email.Remembering
		}{mortal, m.(email.Remembering)}
	})
	require.NoError(t, svc.Drain(t.Context()))
}

// mortal kills its process as soon as the last of its lives was sent.
type mortal struct {
	email.Mailer
	lives int
}

func (m *mortal) Send(ctx context.Context, msg *email.Message) (email.Receipt, error) {
	r, err := m.Mailer.Send(ctx, msg)
	if m.lives--; m.lives == 0 && err == nil {
		if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
			panic(err)
		}
		select {} // until the signal comes
	}
	return r, err
}
