package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// read reads a configuration from an environment of pairs.
func read(args []string, env ...string) (config, error) {
	get := func(name string) string {
		for _, pair := range env {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				return value
			}
		}
		return ""
	}
	return readConfig(args, get, io.Discard)
}

func TestConfig(t *testing.T) {
	t.Run("nothing set is the demo on this machine only, in a file, with the provider in memory", func(t *testing.T) {
		c, err := read(nil)
		require.NoError(t, err)
		assert.Equal(t, "127.0.0.1:8080", c.addr)
		assert.True(t, c.demo)
		assert.True(t, c.stripe.inMemory())
		assert.Equal(t, "sqlite", c.database.driver)
		assert.True(t, strings.HasPrefix(c.database.dsn.Reveal(), "portal.db?_txlock=immediate"))
		assert.Equal(t, demoSecret, c.memorySecret().Reveal())
	})
	t.Run("a webhook secret without a key is the provider in memory with that secret", func(t *testing.T) {
		c, err := read(nil, "STRIPE_WEBHOOK_SECRET=whsec_x")
		require.NoError(t, err)
		assert.True(t, c.stripe.inMemory())
		assert.Equal(t, "whsec_x", c.memorySecret().Reveal())
	})
	t.Run("outside of the demo nobody knows the secret of the provider in memory", func(t *testing.T) {
		c, err := read([]string{"-demo=false"})
		require.NoError(t, err)
		assert.NotEqual(t, c.memorySecret().Reveal(), c.memorySecret().Reveal())
	})
	t.Run("-db goes before DATABASE_URL", func(t *testing.T) {
		c, err := read([]string{"-db", "sqlite:a.db"}, "DATABASE_URL=postgres://h/d")
		require.NoError(t, err)
		assert.Equal(t, "sqlite", c.database.driver)
	})
	t.Run("secrets are rotated with commas between", func(t *testing.T) {
		c, err := read(nil, "STRIPE_SECRET_KEY=sk_test_x", "STRIPE_WEBHOOK_SECRET=whsec_new, whsec_old")
		require.NoError(t, err)
		assert.Len(t, c.stripe.secrets, 2)
		assert.False(t, c.stripe.inMemory())
	})
	t.Run("or with spaces", func(t *testing.T) {
		c, err := read(nil, "STRIPE_SECRET_KEY=sk_test_x", "STRIPE_WEBHOOK_SECRET= whsec_a whsec_b,whsec_c\n")
		require.NoError(t, err)
		assert.Len(t, c.stripe.secrets, 3)
	})
	t.Run("the endpoint for connected accounts may have a secret of its own", func(t *testing.T) {
		c, err := read(nil, "STRIPE_SECRET_KEY=sk_test_x", "STRIPE_WEBHOOK_SECRET=whsec_a", "STRIPE_CONNECT_WEBHOOK_SECRET=whsec_b")
		require.NoError(t, err)
		require.Len(t, c.stripe.secrets, 2)
		assert.Equal(t, "whsec_b", c.stripe.secrets[1].Reveal())
	})
	t.Run("or the same, also of the provider in memory", func(t *testing.T) {
		c, err := read(nil, "STRIPE_WEBHOOK_SECRET=whsec_a", "STRIPE_CONNECT_WEBHOOK_SECRET=whsec_a")
		require.NoError(t, err)
		assert.Len(t, c.stripe.secrets, 1)
	})
}

