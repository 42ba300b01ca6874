package calendarserver

import (
	"net/http"
	"strconv"
	"time"
)

// Fault is how one request goes wrong. The zero value lets it through.
type Fault struct {
	// Status, Reason and Message are an answer in Google's form. Without After it is given
	// before anything is carried out.
	Status          int
	Reason, Message string
	// Body is given instead of Google's form.
	Body string
	// RetryAfter is told in whole seconds.
	RetryAfter time.Duration
	// Delay passes before anything else.
	Delay time.Duration

	After bool // carry it out first
	Cut   bool // the connection, before anything is carried out
	Lose  bool // carry it out, then cut the connection
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
	queues := []Kind{k, Any}
	if k.writes() {
		queues = append(queues, Write)
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

// action carries out a request, with the lock held. What it answers is told unless a fault
// comes between.
type action func(r *http.Request) reply

// reply is an answer.
type reply interface{ write(w http.ResponseWriter) }

// handle serves a pattern with faults before and after it.
func (s *Server) handle(pattern string, k Kind, do action) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		f, refused := s.arrive(k, r)
		pass(r, s.options.Latency+f.Delay)
		switch {
		case refused != nil:
			refused.write(w)
			return
		case f.Cut:
			panic(http.ErrAbortHandler)
		case f.Status != 0 && !f.After:
			f.write(w)
			return
		}
		answer := s.carryOut(do, r)
		switch {
		case f.Lose:
			panic(http.ErrAbortHandler)
		case f.Status != 0:
			f.write(w)
		default:
			answer.write(w)
		}
	})
}

func (s *Server) carryOut(do action, r *http.Request) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.makeConferences()
	return do(r)
}

// pass lets time go by. Who asks no longer is not served.
func pass(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
		panic(http.ErrAbortHandler)
	}
}

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

// object is an answer in JSON.
type object map[string]any

func (o object) write(w http.ResponseWriter) { writeJSON(w, http.StatusOK, o) }

// nothing is an answer without a body.
type nothing int

func (n nothing) write(w http.ResponseWriter) { w.WriteHeader(int(n)) }
