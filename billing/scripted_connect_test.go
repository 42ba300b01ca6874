package billing_test

import (
	"context"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

// nina is her account at the provider.
const nina = "acct_nina"

// account is nina's, with everything in order.
func account(changes ...object) object {
	return object{
		"id": nina, "object": "account", "type": "express", "created": start.Unix(), "email": "nina@experts.example", "country": "PT",
		"default_currency": "eur", "details_submitted": true, "charges_enabled": true, "payouts_enabled": true,
		"metadata": object{"expertId": "nina"}, "capabilities": object{"transfers": "active"},
		"requirements": object{"currently_due": []any{}, "disabled_reason": nil},
		"settings":     object{"payouts": object{"schedule": object{"interval": "daily", "delay_days": 7}}},
	}.but(changes...)
}

// due is what an account lacks.
func due(reason any, names ...string) object {
	return object{"requirements": object{"currently_due": names, "disabled_reason": reason}}
}

// payout is one of nina's over 360 euros.
func payout(id, status string, changes ...object) object {
	return object{
		"id": id, "object": "payout", "status": status, "created": start.Unix(), "arrival_date": at(2 * 86400).Unix(),
		"amount": 36000, "currency": "eur", "automatic": true, "method": "standard", "type": "bank_account", "metadata": object{},
	}.but(changes...)
}

// transfer is one of 400 euros to nina, which makes the charge py_ of its id.
func transfer(id string, changes ...object) object {
	return object{
		"id": id, "object": "transfer", "created": start.Unix(), "amount": 40000, "amount_reversed": 0, "currency": "eur",
		"destination": nina, "destination_payment": "py_" + id, "metadata": object{}, "reversed": false,
		"reversals": object{"object": "list", "data": []any{}},
	}.but(changes...)
}

// arrived is the charge that a transfer makes on nina's account, of which the
// platform keeps 40 euros as fee_1.
func arrived(transfer string, changes ...object) object {
	return object{
		"id": "py_" + transfer, "object": "charge", "status": "succeeded", "captured": true, "paid": true, "created": start.Unix(),
		"amount": 40000, "amount_captured": 40000, "amount_refunded": 0, "currency": "eur", "source_transfer": transfer,
		"application_fee": "fee_1", "application_fee_amount": 4000, "balance_transaction": "txn_1", "metadata": object{},
		"payment_intent": nil, "invoice": nil,
	}.but(changes...)
}

// settled is the line of nina's balance of a charge that has arrived.
func settled() object {
	return object{"balance_transaction": object{
		"id": "txn_1", "object": "balance_transaction", "amount": 40000, "fee": 4000, "net": 36000, "currency": "eur", "type": "payment",
		"created": start.Unix(), "available_on": start.AddDate(0, 0, 3).Unix(), "source": "py_tr_1",
		"fee_details": []any{object{"amount": 4000, "currency": "eur", "type": "application_fee"}},
	}}
}

// fee is the commission of 40 euros on a charge of nina's.
func fee(changes ...object) object {
	return object{
		"id": "fee_1", "object": "application_fee", "created": start.Unix(), "amount": 4000, "amount_refunded": 0, "currency": "eur",
		"account": nina, "charge": "py_tr_1", "refunds": object{"object": "list", "data": []any{}},
	}.but(changes...)
}

// on is the event on nina's account.
func (e event) on(account string) event {
	e.account = account
	return e
}

var connectKinds = map[string]billing.Kind{
	"account": billing.KindAccount, "payout": billing.KindPayout, "transfer": billing.KindTransfer,
	"application_fee": billing.KindApplicationFee, "charge": billing.KindPayment, "subscription": billing.KindSubscription,
	"balance": billing.KindBalance,
}

// holds sets the objects as the account has them now.
func (p *scripted) holds(account string, objects ...object) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range objects {
		p.objects[billing.Key{Kind: connectKinds[o["object"].(string)], Ref: billing.Ref{Account: account, ID: o.id()}}] = o
	}
}

func (p *scripted) GetAccount(ctx context.Context, id string) (*billing.Account, error) {
	return get(ctx, p, billing.KindAccount, billing.AccountRef(id), wire.Account,
		func(ctx context.Context, _ billing.Ref) (*billing.Account, error) {
			return p.Provider.GetAccount(ctx, id)
		})
}

func (p *scripted) GetPayout(ctx context.Context, ref billing.Ref) (*billing.Payout, error) {
	return get(ctx, p, billing.KindPayout, ref, wire.Payout, p.Provider.GetPayout)
}

func (p *scripted) GetTransfer(ctx context.Context, id string) (*billing.Transfer, error) {
	return get(ctx, p, billing.KindTransfer, billing.Ref{ID: id}, wire.Transfer,
		func(ctx context.Context, _ billing.Ref) (*billing.Transfer, error) {
			return p.Provider.GetTransfer(ctx, id)
		})
}

func (p *scripted) GetApplicationFee(ctx context.Context, id string) (*billing.ApplicationFee, error) {
	return get(ctx, p, billing.KindApplicationFee, billing.Ref{ID: id}, wire.ApplicationFee,
		func(ctx context.Context, _ billing.Ref) (*billing.ApplicationFee, error) {
			return p.Provider.GetApplicationFee(ctx, id)
		})
}

// revoked refuses all that an account holds, as after a deauthorisation.
func revoked(k billing.Key) error {
	if k.Account == nina {
		return frontdesk.Errorf(frontdesk.PermissionDenied, "the account has revoked access")
	}
	return nil
}
