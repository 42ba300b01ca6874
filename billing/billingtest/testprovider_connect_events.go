package billingtest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var connectEventRules = []providerRule{
	{"an event of an account carries the account, and one of the platform none", checkEventAccounts},
	{"an account is shown as it is read", checkAccountEvent},
	{"an account is named by itself, also where the event does not name it", checkUnnamedAccountEvent},
	{"a deauthorised account is shown as its name and the time alone", checkDeauthorizedEvent},
	{"an account that was connected again is shown as its name and the time alone", checkAuthorizedEvent},
	{"a transfer and its reversals are shown as they are read", checkTransferEvents},
	{"a fee and its refunds are shown as they are read", checkFeeEvents},
	{"a payout is shown as it is read, without movements", checkPayoutEvents},
	{"a charge of an account is shown as it is read, without movements", checkChargeEvent},
	{"a balance is shown as it is read", checkBalanceEvent},
	{"an event shows the same object in every API version", checkConnectVersions},
	{"what is below an account mirrors nothing", checkConnectUnmirrored},
	{"objects of one second can be ordered", checkConnectOrder},
	{"the events of an account are listed with it alone", checkListAccountEvents},
}

// shows reads the last event of a type, in the provider's own version, as it is
// delivered.
func (t *providerTest) shows(typ string) (billing.Event, billing.Object) {
	t.Helper()
	return t.showsIn(typ, "")
}

func (t *providerTest) showsIn(typ, version string) (billing.Event, billing.Object) {
	t.Helper()
	header, body := t.webhook(t.event(typ), version)
	e := ask(t.p.ParseWebhook(header, body, t.driver.Now())).must(t)
	objects := ask(t.p.Decode(e)).must(t)
	equal(t, "the key of "+typ, objects[0].Key(), e.Object)
	return e, objects[0]
}

// asRead checks an object that an event shows against the one that was read, as
// stores keep them.
func asRead(t *providerTest, shown, read billing.Object) {
	t.Helper()
	equal(t, "whether the shown object can be ordered", shown.Head().Version.At.IsZero(), false)
	shown.Head().Version, read.Head().Version = billing.Version{}, billing.Version{}
	if a, b := string(encoded(shown)), string(encoded(read)); a != b {
		t.Errorf("the event shows\n%s\nand read was\n%s", a, b)
	}
}

// lived is an account whose money has gone every way there is.
func (t *providerTest) lived() (*billing.Account, splitCharge, *billing.Payout) {
	t.Helper()
	a := t.earned()
	s := t.split(a, 10000, 1300)
	t.reverseRefund(s, euros(2500), true)
	return a, t.again(a, s), t.arrive(t.pay(a, 5000))
}

func checkEventAccounts(t *providerTest) {
	a, _, _ := t.lived()
	for typ, account := range map[string]string{
		"account.updated": a.ID, "balance.available": a.ID, "payment.created": a.ID, "payout.created": a.ID, "payout.paid": a.ID,
		"transfer.created": "", "transfer.reversed": "", "application_fee.created": "", "application_fee.refunded": "",
		"charge.succeeded": "", "payment_intent.succeeded": "", "charge.refunded": "",
	} {
		for _, e := range t.driver.Events() {
			if e.Type != typ || typ == "charge.refunded" && e.Account != "" {
				continue // the account's charge is refunded too
			}
			equal(t, "the account of "+typ, e.Account, account)
		}
		t.event(typ)
	}
}

func checkAccountEvent(t *providerTest) {
	a := t.expert()
	t.done(t.experts().RequireMore(a.ID, t.driver.Now().Add(14*day), document))
	t.done(t.experts().RejectRequirement(a.ID, document, "verification_document_expired", "The document has expired."))
	e, shown := t.shows("account.updated")
	equal(t, "the object", e.Object, billing.Key{Kind: billing.KindAccount, Ref: billing.AccountRef(a.ID)})
	asRead(t, shown, t.reread(a))
}

