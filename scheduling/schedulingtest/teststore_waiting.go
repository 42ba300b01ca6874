package schedulingtest

import (
	"errors"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var waitingRules = []storeRule{
	{"Who waits comes back as they were added", checkWaiting},
	{"A change of the waitlist stores all that is left of the entry", checkWaitingChange},
	{"Who waits is listed by rising id, and a filter selects", checkWaitingFilter},
	{"Offers that are over and waits that are in vain have lapsed", checkWaitingLapsed},
}

func newWaiting(n int) scheduling.Waiting {
	return scheduling.Waiting{
		ID: fmt.Sprintf("w%04d", n), EventType: "e1", Expert: "nina", Client: "acme",
		Guest:    scheduling.Guest{Name: "Ada Ł", Email: "ada@example.com", Phone: "+49301", Zone: "Europe/Berlin", Locale: "de"},
		Duration: time.Hour, Seats: 2, In: scheduling.Span{Start: ten, End: ten.Add(24 * time.Hour)},
		State: scheduling.WaitingOpen, Booking: "b1", ExpiresAt: noon.Add(time.Hour), Declined: []string{"m1", "m2"}, CreatedAt: noon, UpdatedAt: noon,
	}
}

func (t *storeTest) wait(w scheduling.Waiting) {
	t.Helper()
	t.need(t.store.AddWaiting(t.ctx, w), "AddWaiting")
}

func checkWaiting(t *storeTest) {
	in := newWaiting(1)
	in.In.Start, in.ExpiresAt, in.CreatedAt = in.In.Start.In(india.Location()), in.ExpiresAt.In(india.Location()), india
	t.wait(in)
	got, err := t.store.Waiting(t.ctx, "w0001")
	t.need(err, "Waiting")
	prints(t, "what is stored", *got, newWaiting(1), "all of it is kept")
	t.refused(t.store.AddWaiting(t.ctx, newWaiting(1)), frontdesk.AlreadyExists, "it waits already")
	_, err = t.store.Waiting(t.ctx, "none")
	t.refused(err, frontdesk.NotFound, "there is none")
}

func checkWaitingChange(t *storeTest) {
	t.wait(newWaiting(1))
	want := newWaiting(1)
	want.State, want.Booking, want.Declined, want.Expert = scheduling.WaitingOffered, "b7", []string{"m9"}, "omar"
	got, err := t.store.ChangeWaiting(t.ctx, "w0001", func(w *scheduling.Waiting) error {
		prints(t, "what is given", *w, newWaiting(1), "it is as it is stored")
		w.State, w.Booking, w.Declined, w.Expert = scheduling.WaitingOffered, "b7", []string{"m9"}, "omar"
		w.ID, w.EventType, w.CreatedAt = "x", "x", time.Time{}
		return nil
	})
	t.need(err, "ChangeWaiting")
	prints(t, "what is returned", *got, want, "the change is stored, what a change keeps apart")
	_, err = t.store.ChangeWaiting(t.ctx, "w0001", func(w *scheduling.Waiting) error { w.State = scheduling.WaitingLeft; return errOnPurpose })
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("ChangeWaiting returned %v, want the error of the function", err)
	}
	stored, err := t.store.Waiting(t.ctx, "w0001")
	t.need(err, "Waiting")
	prints(t, "what is stored", *stored, want, "what failed is not")
	_, err = t.store.ChangeWaiting(t.ctx, "none", func(*scheduling.Waiting) error { return nil })
	t.refused(err, frontdesk.NotFound, "there is none")
}

func (t *storeTest) waiting(f scheduling.WaitingFilter) string {
	t.Helper()
	all, err := t.store.WaitingFor(t.ctx, f)
	t.need(err, "WaitingFor")
	ids := ""
	for _, w := range all {
		ids += w.ID + " "
	}
	return ids
}

func checkWaitingFilter(t *storeTest) {
	for _, n := range []int{3, 1, 2, 0} {
		w := newWaiting(n)
		w.EventType, w.Client = []string{"e1", "e1", "e2", "e1"}[n], []string{"acme", "", "acme", "globex"}[n]
		w.State = []scheduling.WaitingState{scheduling.WaitingOpen, scheduling.WaitingOffered, scheduling.WaitingOpen, scheduling.WaitingTaken}[n]
		w.In.Start = ten.Add(time.Duration(n) * time.Hour)
		t.wait(w)
	}
	open := []scheduling.WaitingState{scheduling.WaitingOpen}
	for _, c := range []struct {
		filter scheduling.WaitingFilter
		want   string
	}{
		{scheduling.WaitingFilter{}, "w0000 w0001 w0002 w0003 "},
		{scheduling.WaitingFilter{Limit: 2}, "w0000 w0001 "},
		{scheduling.WaitingFilter{EventType: "e1"}, "w0000 w0001 w0003 "},
		{scheduling.WaitingFilter{Client: "acme"}, "w0000 w0002 "},
		{scheduling.WaitingFilter{States: open}, "w0000 w0002 "},
		{scheduling.WaitingFilter{EventType: "e1", States: append(open, scheduling.WaitingTaken)}, "w0000 w0003 "},
		{scheduling.WaitingFilter{Start: ten.Add(time.Hour)}, "w0000 w0001 "},
		{scheduling.WaitingFilter{Start: ten.Add(-time.Second)}, ""},
		{scheduling.WaitingFilter{Start: ten.Add(24 * time.Hour)}, ""},
		{scheduling.WaitingFilter{Start: ten.Add(24*time.Hour - time.Second), EventType: "e2", States: open}, "w0002 "},
	} {
		equals(t, fmt.Sprintf("the list of %+v", c.filter), t.waiting(c.filter), c.want, "the filter selects")
	}
}

