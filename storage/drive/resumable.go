package drive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strconv"

	drivego "google.golang.org/api/drive/v3"
	"google.golang.org/api/googleapi"

	"github.com/frontdesk-go/frontdesk"
)

const maxSessions = 4 // that one put begins

// errSessionLost means that Drive does not know a session any more.
var errSessionLost = errors.New("the session has ended")

// sendResumable sends content in chunks
// (https://developers.google.com/workspace/drive/api/guides/manage-uploads#resumable).
func (u *upload) sendResumable(ctx context.Context) (*drivego.File, error) {
	session, ask := "", false
	if u.saved != nil {
		session, ask = u.saved.Session, true
	}
	for n := 0; n < maxSessions; n++ {
		if session == "" {
			var err error
			if session, err = u.begin(ctx); err != nil {
				return nil, err
			}
			ask = false
		}
		f, err := (&transfer{upload: u, session: session, ask: ask}).run(ctx)
		if !errors.Is(err, errSessionLost) {
			return f, err
		}
		session = ""
	}
	return nil, frontdesk.Errorf(frontdesk.Unavailable, "drive: %w %d times", errSessionLost, maxSessions)
}

// begin opens a session.
func (u *upload) begin(ctx context.Context) (session string, err error) {
	description, err := json.Marshal(u.draft)
	if err != nil {
		return "", frontdesk.Errorf(frontdesk.Internal, "drive: the request cannot be made: %w", err)
	}
	err = u.store.do(ctx, call{name: "files.create resumable", send: func(ctx context.Context) error {
		r, err := u.store.uploadRequest(ctx, http.MethodPost, u.store.uploadURL("resumable"))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/json; charset=UTF-8")
		r.Header.Set("X-Upload-Content-Type", u.draft.MimeType)
		r.Header.Set("X-Upload-Content-Length", strconv.FormatInt(u.source.size, 10))
		r.ContentLength = int64(len(description))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(description)), nil }
		r.Body, _ = r.GetBody() // it never fails
		answer, err := u.store.exchange(ctx, r)
		if err == nil {
			session = answer.header.Get("Location")
		}
		return err
	}})
	switch {
	case err != nil:
		return "", err
	case !u.store.ours(session):
		return "", frontdesk.Errorf(frontdesk.Internal, "drive: the session lies elsewhere")
	}
	if err := u.digest.moveTo(u.source, 0); err != nil {
		return "", err
	}
	return session, u.persist(ctx, session)
}

// transfer is one session.
type transfer struct {
	*upload
	session string
	ask     bool  // how much is there, before anything is sent
	offset  int64 // how much Drive has
	most    int64 // how much it ever had
}

// run sends until Drive has everything. After each failure Drive is asked what it has.
func (t *transfer) run(ctx context.Context) (*drivego.File, error) {
	lost := false
	for n := 1; ; {
		f, failed := t.step(ctx)
		switch {
		case f != nil:
			return f, nil
		case failed == nil && t.offset > t.most:
			n, t.most = 1, t.offset
		case failed == nil && (!t.ask || t.complete()):
			failed = t.call().fail(frontdesk.Unavailable, "Drive does not get any further")
			failed.transient = true
		}
		t.ask = failed != nil || t.complete()
		if failed == nil {
			if err := t.advance(ctx); err != nil {
				return nil, err
			}
			continue
		}
		if errors.Is(failed.Err, errSessionLost) {
			return nil, errSessionLost
		}
		lost = lost || failed.Code == frontdesk.OutcomeUnknown
		if !t.store.again(ctx, failed, n) {
			return nil, settle(failed, lost)
		}
		n++
	}
}

// complete reports whether nothing is left to send, though Drive has not made the file yet.
func (t *transfer) complete() bool { return t.offset == t.source.size }

