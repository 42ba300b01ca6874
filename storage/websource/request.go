package websource

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/frontdesk-go/frontdesk"
)

const maxRedirects = 3

// request makes one request. The answer has a status of 2xx.
func (s *Source) request(ctx context.Context, method string, u *url.URL, header http.Header) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
	if err != nil {
		return nil, frontdesk.InvalidField("url", "cannot be requested")
	}
	if header != nil {
		r.Header = header.Clone()
	}
	r.Header.Set("Accept-Encoding", "identity")
	s.authorize(r)
	resp, err := s.http.Do(r)
	if err != nil {
		return nil, failure(u, err)
	}
	if err := s.refused(resp); err != nil {
		return nil, errors.Join(err, resp.Body.Close())
	}
	return resp, nil
}

// authorize gives a request what its host may know.
func (s *Source) authorize(r *http.Request) {
	r.Header.Del("Authorization")
	if secret, found := s.options.Authorization[r.URL.Host]; found && r.URL.Scheme == "https" {
		r.Header.Set("Authorization", secret.Reveal())
	}
}

// redirect checks where an answer leads. net/http would give the Authorization also to
// hosts below the first one, and the whole URL as the Referer.
func (s *Source) redirect(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return frontdesk.InvalidField("url", "leads through more than %d redirects", maxRedirects)
	}
	if err := s.fetchable(r.URL); err != nil {
		return err
	}
	r.Header.Del("Referer")
	s.authorize(r)
	return nil
}
