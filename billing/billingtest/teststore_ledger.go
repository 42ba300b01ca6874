package billingtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var ledgerRules = []storeRule{
	{"An entry comes back as it was added", checkEntryRoundTrip},
	{"Adding no entries changes nothing", checkNoEntries},
	{"An entry whose sides do not agree is Invalid", checkUnbalancedEntry},
	{"An entry that lacks something is Invalid and names the field", checkIncompleteEntry},
	{"One bad entry keeps out all that are added with it", checkBadEntryAmongOthers},
	{"An entry that is there already is Aborted, and none of the call is written", checkKnownEntry},
	{"A call that holds the same entry twice is Aborted", checkEntryTwice},
	{"A refused entry leaves a transaction that goes on as it was", checkKnownEntryInTx},
	{"Account, kind, object and part together tell entries apart", checkEntryIdentity},
	{"One call may add many entries, in several accounts and currencies", checkManyEntries},
	{"The entries of an object come by currency and part", checkEntriesOf},
	{"Ids ascend in the order of adding, and lists show the newest first", checkEntryOrder},
	{"All of an entry filter must match", checkEntryFilter},
	{"Pages of entries show every entry once", checkEntryPaging},
	{"A list of entries is 50 long by default and 500 at most", checkEntryLimit},
	{"Accounts see only their own entries, and the empty account none", checkEntryAccounts},
	{"Unusual texts in entries are kept and compared exactly", checkEntryText},
	{"Of many who add the same entry at once one does", checkEntryRace},
}

// newEntry is the n-th entry of acct_1: a charge of 100, n seconds after noon, that is
// available a day after noon.
func newEntry(n int) billing.Entry {
	at := noon.Add(time.Duration(n) * time.Second)
	return billing.Entry{
		Account: "acct_1", Kind: billing.EntryCharge, Object: fmt.Sprintf("ch_%d", n), Part: 1, Currency: "usd",
		Gross: 100, Balance: 100, AvailableOn: noon.AddDate(0, 0, 1), Created: at, RecordedAt: at.Add(time.Millisecond),
	}
}

func (t *storeTest) addEntries(entries ...billing.Entry) {
	t.Helper()
	t.need(t.store.AddEntries(t.ctx, entries...), "AddEntries")
}

func (t *storeTest) entries(f billing.EntryFilter) []billing.Entry {
	t.Helper()
	entries, err := t.store.Entries(t.ctx, f)
	t.need(err, "Entries")
	return entries
}

func (t *storeTest) entriesOf(account string, kind billing.EntryKind, object string) []billing.Entry {
	t.Helper()
	entries, err := t.store.EntriesOf(t.ctx, account, kind, object)
	t.need(err, "EntriesOf")
	return entries
}

// ledger is all that can be seen of acct_1's ledger, for comparison.
func (t *storeTest) ledger() string {
	t.Helper()
	return fmt.Sprint(t.entries(billing.EntryFilter{Account: "acct_1", Limit: 500}), t.balances("acct_1", time.Time{}))
}

// namesField checks that the error complains of the one field.
func namesField(t *storeTest, err error, name string) {
	t.Helper()
	if fields := frontdesk.Fields(err); len(fields) != 1 || fields[0].Name != name {
		t.Errorf("the fields are %v, want %s: bad input names its field", fields, name)
	}
}

func checkEntryRoundTrip(t *storeTest) {
	want := billing.Entry{
		ID: 77, Account: "acct_1", Kind: billing.EntryDispute, Object: "dp_1", Part: 3, Currency: "jpy",
		Gross: -(1<<53 + 1), Fee: 1<<53 + 2, Balance: -1 << 54, InTransit: -5, PaidOut: 7, Held: -5, Exact: true,
		AvailableOn: india.Add(time.Microsecond), Created: india.Add(2 * time.Microsecond), RecordedAt: india.Add(3 * time.Microsecond),
	}
	t.addEntries(want)
	for _, found := range [][]billing.Entry{t.entriesOf("acct_1", want.Kind, "dp_1"), t.entries(billing.EntryFilter{Account: "acct_1"})} {
		if len(found) != 1 {
			t.Fatalf("there are %d entries, want the one that was added", len(found))
		}
		got := found[0]
		sameTime(t, "AvailableOn", got.AvailableOn, want.AvailableOn)
		sameTime(t, "Created", got.Created, want.Created)
		sameTime(t, "RecordedAt", got.RecordedAt, want.RecordedAt)
		if got.ID <= 0 || got.ID == 77 {
			t.Errorf("the id is %d: the store gives it, above zero, and not the caller", got.ID)
		}
		want.ID, got.AvailableOn, got.Created, got.RecordedAt = got.ID, want.AvailableOn, want.Created, want.RecordedAt
		sameText(t, "the entry", got, want, "an entry is kept with all of its fields")
	}
	bare := newEntry(1)
	bare.AvailableOn, bare.Created, bare.RecordedAt = time.Time{}, time.Time{}, time.Time{}
	t.addEntries(bare)
	got := t.entries(billing.EntryFilter{Account: "acct_1", Limit: 1})[0]
	sameTime(t, "a zero AvailableOn", got.AvailableOn, time.Time{})
	sameTime(t, "a zero Created", got.Created, time.Time{})
	sameTime(t, "a zero RecordedAt", got.RecordedAt, time.Time{})
}

