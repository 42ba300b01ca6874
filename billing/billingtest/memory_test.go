package billingtest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/stretchr/testify/require"
)

func TestMemoryStore(t *testing.T) {
	billingtest.TestStore(t, func(*testing.T) billing.Store { return billingtest.NewStore() })
}

func subscription() *billing.Subscription {
	return &billing.Subscription{Header: billing.Header{Ref: billing.Ref{ID: "sub_1"}}}
}

func TestMemoryStore_whose_context_has_ended_does_nothing(t *testing.T) {
	s := billingtest.NewStore()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.PutObject(ctx, subscription()), context.Canceled)
	_, err := s.Object(t.Context(), subscription().Key())
	require.ErrorIs(t, err, frontdesk.NotFound)
}

func TestMemoryStore_does_not_commit_once_the_context_has_ended(t *testing.T) {
	s := billingtest.NewStore()
	ctx, cancel := context.WithCancel(t.Context())
	err := s.InTx(ctx, func(tx billing.Store) error {
		defer cancel()
		return tx.PutObject(ctx, subscription())
	})
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Object(t.Context(), subscription().Key())
	require.ErrorIs(t, err, frontdesk.NotFound)
}

func TestMemoryStore_waits_in_a_transaction_for_the_outer_store_only_as_long_as_the_context_lasts(t *testing.T) {
	s := billingtest.NewStore()
	ctx, cancel := context.WithCancel(t.Context())
	err := s.InTx(t.Context(), func(billing.Store) error {
		done := make(chan error)
		go func() { done <- s.PutObject(ctx, subscription()) }()
		cancel()
		return <-done
	})
	require.ErrorIs(t, err, context.Canceled)
}

func TestMemoryStore_refuses_the_store_of_a_transaction_that_is_over(t *testing.T) {
	s := billingtest.NewStore()
	var leaked billing.Store
	require.NoError(t, s.InTx(t.Context(), func(tx billing.Store) error { leaked = tx; return nil }))
	require.ErrorIs(t, leaked.PutObject(t.Context(), subscription()), frontdesk.Internal)
}

func TestMemoryStore_lists_its_audit_log_oldest_first_without_what_was_rolled_back(t *testing.T) {
	s := billingtest.NewStore()
	audit := func(s billing.Store, action string) {
		require.NoError(t, s.Audit(t.Context(), frontdesk.AuditEvent{Action: action}))
	}
	audit(s, "first")
	require.Error(t, s.InTx(t.Context(), func(tx billing.Store) error {
		audit(tx, "undone")
		return errors.New("on purpose")
	}))
	audit(s, "second")
	log, err := s.AuditLog(t.Context())
	require.NoError(t, err)
	require.Len(t, log, 2)
	require.Equal(t, "first", log[0].Action)
	require.Equal(t, "second", log[1].Action)
}

func TestMemoryStore_refuses_an_object_of_a_kind_that_is_not_mirrored(t *testing.T) {
	err := billingtest.NewStore().PutObject(t.Context(), stranger{new(billing.Header)})
	require.ErrorIs(t, err, frontdesk.Unimplemented)
}

type stranger struct{ *billing.Header }

func (stranger) Key() billing.Key        { return billing.Key{Kind: "stranger"} }
func (stranger) State() string           { return "" }
func (s stranger) Head() *billing.Header { return s.Header }
