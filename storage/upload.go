package storage

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

// Limits of what is said about a document.
const (
	maxClient = 200 // bytes
	maxKey    = 200
	maxText   = 255 // of a title, a folder
	maxReason = 2000
)

// headSize is how much of a content is looked at to tell its type.
const headSize = 3072

// Upload is a document that somebody brings.
type Upload struct {
	Client string // whose document it is
	Name   string // of the file; its extension says which type it is
	Title  string // default the Name
	Folder string // of the client's documents, as people see it

	Content     io.Reader
	Size        int64  // of the content; 0 or below: not known
	ContentType string // as whoever brings it declares it; empty: not known
	SHA256      []byte // that the content must have, if it is known

	// Visibility is Private unless it is said. A client sees its own uploads anyway.
	Visibility Visibility
	// Key makes it the same upload: as long as the client has a document of the key,
	// Upload returns that. Keys of staff and of the client are apart. Empty: each upload is
	// another.
	Key string
}

// Upload takes a document in. When it returns, the content and what is known about it
// survive a crash, and workers bring it to the document store: it can be read meanwhile,
// unless a virus scanner has yet to answer. Clients upload for themselves, and
// administrators and the system for all.
//
// What is wrong with the upload is Invalid, and names its field. It fails with QuotaExceeded when the
// client has no room left, with AlreadyExists when the key was used for other
// content, and with Aborted when the content is not that of the checksum.
func (s *Service) Upload(ctx context.Context, u Upload) (d *Document, err error) {
	const op = "storage.Upload"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	a, err := s.permitClient(ctx, op, u.Client)
	if err != nil {
		return nil, err
	}
	if err := u.validate(); err != nil {
		return nil, err
	}
	quota, err := s.roomFor(ctx, u.Client, u.Size)
	if err != nil {
		return nil, err
	}
	v, err := s.receive(ctx, a, u)
	if err != nil {
		return nil, err
	}
	d, err = s.add(ctx, op, u.document(v), v, quota)
	if err := s.afterAdding(ctx, v, d, err); err != nil {
		return nil, err
	}
	return shown(a, d), nil
}

// document is the upload's, with v as its first version.
func (u Upload) document(v Version) Document {
	d := Document{
		ID: newID(v.CreatedAt), Client: u.Client, Title: u.Title, Folder: u.Folder, By: v.By,
		Status: StatusPending, Visibility: u.Visibility, CreatedAt: v.CreatedAt, UpdatedAt: v.CreatedAt,
	}
	if d.Title == "" {
		d.Title = u.Name
	}
	if d.Visibility == "" {
		d.Visibility = Private
	}
	if u.Key != "" {
		d.Key = "staff/" + u.Key
		if v.By.Role == frontdesk.RoleClient {
			d.Key = "client/" + u.Key
		}
	}
	return d
}

func (s *Service) add(ctx context.Context, op string, d Document, v Version, quota int64) (there *Document, err error) {
	err = s.store.InTx(ctx, func(tx Store) error {
		var added bool
		if there, added, err = tx.AddDocument(ctx, d, v, quota); err != nil || !added {
			return err
		}
		return s.audit(ctx, tx, op, documentResource(d.ID), frontdesk.Succeeded, nil, versionFields(there))
	})
	return there, err
}

// versionFields are what the audit log keeps of a new version.
func versionFields(d *Document) map[string]string {
	return map[string]string{
		"version": fmt.Sprint(d.Latest.Number), "sha256": hex.EncodeToString(d.Latest.SHA256), "visibility": string(d.Visibility),
	}
}

// afterAdding removes bytes from the spool that no version needs. Where it is not
// certain that none does, Sweep finds out.
func (s *Service) afterAdding(ctx context.Context, v Version, d *Document, err error) error {
	switch {
	case err == nil && d.Latest.Transfer.Spool == v.Transfer.Spool:
		return nil
	case err == nil:
		s.discard(ctx, v.Transfer.Spool)
		return sameUpload(d, v)
	case refused(err):
		s.discard(ctx, v.Transfer.Spool)
	}
	return err
}

// sameUpload refuses an upload under the key of another.
func sameUpload(d *Document, v Version) error {
	if d.Latest.Number == 1 && !bytes.Equal(d.Latest.SHA256, v.SHA256) {
		return frontdesk.Errorf(frontdesk.AlreadyExists, "the key was used for other content")
	}
	return nil
}

// refused reports whether the store has certainly not kept what failed so.
func refused(err error) bool {
	switch frontdesk.CodeOf(err) {
	case frontdesk.Invalid, frontdesk.NotFound, frontdesk.PermissionDenied, frontdesk.FailedPrecondition, frontdesk.QuotaExceeded:
		return true
	}
	return false
}