func checkNoEntries(t *storeTest) {
	t.addEntries(newEntry(1))
	before := t.ledger()
	t.addEntries()
	same(t, "the ledger", t.ledger(), before, "there was nothing to add")
}

func checkUnbalancedEntry(t *storeTest) {
	for _, change := range []func(*billing.Entry){
		func(e *billing.Entry) { e.Gross++ },
		func(e *billing.Entry) { e.Fee++ },
		func(e *billing.Entry) { e.Balance-- },
		func(e *billing.Entry) { e.InTransit++ },
		func(e *billing.Entry) { e.PaidOut-- },
		func(e *billing.Entry) { e.Held++ },
	} {
		e := newEntry(1)
		change(&e)
		t.refused(t.store.AddEntries(t.ctx, e), frontdesk.Invalid, fmt.Sprintf("the sides of %+v do not agree", e))
	}
	same(t, "the number of entries", len(t.entries(billing.EntryFilter{Account: "acct_1"})), 0, "what is refused is not written")
	same(t, "the number of balances", len(t.balances("acct_1", later)), 0, "what is refused is not written")
}

func checkIncompleteEntry(t *storeTest) {
	for field, remove := range map[string]func(*billing.Entry){
		"account":  func(e *billing.Entry) { e.Account = "" },
		"kind":     func(e *billing.Entry) { e.Kind = "" },
		"object":   func(e *billing.Entry) { e.Object = "" },
		"part":     func(e *billing.Entry) { e.Part = 0 },
		"currency": func(e *billing.Entry) { e.Currency = "" },
	} {
		e := newEntry(1)
		remove(&e)
		err := t.store.AddEntries(t.ctx, e)
		t.refused(err, frontdesk.Invalid, "the entry lacks its "+field)
		namesField(t, err, field)
	}
	same(t, "the number of entries", len(t.entries(billing.EntryFilter{Account: "acct_1"})), 0, "what is refused is not written")
}

func checkBadEntryAmongOthers(t *storeTest) {
	unbalanced, incomplete := newEntry(2), newEntry(2)
	unbalanced.Gross, incomplete.Object = 99, ""
	for _, bad := range []billing.Entry{unbalanced, incomplete} {
		t.refused(t.store.AddEntries(t.ctx, newEntry(1), bad, newEntry(3)), frontdesk.Invalid, "one of the entries is bad")
	}
	same(t, "the number of entries", len(t.entries(billing.EntryFilter{Account: "acct_1"})), 0, "entries are added together or not at all")
	same(t, "the number of balances", len(t.balances("acct_1", later)), 0, "entries are added together or not at all")
}

func checkKnownEntry(t *storeTest) {
	known, other := newEntry(1), newEntry(2)
	t.addEntries(known, other)
	before := t.ledger()
	changed, elsewhere := known, known
	changed.Gross, changed.Balance, changed.Currency = 5, 5, "eur"
	elsewhere.Currency = "eur"
	elsewhere.Object = "ch_9"
	for _, entries := range [][]billing.Entry{
		{known}, {changed}, {newEntry(3), known}, {known, newEntry(3)}, {elsewhere, newEntry(3), changed, newEntry(4)},
	} {
		t.refused(t.store.AddEntries(t.ctx, entries...), frontdesk.Aborted, "somebody else was first")
		same(t, "the ledger", t.ledger(), before, "an entry is added once, and what comes with one that is there is not added either")
	}
	t.addEntries(newEntry(3), elsewhere)
}

