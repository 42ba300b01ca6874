package billingtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// keyLife is how long Stripe remembers an idempotency key at least.
// https://docs.stripe.com/api/idempotent_requests
const keyLife = 24 * time.Hour

type idempotencyKey struct{ account, key string }

// outcome is the answer to a request, kept for those who repeat it.
type outcome struct {
	at          time.Time
	fingerprint string
	answer      any
	err         error
}

// once carries a request out unless its key has been used: then the first
// answer is given again, whatever has happened to the object since.
func once[T any](p *Provider, r request, do func() (T, error)) (T, error) {
	key, print := idempotencyKey{r.account, r.key}, fingerprint(r)
	if kept, ok := p.keys[key]; ok && r.key != "" && p.now.Before(kept.at.Add(keyLife)) {
		return repeat[T](kept, print)
	}
	answer, err := do()
	if err == nil {
		answer = clone(answer)
		p.faults.effects[r.method]++
	}
	if r.key != "" && settled(err) {
		p.keys[key] = outcome{at: p.now, fingerprint: print, answer: answer, err: err}
	}
	if err == nil {
		return clone(answer), nil
	}
	return answer, err
}

func repeat[T any](kept outcome, print string) (T, error) {
	var none T
	if kept.fingerprint != print {
		return none, keyReused()
	}
	if kept.err != nil {
		return none, kept.err
	}
	return clone(kept.answer.(T)), nil
}

// settled reports whether the provider began to carry the request out, so that
// its answer is kept. What fails validation may be sent again with the key.
func settled(err error) bool {
	return err == nil || errors.Is(err, frontdesk.Declined) || errors.Is(err, frontdesk.FailedPrecondition)
}

func fingerprint(r request) string {
	params, err := json.Marshal(r.params)
	if err != nil {
		panic(fmt.Sprintf("billingtest: parameters of %s: %v", r.method, err))
	}
	return r.method + " " + string(params)
}

// mustWrite refuses what no adapter may send: an empty id or a bad key.
func mustWrite(w billing.Write, ids ...string) error {
	if w.IdempotencyKey == "" || len(w.IdempotencyKey) > 255 {
		return invalid("idempotency_key", "must have 1 to 255 characters")
	}
	return mustID(ids...)
}

func mustID(ids ...string) error {
	for _, id := range ids {
		if id == "" {
			return invalid("id", "must not be empty")
		}
	}
	return nil
}
