package billingtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// queue is the inbox or the outbox: what both promise about taking and settling.
type queue struct {
	name    string
	waiting string // the state of what has not been taken
	working string // the state of what has
	add     func(t *storeTest, n int) int64
	read    func(t *storeTest, id int64) claim
	take    func(t *storeTest, id int64, l billing.Lease) (claim, error)
	settle  func(t *storeTest, id int64, s billing.Settlement) error
	due     func(t *storeTest, now time.Time) ([]int64, error)
}

var queues = []queue{
	{
		name: "Work on events", waiting: string(billing.EventReceived), working: string(billing.EventProcessing),
		add:  func(t *storeTest, n int) int64 { return t.add(newEvent(n))[0] },
		read: func(t *storeTest, id int64) claim { return eventClaim(t.event(id)) },
		take: func(t *storeTest, id int64, l billing.Lease) (claim, error) {
			e, err := t.store.TakeEvent(t.ctx, id, l)
			if err != nil {
				return claim{}, err
			}
			return eventClaim(*e), nil
		},
		settle: func(t *storeTest, id int64, s billing.Settlement) error { return t.store.SettleEvent(t.ctx, id, s) },
		due:    func(t *storeTest, now time.Time) ([]int64, error) { return t.store.DueEvents(t.ctx, now, 10) },
	},
	{
		name: "Work on effects", waiting: string(billing.EffectPending), working: string(billing.EffectDelivering),
		add: func(t *storeTest, n int) int64 { return t.addEffect(newEffect(n)) },
		read: func(t *storeTest, id int64) claim {
			for _, e := range t.effects(billing.EffectFilter{}) {
				if e.ID == id {
					return effectClaim(e)
				}
			}
			t.Fatalf("effect %d is not listed any more", id)
			return claim{}
		},
		take: func(t *storeTest, id int64, l billing.Lease) (claim, error) {
			e, err := t.store.TakeEffect(t.ctx, id, l)
			if err != nil {
				return claim{}, err
			}
			return effectClaim(*e), nil
		},
		settle: func(t *storeTest, id int64, s billing.Settlement) error { return t.store.SettleEffect(t.ctx, id, s) },
		due:    func(t *storeTest, now time.Time) ([]int64, error) { return t.store.DueEffects(t.ctx, now, 10) },
	},
}

// later is when the tests of queues work: all that was added is due.
var later = noon.Add(time.Hour)

func testQueue(t *testing.T, open func(t *testing.T) billing.Store, q queue) {
	var rules []storeRule
	for _, r := range []struct {
		promise string
		check   func(*storeTest, queue)
	}{
		{"Taking leases it and counts the attempt", checkTake},
		{"Taking what is unknown is NotFound", checkTakeUnknown},
		{"Taking is Aborted while another lease is alive", checkTakeLeased},
		{"Taking is Aborted before NextAt", checkTakeEarly},
		{"Taking what is done or dead is FailedPrecondition", checkTakeEnded},
		{"A lease that ended is free for another worker", checkTakeOver},
		{"A lease that ended settles as long as nobody took over", checkSettleLate},
		{"Settling is Aborted once the lease is lost or over", checkSettleLost},
		{"A failure keeps its error and waits until NextAt", checkSettleFailed},
		{"An attempt that could not start is not counted", checkSettleFree},
		{"An error text may hold anything", checkErrorText},
		{"Due is what waits with NextAt reached, and what a dead worker left", checkDue},
		{"Of many who take it at once one gets it", checkTakeRace},
		{"Of many who settle one lease at once one settles it", checkSettleRace},
	} {
		rules = append(rules, storeRule{r.promise, func(t *storeTest) { r.check(t, q) }})
	}
	testRules(t, open, rules)
}

func (q queue) mustTake(t *storeTest, id int64, l billing.Lease) claim {
	t.Helper()
	c, err := q.take(t, id, l)
	t.need(err, "taking")
	return c
}

func (q queue) mustSettle(t *storeTest, id int64, s billing.Settlement) {
	t.Helper()
	t.need(q.settle(t, id, s), "settling with the lease that is alive")
}

