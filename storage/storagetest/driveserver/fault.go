package driveserver

import (
	"maps"
	"net/http"
	"strconv"
	"time"
)

// Fault is how one request goes wrong. The zero value lets it through.
type Fault struct {
	// Status, Reason and Message are an answer in Drive's form. Without After it is
	// given before anything is carried out. For a chunk or a status 404 and 410 end
	// the session.
	Status          int
	Reason, Message string
	// Body is given instead of Drive's form.
	Body string
	// RetryAfter is told in whole seconds.
	RetryAfter time.Duration

	After   bool  // carry it out first
	Cut     bool  // the connection, before anything is carried out
	Lose    bool  // carry it out, then cut the connection
	Corrupt bool  // a byte of the content on its way
	Keep    int64 // that many bytes of a chunk and no more; 0: all
}

// rhythm makes each n-th request go wrong.
type rhythm struct {
	n      int
	faults []Fault
}

// Next makes the next requests of a kind go wrong, each in its way. Faults add up.
func (s *Server) Next(k Kind, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[k] = append(s.faults[k], faults...)
}

// Every makes each n-th request of a kind go wrong, in these ways by turns.
func (s *Server) Every(k Kind, n int, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rhythms[k] = rhythm{n, faults}
}

// arrive counts the request and takes the fault that is meant for it.
func (s *Server) arrive(k Kind, r *http.Request) (Fault, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[k]++
	if refused := s.admit(r); refused != nil {
		return Fault{}, refused
	}
	queues := []Kind{k}
	if k == Upload || k == Chunk {
		queues = append(queues, Content)
	}
	for _, q := range queues {
		if queue := s.faults[q]; len(queue) > 0 {
			s.faults[q] = queue[1:]
			return queue[0], nil
		}
	}
	if p := s.rhythms[k]; p.n > 0 && s.counts[k]%p.n == 0 {
		return p.faults[(s.counts[k]/p.n-1)%len(p.faults)], nil
	}
	return Fault{}, nil
}

// action carries out a request. What it answers is told unless a fault comes between.
type action func(r *http.Request, f Fault) reply

// reply is an answer.
type reply interface{ write(w http.ResponseWriter) }

// handle serves a pattern with faults before and after it.
func (s *Server) handle(pattern string, k Kind, do action) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		k := k.of(r)
		f, refused := s.arrive(k, r)
		switch {
		case refused != nil:
			refused.write(w)
			return
		case f.Cut && f.Keep == 0:
			panic(http.ErrAbortHandler)
		case f.refuses() && !f.After:
			s.end(k, f.Status, r)
			f.write(w)
			return
		}
		answer := do(r, f)
		switch {
		case f.Lose, f.Cut:
			panic(http.ErrAbortHandler)
		case f.After && f.refuses():
			f.write(w)
		default:
			answer.write(w)
		}
	})
}

// of is the kind that a request really is.
func (k Kind) of(r *http.Request) Kind {
	if k == Upload && r.URL.Query().Has("upload_id") {
		k = Chunk
	}
	switch {
	case k == Get && r.URL.Query().Get("alt") == "media":
		return Download
	case k == Upload && r.URL.Query().Get("uploadType") == "resumable":
		return Start
	case k == Chunk && isStatusQuery(r.Header.Get("Content-Range")):
		return Status
	}
	return k
}

func (f Fault) refuses() bool { return f.Status != 0 }

func (f Fault) write(w http.ResponseWriter) {
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter/time.Second)))
	}
	if f.Body != "" {
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Body))
		return
	}
	(&refusal{f.Status, f.Reason, f.Message}).write(w)
}

// end forgets a session that a fault says is over.
func (s *Server) end(k Kind, status int, r *http.Request) {
	over := status == http.StatusNotFound || status == http.StatusGone
	if over && (k == Chunk || k == Status) {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.sessions, r.URL.Query().Get("upload_id"))
	}
}

// object is an answer in JSON.
type object map[string]any

func (o object) write(w http.ResponseWriter) { writeJSON(w, http.StatusOK, o) }

// nothing is an answer without a body.
type nothing int

func (n nothing) write(w http.ResponseWriter) { w.WriteHeader(int(n)) }

// raw is an answer that is not in JSON.
type raw struct {
	status int
	header http.Header
	body   []byte
}

func (a raw) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}
