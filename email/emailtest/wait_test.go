package emailtest_test

import (
	"context"
	"fmt"
	"net/mail"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
)

func message(n int, to string) *email.Message {
	return &email.Message{
		From: mail.Address{Address: "desk@example.com"}, To: []mail.Address{{Address: to}},
		Subject: fmt.Sprintf("Message %d", n), Text: "Hello", Key: fmt.Sprintf("key-%d", n),
	}
}

func TestWaiting(t *testing.T) {
	t.Run("those who wait are told as soon as the mail is there", func(t *testing.T) {
		box := emailtest.NewMailbox()
		sent := make(chan error)
		go func() {
			for n := range 3 {
				if _, err := box.Send(t.Context(), message(n, "ada@example.com")); err != nil {
					sent <- err
				}
			}
			_, err := box.Send(t.Context(), message(3, "bob@example.com"))
			sent <- err
		}()
		mails, err := box.Wait(t.Context(), 3)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(mails), 3)
		m, err := box.Latest(t.Context(), "BOB@example.com")
		require.NoError(t, err)
		require.Equal(t, "Message 3", m.Subject)
		require.NoError(t, <-sent)
		require.Len(t, box.To("ada@example.com"), 3)
	})
	t.Run("waiting ends with its context, and says what there was", func(t *testing.T) {
		box := emailtest.NewMailbox()
		_, err := box.Send(t.Context(), message(1, "ada@example.com"))
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = box.Wait(ctx, 2)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "2 mails, there are 1")
		_, err = box.Latest(ctx, "bob@example.com")
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("a mailbox that was cleared is empty, and its ids are not used again", func(t *testing.T) {
		box := emailtest.NewMailbox()
		first, err := box.Send(t.Context(), message(1, "ada@example.com"))
		require.NoError(t, err)
		box.FailNext(frontdesk.Unavailable)
		box.Clear()
		require.Empty(t, box.Mails())
		again, err := box.Send(t.Context(), message(1, "ada@example.com"))
		require.NoError(t, err)
		require.NotEqual(t, first.ProviderID, again.ProviderID)
	})
}

func TestMemory(t *testing.T) {
	box := emailtest.NewMailbox()
	for _, step := range []struct {
		pass  time.Duration
		mails int
	}{{0, 1}, {23 * time.Hour, 1}, {2 * time.Hour, 2}} {
		box.Advance(step.pass)
		_, err := box.Send(t.Context(), message(1, "ada@example.com"))
		require.NoError(t, err)
		require.Len(t, box.Mails(), step.mails, "after %v more", step.pass)
	}
}
