package storage

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
)

// Readable describes the version that Content opens for the number, 0 being the newest that
// can be read, and writes no receipt: nobody has got anything yet. It fails like Content.
func (s *Service) Readable(ctx context.Context, id string, number int) (v *Version, err error) {
	const op = "storage.Readable"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if _, err := s.visible(ctx, op, id); err != nil {
		return nil, err
	}
	if v, err = s.choose(ctx, id, number); err != nil {
		return nil, err
	}
	a, err := frontdesk.ActorFrom(ctx)
	if !isStaff(a) {
		v.Transfer = Transfer{}
	}
	return v, err
}
