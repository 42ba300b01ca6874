package smtp

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/textproto"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// In a mail, base64 stands in lines of 76 characters for 57 bytes.
const (
	lineRaw = 57
	lines   = 256 // that are encoded at a time
)

// fileReader opens a file when it is read, and makes sure that it has its size.
type fileReader struct {
	file   *email.Attachment
	source io.ReadCloser
	read   int64
	err    error
}

// Read implements [io.Reader].
func (r *fileReader) Read(p []byte) (int, error) {
	if r.source == nil && r.err == nil {
		r.source, r.err = r.file.Open()
	}
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.source.Read(p)
	r.read += int64(n)
	switch ended := errors.Is(err, io.EOF); {
	case r.read > r.file.Size, ended && r.read < r.file.Size:
		r.err = frontdesk.InvalidField("attachments", "hold a file that does not have the size it says: %q", r.file.Name)
		return 0, r.err
	case err != nil && !ended:
		r.err = err
	}
	return n, err
}

// writeTo writes the file in base64.
func (r *fileReader) writeTo(w io.Writer) error {
	raw := make([]byte, lines*lineRaw)
	var text []byte
	for {
		n, err := io.ReadFull(r, raw)
		text = text[:0]
		for rest := raw[:n]; len(rest) > 0; {
			line := rest[:min(len(rest), lineRaw)]
			text = append(base64.StdEncoding.AppendEncode(text, line), "\r\n"...)
			rest = rest[len(line):]
		}
		if _, failed := w.Write(text); failed != nil {
			return failed
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// header describes the file. Names that are not ASCII are written as RFC 2231 says.
func (r *fileReader) header() textproto.MIMEHeader {
	mediaType, parameters, err := mime.ParseMediaType(r.file.ContentType)
	if err != nil || parameters == nil {
		parameters = map[string]string{} // Validate has found it to be a media type
	}
	parameters["name"] = r.file.Name
	h := textproto.MIMEHeader{}
	h.Set("Content-Type", mime.FormatMediaType(mediaType, parameters))
	h.Set("Content-Transfer-Encoding", "base64")
	disposition := "attachment"
	if r.file.ContentID != "" {
		disposition = "inline"
		h.Set("Content-Id", "<"+r.file.ContentID+">")
	}
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": r.file.Name}))
	return h
}

// fileError is why an attachment could not be read, or nil.
func (l *letter) fileError() error {
	for _, f := range l.files {
		if f.err != nil {
			return f.err
		}
	}
	return nil
}

// close closes the files.
func (l *letter) close() {
	for _, f := range l.files {
		if f.source != nil {
			_ = f.source.Close() // it was read to its end, or is given up
		}
	}
}
