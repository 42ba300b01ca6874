package driveserver

import (
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	chunkUnit   = 256 << 10 // chunks but the last are multiples of it
	sessionLife = 7 * 24 * time.Hour
)

// session is a resumable upload.
type session struct {
	draft   *draft
	begun   *http.Request
	at      time.Time
	mu      sync.Mutex // one chunk at a time
	total   int64      // below zero: not told yet
	digest  *digest
	stored  bool   // the file is there
	storing string // its id
}

// Sessions is how many uploads are open.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := 0
	for _, one := range s.sessions {
		if !one.stored {
			open++
		}
	}
	return open
}

// EndSessions makes Drive forget all sessions.
func (s *Server) EndSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.sessions)
}

// begin opens a session. What is known to be refused later is refused here.
func (s *Server) begin(r *http.Request) reply {
	d, refused := readDraft(r.Body)
	if refused != nil {
		return refused
	}
	d.MIMEType = or(d.MIMEType, r.Header.Get("X-Upload-Content-Type"))
	total, told := number(r.Header.Get("X-Upload-Content-Length"))
	if !told {
		total = -1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i, refused := s.prepare(r, d)
	if refused != nil {
		return refused
	}
	if refused := s.room(i, max(0, total)); refused != nil {
		return refused
	}
	id := newID()
	s.sessions[id] = &session{draft: d, begun: r.Clone(r.Context()), at: s.now(), total: total, digest: newDigest(s.options.Discard)}
	return raw{http.StatusOK, http.Header{"Location": {sessionURL(r, id)}}, nil}
}

func sessionURL(r *http.Request, id string) string {
	scheme := "http"
	if r.TLS != nil || r.URL.Scheme == "https" {
		scheme = "https"
	}
	u := *r.URL
	u.Scheme, u.Host = scheme, or(r.Host, r.URL.Host)
	u.RawQuery = "uploadType=resumable&upload_id=" + id
	return u.String()
}

// session finds an open session.
func (s *Server) session(r *http.Request) (*session, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.sessions[r.URL.Query().Get("upload_id")]
	if one == nil || s.now().Sub(one.at) > sessionLife {
		return nil, &refusal{http.StatusNotFound, "notFound", "Not Found"}
	}
	return one, nil
}

// chunk takes a part of the file, or says how much is there.
func (s *Server) chunk(r *http.Request, f Fault) reply {
	one, refused := s.session(r)
	if refused != nil {
		return refused
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	c, ok := parseContentRange(or(r.Header.Get("Content-Range"), wholeRange(r.ContentLength)))
	switch {
	case !ok, one.total >= 0 && c.total >= 0 && one.total != c.total:
		return invalid("Failed to parse Content-Range header.")
	case one.stored:
		return s.stored(one)
	}
	if c.total >= 0 {
		one.total = c.total
	}
	if c.first >= 0 {
		if refused := s.append(one, c, r, f); refused != nil {
			return refused
		}
	}
	if one.total >= 0 && one.digest.size == one.total {
		return s.finish(one)
	}
	return incomplete(r, one.digest.size)
}

// wholeRange is the range of a request that has no header for it: all of the file.
func wholeRange(size int64) string {
	if size <= 0 {
		return "bytes */" + strconv.FormatInt(max(size, 0), 10)
	}
	return "bytes 0-" + strconv.FormatInt(size-1, 10) + "/" + strconv.FormatInt(size, 10)
}

// append stores what is new of a chunk.
func (s *Server) append(one *session, c contentRange, r *http.Request, f Fault) *refusal {
	last := c.total >= 0 && c.last == c.total-1
	length := c.last - c.first + 1
	switch {
	case c.first > one.digest.size:
		return &refusal{http.StatusServiceUnavailable, "backendError", "Bytes are missing before this chunk."}
	case !last && length%chunkUnit != 0:
		return invalid("Chunks must be multiples of 262144 bytes.")
	}
	known := one.digest.size - c.first
	skipped, err := io.CopyN(io.Discard, r.Body, min(known, length))
	s.received(skipped)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	keep := length - skipped
	if f.Keep > 0 {
		keep = min(keep, max(0, f.Keep-skipped))
	}
	stored := &units{to: one.digest}
	if !s.take(stored, io.LimitReader(r.Body, keep), f) {
		panic(http.ErrAbortHandler)
	}
	rest, err := io.Copy(io.Discard, r.Body)
	s.received(rest)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_, _ = one.digest.Write(stored.rest) // it never fails
	return nil
}

// units passes on what comes in whole units, so that of a chunk that breaks off no
// more is kept.
type units struct {
	to   *digest
	rest []byte
}

// Write implements [io.Writer].
func (u *units) Write(p []byte) (int, error) {
	u.rest = append(u.rest, p...)
	if whole := len(u.rest) / chunkUnit * chunkUnit; whole > 0 {
		_, _ = u.to.Write(u.rest[:whole]) // it never fails
		u.rest = append(u.rest[:0], u.rest[whole:]...)
	}
	return len(p), nil
}

// finish makes a file of a session.
func (s *Server) finish(one *session) reply {
	answer := s.store(one.begun, one.draft, one.digest.content())
	if _, fine := answer.(object); !fine {
		return answer
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	one.stored, one.storing = true, s.items[len(s.items)-1].id
	return answer
}

// stored answers who asks for a session whose file is there.
func (s *Server) stored(one *session) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.byID[one.storing]
	if i == nil {
		return notFound(one.storing)
	}
	return s.answer(one.begun, i)
}

// incomplete asks for more, in the dialect that the client speaks.
func incomplete(r *http.Request, size int64) reply {
	header := http.Header{}
	if size > 0 {
		header.Set("Range", "bytes=0-"+strconv.FormatInt(size-1, 10))
	}
	if r.Header.Get("X-GUploader-No-308") == "yes" {
		header.Set("X-Http-Status-Code-Override", "308")
		return raw{http.StatusOK, header, nil}
	}
	return raw{http.StatusPermanentRedirect, header, nil}
}

// cancel ends a session (https://cloud.google.com/storage/docs/performing-resumable-uploads#cancel-upload).
func (s *Server) cancel(r *http.Request, _ Fault) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, r.URL.Query().Get("upload_id"))
	return nothing(499)
}
