package storage

import (
	"context"
	"fmt"

	"github.com/frontdesk-go/frontdesk"
)

// Retry tries a version that is dead again, from its first attempt. It fails with
// FailedPrecondition unless it is dead. It is for administrators and the system.
func (s *Service) Retry(ctx context.Context, version int64) (err error) {
	const op = "storage.Retry"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permitStaff(ctx, op, versionResource(version)); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Store) error {
		v, err := tx.Version(ctx, version)
		if err != nil {
			return err
		}
		state := StateQueued
		if v.Transfer.ScannedAt.IsZero() {
			state = s.firstState()
		}
		if err := tx.RetryVersion(ctx, version, state, s.now()); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, versionResource(version), frontdesk.Succeeded, nil, map[string]string{"state": string(state)})
	})
}

// Resume ends the pause of a client for which the document store was full, because
// somebody has made room. It is for administrators and the system.
func (s *Service) Resume(ctx context.Context, client string) (err error) {
	const op = "storage.Resume"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permitStaff(ctx, op, "client:"+client); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Store) error {
		if err := tx.Resume(ctx, s.docs.Name(), client, s.now()); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, "client:"+client, frontdesk.Succeeded, nil, nil)
	})
}

func versionResource(id int64) string { return fmt.Sprintf("version:%d", id) }
