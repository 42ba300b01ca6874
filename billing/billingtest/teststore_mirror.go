package billingtest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var mirrorRules = []storeRule{
	{"Every kind of object comes back as it was put", checkObjectRoundTrip},
	{"An object that is unknown is NotFound", checkUnknownObject},
	{"The first write gives a row id, which finds the object and never changes", checkRowID},
	{"A second write replaces the whole object", checkReplaceObject},
	{"What a caller does to an object afterwards does not reach the store", checkObjectCopies},
	{"Objects of different accounts and kinds never mix, though their ids are equal", checkObjectAccounts},
	{"A payment's client secret is not stored", checkClientSecret},
	{"Times of objects keep their microseconds, and come in UTC", checkObjectTimes},
	{"Unusual texts in objects are kept", checkObjectText},
	{"Of many who put the same new object at once all get one row id", checkObjectRace},
}

func ref(id string) billing.Ref { return billing.Ref{ID: id} }

// newSubscription is the n-th subscription: made n seconds after noon.
func newSubscription(n int) *billing.Subscription {
	return &billing.Subscription{
		Header: billing.Header{
			Ref: ref(fmt.Sprintf("sub_%d", n)), Customer: "cus_1", Created: noon.Add(time.Duration(n) * time.Second),
		},
		Status: billing.SubscriptionStatusActive,
	}
}

// put stores the objects, in this order.
func (t *storeTest) put(objects ...billing.Object) {
	t.Helper()
	for _, o := range objects {
		t.need(t.store.PutObject(t.ctx, o), "PutObject of "+o.Key().String())
	}
}

func (t *storeTest) object(k billing.Key) billing.Object {
	t.Helper()
	o, err := t.store.Object(t.ctx, k)
	t.need(err, "Object of "+k.String())
	return o
}

// inJSON is the whole object, for comparison.
func inJSON(t *storeTest, o billing.Object) string {
	t.Helper()
	text, err := json.Marshal(o)
	t.need(err, "json.Marshal")
	return string(text)
}

