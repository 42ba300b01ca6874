package store

import (
	"context"
	"encoding/json"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var _ scheduling.Store = schedulingStore{}

// schedulingStore implements scheduling.Store, whose documentation is its contract.
type schedulingStore struct{ session }

// InTx runs fn in one transaction. In a transaction it joins that one, and undoes only
// fn's writes when fn fails.
func (s schedulingStore) InTx(ctx context.Context, fn func(scheduling.Store) error) error {
	return s.inTx(ctx, func(tx *Tx) error { return fn(tx.Scheduling()) })
}

// details is JSON for a column of what is never asked for.
func details(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", frontdesk.Errorf(frontdesk.Invalid, "it cannot be written down: %w", err)
	}
	return string(text), nil
}

// storables makes texts ones that both databases take.
func storables(texts []string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = storable(text)
	}
	return all
}
