package billing

import (
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

const (
	firstRetry = 2 * time.Second
	lastRetry  = time.Hour
	maxError   = 500 // bytes of an error that are kept
)

// retry settles a failed attempt: NextAt says when to try again, and is zero
// when the attempts are used up. Standing in line for an object is no attempt.
func (s *Service) retry(attempts int, cause error) Settlement {
	out := Settlement{Error: bounded(cause.Error())}
	if errors.Is(cause, frontdesk.Aborted) {
		out.Free, out.NextAt = true, s.now().Add(firstRetry/2+rand.N(firstRetry))
		return out
	}
	if attempts >= s.options.MaxAttempts {
		return out
	}
	wait := min(firstRetry<<min(attempts-1, 20), lastRetry)
	wait = max(wait/2+rand.N(wait/2), frontdesk.RetryAfter(cause))
	out.NextAt = s.now().Add(wait)
	return out
}

func bounded(text string) string {
	if len(text) <= maxError {
		return text
	}
	return strings.ToValidUTF8(text[:maxError], "")
}
