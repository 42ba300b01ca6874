package billing_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// experts runs the test in worlds where nina has an account and acme a customer.
func experts(t *testing.T, test func(w *world)) {
	t.Helper()
	everywhere(t, func(w *world) {
		w.employs("nina", nina)
		test(w)
	})
}

// employs links the connected account to the expert.
func (w *world) employs(expert, account string) {
	w.t.Helper()
	_, err := w.store.LinkAccount(w.t.Context(), account, expert)
	require.NoError(w.t, err)
}

// held is an object of nina's account.
func (w *world) held(k billing.Kind, id string) billing.Object {
	w.t.Helper()
	o, err := w.store.Object(w.t.Context(), billing.Key{Kind: k, Ref: billing.Ref{Account: nina, ID: id}})
	require.NoError(w.t, err, "%s %s is mirrored", k, id)
	return o
}

func (w *world) nina() *billing.Account {
	w.t.Helper()
	return w.held(billing.KindAccount, nina).(*billing.Account)
}

// balance is nina's in euros, a year later, when nothing is pending.
func (w *world) balance() billing.LedgerBalance {
	w.t.Helper()
	all, err := w.store.Balances(w.t.Context(), nina, at(0).AddDate(1, 0, 0))
	require.NoError(w.t, err)
	require.Len(w.t, all, 1)
	require.True(w.t, all[0].Balanced(), "%+v", all[0])
	drift, err := w.svc.VerifyLedger(w.admin(), "nina")
	require.NoError(w.t, err)
	require.Empty(w.t, drift)
	return all[0]
}

// orders plays the events in every order, one of them twice: all orders in memory,
// where they are cheap, and some on the databases.
func orders(t *testing.T, o billing.Options, events []event, then func(w *world)) {
	t.Helper()
	for n, order := range permutations(len(events)) {
		play := func(st billing.Store) {
			w := newWorld(t, st, o)
			w.employs("nina", nina)
			for _, i := range order {
				w.deliver(events[i])
			}
			w.deliver(events[order[n%len(order)]].again("evt_again"))
			then(w)
		}
		play(billingtest.NewStore())
		if n%5 == 0 {
			play(open(t, storetest.SQLite(t)).Billing())
			play(emptyPostgres(t).Billing())
		}
	}
}

func TestConnectedAccounts(t *testing.T) {
	t.Run("sequence 21, connected_account: the re-read carries the account, and the platform's object of the same id stays as it is", func(t *testing.T) {
		experts(t, func(w *world) {
			w.provider.has(subscription("sub_1", "active"))
			w.provider.holds(nina, subscription("sub_1", "canceled", object{"customer": "cus_of_nina"}))
			w.deliver(happened(1, "customer.subscription.updated", subscription("sub_1", "active")))
			e := happened(2, "customer.subscription.deleted", subscription("sub_1", "canceled", object{"customer": "cus_of_nina"})).on(nina)
			w.deliver(e)
			require.Equal(w.t, billing.EventDone, w.inbox(e.id).State)
			require.Equal(w.t, billing.SubscriptionStatusActive, w.sub("sub_1").Status)
			require.Equal(w.t, billing.SubscriptionStatusCanceled, w.held(billing.KindSubscription, "sub_1").(*billing.Subscription).Status)
		})
	})
	t.Run("sequence 21, connected_account: what an unknown account does is stored and ignored", func(t *testing.T) {
		experts(t, func(w *world) {
			for _, e := range []event{
				happened(1, "customer.subscription.updated", subscription("sub_1", "active")).on("acct_unknown"),
				happened(2, "payout.paid", payout("po_1", "paid")).on("acct_unknown"),
				happened(3, "charge.succeeded", arrived("tr_1")).on("acct_unknown"),
				happened(4, "account.application.deauthorized", object{"id": "ca_1", "object": "application"}).on("acct_unknown"),
			} {
				w.deliver(e)
				require.Equal(w.t, billing.EventIgnored, w.inbox(e.id).State, e.typ)
			}
			balances, err := w.store.Balances(w.t.Context(), "acct_unknown", w.now())
			require.NoError(w.t, err)
			require.Empty(w.t, balances)
		})
	})
	t.Run("the platform's own payouts and balance are nobody's", func(t *testing.T) {
		experts(t, func(w *world) {
			e := happened(1, "payout.paid", payout("po_1", "paid"))
			w.deliver(e)
			require.Equal(w.t, billing.EventIgnored, w.inbox(e.id).State)
		})
	})
	t.Run("an account that names its expert is linked when it is first seen", func(t *testing.T) {
		everywhere(t, func(w *world) {
			w.provider.holds(nina, account())
			w.deliver(happened(1, "account.updated", account()).on(nina))
			require.Equal(w.t, billing.AccountEnabled, w.nina().Status())
			found, err := w.svc.Account(w.expert("nina"), "nina")
			require.NoError(w.t, err)
			require.Equal(w.t, nina, found.ID)
		})
	})
	t.Run("a customer of a connected account is never a client, whatever its metadata says", func(t *testing.T) {
		experts(t, func(w *world) {
			theirs := subscription("sub_1", "active", object{"customer": "cus_of_nina", "metadata": object{"clientId": "acme"}})
			w.provider.holds(nina, theirs)
			w.deliver(happened(1, "customer.subscription.updated", theirs).on(nina))
			_, err := w.store.ClientOf(w.t.Context(), billing.Ref{Account: nina, ID: "cus_of_nina"})
			require.ErrorIs(w.t, err, frontdesk.NotFound)
			entitled, err := w.svc.Entitled(w.admin(), "acme", "prod_growth")
			require.NoError(w.t, err)
			require.False(w.t, entitled)
		})
	})
}

