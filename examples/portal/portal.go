package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
	"github.com/frontdesk-go/frontdesk/email/templates"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
)

// portal is the host: what it is made of, and what it was told.
type portal struct {
	config
	people       people
	sessions     sessions
	db           *sqlx.DB
	pay          *billing.Service
	mail         *email.Service
	docs         *storage.Service
	work         *jobs.Runner
	fake         *billingtest.Provider // nil with a real provider
	mailer       email.Mailer
	mailbox      *emailtest.Mailbox // nil with a real mailer
	mails        *templates.Set
	mailed       func(context.Context, billing.Change) error // writes the mails that follow from a change
	docstores    []storage.DocumentStore
	spool        *storage.SpoolDirectory
	docsHTTP     http.Handler // documents and uploads, below /portal/api
	sched        *scheduling.Service
	meetingsHTTP http.Handler // what can be booked and what is, likewise
	effects      *effectsLog
	log          *slog.Logger
	now          func() time.Time
}

// sweepEvery is short, because people look on when something failed and is tried again.
const sweepEvery = 5 * time.Second

// openPortal puts the portal together and starts nothing.
func openPortal(ctx context.Context, c config, log *slog.Logger) (*portal, error) {
	p := &portal{
		config: c, sessions: newSessions(), log: log,
		now: func() time.Time { return time.Now().Add(c.ahead) },
	}
	if c.demo {
		p.people = demoPeople
	}
	var err error
	if p.db, err = c.database.open(ctx); err != nil {
		return nil, err
	}
	if p.effects, err = openEffectsLog(c.effectsLog); err == nil {
		err = p.openServices(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// openServices opens what the portal is about, and the work that they have.
func (p *portal) openServices(ctx context.Context) error {
	st, err := store.Open(ctx, p.db, nil)
	if err != nil {
		return err
	}
	if err := p.openMail(st); err != nil {
		return err
	}
	if err := p.openBilling(ctx, st); err != nil {
		return err
	}
	if err := p.openDocuments(ctx, st); err != nil {
		return err
	}
	if err := p.openMeetings(ctx, st); err != nil {
		return err
	}
	services := jobs.Services{Billing: p.pay, Email: p.mail, Storage: p.docs, Scheduling: p.sched}
	o := &jobs.Options{Clock: p.now, Logger: p.log, SweepEvery: sweepEvery, StorageSweep: p.documentsSweep()}
	p.work, err = jobs.New(st, services, o) //nolint:contextcheck // it bounds itself
	return err
}

// openBilling is all that a host needs for billing.
func (p *portal) openBilling(ctx context.Context, st *store.DB) error {
	clock := &demoClock{now: p.now}
	if p.demo {
		clock.past = p.now().Add(-historyTime)
	}
	provider, fake, err := openProvider(p.config, clock, p.log)
	if err != nil {
		return err
	}
	p.fake = fake
	p.pay = billing.New(provider, st.Billing(), &billing.Options{
		BaseURL: p.appURL, OnChange: p.changed, Clock: p.now, Logger: p.log,
		Commission: billing.Commissions{Default: demoCommission}.Rule,
	})
	if p.demo && p.stripe.emulated() {
		if err := p.openDemo(ctx, clock, st.Billing()); err != nil {
			return err
		}
	}
	if fake != nil {
		fake.SendHTTP(p.webhook())
	}
	return nil
}

// close ends what openPortal has opened.
func (p *portal) close() error {
	return errors.Join(p.closeMail(), p.closeDocuments(), p.effects.close(), p.db.Close())
}