// oneOfEachKind lists an object of every kind that is mirrored.
func oneOfEachKind() []billing.Object {
	at := noon.Truncate(time.Second)
	h := billing.Header{
		Ref: billing.Ref{Account: "acct_1", ID: "id_1"}, Customer: "cus_1", Created: at, Deleted: true,
		Metadata: map[string]string{"client": "acme"},
		Version:  billing.Version{At: at, Rank: billing.RankRead, Event: "evt_1"},
	}
	money := frontdesk.Money{Amount: 1 << 53, Currency: "jpy"}
	money.Amount++ // no float holds it
	moved := []billing.Movement{
		{Transaction: "txn_1", Kind: billing.EntryCharge, Object: "ch_1", Amount: money, Held: true, Created: at, AvailableOn: at.AddDate(0, 0, 7)},
		{Transaction: "txn_1", Kind: billing.EntryFee, Object: "fee_1", Amount: frontdesk.Money{Amount: -13, Currency: "jpy"}, Created: at, AvailableOn: at},
	}
	return []billing.Object{
		&billing.Customer{Header: h, Email: "a@example.com", Name: "Ann", DefaultPaymentMethod: "pm_1", Delinquent: true},
		&billing.Subscription{
			Header: h, Status: billing.SubscriptionStatusPastDue, CurrentPeriodStart: at, CurrentPeriodEnd: at.AddDate(0, 1, 0),
			CancelAt: at, Pause: billing.PauseVoid, LatestInvoice: "in_1",
			Items: []billing.SubscriptionItem{{ID: "si_1", Price: "price_1", Unit: money, Quantity: 3}, {ID: "si_2"}},
		},
		&billing.Invoice{
			Header: h, Status: billing.InvoiceStatusOpen, Number: "F-1", Subscription: "sub_1", Total: money, AmountDue: 7,
			DueDate: at, Failed: true, Lines: []billing.InvoiceLine{{ID: "il_1", Amount: money, Proration: true}},
		},
		&billing.Payment{
			Header: h, Status: billing.PaymentStatusRequiresCapture, Amount: money, Received: 5, DeclineCode: "lost_card",
			Destination: "acct_2", Transfer: "tr_1", ApplicationFee: "fee_1", Commission: 1<<53 + 1, Movements: moved,
		},
		&billing.Refund{
			Header: h, Status: billing.RefundStatusPending, Payment: "pi_1", Amount: money, Reason: billing.RefundReasonDuplicate,
			Reversal: "trr_1", Movements: moved,
		},
		&billing.Dispute{Header: h, Status: billing.DisputeStatusNeedsResponse, Payment: "pi_1", Amount: money, EvidenceDue: at, Movements: moved},
		&billing.CheckoutSession{Header: h, Status: billing.CheckoutStatusOpen, Mode: billing.CheckoutModePayment, Reference: "acme", Total: money},
		&billing.Account{
			Header: h, Type: billing.AccountExpress, Email: "a@example.com", Country: "JP", Currency: "jpy",
			DetailsSubmitted: true, ChargesEnabled: true, PayoutsEnabled: true, Requirements: billing.Requirements{
				CurrentlyDue: []string{"external_account"}, EventuallyDue: []string{"a"}, PastDue: []string{"b", "c"},
				PendingVerification: []string{"d"}, DisabledReason: "requirements.past_due", Deadline: at,
				Errors: []billing.RequirementError{{Requirement: "a", Code: "invalid", Reason: "It is not readable."}},
			},
			Capabilities: map[string]string{"transfers": "active", "card_payments": "pending"},
			Schedule:     billing.PayoutSchedule{Interval: billing.PayoutWeekly, DelayDays: 7, Weekday: "monday", MonthDay: 31},
			ConnectedAt:  at, DisconnectedAt: at.AddDate(0, 0, 1),
		},
		&billing.Payout{
			Header: h, Status: billing.PayoutStatusFailed, Amount: money, Automatic: true, Method: "standard", ArrivalDate: at,
			Destination: "ba_1", Description: "March", Failure: "account_closed", FailureMessage: "The account is closed.", Movements: moved,
		},
		&billing.Balance{Header: h, Available: []frontdesk.Money{money, {Amount: -7, Currency: "usd"}}, Pending: []frontdesk.Money{money}},
		&billing.Transfer{
			Header: h, Amount: money, Reversed: 1<<53 + 1, Destination: "acct_2", DestinationPayment: "py_1", Source: "ch_1", Group: "g",
			Reversals: []billing.Reversal{{ID: "trr_1", Amount: 1<<53 + 1, Refund: "re_1", Created: at}, {ID: "trr_2", Created: at}},
		},
		&billing.ApplicationFee{
			Header: h, Amount: money, Refunded: 1<<53 + 1, Payer: "acct_2", Charge: "py_1", Source: "ch_1",
			Refunds: []billing.FeeRefund{{ID: "fr_1", Amount: 1<<53 + 1, Created: at}},
		},
	}
}

func checkObjectRoundTrip(t *storeTest) {
	objects := oneOfEachKind()
	t.put(objects...)
	for _, o := range objects {
		want := inJSON(t, o)
		same(t, "the object", inJSON(t, t.object(o.Key())), want, "an object is kept with all of its fields")
		byRow, err := t.store.ObjectByRow(t.ctx, o.Key().Kind, o.Head().RowID)
		t.need(err, "ObjectByRow")
		same(t, "the object", inJSON(t, byRow), want, "the row id finds the same object")
		page, err := t.store.Objects(t.ctx, billing.ObjectFilter{Kind: o.Key().Kind, Account: "acct_1", States: []string{o.State()}})
		t.need(err, "Objects")
		if len(page.Objects) != 1 || inJSON(t, page.Objects[0]) != want {
			t.Errorf("Objects lists %v, want %s: a list holds whole objects, found by their state", page.Objects, want)
		}
	}
}

