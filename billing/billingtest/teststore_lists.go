package billingtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var mirrorListRules = []storeRule{
	{"Objects come newest first by their creation, not by when they were put", checkObjectOrder},
	{"An object whose creation is unknown comes last", checkUnbornLast},
	{"Objects are filtered by customer and state, which both must match", checkObjectFilter},
	{"A client's objects are found through the links of the account", checkObjectClient},
	{"Pages show every object once, though many were created at once", checkObjectPaging},
	{"The last page has no cursor, also when it is full", checkLastPage},
	{"Objects that appear while somebody pages are no disturbance", checkPagingWhileWriting},
	{"A list of objects is 50 long by default and 500 at most", checkObjectLimit},
	{"A cursor that no list returned is Invalid and names the field", checkBadCursor},
}

// list shows all pages of what the filter selects, by provider id.
func (t *storeTest) list(f billing.ObjectFilter) []string {
	t.Helper()
	f.Kind = billing.KindSubscription
	var ids []string
	for {
		page, err := t.store.Objects(t.ctx, f)
		t.need(err, "Objects")
		ids = append(ids, idsOf(page)...)
		if f.Cursor = page.Next; f.Cursor == "" {
			return ids
		}
		if len(ids) > 1000 || len(page.Objects) == 0 {
			t.Fatalf("paging does not come to an end: after %d objects there is a page of %d and another cursor", len(ids), len(page.Objects))
		}
	}
}

func idsOf(page billing.Page) []string {
	var ids []string
	for _, o := range page.Objects {
		ids = append(ids, o.Key().ID)
	}
	return ids
}

func checkObjectOrder(t *storeTest) {
	t.put(newSubscription(2), newSubscription(3), newSubscription(1))
	t.put(newSubscription(2))
	sameText(t, "the order", t.list(billing.ObjectFilter{}), []string{"sub_3", "sub_2", "sub_1"}, "the object created last comes first")
	four, five := newSubscription(4), newSubscription(5)
	four.Created, five.Created = noon.Add(2*time.Second+2*time.Microsecond), noon.Add(2*time.Second+time.Microsecond)
	t.put(four, five)
	sameText(t, "the order", t.list(billing.ObjectFilter{}), []string{"sub_3", "sub_4", "sub_5", "sub_2", "sub_1"}, "microseconds count")
}

func checkUnbornLast(t *storeTest) {
	unborn, old := newSubscription(1), newSubscription(2)
	unborn.Created, old.Created = time.Time{}, time.Date(1969, 7, 20, 20, 17, 40, 0, time.UTC)
	t.put(unborn, old, newSubscription(3), newSubscription(4))
	sameText(t, "the order", t.list(billing.ObjectFilter{Limit: 1}), []string{"sub_4", "sub_3", "sub_2", "sub_1"}, "the zero time is before all others")
}

func checkObjectFilter(t *storeTest) {
	for n, status := range []billing.SubscriptionStatus{"active", "canceled", "active", "past_due"} {
		sub := newSubscription(n)
		sub.Status, sub.Customer = status, []string{"cus_1", "cus_2"}[n%2]
		t.put(sub)
	}
	for _, c := range []struct {
		filter billing.ObjectFilter
		want   string
	}{
		{billing.ObjectFilter{}, "[sub_3 sub_2 sub_1 sub_0]"},
		{billing.ObjectFilter{Customer: "cus_2"}, "[sub_3 sub_1]"},
		{billing.ObjectFilter{States: []string{"active"}}, "[sub_2 sub_0]"},
		{billing.ObjectFilter{States: []string{"canceled", "past_due", "active"}, Limit: 1}, "[sub_3 sub_2 sub_1 sub_0]"},
		{billing.ObjectFilter{Customer: "cus_2", States: []string{"active"}}, "[]"},
		{billing.ObjectFilter{Customer: "cus_2", States: []string{"canceled"}}, "[sub_1]"},
		{billing.ObjectFilter{Customer: "CUS_2"}, "[]"},
		{billing.ObjectFilter{Account: "acct_1"}, "[]"},
	} {
		if got := fmt.Sprint(t.list(c.filter)); got != c.want {
			t.Errorf("%+v lists %s, want %s: all of the filter must match, exactly", c.filter, got, c.want)
		}
	}
}

