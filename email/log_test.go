package email_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

func TestResend(t *testing.T) {
	t.Run("it sends the message again as a new one with a key of its own", func(t *testing.T) {
		w := newWorld(t)
		m := w.message()
		m.Cc = addresses("bob@example.com")
		id, err := w.svc.Enqueue(w.ctx, m, "receipt:in_1", &email.EnqueueOptions{Client: "acme"})
		require.NoError(t, err)
		w.drain()
		root := as(w.ctx, frontdesk.Admin("root", frontdesk.Origin{}))
		again, err := w.svc.Resend(root, id)
		require.NoError(t, err)
		w.drain()
		mails := w.box.Mails()
		require.Len(t, mails, 2)
		require.Equal(t, mails[0].Recipients(), mails[1].Recipients())
		require.NotEqual(t, mails[0].Key, mails[1].Key)
		e := w.log(again).Entry
		require.Equal(t, id, e.ResendOf)
		require.Equal(t, "acme", e.Client)
		require.Equal(t, []string{"root email.Resend ok"}, w.audited())
	})
	t.Run("it does not send again what still waits, or is not there any more", func(t *testing.T) {
		w := newWorld(t)
		id := w.enqueue(w.message(), nil)
		_, err := w.svc.Resend(w.ctx, id)
		require.ErrorIs(t, err, frontdesk.FailedPrecondition)
		w.drain()
		n, err := w.svc.PurgeBodies(w.ctx, w.box.Now().Add(time.Second))
		require.NoError(t, err)
		require.Equal(t, 1, n)
		_, err = w.svc.Resend(w.ctx, id)
		require.ErrorIs(t, err, frontdesk.NotFound)
		_, err = w.svc.Resend(w.ctx, 404)
		require.ErrorIs(t, err, frontdesk.NotFound)
	})
}

func TestLog(t *testing.T) {
	t.Run("entries are listed for administrators, by address and status", func(t *testing.T) {
		w := newWorld(t)
		w.sent()
		id := w.enqueue(w.message(), nil)
		all, err := w.svc.Messages(w.ctx, email.Filter{Address: " ADA@example.com", Statuses: []email.Status{email.StatusQueued}})
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Equal(t, id, all[0].ID)
		_, err = w.svc.Messages(w.ctx, email.Filter{Limit: 501})
		require.Equal(t, []string{"limit"}, fieldNames(err))
	})
	t.Run("old messages are deleted, with all that is known of them", func(t *testing.T) {
		w := newWorld(t)
		id, _ := w.sent()
		n, err := w.svc.Prune(w.ctx, w.box.Now().Add(time.Second))
		require.NoError(t, err)
		require.Equal(t, 1, n)
		_, err = w.svc.Log(w.ctx, id)
		require.ErrorIs(t, err, frontdesk.NotFound)
	})
	t.Run("only administrators and the system may look and act, and refusals are audited", func(t *testing.T) {
		w := newWorld(t)
		id, _ := w.sent()
		viewing := frontdesk.Admin("root", frontdesk.Origin{})
		viewing.OnBehalfOf = "acme"
		calls := map[string]func(context.Context) error{
			"email.Log":        func(ctx context.Context) error { _, err := w.svc.Log(ctx, id); return err },
			"email.Message":    func(ctx context.Context) error { _, err := w.svc.Message(ctx, id); return err },
			"email.Messages":   func(ctx context.Context) error { _, err := w.svc.Messages(ctx, email.Filter{}); return err },
			"email.Resend":     func(ctx context.Context) error { _, err := w.svc.Resend(ctx, id); return err },
			"email.Suppress":   func(ctx context.Context) error { return w.svc.Suppress(ctx, "a@example.com", "") },
			"email.Unsuppress": func(ctx context.Context) error { return w.svc.Unsuppress(ctx, "a@example.com") },
			"email.Suppressions": func(ctx context.Context) error {
				_, err := w.svc.Suppressions(ctx, email.SuppressionFilter{})
				return err
			},
			"email.Prune":       func(ctx context.Context) error { _, err := w.svc.Prune(ctx, time.Now()); return err },
			"email.PurgeBodies": func(ctx context.Context) error { _, err := w.svc.PurgeBodies(ctx, time.Now()); return err },
		}
		for op, call := range calls {
			require.ErrorIs(t, call(t.Context()), frontdesk.Unauthenticated, op)
			for _, a := range []frontdesk.Actor{
				frontdesk.Client("acme", frontdesk.Origin{}), frontdesk.Expert("nina", frontdesk.Origin{}), viewing,
			} {
				err := call(as(w.ctx, a))
				require.ErrorIs(t, err, frontdesk.PermissionDenied, op)
				require.True(t, strings.HasPrefix(err.Error(), op), err.Error())
				require.Contains(t, w.audited(), fmt.Sprintf("%s %s denied", a.ID, op))
			}
			require.NotErrorIs(t, call(as(w.ctx, frontdesk.Admin("root", frontdesk.Origin{}))), frontdesk.PermissionDenied, op)
		}
	})
}

func TestRedaction(t *testing.T) {
	m := email.Message{
		From: addresses("desk@example.com")[0], To: addresses("ada@example.com"), Subject: "Your diagnosis", Text: "private", Key: "k1",
	}
	e := email.Entry{ID: 7, To: m.To, Subject: m.Subject, Withheld: map[string]string{"ada@example.com": "x"}}
	ev := email.Event{Provider: "resend", ID: "evt", Recipient: "ada@example.com", Detail: "private", Payload: []byte("private")}
	sup := email.Suppression{Address: "ada@example.com", Detail: "private"}
	var logs strings.Builder
	log := slog.New(slog.NewJSONHandler(&logs, nil))
	for _, v := range []any{
		m, &m, e, &e, ev, &ev, sup, &sup, email.Log{Entry: e, Events: []email.Event{ev}}, &email.Log{Entry: e}, []email.Message{m},
		email.Mail(m),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			text := fmt.Sprintf(verb, v)
			for _, secret := range []string{"ada@", "diagnosis", "private"} {
				require.NotContains(t, text, secret, "%T with %s", v, verb)
			}
		}
	}
	for _, v := range []any{m, e, ev, sup} {
		log.Info("test", "value", v)
	}
	for _, secret := range []string{"ada@", "diagnosis", "private"} {
		require.NotContains(t, logs.String(), secret)
	}
}

func TestStatuses(t *testing.T) {
	all := email.Statuses()
	for i, a := range all {
		for j, b := range all {
			require.Equal(t, i < j, a.Before(b), "%s before %s", a, b)
		}
		require.True(t, a.Valid())
		require.True(t, email.Status("").Before(a))
	}
	require.False(t, email.Status("opened").Valid())
}
