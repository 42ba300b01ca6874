package billingtest

import (
	"context"
	"iter"

	"github.com/frontdesk-go/frontdesk/billing"
)

var payoutRoutes = map[string]endpoint{
	"POST /v1/payouts":                  createPayout,
	"GET /v1/payouts":                   listPayouts,
	"GET /v1/payouts/{id}":              getPayout,
	"GET /v1/balance":                   getBalance,
	"GET /v1/balance_transactions":      listTransactions,
	"GET /v1/balance_transactions/{id}": getTransaction,
}

func createPayout(c *call) action {
	f := c.form
	params := billing.PayoutParams{
		Amount: f.money("amount", "currency"), Description: f.text("description"), Metadata: f.pairs("metadata"),
	}
	return func(ctx context.Context) (any, error) { return c.CreatePayout(ctx, c.write, params) }
}

func getPayout(c *call) action {
	return func(ctx context.Context) (any, error) { return c.GetPayout(ctx, c.ref()) }
}

func listPayouts(c *call) action {
	filter := billing.PayoutFilter{Account: c.write.Account, Since: c.form.since()}
	return listing(c, func(ctx context.Context) iter.Seq2[*billing.Payout, error] { return c.ListPayouts(ctx, filter) })
}

// showPayout says of an automatic payout that its lines are not complete while
// no movements sum to it.
func (c *call) showPayout(po *billing.Payout) object {
	o := c.shape.render(po)
	if po.Automatic && !c.reconciles(po.Ref) {
		o["reconciliation_status"] = "in_progress"
	}
	return o
}

func (c *call) reconciles(ref billing.Ref) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	po, known := c.account(ref.Account).payouts.get(ref.ID)
	return known && po.movements() != nil
}

func getBalance(c *call) action {
	return func(ctx context.Context) (any, error) { return c.GetBalance(ctx, c.write.Account) }
}

func listTransactions(c *call) action {
	f := c.form
	filter := billing.MovementFilter{Account: c.write.Account, Payout: f.text("payout"), Since: f.since()}
	typ, source := f.text("type"), f.text("source")
	return listing(c, func(ctx context.Context) iter.Seq2[*transaction, error] {
		return kept(c.listTransactions(ctx, filter), func(t *transaction) bool {
			return matches(typ, t.typ) && matches(source, t.source)
		})
	})
}

func getTransaction(c *call) action {
	return func(ctx context.Context) (any, error) {
		for t, err := range c.listTransactions(ctx, billing.MovementFilter{Account: c.write.Account}) {
			if err != nil || t.id == c.id {
				return t, err
			}
		}
		return nil, missing("balance transaction", c.id)
	}
}
