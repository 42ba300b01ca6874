package stripe

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

const pageSize = 100 // Stripe's limit

// iterator is a page that stripe-go has fetched. Its further pages are not
// asked for, because stripe-go would fetch them without retries.
type iterator interface{ Err() error }

// listing are the parameters that all lists have.
func listing(account string) stripego.ListParams {
	return stripego.ListParams{StripeAccount: optional(account), Limit: stripego.Int64(pageSize)}
}

// created selects what was created at or after since; nil selects all.
func created(since time.Time) *stripego.RangeQueryParams {
	if since.IsZero() {
		return nil
	}
	return &stripego.RangeQueryParams{GreaterThanOrEqual: since.Unix()}
}

// list yields the objects of all pages, decoded. newParams makes the parameters
// of one iteration, so that a sequence may be ranged over again and at once.
func list[P stripego.ListParamsContainer, I iterator, T any](ctx context.Context, p *Provider,
	newParams func() P, fetch func(P) I, decode decoder[T],
) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		params := newParams()
		common := params.GetListParams()
		next := func(cursor string) {
			common.StartingAfter = optional(cursor)
		}
		send := func(ctx context.Context) error {
			common.Context = ctx
			return fetch(params).Err()
		}
		pages(ctx, p, stripego.StringValue(common.StripeAccount), send, next, decode, yield)
	}
}

// pages fetches page after page and yields their objects. next is told where
// the following page begins.
func pages[T any](ctx context.Context, p *Provider, account string, send func(context.Context) error,
	next func(string), decode decoder[T], yield func(*T, error) bool,
) {
	r := request{send: send}
	for cursor := ""; ; {
		raw, err := p.request(ctx, r)
		if err != nil {
			yield(nil, err)
			return
		}
		data, more, err := wire.List(raw)
		if err != nil {
			yield(nil, unreadable(r, err))
			return
		}
		if !yieldAll(r, data, account, decode, yield) || !more || len(data) == 0 {
			return
		}
		if cursor, err = cursorOf(raw, data[len(data)-1]); err != nil {
			yield(nil, unreadable(r, err))
			return
		}
		next(cursor)
	}
}

// yieldAll yields the objects of a page and reports whether to go on.
func yieldAll[T any](r request, data []json.RawMessage, account string, decode decoder[T],
	yield func(*T, error) bool,
) bool {
	for _, raw := range data {
		object, err := decode(raw, account)
		if err != nil {
			yield(nil, unreadable(r, err))
			return false
		}
		if !yield(object, nil) {
			return false
		}
	}
	return true
}

// cursorOf is where the page after this one begins: at the token that the
// answer to a search holds, else after its last object.
func cursorOf(page, last []byte) (string, error) {
	var at struct {
		ID       string `json:"id"`
		NextPage string `json:"next_page"`
	}
	if err := json.Unmarshal(page, &at); err != nil || at.NextPage != "" {
		return at.NextPage, err
	}
	err := json.Unmarshal(last, &at)
	return at.ID, err
}

// failed is the sequence of one error.
func failed[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}
