package billingtest

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var lockRules = []storeRule{
	{"A key has one holder at a time", checkLockExclusive},
	{"A lease that ended is free for another holder", checkLockExpires},
	{"The holder of a lease may prolong it", checkLockProlongs},
	{"Giving back a lease that was lost is Aborted", checkUnlockLost},
	{"A lease that ended can be given back as long as nobody took over", checkUnlockLate},
	{"A transaction that ends with Unlock writes nothing once its lease is lost", checkLockFence},
	{"Keys may be long and hold any text", checkLockText},
	{"Of many who lock a key at once one gets it", checkLockRace},
	{"No update is lost under a lock", checkLockSerialises},
}

func checkLockExclusive(t *storeTest) {
	t.need(t.store.Lock(t.ctx, "invoice:in_1", lease("first", noon)), "Lock of a free key")
	t.refused(t.store.Lock(t.ctx, "invoice:in_1", lease("second", noon.Add(59*time.Second))), frontdesk.Aborted, "another lease on it is alive")
	t.need(t.store.Lock(t.ctx, "acct_1/invoice:in_1", lease("second", noon)), "Lock of another account's key")
	t.need(t.store.Lock(t.ctx, "invoice:IN_1", lease("second", noon)), "Lock of another key")
	t.need(t.store.Unlock(t.ctx, "invoice:in_1", "first"), "Unlock by the holder")
	t.need(t.store.Lock(t.ctx, "invoice:in_1", lease("second", noon)), "Lock of a key that was given back")
}

func checkLockExpires(t *storeTest) {
	t.need(t.store.Lock(t.ctx, "invoice:in_1", lease("dead", india)), "Lock")
	t.need(t.store.Lock(t.ctx, "invoice:in_1", lease("heir", noon.Add(61*time.Second))), "Lock of a key whose lease has ended")
	t.refused(t.store.Lock(t.ctx, "invoice:in_1", lease("third", noon.Add(120*time.Second))), frontdesk.Aborted, "the heir's lease is alive")
	t.need(t.store.Unlock(t.ctx, "invoice:in_1", "heir"), "Unlock by the heir")
}

func checkLockProlongs(t *storeTest) {
	t.need(t.store.Lock(t.ctx, "invoice:in_1", lease("holder", noon)), "Lock")
	t.need(t.store.Lock(t.ctx, "invoice:in_1", lease("holder", noon.Add(50*time.Second))), "Lock by the holder itself")
	t.refused(t.store.Lock(t.ctx, "invoice:in_1", lease("other", noon.Add(100*time.Second))), frontdesk.Aborted, "the lease was prolonged")
	t.need(t.store.Unlock(t.ctx, "invoice:in_1", "holder"), "Unlock by the holder")
}

func checkUnlockLost(t *storeTest) {
	t.refused(t.store.Unlock(t.ctx, "invoice:in_1", "nobody"), frontdesk.Aborted, "the key was never locked")
	t.need(t.store.Lock(t.ctx, "invoice:in_1", lease("dead", noon)), "Lock")
	t.need(t.store.Lock(t.ctx, "invoice:in_1", lease("heir", noon.Add(2*time.Minute))), "Lock of a key whose lease has ended")
	t.refused(t.store.Unlock(t.ctx, "invoice:in_1", "dead"), frontdesk.Aborted, "the lease is the heir's")
	t.need(t.store.Unlock(t.ctx, "invoice:in_1", "heir"), "Unlock by the heir, whom the refused Unlock must not hurt,")
	t.refused(t.store.Unlock(t.ctx, "invoice:in_1", "heir"), frontdesk.Aborted, "the lease was given back already")
}

func checkUnlockLate(t *storeTest) {
	t.need(t.store.Lock(t.ctx, "invoice:in_1", billing.Lease{Token: "slow", Now: noon, Until: noon}), "Lock")
	t.need(t.store.Unlock(t.ctx, "invoice:in_1", "slow"), "Unlock of a lease that nobody took over")
}

func checkLockFence(t *storeTest) {
	sub := newSubscription(1)
	t.need(t.store.Lock(t.ctx, sub.Key().String(), lease("dead", noon)), "Lock")
	t.need(t.store.Lock(t.ctx, sub.Key().String(), lease("heir", noon.Add(2*time.Minute))), "Lock of a key whose lease has ended")
	err := t.store.InTx(t.ctx, func(tx billing.Store) error {
		return errors.Join(tx.PutObject(t.ctx, sub), tx.Unlock(t.ctx, sub.Key().String(), "dead"))
	})
	t.refused(err, frontdesk.Aborted, "the lease was lost")
	_, err = t.store.Object(t.ctx, sub.Key())
	t.refused(err, frontdesk.NotFound, "what was written under a lost lease is not committed")
}

func checkLockText(t *storeTest) {
	for _, key := range []string{"subscription:sub_😀 ' \" \\ % _", strings.Repeat("k", 600), "a", "A", "a "} {
		t.need(t.store.Lock(t.ctx, key, lease("holder", noon)), fmt.Sprintf("Lock of %.40q", key))
		t.refused(t.store.Lock(t.ctx, key, lease("other", noon)), frontdesk.Aborted, "another lease on it is alive")
		t.need(t.store.Unlock(t.ctx, key, "holder"), fmt.Sprintf("Unlock of %.40q", key))
	}
}

func checkLockRace(t *storeTest) {
	for round := range 3 {
		at := noon.Add(time.Duration(round) * time.Hour)
		oneWinner(t, contend(func(i int) error {
			return t.store.Lock(t.ctx, "invoice:in_1", lease(fmt.Sprintf("%d.%d", round, i), at))
		}), "a key has one holder, also when it was never locked before and when a lease has ended")
	}
}

// checkLockSerialises has all contenders add one to the same number, which they
// read and write in two calls.
func checkLockSerialises(t *storeTest) {
	sub := newSubscription(1)
	sub.Version.Rank = 0
	t.put(sub)
	for _, err := range contend(func(i int) error { return increment(t, sub.Key(), fmt.Sprint(i)) }) {
		t.need(err, "work under a lock")
	}
	same(t, "the count", t.object(sub.Key()).Head().Version.Rank, contenders, "whoever holds the lock sees the last holder's write")
}

func increment(t *storeTest, k billing.Key, token string) error {
	for {
		err := t.store.Lock(t.ctx, k.String(), lease(token, noon))
		if err == nil {
			break
		}
		if frontdesk.CodeOf(err) != frontdesk.Aborted {
			return err
		}
		runtime.Gosched()
	}
	o, err := t.store.Object(t.ctx, k)
	if err != nil {
		return err
	}
	o.Head().Version.Rank++
	return t.store.InTx(t.ctx, func(tx billing.Store) error {
		return errors.Join(tx.PutObject(t.ctx, o), tx.Unlock(t.ctx, k.String(), token))
	})
}
