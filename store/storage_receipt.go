package store

import (
	"context"
	"errors"
	"time"

	"github.com/frontdesk-go/frontdesk/storage"
)

const (
	addedReceiptColumns = "document, version, kind, by_id, by_role, read_at"
	receiptColumns      = "id, " + addedReceiptColumns

	selectReceiptSince = "SELECT id FROM frontdesk_storage_receipts WHERE " + notDeleted +
		" AND version = ? AND kind = ? AND by_id = ? AND by_role = ? AND read_at >= ? LIMIT 1"
)

// AddReceipt stores a receipt unless there is one like it. Whoever reads a document bit by
// bit has one after the first bit, and then nothing is written.
func (s storageStore) AddReceipt(ctx context.Context, r storage.Receipt, since time.Time) (added bool, err error) {
	var known bool
	if err := s.read(ctx, func(q queries) (err error) {
		known, err = hasReceipt(ctx, q, r, since)
		return err
	}); err != nil || known {
		return false, err
	}
	err = s.atomically(ctx, func(_ *Tx, q queries) error {
		added = false
		if err := lockDocument(ctx, q, r.Document); err != nil {
			return err
		}
		if known, err := hasReceipt(ctx, q, r, since); err != nil || known {
			return err
		}
		_, err := q.exec(ctx, "INSERT INTO frontdesk_storage_receipts ("+addedReceiptColumns+") VALUES (?, ?, ?, ?, ?, ?)",
			r.Document, r.Version, string(r.Kind), storable(r.By.ID), string(r.By.Role), micros(r.At))
		added = err == nil
		return err
	})
	return added && err == nil, err
}

// hasReceipt reports whether the document, which is not deleted, has such a receipt.
func hasReceipt(ctx context.Context, q queries, r storage.Receipt, since time.Time) (bool, error) {
	document := storable(r.Document)
	_, err := first(ctx, q, scalar[int64], selectReceiptSince, document, document, r.Version, string(r.Kind),
		storable(r.By.ID), string(r.By.Role), micros(since))
	if errors.Is(err, errNoRow) {
		return false, nil
	}
	return err == nil, err
}

// Receipts lists, newest first.
func (s storageStore) Receipts(ctx context.Context, document string, before int64, limit int) (all []storage.Receipt, err error) {
	query, args := filterReceipts(storable(document), before, limit)
	err = s.read(ctx, func(q queries) (err error) {
		all, err = list(ctx, q, scanReceipt, query, args...)
		return err
	})
	return all, err
}

func filterReceipts(document string, before int64, limit int) (query string, args []any) {
	var where filter
	where.when(true, notDeleted, document, document)
	where.when(before != 0, "id < ?", before)
	return "SELECT " + receiptColumns + " FROM frontdesk_storage_receipts" + where.sql() + " ORDER BY id DESC LIMIT ?",
		append(where.args, max(limit, 0))
}

func scanReceipt(r row) (receipt storage.Receipt, err error) {
	var at int64
	err = r.Scan(&receipt.ID, &receipt.Document, &receipt.Version, &receipt.Kind, &receipt.By.ID, &receipt.By.Role, &at)
	receipt.At = moment(at)
	return receipt, err
}
