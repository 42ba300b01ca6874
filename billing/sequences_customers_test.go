package billing_test

import (
	"context"
	"iter"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// lagging is a provider whose index of customers has not caught up.
type lagging struct{ *billingtest.Provider }

func (lagging) FindCustomers(context.Context, string, string, string) iter.Seq2[*billing.Customer, error] {
	return func(func(*billing.Customer, error) bool) {}
}

func TestCustomers(t *testing.T) {
	details := billing.CustomerDetails{Email: "acme@example.com", Name: "Acme"}

	t.Run("customer_get_or_create_x50: 50 callers of one process make one customer", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) { testFiftyCallers(w, w.store) })
	})
	t.Run("customer_get_or_create_x50: 50 callers of two processes make one customer", func(t *testing.T) {
		t.Run("sqlite", func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "frontdesk.db")
			w := newFakeWorld(t, open(t, storetest.OpenSQLite(t, path)).Billing(), billing.Options{})
			testFiftyCallers(w, open(t, storetest.OpenSQLite(t, path)).Billing())
		})
		t.Run("postgres", func(t *testing.T) {
			dsn := storetest.PostgresDSN(t)
			process := func() billing.Store {
				db := storetest.OpenPostgres(t, dsn)
				db.SetMaxOpenConns(20)
				return open(t, db).Billing()
			}
			testFiftyCallers(newFakeWorld(t, process(), billing.Options{}), process())
		})
	})
	t.Run("customer_get_or_create_x50: what a crash left unfinished the next call finds", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			w.fake.Hold()
			st := newFlaky(w.store)
			w.svc = w.over(st)
			st.failsOn("FinishOperation", frontdesk.Errorf(frontdesk.Internal, "crash"))
			_, err := w.svc.EnsureCustomer(w.as("acme"), "acme", details)
			require.ErrorIs(w.t, err, frontdesk.Internal)
			require.Equal(w.t, 1, w.fake.Effects("CreateCustomer"))
			require.Zero(w.t, w.count(billing.KindCustomer))
			st.failsOn("", nil)
			c, err := w.svc.EnsureCustomer(w.as("acme"), "acme", billing.CustomerDetails{Name: "Other"})
			require.NoError(w.t, err)
			require.Equal(w.t, "Acme", c.Name)
			require.Equal(w.t, 1, w.fake.Effects("CreateCustomer"))
		})
	})
	t.Run("customer_get_or_create_x50: it repeats the call with its key where the provider's index lags", func(t *testing.T) {
		onStores(t, func(t *testing.T, st billing.Store) {
			w := newFakeWorld(t, st, billing.Options{})
			w.fake.Hold()
			svc := billing.New(lagging{w.fake}, st, &w.options)
			w.fake.LoseNext("CreateCustomer")
			_, err := svc.EnsureCustomer(w.as("acme"), "acme", details)
			require.ErrorIs(t, err, frontdesk.OutcomeUnknown)
			c, err := svc.EnsureCustomer(w.as("acme"), "acme", billing.CustomerDetails{Name: "Other"})
			require.NoError(t, err)
			require.Equal(t, "Acme", c.Name, "the body is that of the first call")
			require.Equal(t, 2, w.fake.Calls("CreateCustomer"))
			require.Equal(t, 1, w.fake.Effects("CreateCustomer"))
			require.NotEmpty(t, c.RowID)
		})
	})
	t.Run("a client whose customer was deleted gets a new one", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			first, err := w.svc.EnsureCustomer(w.as("acme"), "acme", details)
			require.NoError(w.t, err)
			require.NoError(w.t, w.fake.DeleteCustomer(first.Ref))
			w.drain()
			second, err := w.svc.EnsureCustomer(w.as("acme"), "acme", details)
			require.NoError(w.t, err)
			require.NotEqual(w.t, first.ID, second.ID)
			again, err := w.svc.EnsureCustomer(w.as("acme"), "acme", details)
			require.NoError(w.t, err)
			require.Equal(w.t, second.ID, again.ID)
		})
	})
	t.Run("a link to a customer that the provider does not have is no customer", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			w.owns("acme", "cus_of_another_account")
			c, err := w.svc.EnsureCustomer(w.as("acme"), "acme", details)
			require.NoError(w.t, err)
			require.NotEqual(w.t, "cus_of_another_account", c.ID)
		})
	})
	t.Run("a customer that another client has is not adopted, whatever its metadata says", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			w.owns("globex", "cus_globex")
			w.fake.AddCustomer(billing.Ref{ID: "cus_globex"}, billing.CustomerParams{Metadata: map[string]string{"clientId": "acme"}})
			c, err := w.svc.EnsureCustomer(w.as("acme"), "acme", details)
			require.NoError(w.t, err)
			require.NotEqual(w.t, "cus_globex", c.ID)
		})
	})
	t.Run("a customer that an event has linked meanwhile is the client's", func(t *testing.T) {
		everywhere(t, func(w *world) {
			c, err := w.svc.EnsureCustomer(w.as("acme"), "acme", details)
			if w.reading {
				require.NoError(w.t, err)
				require.NotEqual(w.t, "cus_1", c.ID, "the provider does not have cus_1")
				return
			}
			require.NoError(w.t, err)
			require.Equal(w.t, "cus_1", c.ID)
		})
	})
	t.Run("updating a customer keeps what is not given", func(t *testing.T) {
		withFake(t, billing.Options{}, func(w *world) {
			_, err := w.svc.EnsureCustomer(w.as("acme"), "acme", details)
			require.NoError(w.t, err)
			c, err := w.svc.UpdateCustomer(w.as("acme"), "acme", billing.CustomerDetails{Name: "Acme Ltd"})
			require.NoError(w.t, err)
			require.Equal(w.t, "Acme Ltd", c.Name)
			require.Equal(w.t, "acme@example.com", c.Email)
			require.Equal(w.t, "Acme Ltd", w.object(billing.KindCustomer, c.ID).(*billing.Customer).Name)
		})
	})
}

// testFiftyCallers asks through the world's service and through one over the other store.
func testFiftyCallers(w *world, other billing.Store) {
	w.t.Helper()
	services := []*billing.Service{w.svc, w.over(other)}
	ids := make([]string, 50)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			c, err := services[i%2].EnsureCustomer(w.as("acme"), "acme", billing.CustomerDetails{Email: "acme@example.com"})
			if err != nil {
				w.t.Errorf("caller %d: %v", i, err)
				return
			}
			ids[i] = c.ID
		})
	}
	all.Wait()
	for _, id := range ids {
		require.Equal(w.t, ids[0], id)
	}
	require.Equal(w.t, 1, w.fake.Effects("CreateCustomer"))
	require.Equal(w.t, 1, w.count(billing.KindCustomer))
	linked, err := w.store.CustomersOf(w.t.Context(), "", "acme")
	require.NoError(w.t, err)
	require.Equal(w.t, []string{ids[0]}, linked)
	require.NoError(w.t, w.fake.DeliveryErr())
}
