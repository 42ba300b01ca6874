package billing_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing"
)

func TestVersions(t *testing.T) {
	t.Run("unknown_type: it is stored and ignored", func(t *testing.T) {
		everywhere(t, func(w *world) {
			e := happened(1, "totally.new.thing", object{"id": "new_1", "object": "thing"})
			w.deliver(e)
			require.Equal(w.t, billing.EventIgnored, w.inbox(e.id).State)
			w.tells()
		})
	})
	t.Run("unknown_type: an event of the other mode is stored and never processed", func(t *testing.T) {
		everywhere(t, func(w *world) {
			body := []byte(`{"id":"evt_live","object":"event","type":"invoice.paid","created":1,"livemode":true,"data":{"object":{"id":"in_1","object":"invoice"}}}`)
			require.Equal(w.t, http.StatusOK, w.postSigned(body, w.sign(body)))
			w.drain()
			require.Equal(w.t, billing.EventIgnored, w.inbox("evt_live").State)
			w.absent(billing.KindInvoice, "in_1")
		})
	})
	t.Run("unknown_type: an unreadable object of a known type is acknowledged, then dead after all tries", func(t *testing.T) {
		everywhere(t, func(w *world) {
			for i, garbage := range []any{
				nil, "sub_1", []any{}, 7, object{}, object{"id": "", "object": "subscription"}, object{"id": "in_1", "object": "invoice"},
				object{"id": "sub_1", "object": "subscription", "items": "none"},
				object{"id": "sub_1", "object": "subscription", "items": object{"data": []any{object{"price": object{"unit_amount": 1e300}}}}},
			} {
				e := event{id: "evt_" + string(rune('a'+i)), typ: "customer.subscription.updated", second: 1, object: garbage}
				w.deliver(e)
				require.Equal(w.t, billing.EventFailed, w.inbox(e.id).State, "%v", garbage)
			}
			w.settle()
			for i := range 9 {
				row := w.inbox("evt_" + string(rune('a'+i)))
				require.Equal(w.t, billing.EventDead, row.State)
				require.Equal(w.t, 15, row.Attempts)
				require.NotEmpty(w.t, row.LastError)
			}
			require.Zero(w.t, w.count(billing.KindSubscription))
		})
	})
	t.Run("api_versions: events of every version leave the same rows", func(t *testing.T) {
		everywhere(t, func(w *world) {
			var first []billing.Object
			for i, version := range []any{"2020-08-27", "2023-10-16", "2025-09-30.clover", "2026-08-26.dahlia", nil} {
				rows := w.rowsOf(version, "v"+string(rune('0'+i)))
				if first == nil {
					first = rows
				}
				require.Equal(w.t, first, rows, "version %v", version)
			}
		})
	})
}

// rowsOf plays a subscription and its paid invoice in a version's shape and
// returns the rows, less what tells the versions' objects apart.
func (w *world) rowsOf(version any, n string) []billing.Object {
	w.t.Helper()
	of := object{"subscription": "sub_" + n, "payment_intent": "pi_" + n}
	sub, paid := subscription("sub_"+n, "active"), invoice("in_"+n, "paid", of)
	w.provider.has(sub, paid, payment("pi_"+n, "succeeded", object{"invoice": "in_" + n}))
	if v, _ := version.(string); v == "" || v > "2025-03-31" {
		sub, paid = basilSubscription(sub), basilInvoice(paid)
	}
	for _, e := range []event{happened(1, "customer.subscription.created", sub), happened(2, "invoice.paid", paid)} {
		e.version = version
		w.deliver(e)
	}
	s, i, p := w.sub("sub_"+n), w.invoice("in_"+n), w.payment("pi_"+n)
	require.Equal(w.t, start.AddDate(0, 1, 0), s.CurrentPeriodEnd, "version %v", version)
	require.Equal(w.t, s.ID, i.Subscription, "version %v", version)
	require.Equal(w.t, p.ID, i.Payment, "version %v", version)
	require.Equal(w.t, i.ID, p.Invoice, "version %v", version)
	require.Equal(w.t, billing.InvoiceStatusPaid, i.Status)
	i.Subscription, i.Payment, p.Invoice, p.Charge = "", "", "", ""
	rows := []billing.Object{s, i, p}
	for _, o := range rows {
		h := o.Head()
		h.ID, h.RowID, h.Version = "", "", billing.Version{}
	}
	return rows
}

func basilSubscription(o object) object {
	item := o["items"].(object)["data"].([]any)[0].(object)
	moved := item.but(object{"current_period_start": o["current_period_start"], "current_period_end": o["current_period_end"]})
	o = o.but(object{"items": object{"object": "list", "data": []any{moved}}})
	delete(o, "current_period_start")
	delete(o, "current_period_end")
	return o
}

func basilInvoice(o object) object {
	o = o.but(object{
		"parent": object{"type": "subscription_details", "subscription_details": object{"subscription": o["subscription"]}},
		"payments": object{"object": "list", "data": []any{object{
			"is_default": true, "status": "paid", "payment": object{"type": "payment_intent", "payment_intent": o["payment_intent"]},
		}}},
	})
	for _, moved := range []string{"subscription", "payment_intent", "paid"} {
		delete(o, moved)
	}
	return o
}