func TestAccountEvents(t *testing.T) {
	t.Run("R12: every status is told as it comes, in whatever order the events do", func(t *testing.T) {
		restricted := account(object{"charges_enabled": false, "payouts_enabled": false}, due("requirements.past_due", "external_account"))
		pending := account(object{"payouts_enabled": false}, due(nil, "external_account"))
		orders(t, billing.Options{PayloadOnly: true}, []event{
			happened(1, "account.updated", restricted).on(nina),
			happened(2, "account.updated", pending).on(nina),
			happened(3, "account.updated", account()).on(nina),
		}, func(w *world) {
			require.Equal(w.t, billing.AccountEnabled, w.nina().Status())
			require.Empty(w.t, w.nina().Requirements.CurrentlyDue)
		})
	})
	t.Run("a change of status is told to the host, with the expert", func(t *testing.T) {
		experts(t, func(w *world) {
			for n, o := range []object{account(due(nil, "external_account")), account(), account(due("rejected.fraud"))} {
				w.provider.holds(nina, o)
				w.deliver(happened(n+1, "account.updated", o).on(nina))
			}
			require.Equal(w.t, billing.AccountRestricted, w.nina().Status())
			require.Equal(w.t, 2, w.times("account.changed "+nina))
			last := w.told[len(w.told)-1].(billing.AccountChanged)
			require.Equal(w.t, "nina", last.Expert)
			require.Equal(w.t, billing.AccountEnabled, last.Before.Status())
		})
	})
	t.Run("a deauthorisation sticks, whatever comes late or is told again", func(t *testing.T) {
		orders(t, billing.Options{PayloadOnly: true}, []event{
			happened(1, "account.updated", account(due(nil, "external_account"))).on(nina),
			happened(2, "account.updated", account()).on(nina),
			happened(3, "account.application.deauthorized", object{"id": "ca_1", "object": "application"}).on(nina),
			happened(4, "account.updated", account(object{"email": "new@experts.example"})).on(nina),
		}, func(w *world) {
			require.Equal(w.t, billing.AccountDisconnected, w.nina().Status())
			require.Equal(w.t, "new@experts.example", w.nina().Email)
		})
	})
	t.Run("a deauthorised account refuses to be read, and what its events show is taken", func(t *testing.T) {
		reading(t, func(w *world) {
			w.employs("nina", nina)
			w.provider.holds(nina, account())
			w.deliver(happened(1, "account.updated", account()).on(nina))
			w.provider.failsWith(revoked)
			w.deliver(
				happened(2, "account.application.deauthorized", object{"id": "ca_1", "object": "application"}).on(nina),
				happened(3, "payout.paid", payout("po_1", "paid")).on(nina),
			)
			require.Equal(w.t, billing.AccountDisconnected, w.nina().Status())
			require.Equal(w.t, "nina@experts.example", w.nina().Email, "what was known is kept")
			require.Equal(w.t, "paid", w.held(billing.KindPayout, "po_1").State())
		})
	})
	t.Run("only an explicit reconnection ends a deauthorisation, and an old event does not undo it", func(t *testing.T) {
		reading(t, func(w *world) {
			w.employs("nina", nina)
			w.provider.holds(nina, account())
			gone := happened(3, "account.application.deauthorized", object{"id": "ca_1", "object": "application"}).on(nina)
			w.deliver(happened(1, "account.updated", account()).on(nina), gone)
			w.deliver(happened(5, "account.updated", account()).on(nina))
			require.Equal(w.t, billing.AccountDisconnected, w.nina().Status(), "reading it is no reconnection")
			_, err := w.svc.SetPayoutSchedule(w.expert("nina"), "nina", billing.PayoutSchedule{Interval: billing.PayoutManual})
			require.ErrorIs(w.t, err, frontdesk.FailedPrecondition)
			_, err = w.svc.ReconnectAccount(w.expert("nina"), "nina")
			require.ErrorIs(w.t, err, frontdesk.PermissionDenied, "the expert cannot do it")
			a, err := w.svc.ReconnectAccount(w.admin(), "nina")
			require.NoError(w.t, err)
			require.Equal(w.t, billing.AccountEnabled, a.Status())
			w.deliver(gone.again("evt_late"))
			require.Equal(w.t, billing.AccountEnabled, w.nina().Status())
		})
	})
}