func checkEntryTwice(t *storeTest) {
	again := newEntry(1)
	again.Currency = "eur"
	for _, entries := range [][]billing.Entry{{newEntry(1), newEntry(1)}, {newEntry(1), newEntry(2), again}} {
		t.refused(t.store.AddEntries(t.ctx, entries...), frontdesk.Aborted, "two of the entries are the same part of one object")
	}
	same(t, "the number of entries", len(t.entries(billing.EntryFilter{Account: "acct_1"})), 0, "entries are added together or not at all")
	same(t, "the number of balances", len(t.balances("acct_1", later)), 0, "entries are added together or not at all")
}

func checkKnownEntryInTx(t *storeTest) {
	t.addEntries(newEntry(1))
	t.need(t.store.InTx(t.ctx, func(tx billing.Store) error {
		euros := newEntry(2)
		euros.Currency = "eur"
		t.refused(tx.AddEntries(t.ctx, euros, newEntry(3), newEntry(1)), frontdesk.Aborted, "the last of them is there already")
		return tx.AddEntries(t.ctx, newEntry(4))
	}), "InTx that goes on after a refused entry")
	same(t, "the number of entries", len(t.entries(billing.EntryFilter{Account: "acct_1"})), 2, "of the refused call nothing is left")
	t.balanced("acct_1", later, billing.LedgerBalance{Currency: "usd", Gross: 200, Pending: 200})
}

func checkEntryIdentity(t *storeTest) {
	entries := make([]billing.Entry, 6)
	for i := range entries {
		entries[i] = newEntry(1)
	}
	entries[1].Account = "acct_2"
	entries[2].Kind = billing.EntryFee
	entries[3].Object = "CH_1"
	entries[4].Part = 2
	entries[5].Part = 1 << 40
	t.addEntries(entries...)
	for _, e := range entries {
		t.refused(t.store.AddEntries(t.ctx, e), frontdesk.Aborted, "this one was added")
	}
	same(t, "the number of entries", len(t.entries(billing.EntryFilter{Account: "acct_1"})), 5, "each is an entry of its own")
}

func checkManyEntries(t *storeTest) {
	var entries []billing.Entry
	for n := range 201 {
		e := newEntry(n)
		e.Account, e.Currency = []string{"acct_1", "acct_2", "acct_3"}[n%3], []frontdesk.Currency{"usd", "eur"}[n%2]
		entries = append(entries, e)
	}
	t.addEntries(entries...)
	for _, account := range []string{"acct_1", "acct_2", "acct_3"} {
		same(t, "the number of entries", len(t.entries(billing.EntryFilter{Account: account, Limit: 500})), 67, "all of them are added")
		same(t, "what was earned", t.balances(account, later)[0].Gross+t.balances(account, later)[1].Gross, 6700, "all of them count")
		t.agree(account)
	}
	last := newEntry(1000)
	before := t.ledger()
	more := append(slices.Clone(entries[:0]), last)
	for n := range 150 {
		more = append(more, newEntry(2000+n))
	}
	t.refused(t.store.AddEntries(t.ctx, append(more, entries[0])...), frontdesk.Aborted, "the last of many is there already")
	same(t, "the ledger", t.ledger(), before, "many are added together or not at all too")
}

func checkEntriesOf(t *storeTest) {
	for _, part := range []struct {
		currency frontdesk.Currency
		part     int
	}{{"usd", 10}, {"eur", 3}, {"usd", 2}, {"eur", 1}} {
		e := newEntry(1)
		e.Currency, e.Part = part.currency, part.part
		t.addEntries(e)
	}
	fee, other := newEntry(1), newEntry(2)
	fee.Kind = billing.EntryFee
	t.addEntries(fee, other)
	var got []string
	for _, e := range t.entriesOf("acct_1", billing.EntryCharge, "ch_1") {
		got = append(got, fmt.Sprint(e.Currency, " ", e.Part))
	}
	sameText(t, "the entries", got, []string{"eur 1", "eur 3", "usd 2", "usd 10"}, "they come by currency, and by part as a number")
	same(t, "the number of entries", len(t.entriesOf("acct_1", billing.EntryCharge, "ch_3")), 0, "an object without entries is no error")
	same(t, "the number of entries", len(t.entriesOf("acct_2", billing.EntryCharge, "ch_1")), 0, "the object is another account's")
	same(t, "the number of entries", len(t.entriesOf("", billing.EntryCharge, "ch_1")), 0, "no entry is the empty account's")
}

