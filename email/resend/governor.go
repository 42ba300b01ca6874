package resend

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

const leastWindow = time.Second

// governor holds all requests of a mailer to the rate that the answers' headers
// tell. It counts what is left of the provider's window, and takes the provider's
// word for when the window ends. Requests under way when a window ends may be
// counted in the next one, and are.
type governor struct {
	clock func() time.Time

	mu       sync.Mutex
	changed  chan struct{} // closed when what follows has changed
	learned  bool          // an answer has come
	limit    int           // requests in a window; 0: the provider tells none
	left     int           // of them
	inFlight int
	window   time.Duration
	number   int       // of the window
	renews   time.Time // when it ends
	resumes  time.Time // nothing is sent earlier: the provider asked for it
}

// ticket is the leave to send one request.
type ticket struct {
	window int // its number
	most   int // requests that the provider can have left after this one, in the same window
}

func newGovernor(clock func() time.Time) *governor {
	return &governor{clock: clock, changed: make(chan struct{}), window: leastWindow}
}

// acquire waits until a request may be sent. It does not begin to wait when that
// would take too long, and says so with RateLimited.
func (g *governor) acquire(ctx context.Context) (ticket, error) {
	for {
		if err := ctx.Err(); err != nil {
			return ticket{}, err
		}
		t, at, changed := g.take()
		if changed == nil {
			return t, nil
		}
		wait := at.Sub(g.clock())
		if !at.IsZero() && !worthwhile(ctx, wait) {
			return ticket{}, &frontdesk.Error{
				Code:       frontdesk.RateLimited,
				RetryAfter: wait,
				Err:        &cause{text: "resend: the rate limit leaves no request for " + wait.Round(time.Millisecond).String()},
			}
		}
		if err := pause(ctx, wait, at.IsZero(), changed); err != nil {
			return ticket{}, err
		}
	}
}

// pause waits for a change, and no longer than wait unless that is unlimited.
func pause(ctx context.Context, wait time.Duration, unlimited bool, changed <-chan struct{}) error {
	var elapsed <-chan time.Time
	if !unlimited {
		t := time.NewTimer(wait)
		defer t.Stop()
		elapsed = t.C
	}
	select {
	case <-elapsed:
	case <-changed:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// take counts a request that may be sent now. If none may, it returns what to wait
// for: a time, unless it is zero, or a change.
func (g *governor) take() (ticket, time.Time, <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock()
	g.renew(now)
	switch {
	case now.Before(g.resumes):
		return ticket{}, g.resumes, g.changed
	case !g.learned && g.inFlight > 0:
		return ticket{}, time.Time{}, g.changed
	case g.limit > 0 && g.left == 0:
		return ticket{}, g.renews, g.changed
	}
	g.left--
	t := ticket{window: g.number, most: g.left + g.inFlight}
	g.inFlight++
	return t, time.Time{}, nil
}

// renew begins the next window when the time has come. At least one request is left
// in it: those under way may hang for long.
func (g *governor) renew(now time.Time) {
	if g.limit > 0 && !now.Before(g.renews) {
		g.begin(max(g.limit-g.inFlight, 1), now.Add(g.window))
	}
}

func (g *governor) begin(left int, renews time.Time) {
	g.number++
	g.left, g.renews = left, renews
}

// release tells the governor of an answer. The header is nil when there was none.
// Nothing is sent for the time of pause.
func (g *governor) release(t ticket, header http.Header, pause time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock()
	g.inFlight--
	if header != nil {
		g.learned = true
		g.learn(t, header, now)
	}
	if until := now.Add(pause); until.After(g.resumes) {
		g.resumes = until
	}
	close(g.changed)
	g.changed = make(chan struct{})
}

// learn takes over what the headers say. More left than can be means that the provider's
// next window has begun. In the same one the smaller numbers hold, for answers may
// overtake each other; those to requests of an earlier window tell nothing of this one.
func (g *governor) learn(t ticket, header http.Header, now time.Time) {
	limit, ok1 := number(header, "Ratelimit-Limit")
	remaining, ok2 := number(header, "Ratelimit-Remaining")
	reset, ok3 := number(header, "Ratelimit-Reset")
	if !ok1 || !ok2 || !ok3 || limit == 0 {
		return
	}
	length := time.Duration(reset) * time.Second
	renews := now.Add(length)
	g.window = max(g.window, length)
	switch {
	case g.limit != limit:
		g.limit = limit
		g.begin(max(remaining-g.inFlight, 0), renews)
	case t.window != g.number:
	case remaining > t.most:
		g.begin(max(remaining-g.inFlight, 0), renews)
	default:
		g.left = min(g.left, remaining)
		if renews.Before(g.renews) {
			g.renews = renews
		}
	}
}

// number reads a header that holds a whole number.
func number(header http.Header, name string) (int, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(header.Get(name)), 10, 31)
	return int(n), err == nil
}
