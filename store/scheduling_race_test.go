package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// slot is the n-th hour.
func slot(n int) scheduling.Span {
	start := arrived.Add(time.Duration(n) * time.Hour)
	return scheduling.Span{Start: start, End: start.Add(time.Hour)}
}

// appointment is a meeting with one booking.
func appointment(id string, in scheduling.Span, hosts ...string) scheduling.Meeting {
	return scheduling.Meeting{
		ID: id, EventType: "e1", Hosts: hosts, Span: in, Status: scheduling.StatusConfirmed, Seats: 1, CreatedAt: arrived, UpdatedAt: arrived,
		Bookings: []scheduling.Booking{{ID: "b-" + id, Client: "acme", Seats: 1, Status: scheduling.StatusConfirmed, CreatedAt: arrived, UpdatedAt: arrived}},
	}
}

func shifted(s scheduling.Span, by time.Duration) scheduling.Span {
	return scheduling.Span{Start: s.Start.Add(by), End: s.End.Add(by)}
}

// inTwoAgendas gives a test two stores that share nothing but the database, and the same one
// in memory twice.
func inTwoAgendas(t *testing.T, test func(t *testing.T, processes [2]scheduling.Store)) {
	t.Run("memory", func(t *testing.T) {
		st := schedulingtest.NewStore()
		test(t, [2]scheduling.Store{st, st})
	})
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "shared.db")
		test(t, [2]scheduling.Store{open(t, plainSQLite(t, path)).Scheduling(), open(t, storetest.OpenSQLite(t, path)).Scheduling()})
	})
	for name, options := range map[string]string{"postgres": "", "postgres with snapshots": " default_transaction_isolation='repeatable read'"} {
		t.Run(name, func(t *testing.T) {
			dsn := storetest.PostgresDSN(t) + options
			connect := func() *sqlx.DB {
				db := storetest.OpenPostgres(t, dsn)
				db.SetMaxOpenConns(16)
				return db
			}
			test(t, [2]scheduling.Store{open(t, connect()).Scheduling(), open(t, connect()).Scheduling()})
		})
	}
}

// fight runs fn so many times at once and counts those that won; all others must
// have lost the slot.
func fight(t *testing.T, fighters int, fn func(i int) error) (won int64) {
	t.Helper()
	var all sync.WaitGroup
	var winners atomic.Int64
	start := make(chan struct{})
	for i := range fighters {
		all.Go(func() {
			<-start
			switch err := fn(i); {
			case err == nil:
				winners.Add(1)
			case !errors.Is(err, scheduling.ErrSlotTaken):
				t.Errorf("lost with %v, want ErrSlotTaken", err)
			}
		})
	}
	close(start)
	all.Wait()
	return winners.Load()
}

// proof is the larger number when FRONTDESK_PROOF=1.
func proof(short, long int) int {
	if os.Getenv("FRONTDESK_PROOF") == "1" {
		return long
	}
	return short
}

// TestOneOfManyGetsTheSlot: half of them add a meeting and half move one, all to times that
// overlap. With FRONTDESK_PROOF=1 a thousand pairs fight too.
func TestOneOfManyGetsTheSlot(t *testing.T) {
	inTwoAgendas(t, func(t *testing.T, processes [2]scheduling.Store) {
		fightFor(t, processes, 64, 0)
		for n := range proof(10, 1000) {
			fightFor(t, processes, 2, n+1)
		}
		taken, err := processes[0].Taken(t.Context(), []string{"nina"}, scheduling.Span{Start: arrived, End: arrived.AddDate(1, 0, 0)}, arrived)
		require.NoError(t, err)
		for i := 1; i < len(taken); i++ {
			assert.False(t, taken[i].Blocked.Overlaps(taken[i-1].Blocked), "%v and %v", taken[i-1], taken[i])
		}
	})
}

// fightFor lets as many fight for the n-th slot, of two hours.
func fightFor(t *testing.T, processes [2]scheduling.Store, fighters, n int) {
	t.Helper()
	far := arrived.AddDate(5, 0, 0)
	for i := 1; i < fighters; i += 2 {
		m := appointment(fmt.Sprint("mover-", n, "-", i), shifted(slot(i), far.Sub(arrived)), "nina")
		m.Status = scheduling.StatusDone
		_, _, err := processes[0].AddMeeting(t.Context(), m, arrived)
		require.NoError(t, err)
	}
	won := fight(t, fighters, func(i int) error {
		in := shifted(slot(2*n), time.Duration(i%50)*time.Minute)
		if i%2 == 0 {
			_, _, err := processes[i/2%2].AddMeeting(t.Context(), appointment(fmt.Sprint("new-", n, "-", i), in, "nina"), arrived)
			return err
		}
		_, err := processes[i/2%2].ChangeMeeting(t.Context(), fmt.Sprint("mover-", n, "-", i), arrived, func(m *scheduling.Meeting) error {
			m.Span, m.Status = in, scheduling.StatusConfirmed
			return nil
		})
		return err
	})
	require.EqualValues(t, 1, won, "slot %d", n)
}

