package email_test

import (
	"errors"
	"io"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// welcome is a mail as a template makes it.
type welcome struct{ err error }

func (welcome) Name() string { return "welcome" }

func (m welcome) Render() (email.Message, error) {
	return email.Message{To: addresses("ada@example.com"), Subject: "Welcome", HTML: "<p>Hi</p>"}, m.err
}

func TestEnqueue(t *testing.T) {
	t.Run("the same key is one entry and one mail, however often it is enqueued", func(t *testing.T) {
		w := newWorld(t)
		var ids []int64
		for range 3 {
			id, err := w.svc.Enqueue(w.ctx, w.message(), "receipt:in_1", nil)
			require.NoError(t, err)
			ids = append(ids, id)
			w.drain()
		}
		require.Equal(t, []int64{ids[0], ids[0], ids[0]}, ids)
		require.Len(t, w.box.Mails(), 1)
		require.Equal(t, "receipt:in_1", w.box.Mails()[0].Key)
	})
	t.Run("a mail is rendered and logged under its name, its client and the usual sender", func(t *testing.T) {
		w := newWorld(t)
		id, err := w.svc.Enqueue(w.ctx, welcome{}, "welcome:acme", &email.EnqueueOptions{Client: "acme"})
		require.NoError(t, err)
		e := w.log(id).Entry
		require.Equal(t, "welcome acme mailbox queued", strings.Join([]string{e.Template, e.Client, e.Provider, string(e.Status)}, " "))
		require.Equal(t, mail.Address{Name: "Frontdesk", Address: "desk@example.com"}, e.From)
		m, err := w.svc.Message(w.ctx, id)
		require.NoError(t, err)
		require.Equal(t, "<p>Hi</p>", m.HTML)
	})
	t.Run("a mail that does not render is not enqueued", func(t *testing.T) {
		w, broken := newWorld(t), errors.New("no such field")
		_, err := w.svc.Enqueue(w.ctx, welcome{err: broken}, "k", nil)
		require.ErrorIs(t, err, broken)
		_, err = w.svc.Enqueue(w.ctx, nil, "k", nil)
		require.ErrorIs(t, err, frontdesk.Invalid)
	})
	t.Run("it is part of the caller's transaction", func(t *testing.T) {
		w, failed := newWorld(t), errors.New("the host's own write failed")
		err := w.store.InTx(w.ctx, func(tx email.Store) error {
			_, err := w.svc.In(tx).Enqueue(w.ctx, w.message(), "k", nil)
			return errors.Join(err, failed)
		})
		require.ErrorIs(t, err, failed)
		w.drain()
		require.Empty(t, w.box.Mails())
	})
	t.Run("what is not valid is refused with its fields, and nothing is stored", func(t *testing.T) {
		w := newWorld(t)
		m := w.message()
		m.Subject, m.To = "a\r\nBcc: eve@example.com", addresses("ada@example.com", "nobody")
		_, err := w.svc.Enqueue(w.ctx, m, "k", nil)
		require.ErrorIs(t, err, frontdesk.Invalid)
		require.Equal(t, []string{"subject", "to[1]"}, fieldNames(err))
		_, err = w.svc.Enqueue(w.ctx, w.message(), "", nil)
		require.Equal(t, []string{"key"}, fieldNames(err))
		_, err = w.svc.Enqueue(w.ctx, w.message(), "k", &email.EnqueueOptions{Client: "a\nb"})
		require.Equal(t, []string{"client"}, fieldNames(err))
		all, err := w.svc.Messages(w.ctx, email.Filter{})
		require.NoError(t, err)
		require.Empty(t, all)
	})
	t.Run("attachments are read before it returns, and must have the size they say", func(t *testing.T) {
		w, read := newWorld(t), 0
		m := w.message()
		m.Attachments = []email.Attachment{{Name: "a.txt", ContentType: "text/plain", Size: 5, Open: func() (io.ReadCloser, error) {
			read++
			return io.NopCloser(strings.NewReader("hello")), nil
		}}}
		w.enqueue(m, nil)
		require.Equal(t, 1, read)
		w.drain()
		require.Equal(t, 1, read, "the worker has a copy")
		m.Attachments[0].Size = 4
		_, err := w.svc.Enqueue(w.ctx, m, "k", nil)
		require.Equal(t, []string{"attachments[0].size"}, fieldNames(err))
	})
	t.Run("a message is held back until its time", func(t *testing.T) {
		w := newWorld(t)
		w.enqueue(w.message(), &email.EnqueueOptions{NotBefore: w.box.Now().Add(time.Hour)})
		w.drain()
		require.Empty(t, w.box.Mails())
		w.retry()
		require.Len(t, w.box.Mails(), 1)
	})
	t.Run("only administrators, the system, and clients about themselves may send", func(t *testing.T) {
		w := newWorld(t)
		viewing := frontdesk.Admin("root", frontdesk.Origin{})
		viewing.OnBehalfOf = "acme"
		for _, c := range []struct {
			actor  frontdesk.Actor
			client string
			want   error
		}{
			{frontdesk.Admin("root", frontdesk.Origin{}), "", nil},
			{frontdesk.Client("acme", frontdesk.Origin{}), "acme", nil},
			{frontdesk.Client("acme", frontdesk.Origin{}), "globex", frontdesk.PermissionDenied},
			{frontdesk.Client("acme", frontdesk.Origin{}), "", frontdesk.PermissionDenied},
			{frontdesk.Expert("nina", frontdesk.Origin{}), "acme", frontdesk.PermissionDenied},
			{viewing, "acme", frontdesk.PermissionDenied},
			{frontdesk.Actor{}, "acme", frontdesk.Unauthenticated},
		} {
			_, err := w.svc.Enqueue(as(w.ctx, c.actor), w.message(), "k", &email.EnqueueOptions{Client: c.client})
			require.ErrorIs(t, err, c.want)
		}
		require.Contains(t, w.audited(), "acme email.Enqueue denied")
	})
}

func fieldNames(err error) []string {
	var names []string
	for _, f := range frontdesk.Fields(err) {
		names = append(names, f.Name)
	}
	return names
}