func checkUnnamedAccountEvent(t *providerTest) {
	a := t.expert()
	e, _ := t.shows("account.updated")
	var envelope map[string]any
	t.done(json.Unmarshal(e.Payload, &envelope))
	delete(envelope, "account")
	e.Payload, e.Account, e.Object = encoded(envelope), "", billing.Key{}
	equal(t, "the name", ask(t.p.Decode(e)).must(t)[0].Key(), a.Key())
}

func checkDeauthorizedEvent(t *providerTest) {
	a := t.expert()
	t.driver.Advance(time.Hour)
	t.done(t.experts().Deauthorize(a.ID))
	e, shown := t.shows("account.application.deauthorized")
	equal(t, "the account", e.Account, a.ID)
	asRead(t, shown, &billing.Account{Header: billing.Header{Ref: billing.AccountRef(a.ID)}, DisconnectedAt: e.Created})
	equal(t, "the status", shown.(*billing.Account).Status(), billing.AccountDisconnected)
}

func checkAuthorizedEvent(t *providerTest) {
	a := t.expert()
	t.done(t.experts().Deauthorize(a.ID))
	t.driver.Advance(time.Hour)
	t.done(t.experts().Reauthorize(a.ID))
	e, shown := t.shows("account.application.authorized")
	equal(t, "the account", e.Account, a.ID)
	asRead(t, shown, &billing.Account{Header: billing.Header{Ref: billing.AccountRef(a.ID)}, ConnectedAt: e.Created})
}

func checkTransferEvents(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	_, created := t.shows("transfer.created")
	asRead(t, created, s.transfer)
	t.reverseRefund(s, euros(2500), true)
	t.reverse(s.transfer, 1000, false).must(t)
	_, reversed := t.shows("transfer.reversed")
	asRead(t, reversed, t.again(a, s).transfer)
}

func checkFeeEvents(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	_, created := t.shows("application_fee.created")
	asRead(t, created, s.fee)
	t.reverseRefund(s, euros(2500), true)
	_, refunded := t.shows("application_fee.refunded")
	asRead(t, refunded, t.again(a, s).fee)
}

func checkPayoutEvents(t *providerTest) {
	a := t.earned()
	made := t.pay(a, 5000)
	_, created := t.shows("payout.created")
	asRead(t, created, t.payout(made.Ref))
	paid := t.arrive(made)
	_, shown := t.shows("payout.paid")
	asRead(t, shown, paid)
	t.done(t.experts().FailPayout(made.ID, "account_closed"))
	_, failed := t.shows("payout.failed")
	asRead(t, failed, t.payout(made.Ref))
	other := t.pay(a, 1000)
	t.done(t.experts().CancelPayout(other.ID))
	_, canceled := t.shows("payout.canceled")
	asRead(t, canceled, t.payout(other.Ref))
}

func checkChargeEvent(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	e, shown := t.shows("payment.created")
	equal(t, "the object", e.Object, s.credited.Key())
	s.credited.Movements = nil
	asRead(t, shown, s.credited)
	t.reverse(s.transfer, 2500, true).must(t)
	now := t.again(a, s).credited
	equal(t, "refunded", now.Refunded, 2500)
	now.Movements = nil
	_, refunded := t.shows("charge.refunded")
	asRead(t, refunded, now)
}

func checkBalanceEvent(t *providerTest) {
	a := t.expert()
	t.split(a, 10000, 1300)
	t.mature(a)
	t.driver.Advance(day)
	e, shown := t.shows("balance.available")
	equal(t, "the object", e.Object, billing.Key{Kind: billing.KindBalance, Ref: billing.AccountRef(a.ID)})
	asRead(t, shown, ask(t.connect().GetBalance(t.ctx, a.ID)).must(t))
}

