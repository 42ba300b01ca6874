package storage

import "context"

// drainAtOnce is how many versions Drain takes at a time.
const drainAtOnce = 32

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

// ProcessDue processes the versions that wait longest, at most limit, and says how many
// it has taken up.
func (s *Service) ProcessDue(ctx context.Context, limit int) (int, error) {
	ids, err := s.store.DueVersions(ctx, s.docs.Name(), s.now(), limit)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), s.Process(ctx, ids...)
}