// advance brings the checksum to what Drive has, saves that and tells it.
func (t *transfer) advance(ctx context.Context) error {
	if err := t.digest.moveTo(t.source, t.offset); err != nil {
		return err
	}
	if t.options.Progress != nil {
		t.options.Progress(t.offset)
	}
	return t.persist(ctx, t.session)
}

func (t *transfer) call() call { return call{name: "files.create chunk", write: true} }

// step sends a chunk, or asks what Drive has. It returns the file when that is all.
func (t *transfer) step(ctx context.Context) (*drivego.File, *failure) {
	c := t.call()
	var f *drivego.File
	c.send = func(ctx context.Context) (err error) {
		f, err = t.exchange(ctx)
		return err
	}
	failed := t.store.attempt(ctx, c)
	if failed == nil {
		return f, nil
	}
	answer, answered := errors.AsType[*googleapi.Error](error(failed.Error))
	if answered && (answer.Code == http.StatusNotFound || answer.Code == http.StatusGone) {
		return nil, c.fail(frontdesk.Unavailable, errSessionLost.Error(), errSessionLost, failed.Error)
	}
	t.lost = t.lost || mayBeStored(failed.Error)
	return nil, failed
}

// exchange makes the request of a step and takes over what Drive has.
func (t *transfer) exchange(ctx context.Context) (*drivego.File, error) {
	r, body, err := t.request(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := t.store.exchange(ctx, r)
	switch {
	case err != nil:
		return nil, err
	case !answer.incomplete():
		body.adopt(t.digest)
		return answer.file()
	}
	offset, ok := answer.stored(t.source.size)
	if !ok {
		return nil, errUnreadable
	}
	if offset == body.end() {
		body.adopt(t.digest)
	}
	t.offset = offset
	return nil, nil
}

// request is the next one: the chunk from the offset, or the question for it.
func (t *transfer) request(ctx context.Context) (*http.Request, *chunk, error) {
	r, err := t.store.uploadRequest(ctx, http.MethodPut, t.session)
	if err != nil {
		return nil, nil, err
	}
	if t.ask {
		r.Header.Set("Content-Range", "bytes */"+strconv.FormatInt(t.source.size, 10))
		return r, nil, nil
	}
	length := min(t.store.chunk, t.source.size-t.offset)
	body, err := newChunk(t.upload, t.offset, length)
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", t.offset, t.offset+length-1, t.source.size))
	r.ContentLength = length
	r.GetBody = body.again
	r.Body = body
	return r, body, nil
}

// chunk is a part of the content that is summed while it is sent. Its sum is taken only if
// all was read.
type chunk struct {
	upload         *upload
	offset, length int64
	body           *sourceReader
	hash           hash.Hash
}

func newChunk(u *upload, offset, length int64) (*chunk, error) {
	if err := u.digest.moveTo(u.source, offset); err != nil {
		return nil, err
	}
	h, err := u.digest.clone()
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.Internal, "drive: the checksum cannot be copied: %w", err)
	}
	return &chunk{upload: u, offset: offset, length: length, body: &sourceReader{u.source.section(offset, length), length}, hash: h}, nil
}

// Read implements [io.Reader].
func (c *chunk) Read(p []byte) (int, error) {
	n, err := c.body.Read(p)
	c.hash.Write(p[:n])
	return n, err
}

// Close implements [io.Closer].
func (c *chunk) Close() error { return nil }

// again is the same content once more, for a connection that was gone. Its sum is not made.
func (c *chunk) again() (io.ReadCloser, error) {
	return io.NopCloser(&sourceReader{c.upload.source.section(c.offset, c.length), c.length}), nil
}

// end is where the content goes on after the chunk; there is none in a question.
func (c *chunk) end() int64 {
	if c == nil {
		return -1
	}
	return c.offset + c.length
}

// adopt takes over the sum when all of the chunk went into it.
func (c *chunk) adopt(d *digest) {
	if c != nil && c.body.left == 0 {
		d.hash, d.at = c.hash, c.end()
	}
}