func checkEntryOrder(t *storeTest) {
	t.addEntries(newEntry(3), newEntry(1))
	early := newEntry(2)
	early.AvailableOn, early.Created, early.RecordedAt = noon.AddDate(-1, 0, 0), noon.AddDate(-1, 0, 0), noon.AddDate(-1, 0, 0)
	t.addEntries(early)
	var objects []string
	last := int64(1 << 62)
	for _, e := range t.entries(billing.EntryFilter{Account: "acct_1"}) {
		objects = append(objects, e.Object)
		if e.ID >= last {
			t.Errorf("entry %d comes after entry %d, want descending ids: the newest comes first", e.ID, last)
		}
		last = e.ID
	}
	sameText(t, "the entries", objects, []string{"ch_2", "ch_1", "ch_3"}, "the entry added last is the newest, whenever it happened")
}

// checkEntryFilter tells its entries apart by their Gross.
func checkEntryFilter(t *storeTest) {
	for i, e := range []struct {
		kind     billing.EntryKind
		object   string
		currency frontdesk.Currency
		hours    time.Duration
	}{
		{billing.EntryCharge, "ch_1", "usd", 1},
		{billing.EntryFee, "ch_1", "usd", 1},
		{billing.EntryCharge, "ch_2", "eur", 2},
		{billing.EntryRefund, "re_1", "eur", 3},
		{billing.EntryPayout, "po_1", "usd", 0},
	} {
		added := newEntry(i)
		added.Kind, added.Object, added.Currency, added.AvailableOn = e.kind, e.object, e.currency, noon.Add(e.hours*time.Hour)
		added.Gross, added.Balance = int64(i+1), int64(i+1)
		t.addEntries(added)
	}
	third := t.entriesOf("acct_1", billing.EntryCharge, "ch_2")[0].ID
	hour, two := noon.Add(time.Hour), india.Add(2*time.Hour)
	for _, c := range []struct {
		filter billing.EntryFilter
		want   string
	}{
		{billing.EntryFilter{}, "[5 4 3 2 1]"},
		{billing.EntryFilter{Currency: "usd"}, "[5 2 1]"},
		{billing.EntryFilter{Currency: "USD"}, "[]"},
		{billing.EntryFilter{Kinds: []billing.EntryKind{billing.EntryCharge}}, "[3 1]"},
		{billing.EntryFilter{Kinds: []billing.EntryKind{billing.EntryFee, billing.EntryPayout}}, "[5 2]"},
		{billing.EntryFilter{Kinds: []billing.EntryKind{billing.EntryAdjustment}}, "[]"},
		{billing.EntryFilter{Object: "ch_1"}, "[2 1]"},
		{billing.EntryFilter{Object: "ch_"}, "[]"},
		{billing.EntryFilter{AvailableAfter: hour}, "[4 3]"},
		{billing.EntryFilter{AvailableAfter: hour.Add(-time.Microsecond)}, "[4 3 2 1]"},
		{billing.EntryFilter{AvailableUntil: hour}, "[5 2 1]"},
		{billing.EntryFilter{AvailableUntil: hour.Add(-time.Microsecond)}, "[5]"},
		{billing.EntryFilter{AvailableAfter: hour, AvailableUntil: two}, "[3]"},
		{billing.EntryFilter{AvailableAfter: two, AvailableUntil: hour}, "[]"},
		{billing.EntryFilter{Before: third}, "[2 1]"},
		{billing.EntryFilter{Limit: 2}, "[5 4]"},
		{billing.EntryFilter{Before: third, Limit: 1}, "[2]"},
		{billing.EntryFilter{Currency: "usd", Object: "ch_1", Kinds: []billing.EntryKind{billing.EntryFee}}, "[2]"},
		{billing.EntryFilter{Currency: "usd", AvailableUntil: hour, Kinds: []billing.EntryKind{billing.EntryCharge, billing.EntryPayout}}, "[5 1]"},
		{billing.EntryFilter{Currency: "usd", AvailableUntil: hour, Limit: 1}, "[5]"},
		{billing.EntryFilter{Currency: "eur", AvailableAfter: hour, Before: third + 1}, "[3]"},
		{billing.EntryFilter{Currency: "eur", Object: "ch_1"}, "[]"},
	} {
		c.filter.Account = "acct_1"
		var got []int64
		for _, e := range t.entries(c.filter) {
			got = append(got, e.Gross)
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%+v lists %v, want %s: all of the filter must match, times after the one and not after the other", c.filter, got, c.want)
		}
	}
}

