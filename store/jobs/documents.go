package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/store"
)

// againSoon is when another process may try a job that came as this one stopped.
const againSoon = time.Second

// storageWorks has no job that transfers: a transfer may take longer than River lets a
// job live, and no more than so many are to go on at once, whoever has asked for them.
func storageWorks(s Storage, o Options, wake func(kind string) bool) []work {
	return append(sweeps(storageService, o, wake, store.JobStoreVersions), []work{
		{kind: store.JobStoreVersions, service: storageService, timeout: rowsTime, due: s.ProcessDue, abreast: o.Transfers, run: func(context.Context, ...int64) error {
			if !wake(store.JobStoreVersions) {
				return river.JobSnooze(againSoon)
			}
			return nil
		}},
		{kind: "storage.compare", service: storageService, timeout: upkeepTime, sleeps: o.StorageSweepEvery, run: func(ctx context.Context, _ ...int64) error {
			return compare(ctx, s, o)
		}},
	}...)
}

// compare sweeps, and says what a person should look at.
func compare(ctx context.Context, s Storage, o Options) error {
	asked := o.StorageSweep
	found, err := s.Sweep(ctx, &asked)
	if err != nil {
		return err
	}
	for _, f := range []finding{
		{slog.LevelError, "documents are missing in the document store", len(found.Missing), few(versions(found.Missing))},
		{slog.LevelError, "versions of documents were tried too often", len(found.Dead), few(versions(found.Dead))},
		{slog.LevelWarn, "objects in the document store belong to no version", len(found.Orphans), few(objects(found.Orphans))},
		{slog.LevelWarn, "the spool has bytes that no version needs", len(found.Leftovers), few(spooled(found.Leftovers))},
	} {
		if f.count > 0 {
			o.Logger.Log(ctx, f.level, "jobs: "+f.text, "count", f.count, "first", f.first, "deleted", found.Deleted)
		}
	}
	return nil
}

// finding is what a sweep has found of one kind.
type finding struct {
	level slog.Level
	text  string
	count int
	first any
}

// shown is how many of a kind are logged.
const shown = 10

func few[T any](all []T) []T { return all[:min(shown, len(all))] }

// Names of files are personal: only ids are logged.

func versions(all []storage.Version) (ids []int64) {
	for _, v := range all {
		ids = append(ids, v.ID)
	}
	return ids
}

func objects(all []storage.Object) (ids []string) {
	for _, o := range all {
		ids = append(ids, o.ID)
	}
	return ids
}

func spooled(all []storage.SpoolEntry) (names []string) {
	for _, e := range all {
		names = append(names, e.Name)
	}
	return names
}
