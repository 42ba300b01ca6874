package schedulinghttp

import (
	"net/netip"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Limit bounds what is asked without sign-in from one address: one of IPv4, or the /64 of
// one of IPv6. A request that writes counts as five.
type Limit struct {
	Rate  float64 // requests a second, in the long run; negative: not bounded
	Burst int     // requests at once
}

// writeCost is what a request that writes counts.
const writeCost = 5

// maxBuckets bounds the memory of a limiter: to two times so many buckets.
const maxBuckets = 1 << 14

// limiter is a token bucket per address. When there are too many, those that were asked
// for least lately are forgotten, and are full again.
type limiter struct {
	Limit
	clock func() time.Time

	mu           sync.Mutex
	recent, aged map[netip.Addr]bucket
}

// bucket is how many requests were left at a time.
type bucket struct {
	left float64
	at   time.Time
}

func newLimiter(l Limit, clock func() time.Time) *limiter {
	return &limiter{Limit: l, clock: clock, recent: map[netip.Addr]bucket{}}
}

// take lets so many requests of an address pass, or fails with RateLimited.
func (l *limiter) take(from netip.Addr, cost int) error {
	if l.Rate < 0 {
		return nil
	}
	from = network(from)
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.refilled(from)
	missing := float64(cost) - b.left
	if missing <= 0 {
		b.left -= float64(cost)
	}
	l.keep(from, b)
	if missing <= 0 {
		return nil
	}
	return &frontdesk.Error{
		Code: frontdesk.RateLimited, Message: texts[frontdesk.RateLimited],
		RetryAfter: time.Duration(missing / l.Rate * float64(time.Second)),
	}
}

// refilled is the address's bucket as it is now.
func (l *limiter) refilled(from netip.Addr) bucket {
	now, full := l.clock(), float64(l.Burst)
	b, known := l.recent[from]
	if !known {
		b, known = l.aged[from]
	}
	if !known {
		return bucket{full, now}
	}
	if passed := now.Sub(b.at); passed > 0 {
		b = bucket{min(full, b.left+passed.Seconds()*l.Rate), now}
	}
	return b
}

func (l *limiter) keep(from netip.Addr, b bucket) {
	if _, known := l.recent[from]; !known && len(l.recent) >= maxBuckets {
		l.recent, l.aged = map[netip.Addr]bucket{}, l.recent
	}
	l.recent[from] = b
}

// network is what one customer of a provider has: an address of IPv4 or a /64 of IPv6.
func network(from netip.Addr) netip.Addr {
	if !from.Is6() {
		return from
	}
	prefix, err := from.Prefix(64)
	if err != nil {
		return from
	}
	return prefix.Addr()
}
