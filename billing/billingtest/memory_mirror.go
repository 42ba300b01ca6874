package billingtest

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// mirrored is an object as JSON, which is how a database keeps it, so that
// nobody outside shares its memory and what is not to be stored is not.
type mirrored struct {
	place    place
	key      billing.Key
	customer string
	state    string
	body     []byte
}

// Object returns the object with the key.
func (s *Store) Object(ctx context.Context, k billing.Key) (billing.Object, error) {
	var o billing.Object
	err := s.do(ctx, func(d *data) (err error) {
		m, found := d.objects.rows[k]
		if !found {
			return frontdesk.Errorf(frontdesk.NotFound, "there is no %s", k)
		}
		o, err = m.object()
		return err
	})
	return o, err
}

// ObjectByRow finds an object by our own id.
func (s *Store) ObjectByRow(ctx context.Context, kind billing.Kind, rowID string) (billing.Object, error) {
	var o billing.Object
	err := s.do(ctx, func(d *data) (err error) {
		k, found := d.objectRows.rows[rowID]
		if !found || k.Kind != kind {
			return frontdesk.Errorf(frontdesk.NotFound, "there is no %s with the row id %s", kind, rowID)
		}
		o, err = d.objects.rows[k].object()
		return err
	})
	return o, err
}

// PutObject inserts or replaces the object by its Key and fills Header.RowID.
func (s *Store) PutObject(ctx context.Context, o billing.Object) error {
	return s.do(ctx, func(d *data) error {
		k := o.Key()
		if _, err := billing.NewObject(k.Kind); err != nil {
			return err
		}
		row := d.objects.rows[k].place.Row
		if row == 0 {
			row = d.nextID()
		}
		o.Head().RowID = rowID(row)
		body, err := json.Marshal(o)
		if err != nil {
			return frontdesk.Errorf(frontdesk.Internal, "keep %s: %w", k, err)
		}
		d.objects.put(k, mirrored{
			place: place{utc(o.Head().Created), row}, key: k,
			customer: customerOf(o), state: o.State(), body: body,
		})
		d.objectRows.put(rowID(row), k)
		return nil
	})
}

// customerOf is the customer that an object belongs to: a customer, to itself.
func customerOf(o billing.Object) string {
	if k := o.Key(); k.Kind == billing.KindCustomer {
		return k.ID
	}
	return o.Head().Customer
}

func (m mirrored) object() (billing.Object, error) {
	o, err := billing.NewObject(m.key.Kind)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(m.body, o); err != nil {
		return nil, frontdesk.Errorf(frontdesk.Internal, "read %s: %w", m.key, err)
	}
	h := o.Head()
	h.Created, h.Version.At = utc(h.Created), utc(h.Version.At)
	return o, nil
}

// Objects lists, newest first by Header.Created.
func (s *Store) Objects(ctx context.Context, f billing.ObjectFilter) (billing.Page, error) {
	var page billing.Page
	after, err := parseCursor(f.Cursor)
	if err != nil {
		return page, err
	}
	err = s.do(ctx, func(d *data) (err error) {
		page, err = pageOf(d.selected(f, after), bounded(f.Limit))
		return err
	})
	return page, err
}

// selected lists what the filter selects and stands behind the place.
func (d *data) selected(f billing.ObjectFilter, after place) []mirrored {
	var found []mirrored
	for m := range maps.Values(d.objects.rows) {
		if d.selects(f, m) && (after == place{} || after.compare(m.place) < 0) {
			found = append(found, m)
		}
	}
	slices.SortFunc(found, func(a, b mirrored) int { return a.place.compare(b.place) })
	return found
}

func (d *data) selects(f billing.ObjectFilter, m mirrored) bool {
	client := d.links.rows[billing.Ref{Account: f.Account, ID: m.customer}].client
	return m.key.Kind == f.Kind && m.key.Account == f.Account &&
		(f.Client == "" || f.Client == client) &&
		(f.Customer == "" || f.Customer == m.customer) &&
		(len(f.States) == 0 || slices.Contains(f.States, m.state))
}

// pageOf is the first limit rows, with a cursor to the next if there are more.
func pageOf(rows []mirrored, limit int) (billing.Page, error) {
	var page billing.Page
	if len(rows) > limit {
		rows = rows[:limit]
		page.Next = rows[limit-1].place.cursor()
	}
	for _, m := range rows {
		o, err := m.object()
		if err != nil {
			return billing.Page{}, err
		}
		page.Objects = append(page.Objects, o)
	}
	return page, nil
}

// place is where an object stands in lists: newest first, and where two are of
// the same time, the one that came to us later.
type place struct {
	Created time.Time
	Row     int64
}

func (p place) compare(q place) int {
	return cmp.Or(q.Created.Compare(p.Created), cmp.Compare(q.Row, p.Row))
}
