package storage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/frontdesk-go/frontdesk"
)

// rehearse asks the source for each item and writes nothing.
func (r *migrationRun) rehearse(ctx context.Context) error {
	entries, err := r.former()
	if err != nil {
		return err
	}
	r.manifest = &manifest{entries: entries}
	return spread(ctx, r.Workers, r.From.Items(ctx), r.try)
}

// former is what runs before have written down, if any.
func (r *migrationRun) former() (map[string]migrationEntry, error) {
	file, err := os.Open(filepath.Clean(r.Manifest))
	if r.Manifest == "" || errors.Is(err, fs.ErrNotExist) {
		return map[string]migrationEntry{}, nil
	}
	if err != nil {
		return nil, manifestError(err)
	}
	defer file.Close()
	_, entries, _, err := readManifest(file)
	return entries, err
}

func (r *migrationRun) try(ctx context.Context, item MigrationItem) {
	err := item.validate()
	var e migrationEntry
	if err == nil {
		var again bool
		if e, again = r.manifest.list(item.Key); again {
			err = frontdesk.Errorf(frontdesk.AlreadyExists, "another item has the key")
		}
	}
	var o PutOptions
	if err == nil && !e.State.over() {
		err = r.insist(ctx, func(ctx context.Context) error {
			from, err := r.From.Stat(ctx, item)
			if err == nil {
				o, err = item.putOptions(from)
			}
			return err
		})
	}
	if err != nil && ctx.Err() != nil {
		return
	}
	r.tell(func(p *MigrationReport) {
		p.Listed++
		switch {
		case err != nil:
			p.fail(item.Key, err)
		case e.State.over():
			p.Already++
		default:
			p.Ready++
			p.ReadyBytes += max(o.Size, 0)
		}
	})
}
