package schedulingtest

import (
	"cmp"
	"context"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// AddPack stores the pack unless one of the client has its key.
func (s *Store) AddPack(ctx context.Context, p scheduling.Pack) (*scheduling.Pack, bool, error) {
	there, added := copyPack(p), true
	err := s.do(ctx, func(d *data) error {
		for _, other := range d.packs.rows {
			if p.Key != "" && other.Key == p.Key && other.Client == p.Client {
				there, added = copyPack(other), false
				return nil
			}
		}
		if _, found := d.packs.rows[p.ID]; found {
			return frontdesk.Errorf(frontdesk.AlreadyExists, "there is a pack %q", p.ID)
		}
		d.packs.put(p.ID, copyPack(p))
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	return &there, added, nil
}

// ChangePack changes a pack.
func (s *Store) ChangePack(ctx context.Context, id string, fn func(*scheduling.Pack) error) (*scheduling.Pack, error) {
	return edit(ctx, s, "pack", id, func(d *data) table[string, scheduling.Pack] { return d.packs }, copyPack,
		func(p *scheduling.Pack) error {
			old := *p
			if err := fn(p); err != nil {
				return err
			}
			p.ID, p.Client, p.Key, p.CreatedAt = old.ID, old.Client, old.Key, old.CreatedAt
			return nil
		})
}

// Pack returns a pack.
func (s *Store) Pack(ctx context.Context, id string) (*scheduling.Pack, error) {
	return find(ctx, s, "pack", id, func(d *data) table[string, scheduling.Pack] { return d.packs }, copyPack)
}

// PacksOf lists those of the client.
func (s *Store) PacksOf(ctx context.Context, client string) ([]scheduling.Pack, error) {
	var all []scheduling.Pack
	err := s.do(ctx, func(d *data) error {
		for _, p := range d.packs.where(func(p scheduling.Pack) bool { return p.Client == client }) {
			all = append(all, copyPack(p))
		}
		return nil
	})
	slices.SortFunc(all, func(a, b scheduling.Pack) int { return cmp.Compare(a.ID, b.ID) })
	return all, err
}
