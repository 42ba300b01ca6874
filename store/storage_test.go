package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

const cellar = "cellar"

// paper is the n-th document, with a version of ten bytes.
func paper(n int) (storage.Document, storage.Version) {
	d := storage.Document{
		ID: fmt.Sprintf("d%04d", n), Client: "acme", Key: fmt.Sprint("key-", n), Title: "Contract", Status: storage.StatusPending,
		Visibility: storage.Private, CreatedAt: arrived, UpdatedAt: arrived,
	}
	return d, edition(n)
}

func edition(n int) storage.Version {
	return storage.Version{
		Name: "contract.pdf", ContentType: "application/pdf", Size: 10, CreatedAt: arrived, State: storage.StateQueued,
		Transfer: storage.Transfer{Store: cellar, Spool: fmt.Sprint("spool-", n), NextAt: arrived},
	}
}

// file adds the n-th document and returns the id of its version.
func file(t *testing.T, st storage.Store, n int) int64 {
	t.Helper()
	d, v := paper(n)
	there, _, err := st.AddDocument(t.Context(), d, v, 0)
	require.NoError(t, err)
	return there.Latest.ID
}

func pick(t *testing.T, st storage.Store, id int64, now time.Time) {
	t.Helper()
	_, err := st.TakeVersion(t.Context(), id, cellar, storage.Lease{Token: "t", Now: now, Until: now})
	require.NoError(t, err)
}

func agree(*storage.Document) error { return nil }

func inTwoArchives(t *testing.T, test func(t *testing.T, processes [2]storage.Store)) {
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "shared.db")
		test(t, [2]storage.Store{open(t, plainSQLite(t, path)).Storage(), open(t, storetest.OpenSQLite(t, path)).Storage()})
	})
	for name, options := range map[string]string{"postgres": "", "postgres with snapshots": " default_transaction_isolation='repeatable read'"} {
		t.Run(name, func(t *testing.T) {
			dsn := storetest.PostgresDSN(t) + options
			connect := func() *sqlx.DB {
				db := storetest.OpenPostgres(t, dsn)
				db.SetMaxOpenConns(10)
				return db
			}
			test(t, [2]storage.Store{open(t, connect()).Storage(), open(t, connect()).Storage()})
		})
	}
}

func TestWhatManyBringAtOnceStaysWithinTheQuota(t *testing.T) {
	inTwoArchives(t, func(t *testing.T, processes [2]storage.Store) {
		id := file(t, processes[0], 0)
		v, err := processes[0].Version(t.Context(), id)
		require.NoError(t, err)
		var added atomic.Int64
		race(func(i int) {
			var err error
			if i%4 < 2 {
				d, first := paper(i + 1)
				_, _, err = processes[i%2].AddDocument(t.Context(), d, first, 100)
			} else {
				next := edition(i + 1)
				next.Document = v.Document
				_, err = processes[i%2].AddVersion(t.Context(), next, 100, agree)
			}
			if err == nil {
				added.Add(1)
				return
			}
			assert.ErrorIs(t, err, frontdesk.QuotaExceeded)
		})
		assert.EqualValues(t, 9, added.Load())
		u, err := processes[1].Usage(t.Context(), cellar, "acme")
		require.NoError(t, err)
		assert.EqualValues(t, 100, u.Bytes)
	})
}

func TestOneUploadThatIsRepeatedAtOnceIsOneDocument(t *testing.T) {
	inTwoArchives(t, func(t *testing.T, processes [2]storage.Store) {
		var added atomic.Int64
		race(func(i int) {
			d, v := paper(i)
			d.Key = "the same"
			_, isNew, err := processes[i%2].AddDocument(t.Context(), d, v, 10)
			assert.NoError(t, err)
			if isNew {
				added.Add(1)
			}
		})
		assert.EqualValues(t, 1, added.Load())
	})
}

