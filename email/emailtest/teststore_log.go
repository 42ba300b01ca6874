package emailtest

import (
	"github.com/frontdesk-go/frontdesk/email"
)

var logRules = []storeRule{
	{"Entries come newest first and in pages", checkPages},
	{"Entries are found by status, client, template and address", checkFilter},
	{"A status only rises", checkRaise},
	{"Of many statuses at once the highest stays", checkRaiseRace},
}

func checkPages(t *storeTest) {
	var ids []int64
	for n := range 5 {
		ids = append(ids, t.add(n))
	}
	var got []int64
	for f := (email.Filter{Limit: 2}); ; f.Before = got[len(got)-1] {
		page, err := t.store.Entries(t.ctx, f)
		t.need(err, "Entries")
		if len(page) == 0 {
			break
		}
		same(t, "whether the page is small", len(page) <= 2, true, "a page has no more than asked for")
		for _, e := range page {
			got = append(got, e.ID)
		}
	}
	sameText(t, "the entries", got, []int64{ids[4], ids[3], ids[2], ids[1], ids[0]}, "each comes once, the newest first")
}

func checkFilter(t *storeTest) {
	a, b := t.add(1), t.add(2)
	e, m := newMessage(3)
	e.Client, e.Template = "globex", "welcome"
	e.To[0].Address, m.To[0].Address = "100%_of@example.com", "100%_of@example.com"
	c := t.put(e, m)
	t.send(b, "p2")
	for _, q := range []struct {
		f    email.Filter
		want []int64
	}{
		{email.Filter{Statuses: []email.Status{email.StatusSent}}, []int64{b}},
		{email.Filter{Statuses: []email.Status{email.StatusSent, email.StatusQueued}}, []int64{c, b, a}},
		{email.Filter{Client: "acme"}, []int64{b, a}},
		{email.Filter{Template: "welcome"}, []int64{c}},
		{email.Filter{Address: "ada1@example.com"}, []int64{a}},
		{email.Filter{Address: "archive@example.com"}, []int64{c, b, a}},
		{email.Filter{Address: "100%_of@example.com"}, []int64{c}},
		{email.Filter{Address: "%"}, nil},
		{email.Filter{Client: "acme", Address: "100%_of@example.com"}, nil},
	} {
		page, err := t.store.Entries(t.ctx, q.f)
		t.need(err, "Entries")
		var got []int64
		for _, e := range page {
			got = append(got, e.ID)
		}
		sameText(t, "the entries", got, q.want, "a filter selects what it says")
	}
}

func checkRaise(t *storeTest) {
	id := t.add(1)
	t.send(id, "p1")
	for _, step := range []struct{ to, want email.Status }{
		{email.StatusDelivered, email.StatusDelivered}, {email.StatusSent, email.StatusDelivered},
		{email.StatusDelayed, email.StatusDelivered}, {email.StatusBounced, email.StatusBounced},
		{email.StatusDelivered, email.StatusBounced}, {email.StatusFailed, email.StatusBounced},
		{email.StatusComplained, email.StatusComplained}, {email.StatusQueued, email.StatusComplained},
	} {
		t.need(t.store.RaiseStatus(t.ctx, id, step.to), "RaiseStatus")
		same(t, "the status", t.log(id).Entry.Status, step.want, "a status never moves backwards")
	}
}

func checkRaiseRace(t *storeTest) {
	id, all := t.add(1), email.Statuses()
	t.send(id, "p1")
	for _, err := range contend(func(i int) error { return t.store.RaiseStatus(t.ctx, id, all[i%len(all)]) }) {
		t.need(err, "RaiseStatus beside others")
	}
	same(t, "the status", t.log(id).Entry.Status, all[len(all)-1], "the highest stays")
}
