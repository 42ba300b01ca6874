package smtp

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// pool lends connections, at most as many as it has places, and keeps those that come
// back for a while.
type pool struct {
	places chan struct{}
	keep   time.Duration
	dial   func(context.Context) (*session, error)

	mu     sync.Mutex
	idle   []*session
	closed bool
}

func newPool(places int, keep time.Duration, dial func(context.Context) (*session, error)) *pool {
	return &pool{places: make(chan struct{}, places), keep: keep, dial: dial}
}

// with lends a connection to use. A kept one that turns out to be dead is replaced by a
// new one.
func (p *pool) with(ctx context.Context, use func(*session) (map[string]string, error)) (map[string]string, error) {
	select {
	case p.places <- struct{}{}:
		defer func() { <-p.places }()
	case <-ctx.Done():
		return nil, ended(ctx, "no connection was free")
	}
	s, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	result, err := use(s)
	p.give(s)
	return result, err
}

func (p *pool) take(ctx context.Context) (*session, error) {
	for {
		s, err := p.pop()
		switch {
		case err != nil:
			return nil, err
		case s == nil:
			return p.dial(ctx)
		case s.alive(ctx):
			return s, nil
		}
		s.hangUp()
	}
}

// pop takes the connection that was used last, if one is kept.
func (p *pool) pop() (*session, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, frontdesk.Errorf(frontdesk.FailedPrecondition, "smtp: the mailer is closed")
	}
	for len(p.idle) > 0 {
		last := len(p.idle) - 1
		s := p.idle[last]
		p.idle = p.idle[:last]
		if s.expiry.Stop() {
			return s, nil
		}
	}
	return nil, nil
}

// give keeps the connection if it may be used again.
func (p *pool) give(s *session) {
	if s.broken {
		s.hangUp()
		return
	}
	if !p.keeps(s) {
		s.close()
	}
}

func (p *pool) keeps(s *session) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	s.expiry = time.AfterFunc(p.keep, func() { p.expire(s) })
	p.idle = append(p.idle, s)
	return true
}

// expire ends a connection that nobody has used for long.
func (p *pool) expire(s *session) {
	p.mu.Lock()
	p.idle = slices.DeleteFunc(p.idle, func(other *session) bool { return other == s })
	p.mu.Unlock()
	s.close()
}

func (p *pool) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, s := range idle {
		if s.expiry.Stop() {
			s.close()
		}
	}
}
