package billingtest

import (
	"context"
	"iter"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// request is a call of the provider, by a method or over HTTP.
type request struct {
	method  string
	account string
	key     string // idempotency key; empty for reads
	params  any    // what must be the same when the key is
}

// writing is a call that changes something. What is in params must be the same
// when its idempotency key is.
func writing(method string, w billing.Write, params ...any) request {
	return request{method: method, account: w.Account, key: w.IdempotencyKey, params: params}
}

// reading is a call that changes nothing.
func reading(method, account string) request { return request{method: method, account: account} }

// matches reports whether a filter selects the value; an empty one selects all.
func matches[S ~string](filter, value S) bool { return filter == "" || filter == value }

// shown yields what is public of the rows.
func shown[R, T any](rows iter.Seq[R], of func(R) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for row := range rows {
			if !yield(of(row)) {
				return
			}
		}
	}
}

// failing is a list that fails at once.
func failing[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}

// perform takes a request through faults and idempotency to the account it is
// for, and sends the events that it leads to.
func perform[T any](ctx context.Context, p *Provider, r request, do func(*account) (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, frontdesk.Wrap("", err)
	}
	p.CatchUp()
	answer, err := carryOut(p, r, do)
	p.send(false)
	if err != nil {
		return none, err
	}
	return answer, nil
}

func carryOut[T any](p *Provider, r request, do func(*account) (T, error)) (T, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var none T
	if err := p.faults.arrive(r.method); err != nil {
		return none, err
	}
	if err := p.reach(r.account); err != nil {
		return none, err
	}
	answer, err := once(p, r, func() (T, error) { return do(p.account(r.account)) })
	if lost := p.faults.leave(r.method); lost != nil {
		return none, lost
	}
	return answer, err
}

// list yields the rows that do finds at the moment the iteration starts.
func list[T any](ctx context.Context, p *Provider, method, account string, do func(*account) ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := perform(ctx, p, request{method: method, account: account}, do)
		if err != nil {
			yield(none, err)
			return
		}
		for _, row := range rows {
			if err := ctx.Err(); err != nil {
				yield(none, frontdesk.Wrap("", err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}
