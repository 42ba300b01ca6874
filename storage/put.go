package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/frontdesk-go/frontdesk"
)

// The metadata of our objects.
const (
	metaNamespace = "frontdesk_namespace"
	metaDocument  = "frontdesk_document"
	metaVersion   = "frontdesk_version" // our id of it
)

// scan asks the virus scanner. A version that is held for a scanner which is not there
// any more dies in the end; whoever retries it then decides that it needs none.
func (s *Service) scan(ctx context.Context, t *transfer) error {
	if s.options.Scan == nil {
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "there is no virus scanner to ask")
	}
	f, err := s.options.Spool.Open(ctx, t.v.Transfer.Spool)
	if err != nil {
		return spoolMissing(err)
	}
	defer f.Close()
	shown := *t.v
	shown.Transfer = Transfer{}
	verdict, err := s.options.Scan(ctx, t.watch(io.NewSectionReader(f, 0, t.v.Size)), shown)
	switch {
	case err != nil:
		return fmt.Errorf("the virus scanner does not answer: %w", err)
	case verdict == Clean:
		return t.save(ctx, func(v *Version) { v.State, v.Transfer.ScannedAt = StateQueued, s.now() })
	case verdict == Infected:
		t.ended = StateInfected
		return nil
	}
	return frontdesk.Errorf(frontdesk.Internal, "the virus scanner's verdict is %q", verdict)
}

// spoolMissing is about this machine: another may have the bytes, or later.
func spoolMissing(err error) error {
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return frontdesk.Errorf(frontdesk.Unavailable, "the bytes are not in the spool: %w", err)
	}
	return err
}

// put brings the bytes from the spool to the document store.
func (s *Service) put(ctx context.Context, t *transfer) error {
	o, err := s.putOptions(ctx, t)
	if err != nil {
		return err
	}
	f, err := s.options.Spool.Open(ctx, t.v.Transfer.Spool)
	if err != nil {
		return spoolMissing(err)
	}
	defer f.Close()
	object, err := s.send(ctx, t, f, o)
	if err != nil {
		return err
	}
	t.keep(func(v *Version) { v.Transfer.ObjectID, v.Transfer.Session = object.ID, nil })
	if object.Size != t.v.Size || object.SHA256 != nil && !bytes.Equal(object.SHA256, t.v.SHA256) {
		return errors.Join(frontdesk.Errorf(frontdesk.Aborted, "the document store has other content than it was given"),
			s.docs.Delete(ctx, object.ID))
	}
	t.done.Store(t.v.Size)
	t.ended = StateStored
	return nil
}

func (s *Service) send(ctx context.Context, t *transfer, f Spooled, o PutOptions) (*Object, error) {
	content := io.NewSectionReader(f, 0, t.v.Size)
	resumer, can := s.docs.(Resumer)
	if !can {
		t.done.Store(0)
		return s.docs.Put(ctx, t.watch(content), o)
	}
	return resumer.PutResumable(ctx, t.watchAt(content), o, t.v.Transfer.Session, func(ctx context.Context, state []byte) error {
		return t.save(ctx, func(v *Version) { v.Transfer.Session = bytes.Clone(state) })
	})
}

// putOptions finds the folder and the id, and writes the id down before anything is
// stored under it.
func (s *Service) putOptions(ctx context.Context, t *transfer) (PutOptions, error) {
	folder, err := s.folder(ctx, t.v.Client)
	if err != nil {
		return PutOptions{}, err
	}
	if identifier, can := s.docs.(Identifier); can && t.v.Transfer.ObjectID == "" {
		id, err := identifier.NewID(ctx)
		if err != nil {
			return PutOptions{}, err
		}
		if err := t.save(ctx, func(v *Version) { v.Transfer.ObjectID = id }); err != nil {
			return PutOptions{}, err
		}
	}
	return PutOptions{
		ID: t.v.Transfer.ObjectID, Folder: folder, Name: t.v.Name, ContentType: t.v.ContentType, Size: t.v.Size, SHA256: t.v.SHA256,
		Metadata: s.metadata(t.v),
		Progress: t.progress,
	}, nil
}

// metadata marks an object as that of a version.
func (s *Service) metadata(v *Version) map[string]string {
	return map[string]string{
		metaNamespace: s.options.Namespace, metaDocument: v.Document, metaVersion: fmt.Sprint(v.ID),
	}
}

// folder returns the client's folder, which is asked for once and then remembered.
func (s *Service) folder(ctx context.Context, client string) (string, error) {
	id, err := s.store.Folder(ctx, s.docs.Name(), client)
	if frontdesk.CodeOf(err) != frontdesk.NotFound {
		return id, err
	}
	if id, err = s.ensureFolder(ctx, client); err != nil {
		return "", err
	}
	return id, s.store.SetFolder(ctx, s.docs.Name(), client, id)
}

// ensureFolder keeps the id of a folder that is about to be made, for stores that want that.
func (s *Service) ensureFolder(ctx context.Context, client string) (string, error) {
	key := folderKey(s.options.Namespace, client)
	reserver, can := s.docs.(Reserver)
	if !can {
		return s.docs.EnsureFolder(ctx, key, client)
	}
	return reserver.ReserveFolder(ctx, key, client, func(ctx context.Context, id, gone string) (string, error) {
		return s.store.ReserveFolder(ctx, s.docs.Name(), client, id, gone)
	})
}

// folderKey is the same for the same client, whatever its id is made of.
func folderKey(namespace, client string) string {
	sum := sha256.Sum256([]byte(namespace + "\x00" + client))
	return "client:" + hex.EncodeToString(sum[:])
}
