package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// slowCommits is a group whose commits wait to be let through, one by one.
type slowCommits struct {
	*group
	begun   chan []string // the ids that a commit holds, when it begins
	outcome chan error    // how it is to end
}

func newSlowCommits() *slowCommits {
	s := &slowCommits{begun: make(chan []string), outcome: make(chan error)}
	s.group = newGroup(func(ctx context.Context, events []billing.Event) error {
		var ids []string
		for _, e := range events {
			ids = append(ids, e.ProviderID)
		}
		slices.Sort(ids)
		s.begun <- ids
		select {
		case err := <-s.outcome:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}, 1)
	return s
}

// send calls add on a goroutine of its own, and returns when it stands in line or leads.
func (s *slowCommits) send(ctx context.Context, t *testing.T, id string) <-chan error {
	t.Helper()
	before := s.length()
	result := make(chan error, 1)
	go func() { result <- s.add(ctx, []billing.Event{{ProviderID: id}}) }()
	require.Eventually(t, func() bool { return s.length() > before }, 5*time.Second, time.Millisecond)
	return result
}

func (s *slowCommits) length() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running + len(s.waiting)
}

func TestACallThatFindsNobodyCommitsAtOnce(t *testing.T) {
	s := newSlowCommits()
	first := s.send(t.Context(), t, "a")
	assert.Equal(t, []string{"a"}, <-s.begun)
	s.outcome <- nil
	assert.NoError(t, <-first)
	assert.Zero(t, s.length(), "the lane is free again")
}

func TestCallsDuringACommitShareTheNext(t *testing.T) {
	s := newSlowCommits()
	first := s.send(t.Context(), t, "a")
	<-s.begun
	second, third := s.send(t.Context(), t, "b"), s.send(t.Context(), t, "c")
	s.outcome <- nil
	assert.NoError(t, <-first)
	assert.Equal(t, []string{"b", "c"}, <-s.begun)
	select {
	case <-second:
		t.Error("a call returned before its commit")
	case <-third:
		t.Error("a call returned before its commit")
	default:
	}
	s.outcome <- nil
	assert.NoError(t, <-second)
	assert.NoError(t, <-third)
}

func TestACanceledLeaderStillCommitsForTheOthers(t *testing.T) {
	s := newSlowCommits()
	ctx, cancel := context.WithCancel(t.Context())
	first := s.send(t.Context(), t, "a")
	<-s.begun
	leader, follower := s.send(ctx, t, "b"), s.send(t.Context(), t, "c")
	s.outcome <- nil
	assert.NoError(t, <-first)
	assert.Equal(t, []string{"b", "c"}, <-s.begun)
	cancel()
	s.outcome <- nil
	assert.NoError(t, <-leader)
	assert.NoError(t, <-follower)
}

func TestACallThatIsCanceledInLineIsWithdrawn(t *testing.T) {
	s := newSlowCommits()
	ctx, cancel := context.WithCancel(t.Context())
	first := s.send(t.Context(), t, "a")
	<-s.begun
	second, third := s.send(ctx, t, "b"), s.send(t.Context(), t, "c")
	cancel()
	assert.ErrorIs(t, <-second, frontdesk.Canceled)
	s.outcome <- nil
	assert.NoError(t, <-first)
	assert.Equal(t, []string{"c"}, <-s.begun)
	s.outcome <- nil
	assert.NoError(t, <-third)
}

func TestOneBadEventDoesNotFailTheOthers(t *testing.T) {
	bad := errors.New("the database refuses b")
	s := newSlowCommits()
	first := s.send(t.Context(), t, "a")
	<-s.begun
	var results []<-chan error
	for _, id := range []string{"b", "c", "d", "e"} {
		results = append(results, s.send(t.Context(), t, id))
	}
	s.outcome <- nil
	require.NoError(t, <-first)
	for range 5 { // all; b and c, b, c; d and e
		if ids := <-s.begun; slices.Contains(ids, "b") {
			s.outcome <- bad
		} else {
			s.outcome <- nil
		}
	}
	assert.ErrorIs(t, <-results[0], bad)
	for _, r := range results[1:] {
		assert.NoError(t, <-r)
	}
}

func TestADatabaseThatIsAwayFailsAllWithoutTryingEach(t *testing.T) {
	s := newSlowCommits()
	first := s.send(t.Context(), t, "a")
	<-s.begun
	second, third := s.send(t.Context(), t, "b"), s.send(t.Context(), t, "c")
	s.outcome <- nil
	require.NoError(t, <-first)
	<-s.begun
	s.outcome <- errPatience
	assert.ErrorIs(t, <-second, frontdesk.Unavailable)
	assert.ErrorIs(t, <-third, frontdesk.Unavailable)
	assert.Zero(t, s.length())
}

func TestACommitThatPanicsPassesItsLaneOn(t *testing.T) {
	blow := make(chan struct{})
	g := newGroup(func(context.Context, []billing.Event) error { <-blow; panic("on purpose") }, 1)
	s := &slowCommits{group: g}
	panicked := make(chan any, 1)
	go func() {
		defer func() { panicked <- recover() }()
		_ = g.add(t.Context(), []billing.Event{{ProviderID: "a"}})
	}()
	require.Eventually(t, func() bool { return s.length() == 1 }, 5*time.Second, time.Millisecond)
	follower := &call{lead: make(chan struct{}), done: make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, follower)
	g.mu.Unlock()
	close(blow)
	assert.Equal(t, "on purpose", <-panicked)
	<-follower.lead
}

func TestAGroupIsBounded(t *testing.T) {
	g := newGroup(nil, 1)
	big := &call{events: []billing.Event{{Payload: make([]byte, groupBytes)}}}
	many := &call{events: make([]billing.Event, groupEvents)}
	small := &call{events: make([]billing.Event, 1)}
	for _, c := range []struct {
		rule          string
		waiting       []*call
		taken, remain int
	}{
		{"small ones go together", []*call{small, small}, 3, 0},
		{"a big payload waits for the next", []*call{small, big, {events: big.events}}, 3, 1},
		{"many events wait for the next", []*call{many, small}, 1, 2},
	} {
		g.waiting = slices.Clone(c.waiting)
		assert.Len(t, g.gather(small), c.taken, c.rule)
		assert.Len(t, g.waiting, c.remain, c.rule)
	}
}

// TestNoCallIsLostOrDoubled: whatever is canceled, every event whose call succeeded was
// committed once, and no event twice.
func TestNoCallIsLostOrDoubled(t *testing.T) {
	var mu sync.Mutex
	committed := map[string]int{}
	g := newGroup(func(_ context.Context, events []billing.Event) error {
		mu.Lock()
		defer mu.Unlock()
		for _, e := range events {
			committed[e.ProviderID]++
		}
		return nil
	}, 2)
	var all sync.WaitGroup
	for i := range 500 {
		all.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			if i%3 == 0 {
				go cancel()
			}
			defer cancel()
			id := fmt.Sprint(i)
			err := g.add(ctx, []billing.Event{{ProviderID: id}})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				assert.Equal(t, 1, committed[id])
			}
			assert.LessOrEqual(t, committed[id], 1)
		})
	}
	all.Wait()
	assert.Zero(t, g.running)
	assert.Empty(t, g.waiting)
}