func checkUnknownObject(t *storeTest) {
	sub := newSubscription(1)
	t.put(sub)
	_, err := t.store.Object(t.ctx, billing.Key{Kind: billing.KindSubscription, Ref: ref("sub_2")})
	t.refused(err, frontdesk.NotFound, "no object has this id")
	_, err = t.store.ObjectByRow(t.ctx, billing.KindSubscription, "no such row")
	t.refused(err, frontdesk.NotFound, "no object has this row id")
	_, err = t.store.ObjectByRow(t.ctx, billing.KindInvoice, sub.RowID)
	t.refused(err, frontdesk.NotFound, "the row id is that of an object of another kind")
}

func checkRowID(t *storeTest) {
	first, second := newSubscription(1), newSubscription(2)
	t.put(first, second)
	if first.RowID == "" || first.RowID == second.RowID {
		t.Fatalf("PutObject gave the row ids %q and %q: each object has one of its own", first.RowID, second.RowID)
	}
	again := newSubscription(1)
	again.Status = billing.SubscriptionStatusCanceled
	t.put(again)
	same(t, "the row id", again.RowID, first.RowID, "PutObject fills in the row id of an object that is replaced, too")
	stray := newSubscription(1)
	stray.RowID = second.RowID
	t.put(stray)
	same(t, "the row id", stray.RowID, first.RowID, "the key decides which row is replaced, not the row id")
	same(t, "the row id", t.object(first.Key()).Head().RowID, first.RowID, "a row id is stable")
	same(t, "the row id", t.object(second.Key()).Head().RowID, second.RowID, "a row id is stable")
}

func checkReplaceObject(t *storeTest) {
	old := newSubscription(1)
	old.Metadata = map[string]string{"old": "1"}
	old.CancelAt = noon
	t.put(old)
	next := newSubscription(1)
	next.Status, next.Customer, next.Created = billing.SubscriptionStatusCanceled, "cus_2", noon.Add(time.Hour)
	t.put(next)
	same(t, "the object", inJSON(t, t.object(old.Key())), inJSON(t, next), "nothing is left of what was replaced")
	for _, f := range []billing.ObjectFilter{{Customer: "cus_1"}, {States: []string{"active"}}} {
		f.Kind = billing.KindSubscription
		page, err := t.store.Objects(t.ctx, f)
		t.need(err, "Objects")
		same(t, "the number of objects", len(page.Objects), 0, "filters look at the object as it is now")
	}
}

func checkObjectCopies(t *storeTest) {
	sub := newSubscription(1)
	sub.Items = []billing.SubscriptionItem{{ID: "si_1"}}
	sub.Metadata = map[string]string{"k": "v"}
	t.put(sub)
	want := inJSON(t, sub)
	sub.Items[0].ID, sub.Metadata["k"], sub.Status = "changed", "changed", "changed"
	read := t.object(sub.Key())
	same(t, "the object", inJSON(t, read), want, "a caller's later changes are its own")
	read.Head().Metadata["k"], read.Head().Deleted = "changed", true
	same(t, "the object", inJSON(t, t.object(sub.Key())), want, "a reader's changes are its own")
}

func checkObjectAccounts(t *storeTest) {
	keys := []billing.Key{
		{Kind: billing.KindSubscription, Ref: ref("x_1")},
		{Kind: billing.KindSubscription, Ref: billing.Ref{Account: "acct_1", ID: "x_1"}},
		{Kind: billing.KindSubscription, Ref: billing.Ref{Account: "acct_2", ID: "x_1"}},
		{Kind: billing.KindInvoice, Ref: ref("x_1")},
	}
	rows := map[string]bool{}
	for i, k := range keys {
		o, err := billing.NewObject(k.Kind)
		t.need(err, "NewObject")
		*o.Head() = billing.Header{Ref: k.Ref, Customer: fmt.Sprint(i), Created: noon}
		t.put(o)
		rows[o.Head().RowID] = true
	}
	same(t, "the number of row ids", len(rows), len(keys), "each object has a row of its own")
	for i, k := range keys {
		same(t, "the customer of "+k.String(), t.object(k).Head().Customer, fmt.Sprint(i), "a write reaches the object with that kind, account and id only")
		page, err := t.store.Objects(t.ctx, billing.ObjectFilter{Kind: k.Kind, Account: k.Account})
		t.need(err, "Objects")
		if len(page.Objects) != 1 || page.Objects[0].Key() != k {
			t.Errorf("Objects of account %q lists %v, want %s alone: accounts see only their own", k.Account, page.Objects, k)
		}
	}
}

