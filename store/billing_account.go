package store

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
)

// LinkAccount ties an account to an expert unless it is tied already.
func (s billingStore) LinkAccount(ctx context.Context, account, expert string) (string, error) {
	if account == "" {
		return "", frontdesk.InvalidField("account", "must not be empty")
	}
	if expert == "" {
		return "", frontdesk.InvalidField("expert", "must not be empty")
	}
	err := s.write(ctx, func(q queries) error {
		_, err := q.exec(ctx, "INSERT INTO frontdesk_billing_accounts (account, expert) VALUES (?, ?) ON CONFLICT DO NOTHING", account, expert)
		return err
	})
	if err != nil {
		return "", err
	}
	return s.ExpertOf(ctx, account) // links are never taken back, so it is there
}

// ExpertOf returns the expert that the account is tied to.
func (s billingStore) ExpertOf(ctx context.Context, account string) (expert string, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		expert, err = first(ctx, q, scalar[string], "SELECT expert FROM frontdesk_billing_accounts WHERE account = ?", account)
		return missing(err, "expert that the account belongs to")
	})
	return expert, err
}

// AccountsOf lists the expert's accounts, the first linked first.
func (s billingStore) AccountsOf(ctx context.Context, expert string) ([]string, error) {
	return s.accounts(ctx, "SELECT account FROM frontdesk_billing_accounts WHERE expert = ? ORDER BY id", expert)
}

// LinkedAccounts lists all linked accounts in order of their ids, after the one given.
func (s billingStore) LinkedAccounts(ctx context.Context, after string, limit int) ([]string, error) {
	return s.accounts(ctx, "SELECT account FROM frontdesk_billing_accounts WHERE account > ? ORDER BY account LIMIT ?", after, max(limit, 0))
}

func (s billingStore) accounts(ctx context.Context, query string, args ...any) (accounts []string, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		accounts, err = list(ctx, q, scalar[string], query, args...)
		return err
	})
	return accounts, err
}
