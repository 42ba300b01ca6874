package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing/billinghttp"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailhttp"
)

// handler is everything that the portal answers.
func (p *portal) handler() http.Handler {
	people := http.NewServeMux()
	people.Handle("/portal/api/", p.api())
	p.mountPages(people)

	mux := http.NewServeMux()
	mux.Handle("/healthz", resource{p, []route{{http.MethodGet, "/healthz", anybody, http.StatusOK, p.health}}})
	mux.Handle("/webhooks/stripe", p.webhook())
	mux.Handle("/webhooks/stripe/connect", p.webhook())
	if _, can := p.mailer.(email.Webhooks); can {
		mux.Handle("/webhooks/resend", emailhttp.NewWebhookHandler(p.mail, &emailhttp.Options{Logger: p.log}))
	}
	mux.Handle("/", p.sameOrigin(p.identify(people)))
	return p.numbered(p.rescued(mux))
}

// webhook takes what the payment provider sends; its signature is its sign-in.
// What it tells of the platform and of connected accounts it sends to two
// endpoints with secrets of their own. Each of ours takes both.
func (p *portal) webhook() http.Handler {
	return billinghttp.NewWebhookHandler(p.pay, &billinghttp.Options{Logger: p.log})
}

// sameOrigin refuses what a page of another site makes a browser send.
func (p *portal) sameOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.refuse(w, r, frontdesk.Errorf(frontdesk.PermissionDenied, "requests from other sites are refused"))
	}))
	return guard.Handler(next)
}

// numbered gives each request an id, in its headers and the answer's. One that
// the peer has chosen is kept if it is harmless.
func (p *portal) numbered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := frontdesk.FromRequest(r).RequestID
		if id == "" {
			id = rand.Text()
		}
		r.Header.Set("X-Request-Id", id)
		w.Header().Set("X-Request-Id", id)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// rescued answers for a handler that has panicked.
func (p *portal) rescued(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer p.rescue(w, r)
		next.ServeHTTP(w, r)
	})
}

// rescue is deferred. What a panic says may be anything, so only its type is told.
func (p *portal) rescue(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(cause)
	}
	p.log.ErrorContext(r.Context(), "panic", "panic", fmt.Sprintf("%T", cause), "stack", string(debug.Stack()))
	p.refuse(w, r, frontdesk.Errorf(frontdesk.Internal, "panic: %T", cause))
}

// health says whether the portal can do its work.
func (p *portal) health(r *http.Request) (any, error) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := p.db.PingContext(ctx); err != nil {
		return nil, frontdesk.Errorf(frontdesk.Unavailable, "the database does not answer: %w", err)
	}
	return map[string]string{"status": "ok"}, nil
}
