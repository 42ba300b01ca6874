package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

const (
	requestTime = 60 * time.Second // for a whole answer
	drainTime   = 30 * time.Second // for what has been accepted when the portal is told to end
	answerTime  = 20 * time.Second // of it, for requests: an upload that takes longer goes on with the next portal
)

// serve answers requests and does the work behind them until ctx ends; then it
// finishes both.
func (p *portal) serve(ctx context.Context, l net.Listener) error {
	if err := p.work.Start(context.WithoutCancel(ctx)); err != nil {
		return errors.Join(err, p.close())
	}
	server := p.server()
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	p.log.Info("listening", "address", l.Addr().String(), "app_url", p.appURL, "demo", p.demo, "provider_in_memory", p.fake != nil, "mailer", p.mailer.Name(), "documents", p.docstores[0].Name())
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		p.log.Info("draining")
	}
	return errors.Join(err, p.drain(ctx, server))
}

// server has a limit on everything that a peer could draw out.
func (p *portal) server() *http.Server {
	return &http.Server{
		Handler:           p.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      requestTime,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),
	}
}

// drain ends the portal in the order in which work arises: requests first, then
// the jobs that they made, then the database.
func (p *portal) drain(ctx context.Context, server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	return errors.Join(p.answerAll(ctx, server), p.work.Stop(ctx), p.close())
}

// answerAll waits for the answers to what has been accepted, and cuts off what takes too long.
func (p *portal) answerAll(ctx context.Context, server *http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	err := server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, server.Close())
	}
	return err
}