func TestLedger(t *testing.T) {
	t.Run("a charge, its transfer and its fee are one movement each, however many events show them", func(t *testing.T) {
		orders(t, billing.Options{PayloadOnly: true}, []event{
			happened(1, "transfer.created", transfer("tr_1")),
			happened(2, "charge.succeeded", arrived("tr_1")).on(nina),
			happened(3, "application_fee.created", fee()),
			happened(4, "payout.paid", payout("po_1", "paid")).on(nina),
		}, func(w *world) {
			b := w.balance()
			require.Equal(w.t, []int64{40000, 4000, 0, 0, 0, 36000, 0}, figures(b))
		})
	})
	t.Run("views of one movement that two processes work off at the same time are one movement", func(t *testing.T) {
		reading(t, func(w *world) {
			w.employs("nina", nina)
			w.provider.holds("", transfer("tr_1"), fee())
			w.provider.holds(nina, arrived("tr_1", settled()))
			for n := range 8 {
				require.Equal(w.t, http.StatusOK, w.post(happened(n, "transfer.created", transfer("tr_1"))))
				require.Equal(w.t, http.StatusOK, w.post(happened(n, "charge.succeeded", arrived("tr_1")).on(nina)))
				require.Equal(w.t, http.StatusOK, w.post(happened(n, "application_fee.created", fee())))
			}
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() { _ = w.over(w.store).Drain(context.WithoutCancel(w.t.Context())) })
			}
			both.Wait()
			w.settle()
			require.Equal(w.t, []int64{40000, 4000, 0, 36000, 0, 0, 0}, figures(w.balance()))
			for _, e := range w.entries() {
				require.LessOrEqual(w.t, e.Part, 3, "its date is corrected once at most, where the charge came second")
			}
		})
	})
	t.Run("what the provider's balance shows replaces what was derived", func(t *testing.T) {
		reading(t, func(w *world) {
			w.employs("nina", nina)
			w.provider.holds("", transfer("tr_1"))
			w.provider.holds(nina, arrived("tr_1", settled()))
			w.deliver(happened(1, "transfer.created", transfer("tr_1")))
			require.Equal(w.t, start.Unix(), w.entries()[0].AvailableOn.Unix(), "a transfer without source is available at once")
			w.deliver(happened(2, "charge.succeeded", arrived("tr_1")).on(nina))
			b := w.balance()
			require.Equal(w.t, []int64{40000, 4000, 0, 36000, 0, 0, 0}, figures(b))
			soon, err := w.store.Balances(w.t.Context(), nina, start.AddDate(0, 0, 2))
			require.NoError(w.t, err)
			require.EqualValues(w.t, 36000, soon[0].Pending, "three days after the charge, and not before")
		})
	})
	t.Run("a payout that fails after it was paid is back in the balance", func(t *testing.T) {
		orders(t, billing.Options{PayloadOnly: true}, []event{
			happened(1, "payout.created", payout("po_1", "pending")).on(nina),
			happened(2, "payout.paid", payout("po_1", "paid")).on(nina),
			happened(3, "payout.failed", payout("po_1", "failed", object{"failure_code": "account_closed"})).on(nina),
		}, func(w *world) {
			balances, err := w.store.Balances(w.t.Context(), nina, at(0).AddDate(1, 0, 0))
			require.NoError(w.t, err)
			for _, b := range balances {
				require.Equal(w.t, []int64{0, 0, 0, 0, 0, 0, 0}, figures(b))
			}
			require.Equal(w.t, 1, w.times("payout.failed po_1"))
			require.LessOrEqual(w.t, w.times("payout.paid po_1"), 1)
		})
	})
	t.Run("a dispute holds what it has withdrawn until the bank decides", func(t *testing.T) {
		for status, want := range map[string][]int64{
			"needs_response": {0, 1500, 0, -6400, 0, 0, 4900},
			"lost":           {-4900, 1500, 0, -6400, 0, 0, 0},
		} {
			fromPayloads(t, func(w *world) {
				w.employs("nina", nina)
				w.deliver(happened(1, "charge.dispute.created", dispute("du_1", status, object{"balance_transactions": []any{object{
					"id": "txn_d", "object": "balance_transaction", "amount": -4900, "fee": 1500, "net": -6400, "currency": "eur",
					"type": "adjustment", "created": start.Unix(), "available_on": start.Unix(), "source": "du_1",
					"fee_details": []any{object{"amount": 1500, "currency": "eur", "type": "stripe_fee"}},
				}}})).on(nina))
				require.Equal(w.t, want, figures(w.balance()), status)
			})
		}
	})
	t.Run("a transfer to an account that nobody has waits for its expert", func(t *testing.T) {
		fromPayloads(t, func(w *world) {
			e := happened(1, "transfer.created", transfer("tr_1"))
			w.deliver(e)
			require.Equal(w.t, billing.EventUnmatched, w.inbox(e.id).State)
			require.NoError(w.t, w.svc.LinkAccount(w.admin(), "nina", nina))
			w.drain()
			require.Equal(w.t, billing.EventDone, w.inbox(e.id).State)
			require.EqualValues(w.t, 40000, w.balance().Net())
		})
	})
	t.Run("a balance that the tables' owner has damaged is found and rebuilt", func(t *testing.T) {
		fromPayloads(t, func(w *world) {
			w.employs("nina", nina)
			w.deliver(happened(1, "transfer.created", transfer("tr_1")))
			before := w.balance()
			require.NoError(w.t, w.svc.RebuildLedger(w.admin(), "nina"))
			require.Equal(w.t, before, w.balance())
		})
	})
}