func checkConnectVersions(t *providerTest) {
	_, _, po := t.lived()
	t.done(t.experts().FailPayout(po.ID, "account_closed"))
	for _, typ := range []string{
		"account.updated", "balance.available", "payment.created", "payout.created", "payout.updated", "payout.paid",
		"payout.failed", "transfer.created", "transfer.reversed", "application_fee.created", "application_fee.refunded",
	} {
		_, first := t.showsIn(typ, versions[0])
		for _, version := range versions[1:] {
			if _, next := t.showsIn(typ, version); !reflect.DeepEqual(bare(next), bare(first)) {
				t.Errorf("%s of %s shows\n%+v\nand of %s\n%+v", typ, version, next, versions[0], first)
			}
		}
	}
}

// bare is an object without what an old version alone tells, and how it is ordered.
func bare(o billing.Object) billing.Object {
	if pay, ok := o.(*billing.Payment); ok {
		pay.Invoice, pay.Standalone = "", false
	}
	o.Head().Version = billing.Version{}
	return o
}

func checkConnectUnmirrored(t *providerTest) {
	t.expert()
	e, _ := t.shows("account.updated")
	for _, typ := range []string{
		"account.external_account.created", "account.external_account.updated", "account.external_account.deleted",
		"capability.updated", "person.created", "person.updated", "application_fee.refund.updated",
	} {
		e.Type = typ
		ask(t.p.Decode(e)).refused(t, frontdesk.Unimplemented)
	}
}

// connectLives are the events that each kind of object has here, in order.
var connectLives = map[billing.Kind][]string{
	billing.KindTransfer:       {"transfer.created", "transfer.reversed", "transfer.reversed"},
	billing.KindApplicationFee: {"application_fee.created", "application_fee.refunded", "application_fee.refunded"},
	billing.KindPayment:        {"payment.created", "charge.refunded", "charge.refunded"},
	billing.KindPayout:         {"payout.created", "payout.updated", "payout.paid", "payout.failed"},
}

func checkConnectOrder(t *providerTest) {
	a := t.expert()
	s := t.split(a, 10000, 1300)
	t.reverse(s.transfer, 1000, true).must(t)
	t.split(a, 10000, 1300)
	t.mature(a)
	po := t.arrive(t.pay(a, 100))
	t.done(t.experts().FailPayout(po.ID, "account_closed"))
	t.reverse(s.transfer, 0, true).must(t)
	for kind, object := range map[billing.Kind]string{
		billing.KindTransfer: s.transfer.ID, billing.KindApplicationFee: s.fee.ID,
		billing.KindPayment: s.credited.ID, billing.KindPayout: po.ID,
	} {
		t.ordered(object, connectLives[kind])
	}
}

// ordered checks that the events of an object rank in the order in which they
// happened, as if they were of one second.
func (t *providerTest) ordered(id string, life []string) {
	t.Helper()
	last := billing.Version{Rank: -1}
	var types []string
	for _, e := range t.driver.Events() {
		if e.Object.ID != id {
			continue
		}
		types = append(types, e.Type)
		rank := billing.Version{Rank: ask(t.p.Decode(e)).must(t)[0].Head().Version.Rank}
		if !last.Before(rank) {
			t.Errorf("%s of %s ranks %d, not after %d, although it happened later", e.Type, id, rank.Rank, last.Rank)
		}
		last = rank
	}
	equal(t, "the events of "+id, fmt.Sprint(types), fmt.Sprint(life))
}

func checkListAccountEvents(t *providerTest) {
	p := able[billing.EventLister](t)
	a, other := t.earned(), t.expert()
	events := listed(t, p.ListEvents(t.ctx, billing.ProviderEventFilter{Account: a.ID}))
	kinds := make(map[billing.Kind]bool)
	for _, e := range events {
		equal(t, "the account", e.Account, a.ID)
		kinds[e.Object.Kind] = true
	}
	equal(t, "whether the account is among them", kinds[billing.KindAccount], true)
	equal(t, "whether its charge is among them", kinds[billing.KindPayment], true)
	equal(t, "whether transfers are among them", kinds[billing.KindTransfer], false)
	for _, e := range listed(t, p.ListEvents(t.ctx, billing.ProviderEventFilter{Account: other.ID})) {
		equal(t, "the other's account", e.Account, other.ID)
	}
}
