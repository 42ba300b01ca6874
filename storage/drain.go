package storage

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
)

const (
	// drainAtOnce is how many versions Drain takes at a time.
	drainAtOnce = 32

	// reach is how many due versions are looked at to take one: workers of other
	// processes reach for the same.
	reach = 8

	// looks is how often in a row others may take all of them.
	looks = 10
)

// Drain brings, before it returns, every version that is due to the document store or
// out of it: new ones, those to be tried again, and those whose worker died.
func (s *Service) Drain(ctx context.Context) error {
	for {
		n, err := s.ProcessDue(ctx, drainAtOnce)
		if err != nil || n == 0 {
			return err
		}
	}
}

// ProcessDue processes the versions that wait longest, one after the other and at most
// limit, and says how many it has taken up. Any number of workers may call it at once:
// each takes up others.
func (s *Service) ProcessDue(ctx context.Context, limit int) (n int, err error) {
	for n < limit {
		v, err := s.next(ctx)
		if err != nil || v == nil {
			return n, err
		}
		n++
		if err := s.processTaken(ctx, v); err != nil {
			return n, err
		}
	}
	return n, nil
}

// next takes the version that waits longest; nil: there is none. In this process one
// looks at a time, so that not all reach for the same.
func (s *Service) next(ctx context.Context) (*Version, error) {
	select {
	case s.looking <- struct{}{}:
		defer func() { <-s.looking }()
	case <-ctx.Done():
		return nil, frontdesk.Wrap("storage.ProcessDue", ctx.Err())
	}
	for range looks {
		ids, err := s.store.DueVersions(ctx, s.docs.Name(), s.now(), reach)
		if err != nil || len(ids) == 0 {
			return nil, frontdesk.Wrap("storage.ProcessDue", err)
		}
		if v, err := s.takeOne(ctx, ids); v != nil || err != nil {
			return v, frontdesk.Wrap("storage.ProcessDue", err)
		}
	}
	return nil, nil
}

// takeOne takes the first that can be taken; nil: none.
func (s *Service) takeOne(ctx context.Context, ids []int64) (*Version, error) {
	for _, id := range ids {
		v, err := s.store.TakeVersion(ctx, id, s.docs.Name(), s.lease())
		if err == nil {
			return v, nil
		}
		if err := notWaiting(err); err != nil {
			return nil, err
		}
	}
	return nil, nil
}