// figures are gross, fee, pending, available, in transit, paid out and held.
func figures(b billing.LedgerBalance) []int64 {
	return []int64{b.Gross, b.Fee, b.Pending, b.Available, b.InTransit, b.PaidOut, b.Held}
}

// entries are nina's, newest first.
func (w *world) entries() []billing.Entry {
	w.t.Helper()
	all, err := w.svc.Entries(w.expert("nina"), "nina", billing.EntryListing{Limit: 500})
	require.NoError(w.t, err)
	return all
}

func TestPayoutLines(t *testing.T) {
	lines := func(w *world, id string) (int64, []billing.PayoutLine) {
		p, all, err := w.svc.PayoutLines(w.expert("nina"), "nina", id)
		require.NoError(w.t, err)
		var sum int64
		for _, l := range all {
			sum += l.Amount.Amount
		}
		require.Equal(w.t, p.Amount.Amount, sum, "the lines sum to the payout")
		return sum, all
	}
	t.Run("a payout of which nothing else is known is one line", func(t *testing.T) {
		experts(t, func(w *world) {
			w.deliver(happened(1, "payout.paid", payout("po_1", "paid")).on(nina))
			_, all := lines(w, "po_1")
			require.Len(w.t, all, 1)
			require.Equal(w.t, billing.EntryAdjustment, all[0].Kind)
		})
	})
	t.Run("a payout pays what became available since the one before", func(t *testing.T) {
		fromPayloads(t, func(w *world) {
			w.employs("nina", nina)
			later := object{"created": at(9 * 86400).Unix()}
			w.deliver(
				happened(1, "charge.succeeded", arrived("tr_1")).on(nina),
				happened(9*86400, "payout.paid", payout("po_1", "paid", later)).on(nina),
				happened(10*86400, "payout.paid", payout("po_2", "paid", object{"created": at(10 * 86400).Unix(), "amount": 500})).on(nina),
			)
			_, all := lines(w, "po_1")
			require.Equal(w.t, []billing.EntryKind{billing.EntryTransfer, billing.EntryFee}, []billing.EntryKind{all[0].Kind, all[1].Kind})
			require.Len(w.t, all, 2)
			_, all = lines(w, "po_2")
			require.Len(w.t, all, 1, "what the first has paid is not paid again")
		})
	})
	t.Run("an expert sees no payout of another", func(t *testing.T) {
		experts(t, func(w *world) {
			w.employs("omar", "acct_omar")
			w.deliver(happened(1, "payout.paid", payout("po_1", "paid")).on(nina))
			row := w.held(billing.KindPayout, "po_1").Head().RowID
			for _, id := range []string{"po_1", row} {
				_, err := w.svc.Payout(w.expert("omar"), "omar", id)
				require.ErrorIs(w.t, err, frontdesk.NotFound)
				_, err = w.svc.Payout(w.expert("omar"), "nina", id)
				require.ErrorIs(w.t, err, frontdesk.PermissionDenied)
			}
			_, err := w.svc.Balances(w.as("acme"), "nina")
			require.ErrorIs(w.t, err, frontdesk.PermissionDenied)
			_, err = w.svc.Balances(w.t.Context(), "nina")
			require.ErrorIs(w.t, err, frontdesk.Unauthenticated)
		})
	})
}
