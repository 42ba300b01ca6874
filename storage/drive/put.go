package drive

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // Drive tells it where it tells no SHA-256
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"

	drivego "google.golang.org/api/drive/v3"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

// Put implements [storage.DocumentStore]. Content that is an io.ReaderAt and an io.Seeker, as
// files and byte readers are, is read where it lies, and maybe several times. Any other
// is kept until it is stored: up to 1 MiB in memory, above that in a file.
func (s *Store) Put(ctx context.Context, body io.Reader, o storage.PutOptions) (*storage.Object, error) {
	if err := s.check(&o); err != nil {
		return nil, err
	}
	src, err := s.source(ctx, body, o)
	if err != nil {
		return nil, err
	}
	object, err := s.put(ctx, src, o, nil, nil)
	if closed := src.close(); err == nil && closed != nil {
		s.log.WarnContext(ctx, "drive: the spooled content stays", "error", closed)
	}
	return object, err
}

// PutResumable implements [storage.Resumer].
func (s *Store) PutResumable(ctx context.Context, body io.ReaderAt, o storage.PutOptions, state []byte,
	save func(ctx context.Context, state []byte) error,
) (*storage.Object, error) {
	if err := s.check(&o); err != nil {
		return nil, err
	}
	src, err := sourceAt(body, o)
	if err != nil {
		return nil, err
	}
	return s.put(ctx, src, o, state, save)
}

func (s *Store) check(o *storage.PutOptions) error {
	errs := []error{o.Validate()}
	if o.ID != "" {
		errs = append(errs, checkID("id", o.ID))
	}
	if o.Folder != "" {
		errs = append(errs, checkID("folder", o.Folder))
	}
	return errors.Join(errs...)
}

// upload is one put.
type upload struct {
	store   *Store
	source  *source
	options storage.PutOptions
	id      string
	draft   *drivego.File
	digest  *digest
	saved   *state // what was saved before, if it is of this content
	save    func(ctx context.Context, state []byte) error
	lost    bool // an attempt may have been carried out
}

func (s *Store) put(ctx context.Context, src *source, o storage.PutOptions, saved []byte,
	save func(ctx context.Context, state []byte) error,
) (*storage.Object, error) {
	u := &upload{store: s, source: src, options: o, digest: newDigest(), save: save}
	if err := u.start(ctx, saved); err != nil {
		return nil, err
	}
	f, err := u.send(ctx)
	switch {
	case err == nil:
		err = u.verify(ctx, f)
	case frontdesk.CodeOf(err) == frontdesk.AlreadyExists:
		f, err = u.existing(ctx, err)
	case u.lost:
		f, err = u.settle(ctx, err)
	}
	if err != nil {
		return nil, u.failed(ctx, err)
	}
	if o.Progress != nil {
		o.Progress(src.size)
	}
	return s.object(f, f.Id), nil
}

// start finds the id and what was done before.
func (u *upload) start(ctx context.Context, saved []byte) (err error) {
	if u.saved, err = u.store.restore(u, saved); err != nil {
		return err
	}
	if u.saved != nil {
		u.id = u.saved.ID
	} else if u.id, err = u.store.idFor(ctx, u.options.ID); err != nil {
		return err
	}
	u.draft = u.store.describe(u.id, u.options)
	u.draft.AppProperties[putProperty] = rand.Text()
	if u.saved != nil && u.saved.Put != "" {
		u.draft.AppProperties[putProperty] = u.saved.Put
	}
	return nil
}

// send sends the content. Small content is summed before: it is in memory, or soon in the
// system's.
func (u *upload) send(ctx context.Context) (*drivego.File, error) {
	if u.source.size > multipartMax {
		return u.sendResumable(ctx)
	}
	if err := u.sum(); err != nil {
		return nil, err
	}
	if want := u.options.SHA256; len(want) > 0 && !bytes.Equal(want, u.source.sum) {
		return nil, errChecksum()
	}
	if err := u.persist(ctx, ""); err != nil {
		return nil, err
	}
	return u.sendMultipart(ctx)
}

// sum makes the checksum of all the content known.
func (u *upload) sum() error {
	if u.source.sum != nil {
		return nil
	}
	if err := u.digest.moveTo(u.source, u.source.size); err != nil {
		return err
	}
	u.source.sum = u.digest.sum()
	return nil
}

