package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

const post = "post"

// letter is the n-th message with its entry, and with a file of so many bytes.
func letter(n int, size int) (email.Entry, email.Message) {
	m := email.Message{
		From: mail.Address{Address: "desk@example.com"}, To: []mail.Address{{Address: "ada@example.com"}},
		Subject: "Hello", Text: "Hello", Key: fmt.Sprint("key-", n),
		Attachments: []email.Attachment{{Name: "a.bin", ContentType: "application/octet-stream", Size: int64(size), Open: opener(size)}},
	}
	return email.Entry{
		Key: m.Key, Provider: post, From: m.From, To: m.To, Subject: m.Subject,
		Status: email.StatusQueued, CreatedAt: arrived, NextAt: arrived,
	}, m
}

func opener(size int) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(make([]byte, size))), nil }
}

func put(t *testing.T, st email.Store, n, size int) int64 {
	t.Helper()
	e, m := letter(n, size)
	id, _, err := st.AddMessage(t.Context(), e, m)
	require.NoError(t, err)
	return id
}

// finish makes the message one that waits for nobody.
func finish(t *testing.T, st email.Store, id int64) {
	t.Helper()
	_, err := st.TakeMessage(t.Context(), id, post, email.Lease{Token: "t", Now: arrived, Until: arrived.Add(time.Minute)})
	require.NoError(t, err)
	_, err = st.SettleMessage(t.Context(), id, email.Settlement{
		Lease: "t", At: arrived, Outcome: email.OutcomeSent, Status: email.StatusSent, ProviderID: fmt.Sprint("p-", id),
	})
	require.NoError(t, err)
}

func TestEmailStoreOnPostgresWithSnapshots(t *testing.T) {
	emailtest.TestStore(t, func(t *testing.T) email.Store {
		dsn := storetest.PostgresDSN(t) + " default_transaction_isolation='repeatable read'"
		return open(t, storetest.OpenPostgres(t, dsn)).Email()
	})
}

func TestAttachmentsAreReadWhenTheyAreOpened(t *testing.T) {
	const size = 1_000_000 // several parts
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db).Email()
		id := put(t, st, 1, size)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		m, err := st.Message(ctx, id)
		require.NoError(t, err)
		r, err := m.Attachments[0].Open()
		require.NoError(t, err)
		first := make([]byte, 10)
		_, err = io.ReadFull(r, first)
		require.NoError(t, err)

		finish(t, st, id)
		n, err := st.PurgeBodies(t.Context(), arrived.Add(time.Second))
		require.NoError(t, err)
		assert.Equal(t, 1, n)
		_, err = io.ReadAll(r)
		require.ErrorIs(t, err, frontdesk.NotFound, "the file was deleted while it was read")
		cancel()
		r, err = m.Attachments[0].Open()
		require.NoError(t, err)
		_, err = r.Read(first)
		require.ErrorIs(t, err, frontdesk.Canceled, "the context of the message has ended")
	})
}

func TestAMessageThatCannotBeReadLeavesNothingInATransactionThatGoesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		e, m := letter(1, 600_000)
		m.Attachments = append(m.Attachments, m.Attachments[0])
		m.Attachments[1].Open = func() (io.ReadCloser, error) { return nil, errOnPurpose }
		require.NoError(t, st.InTx(t.Context(), func(tx *store.Tx) error {
			_, added, err := tx.Email().AddMessage(t.Context(), e, m)
			assert.ErrorIs(t, err, errOnPurpose)
			assert.False(t, added)
			_, err = tx.Email().Suppress(t.Context(), email.Suppression{Address: "ada@example.com", Since: arrived})
			return err
		}))
		for table, want := range map[string]int{"messages": 0, "recipients": 0, "bodies": 0, "attachments": 0, "suppressions": 1} {
			assert.Equal(t, want, countOf(t, db, "frontdesk_email_"+table), table)
		}
	})
}

func countOf(t *testing.T, db *sqlx.DB, table string) (n int) {
	t.Helper()
	require.NoError(t, db.Get(&n, "SELECT count(*) FROM "+table))
	return n
}

func TestPruningLeavesNoRowsBehind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db).Email()
		for n := range 120 { // more than are deleted at once
			id := put(t, st, n, 10)
			finish(t, st, id)
		}
		for n, id := range []string{"p-1", "p-2", "unknown", ""} {
			_, _, err := st.AddEvent(t.Context(), email.Event{Provider: post, ID: fmt.Sprint("e-", n), MessageID: id, ReceivedAt: arrived})
			require.NoError(t, err)
		}
		n, err := st.PruneMessages(t.Context(), arrived.Add(time.Second))
		require.NoError(t, err)
		assert.Equal(t, 120, n)
		for _, table := range tables(t, db) {
			if table != "frontdesk_migrations" {
				assert.Zero(t, countOf(t, db, table), table)
			}
		}
	})
}

func TestMessagesAreHandedToTheWorkers(t *testing.T) {
	withQueue(t, func(t *testing.T, st *store.DB, q *queue) {
		s, ctx, later := st.Email(), t.Context(), arrived.Add(time.Hour)
		id := put(t, s, 1, 1)
		assert.Equal(t, []store.Job{{Kind: store.JobDeliverMessages, IDs: []int64{id}, RunAt: arrived}}, q.take(t, st))
		put(t, s, 1, 1)
		assert.Empty(t, q.take(t, st), "a known key is handed over once")
		e, m := letter(2, 1)
		e.Status = email.StatusFailed
		_, _, err := s.AddMessage(ctx, e, m)
		require.NoError(t, err)
		assert.Empty(t, q.take(t, st), "what is not queued needs no worker")

		take := func() {
			_, err := s.TakeMessage(ctx, id, post, email.Lease{Token: "t", Now: later, Until: later})
			require.NoError(t, err)
		}
		take()
		_, err = s.SettleMessage(ctx, id, email.Settlement{Lease: "t", Status: email.StatusQueued, NextAt: later})
		require.NoError(t, err)
		assert.Equal(t, []store.Job{{Kind: store.JobDeliverMessages, IDs: []int64{id}, RunAt: later}}, q.take(t, st), "to be tried again")
		take()
		_, err = s.SettleMessage(ctx, id, email.Settlement{Lease: "t", Status: email.StatusSent})
		require.NoError(t, err)
		assert.Empty(t, q.take(t, st), "sent")
	})
}

func TestAMailIsEnqueuedWithTheHostsWritesOrNotAtAll(t *testing.T) {
	withQueue(t, func(t *testing.T, st *store.DB, q *queue) {
		write := func(cause error) error {
			return st.InTx(t.Context(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(t.Context(), "INSERT INTO queue (kind) VALUES ('of the host')")
				e, m := letter(1, 10)
				_, _, added := tx.Email().AddMessage(t.Context(), e, m)
				return errors.Join(err, added, cause)
			})
		}
		require.ErrorIs(t, write(errOnPurpose), errOnPurpose)
		assert.Zero(t, countOf(t, st.SQL(), "queue"))
		assert.Zero(t, countOf(t, st.SQL(), "frontdesk_email_messages"))
		require.NoError(t, write(nil))
		assert.Equal(t, 2, countOf(t, st.SQL(), "queue"), "the host's row, and the job")
		assert.Equal(t, 1, countOf(t, st.SQL(), "frontdesk_email_messages"))
	})
}
