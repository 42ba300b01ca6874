package storage

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
)

// Delete deletes a document with all of its versions: nobody finds it any more, and
// workers remove the content from the document store until it is gone. Clients delete
// what they uploaded, until it is approved.
func (s *Service) Delete(ctx context.Context, id string) (err error) {
	const op = "storage.Delete"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return err
	}
	err = s.store.InTx(ctx, func(tx Store) error {
		if err := tx.RemoveDocument(ctx, id, s.now(), func(d *Document) error { return toChange(a, d) }); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, documentResource(id), frontdesk.Succeeded, nil, nil)
	})
	return s.refuse(ctx, op, documentResource(id), unknown(err))
}