func checkClientSecret(t *storeTest) {
	p := &billing.Payment{Header: billing.Header{Ref: ref("pi_1"), Created: noon}, ClientSecret: frontdesk.NewSecret("pi_1_secret_2")}
	t.put(p)
	same(t, "the secret in the caller's hands", p.ClientSecret.Reveal(), "pi_1_secret_2", "the browser still needs it")
	read, isPayment := t.object(p.Key()).(*billing.Payment)
	if !isPayment || !read.ClientSecret.IsZero() {
		t.Errorf("Object returned %T with a client secret: it is never stored", read)
	}
}

func checkObjectTimes(t *storeTest) {
	sub := newSubscription(1)
	sub.Created, sub.Version.At, sub.CurrentPeriodEnd = india, india, noon.AddDate(5000, 0, 0).Truncate(time.Second)
	unborn := newSubscription(2)
	unborn.Created = time.Time{} // first seen by its deletion
	t.put(sub, unborn)
	read, isSubscription := t.object(sub.Key()).(*billing.Subscription)
	if !isSubscription {
		t.Fatalf("Object returned no *billing.Subscription for the key %s", sub.Key())
	}
	sameTime(t, "Created", read.Created, india)
	sameTime(t, "Version.At", read.Version.At, india)
	sameTime(t, "CurrentPeriodEnd", read.CurrentPeriodEnd, noon.AddDate(5000, 0, 0).Truncate(time.Second))
	sameTime(t, "a zero Created", t.object(unborn.Key()).Head().Created, time.Time{})
}

func checkObjectText(t *storeTest) {
	texts := []string{"nul \x00 end", "😀 𝄞 e\u0301", `' " \ % _ -- ; $1 ? :x`, "\u2028\r\n\t", "</script>&"}
	for i, text := range texts {
		sub := newSubscription(i)
		sub.Metadata = map[string]string{text: text}
		sub.Items = []billing.SubscriptionItem{{ID: text}}
		t.put(sub)
		same(t, "the metadata", t.object(sub.Key()).Head().Metadata[text], text, "a provider's texts are kept as they are")
	}
	odd := newSubscription(9)
	odd.ID, odd.Customer, odd.Status = "sub_😀'%_", "cus_'%", "_ctive"
	t.put(odd)
	for _, f := range []billing.ObjectFilter{{Customer: "cus_'%"}, {States: []string{"_ctive"}}} {
		f.Kind = billing.KindSubscription
		page, err := t.store.Objects(t.ctx, f)
		t.need(err, "Objects")
		if len(page.Objects) != 1 || page.Objects[0].Key() != odd.Key() {
			t.Errorf("%+v lists %d objects, want one: filters compare texts exactly, there are no wildcards", f, len(page.Objects))
		}
	}
}

func checkObjectRace(t *storeTest) {
	rows := map[string]bool{}
	for _, row := range contend(func(int) string {
		sub := newSubscription(1)
		if err := t.store.PutObject(t.ctx, sub); err != nil {
			t.Errorf("PutObject beside others must succeed, and failed: %v", err)
		}
		return sub.RowID
	}) {
		rows[row] = true
	}
	same(t, "the number of row ids", len(rows), 1, "one object is one row, however many write it first")
}
