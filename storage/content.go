package storage

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/frontdesk-go/frontdesk"
)

// ContentOptions says what is wanted of a document. The zero value is all of the newest
// version that can be read, as a download.
type ContentOptions struct {
	Version int // 0: the newest that can be read
	Range   Range
	For     Access // default Download
}

// Content is what somebody gets. The caller closes the Body.
type Content struct {
	Body     io.ReadCloser
	Document Document
	Version  Version
	Offset   int64 // of the Body in the content
	Length   int64 // of the Body
}

// Content opens the content of a document that the actor sees, and writes the receipt:
// there is none without the content, and no content without it. Whoever acts on behalf
// of somebody is in the audit log instead. Nil options are the zero ContentOptions.
//
// It fails with FailedPrecondition while the virus scanner has not answered, or when it has
// refused the content.
func (s *Service) Content(ctx context.Context, id string, o *ContentOptions) (c *Content, err error) {
	const op = "storage.Content"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if o == nil {
		o = &ContentOptions{}
	}
	if err := o.validate(); err != nil {
		return nil, err
	}
	d, err := s.visible(ctx, op, id)
	if err != nil {
		return nil, err
	}
	if c, err = s.open(ctx, d, o); err != nil {
		return nil, err
	}
	if err := s.receipt(ctx, op, c, o.For); err != nil {
		return nil, s.refuse(ctx, op, documentResource(id), errors.Join(err, c.Body.Close()))
	}
	a, err := frontdesk.ActorFrom(ctx)
	if !isStaff(a) {
		c.Version.Transfer = Transfer{}
	}
	return c, err
}

func (o *ContentOptions) validate() error {
	switch o.For {
	case "", View, Download:
		return o.Range.Validate()
	}
	return frontdesk.InvalidField("for", "is neither to view nor to download")
}

// open opens a version, wherever it is.
func (s *Service) open(ctx context.Context, d *Document, o *ContentOptions) (*Content, error) {
	const looks = 3 // a version may move from the spool to the document store in between, or out of a former one
	for look := 1; ; look++ {
		v, err := s.choose(ctx, d.ID, o.Version)
		if err != nil {
			return nil, err
		}
		body, offset, length, err := s.read(ctx, v, o.Range)
		if err == nil {
			return &Content{Body: body, Document: *d, Version: *v, Offset: offset, Length: length}, nil
		}
		if frontdesk.CodeOf(err) == frontdesk.NotFound { // it is there: only its bytes are not
			err = frontdesk.Errorf(frontdesk.Unavailable, "the content is not there now: %w", err)
		}
		if look == looks || v.State == StateStored && len(s.options.Former) == 0 {
			return nil, err
		}
	}
}

// choose returns the version with the number, or the newest that can be read.
func (s *Service) choose(ctx context.Context, document string, number int) (*Version, error) {
	all, err := s.store.Versions(ctx, document)
	if err != nil {
		return nil, unknown(err)
	}
	known := number == 0 && len(all) > 0
	for i := range all {
		if number != 0 && all[i].Number != number {
			continue
		}
		known = true
		if all[i].readable(s.options.Scan != nil) {
			return &all[i], nil
		}
	}
	if !known {
		return nil, frontdesk.Errorf(frontdesk.NotFound, "there is no such version")
	}
	return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "the content is not checked for viruses yet, or did not pass")
}

func (s *Service) read(ctx context.Context, v *Version, r Range) (body io.ReadCloser, offset, length int64, err error) {
	if offset, length, err = r.Within(v.Size); err != nil {
		return nil, 0, 0, err
	}
	if v.State == StateStored {
		body, err = s.fetch(ctx, v, r)
		return body, offset, length, err
	}
	f, err := s.options.Spool.Open(ctx, v.Transfer.Spool)
	if err != nil {
		return nil, 0, 0, err
	}
	return spooledBody{io.NewSectionReader(f, offset, length), f}, offset, length, nil
}

// spooledBody is a part of a content in the spool.
type spooledBody struct {
	io.Reader
	io.Closer
}

// fetch opens the object, which must be the one that was stored.
func (s *Service) fetch(ctx context.Context, v *Version, r Range) (io.ReadCloser, error) {
	all := append([]DocumentStore{s.docs}, s.options.Former...)
	i := slices.IndexFunc(all, func(docs DocumentStore) bool { return docs.Name() == v.Transfer.Store })
	if i < 0 {
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "the content is in the document store %q", v.Transfer.Store)
	}
	body, object, err := all[i].Get(ctx, v.Transfer.ObjectID, r)
	if err != nil {
		return nil, err
	}
	if object.Size != v.Size {
		return nil, errors.Join(frontdesk.Errorf(frontdesk.Aborted, "the document store has other content"), body.Close())
	}
	return body, nil
}

// receipt asks once more for the permission, in the transaction of the receipt.
func (s *Service) receipt(ctx context.Context, op string, c *Content, kind Access) error {
	a, err := frontdesk.ActorFrom(ctx)
	if err != nil {
		return err
	}
	if kind == "" {
		kind = Download
	}
	return s.store.InTx(ctx, func(tx Store) error {
		d, err := tx.Document(ctx, c.Document.ID)
		if err == nil {
			err = toRead(a, d)
		}
		if err != nil {
			return unknown(err)
		}
		if a.OnBehalfOf != "" {
			return s.audit(ctx, tx, op, documentResource(d.ID), frontdesk.Succeeded, nil, map[string]string{"for": string(kind)})
		}
		now := s.now()
		r := Receipt{Document: d.ID, Version: c.Version.Number, Kind: kind, By: byActor(a), At: now}
		_, err = tx.AddReceipt(ctx, r, now.Add(-s.options.ReceiptWindow))
		return unknown(err)
	})
}
