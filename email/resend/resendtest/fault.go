package resendtest

import (
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Fault is how one request goes wrong. The zero value lets it through.
type Fault struct {
	// Status, Name and Message are an answer in Resend's form that is given before
	// anything is carried out.
	Status        int
	Name, Message string
	// Body is given instead, as HTML: the page of a proxy.
	Body string
	// RetryAfter is told in whole seconds.
	RetryAfter time.Duration
	// Header is added to the answer.
	Header http.Header

	Cut  bool            // the connection, before anything is carried out
	Lose bool            // carry it out, then cut the connection
	Hold <-chan struct{} // until it is closed; then go on
}

// Next makes the next requests go wrong, each in its way. Faults add up.
func (s *Server) Next(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

func (f Fault) wait(ctx context.Context) error {
	if f.Hold == nil {
		return nil
	}
	select {
	case <-f.Hold:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f Fault) refuses() bool { return f.Status != 0 }

func (f Fault) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), f.Header)
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter/time.Second)))
	}
	if f.Body == "" {
		(&refusal{f.Status, f.Name, f.Message}).write(w)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, f.Body)
}

// Lost are n requests that are carried out and whose answers are lost.
func Lost(n int) []Fault { return slices.Repeat([]Fault{{Lose: true}}, n) }