func TestMailConfig(t *testing.T) {
	t.Run("nothing set is the mailbox in memory", func(t *testing.T) {
		c, err := read(nil)
		require.NoError(t, err)
		assert.True(t, c.mailing.inMemory())
		assert.Equal(t, "portal@frontdesk.example", c.mailing.from.Address)
	})
	t.Run("a key is Resend, with its secrets and another address", func(t *testing.T) {
		c, err := read(nil, "RESEND_API_KEY=re_x", "RESEND_API_BASE=http://127.0.0.1:1", "RESEND_WEBHOOK_SECRET=whsec_a, whsec_b", "MAIL_FROM=Desk <desk@studio.example>")
		require.NoError(t, err)
		assert.False(t, c.mailing.inMemory())
		assert.Len(t, c.mailing.secrets, 2)
		assert.Equal(t, "desk@studio.example", c.mailing.from.Address)
	})
	t.Run("a URL is a mail server", func(t *testing.T) {
		c, err := read(nil, "SMTP_URL=smtp://127.0.0.1:1025?tls=none")
		require.NoError(t, err)
		assert.False(t, c.mailing.inMemory())
		assert.Equal(t, 1025, c.mailing.server.Port)
	})
	t.Run("no secret is shown, however it is printed", func(t *testing.T) {
		for _, env := range []string{"RESEND_API_KEY=re_canary", "SMTP_URL=smtp://u:canary@127.0.0.1"} {
			c, err := read(nil, env)
			require.NoError(t, err)
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v %+v", c, c, c, c.mailing.server), "canary")
		}
	})
	t.Run("nor in what openPortal says of it", func(t *testing.T) {
		for says, env := range map[string][]string{
			"RESEND_API_BASE":       {"RESEND_API_KEY=re_canary", "RESEND_API_BASE=ftp://x"},
			"RESEND_WEBHOOK_SECRET": {"RESEND_API_KEY=re_canary", "RESEND_WEBHOOK_SECRET=canary"},
			"SMTP_URL":              {"SMTP_URL=smtp://:canary@127.0.0.1"},
		} {
			c, err := read(nil, env...)
			require.NoError(t, err)
			c.appURL, c.database = "http://127.0.0.1", sqliteFile(t)
			_, err = openPortal(t.Context(), c, slog.New(slog.DiscardHandler))
			require.Error(t, err)
			assert.Contains(t, err.Error(), says)
			assert.NotContains(t, err.Error(), "canary")
		}
	})
}

func TestConfigRefusals(t *testing.T) {
	for _, test := range []struct {
		name, says string
		args, env  []string
	}{
		{name: "a key without a secret", says: "STRIPE_WEBHOOK_SECRET", env: []string{"STRIPE_SECRET_KEY=sk_test_canary"}},
		{name: "a key with a blank secret", says: "STRIPE_WEBHOOK_SECRET", env: []string{"STRIPE_SECRET_KEY=sk_test_canary", "STRIPE_WEBHOOK_SECRET= , "}},
		{name: "an API address without a key", says: "STRIPE_API_BASE", env: []string{"STRIPE_API_BASE=http://127.0.0.1:1"}},
		{name: "several secrets of the provider in memory", says: "STRIPE_WEBHOOK_SECRET", env: []string{"STRIPE_WEBHOOK_SECRET=whsec_canary,whsec_b"}},
		{name: "a secret for connected accounts alone", says: "STRIPE_CONNECT_WEBHOOK_SECRET", env: []string{"STRIPE_CONNECT_WEBHOOK_SECRET=whsec_canary"}},
		{name: "two mail providers", says: "SMTP_URL", env: []string{"RESEND_API_KEY=re_canary", "SMTP_URL=smtp://u:canary@127.0.0.1"}},
		{name: "a mail API address without a key", says: "RESEND_API_BASE", env: []string{"RESEND_API_BASE=http://127.0.0.1:1"}},
		{name: "a mail webhook secret without a key", says: "RESEND_WEBHOOK_SECRET", env: []string{"RESEND_WEBHOOK_SECRET=whsec_canary"}},
		{name: "a mail server that is no URL", says: "SMTP_URL", env: []string{"SMTP_URL=mail.canary"}},
		{name: "a sender that is no address", says: "MAIL_FROM", env: []string{"MAIL_FROM=canary"}},
		{name: "a folder without a key", says: "GOOGLE_DRIVE_FOLDER_ID", env: []string{"GOOGLE_DRIVE_FOLDER_ID=0Acanary"}},
		{name: "a subject without a key", says: "GOOGLE_DRIVE_SUBJECT", env: []string{"GOOGLE_DRIVE_SUBJECT=canary@studio.example", "DRIVE_API_BASE=http://127.0.0.1:1"}},
		{name: "a key that is no file", says: "GOOGLE_SERVICE_ACCOUNT_KEY", env: []string{"GOOGLE_SERVICE_ACCOUNT_KEY=-----BEGIN canary"}},
		{name: "a Drive address with another path", says: "DRIVE_API_BASE", env: []string{"DRIVE_API_BASE=http://127.0.0.1:1/canary"}},
		{name: "a Drive address that is no URL", says: "DRIVE_API_BASE", env: []string{"DRIVE_API_BASE=canary"}},
		{name: "an unknown database", says: "mysql", env: []string{"DATABASE_URL=mysql://root:canary@h/d"}},
		{name: "a database that is no URL", says: "DATABASE_URL", env: []string{"DATABASE_URL=user=root password=canary"}},
		{name: "a database URL that cannot be read", says: "DATABASE_URL", env: []string{"DATABASE_URL=postgres://u:can%ary@h/d"}},
		{name: "a file without a name", says: "sqlite", args: []string{"-db", "sqlite:"}},
		{name: "a file with options", says: "sqlite", args: []string{"-db", "sqlite:a.db?mode=ro"}},
		{name: "an APP_URL with a path", says: "APP_URL", env: []string{"APP_URL=https://portal.example/app"}},
		{name: "an APP_URL with a user", says: "APP_URL", env: []string{"APP_URL=https://portal.example@evil.example"}},
		{name: "an APP_URL of another scheme", says: "APP_URL", env: []string{"APP_URL=javascript:alert(1)"}},
		{name: "an argument that is no flag", says: "serve", args: []string{"serve"}},
	} {
		t.Run(test.name+" is refused by name, without a secret", func(t *testing.T) {
			_, err := read(test.args, test.env...)
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.says)
			assert.NotContains(t, err.Error(), "canary")
		})
	}
	t.Run("an unknown flag is an error, and -h is help", func(t *testing.T) {
		_, err := read([]string{"-nosuch"})
		assert.Error(t, err)
		_, err = read([]string{"-h"})
		assert.True(t, errors.Is(err, flag.ErrHelp))
	})
}

