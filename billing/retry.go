package billing

import (
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

// inLine settles an attempt that only stood in line for an object, which counts as none.
func (s *Service) inLine(cause error) Settlement {
	return Settlement{Error: bounded(cause.Error()), Free: true, NextAt: s.now().Add(firstRetry/2 + rand.N(firstRetry))}
}

// retry settles a failed attempt: NextAt says when to try again, and is zero
// when the attempts are used up.
func (s *Service) retry(attempts int, cause error) Settlement {
	out := Settlement{Error: bounded(cause.Error())}
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
