package drive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"

	drivego "google.golang.org/api/drive/v3"
	"google.golang.org/api/googleapi"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/googlecall"
)

const maxAnswer = 1 << 20

// sendMultipart sends description and content in one request
// (https://developers.google.com/workspace/drive/api/guides/manage-uploads#multipart).
func (u *upload) sendMultipart(ctx context.Context) (*drivego.File, error) {
	head, tail, contentType, err := envelope(u.draft)
	if err != nil {
		return nil, err
	}
	var f *drivego.File
	err = u.store.do(ctx, call{name: "files.create multipart", write: true, send: func(ctx context.Context) (err error) {
		r, err := u.store.uploadRequest(ctx, http.MethodPost, u.store.uploadURL("multipart"))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", contentType)
		r.ContentLength = int64(len(head)+len(tail)) + u.source.size
		r.GetBody = func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(bytes.NewReader(head), u.content(), bytes.NewReader(tail))), nil
		}
		r.Body, _ = r.GetBody() // it never fails
		answer, err := u.store.exchange(ctx, r)
		if err != nil {
			u.lost = u.lost || mayBeStored(err)
			return err
		}
		f, err = answer.file()
		return err
	}})
	return f, err
}

// mayBeStored reports whether Drive may have stored a file in spite of the error. It does
// so even when it says that requests come too fast.
func mayBeStored(err error) bool {
	answer, answered := errors.AsType[*googleapi.Error](err)
	return !googlecall.NeverSent(err) && (!answered || answer.Code == http.StatusForbidden || answer.Code == http.StatusTooManyRequests || answer.Code >= 500)
}

// content is all of it. Errors while it is read are not Drive's.
func (u *upload) content() io.Reader {
	return &sourceReader{u.source.section(0, u.source.size), u.source.size}
}

// sourceReader tells a source's errors from those of the network, and its early end too.
type sourceReader struct {
	io.Reader
	left int64
}

// Read implements [io.Reader].
func (r *sourceReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.left -= int64(n)
	switch {
	case err == nil, err == io.EOF && r.left == 0:
		return n, err
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	}
	return n, &sourceError{err}
}

// envelope is what stands before and after the content.
func envelope(draft *drivego.File) (head, tail []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	description, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/json; charset=UTF-8"}})
	if err == nil {
		err = json.NewEncoder(description).Encode(draft)
	}
	if err == nil {
		_, err = w.CreatePart(textproto.MIMEHeader{"Content-Type": {draft.MimeType}})
	}
	if err != nil {
		return nil, nil, "", frontdesk.Errorf(frontdesk.Internal, "drive: the request cannot be made: %w", err)
	}
	head = bytes.Clone(b.Bytes())
	return head, fmt.Appendf(nil, "\r\n--%s--\r\n", w.Boundary()), "multipart/related; boundary=" + w.Boundary(), nil
}

func (s *Store) uploadURL(kind string) string {
	u := *s.uploads
	u.RawQuery = url.Values{"uploadType": {kind}, "supportsAllDrives": {"true"}, "fields": {fields}, "alt": {"json"}}.Encode()
	return u.String()
}

func (s *Store) uploadRequest(ctx context.Context, method, address string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.Internal, "drive: the request cannot be made")
	}
	r.Header.Set("User-Agent", "frontdesk")
	return r, nil
}

// answer is one of the upload host.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// exchange makes a request and reads the answer to its end. One that is neither a success
// nor a 308 is a *googleapi.Error.
func (s *Store) exchange(ctx context.Context, r *http.Request) (*answer, error) {
	ctx, gate := guard(ctx, r)
	defer gate.close()
	resp, err := s.http.Do(r.WithContext(ctx))
	if err != nil {
		return nil, stalled(ctx, bare(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, stalled(ctx, err)
	}
	a := &answer{resp.StatusCode, resp.Header, body}
	if a.incomplete() {
		return a, nil
	}
	return a, googleapi.CheckResponseWithBody(resp, body)
}

// stalled tells a request that stood still from one that its caller ended.
func stalled(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errStalled) {
		return errStalled
	}
	return err
}

// bare returns err without the URL, which holds the session.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// file reads the description of a file that was stored.
func (a *answer) file() (*drivego.File, error) {
	f := &drivego.File{}
	if err := json.Unmarshal(a.body, f); err != nil || f.Id == "" {
		return nil, errUnreadable
	}
	return f, nil
}

// errUnreadable counts as a lost answer: asking again finds out.
var errUnreadable = errors.New("the answer cannot be read")
