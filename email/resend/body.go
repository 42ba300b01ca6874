package resend

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"sync"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

const contentType = "application/json"

// chunk is how much of a file is encoded at a time. It is a multiple of three, so
// that only the last one needs padding.
const chunk = 24 << 10

// body is a request's content, which can be opened several times. It holds the files
// by name only: they are encoded while they are read.
type body struct {
	parts []part
	size  int64
}

// part is a piece of JSON, or a file in base64.
type part struct {
	text []byte
	file *email.Attachment
}

func (b *body) text(text []byte) {
	b.parts = append(b.parts, part{text: text})
	b.size += int64(len(text))
}

func (b *body) file(f *email.Attachment) {
	b.parts = append(b.parts, part{file: f})
	b.size += (f.Size + 2) / 3 * 4
}

// object is value as JSON, with the files as its last member.
func object(value any, files []email.Attachment) (*body, error) {
	text, err := encode(value)
	if err != nil {
		return nil, err
	}
	b := &body{}
	if len(files) == 0 {
		b.text(text)
		return b, nil
	}
	b.text(append(text[:len(text)-1], `,"attachments":[`...))
	for i := range files {
		if err := b.attach(&files[i], i == 0); err != nil {
			return nil, err
		}
	}
	b.text([]byte("]}"))
	return b, nil
}

// attachment is what Resend is told of a file beside its content.
type attachment struct {
	Filename    string `json:"filename"`
	ContentType string `json:"content_type,omitempty"`
	ContentID   string `json:"content_id,omitempty"`
}

func (b *body) attach(f *email.Attachment, first bool) error {
	text, err := encode(attachment{f.Name, f.ContentType, f.ContentID})
	if err != nil {
		return err
	}
	if !first {
		b.text([]byte(","))
	}
	b.text(append(text[:len(text)-1], `,"content":"`...))
	b.file(f)
	b.text([]byte(`"}`))
	return nil
}

// encode leaves < and > as they are: HTML would grow by a third otherwise.
func encode(value any) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, frontdesk.Errorf(frontdesk.Internal, "resend: the request cannot be written: %w", err)
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// open returns a reader of the content that tells a how far it came.
func (b *body) open(a *attempt) io.ReadCloser {
	return &bodyReader{attempt: a, parts: b.parts, left: b.size}
}

// bodyReader reads the parts one after another. net/http may close it while it reads.
type bodyReader struct {
	attempt *attempt

	mu      sync.Mutex
	left    int64 // bytes of the whole
	parts   []part
	current io.ReadCloser
}

// Read implements [io.Reader].
func (r *bodyReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		n, err := r.read(p)
		if r.left -= int64(n); r.left == 0 {
			r.attempt.written.Store(true)
		}
		switch {
		case errors.Is(err, io.EOF) && r.current == nil:
			return 0, io.EOF
		case errors.Is(err, io.EOF):
			err = r.end()
		}
		if err != nil {
			r.attempt.unreadable.Store(&err)
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// read reads from the current part, or from the next. It returns io.EOF at the end of
// a part, and at that of the body, where there is no current one.
func (r *bodyReader) read(p []byte) (int, error) {
	if r.current == nil {
		if len(r.parts) == 0 {
			return 0, io.EOF
		}
		if err := r.begin(r.parts[0]); err != nil {
			return 0, err
		}
		r.parts = r.parts[1:]
	}
	return r.current.Read(p)
}

func (r *bodyReader) begin(p part) error {
	if p.file == nil {
		r.current = io.NopCloser(bytes.NewReader(p.text))
		return nil
	}
	source, err := p.file.Open()
	if err != nil {
		return err
	}
	r.current = &fileReader{name: p.file.Name, source: source, left: p.file.Size}
	return nil
}

func (r *bodyReader) end() error {
	err := r.current.Close()
	r.current = nil
	return err
}

// Close implements [io.Closer].
func (r *bodyReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parts = nil
	if r.current == nil {
		return nil
	}
	return r.end()
}

// fileReader encodes a file in base64 while it is read.
type fileReader struct {
	name    string
	source  io.ReadCloser
	left    int64
	raw     [chunk]byte
	encoded [chunk / 3 * 4]byte
	ready   []byte // of encoded
}

// Read implements [io.Reader].
func (r *fileReader) Read(p []byte) (int, error) {
	if len(r.ready) == 0 {
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.ready)
	r.ready = r.ready[n:]
	return n, nil
}

func (r *fileReader) fill() error {
	if r.left == 0 {
		return r.end()
	}
	raw := r.raw[:min(r.left, chunk)]
	if _, err := io.ReadFull(r.source, raw); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return frontdesk.InvalidField("attachments", "hold a file that is shorter than its size says: %q", r.name)
	} else if err != nil {
		return err
	}
	r.left -= int64(len(raw))
	r.ready = base64.StdEncoding.AppendEncode(r.encoded[:0], raw)
	return nil
}

// end makes sure that the file ends where its size says.
func (r *fileReader) end() error {
	_, err := io.ReadFull(r.source, r.raw[:1])
	if err == nil {
		return frontdesk.InvalidField("attachments", "hold a file that is longer than its size says: %q", r.name)
	}
	return err
}

// Close implements [io.Closer].
func (r *fileReader) Close() error { return r.source.Close() }
