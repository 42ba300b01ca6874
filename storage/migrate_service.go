package storage

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// MigrateOptions says how documents move. Manifest is required, except in a dry run; what the fields
// mean stands at [Migration].
type MigrateOptions struct {
	Manifest        string
	RemoveOriginals bool
	DryRun          bool
	Workers         int
	MaxAttempts     int
	Progress        func(MigrationProgress)
}

// Migrate brings all stored versions whose content is in another document store to the Service's
// own: each is copied with its name, type and metadata into the folder of its client, read back, and only then does its
// row lead to the copy. Meanwhile both are read if from is among Options.Former. Versions that still
// are on their way to from are not touched: a Service over from brings them there, and another run
// brings them here.
//
// The originals stay unless o says that they are to be removed. A run that was killed is repeated with
// the same manifest; see the function [Migrate] for what its report and its error say.
//
// It fails with Invalid ("from") when both stores have one name: rows could not tell them apart.
// It is for administrators and the system.
func (s *Service) Migrate(ctx context.Context, from DocumentStore, o *MigrateOptions) (r *MigrationReport, err error) {
	const op = "storage.Migrate"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permitStaff(ctx, op, "documents"); err != nil {
		return nil, err
	}
	m, err := s.migration(from, o)
	if err != nil {
		return nil, err
	}
	said := map[string]string{"from": from.Name(), "to": s.docs.Name(), "dry_run": strconv.FormatBool(m.DryRun)}
	if err := s.audit(ctx, s.store, op+".begin", "documents", frontdesk.Succeeded, nil, said); err != nil {
		return nil, err
	}
	r, err = newMigrationRun(m, clientFolders{s}).do(ctx)
	for name, n := range map[string]int{"rewritten": r.Rewritten, "failed": r.Failed, "removed": r.Removed} {
		said[name] = strconv.Itoa(n)
	}
	ctx, cancel := closing(ctx)
	defer cancel()
	if audited := s.audit(ctx, s.store, op, "documents", frontdesk.OutcomeOf(err), nil, said); err == nil {
		err = audited
	}
	return r, err
}

func (s *Service) migration(from DocumentStore, o *MigrateOptions) (Migration, error) {
	if o == nil {
		o = &MigrateOptions{}
	}
	switch {
	case from == nil:
		return Migration{}, frontdesk.InvalidField("from", "is required")
	case from.Name() == s.docs.Name():
		return Migration{}, frontdesk.InvalidField("from", "has the name of the Service's own document store")
	}
	rows := rowSource{s, from}
	m := Migration{
		From: rows, To: s.docs, Rewrite: rows.rewrite,
		Manifest: o.Manifest, RemoveOriginals: o.RemoveOriginals, DryRun: o.DryRun,
		Workers: o.Workers, MaxAttempts: o.MaxAttempts, Progress: o.Progress,
		Clock: s.options.Clock, Logger: s.options.Logger,
	}
	return m, m.validate()
}

// rowSource is the stored versions of a document store. A key is the version's id, a slash, and the
// object's.
type rowSource struct {
	*Service
	from DocumentStore
}

func (r rowSource) Name() string { return r.from.Name() }

// Items lists the versions that are in the store now.
func (r rowSource) Items(ctx context.Context) iter.Seq2[MigrationItem, error] {
	return func(yield func(MigrationItem, error) bool) {
		for after := int64(0); ; {
			page, err := r.store.VersionsIn(ctx, r.from.Name(), StateStored, after, pageSize)
			if err != nil {
				yield(MigrationItem{}, err)
			}
			if err != nil || len(page) == 0 {
				return
			}
			for i := range page {
				if !yield(r.item(&page[i]), nil) {
					return
				}
				after = page[i].ID
			}
		}
	}
}

func (r rowSource) item(v *Version) MigrationItem {
	return MigrationItem{
		Key:    fmt.Sprintf("%d/%s", v.ID, v.Transfer.ObjectID),
		Folder: MigrationFolder{Key: folderKey(r.options.Namespace, v.Client), Name: v.Client},
		Name:   v.Name, ContentType: v.ContentType, Size: v.Size, SHA256: v.SHA256,
		Metadata: r.metadata(v),
	}
}

// ofKey is the version and the object of a key.
func ofKey(key string) (version int64, object string, err error) {
	id, object, found := strings.Cut(key, "/")
	if version, err = strconv.ParseInt(id, 10, 64); err != nil || !found {
		return 0, "", frontdesk.Errorf(frontdesk.FailedPrecondition, "the manifest is not of a migration of documents")
	}
	return version, object, nil
}

func (r rowSource) Stat(ctx context.Context, i MigrationItem) (*Original, error) {
	_, object, err := ofKey(i.Key)
	if err != nil {
		return nil, err
	}
	return statOriginal(ctx, r.from, object)
}

func (r rowSource) Open(ctx context.Context, i MigrationItem) (io.ReadCloser, *Original, error) {
	_, object, err := ofKey(i.Key)
	if err != nil {
		return nil, nil, err
	}
	return openOriginal(ctx, r.from, object)
}

// rewrite makes the row lead to the copy. NotFound says that it need not: the document was deleted, or its
// content was brought here in another way.
func (r rowSource) rewrite(ctx context.Context, m Migrated) error {
	id, object, err := ofKey(m.Key)
	if err != nil {
		return err
	}
	err = r.store.MoveVersion(ctx, id, ObjectRef{Store: r.from.Name(), ID: object}, m.To)
	if frontdesk.CodeOf(err) != frontdesk.Aborted {
		return err
	}
	v, err := r.store.Version(ctx, id)
	if err == nil && v.at() != m.To {
		err = frontdesk.Errorf(frontdesk.NotFound, "the version is not stored there any more")
	}
	return err
}

func (v *Version) at() ObjectRef { return ObjectRef{Store: v.Transfer.Store, ID: v.Transfer.ObjectID} }

// RemoveOriginal deletes an object, unless a version has it.
func (r rowSource) RemoveOriginal(ctx context.Context, key string) error {
	id, object, err := ofKey(key)
	if err != nil {
		return err
	}
	v, err := r.store.Version(ctx, id)
	switch {
	case frontdesk.CodeOf(err) == frontdesk.NotFound:
	case err != nil:
		return err
	case v.at() == ObjectRef{Store: r.from.Name(), ID: object}:
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "the version still has the original")
	}
	return r.from.Delete(ctx, object)
}

// clientFolders are the folders that uploads go to. The name of a folder is its client.
type clientFolders struct{ *Service }

func (c clientFolders) id(ctx context.Context, f MigrationFolder) (string, error) {
	return c.folder(ctx, f.Name)
}

func (c clientFolders) forget(ctx context.Context, f MigrationFolder) error {
	return c.store.SetFolder(ctx, c.docs.Name(), f.Name, "")
}