func checkEntryPaging(t *storeTest) {
	var want []string
	for n := range 23 {
		e := newEntry(n)
		t.addEntries(e)
		other := newEntry(n)
		other.Account = "acct_2"
		t.addEntries(other)
		want = append(want, e.Object)
	}
	slices.Reverse(want)
	for _, limit := range []int{1, 7, 22, 23} {
		var seen []string
		f := billing.EntryFilter{Account: "acct_1", Limit: limit}
		for page := t.entries(f); len(page) > 0 && len(seen) <= len(want); page = t.entries(f) {
			for _, e := range page {
				seen = append(seen, e.Object)
				f.Before = e.ID
			}
		}
		sameText(t, fmt.Sprintf("the list in pages of %d", limit), seen, want, "Before continues a list where it ended")
	}
}

func checkEntryLimit(t *storeTest) {
	var entries []billing.Entry
	for n := range 510 {
		entries = append(entries, newEntry(n))
	}
	t.addEntries(entries...)
	for limit, want := range map[int]int{0: 50, 3: 3, 500: 500, 1000: 500} {
		got := len(t.entries(billing.EntryFilter{Account: "acct_1", Limit: limit}))
		if got != want {
			t.Errorf("with Limit %d there are %d entries, want %d: the default is 50, the most is 500", limit, got, want)
		}
	}
}

func checkEntryAccounts(t *storeTest) {
	for i, account := range []string{"acct_1", "acct_2", "ACCT_1"} {
		e := newEntry(1)
		e.Account, e.Gross, e.Balance = account, int64(i+1), int64(i+1)
		t.addEntries(e)
	}
	for i, account := range []string{"acct_1", "acct_2", "ACCT_1"} {
		for _, found := range [][]billing.Entry{t.entries(billing.EntryFilter{Account: account}), t.entriesOf(account, billing.EntryCharge, "ch_1")} {
			if len(found) != 1 || found[0].Account != account || found[0].Gross != int64(i+1) {
				t.Errorf("%s has the entries %v, want its own alone", account, found)
			}
		}
		t.balanced(account, later, billing.LedgerBalance{Currency: "usd", Gross: int64(i + 1), Pending: int64(i + 1)})
	}
	same(t, "the number of entries", len(t.entries(billing.EntryFilter{})), 0, "an account must be named, and the empty one has no entries")
	same(t, "the number of balances", len(t.balances("", later)), 0, "the empty account has no balances")
	same(t, "the number of sums", len(t.sums("")), 0, "the empty account has no entries")
	t.need(t.store.MatureBalances(t.ctx, "", noon.AddDate(1, 0, 0)), "MatureBalances of the empty account")
	t.need(t.store.RebuildBalances(t.ctx, ""), "RebuildBalances of the empty account")
	t.balanced("acct_1", later, billing.LedgerBalance{Currency: "usd", Gross: 1, Pending: 1})
}

func checkEntryText(t *storeTest) {
	for i, text := range []string{"Zoë 😀", `' " \ % ?`, "_h_1", "ch_1 ", "$1"} {
		e := newEntry(i)
		e.Account, e.Object, e.Kind = text, text, billing.EntryKind(text)
		t.addEntries(e)
		found := t.entries(billing.EntryFilter{Account: text, Object: text, Kinds: []billing.EntryKind{e.Kind}})
		if len(found) != 1 || found[0].Object != text || found[0].Kind != e.Kind {
			t.Errorf("the entries of %q are %v, want the one that was added", text, found)
		}
	}
	t.addEntries(newEntry(1))
	same(t, "the number of entries", len(t.entriesOf("acct_1", billing.EntryCharge, "_h_1")), 0, "texts are compared exactly, there are no wildcards")
}

func checkEntryRace(t *storeTest) {
	oneWinner(t, contend(func(i int) error {
		beside := newEntry(100 + i)
		beside.Currency = "eur"
		return t.store.AddEntries(t.ctx, beside, newEntry(1))
	}), "an entry is added once")
	t.balanced("acct_1", later,
		billing.LedgerBalance{Currency: "eur", Gross: 100, Pending: 100}, billing.LedgerBalance{Currency: "usd", Gross: 100, Pending: 100})
	same(t, "the number of entries", len(t.entries(billing.EntryFilter{Account: "acct_1"})), 2, "the losers have added nothing")
}
