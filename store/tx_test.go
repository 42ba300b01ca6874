package store_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

var (
	errOnPurpose = errors.New("on purpose")
	everyEvent   = billing.EventFilter{Limit: 500}
)

// withOrders gives the host a table of its own.
func withOrders(t *testing.T, test func(t *testing.T, st *store.DB)) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		_, err := db.Exec("CREATE TABLE orders (id INTEGER PRIMARY KEY)")
		require.NoError(t, err)
		test(t, st)
	})
}

func order(ctx context.Context, tx *store.Tx, id int) error {
	_, err := tx.ExecContext(ctx, tx.Rebind("INSERT INTO orders (id) VALUES (?)"), id)
	return errors.Join(err, tx.Billing().AddEvents(ctx, webhook()))
}

func kept(t *testing.T, st *store.DB) (orders, events int) {
	t.Helper()
	require.NoError(t, st.SQL().Get(&orders, "SELECT count(*) FROM orders"))
	require.NoError(t, st.SQL().Get(&events, "SELECT count(*) FROM frontdesk_billing_events"))
	return orders, events
}

func TestInTxKeepsTheHostsWritesAndOursTogether(t *testing.T) {
	withOrders(t, func(t *testing.T, st *store.DB) {
		require.NoError(t, st.InTx(t.Context(), func(tx *store.Tx) error { return order(t.Context(), tx, 1) }))
		orders, events := kept(t, st)
		assert.Equal(t, []int{1, 1}, []int{orders, events})
	})
}

func TestInTxUndoesBothWhenItFailsOrPanics(t *testing.T) {
	withOrders(t, func(t *testing.T, st *store.DB) {
		err := st.InTx(t.Context(), func(tx *store.Tx) error { return errors.Join(order(t.Context(), tx, 1), errOnPurpose) })
		assert.ErrorIs(t, err, errOnPurpose)
		assert.PanicsWithValue(t, "on purpose", func() {
			_ = st.InTx(t.Context(), func(tx *store.Tx) error {
				assert.NoError(t, order(t.Context(), tx, 1))
				panic("on purpose")
			})
		})
		orders, events := kept(t, st)
		assert.Equal(t, []int{0, 0}, []int{orders, events})
	})
}

func TestANestedInTxThatFailsUndoesOnlyItself(t *testing.T) {
	withOrders(t, func(t *testing.T, st *store.DB) {
		require.NoError(t, st.InTx(t.Context(), func(tx *store.Tx) error {
			require.NoError(t, order(t.Context(), tx, 1))
			assert.ErrorIs(t, tx.InTx(t.Context(), func(inner *store.Tx) error {
				return errors.Join(order(t.Context(), inner, 2), errOnPurpose)
			}), errOnPurpose)
			assert.Error(t, tx.InTx(t.Context(), func(inner *store.Tx) error { return order(t.Context(), inner, 1) }),
				"a query that the database refuses does not spoil the transaction either")
			return tx.InTx(t.Context(), func(inner *store.Tx) error { return order(t.Context(), inner, 3) })
		}))
		orders, events := kept(t, st)
		assert.Equal(t, []int{2, 2}, []int{orders, events})
	})
}

// stateError is what every Postgres driver's error looks like to us.
type stateError string

func (e stateError) Error() string    { return string(e) }
func (e stateError) SQLState() string { return string(e) }

func TestInTxRunsAgainWhenTheDatabaseAsksForIt(t *testing.T) {
	st := open(t, storetest.Postgres(t))
	runs := 0
	require.NoError(t, st.InTx(t.Context(), func(tx *store.Tx) error {
		if runs++; runs < 4 {
			return errors.Join(tx.Billing().AddEvents(t.Context(), webhook()), stateError("40001"))
		}
		return tx.Billing().AddEvents(t.Context(), webhook())
	}))
	events, err := st.Billing().Events(t.Context(), everyEvent)
	require.NoError(t, err)
	assert.Len(t, events, 1, "the runs before the last left nothing")
}

func TestInTxSurvivesARealDeadlock(t *testing.T) {
	st := open(t, storetest.Postgres(t))
	both := make(chan struct{}, 2)
	done := make(chan error, 2)
	lock := func(first, second string) {
		met := false
		done <- st.InTx(t.Context(), func(tx *store.Tx) error {
			l := billing.Lease{Token: first, Now: arrived, Until: arrived.Add(-1)}
			if err := tx.Billing().Lock(t.Context(), first, l); err != nil {
				return err
			}
			if !met { // once both hold their first row, each wants the other's
				met = true
				both <- struct{}{}
				for len(both) < 2 && t.Context().Err() == nil {
					runtime.Gosched()
				}
			}
			return tx.Billing().Lock(t.Context(), second, l)
		})
	}
	go lock("a", "b")
	go lock("b", "a")
	assert.NoError(t, <-done)
	assert.NoError(t, <-done)
}

func TestATransactionOfAnEndedContextLeavesNothing(t *testing.T) {
	withOrders(t, func(t *testing.T, st *store.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := st.InTx(ctx, func(tx *store.Tx) error {
			err := order(ctx, tx, 1)
			cancel()
			return err
		})
		assert.ErrorIs(t, err, frontdesk.Canceled)
		orders, events := kept(t, st)
		assert.Equal(t, []int{0, 0}, []int{orders, events})
	})
}

func TestACallOnTheDBInsideOfATransactionEndsAsUnavailable(t *testing.T) {
	st := open(t, storetest.SQLite(t))
	st.SetPatience(50 * time.Millisecond)
	err := st.InTx(t.Context(), func(*store.Tx) error { return st.Billing().AddEvents(t.Context(), webhook()) })
	assert.ErrorIs(t, err, frontdesk.Unavailable)
}
