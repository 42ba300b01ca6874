package store

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

const (
	operationColumns = "id, name, account, client, intent, keyed, state, result, created_at, params"

	// operationTaken is the condition of the unique index that makes an intent one
	// operation at a time, and a keyed one an operation for good.
	operationTaken = "(state = 'pending' OR (keyed AND state = 'done'))"

	// operationTries bounds how often the operation that stood in the way may have
	// ended by the time that we look for it.
	operationTries = 10
)

// BeginOperation stores op as pending, or returns the one that stands for the same intent.
func (s billingStore) BeginOperation(ctx context.Context, op billing.Operation) (begun billing.Operation, err error) {
	id, err := uuid.NewV7()
	if err != nil {
		return begun, frontdesk.Errorf(frontdesk.Internal, "make an operation id: %w", err)
	}
	op.ID = id.String()
	err = s.atomically(ctx, func(_ *Tx, q queries) (err error) {
		for range operationTries {
			if begun, err = beginOperation(ctx, q, op); !errors.Is(err, errNoRow) {
				return err
			}
		}
		return frontdesk.Errorf(frontdesk.Unavailable, "operations of one intent begin and end too fast")
	})
	return begun, err
}

// beginOperation returns errNoRow if the operation that kept op out has just ended.
func beginOperation(ctx context.Context, q queries, op billing.Operation) (billing.Operation, error) {
	begun, err := first(ctx, q, scanOperation, "INSERT INTO frontdesk_billing_operations ("+operationColumns+
		") VALUES (?, ?, ?, ?, ?, ?, 'pending', '', ?, ?) ON CONFLICT (intent, name, account, client) WHERE "+operationTaken+
		" DO NOTHING RETURNING "+operationColumns,
		op.ID, op.Name, op.Account, op.Client, op.Intent, op.Keyed, micros(op.CreatedAt), notNull(op.Params))
	if !errors.Is(err, errNoRow) {
		return begun, err
	}
	return first(ctx, q, scanOperation, "SELECT "+operationColumns+" FROM frontdesk_billing_operations WHERE "+
		"intent = ? AND name = ? AND account = ? AND client = ? AND "+operationTaken, op.Intent, op.Name, op.Account, op.Client)
}

// FinishOperation sets State and Result.
func (s billingStore) FinishOperation(ctx context.Context, id string, state billing.OperationState, result string) error {
	return s.write(ctx, func(q queries) error {
		n, err := q.exec(ctx, "UPDATE frontdesk_billing_operations SET state = ?, result = ? WHERE id = ?", string(state), result, id)
		switch {
		case err != nil && s.db.dialect.fault(err) == faultUnique:
			return frontdesk.Errorf(frontdesk.Aborted, "another operation stands for the same intent by now: %w", err)
		case err == nil && n == 0:
			return frontdesk.Errorf(frontdesk.NotFound, "there is no operation %s", id)
		}
		return err
	})
}

func scanOperation(r row) (op billing.Operation, err error) {
	var created int64
	err = r.Scan(&op.ID, &op.Name, &op.Account, &op.Client, &op.Intent, &op.Keyed, &op.State, &op.Result, &created, &op.Params)
	op.CreatedAt = moment(created)
	return op, err
}
