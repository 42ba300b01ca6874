package billingtest

import (
	"context"
	"crypto/rand"
	"slices"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// intent is what makes two operations the same.
type intent struct{ name, account, client, text string }

// BeginOperation stores op as pending with a new ID, or returns the one that
// stands for the same intent.
func (s *Store) BeginOperation(ctx context.Context, op billing.Operation) (billing.Operation, error) {
	err := s.do(ctx, func(d *data) error {
		in := intent{op.Name, op.Account, op.Client, op.Intent}
		if known := d.operations.rows[d.intents.rows[in]]; stands(known) {
			op = known
			return nil
		}
		// Providers remember idempotency keys for longer than this store lives.
		op.ID = "op_" + rand.Text()
		op.State, op.Result, op.CreatedAt = billing.OperationPending, "", utc(op.CreatedAt)
		op.Params = slices.Clone(op.Params)
		d.operations.put(op.ID, op)
		d.intents.put(in, op.ID)
		return nil
	})
	if err != nil {
		return billing.Operation{}, err
	}
	op.Params = slices.Clone(op.Params)
	return op, nil
}

// stands reports whether the operation is the one to go on with.
func stands(op billing.Operation) bool {
	return op.State == billing.OperationPending || op.Keyed && op.State == billing.OperationDone
}

// FinishOperation sets State and Result.
func (s *Store) FinishOperation(ctx context.Context, id string, state billing.OperationState, result string) error {
	return s.do(ctx, func(d *data) error {
		op, found := d.operations.rows[id]
		if !found {
			return frontdesk.Errorf(frontdesk.NotFound, "there is no operation %s", id)
		}
		op.State, op.Result = state, result
		d.operations.put(id, op)
		return nil
	})
}