// discard removes bytes from the spool; what it fails to remove, Sweep finds.
func (s *Service) discard(ctx context.Context, name string) {
	if name == "" {
		return
	}
	ctx, cancel := closing(ctx)
	defer cancel()
	if err := s.options.Spool.Remove(ctx, name); err != nil {
		s.options.Logger.WarnContext(ctx, "storage: the spool keeps what nobody needs", "name", name, "error", err)
	}
}

// roomFor returns the client's quota, and refuses early what would exceed it.
func (s *Service) roomFor(ctx context.Context, client string, size int64) (int64, error) {
	if s.options.Quota == nil {
		return 0, nil
	}
	quota, err := s.options.Quota(ctx, client)
	if err != nil || quota <= 0 {
		return 0, err
	}
	usage, err := s.store.Usage(ctx, s.docs.Name(), client)
	if err == nil && usage.Bytes+max(size, 0) > quota {
		err = frontdesk.Errorf(frontdesk.QuotaExceeded, "there is no room left")
	}
	return quota, err
}

// receive brings the content to the spool, and returns the version that it is.
func (s *Service) receive(ctx context.Context, a frontdesk.Actor, u Upload) (Version, error) {
	t, err := s.options.typeOf(u.Name, u.ContentType)
	if err != nil {
		return Version{}, err
	}
	if u.Size > s.options.MaxSize {
		return Version{}, s.tooLong()
	}
	in := NewIntake(ctx, &limited{r: u.Content, left: s.options.MaxSize, over: s.tooLong()}, u.intake())
	head, err := io.ReadAll(io.LimitReader(in, headSize))
	if err != nil {
		return Version{}, err
	}
	contentType, err := s.options.agree(t, head)
	if err != nil {
		return Version{}, err
	}
	now := s.now()
	v := Version{
		Client: u.Client, Number: 1, Name: u.Name, ContentType: contentType, By: byActor(a), CreatedAt: now,
		State: s.firstState(), Transfer: Transfer{Store: s.docs.Name(), Spool: newID(now), NextAt: now},
	}
	if err := s.options.Spool.Put(ctx, v.Transfer.Spool, io.MultiReader(bytes.NewReader(head), in)); err != nil {
		return Version{}, err
	}
	v.Size, v.SHA256 = in.Size(), in.SHA256()
	return v, nil
}

// firstState is that of a version which was not scanned.
func (s *Service) firstState() State {
	if s.options.Scan != nil {
		return StateHeld
	}
	return StateQueued
}

func (s *Service) tooLong() error {
	return frontdesk.InvalidField("content", "is longer than %d bytes", s.options.MaxSize)
}

func (u Upload) intake() PutOptions {
	o := PutOptions{Size: u.Size, SHA256: u.SHA256}
	if o.Size <= 0 {
		o.Size = -1
	}
	return o
}

// limited ends with the error over when there is more than left.
type limited struct {
	r    io.Reader
	left int64
	over error
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, l.over
	}
	return n, err
}

func (u Upload) validate() error {
	return errors.Join(validClient(u.Client), u.validateFile(), validLine("title", u.Title), validLine("folder", u.Folder),
		validUploadKey(u.Key), validVisibility(u.Visibility))
}

// validateFile is about what a new version needs too.
func (u Upload) validateFile() error {
	errs := []error{validName(u.Name), validSHA256(u.SHA256)}
	if u.Content == nil {
		errs = append(errs, frontdesk.InvalidField("content", "is required"))
	}
	return errors.Join(errs...)
}

func validClient(client string) error {
	switch {
	case client == "":
		return frontdesk.InvalidField("client", "is required")
	case len(client) > maxClient:
		return frontdesk.InvalidField("client", "is longer than %d bytes", maxClient)
	}
	return validText("client", client)
}

func validLine(field, text string) error {
	if len(text) > maxText {
		return frontdesk.InvalidField(field, "is longer than %d bytes", maxText)
	}
	return validText(field, text)
}

func validUploadKey(key string) error {
	if len(key) > maxKey {
		return frontdesk.InvalidField("key", "is longer than %d bytes", maxKey)
	}
	return validText("key", key)
}

func validVisibility(v Visibility) error {
	switch v {
	case "", Private, Shared:
		return nil
	}
	return frontdesk.InvalidField("visibility", "is not one of them")
}

// validReason passes what may have several lines.
func validReason(reason string) error {
	if len(reason) > maxReason {
		return frontdesk.InvalidField("reason", "is longer than %d bytes", maxReason)
	}
	return validText("reason", strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(reason))
}
