package storage

import (
	"context"
	"iter"

	"github.com/frontdesk-go/frontdesk"
)

// pageSize is how many rows are asked of the Store at a time, and the most that a page
// of receipts has.
const pageSize = 100

// Document returns a document. Clients see those of their own that are shared with
// them or that they uploaded; all others are NotFound, as is one that is not there.
func (s *Service) Document(ctx context.Context, id string) (d *Document, err error) {
	const op = "storage.Document"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	return s.visible(ctx, op, id)
}

// visible is the document, if the actor may know of it.
func (s *Service) visible(ctx context.Context, op, id string) (*Document, error) {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	d, err := s.store.Document(ctx, id)
	if err == nil {
		err = toRead(a, d)
	}
	if err != nil {
		return nil, s.refuse(ctx, op, documentResource(id), unknown(err))
	}
	return shown(a, d), nil
}

// shown is the document as the actor sees it.
func shown(a frontdesk.Actor, d *Document) *Document {
	if !isStaff(a) {
		d.Latest.Transfer = Transfer{}
	}
	return d
}

// List yields documents, newest first: to administrators and the system all that the
// filter selects, and to a client those of them that it sees.
func (s *Service) List(ctx context.Context, f Filter) iter.Seq2[*Document, error] {
	return func(yield func(*Document, error) bool) {
		a, err := s.permitList(ctx, &f)
		if err != nil {
			yield(nil, frontdesk.Wrap("storage.List", err))
			return
		}
		for d, err := range s.pages(ctx, f) {
			if err != nil {
				yield(nil, frontdesk.Wrap("storage.List", err))
				return
			}
			if !yield(shown(a, d), nil) {
				return
			}
		}
	}
}

// permitList keeps the filter to what the actor may see.
func (s *Service) permitList(ctx context.Context, f *Filter) (frontdesk.Actor, error) {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return a, err
	}
	if f.Limit < 0 {
		return a, frontdesk.InvalidField("limit", "is below zero")
	}
	if isStaff(a) {
		return a, nil
	}
	if f.Client == "" {
		f.Client = a.ClientID
	}
	if a.Role != frontdesk.RoleClient || !a.MayRead(f.Client) {
		return a, s.refuse(ctx, "storage.List", "client:"+f.Client, errNotAllowed)
	}
	f.VisibleToClient = true
	return a, nil
}

// pages reads page after page until the limit is reached.
func (s *Service) pages(ctx context.Context, f Filter) iter.Seq2[*Document, error] {
	return func(yield func(*Document, error) bool) {
		all, left := f.Limit == 0, f.Limit
		for all || left > 0 {
			f.Limit = pageSize
			if !all {
				f.Limit = min(left, pageSize)
			}
			page, err := s.store.Documents(ctx, f)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page {
				if !yield(&page[i], nil) {
					return
				}
			}
			if len(page) < f.Limit {
				return
			}
			left, f.Before = left-len(page), page[len(page)-1].ID
		}
	}
}

// Versions lists the versions of a document that the actor sees, newest first.
func (s *Service) Versions(ctx context.Context, id string) (all []Version, err error) {
	const op = "storage.Versions"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if _, err := s.visible(ctx, op, id); err != nil {
		return nil, err
	}
	if all, err = s.store.Versions(ctx, id); err != nil {
		return nil, err
	}
	a, err := frontdesk.ActorFrom(ctx)
	for i := range all {
		if !isStaff(a) {
			all[i].Transfer = Transfer{}
		}
	}
	return all, err
}

// Receipts lists who got the content of a document that the actor sees, newest first:
// at most a hundred, with ids below before unless that is 0. Both sides see them.
func (s *Service) Receipts(ctx context.Context, id string, before int64) (all []Receipt, err error) {
	const op = "storage.Receipts"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if _, err := s.visible(ctx, op, id); err != nil {
		return nil, err
	}
	return s.store.Receipts(ctx, id, before, pageSize)
}

// Usage tells what a client has and may have. Clients are told of themselves.
func (s *Service) Usage(ctx context.Context, client string) (u Usage, err error) {
	const op = "storage.Usage"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return Usage{}, err
	}
	if !isStaff(a) && !a.MayRead(client) {
		return Usage{}, s.refuse(ctx, op, "client:"+client, errNotAllowed)
	}
	if u, err = s.store.Usage(ctx, s.docs.Name(), client); err != nil || s.options.Quota == nil {
		return u, err
	}
	u.Quota, err = s.options.Quota(ctx, client)
	return u, err
}
