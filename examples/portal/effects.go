package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/booking"
	"github.com/frontdesk-go/frontdesk/notify"
)

// changed is the portal's hook: it is told each change once, and again as long as it
// fails. A mail is there once for each change however often it is enqueued, a line of
// the effects log is not; so the line comes last, when nothing can fail any more.
func (p *portal) changed(ctx context.Context, c billing.Change) error {
	if err := notify.Chain(p.mailed, booking.Hook(p.sched))(ctx, c); err != nil {
		return err
	}
	name, object, _ := strings.Cut(c.Key(), "/")
	p.log.InfoContext(ctx, "billing changed", "change", name, "object", object)
	return p.effects.add(c.Key())
}

// effectsLog is a file with a line for each telling of a change: the process
// and the key. Its lines outlive a process that is killed. A nil one keeps nothing.
type effectsLog struct{ file *os.File }

func openEffectsLog(path string) (*effectsLog, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	return &effectsLog{file}, nil
}

// add appends one line in one write, so that lines do not mix.
func (l *effectsLog) add(key string) error {
	if l == nil {
		return nil
	}
	_, err := fmt.Fprintf(l.file, "%d %s\n", os.Getpid(), key)
	return err
}

func (l *effectsLog) close() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