func checkTake(t *storeTest, q queue) {
	id := q.add(t, 1)
	same(t, "the state", q.read(t, id).state, q.waiting, "it is stored as its state says")
	l := billing.Lease{Token: "worker", Now: later, Until: india.Add(2*time.Hour + time.Microsecond)}
	for what, c := range map[string]claim{"as returned": q.mustTake(t, id, l), "as stored": q.read(t, id)} {
		same(t, "the state "+what, c.state, q.working, "a worker holds it")
		same(t, "the number of attempts "+what, c.attempts, 1, "taking counts the attempt, so that a worker's death counts too")
		same(t, "the lease "+what, c.lease, "worker", "the lease is whose token was shown")
		sameTime(t, "the end of the lease "+what, c.leaseUntil, l.Until)
	}
}

func checkTakeUnknown(t *storeTest, q queue) {
	_, err := q.take(t, 404, lease("worker", later))
	t.refused(err, frontdesk.NotFound, "there is nothing with this id")
}

func checkTakeLeased(t *storeTest, q queue) {
	id := q.add(t, 1)
	q.mustTake(t, id, lease("first", later))
	_, err := q.take(t, id, lease("second", later.Add(59*time.Second)))
	t.refused(err, frontdesk.Aborted, "the first worker may still be at it")
	c := q.read(t, id)
	same(t, "the lease", c.lease, "first", "a refused worker changes nothing")
	same(t, "the number of attempts", c.attempts, 1, "a refused worker changes nothing")
}

func checkTakeEarly(t *storeTest, q queue) {
	id := q.add(t, 10)
	at := noon.Add(10 * time.Second)
	_, err := q.take(t, id, lease("early", at.Add(-time.Microsecond)))
	t.refused(err, frontdesk.Aborted, "it is not to be tried before NextAt")
	same(t, "the number of attempts", q.read(t, id).attempts, 0, "a refused worker changes nothing")
	q.mustTake(t, id, lease("on time", at))
}

func checkTakeEnded(t *storeTest, q queue) {
	for n, state := range []string{string(billing.EventDone), string(billing.EventDead)} {
		id := q.add(t, n)
		q.mustTake(t, id, lease("worker", later))
		q.mustSettle(t, id, billing.Settlement{Lease: "worker", State: state})
		same(t, "the state", q.read(t, id).state, state, "settling sets the state")
		_, err := q.take(t, id, lease("again", later.Add(time.Hour)))
		t.refused(err, frontdesk.FailedPrecondition, "there is nothing left to do about what is "+state)
	}
}

func checkTakeOver(t *storeTest, q queue) {
	id := q.add(t, 1)
	q.mustTake(t, id, lease("dead", later))
	c := q.mustTake(t, id, lease("heir", later.Add(2*time.Minute)))
	same(t, "the number of attempts", c.attempts, 2, "the attempt that died counts")
	t.refused(q.settle(t, id, billing.Settlement{Lease: "dead", State: "done"}), frontdesk.Aborted, "the lease is another worker's now")
	same(t, "the state", q.read(t, id).state, q.working, "a worker that lost its lease changes nothing")
	q.mustSettle(t, id, billing.Settlement{Lease: "heir", State: "done"})
}

func checkSettleLate(t *storeTest, q queue) {
	id := q.add(t, 1)
	q.mustTake(t, id, billing.Lease{Token: "slow", Now: later, Until: later})
	q.mustSettle(t, id, billing.Settlement{Lease: "slow", State: "done"})
	same(t, "the state", q.read(t, id).state, "done", "the work of a slow worker counts if nobody took over")
}

func checkSettleLost(t *storeTest, q queue) {
	id := q.add(t, 1)
	rule := "only the holder of the lease may settle"
	t.refused(q.settle(t, id, billing.Settlement{Lease: "", State: "done"}), frontdesk.Aborted, rule+", and nobody holds one")
	q.mustTake(t, id, lease("worker", later))
	t.refused(q.settle(t, id, billing.Settlement{Lease: "other", State: "done"}), frontdesk.Aborted, rule)
	q.mustSettle(t, id, billing.Settlement{Lease: "worker", State: "failed", NextAt: later})
	t.refused(q.settle(t, id, billing.Settlement{Lease: "worker", State: "done"}), frontdesk.Aborted, "a lease is settled once")
	t.refused(q.settle(t, id, billing.Settlement{Lease: "", State: "done"}), frontdesk.Aborted, rule+", and nobody holds one")
	c := q.read(t, id)
	same(t, "the state", c.state, "failed", "refused settlements change nothing")
	same(t, "the lease", c.lease, "", "settling ends the lease")
	sameTime(t, "the end of the lease", c.leaseUntil, time.Time{})
}

