// Package googlecalendar is the calendar on Google Calendar, through calendar/v3.
//
// # Identity
//
// The id of an event is made of the entry's UID, so that an attempt whose answer was lost is
// made again without a second event: Google answers 409, and the event is read and compared.
// Its private properties say that it is ours, with the UID and the Sequence. An update names
// the etag that it was decided on, and is decided again when the event has changed since, so
// a lower Sequence never replaces a higher one, whoever writes. What a person changed by hand
// in what we do not write (colour, reminders, rooms) stays. A deleted event keeps its id for ever: it is
// brought back by an update.
//
// # Busy time
//
// freebusy.query tells intervals without ids, in which a meeting of ours and a foreign one
// that overlaps it are one. So where meetings of ours are to be left out, the calendars that are
// busy at all are read with events.list as well: one request for 50 calendars, and one more for each
// of them that is busy (and for each 2500 events in it). Without except there is only the first.
// A calendar that may not be listed cannot hold meetings of ours, and keeps the first answer.
//
// # Guests
//
// Google sends no mail: sendUpdates is none, for our own mails tell people. Unless
// Options.Invite is set, attendees are named in the description and are no guests of the event. A guest
// who uses Google would see the meeting twice, from the invitation in our mail and from Google,
// which gives it another UID; and a service account without delegation may invite nobody.
//
// # Video calls
//
// Google makes a video call in its own time. Put waits a few seconds for it, and returns
// an EntryRef without a Conference when it takes longer or fails; the same Put later
// returns it, and writes nothing.
//
// # Changes
//
// Recurring events come as their instances, as far ahead as Google expands them. The time
// from counts for a full list only: later changes of older events come too. Removed events
// may have nothing but an ID.
//
// # Errors
//
// Errors are [frontdesk.Error]. errors.As reaches the *[Error] with Google's status and
// reason, and the *googleapi.Error below it. No error shows a token. Rate limits,
// lost connections and 5xx are tried again, at a rate that all calls of a [Calendar] share.
package googlecalendar

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	calendargo "google.golang.org/api/calendar/v3"
	"google.golang.org/api/option"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/googlecall"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var (
	_ scheduling.Calendar = (*Calendar)(nil)
	_ scheduling.Changes  = (*Calendar)(nil)
)

// The OAuth scopes that a Calendar needs.
const (
	ScopeEvents   = calendargo.CalendarEventsScope
	ScopeFreeBusy = calendargo.CalendarFreebusyScope
)

const (
	defaultEndpoint = "https://www.googleapis.com/calendar/v3/"
	defaultAttempts = 5
)

// Options configures a [Calendar]. The zero value is ready to use.
type Options struct {
	// Invite makes the attendees guests of the event: Google shows it in their calendars too, and the
	// host sees who accepts.
	Invite bool

	// Endpoint is another address for Google's API, for emulators and tests:
	// "http://HOST/calendar/v3/".
	Endpoint string

	// HTTPClient makes the requests; its Transport and Timeout count. By default an answer has
	// 30 seconds to begin. Redirects are never followed.
	HTTPClient *http.Client

	// MaxAttempts is how often a request is tried before it fails; 5 by default.
	MaxAttempts int

	// Subject is the user in whose name a service account acts, with domain-wide
	// delegation. NewFromKey alone heeds it.
	Subject string

	// Logger hears of every attempt that is made again. By default nobody does.
	Logger *slog.Logger

	// Clock is the time. Default time.Now.
	Clock func() time.Time
}

// Calendar is Google Calendar as a [scheduling.Calendar]. Calendars are named by their ids,
// or "primary". It is safe for concurrent use.
type Calendar struct {
	api      *calendargo.Service
	invite   bool
	attempts int
	log      *slog.Logger
	limiter  *googlecall.Limiter
	tokens   *googlecall.Tokens
}

// New returns a calendar that acts with the given tokens. It makes no request. It returns
// Invalid when there are no tokens ("tokens"), and when Endpoint is no absolute URL that
// ends in /calendar/v3/ ("endpoint").
func New(source oauth2.TokenSource, o *Options) (*Calendar, error) {
	if o == nil {
		o = &Options{}
	}
	if source == nil {
		return nil, frontdesk.InvalidField("tokens", "are required")
	}
	base, err := endpoint(o.Endpoint)
	if err != nil {
		return nil, err
	}
	c := &Calendar{invite: o.Invite, attempts: o.MaxAttempts, log: o.Logger, tokens: googlecall.NewTokens(source)}
	c.setDefaults(o)
	c.api, err = calendargo.NewService(context.Background(),
		option.WithHTTPClient(googlecall.Client(o.HTTPClient, c.tokens, answerTimeout)), option.WithEndpoint(base.String()))
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.Internal, "googlecalendar: the client cannot be made: %w", err)
	}
	return c, nil
}

func (c *Calendar) setDefaults(o *Options) {
	if c.attempts <= 0 {
		c.attempts = defaultAttempts
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	clock := o.Clock
	if clock == nil {
		clock = time.Now
	}
	c.limiter = googlecall.NewLimiter(clock, mostRequests)
}

// endpoint ends in a slash: calendar/v3 resolves relative paths against it.
func endpoint(given string) (*url.URL, error) {
	if given == "" {
		given = defaultEndpoint
	}
	u, err := url.Parse(given)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, frontdesk.InvalidField("endpoint", "must be an absolute http or https URL")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, frontdesk.InvalidField("endpoint", "must have neither credentials nor a query nor a fragment")
	case strings.TrimSuffix(u.Path, "/") != "/calendar/v3":
		return nil, frontdesk.InvalidField("endpoint", "must end in /calendar/v3/, the path of the API")
	}
	return u.JoinPath("/"), nil
}

// Name returns "google".
func (c *Calendar) Name() string { return "google" }

// Format writes the calendar's name, whatever the verb, and no secret.
func (c *Calendar) Format(f fmt.State, _ rune) { io.WriteString(f, "googlecalendar.Calendar") }