func TestWhoReadsManyTimesAtOnceHasOneReceipt(t *testing.T) {
	inTwoArchives(t, func(t *testing.T, processes [2]storage.Store) {
		file(t, processes[0], 1)
		r := storage.Receipt{Document: "d0001", Version: 1, Kind: storage.View, By: storage.By{ID: "ada", Role: frontdesk.RoleClient}, At: arrived}
		var added atomic.Int64
		race(func(i int) {
			isNew, err := processes[i%2].AddReceipt(t.Context(), r, arrived.Add(-time.Minute))
			assert.NoError(t, err)
			if isNew {
				added.Add(1)
			}
		})
		assert.EqualValues(t, 1, added.Load())
		all, err := processes[0].Receipts(t.Context(), "d0001", 0, 10)
		require.NoError(t, err)
		assert.Len(t, all, 1)
	})
}

func TestADocumentWhoseVersionsAreRemovedAtOnceIsGone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		db.SetMaxOpenConns(10)
		st := open(t, db).Storage()
		ids := []int64{file(t, st, 1)}
		for n := range 7 {
			v := edition(n + 2)
			v.Document = "d0001"
			d, err := st.AddVersion(t.Context(), v, 0, agree)
			require.NoError(t, err)
			ids = append(ids, d.Latest.ID)
		}
		_, err := st.AddReceipt(t.Context(), storage.Receipt{Document: "d0001", Version: 1, Kind: storage.View, At: arrived}, arrived)
		require.NoError(t, err)
		require.NoError(t, st.RemoveDocument(t.Context(), "d0001", arrived, agree))
		for _, id := range ids {
			pick(t, st, id, arrived)
		}
		race(func(i int) {
			if i < len(ids) {
				assert.NoError(t, st.SettleVersion(t.Context(), ids[i], storage.Settlement{Lease: "t", At: arrived, State: storage.StateRemoved}))
			}
		})
		for _, table := range []string{"documents", "versions", "receipts"} {
			assert.Zero(t, countOf(t, db, "frontdesk_storage_"+table), table)
		}
	})
}

func TestWhatTheCallerSaysOfADocumentComesOutAsItIs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		file(t, st.Storage(), 1)
		refuse := func(d *storage.Document) error { d.Title = "changed"; return errOnPurpose }
		require.NoError(t, st.InTx(t.Context(), func(tx *store.Tx) error {
			s, v := tx.Storage(), edition(2)
			v.Document = "d0001"
			_, err := s.ChangeDocument(t.Context(), "d0001", refuse)
			assert.Equal(t, errOnPurpose, err)
			_, err = s.AddVersion(t.Context(), v, 0, refuse)
			assert.Equal(t, errOnPurpose, err)
			assert.Equal(t, errOnPurpose, s.RemoveDocument(t.Context(), "d0001", arrived, refuse))
			return nil
		}))
		d, err := st.Storage().Document(t.Context(), "d0001")
		require.NoError(t, err)
		assert.Equal(t, "Contract", d.Title)
		assert.Equal(t, 1, d.Latest.Number)
	})
}

func TestAVersionWithoutRoomLeavesNothingInATransactionThatGoesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db)
		file(t, st.Storage(), 1)
		require.NoError(t, st.InTx(t.Context(), func(tx *store.Tx) error {
			s, v := tx.Storage(), edition(2)
			v.Document = "d0001"
			_, err := s.AddVersion(t.Context(), v, 15, func(d *storage.Document) error { d.Title = "changed"; return nil })
			assert.ErrorIs(t, err, frontdesk.QuotaExceeded)
			d, v := paper(3)
			_, _, err = s.AddDocument(t.Context(), d, v, 15)
			assert.ErrorIs(t, err, frontdesk.QuotaExceeded)
			return s.SetFolder(t.Context(), cellar, "acme", "folder")
		}))
		d, err := st.Storage().Document(t.Context(), "d0001")
		require.NoError(t, err)
		assert.Equal(t, "Contract", d.Title)
		for table, want := range map[string]int{"documents": 1, "versions": 1, "folders": 1} {
			assert.Equal(t, want, countOf(t, db, "frontdesk_storage_"+table), table)
		}
	})
}

