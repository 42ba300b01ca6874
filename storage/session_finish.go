package storage

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Finish makes the document of an upload in parts, once all of its bytes are there; before,
// it fails with FailedPrecondition. Apart from that it fails like Upload or NewVersion;
// content that is not what the name, or the checksum, says ends the session, and after
// other errors it can be finished again. Whoever finishes it again, because the answer was
// lost, gets the same document.
func (s *Service) Finish(ctx context.Context, id string) (d *Document, err error) {
	const op = "storage.Finish"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	h, _, err := s.hold(ctx, op, id)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	switch done := h.State().Done; {
	case h.record.Document != "":
		return s.visible(ctx, op, h.record.Document)
	case done < h.record.Size:
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "the upload has %d of %d bytes", done, h.record.Size)
	}
	return h.finish(ctx, op)
}

func (h *heldSession) finish(ctx context.Context, op string) (*Document, error) {
	if _, err := h.permitClient(ctx, op, h.record.Client); err != nil {
		return nil, err
	}
	quota, err := h.roomFor(ctx, h.record.Client, 0) // the Store looks at the size
	if err != nil {
		return nil, err
	}
	if err := h.fixTime(ctx); err != nil {
		return nil, err
	}
	v, err := h.version(ctx)
	if err != nil {
		return nil, h.discardSession(ctx, err)
	}
	d, err := h.become(ctx, op, v, quota)
	if err != nil {
		return nil, err
	}
	h.record.Document = d.ID
	if err := h.save(ctx); err != nil {
		return nil, err
	}
	return shown(h.actor, d), h.Clear(ctx)
}

// fixTime gives the version its time once: it is known by it when it is finished again.
func (h *heldSession) fixTime(ctx context.Context) error {
	if !h.record.FinishedAt.IsZero() {
		return nil
	}
	h.record.FinishedAt = h.now().Truncate(time.Microsecond)
	return h.save(ctx)
}

func (h *heldSession) save(ctx context.Context) error {
	record, err := json.Marshal(h.record)
	if err != nil {
		return err
	}
	return h.SetRecord(ctx, record)
}

// version reads all of the content, and returns the version that it is, not in the spool
// yet.
func (h *heldSession) version(ctx context.Context) (Version, error) {
	contentType, err := h.contentType()
	if err != nil {
		return Version{}, err
	}
	in := NewIntake(ctx, io.NewSectionReader(h, 0, h.record.Size), PutOptions{Size: h.record.Size, SHA256: h.record.SHA256})
	if _, err := io.Copy(io.Discard, in); err != nil {
		return Version{}, err
	}
	now := h.record.FinishedAt
	return Version{
		Client: h.record.Client, Document: h.record.Revises, Number: 1, Name: h.record.Name, ContentType: contentType,
		Size: in.Size(), SHA256: in.SHA256(), By: byActor(h.actor), CreatedAt: now, State: h.firstState(),
		Transfer: Transfer{Store: h.docs.Name(), Spool: newID(now), NextAt: now},
	}, nil
}

// become adds the document, or the version, unless an attempt before this one has.
func (h *heldSession) become(ctx context.Context, op string, v Version, quota int64) (d *Document, err error) {
	if h.record.Revises != "" {
		if d, err = h.revised(ctx, op, v); d != nil || err != nil {
			return d, err
		}
	}
	if err := h.Place(ctx, v.Transfer.Spool); err != nil {
		return nil, err
	}
	if h.record.Revises != "" {
		d, err = h.revise(ctx, op, h.actor, v, quota)
	} else {
		d, err = h.add(ctx, op, h.document(v), v, quota)
	}
	if err := h.afterAdding(ctx, v, d, err); err != nil {
		return nil, h.refuse(ctx, op, documentResource(v.Document), unknown(err))
	}
	return d, nil
}

// document has a key in any case: the session's is that of no upload.
func (h *heldSession) document(v Version) Document {
	d := h.record.upload().document(v)
	if d.Key == "" {
		d.Key = "session/" + h.State().ID
	}
	return d
}

// revised is the document, if it has the version already.
func (h *heldSession) revised(ctx context.Context, op string, v Version) (*Document, error) {
	all, err := h.store.Versions(ctx, h.record.Revises)
	if err != nil {
		return nil, h.refuse(ctx, op, documentResource(h.record.Revises), unknown(err))
	}
	for _, there := range all {
		if there.CreatedAt.Equal(v.CreatedAt) && there.By == v.By && there.Name == v.Name && bytes.Equal(there.SHA256, v.SHA256) {
			return h.visible(ctx, op, h.record.Revises)
		}
	}
	return nil, nil //nolint:nilnil // no document and no error: it is to be made
}
