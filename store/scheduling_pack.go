package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	selectPacks = "SELECT details FROM frontdesk_scheduling_packs WHERE "
	insertPack  = "INSERT INTO frontdesk_scheduling_packs (id, client, key, details) VALUES (?, ?, ?, ?) ON CONFLICT (client, key) WHERE key <> '' DO NOTHING"
	updatePack  = "UPDATE frontdesk_scheduling_packs SET details = ? WHERE id = ?"
	packWithKey = "client = ? AND key = ? AND key <> ''"
)

// AddPack stores the pack unless one of the client has its key.
func (s schedulingStore) AddPack(ctx context.Context, p scheduling.Pack) (there *scheduling.Pack, added bool, err error) {
	text, err := packDetails(p)
	if err != nil {
		return nil, false, err
	}
	err = s.together(ctx, func(_ *Tx, q queries) error {
		n, err := q.exec(ctx, insertPack, storable(p.ID), storable(p.Client), storable(p.Key), text)
		if isUnique(q, err) {
			return frontdesk.Errorf(frontdesk.AlreadyExists, "there is a pack %q", p.ID)
		}
		if err != nil {
			return err
		}
		added = n > 0
		condition, args := "id = ?", []any{storable(p.ID)}
		if !added {
			condition, args = packWithKey, []any{storable(p.Client), storable(p.Key)}
		}
		there, err = findPack(ctx, q, condition, args...)
		return gone(err, "pack with this key")
	})
	if err != nil {
		return nil, false, err
	}
	return there, added, nil
}

func packDetails(p scheduling.Pack) (string, error) {
	p.Payment.PaidAt, p.ExpiresAt = p.Payment.PaidAt.UTC(), p.ExpiresAt.UTC()
	p.CreatedAt, p.UpdatedAt = p.CreatedAt.UTC(), p.UpdatedAt.UTC()
	return details(p)
}

func findPack(ctx context.Context, q queries, condition string, args ...any) (*scheduling.Pack, error) {
	p, err := first(ctx, q, scanPack, selectPacks+condition, args...)
	if err != nil {
		return nil, err
	}
	return &p, nil
}

func scanPack(r row) (p scheduling.Pack, err error) {
	var text string
	if err := r.Scan(&text); err != nil {
		return p, err
	}
	err = json.Unmarshal([]byte(text), &p)
	p.Payment.PaidAt, p.ExpiresAt = p.Payment.PaidAt.UTC(), p.ExpiresAt.UTC()
	p.CreatedAt, p.UpdatedAt = p.CreatedAt.UTC(), p.UpdatedAt.UTC()
	return p, err
}

// ChangePack changes a pack.
func (s schedulingStore) ChangePack(ctx context.Context, id string, fn func(*scheduling.Pack) error) (there *scheduling.Pack, err error) {
	err = s.together(ctx, func(_ *Tx, q queries) error {
		p, err := findPack(ctx, q, "id = ?"+q.dialect.rowLock, storable(id))
		if err != nil {
			return missing(err, fmt.Sprintf("pack %q", id))
		}
		old := *p
		if err := fn(p); err != nil {
			return callersError{err}
		}
		p.ID, p.Client, p.Key, p.CreatedAt = old.ID, old.Client, old.Key, old.CreatedAt
		text, err := packDetails(*p)
		if err != nil {
			return err
		}
		if _, err := q.exec(ctx, updatePack, text, p.ID); err != nil {
			return err
		}
		there, err = findPack(ctx, q, "id = ?", p.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return there, nil
}

// Pack returns a pack.
func (s schedulingStore) Pack(ctx context.Context, id string) (p *scheduling.Pack, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		p, err = findPack(ctx, q, "id = ?", storable(id))
		return missing(err, fmt.Sprintf("pack %q", id))
	})
	return p, err
}

// PacksOf lists those of the client.
func (s schedulingStore) PacksOf(ctx context.Context, client string) (all []scheduling.Pack, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		all, err = list(ctx, q, scanPack, selectPacks+"client = ? ORDER BY id", storable(client))
		return err
	})
	return all, err
}
