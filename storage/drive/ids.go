package drive

import (
	"context"

	drivego "google.golang.org/api/drive/v3"
)

const idBatch = 200

// ids are a stock of ids under which nothing is stored yet.
type ids struct {
	turn chan struct{} // held by who looks into the stock, or fills it
	more func(ctx context.Context) ([]string, error)
	left []string
}

func newIDs(more func(ctx context.Context) ([]string, error)) *ids {
	return &ids{turn: make(chan struct{}, 1), more: more}
}

func (i *ids) next(ctx context.Context) (string, error) {
	select {
	case i.turn <- struct{}{}:
		defer func() { <-i.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if len(i.left) == 0 {
		fresh, err := i.more(ctx)
		if err != nil {
			return "", err
		}
		i.left = fresh
	}
	id := i.left[0]
	i.left = i.left[1:]
	return id, nil
}

// NewID implements [storage.Identifier]. Ids are asked for in batches.
func (s *Store) NewID(ctx context.Context) (string, error) { return s.ids.next(ctx) }

// idFor is the id that a put or copy asks for, or a new one.
func (s *Store) idFor(ctx context.Context, wanted string) (string, error) {
	if wanted != "" {
		return wanted, nil
	}
	return s.NewID(ctx)
}

func (s *Store) generateIDs(ctx context.Context) ([]string, error) {
	var answer *drivego.GeneratedIds
	err := s.do(ctx, call{name: "files.generateIds", send: func(ctx context.Context) (err error) {
		answer, err = s.api.Files.GenerateIds().Count(idBatch).Space("drive").Context(ctx).Do()
		return err
	}})
	if err != nil {
		return nil, err
	}
	if len(answer.Ids) == 0 {
		return nil, empty("files.generateIds")
	}
	return answer.Ids, nil
}