func checkWaitingLapsed(t *storeTest) {
	for n, state := range []scheduling.WaitingState{scheduling.WaitingOffered, scheduling.WaitingOpen, scheduling.WaitingTaken, scheduling.WaitingLeft, scheduling.WaitingOver} {
		w := newWaiting(n)
		w.State = state
		t.wait(w)
	}
	over := ten.Add(24 * time.Hour)
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{noon.Add(time.Hour - time.Microsecond), ""}, {noon.Add(time.Hour), "w0000 "}, {over, "w0000 "}, {over.Add(time.Microsecond), "w0000 w0001 "},
	} {
		equals(t, fmt.Sprintf("what has lapsed at %v", c.at), t.waiting(scheduling.WaitingFilter{Lapsed: c.at}), c.want, "offers that are over, and waits whose time has passed")
	}
	equals(t, "what has lapsed", t.waiting(scheduling.WaitingFilter{Lapsed: over.Add(time.Hour), EventType: "e1", States: []scheduling.WaitingState{scheduling.WaitingOpen}}), "w0001 ",
		"a filter selects among them")
}

var packRules = []storeRule{
	{"A pack comes back as it was added", checkPack},
	{"A pack with a key of the client that is known is the one that is there", checkPackKey},
	{"A change of a pack stores all that is left of it", checkPackChange},
	{"Packs are listed by rising id, of the client only", checkPacks},
}

func newPack(n int) scheduling.Pack {
	eur := frontdesk.Money{Amount: 20000, Currency: "eur"}
	return scheduling.Pack{
		ID: fmt.Sprintf("p%04d", n), Client: "acme", Expert: "nina", EventTypes: []string{"e1", "e2"}, Total: 5, Used: 4, Price: eur,
		Payment:   scheduling.Payment{State: scheduling.PaymentPaid, ID: "pi_1", Paid: eur, PaidAt: noon},
		ExpiresAt: noon.Add(time.Hour), CreatedAt: noon, UpdatedAt: noon,
	}
}

func (t *storeTest) pack(p scheduling.Pack) {
	t.Helper()
	_, added, err := t.store.AddPack(t.ctx, p)
	t.need(err, "AddPack")
	equals(t, "whether it was added", added, true, "it is new")
}

func checkPack(t *storeTest) {
	in := newPack(1)
	in.ExpiresAt, in.CreatedAt, in.Payment.PaidAt = in.ExpiresAt.In(india.Location()), india, india
	t.pack(in)
	got, err := t.store.Pack(t.ctx, "p0001")
	t.need(err, "Pack")
	prints(t, "what is stored", *got, newPack(1), "all of it is kept")
	_, err = t.store.Pack(t.ctx, "none")
	t.refused(err, frontdesk.NotFound, "there is none")
	_, _, err = t.store.AddPack(t.ctx, newPack(1))
	t.refused(err, frontdesk.AlreadyExists, "there is one")
}

func checkPackKey(t *storeTest) {
	p := newPack(1)
	p.Key = "key"
	t.pack(p)
	again := newPack(2)
	again.Key = "key"
	there, added, err := t.store.AddPack(t.ctx, again)
	t.need(err, "AddPack with a known key")
	equals(t, "whether it was added", added, false, "the key is known")
	prints(t, "what is returned", *there, p, "it is the pack of the key")
	again.Client = "globex"
	t.pack(again)
	t.pack(newPack(3))
	t.pack(newPack(4))
}

func checkPackChange(t *storeTest) {
	t.pack(newPack(1))
	want := newPack(1)
	want.Used, want.Payment.State = 5, scheduling.PaymentRefunded
	got, err := t.store.ChangePack(t.ctx, "p0001", func(p *scheduling.Pack) error {
		p.Used, p.Payment.State = 5, scheduling.PaymentRefunded
		p.ID, p.Client, p.CreatedAt = "x", "x", time.Time{}
		return nil
	})
	t.need(err, "ChangePack")
	prints(t, "what is returned", *got, want, "the change is stored, what a change keeps apart")
	_, err = t.store.ChangePack(t.ctx, "p0001", func(p *scheduling.Pack) error { p.Used = 0; return errOnPurpose })
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("ChangePack returned %v, want the error of the function", err)
	}
	stored, err := t.store.Pack(t.ctx, "p0001")
	t.need(err, "Pack")
	prints(t, "what is stored", *stored, want, "what failed is not")
	_, err = t.store.ChangePack(t.ctx, "none", func(*scheduling.Pack) error { return nil })
	t.refused(err, frontdesk.NotFound, "there is none")
}

func checkPacks(t *storeTest) {
	other := newPack(2)
	other.Client = "globex"
	for _, p := range []scheduling.Pack{newPack(3), newPack(1), other} {
		t.pack(p)
	}
	all, err := t.store.PacksOf(t.ctx, "acme")
	t.need(err, "PacksOf")
	prints(t, "the packs", all, []scheduling.Pack{newPack(1), newPack(3)}, "by rising id")
}
