package storage

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// NewVersion takes a newer content of a document in, as Upload does; of u it uses the
// Name, the Content and what is said about that. The document waits to be approved
// again. Clients bring new versions of what they uploaded, until it is approved.
func (s *Service) NewVersion(ctx context.Context, id string, u Upload) (d *Document, err error) {
	const op = "storage.NewVersion"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	if err := u.validateFile(); err != nil {
		return nil, err
	}
	d, err = s.store.Document(ctx, id)
	if err == nil {
		err = toChange(a, d) // before anything is read
	}
	if err != nil {
		return nil, s.refuse(ctx, op, documentResource(id), unknown(err))
	}
	u.Client = d.Client
	quota, err := s.roomFor(ctx, u.Client, u.Size)
	if err != nil {
		return nil, err
	}
	v, err := s.receive(ctx, a, u)
	if err != nil {
		return nil, err
	}
	v.Document = id
	d, err = s.revise(ctx, op, a, v, quota)
	if err := s.afterAdding(ctx, v, d, err); err != nil {
		return nil, s.refuse(ctx, op, documentResource(id), unknown(err))
	}
	return shown(a, d), nil
}

func (s *Service) revise(ctx context.Context, op string, a frontdesk.Actor, v Version, quota int64) (d *Document, err error) {
	err = s.store.InTx(ctx, func(tx Store) error {
		d, err = tx.AddVersion(ctx, v, quota, func(d *Document) error {
			if err := toChange(a, d); err != nil {
				return err
			}
			d.Status, d.Reason, d.DecidedBy, d.DecidedAt, d.UpdatedAt = StatusPending, "", By{}, time.Time{}, v.CreatedAt
			return nil
		})
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, op, documentResource(v.Document), frontdesk.Succeeded, nil, versionFields(d))
	})
	return d, err
}