func TestSecretsAreNotShown(t *testing.T) {
	t.Run("a database that cannot be reached", func(t *testing.T) {
		for _, text := range []string{"postgres://u:canary@127.0.0.1:1/d", "postgres://u@127.0.0.1:1/canary?password=canary", "postgres://u:can%61ry@canary:1/d"} {
			_, err := mustParse(t, text).open(t.Context())
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "canary", text)
		}
	})
	t.Run("a configuration, however it is printed", func(t *testing.T) {
		c, err := read(nil, "STRIPE_SECRET_KEY=sk_test_canary", "STRIPE_WEBHOOK_SECRET=whsec_canary", "DATABASE_URL=postgres://u@h/d")
		require.NoError(t, err)
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", c, c, c), "canary")
	})
	t.Run("an API address that is no URL", func(t *testing.T) {
		c, err := read(nil, "STRIPE_SECRET_KEY=sk_test_canary", "STRIPE_WEBHOOK_SECRET=whsec_canary", "STRIPE_API_BASE=ftp://x")
		require.NoError(t, err)
		c.appURL, c.database = "http://127.0.0.1", mustParse(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
		_, err = openPortal(t.Context(), c, slog.New(slog.DiscardHandler))
		require.Error(t, err)
		assert.Contains(t, err.Error(), "STRIPE_API_BASE")
		assert.NotContains(t, err.Error(), "canary")
	})
	t.Run("the log of a portal at work", func(t *testing.T) {
		r := start(t)
		r.ask(t, "client:acme", "POST", api+"checkout", `{"price":"price_growth_monthly"}`)
		_, err := post(t.Context(), r.url, testSecret, []byte("{}"), r.now())
		require.NoError(t, err)
		require.NoError(t, r.db.Close())
		r.ask(t, "client:acme", "GET", api+"invoices", "")
		assert.Contains(t, r.log.String(), "request failed", "the failure is logged")
		assert.NotContains(t, r.log.String(), testSecret)
	})
}
