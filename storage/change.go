package storage

import (
	"context"
	"fmt"

	"github.com/frontdesk-go/frontdesk"
)

// change edits a document that the actor has the permission for, and audits the fields
// that edit returns as they were and are.
func (s *Service) change(ctx context.Context, op, id string, p permission, edit func(*Document, By) (before, after map[string]string, err error)) (d *Document, err error) {
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	err = s.store.InTx(ctx, func(tx Store) error {
		var before, after map[string]string
		d, err = tx.ChangeDocument(ctx, id, func(d *Document) (err error) {
			if err := p(a, d); err != nil {
				return err
			}
			d.UpdatedAt = s.now()
			before, after, err = edit(d, byActor(a))
			return err
		})
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, op, documentResource(id), frontdesk.Succeeded, before, after)
	})
	if err != nil {
		return nil, s.refuse(ctx, op, documentResource(id), unknown(err))
	}
	return shown(a, d), nil
}

// Rename gives a document another title. Clients rename what they uploaded until it is
// approved.
func (s *Service) Rename(ctx context.Context, id, title string) (*Document, error) {
	const op = "storage.Rename"
	if title == "" {
		return nil, frontdesk.Wrap(op, frontdesk.InvalidField("title", "is required"))
	}
	if err := validLine("title", title); err != nil {
		return nil, frontdesk.Wrap(op, err)
	}
	return s.change(ctx, op, id, toChange, func(d *Document, _ By) (_, _ map[string]string, _ error) {
		d.Title = title
		return nil, nil, nil // titles may be personal
	})
}

// Move puts a document in another folder of its client's. Clients move what they
// uploaded until it is approved.
func (s *Service) Move(ctx context.Context, id, folder string) (*Document, error) {
	const op = "storage.Move"
	if err := validLine("folder", folder); err != nil {
		return nil, frontdesk.Wrap(op, err)
	}
	return s.change(ctx, op, id, toChange, func(d *Document, _ By) (_, _ map[string]string, _ error) {
		d.Folder = folder
		return nil, nil, nil
	})
}

// Share lets the client see a document. It is for administrators and the system.
func (s *Service) Share(ctx context.Context, id string) (*Document, error) {
	return s.makeVisible(ctx, "storage.Share", id, Shared)
}

// Unshare hides a document from the client again, unless the client uploaded it. It is
// for administrators and the system.
func (s *Service) Unshare(ctx context.Context, id string) (*Document, error) {
	return s.makeVisible(ctx, "storage.Unshare", id, Private)
}

func (s *Service) makeVisible(ctx context.Context, op, id string, v Visibility) (*Document, error) {
	return s.change(ctx, op, id, toDecide, func(d *Document, _ By) (before, after map[string]string, _ error) {
		before, after = map[string]string{"visibility": string(d.Visibility)}, map[string]string{"visibility": string(v)}
		d.Visibility = v
		return before, after, nil
	})
}

// Approve says that the version is right. It fails with Aborted when there is a newer
// one, which nobody has looked at, and with FailedPrecondition when nobody can read it. It is for administrators and the system.
func (s *Service) Approve(ctx context.Context, id string, version int) (*Document, error) {
	return s.decide(ctx, "storage.Approve", id, version, StatusApproved, "")
}

// Reject says that the version is not right, and why: the client reads it. It fails
// like Approve. It is for administrators and the system.
func (s *Service) Reject(ctx context.Context, id string, version int, reason string) (*Document, error) {
	const op = "storage.Reject"
	if reason == "" {
		return nil, frontdesk.Wrap(op, frontdesk.InvalidField("reason", "is required"))
	}
	if err := validReason(reason); err != nil {
		return nil, frontdesk.Wrap(op, err)
	}
	return s.decide(ctx, op, id, version, StatusRejected, reason)
}

func (s *Service) decide(ctx context.Context, op, id string, version int, status Status, reason string) (*Document, error) {
	return s.change(ctx, op, id, toDecide, func(d *Document, by By) (before, after map[string]string, _ error) {
		if d.Latest.Number != version {
			return nil, nil, frontdesk.Errorf(frontdesk.Aborted, "version %d is the newest", d.Latest.Number)
		}
		if status == StatusApproved && !d.Latest.readable(s.options.Scan != nil) {
			return nil, nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "nobody can read it: it is %s", d.Latest.State)
		}
		before = map[string]string{"status": string(d.Status)}
		after = map[string]string{"status": string(status), "version": fmt.Sprint(version)}
		d.Status, d.Reason, d.DecidedBy, d.DecidedAt = status, reason, by, s.now()
		return before, after, nil
	})
}
