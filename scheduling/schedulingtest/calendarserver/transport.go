package calendarserver

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// Transport reaches the server without a network:
//
//	calendar, err := googlecalendar.New(tokens, &googlecalendar.Options{HTTPClient: &http.Client{Transport: server.Transport()}})
func (s *Server) Transport() http.RoundTripper { return (*transport)(s) }

type transport Server

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	body := &watchedBody{Reader: r.Body}
	incoming := r.Clone(r.Context())
	incoming.Body = io.NopCloser(body)
	answered := make(chan *answer, 1)
	go func() {
		defer r.Body.Close()
		answered <- serve((*Server)(t), incoming)
	}()
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case a := <-answered:
		switch {
		case a != nil:
			return a.response(r), nil
		case body.err != nil:
			return nil, body.err
		}
		return nil, errCut
	}
}

var errCut = errors.New("the connection was cut")

// serve returns what the server answers, or nil when it cuts the connection.
func serve(s *Server, r *http.Request) (a *answer) {
	a = &answer{header: http.Header{}}
	defer func() {
		if reason := recover(); reason == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
			a = nil
		} else if reason != nil {
			panic(reason)
		}
	}()
	s.ServeHTTP(a, r)
	return a
}

// watchedBody keeps the error that broke a request off.
type watchedBody struct {
	io.Reader
	err error
}

// Read implements [io.Reader].
func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

// answer is written by a handler.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements [http.ResponseWriter].
func (a *answer) Header() http.Header { return a.header }

// Write implements [http.ResponseWriter].
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) { a.status = status }

func (a *answer) response(r *http.Request) *http.Response {
	return &http.Response{
		Status: http.StatusText(a.status), StatusCode: a.status, Header: a.header, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		ContentLength: int64(a.body.Len()), Body: io.NopCloser(&a.body),
	}
}
