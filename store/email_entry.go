package store

import (
	"context"
	"encoding/json"
	"fmt"
	"net/mail"
	"strings"

	"github.com/frontdesk-go/frontdesk/email"
)

const (
	storedMailColumns = "key, template, client, provider, override, resend_of, envelope, subject, status, provider_id, withheld, " +
		"created_at, sent_at, attempts, last_error, uncertain_since, next_at, lease, lease_until"
	mailColumns    = "id, " + storedMailColumns
	attemptColumns = "number, started_at, ended_at, outcome, code, error"

	selectMail     = "SELECT " + mailColumns + " FROM frontdesk_email_messages WHERE id = ?"
	selectAttempts = "SELECT " + attemptColumns + " FROM frontdesk_email_attempts WHERE message = ? ORDER BY number"
	selectEvents   = "SELECT " + mailEventColumns + " FROM frontdesk_email_events WHERE message = ? ORDER BY id"
)

// envelope is the addresses of an entry as they are stored.
type envelope struct {
	From        mail.Address
	To, Cc, Bcc []mail.Address
}

// Log returns an entry with its attempts and events.
func (s emailStore) Log(ctx context.Context, id int64) (*email.Log, error) {
	var log email.Log
	err := s.read(ctx, func(q queries) (err error) {
		if log.Entry, err = first(ctx, q, scanMail, selectMail, id); err != nil {
			return missing(err, fmt.Sprintf("message %d", id))
		}
		if log.Attempts, err = list(ctx, q, scanAttempt, selectAttempts, id); err != nil {
			return err
		}
		events, err := list(ctx, q, scanMailEvent, selectEvents, id)
		log.Events = mailEvents(events)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &log, nil
}

// Entries lists, newest first.
func (s emailStore) Entries(ctx context.Context, f email.Filter) (entries []email.Entry, err error) {
	query, args := selectMails(f)
	err = s.read(ctx, func(q queries) (err error) {
		entries, err = list(ctx, q, scanMail, query, args...)
		return err
	})
	return entries, err
}

func selectMails(f email.Filter) (query string, args []any) {
	var where filter
	where.when(len(f.Statuses) > 0, "status IN (?)", f.Statuses)
	where.when(f.Client != "", "client = ?", f.Client)
	where.when(f.Template != "", "template = ?", f.Template)
	where.when(f.Address != "", "id IN (SELECT message FROM frontdesk_email_recipients WHERE address = ?)", strings.ToLower(f.Address))
	where.when(f.Before > 0, "id < ?", f.Before)
	return "SELECT " + mailColumns + " FROM frontdesk_email_messages" + where.sql() + " ORDER BY id DESC LIMIT ?",
		append(where.args, bounded(f.Limit))
}

func scanMail(r row) (email.Entry, error) { return scanMailColumns(r) }

func scanMailColumns(r row, more ...any) (e email.Entry, err error) {
	var created, sent, uncertain, next, until int64
	var addresses, withheld string
	if err := r.Scan(append([]any{&e.ID, &e.Key, &e.Template, &e.Client, &e.Provider, &e.Override, &e.ResendOf, &addresses, &e.Subject,
		&e.Status, &e.ProviderID, &withheld, &created, &sent, &e.Attempts, &e.LastError, &uncertain, &next, &e.Lease, &until}, more...)...); err != nil {
		return e, err
	}
	e.CreatedAt, e.SentAt, e.UncertainSince = moment(created), moment(sent), moment(uncertain)
	e.NextAt, e.LeaseUntil = moment(next), moment(until)
	var env envelope
	if err := json.Unmarshal([]byte(addresses), &env); err != nil {
		return e, err
	}
	e.From, e.To, e.Cc, e.Bcc = env.From, env.To, env.Cc, env.Bcc
	if withheld != "" {
		err = json.Unmarshal([]byte(withheld), &e.Withheld)
	}
	return e, err
}

func scanAttempt(r row) (a email.Attempt, err error) {
	var started, ended int64
	err = r.Scan(&a.Number, &started, &ended, &a.Outcome, &a.Code, &a.Error)
	a.StartedAt, a.EndedAt = moment(started), moment(ended)
	return a, err
}

// RaiseStatus sets the status unless the message is as far already.
func (s emailStore) RaiseStatus(ctx context.Context, id int64, status email.Status) error {
	return s.write(ctx, func(q queries) error {
		if lower := below(status); len(lower) > 0 {
			raised, err := list(ctx, q, scalar[int64],
				"UPDATE frontdesk_email_messages SET status = ? WHERE id = ? AND status IN (?) RETURNING id", string(status), id, lower)
			if err != nil || len(raised) > 0 {
				return err
			}
		}
		_, err := first(ctx, q, scalar[int64], "SELECT id FROM frontdesk_email_messages WHERE id = ?", id)
		return missing(err, fmt.Sprintf("message %d", id))
	})
}

// below are the statuses from which a message moves to the status.
func below(status email.Status) (all []email.Status) {
	for _, s := range email.Statuses() {
		if s.Before(status) {
			all = append(all, s)
		}
	}
	return all
}
