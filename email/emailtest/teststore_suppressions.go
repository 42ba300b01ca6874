package emailtest

import (
	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var suppressionRules = []storeRule{
	{"An address is on the list once, as it came first", checkSuppress},
	{"An address comes off the list, once", checkUnsuppress},
	{"The list is alphabetical, comes in pages, and is asked for addresses", checkSuppressions},
}

func (t *storeTest) suppressions(f email.SuppressionFilter) []email.Suppression {
	t.Helper()
	all, err := t.store.Suppressions(t.ctx, f)
	t.need(err, "Suppressions")
	return all
}

func checkSuppress(t *storeTest) {
	first := email.Suppression{Address: "ada@example.com", Reason: email.ReasonBounce, Since: india, Message: 7, Detail: "550 gone"}
	for i, want := range []bool{true, false} {
		s := first
		if i > 0 {
			s.Reason, s.Message = email.ReasonManual, 8
		}
		added, err := t.store.Suppress(t.ctx, s)
		t.need(err, "Suppress")
		same(t, "whether it is new", added, want, "the first stays")
	}
	all := t.suppressions(email.SuppressionFilter{})
	if len(all) != 1 {
		t.Fatalf("%d addresses are on the list, want 1", len(all))
	}
	sameText(t, "the suppression", []any{all[0].Address, all[0].Reason, all[0].Message, all[0].Detail},
		[]any{first.Address, first.Reason, first.Message, first.Detail}, "it says why")
	sameTime(t, "Since", all[0].Since, noon)
}

func checkUnsuppress(t *storeTest) {
	_, err := t.store.Suppress(t.ctx, email.Suppression{Address: "ada@example.com", Reason: email.ReasonManual, Since: noon})
	t.need(err, "Suppress")
	t.need(t.store.Unsuppress(t.ctx, "ada@example.com"), "Unsuppress")
	same(t, "the length of the list", len(t.suppressions(email.SuppressionFilter{})), 0, "it is off the list")
	t.refused(t.store.Unsuppress(t.ctx, "ada@example.com"), frontdesk.NotFound, "it is not on the list")
}

func checkSuppressions(t *storeTest) {
	for _, name := range []string{"c", "a", "d", "b", "_", "z-1"} {
		_, err := t.store.Suppress(t.ctx, email.Suppression{Address: name + "@example.com", Reason: email.ReasonManual, Since: noon})
		t.need(err, "Suppress")
	}
	names := func(f email.SuppressionFilter) string {
		var all string
		for _, s := range t.suppressions(f) {
			all += s.Address[:1]
		}
		return all
	}
	same(t, "the list", names(email.SuppressionFilter{}), "_abcdz", "it is in the order of bytes")
	same(t, "the first page", names(email.SuppressionFilter{Limit: 2}), "_a", "a page has no more than asked for")
	same(t, "the next page", names(email.SuppressionFilter{Limit: 2, After: "a@example.com"}), "bc", "it goes on behind the address")
	same(t, "those asked for", names(email.SuppressionFilter{Addresses: []string{"d@example.com", "a@example.com", "x@example.com"}}), "ad", "others are left out")
}
