package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/frontdesk-go/frontdesk"
)

// config is what the flags and the environment say.
type config struct {
	addr       string
	appURL     string // empty: the address that is listened on
	demo       bool
	database   database
	stripe     stripeConfig
	mailing    mailConfig
	documents  documentsConfig
	agendas    bool               // the demo begins with experts who can be booked, and with meetings
	secrets    []frontdesk.Secret // sign links for guests; none: one that is kept with the database
	prices     []string           // what clients may subscribe to: ids at the provider
	effectsLog string
	ahead      time.Duration
}

// stripeConfig is the payment provider. Without a key it is the one in memory.
type stripeConfig struct {
	key     frontdesk.Secret
	secrets []frontdesk.Secret // of both webhook endpoints
	apiBase string
}

// readConfig reads flags and environment. It refuses what is set by half rather
// than guess, and shows no secret when it does.
func readConfig(args []string, getenv func(string) string, stderr io.Writer) (config, error) {
	var c config
	flags := flag.NewFlagSet("portal", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.addr, "addr", "127.0.0.1:8080", "address to listen on")
	flags.BoolVar(&c.demo, "demo", true, "demo people, who sign in without a password, and seeded data")
	db := flags.String("db", "", "sqlite:path or postgres://host/name; default DATABASE_URL, then sqlite:portal.db")
	prices := flags.String("prices", demoPrice, "ids of the prices that clients may subscribe to, with commas between")
	dir := flags.String("data", "", "directory of the documents and of the uploads that are on their way; default beside the SQLite file (portal.db-files), portal-files with Postgres")
	flags.StringVar(&c.effectsLog, "effects-log", "", "file that gets a line for every change told to the hook; for crash tests")
	flags.DurationVar(&c.ahead, "ahead", 0, "how far the portal's clock is ahead of the machine's; for tests of what waits")
	if err := flags.Parse(args); err != nil {
		return config{}, err
	}
	if flags.NArg() > 0 {
		return config{}, fmt.Errorf("%q is not a flag", flags.Arg(0))
	}
	c.prices = list(*prices)
	var errs [6]error
	c.database, errs[0] = parseDatabase(cmp.Or(*db, getenv("DATABASE_URL"), "sqlite:portal.db"))
	c.stripe, errs[1] = readStripe(getenv)
	c.appURL, errs[2] = origin("APP_URL", getenv("APP_URL"))
	c.mailing, errs[3] = readMail(getenv)
	c.documents, errs[4] = readDocuments(getenv)
	c.secrets, errs[5] = readSecrets(getenv)
	c.documents.dir, c.documents.seeded, c.agendas = *dir, c.demo && c.documents.emulated(), c.demo
	return c, errors.Join(errs[:]...)
}

func readStripe(getenv func(string) string) (stripeConfig, error) {
	c := stripeConfig{
		key:     frontdesk.NewSecret(strings.TrimSpace(getenv("STRIPE_SECRET_KEY"))),
		apiBase: strings.TrimSpace(getenv("STRIPE_API_BASE")),
	}
	platform, connect := words(getenv("STRIPE_WEBHOOK_SECRET")), words(getenv("STRIPE_CONNECT_WEBHOOK_SECRET"))
	both := slices.Concat(platform, connect)
	for i, s := range both {
		if !slices.Contains(both[:i], s) {
			c.secrets = append(c.secrets, frontdesk.NewSecret(s))
		}
	}
	switch {
	case len(connect) > 0 && len(platform) == 0:
		return c, errors.New("STRIPE_CONNECT_WEBHOOK_SECRET is set without STRIPE_WEBHOOK_SECRET")
	case !c.key.IsZero() && len(c.secrets) == 0:
		return c, errors.New("STRIPE_WEBHOOK_SECRET is required where STRIPE_SECRET_KEY is set: nobody could tell Stripe's webhooks from others")
	case c.key.IsZero() && c.apiBase != "":
		return c, errors.New("STRIPE_API_BASE is set without STRIPE_SECRET_KEY")
	case c.key.IsZero() && len(c.secrets) > 1:
		return c, errors.New("STRIPE_WEBHOOK_SECRET and STRIPE_CONNECT_WEBHOOK_SECRET have several secrets; the provider in memory has one")
	}
	return c, nil
}

// filesDir is the directory of what the portal keeps beside the database.
func (c config) filesDir() string {
	return cmp.Or(c.documents.dir, c.database.files, "portal-files")
}

// secure reports whether people reach the portal over https.
func (c config) secure() bool { return strings.HasPrefix(c.appURL, "https:") }

// inMemory reports whether the payment provider is the one in memory.
func (c stripeConfig) inMemory() bool { return c.key.IsZero() }

// emulated reports whether the payment provider moves no real money.
func (c stripeConfig) emulated() bool { return c.inMemory() || c.apiBase != "" }

// origin passes "scheme://host[:port]", and nothing at all.
func origin(name, text string) (string, error) {
	text = strings.TrimSuffix(strings.TrimSpace(text), "/")
	if text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || text != u.Scheme+"://"+u.Host {
		return "", fmt.Errorf("%s must be an origin such as https://portal.example", name)
	}
	return text, nil
}

// words splits at commas and spaces.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}

// list splits at commas and leaves out what is empty.
func list(text string) []string {
	var all []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}