func checkObjectClient(t *storeTest) {
	for n, customer := range []string{"cus_1", "cus_2", "cus_3", "cus_1", ""} {
		sub := newSubscription(n)
		sub.Customer = customer
		if n == 3 {
			sub.Account = "acct_1"
		}
		t.put(sub)
	}
	t.link("", "cus_1", "acme")
	t.link("", "cus_2", "acme")
	t.link("", "cus_3", "globex")
	t.link("acct_1", "cus_1", "globex")
	for _, c := range []struct {
		filter billing.ObjectFilter
		want   string
	}{
		{billing.ObjectFilter{Client: "acme"}, "[sub_1 sub_0]"},
		{billing.ObjectFilter{Client: "acme", Limit: 1}, "[sub_1 sub_0]"},
		{billing.ObjectFilter{Client: "acme", Customer: "cus_1"}, "[sub_0]"},
		{billing.ObjectFilter{Client: "acme", Customer: "cus_3"}, "[]"},
		{billing.ObjectFilter{Client: "globex"}, "[sub_2]"},
		{billing.ObjectFilter{Client: "globex", Account: "acct_1"}, "[sub_3]"},
		{billing.ObjectFilter{Client: "acme", Account: "acct_1"}, "[]"},
		{billing.ObjectFilter{Client: "nobody"}, "[]"},
		{billing.ObjectFilter{}, "[sub_4 sub_2 sub_1 sub_0]"},
	} {
		if got := fmt.Sprint(t.list(c.filter)); got != c.want {
			t.Errorf("%+v lists %s, want %s: a client sees the objects of the customers tied to it on the account", c.filter, got, c.want)
		}
	}
}

func checkObjectPaging(t *storeTest) {
	var want []string
	for n := range 23 {
		sub := newSubscription(n)
		if n%8 != 0 {
			sub.Created = noon
		}
		t.put(sub)
		want = append(want, sub.ID)
	}
	whole := t.list(billing.ObjectFilter{})
	for _, limit := range []int{1, 4, 7, 22} {
		sameText(t, fmt.Sprintf("the list in pages of %d", limit), t.list(billing.ObjectFilter{Limit: limit}), whole, "pages show what one long list shows")
	}
	slices.Sort(whole)
	slices.Sort(want)
	sameText(t, "the list", whole, want, "objects created at the same time are neither lost nor repeated")
}

func checkLastPage(t *storeTest) {
	t.put(newSubscription(1), newSubscription(2), newSubscription(3), newSubscription(4))
	f := billing.ObjectFilter{Kind: billing.KindSubscription, Limit: 2}
	first, err := t.store.Objects(t.ctx, f)
	t.need(err, "Objects")
	if first.Next == "" {
		t.Fatal("the first of two pages has no cursor: two objects are still to come")
	}
	f.Cursor = first.Next
	last, err := t.store.Objects(t.ctx, f)
	t.need(err, "Objects of the second page")
	same(t, "the number of objects", len(last.Objects), 2, "the second page has the rest")
	same(t, "the cursor of the last page", last.Next, "", "nothing is to come")
	none, err := t.store.Objects(t.ctx, billing.ObjectFilter{Kind: billing.KindRefund})
	t.need(err, "Objects of which there are none")
	same(t, "the cursor of an empty list", none.Next, "", "nothing is to come")
}

func checkPagingWhileWriting(t *storeTest) {
	for n := range 6 {
		t.put(newSubscription(n))
	}
	f := billing.ObjectFilter{Kind: billing.KindSubscription, Limit: 3}
	page, err := t.store.Objects(t.ctx, f)
	t.need(err, "Objects")
	seen := idsOf(page)
	same(t, "how many objects the first page shows", len(seen), 3, "there are more than that")
	replaced := newSubscription(4)
	replaced.Status = billing.SubscriptionStatusCanceled
	t.put(newSubscription(7), newSubscription(8), replaced)
	f.Cursor = page.Next
	page, err = t.store.Objects(t.ctx, f)
	t.need(err, "Objects of the second page")
	sameText(t, "what was seen", append(seen, idsOf(page)...), []string{"sub_5", "sub_4", "sub_3", "sub_2", "sub_1", "sub_0"}, "a cursor is a place in the order, not a count")
}

func checkObjectLimit(t *storeTest) {
	t.need(t.store.InTx(t.ctx, func(tx billing.Store) error {
		for n := range 510 {
			if err := tx.PutObject(t.ctx, newSubscription(n)); err != nil {
				return err
			}
		}
		return nil
	}), "InTx")
	for limit, want := range map[int]int{0: 50, 3: 3, 500: 500, 1000: 500} {
		page, err := t.store.Objects(t.ctx, billing.ObjectFilter{Kind: billing.KindSubscription, Limit: limit})
		t.need(err, "Objects")
		if len(page.Objects) != want || page.Next == "" {
			t.Errorf("with Limit %d there are %d objects and the cursor %q, want %d and a cursor: the default is 50, the most is 500", limit, len(page.Objects), page.Next, want)
		}
	}
}

func checkBadCursor(t *storeTest) {
	t.put(newSubscription(1))
	for _, cursor := range []string{"nonsense", "AAAA", "%", "e30", "bnVsbA", "' OR 1=1 --", "😀"} {
		_, err := t.store.Objects(t.ctx, billing.ObjectFilter{Kind: billing.KindSubscription, Cursor: cursor})
		t.refused(err, frontdesk.Invalid, fmt.Sprintf("%q is no cursor", cursor))
		if fields := frontdesk.Fields(err); len(fields) != 1 || fields[0].Name != "cursor" {
			t.Errorf("the fields are %v, want cursor: bad input names its field", fields)
		}
	}
}
