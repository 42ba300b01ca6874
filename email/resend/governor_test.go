package resend

import (
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// told are the headers of an answer.
func told(limit, remaining int) http.Header {
	return http.Header{
		"Ratelimit-Limit": {strconv.Itoa(limit)}, "Ratelimit-Remaining": {strconv.Itoa(remaining)}, "Ratelimit-Reset": {"1"},
	}
}

// takes counts how many requests may be sent now.
func takes(g *governor) (tickets []ticket) {
	for {
		t, _, wait := g.take()
		if wait != nil {
			return tickets
		}
		tickets = append(tickets, t)
	}
}

// learned is a governor that has just learned of a rate with so many left.
func learned(limit, remaining int) *governor {
	g := newGovernor(time.Now)
	t, _, _ := g.take()
	g.release(t, told(limit, remaining), 0)
	return g
}

func TestGovernor(t *testing.T) {
	for rule, f := range map[string]func(*testing.T){
		"answers that overtake each other do not bring requests back": func(t *testing.T) {
			g := learned(5, 4)
			sent := takes(g)
			assert.Len(t, sent, 4)
			for i, remaining := range []int{0, 3, 1, 2} {
				g.release(sent[3-i], told(5, remaining), 0)
				assert.Empty(t, takes(g))
			}
		},
		"requests under way when the window ends count in the next": func(t *testing.T) {
			g := learned(5, 4)
			assert.Len(t, takes(g), 4)
			time.Sleep(time.Second)
			assert.Len(t, takes(g), 1)
		},
		"requests that hang leave one to each window": func(t *testing.T) {
			g := learned(2, 1)
			for range 5 {
				assert.Len(t, takes(g), 1)
				time.Sleep(time.Second)
			}
		},
		"what others have used is not used again": func(t *testing.T) {
			g := learned(5, 4)
			one, _, _ := g.take()
			g.release(one, told(5, 1), 0)
			assert.Len(t, takes(g), 1)
		},
		"more left than can be means that a window has begun": func(t *testing.T) {
			g := learned(5, 1)
			one, _, _ := g.take()
			g.release(one, told(5, 4), 0)
			assert.Len(t, takes(g), 4)
		},
		"an answer to a request of the last window tells nothing of this one": func(t *testing.T) {
			g := learned(5, 4)
			late, _, _ := g.take()
			time.Sleep(time.Second)
			_, _, wait := g.take()
			assert.Nil(t, wait)
			g.release(late, told(5, 0), 0)
			assert.Len(t, takes(g), 3)
		},
		"a limit that changes is obeyed at once": func(t *testing.T) {
			g := learned(5, 4)
			one, _, _ := g.take()
			g.release(one, told(2, 1), 0)
			assert.Len(t, takes(g), 1)
		},
	} {
		t.Run(rule, func(t *testing.T) { synctest.Test(t, f) })
	}
}
