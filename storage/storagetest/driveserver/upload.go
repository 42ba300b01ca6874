package driveserver

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
)

// upload stores a file with its content in one request, or begins a session. Chunks may
// come as POST too, as drive/v3 sends them.
func (s *Server) upload(r *http.Request, f Fault) reply {
	if r.URL.Query().Has("upload_id") {
		return s.chunk(r, f)
	}
	switch r.URL.Query().Get("uploadType") {
	case "multipart":
		return s.uploadMultipart(r, f)
	case "resumable":
		return s.begin(r)
	case "media":
		return s.store(r, &draft{MIMEType: r.Header.Get("Content-Type")}, s.receive(r.Body, f))
	}
	return invalid("Invalid uploadType")
}

func (s *Server) uploadMultipart(r *http.Request, f Fault) reply {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/related" {
		return &refusal{http.StatusBadRequest, "badContent", "Unsupported content with type: " + media}
	}
	parts := multipart.NewReader(r.Body, params["boundary"])
	part, err := parts.NextRawPart()
	if err != nil {
		return malformed
	}
	d, refused := readDraft(part)
	if refused != nil {
		return refused
	}
	part, err = parts.NextRawPart()
	if err != nil {
		return malformed
	}
	c := s.receive(part, f)
	if _, err := parts.NextRawPart(); err != io.EOF {
		return malformed
	}
	d.MIMEType = or(d.MIMEType, part.Header.Get("Content-Type"))
	return s.store(r, d, c)
}

var malformed = &refusal{http.StatusBadRequest, "badRequest", "Malformed multipart body."}

// receive reads content to its end. A request that breaks off is not answered.
func (s *Server) receive(body io.Reader, f Fault) content {
	d := newDigest(s.options.Discard)
	if !s.take(d, body, f) {
		panic(http.ErrAbortHandler)
	}
	return d.content()
}

// take reads what comes into d, and spoils it when it is told to. It returns whether
// the body came to its end.
func (s *Server) take(d io.Writer, body io.Reader, f Fault) bool {
	if f.Corrupt {
		body = &corrupted{body: body}
	}
	n, err := io.Copy(d, body)
	s.received(n)
	return err == nil
}

// corrupted changes one bit of what is read.
type corrupted struct {
	body io.Reader
	done bool
}

// Read implements [io.Reader].
func (c *corrupted) Read(p []byte) (int, error) {
	n, err := c.body.Read(p)
	if n > 0 && !c.done {
		p[n/2] ^= 1
		c.done = true
	}
	return n, err
}
