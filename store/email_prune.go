package store

import (
	"context"
	"time"
)

// messagesAtOnce is how many messages one transaction deletes: others wait for it on
// SQLite, and their files may be large.
const messagesAtOnce = 100

const (
	selectOverdue = "SELECT id FROM frontdesk_email_messages WHERE status <> 'queued' AND created_at < ? ORDER BY created_at, id LIMIT ?"
	selectKept    = "SELECT id FROM frontdesk_email_messages WHERE kept AND status <> 'queued' AND created_at < ? ORDER BY created_at, id LIMIT ?"

	deleteLostEvents = "DELETE FROM frontdesk_email_events WHERE id IN " +
		"(SELECT id FROM frontdesk_email_events WHERE message = 0 AND received_at < ? ORDER BY received_at LIMIT ?)"

	// deleteLostReceipts forgets the ids that no event waits for. One that comes at this
	// moment makes its own again.
	deleteLostReceipts = "DELETE FROM frontdesk_email_receipts AS r WHERE r.message = 0 AND NOT EXISTS (SELECT 1 " +
		"FROM frontdesk_email_events e WHERE e.message = 0 AND e.provider = r.provider AND e.provider_id = r.provider_id)"
)

var (
	deleteBody = []string{
		"DELETE FROM frontdesk_email_attachments WHERE message = ?",
		"DELETE FROM frontdesk_email_bodies WHERE message = ?",
	}
	purgeBody = append([]string{"UPDATE frontdesk_email_messages SET kept = FALSE WHERE id = ?"}, deleteBody...)

	// deleteMessage begins with the receipt, whose lock an event takes that is about to be
	// joined: what comes later finds no message.
	deleteMessage = append([]string{
		"DELETE FROM frontdesk_email_receipts WHERE message = ?",
		"DELETE FROM frontdesk_email_events WHERE message = ?",
		"DELETE FROM frontdesk_email_attempts WHERE message = ?",
		"DELETE FROM frontdesk_email_recipients WHERE message = ?",
		"DELETE FROM frontdesk_email_messages WHERE id = ?",
	}, deleteBody...)
)

// PurgeBodies deletes bodies and attachments.
func (s emailStore) PurgeBodies(ctx context.Context, before time.Time) (int, error) {
	return s.clear(ctx, selectKept, before, purgeBody)
}

// PruneMessages deletes messages, and events that belong to none.
func (s emailStore) PruneMessages(ctx context.Context, before time.Time) (int, error) {
	n, err := s.clear(ctx, selectOverdue, before, deleteMessage)
	if err != nil {
		return n, err
	}
	return n, s.pruneEvents(ctx, before)
}

// clear runs the statements for each message that the query selects, in batches so that
// others are not held up.
func (s emailStore) clear(ctx context.Context, query string, before time.Time, statements []string) (int, error) {
	for cleared := 0; ; {
		var ids []int64
		err := s.atomically(ctx, func(_ *Tx, q queries) (err error) {
			if ids, err = list(ctx, q, scalar[int64], query+q.dialect.rowLock, micros(before), messagesAtOnce); err != nil {
				return err
			}
			return each(ctx, q, ids, statements)
		})
		if err != nil {
			return cleared, err
		}
		if cleared += len(ids); len(ids) < messagesAtOnce {
			return cleared, nil
		}
	}
}

func each(ctx context.Context, q queries, ids []int64, statements []string) error {
	for _, id := range ids {
		for _, statement := range statements {
			if _, err := q.exec(ctx, statement, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s emailStore) pruneEvents(ctx context.Context, before time.Time) error {
	for n := int64(pruneBatch); n == pruneBatch; {
		if err := s.write(ctx, func(q queries) (err error) {
			n, err = q.exec(ctx, deleteLostEvents, micros(before), pruneBatch)
			return err
		}); err != nil {
			return err
		}
	}
	return s.write(ctx, func(q queries) error {
		_, err := q.exec(ctx, deleteLostReceipts)
		return err
	})
}