func errChecksum() error {
	return frontdesk.Errorf(frontdesk.Aborted, "the content does not have the checksum that was given")
}

// verify compares what was stored with what was sent, and removes it if they differ.
func (u *upload) verify(ctx context.Context, f *drivego.File) error {
	if err := u.sum(); err != nil {
		return errors.Join(err, u.store.discard(ctx, u.id))
	}
	same, err := u.same(f)
	want := u.options.SHA256
	switch {
	case err != nil:
	case !same:
		err = frontdesk.Errorf(frontdesk.Aborted, "drive: the content changed on its way")
	case len(want) > 0 && !bytes.Equal(want, u.source.sum):
		err = errChecksum()
	case f.Trashed:
		u.store.folders.forget(u.options.Folder)
		err = frontdesk.Errorf(frontdesk.FailedPrecondition, "drive: the folder is in the trash")
	default:
		return nil
	}
	if left := u.store.discard(ctx, u.id); left != nil {
		return frontdesk.Errorf(frontdesk.OutcomeUnknown, "drive: what should not have been stored is still there: %w", errors.Join(err, left))
	}
	return err
}

// same reports whether a file holds the content. It must have a checksum.
func (u *upload) same(f *drivego.File) (bool, error) {
	switch {
	case f.Size != u.source.size:
		return false, nil
	case f.Sha256Checksum != "":
		return f.Sha256Checksum == hex.EncodeToString(u.source.sum), nil
	}
	h := md5.New() //nolint:gosec // as above
	if _, err := io.Copy(h, u.source.section(0, u.source.size)); err != nil {
		return false, unreadable(err)
	}
	return f.Md5Checksum == hex.EncodeToString(h.Sum(nil)), nil
}

// existing looks at the file that has the id already. One of the same content is what was
// asked for.
func (u *upload) existing(ctx context.Context, taken error) (*drivego.File, error) {
	if err := u.sum(); err != nil {
		return nil, err
	}
	f, err := u.store.read(ctx, u.id)
	switch {
	case frontdesk.CodeOf(err) == frontdesk.NotFound:
		return nil, taken
	case err != nil:
		return nil, err
	case u.options.ID == "":
		return f, u.verify(ctx, f)
	}
	same, err := u.same(f)
	switch {
	case err != nil:
		return nil, err
	case !same && f.AppProperties[putProperty] == u.draft.AppProperties[putProperty]:
		return nil, u.verify(ctx, f) // it is ours, and spoiled: it must not keep the id
	case !same || f.Trashed:
		return nil, taken
	}
	return f, nil
}

// settle finds out whether a file was stored by an attempt that failed. Reading by id
// is certain, so that nothing is left unknown while Drive answers at all.
func (u *upload) settle(ctx context.Context, failed error) (*drivego.File, error) {
	f, err := u.existing(ctx, frontdesk.Errorf(frontdesk.NotFound, "drive: nothing was stored"))
	switch {
	case err == nil:
		return f, nil
	case frontdesk.CodeOf(err) == frontdesk.Aborted:
		u.lost = false
		return nil, err
	case frontdesk.CodeOf(err) != frontdesk.NotFound:
		return nil, failed
	}
	u.lost = false
	if frontdesk.CodeOf(failed) == frontdesk.OutcomeUnknown {
		return nil, &frontdesk.Error{Code: frontdesk.Unavailable, RetryAfter: frontdesk.RetryAfter(failed), Err: failed}
	}
	return nil, failed
}

// failed leaves nothing behind where nobody else can know the id.
func (u *upload) failed(ctx context.Context, err error) error {
	switch frontdesk.CodeOf(err) {
	case frontdesk.NotFound:
		u.store.folders.forget(u.options.Folder)
		return noFolder(err, "drive: the folder is not there")
	case frontdesk.OutcomeUnknown, frontdesk.RateLimited, frontdesk.Unavailable, frontdesk.Canceled, frontdesk.DeadlineExceeded:
		if u.options.ID == "" && u.save == nil && u.lost {
			if left := u.store.discard(ctx, u.id); left != nil {
				u.store.log.WarnContext(ctx, "drive: what a failed put may have stored could not be removed", "id", u.id, "error", left)
			}
		}
	}
	return err
}
