package wire

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// provider is the name of Stripe in inbox rows.
const provider = "stripe"

// ParseEvent reads the envelope of an event of any API version. The body must be
// exactly one JSON object with a string id and a string type, neither empty, and
// no key that is repeated in any case; otherwise it is Invalid, with the field
// "body". All else may be missing or odd.
//
// A thin event of API v2, which carries no object, has Skip set.
//
// Payload is body itself, not a copy.
func ParseEvent(body []byte) (billing.Event, error) {
	return ParseListed(body, "")
}

// ParseListed is ParseEvent for an event of an account's list, which names no
// account although its delivery does: it is that account's.
func ParseListed(body []byte, account string) (billing.Event, error) {
	env, err := readEnvelope(body)
	if err != nil {
		return billing.Event{}, err
	}
	e := billing.Event{
		Provider:   provider,
		ProviderID: plain(env.id),
		Account:    cmp.Or(plain(env.account), account),
		Livemode:   string(env.livemode) == "true",
		Type:       plain(env.typ),
		APIVersion: plain(env.version),
		Created:    env.at(),
		Payload:    body,
	}
	if err := checkEvent(&e); err != nil {
		return billing.Event{}, err
	}
	e.Object = env.key(e.Account)
	if strings.HasPrefix(plain(env.object), "v2.core.event") {
		e.Skip = "a thin event carries no object"
	}
	return e, nil
}

func checkEvent(e *billing.Event) error {
	switch {
	case e.ProviderID == "":
		return errBody("must have an id that is a string and not empty")
	case e.Type == "":
		return errBody("must have a type that is a string and not empty")
	case max(len(e.ProviderID), len(e.Type), len(e.Account), len(e.APIVersion)) > maxID:
		return errBody("must not have an id, type, account or api_version of more than %d bytes", maxID)
	}
	return nil
}

func errBody(format string, args ...any) error {
	return frontdesk.InvalidField("body", format, args...)
}

// envelope holds the parts of an event as they are written; nil where missing.
type envelope struct {
	id, object, typ, account, livemode, version, created []byte

	subject subject
	scan    scanner
	keys    keySet
}

// subject is the event's data.object: all of it, and what makes its key.
type subject struct {
	raw               []byte
	id, object, payer []byte
}

func readEnvelope(body []byte) (*envelope, error) {
	env := &envelope{scan: scanner{data: body}}
	env.scan.space()
	if env.scan.peek() != '{' {
		return nil, errBody("must be a JSON object")
	}
	repeated := false
	ok := env.scan.object(func(key []byte) bool {
		name := bare(key)
		repeated = !env.keys.add(name)
		return !repeated && env.member(name)
	})
	switch {
	case repeated:
		return nil, errBody("must not repeat a key, in whatever case")
	case !ok || !env.scan.end():
		return nil, errBody("must be one JSON object and nothing else")
	}
	return env, nil
}

// bare returns what a key says.
func bare(key []byte) []byte {
	inner := key[1 : len(key)-1]
	if isASCII(inner) {
		return inner
	}
	return []byte(plain(key))
}

func (env *envelope) member(name []byte) bool {
	if string(name) == "data" {
		return env.data()
	}
	value, ok := env.scan.raw()
	switch string(name) {
	case "id":
		env.id = value
	case "object":
		env.object = value
	case "type":
		env.typ = value
	case "account":
		env.account = value
	case "livemode":
		env.livemode = value
	case "api_version":
		env.version = value
	case "created":
		env.created = value
	}
	return ok
}

func (env *envelope) data() bool {
	s := &env.scan
	if s.peek() != '{' {
		return s.value()
	}
	return s.object(func(key []byte) bool {
		if string(bare(key)) != "object" {
			return s.value()
		}
		start := s.pos
		env.subject = subject{}
		ok := env.subject.read(s)
		env.subject.raw = s.data[start:s.pos]
		return ok
	})
}

func (o *subject) read(s *scanner) bool {
	if s.peek() != '{' {
		return s.value()
	}
	return s.object(func(key []byte) bool {
		value, ok := s.raw()
		switch string(bare(key)) {
		case "id":
			o.id = value
		case "object":
			o.object = value
		case "payment_intent":
			o.payer = value
		}
		return ok
	})
}

// at returns the creation time in whole seconds; zero where it makes no sense.
func (env *envelope) at() time.Time {
	if stamp := plain(env.created); stamp != "" {
		at, err := time.Parse(time.RFC3339, stamp)
		if err != nil {
			return time.Time{}
		}
		return at.UTC().Truncate(time.Second)
	}
	seconds, err := strconv.ParseInt(string(env.created), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return at(seconds)
}

// key returns the key of the event's object, or zero if it is of no kind that is mirrored.
func (env *envelope) key(account string) billing.Key {
	object := plain(env.subject.object)
	kind, mirrored := kinds[object]
	id := plain(env.subject.id)
	switch object {
	case "charge":
		id = cmp.Or(idOf(env.subject.payer), id)
	case "account":
		account = id
	case "application", "balance": // the account's own: ties it to the platform, has no id
		id = account
	}
	if !mirrored || id == "" || len(id) > maxID {
		return billing.Key{}
	}
	return billing.Key{Kind: kind, Ref: billing.Ref{Account: account, ID: id}}
}

// kinds are the objects that are mirrored, by Stripe's name. A charge is a part of
// its payment, and an application of the account that it was shown to.
var kinds = map[string]billing.Kind{
	"customer":         billing.KindCustomer,
	"subscription":     billing.KindSubscription,
	"invoice":          billing.KindInvoice,
	"payment_intent":   billing.KindPayment,
	"charge":           billing.KindPayment,
	"refund":           billing.KindRefund,
	"dispute":          billing.KindDispute,
	"checkout.session": billing.KindCheckout,
	"account":          billing.KindAccount,
	"application":      billing.KindAccount,
	"payout":           billing.KindPayout,
	"balance":          billing.KindBalance,
	"transfer":         billing.KindTransfer,
	"application_fee":  billing.KindApplicationFee,
}
