// Portal is a client portal on Frontdesk: what a host writes to have one. It
// is also the product's shop window:
//
//	go run ./examples/portal
//
// needs no account and no network. It keeps its data in portal.db and its documents
// in portal.db-files, talks to a payment provider that lives in its own memory, drops
// its mails into a mailbox that anybody may read at /demo/inbox/, and lets you sign in
// as one of the demo people at http://127.0.0.1:8080. Programs say who they are in the
// header X-Demo-Actor: "client:acme", "expert:nina" or "admin:root".
//
// The same program runs on Stripe, Resend or a mail server, Google Drive and
// Postgres when these are set:
//
//	STRIPE_SECRET_KEY      the key; without it, the provider in memory
//	STRIPE_WEBHOOK_SECRET  the endpoint's signing secret, several with commas or
//	                       spaces between; required with a key
//	STRIPE_CONNECT_WEBHOOK_SECRET
//	                       that of the endpoint for connected accounts, if it has
//	                       one of its own
//	STRIPE_API_BASE        another address for Stripe's API, for emulators
//	RESEND_API_KEY         Resend's key; without it and SMTP_URL, the mailbox
//	RESEND_WEBHOOK_SECRET  the endpoint's signing secret, several as above; without
//	                       it every webhook of Resend's is refused
//	RESEND_API_BASE        another address for Resend's API
//	SMTP_URL               smtp://user:password@host:587, smtps://..., or without
//	                       encryption smtp://127.0.0.1:1025?tls=none
//	MAIL_FROM              who sends: "Frontdesk <portal@frontdesk.example>"
//	GOOGLE_SERVICE_ACCOUNT_KEY
//	                       the key of a service account, as JSON or as the path of its
//	                       file: documents are kept in Google Drive; without it, in a
//	                       directory
//	GOOGLE_DRIVE_FOLDER_ID the folder that holds them, best a shared drive's id: a service
//	                       account has no room of its own
//	GOOGLE_DRIVE_SUBJECT   the user in whose name the account acts, with domain-wide
//	                       delegation
//	DRIVE_API_BASE         another address for Drive's API, for emulators; it needs no key
//	DATABASE_URL           sqlite:path or postgres://user:password@host/name
//	APP_URL                the origin that links and redirects lead to
//	APP_SECRET             signs the links with which guests move and cancel what they have booked: at
//	                       least 32 characters, several with commas or spaces between, of which the
//	                       first signs; without it, one that is made once and kept in the -data directory
//
// Documents that stay on this machine, and uploads that are on their way, are in the directory
// that -data names: by default beside the SQLite file, and portal-files with Postgres, where
// all processes on one database need the same. It belongs to that database and no other.
//
// What it answers is described in docs/http.md. On SIGTERM it stops accepting,
// answers the requests that it has accepted, ends the jobs that run, and exits.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := run(ctx, os.Args[1:], os.Getenv, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "portal:", err)
		os.Exit(1)
	}
}

// run serves the portal until ctx ends, and returns when all work has.
func run(ctx context.Context, args []string, getenv func(string) string, stderr io.Writer) error {
	c, err := readConfig(args, getenv, stderr)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	if c.appURL == "" {
		c.appURL = "http://" + listener.Addr().String()
	}
	p, err := openPortal(ctx, c, slog.New(slog.NewTextHandler(stderr, nil)))
	if err != nil {
		return err
	}
	return p.serve(ctx, listener)
}
