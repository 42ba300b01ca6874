package billingtest

import (
	"iter"

	"github.com/frontdesk-go/frontdesk/billing"
)

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