func checkSettleFailed(t *storeTest, q queue) {
	id := q.add(t, 1)
	q.mustTake(t, id, lease("worker", later))
	next := india.Add(2*time.Hour + time.Microsecond)
	q.mustSettle(t, id, billing.Settlement{Lease: "worker", State: "failed", Error: "the provider is busy", NextAt: next})
	c := q.read(t, id)
	same(t, "the state", c.state, "failed", "settling sets the state")
	same(t, "the last error", c.lastError, "the provider is busy", "operators want to know why")
	same(t, "the number of attempts", c.attempts, 1, "a failed attempt counts")
	sameTime(t, "NextAt", c.nextAt, next)
	_, err := q.take(t, id, lease("early", next.Add(-time.Microsecond)))
	t.refused(err, frontdesk.Aborted, "a failure is not to be tried again before NextAt")
	same(t, "the number of attempts", q.mustTake(t, id, lease("again", next)).attempts, 2, "each attempt counts")
}

func checkSettleFree(t *storeTest, q queue) {
	id := q.add(t, 1)
	for _, s := range []billing.Settlement{{}, {Free: true}, {Free: true}} {
		q.mustTake(t, id, lease("worker", later))
		s.Lease, s.State, s.NextAt = "worker", "failed", later
		q.mustSettle(t, id, s)
	}
	same(t, "the number of attempts", q.read(t, id).attempts, 1, "an attempt that is settled Free is not counted")
}

func checkErrorText(t *storeTest, q queue) {
	id := q.add(t, 1)
	for _, text := range []string{"nul \x00 end", "bad \xff utf", "𝄞 ' \" \\ %s end", strings.Repeat("x", 64<<10) + " end"} {
		q.mustTake(t, id, lease("worker", later))
		err := q.settle(t, id, billing.Settlement{Lease: "worker", State: "failed", Error: text, NextAt: later})
		t.need(err, fmt.Sprintf("settling with the error %.20q, lest a text stops the queue,", text))
		if got := q.read(t, id).lastError; got == "" || got[0] != text[0] {
			t.Errorf("the last error is %.20q, want it to begin as %.20q: what can be read of an error is kept", got, text)
		}
	}
}

func checkDue(t *storeTest, q queue) {
	ids := make([]int64, 7)
	for n := range ids {
		ids[n] = q.add(t, n)
	}
	q.mustTake(t, ids[1], lease("alive", later))
	q.mustTake(t, ids[2], lease("dead", later.Add(-30*time.Minute)))
	settled := map[int64]billing.Settlement{
		ids[3]: {Lease: "worker", State: "failed", NextAt: later},
		ids[4]: {Lease: "worker", State: "failed", NextAt: later.Add(time.Microsecond)},
		ids[5]: {Lease: "worker", State: "done"},
		ids[6]: {Lease: "worker", State: "dead"},
	}
	for id, s := range settled {
		q.mustTake(t, id, lease("worker", later.Add(-30*time.Minute)))
		q.mustSettle(t, id, s)
	}
	due, err := q.due(t, later)
	t.need(err, "listing what is due")
	got := map[int64]bool{}
	for _, id := range due {
		got[id] = true
		q.mustTake(t, id, lease("next", later))
	}
	sameText(t, "what is due", got, map[int64]bool{ids[0]: true, ids[2]: true, ids[3]: true}, "due is what was never taken, whose worker is dead, and whose time to try again has come")
}

func checkTakeRace(t *storeTest, q queue) {
	id := q.add(t, 1)
	oneWinner(t, contend(func(i int) error {
		_, err := q.take(t, id, lease(fmt.Sprintf("worker %d", i), later))
		return err
	}), "one worker at a time")
	same(t, "the number of attempts", q.read(t, id).attempts, 1, "those who were refused count for nothing")
}

func checkSettleRace(t *storeTest, q queue) {
	id := q.add(t, 1)
	q.mustTake(t, id, lease("worker", later))
	oneWinner(t, contend(func(int) error {
		return q.settle(t, id, billing.Settlement{Lease: "worker", State: "done"})
	}), "a lease is settled once")
}
