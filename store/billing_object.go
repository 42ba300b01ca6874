package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// objectColumns: data is text, because Postgres's jsonb refuses \u0000, which
// providers send, and nothing queries inside of it.
const objectColumns = "kind, row_id, created, data"

// stored is a mirrored object and its place in lists.
type stored struct {
	object billing.Object
	place  place
}

// Object returns the object with the key.
func (s billingStore) Object(ctx context.Context, k billing.Key) (billing.Object, error) {
	return s.object(ctx, k.String(), "account = ? AND kind = ? AND id = ?", k.Account, string(k.Kind), k.ID)
}

// ObjectByRow finds an object by our own id.
func (s billingStore) ObjectByRow(ctx context.Context, kind billing.Kind, rowID string) (billing.Object, error) {
	return s.object(ctx, fmt.Sprintf("%s in row %s", kind, rowID), "row_id = ? AND kind = ?", rowID, string(kind))
}

func (s billingStore) object(ctx context.Context, what, condition string, args ...any) (billing.Object, error) {
	var found stored
	err := s.read(ctx, func(q queries) (err error) {
		found, err = first(ctx, q, scanObject, "SELECT "+objectColumns+" FROM frontdesk_billing_objects WHERE "+condition, args...)
		return missing(err, what)
	})
	return found.object, err
}

// PutObject inserts or replaces the object and fills its RowID.
func (s billingStore) PutObject(ctx context.Context, o billing.Object) error {
	k, head := o.Key(), o.Head()
	if k.ID == "" {
		return frontdesk.InvalidField("id", "must not be empty")
	}
	if _, err := billing.NewObject(k.Kind); err != nil {
		return err
	}
	data, err := body(o)
	if err != nil {
		return frontdesk.Errorf(frontdesk.Internal, "encode %s: %w", k, err)
	}
	fresh, err := uuid.NewV7()
	if err != nil {
		return frontdesk.Errorf(frontdesk.Internal, "make a row id: %w", err)
	}
	return s.write(ctx, func(q queries) (err error) {
		head.RowID, err = first(ctx, q, scalar[string], `INSERT INTO frontdesk_billing_objects
			(account, kind, id, row_id, customer, state, created, deleted, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (account, kind, id) DO UPDATE SET customer = excluded.customer, state = excluded.state,
			created = excluded.created, deleted = excluded.deleted, data = excluded.data RETURNING row_id`,
			k.Account, string(k.Kind), k.ID, fresh.String(), customerOf(o), o.State(), micros(head.Created), head.Deleted, data)
		return err
	})
}

// body is the object as JSON. Its row id stands in a column, which alone counts.
func body(o billing.Object) (string, error) {
	head := o.Head()
	kept := head.RowID
	head.RowID = ""
	defer func() { head.RowID = kept }()
	data, err := json.Marshal(o)
	return string(data), err
}

// customerOf is the customer that an object belongs to: a customer, to itself.
func customerOf(o billing.Object) string {
	if k := o.Key(); k.Kind == billing.KindCustomer {
		return k.ID
	}
	return o.Head().Customer
}

// Objects lists, newest first by their creation.
func (s billingStore) Objects(ctx context.Context, f billing.ObjectFilter) (billing.Page, error) {
	after, err := parseCursor(f.Cursor)
	if err != nil {
		return billing.Page{}, err
	}
	var where filter
	where.when(true, "account = ? AND kind = ?", f.Account, string(f.Kind))
	where.when(f.Client != "", "customer IN (SELECT customer FROM frontdesk_billing_links WHERE account = ? AND client = ?)", f.Account, f.Client)
	where.when(f.Customer != "", "customer = ?", f.Customer)
	where.when(len(f.States) > 0, "state IN (?)", f.States)
	where.when(f.Cursor != "", "(created, row_id) < (?, ?)", after.created, after.row)
	query := "SELECT " + objectColumns + " FROM frontdesk_billing_objects" + where.sql() + " ORDER BY created DESC, row_id DESC LIMIT ?"
	limit := bounded(f.Limit)
	var rows []stored
	err = s.read(ctx, func(q queries) (err error) {
		rows, err = list(ctx, q, scanObject, query, append(where.args, limit+1)...)
		return err
	})
	return pageOf(rows, limit), err
}

// pageOf is the first limit rows, with a cursor to the next if there are more.
func pageOf(rows []stored, limit int) (page billing.Page) {
	if len(rows) > limit {
		rows = rows[:limit]
		page.Next = rows[limit-1].place.cursor()
	}
	for _, r := range rows {
		page.Objects = append(page.Objects, r.object)
	}
	return page
}

func scanObject(r row) (s stored, err error) {
	var kind billing.Kind
	var data string
	if err := r.Scan(&kind, &s.place.row, &s.place.created, &data); err != nil {
		return s, err
	}
	if s.object, err = billing.NewObject(kind); err != nil {
		return s, err
	}
	if err := json.Unmarshal([]byte(data), s.object); err != nil {
		return s, frontdesk.Errorf(frontdesk.Internal, "decode the %s in row %s: %w", kind, s.place.row, err)
	}
	head := s.object.Head()
	head.RowID, head.Created, head.Version.At = s.place.row, head.Created.UTC(), head.Version.At.UTC()
	return s, nil
}
