package storage

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// Edit says what becomes of a document's title and folder. What is nil stays.
type Edit struct {
	Title  *string
	Folder *string
}

// Edit changes the title and the folder of a document at once, as Rename and Move do.
func (s *Service) Edit(ctx context.Context, id string, e Edit) (*Document, error) {
	const op = "storage.Edit"
	if err := e.validate(); err != nil {
		return nil, frontdesk.Wrap(op, err)
	}
	return s.change(ctx, op, id, toChange, func(d *Document, _ By) (_, _ map[string]string, _ error) {
		if e.Title != nil {
			d.Title = *e.Title
		}
		if e.Folder != nil {
			d.Folder = *e.Folder
		}
		return nil, nil, nil // both may be personal
	})
}

func (e Edit) validate() error {
	var errs []error
	if e.Title != nil {
		if *e.Title == "" {
			errs = append(errs, frontdesk.InvalidField("title", "is required"))
		}
		errs = append(errs, validLine("title", *e.Title))
	}
	if e.Folder != nil {
		errs = append(errs, validLine("folder", *e.Folder))
	}
	return errors.Join(errs...)
}
