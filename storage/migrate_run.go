package storage

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// maxMigrationWait is how long an item waits for its next attempt. What asks for more is left to
// the next run.
const maxMigrationWait = 10 * time.Minute

// migrationRun is one call of Migrate.
type migrationRun struct {
	Migration
	folders  migrationFolders
	manifest *manifest
	stop     context.CancelCauseFunc // ends the run

	mu     sync.Mutex // of the report
	report MigrationReport
	done   int
}

func newMigrationRun(m Migration, f migrationFolders) *migrationRun {
	m.fill()
	return &migrationRun{Migration: m, folders: f}
}

func (r *migrationRun) do(ctx context.Context) (*MigrationReport, error) {
	begun := r.Clock()
	ctx, r.stop = context.WithCancelCause(ctx)
	defer r.stop(nil)
	work := r.perform
	if r.DryRun {
		work = r.rehearse
	}
	err := work(ctx)
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	r.report.Duration = r.Clock().Sub(begun)
	return &r.report, err
}

func (r *migrationRun) perform(ctx context.Context) (err error) {
	h := manifestHeader{From: r.From.Name(), To: r.To.Name()}
	if r.manifest, err = openManifest(r.Manifest, h, r.Clock); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.manifest.close()) }()
	for _, pass := range []func(context.Context) error{r.listed, r.unlisted, r.originals} {
		if err := pass(ctx); err != nil {
			return err
		}
	}
	return nil
}

// listed migrates what the source tells of.
func (r *migrationRun) listed(ctx context.Context) error {
	return spread(ctx, r.Workers, r.From.Items(ctx), r.migrate)
}

func (r *migrationRun) migrate(ctx context.Context, item MigrationItem) {
	if err := item.validate(); err != nil {
		r.tell(func(p *MigrationReport) { p.Listed++; p.fail(item.Key, err) })
		return
	}
	e, again := r.manifest.list(item.Key)
	switch {
	case again:
		r.tell(func(p *MigrationReport) {
			p.Listed++
			p.fail(item.Key, frontdesk.Errorf(frontdesk.AlreadyExists, "another item has the key"))
		})
	case e.State.over():
		r.tell(func(p *MigrationReport) { p.Listed++; p.Already++ })
	default:
		err := r.carry(ctx, &carrier{migrationRun: r, item: &item, key: item.Key})
		r.settle(ctx, item.Key, err, func(p *MigrationReport) { p.Listed++ })
	}
}

// settle counts an item. One that was interrupted has not failed.
func (r *migrationRun) settle(ctx context.Context, key string, err error, more func(*MigrationReport)) {
	if err != nil && ctx.Err() != nil {
		return
	}
	if err != nil {
		e := r.manifest.entry(key).to(itemFailed)
		e.Code = frontdesk.CodeOf(err)
		if lost := r.manifest.add(e); lost != nil {
			r.stop(lost)
		}
	}
	state := r.manifest.entry(key).State
	r.tell(func(p *MigrationReport) {
		more(p)
		switch {
		case err != nil:
			p.fail(key, err)
		case state == itemDropped:
			p.Dropped++
		default:
			p.Rewritten++
		}
	})
}

// tell changes the report, and tells how far the run is.
func (r *migrationRun) tell(change func(*MigrationReport)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.report)
	r.done++
	r.Progress(MigrationProgress{Done: r.done, Total: r.Total, Bytes: r.report.Bytes})
}

// unlisted ends what a dead run has begun with items that the source does not tell of any more: their
// references may have been rewritten.
func (r *migrationRun) unlisted(ctx context.Context) error {
	begun := r.manifest.all(func(e migrationEntry) bool {
		return !e.seen && (e.State == itemReserved || e.State == itemCopied || e.State == itemVerified)
	})
	return spread(ctx, r.Workers, withoutErrors(begun), func(ctx context.Context, e migrationEntry) {
		err := r.carry(ctx, &carrier{migrationRun: r, key: e.Key})
		r.settle(ctx, e.Key, err, func(*MigrationReport) {})
	})
}

// originals deletes the originals, if it is asked for.
func (r *migrationRun) originals(ctx context.Context) error {
	remover, can := r.From.(OriginalRemover)
	if !r.RemoveOriginals || !can {
		return nil
	}
	copied := r.manifest.all(func(e migrationEntry) bool { return e.State == itemRewritten })
	return spread(ctx, r.Workers, withoutErrors(copied), func(ctx context.Context, e migrationEntry) {
		err := r.insist(ctx, func(ctx context.Context) error { return r.removeOriginal(ctx, remover, e) })
		if err != nil && ctx.Err() == nil {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.report.fail(e.Key, err)
		}
	})
}

func (r *migrationRun) removeOriginal(ctx context.Context, remover OriginalRemover, e migrationEntry) error {
	if err := intact(ctx, r.To, e); err != nil {
		return fmt.Errorf("the original is kept: %w", err)
	}
	if err := remover.RemoveOriginal(ctx, e.Key); err != nil && frontdesk.CodeOf(err) != frontdesk.NotFound {
		return err
	}
	if err := r.manifest.add(e.to(itemRemoved)); err != nil {
		r.stop(err)
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Removed++
	return nil
}

// insist tries something as long as it fails in a way that passes.
func (r *migrationRun) insist(ctx context.Context, try func(context.Context) error) error {
	for attempt := 1; ; attempt++ {
		err := r.guarded(ctx, try)
		if err == nil || attempt >= r.MaxAttempts || !passes(err) {
			return err
		}
		wait := backoff(attempt, err)
		if wait > maxMigrationWait || rest(ctx, wait) != nil {
			return err
		}
	}
}

// guarded turns a panic into an error, so that one item cannot end the run.
func (r *migrationRun) guarded(ctx context.Context, try func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.Logger.ErrorContext(ctx, "storage: panic", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = frontdesk.Errorf(frontdesk.Internal, "panic: %T", p)
		}
	}()
	return try(ctx)
}

// passes reports whether the same may fare better a moment later.
func passes(err error) bool {
	switch frontdesk.CodeOf(err) {
	case frontdesk.Unavailable, frontdesk.RateLimited, frontdesk.Aborted, frontdesk.OutcomeUnknown:
		return true
	}
	return false
}

// rest waits, or fails as soon as ctx ends.
func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// spread gives each item to one of the workers, and returns when all have come to their end.
func spread[T any](ctx context.Context, workers int, items iter.Seq2[T, error], work func(context.Context, T)) error {
	jobs := make(chan T)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for job := range jobs {
				work(ctx, job)
			}
		})
	}
	err := hand(ctx, jobs, items)
	close(jobs)
	all.Wait()
	return err
}

func hand[T any](ctx context.Context, jobs chan<- T, items iter.Seq2[T, error]) error {
	for item, err := range items {
		if err != nil {
			return err
		}
		select {
		case jobs <- item:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return context.Cause(ctx)
}

func withoutErrors[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		slices.Values(all)(func(v T) bool { return yield(v, nil) })
	}
}