// TestMeetingsOfManyHostsNeverDeadlock: a store without patience turns a deadlock into an
// error. It is read from the error, since Postgres counts deadlocks late.
func TestMeetingsOfManyHostsNeverDeadlock(t *testing.T) {
	db := storetest.Postgres(t)
	db.SetMaxOpenConns(16)
	st := open(t, db)
	st.SetPatience(0)
	agenda := st.Scheduling()
	orders := [][]string{{"a", "b", "c", "d"}, {"d", "c", "b", "a"}, {"b", "d", "a", "c"}, {"c", "a"}, {"b", "a"}}
	for round := range proof(3, 30) {
		fight(t, 32, func(i int) error {
			id := fmt.Sprint("m-", round, "-", i)
			held := appointment(id, slot(100*round+i%3), orders[i%len(orders)]...)
			held.Status, held.ExpiresAt = scheduling.StatusHeld, arrived
			if _, _, err := agenda.AddMeeting(t.Context(), held, arrived); err != nil {
				return err
			}
			_, err := agenda.ChangeMeeting(t.Context(), id, arrived, func(m *scheduling.Meeting) error {
				m.Hosts, m.Span = orders[(i+1)%len(orders)], slot(100*round+50+i%7)
				return nil
			})
			return err
		})
	}
}

// TestTwoProcessesFightForSlots runs the test binary again as two processes, which both want
// all slots.
func TestTwoProcessesFightForSlots(t *testing.T) {
	const slots = "FRONTDESK_TEST_SLOTS"
	if dsn := os.Getenv(slots); dsn != "" {
		fmt.Printf("won=%d\n", wantAll(t, dsn, proof(40, 1000)))
		return
	}
	dsn := storetest.PostgresDSN(t)
	st := open(t, storetest.OpenPostgres(t, dsn)).Scheduling()
	var won atomic.Int64
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
			child.Env = append(os.Environ(), slots+"="+dsn)
			out, err := child.CombinedOutput()
			assert.NoError(t, err, string(out))
			_, rest, _ := strings.Cut(string(out), "won=")
			n, err := strconv.Atoi(strings.Fields(rest + " ?")[0])
			assert.NoError(t, err, string(out))
			won.Add(int64(n))
		})
	}
	all.Wait()
	assert.EqualValues(t, proof(40, 1000), won.Load(), "each slot has one winner")
	taken, err := st.Taken(t.Context(), []string{"nina"}, scheduling.Span{Start: arrived, End: arrived.AddDate(1, 0, 0)}, arrived)
	require.NoError(t, err)
	assert.Len(t, taken, proof(40, 1000))
}

// wantAll tries to get each of the slots with several goroutines, and says how many it got.
func wantAll(t *testing.T, dsn string, slots int) int64 {
	db := storetest.OpenPostgres(t, dsn)
	db.SetMaxOpenConns(8)
	st, err := store.Open(t.Context(), db, &store.Options{SkipMigrations: true})
	require.NoError(t, err)
	var won int64
	for n := range slots {
		won += fight(t, 4, func(i int) error {
			id := fmt.Sprint(os.Getpid(), "-", n, "-", i)
			_, _, err := st.Scheduling().AddMeeting(t.Context(), appointment(id, shifted(slot(n), 0), "nina"), arrived)
			return err
		})
	}
	return won
}

func TestEffectsOfMeetingsAreHandedToTheWorkers(t *testing.T) {
	withQueue(t, func(t *testing.T, st *store.DB, q *queue) {
		e := scheduling.Effect{Key: "k", Kind: scheduling.EffectTell, State: scheduling.EffectPending, CreatedAt: arrived, NextAt: arrived.Add(time.Hour)}
		add := func(ctx context.Context) {
			_, err := st.Scheduling().AddEffect(ctx, e)
			require.NoError(t, err)
		}
		add(t.Context())
		effects, err := st.Scheduling().Effects(t.Context(), scheduling.EffectFilter{})
		require.NoError(t, err)
		id := effects[0].ID
		assert.Equal(t, []store.Job{{Kind: store.JobDeliverChanges, IDs: []int64{id}, RunAt: e.NextAt}}, q.take(t, st))
		add(t.Context())
		assert.Empty(t, q.take(t, st), "it is there already")
		_, err = st.Scheduling().TakeEffect(t.Context(), id, scheduling.Lease{Token: "t", Now: e.NextAt, Until: e.NextAt})
		require.NoError(t, err)
		later := e.NextAt.Add(time.Hour)
		require.NoError(t, st.Scheduling().SettleEffect(t.Context(), id, scheduling.Settlement{Lease: "t", State: scheduling.EffectPending, NextAt: later}))
		assert.Equal(t, []store.Job{{Kind: store.JobDeliverChanges, IDs: []int64{id}, RunAt: later}}, q.take(t, st))
		q.err = errOnPurpose
		e.Key = "k2"
		_, err = st.Scheduling().AddEffect(t.Context(), e)
		require.Error(t, err)
		effects, err = st.Scheduling().Effects(t.Context(), scheduling.EffectFilter{})
		require.NoError(t, err)
		assert.Len(t, effects, 1, "what nobody would do is not stored")
	})
}