func TestVersionsAreHandedToTheWorkers(t *testing.T) {
	withQueue(t, func(t *testing.T, st *store.DB, q *queue) {
		s, later := st.Storage(), arrived.Add(time.Hour)
		handed := func(at time.Time, why string, ids ...int64) {
			t.Helper()
			assert.Equal(t, []store.Job{{Kind: store.JobStoreVersions, IDs: ids, RunAt: at}}, q.take(t, st), why)
		}
		settle := func(id int64, out storage.Settlement) {
			t.Helper()
			pick(t, s, id, later)
			out.Lease, out.At = "t", later
			require.NoError(t, s.SettleVersion(t.Context(), id, out))
		}
		one := file(t, s, 1)
		handed(arrived, "a new document", one)
		file(t, s, 1)
		assert.Empty(t, q.take(t, st), "a known key is handed over once")
		v := edition(2)
		v.Document = "d0001"
		d, err := s.AddVersion(t.Context(), v, 0, agree)
		require.NoError(t, err)
		two := d.Latest.ID
		handed(arrived, "a new version", two)

		settle(one, storage.Settlement{State: storage.StateQueued, NextAt: later})
		handed(later, "to be tried again", one)
		settle(one, storage.Settlement{State: storage.StateDead})
		assert.Empty(t, q.take(t, st), "dead")
		require.NoError(t, s.RetryVersion(t.Context(), one, storage.StateQueued, later))
		handed(later, "retried", one)
		require.NoError(t, s.Pause(t.Context(), cellar, "acme", later.Add(time.Hour)))
		require.NoError(t, s.Resume(t.Context(), cellar, "acme", later))
		handed(later, "resumed", one, two)
		settle(one, storage.Settlement{State: storage.StateStored})
		assert.Empty(t, q.take(t, st), "stored")

		require.NoError(t, s.RemoveDocument(t.Context(), "d0001", later, agree))
		handed(later, "to be removed", one, two)
		settle(one, storage.Settlement{State: storage.StateRemoved})
		assert.Empty(t, q.take(t, st), "removed")
		settle(two, storage.Settlement{State: storage.StateStored})
		handed(later, "stored while it was to be removed", two)
	})
}

func TestADocumentIsEnqueuedWithTheHostsWritesOrNotAtAll(t *testing.T) {
	withQueue(t, func(t *testing.T, st *store.DB, q *queue) {
		write := func(cause error) error {
			return st.InTx(t.Context(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(t.Context(), "INSERT INTO queue (kind) VALUES ('of the host')")
				d, v := paper(1)
				_, _, added := tx.Storage().AddDocument(t.Context(), d, v, 100)
				return errors.Join(err, added, cause)
			})
		}
		require.ErrorIs(t, write(errOnPurpose), errOnPurpose)
		assert.Zero(t, countOf(t, st.SQL(), "queue"))
		assert.Zero(t, countOf(t, st.SQL(), "frontdesk_storage_documents"))
		require.NoError(t, write(nil))
		assert.Equal(t, 2, countOf(t, st.SQL(), "queue"), "the host's row, and the job")
		assert.Equal(t, 1, countOf(t, st.SQL(), "frontdesk_storage_documents"))
	})
}

func TestStorageStoreOnPostgresWithSnapshots(t *testing.T) {
	storagetest.TestStore(t, func(t *testing.T) storage.Store {
		dsn := storetest.PostgresDSN(t) + " default_transaction_isolation='repeatable read'"
		return open(t, storetest.OpenPostgres(t, dsn)).Storage()
	})
}

// TestAPauseTakesRowsOutOfTheWay: who looks for due versions does not read them until it ends.
func TestAPauseTakesRowsOutOfTheWay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st := open(t, db).Storage()
		for i := range 3 {
			file(t, st, i)
		}
		looked := func() (n int) {
			require.NoError(t, db.Get(&n, db.Rebind("SELECT count(*) FROM frontdesk_storage_versions WHERE next_at < ?"), arrived.Add(time.Hour).UnixMicro()))
			return n
		}
		require.Equal(t, 3, looked())
		require.NoError(t, st.Pause(t.Context(), cellar, "acme", arrived.Add(time.Hour)))
		assert.Zero(t, looked())
		require.NoError(t, st.Resume(t.Context(), cellar, "acme", arrived.Add(time.Minute)))
		assert.Equal(t, 3, looked())
	})
}
