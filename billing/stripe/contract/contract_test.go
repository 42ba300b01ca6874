package contract_test

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe"
)

// call is one use of the provider on an account, and the requests it must lead
// to: lines as "POST /v1/path a=1&b=2", their parameters in any order.
type call struct {
	rule string
	do   func(ctx context.Context, p *stripe.Provider, account string) error
	want []string
}

const key = "op_1"

var (
	since   = time.Unix(1_700_000_000, 0)
	euros   = frontdesk.Money{Amount: 4900, Currency: "eur"}
	dollars = frontdesk.Money{Amount: 4900, Currency: "usd"} // as the mock's payment
	yes, no = true, false
	name    = "Growth"
	lookup  = "growth"
)

func on(account string) billing.Write {
	return billing.Write{Account: account, IdempotencyKey: key}
}

func ref(account, id string) billing.Ref { return billing.Ref{Account: account, ID: id} }

// one is the error of a call that returns one object.
func one[T any](_ T, err error) error { return err }

// all reads a list to its end.
func all[T any](seq iter.Seq2[T, error]) error {
	for _, err := range seq {
		if err != nil {
			return err
		}
	}
	return nil
}

var customerCalls = []call{
	{"a customer is created", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreateCustomer(ctx, on(acct), billing.CustomerParams{Email: "a@b.co", Name: "Ann", Metadata: map[string]string{"client": "acme"}}))
	}, []string{"POST /v1/customers email=a@b.co&name=Ann&metadata[client]=acme"}},
	{"a customer is changed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.UpdateCustomer(ctx, on(acct), "cus_1", billing.CustomerParams{Name: "Ann"}))
	}, []string{"POST /v1/customers/cus_1 name=Ann"}},
	{"a customer is read", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.GetCustomer(ctx, ref(acct, "cus_1")))
	}, []string{"GET /v1/customers/cus_1"}},
	{"customers are found by their metadata", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return all(p.FindCustomers(ctx, acct, "client", "acme"))
	}, []string{`GET /v1/customers/search query=metadata["client"]:"acme"&limit=100`}},
	{"the default payment method is set", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.SetDefaultPaymentMethod(ctx, on(acct), "cus_1", "pm_1"))
	}, []string{"POST /v1/customers/cus_1 invoice_settings[default_payment_method]=pm_1"}},
	{"payment methods are listed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return all(p.ListPaymentMethods(ctx, ref(acct, "cus_1")))
	}, []string{"GET /v1/customers/cus_1/payment_methods limit=100"}},
	{"a payment method is read", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.GetPaymentMethod(ctx, ref(acct, "pm_1")))
	}, []string{"GET /v1/payment_methods/pm_1"}},
	{"a payment method is detached", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.DetachPaymentMethod(ctx, on(acct), "pm_1"))
	}, []string{"POST /v1/payment_methods/pm_1/detach"}},
	{"a portal session is opened", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreatePortalSession(ctx, on(acct), "cus_1", "https://example.com/billing"))
	}, []string{"POST /v1/billing_portal/sessions customer=cus_1&return_url=https://example.com/billing"}},
}

var checkoutCalls = []call{
	{"a subscription checkout is created, and its subscription has the metadata too", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreateCheckout(ctx, on(acct), billing.CheckoutParams{
			Mode: billing.CheckoutModeSubscription, Customer: "cus_1", Reference: "acme", TrialDays: 14,
			Lines:          []billing.CheckoutLine{{Price: "price_1", Quantity: 2}},
			PromotionCodes: true, AutomaticTax: true,
			SuccessURL: "https://example.com/done", CancelURL: "https://example.com/billing",
			Metadata: map[string]string{"client": "acme"},
		}))
	}, []string{"POST /v1/checkout/sessions mode=subscription&customer=cus_1&client_reference_id=acme" +
		"&line_items[0][price]=price_1&line_items[0][quantity]=2" +
		"&subscription_data[trial_period_days]=14&subscription_data[metadata][client]=acme" +
		"&allow_promotion_codes=true&automatic_tax[enabled]=true&customer_update[address]=auto" +
		"&success_url=https://example.com/done&cancel_url=https://example.com/billing&metadata[client]=acme"}},
	{"a payment checkout is created, and its payment has the metadata too", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreateCheckout(ctx, on(acct), billing.CheckoutParams{
			Mode:       billing.CheckoutModePayment,
			Lines:      []billing.CheckoutLine{{Name: "Workshop", Amount: euros}, {Price: "price_1"}},
			SuccessURL: "https://example.com/done", CancelURL: "https://example.com/billing",
			Metadata: map[string]string{"client": "acme"},
		}))
	}, []string{"POST /v1/checkout/sessions mode=payment" +
		"&line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=4900" +
		"&line_items[0][price_data][product_data][name]=Workshop&line_items[0][quantity]=1" +
		"&line_items[1][price]=price_1&line_items[1][quantity]=1&payment_intent_data[metadata][client]=acme" +
		"&success_url=https://example.com/done&cancel_url=https://example.com/billing&metadata[client]=acme"}},
	{"a payment checkout is created whose payment is passed on", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreateCheckout(ctx, on(acct), billing.CheckoutParams{
			Mode: billing.CheckoutModePayment, Lines: []billing.CheckoutLine{{Name: "Workshop", Amount: euros}},
			SuccessURL: "https://example.com/done",
			Split:      billing.Split{Destination: "acct_9", ApplicationFee: 735, OnBehalfOf: "acct_9", Group: "order_1"},
		}))
	}, []string{"POST /v1/checkout/sessions mode=payment" +
		"&line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=4900" +
		"&line_items[0][price_data][product_data][name]=Workshop&line_items[0][quantity]=1" +
		"&payment_intent_data[transfer_data][destination]=acct_9&payment_intent_data[application_fee_amount]=735" +
		"&payment_intent_data[on_behalf_of]=acct_9&payment_intent_data[transfer_group]=order_1" +
		"&success_url=https://example.com/done"}},
	{"a checkout is read", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.GetCheckout(ctx, ref(acct, "cs_1")))
	}, []string{"GET /v1/checkout/sessions/cs_1"}},
	{"a checkout is expired", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.ExpireCheckout(ctx, on(acct), "cs_1"))
	}, []string{"POST /v1/checkout/sessions/cs_1/expire"}},
}

var subscriptionCalls = []call{
	{"a subscription is read", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.GetSubscription(ctx, ref(acct, "sub_1")))
	}, []string{"GET /v1/subscriptions/sub_1"}},
	{"subscriptions of every status are listed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return all(p.ListSubscriptions(ctx, billing.SubscriptionFilter{Account: acct, Customer: "cus_1"}))
	}, []string{"GET /v1/subscriptions status=all&customer=cus_1&limit=100"}},
	{"a subscription's price and quantity are changed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.UpdateSubscription(ctx, on(acct), "sub_1", billing.SubscriptionUpdate{
			Item: "si_1", Price: "price_2", Quantity: 3, Proration: billing.ProrationAlwaysInvoice,
		}))
	}, []string{"POST /v1/subscriptions/sub_1 items[0][id]=si_1&items[0][price]=price_2&items[0][quantity]=3&proration_behavior=always_invoice"}},
	{"a subscription's cancellation is scheduled", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.UpdateSubscription(ctx, on(acct), "sub_1", billing.SubscriptionUpdate{CancelAtPeriodEnd: &yes}))
	}, []string{"POST /v1/subscriptions/sub_1 cancel_at_period_end=true"}},
	{"a subscription is canceled", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CancelSubscription(ctx, on(acct), "sub_1", billing.SubscriptionCancel{InvoiceNow: true, Prorate: true}))
	}, []string{"DELETE /v1/subscriptions/sub_1 invoice_now=true&prorate=true"}},
	{"a subscription's collection is paused", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.PauseCollection(ctx, on(acct), "sub_1", billing.PauseKeepAsDraft))
	}, []string{"POST /v1/subscriptions/sub_1 pause_collection[behavior]=keep_as_draft"}},
	{"a subscription's collection is resumed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.ResumeCollection(ctx, on(acct), "sub_1"))
	}, []string{"POST /v1/subscriptions/sub_1 pause_collection="}},
	{"a change is previewed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.PreviewUpdate(ctx, ref(acct, "sub_1"), billing.SubscriptionUpdate{Item: "si_1", Price: "price_2"}))
	}, []string{"GET /v1/invoices/upcoming subscription=sub_1&subscription_items[0][id]=si_1" +
		"&subscription_items[0][price]=price_2&subscription_proration_behavior=create_prorations"}},
	{"staying after all is previewed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.PreviewUpdate(ctx, ref(acct, "sub_1"), billing.SubscriptionUpdate{CancelAtPeriodEnd: &no}))
	}, []string{"GET /v1/subscriptions/sub_1", "GET /v1/invoices/upcoming subscription=sub_1&subscription_cancel_at="}},
}

var invoiceCalls = []call{
	{"an invoice is read with its payment", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.GetInvoice(ctx, ref(acct, "in_1")))
	}, []string{"GET /v1/invoices/in_1 expand[0]=payment_intent"}},
	{"invoices are listed with their payments", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return all(p.ListInvoices(ctx, billing.InvoiceFilter{Account: acct, Customer: "cus_1", Status: billing.InvoiceStatusOpen, Since: since}))
	}, []string{"GET /v1/invoices customer=cus_1&status=open&created[gte]=1700000000&expand[0]=data.payment_intent&limit=100"}},
	{"an invoice is finalized", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.AdvanceInvoice(ctx, on(acct), "in_1", billing.InvoiceActionFinalize))
	}, []string{"POST /v1/invoices/in_1/finalize expand[0]=payment_intent"}},
	{"an invoice is sent", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.AdvanceInvoice(ctx, on(acct), "in_1", billing.InvoiceActionSend))
	}, []string{"POST /v1/invoices/in_1/send expand[0]=payment_intent"}},
	{"an invoice is paid", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.AdvanceInvoice(ctx, on(acct), "in_1", billing.InvoiceActionPay))
	}, []string{"POST /v1/invoices/in_1/pay expand[0]=payment_intent"}},
	{"an invoice is voided", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.AdvanceInvoice(ctx, on(acct), "in_1", billing.InvoiceActionVoid))
	}, []string{"POST /v1/invoices/in_1/void expand[0]=payment_intent"}},
	{"an invoice is written off", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.AdvanceInvoice(ctx, on(acct), "in_1", billing.InvoiceActionMarkUncollectible))
	}, []string{"POST /v1/invoices/in_1/mark_uncollectible expand[0]=payment_intent"}},
}

var paymentCalls = []call{
	{"a payment is created", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreatePayment(ctx, on(acct), billing.PaymentParams{
			Customer: "cus_1", Amount: euros, Description: "Workshop", ManualCapture: true,
			ReceiptEmail: "a@b.co", Metadata: map[string]string{"client": "acme"},
		}))
	}, []string{"POST /v1/payment_intents customer=cus_1&amount=4900&currency=eur&description=Workshop" +
		"&capture_method=manual&receipt_email=a@b.co&metadata[client]=acme&expand[0]=latest_charge{&expand[1]=latest_charge.balance_transaction}"}},
	{"a payment is created and confirmed while the payer is away", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreatePayment(ctx, on(acct), billing.PaymentParams{
			Customer: "cus_1", Amount: euros, PaymentMethod: "pm_1", Confirm: true, OffSession: true,
		}))
	}, []string{"POST /v1/payment_intents customer=cus_1&amount=4900&currency=eur&payment_method=pm_1&confirm=true&off_session=true" +
		"&automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never&expand[0]=latest_charge{&expand[1]=latest_charge.balance_transaction}"}},
	{"a payment is created that is passed on", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreatePayment(ctx, on(acct), billing.PaymentParams{Amount: euros, Split: billing.Split{
			Destination: "acct_9", ApplicationFee: 735, OnBehalfOf: "acct_9", Group: "order_1",
		}}))
	}, []string{"POST /v1/payment_intents amount=4900&currency=eur&transfer_data[destination]=acct_9&application_fee_amount=735" +
		"&on_behalf_of=acct_9&transfer_group=order_1&expand[0]=latest_charge{&expand[1]=latest_charge.balance_transaction}"}},
	{"a payment is read with its charge", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.GetPayment(ctx, ref(acct, "pi_1")))
	}, []string{"GET /v1/payment_intents/pi_1 expand[0]=latest_charge{&expand[1]=latest_charge.balance_transaction}"}},
	{"a charge without a payment intent is read", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.GetPayment(ctx, ref(acct, "ch_1")))
	}, []string{"GET /v1/charges/ch_1 {&expand[0]=balance_transaction}"}},
	{"payments are listed with their charges", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return all(p.ListPayments(ctx, billing.PaymentFilter{Account: acct, Customer: "cus_1", Since: since}))
	}, []string{"GET /v1/payment_intents customer=cus_1&created[gte]=1700000000&expand[0]=data.latest_charge{&expand[1]=data.latest_charge.balance_transaction}&limit=100"}},
	{"a payment is confirmed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.ConfirmPayment(ctx, on(acct), "pi_1", billing.PaymentConfirm{PaymentMethod: "pm_1", ReturnURL: "https://example.com/done"}))
	}, []string{"POST /v1/payment_intents/pi_1/confirm payment_method=pm_1&return_url=https://example.com/done&expand[0]=latest_charge{&expand[1]=latest_charge.balance_transaction}"}},
	{"a payment is captured", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CapturePayment(ctx, on(acct), "pi_1", 0))
	}, []string{"POST /v1/payment_intents/pi_1/capture expand[0]=latest_charge{&expand[1]=latest_charge.balance_transaction}"}},
	{"a part of a payment is captured", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CapturePayment(ctx, on(acct), "pi_1", 100))
	}, []string{
		"GET /v1/payment_intents/pi_1 expand[0]=latest_charge{&expand[1]=latest_charge.balance_transaction}",
		"POST /v1/payment_intents/pi_1/capture amount_to_capture=100&expand[0]=latest_charge{&expand[1]=latest_charge.balance_transaction}",
	}},
	{"a payment is canceled", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CancelPayment(ctx, on(acct), "pi_1"))
	}, []string{"POST /v1/payment_intents/pi_1/cancel expand[0]=latest_charge{&expand[1]=latest_charge.balance_transaction}"}},
	{"a part of a payment is given back", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreateRefund(ctx, on(acct), billing.RefundParams{
			Payment: "pi_1", Amount: dollars, Reason: billing.RefundReasonRequestedByCustomer, Metadata: map[string]string{"client": "acme"},
		}))
	}, []string{"GET /v1/payment_intents/pi_1 expand[0]=latest_charge{&expand[1]=latest_charge.balance_transaction}", "POST /v1/refunds payment_intent=pi_1&amount=4900&reason=requested_by_customer&metadata[client]=acme" +
		"{&expand[0]=balance_transaction&expand[1]=failure_balance_transaction}"}},
	{"a payment is given back, with the transfer and the fee", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreateRefund(ctx, on(acct), billing.RefundParams{Payment: "pi_1", ReverseTransfer: true, RefundFee: true}))
	}, []string{"POST /v1/refunds payment_intent=pi_1&reverse_transfer=true&refund_application_fee=true" +
		"{&expand[0]=balance_transaction&expand[1]=failure_balance_transaction}"}},
	{"a refund is read", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.GetRefund(ctx, ref(acct, "re_1")))
	}, []string{"GET /v1/refunds/re_1 {&expand[0]=balance_transaction&expand[1]=failure_balance_transaction}"}},
	{"refunds are listed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return all(p.ListRefunds(ctx, billing.RefundFilter{Account: acct, Payment: "pi_1", Since: since}))
	}, []string{"GET /v1/refunds payment_intent=pi_1&created[gte]=1700000000&limit=100{&expand[0]=data.balance_transaction&expand[1]=data.failure_balance_transaction}"}},
	{"a dispute is read", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.GetDispute(ctx, ref(acct, "dp_1")))
	}, []string{"GET /v1/disputes/dp_1"}},
	{"disputes are listed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return all(p.ListDisputes(ctx, billing.DisputeFilter{Account: acct, Since: since}))
	}, []string{"GET /v1/disputes created[gte]=1700000000&limit=100"}},
}

var catalogCalls = []call{
	{"a product is created", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreateProduct(ctx, on(acct), billing.ProductParams{Name: &name, Metadata: map[string]string{"tier": "2"}}))
	}, []string{"POST /v1/products name=Growth&metadata[tier]=2"}},
	{"a product is archived", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.UpdateProduct(ctx, on(acct), "prod_1", billing.ProductParams{Active: &no}))
	}, []string{"POST /v1/products/prod_1 active=false"}},
	{"a recurring price is created", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreatePrice(ctx, on(acct), billing.PriceParams{
			Product: "prod_1", Unit: euros, Interval: billing.Month, Lookup: lookup, Nickname: "monthly",
		}))
	}, []string{"POST /v1/prices product=prod_1&unit_amount=4900&currency=eur&recurring[interval]=month" +
		"&recurring[interval_count]=1&lookup_key=growth&nickname=monthly"}},
	{"a price for one charge is created", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.CreatePrice(ctx, on(acct), billing.PriceParams{Product: "prod_1", Unit: euros}))
	}, []string{"POST /v1/prices product=prod_1&unit_amount=4900&currency=eur"}},
	{"a price takes over a lookup key", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return one(p.UpdatePrice(ctx, on(acct), "price_1", billing.PriceUpdate{Active: &yes, Lookup: &lookup}))
	}, []string{"POST /v1/prices/price_1 active=true&lookup_key=growth&transfer_lookup_key=true"}},
	{"prices are listed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return all(p.ListPrices(ctx, billing.PriceFilter{Account: acct, Product: "prod_1", Lookup: []string{"growth", "start"}}))
	}, []string{"GET /v1/prices product=prod_1&lookup_keys[0]=growth&lookup_keys[1]=start&limit=100"}},
	{"all prices are listed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return all(p.ListPrices(ctx, billing.PriceFilter{Account: acct}))
	}, []string{"GET /v1/prices limit=100"}},
	{"undelivered events are listed", func(ctx context.Context, p *stripe.Provider, acct string) error {
		return all(p.ListEvents(ctx, billing.ProviderEventFilter{Account: acct, Since: since, Undelivered: true}))
	}, []string{"GET /v1/events delivery_success=false&created[gte]=1700000000&limit=100"}},
}

func TestRequests(t *testing.T) {
	for group, calls := range map[string][]call{
		"customers": customerCalls, "checkouts": checkoutCalls, "subscriptions": subscriptionCalls,
		"invoices": invoiceCalls, "payments": paymentCalls, "catalog": catalogCalls,
	} {
		for _, c := range calls {
			for where, account := range map[string]string{"platform": "", "connected account": "acct_1"} {
				t.Run(group+"/"+c.rule+", on the "+where, func(t *testing.T) {
					m, p := newMock(t)
					require.NoError(t, c.do(t.Context(), p, account))
					require.Len(t, m.requests, len(c.want))
					for i, want := range c.want {
						requireRequest(t, want, account, key, m.requests[i])
					}
				})
			}
		}
	}
}

// TestUndoCancellation works on the mock's subscription, which ends at a date.
func TestUndoCancellation(t *testing.T) {
	m, p := newMock(t)
	_, err := p.UpdateSubscription(t.Context(), on("acct_1"), "sub_1", billing.SubscriptionUpdate{CancelAtPeriodEnd: &no})
	require.NoError(t, err)
	require.Len(t, m.requests, 2)
	requireRequest(t, "GET /v1/subscriptions/sub_1", "acct_1", "", m.requests[0])
	requireRequest(t, "POST /v1/subscriptions/sub_1 cancel_at=", "acct_1", key+":cancel_at", m.requests[1])
}

// TestCreateInvoice has keys of its own, one per request.
func TestCreateInvoice(t *testing.T) {
	m, p := newMock(t)
	inv, err := p.CreateInvoice(t.Context(), on("acct_1"), billing.InvoiceParams{
		Customer: "cus_1", DaysUntilDue: 14, Description: "March", Metadata: map[string]string{"client": "acme"},
		Items: []billing.InvoiceItem{
			{Description: "Logo", Amount: euros}, {Price: "price_1", Quantity: 2}, {Amount: euros, Quantity: 3},
		},
	})
	require.NoError(t, err)
	require.NotEmpty(t, inv.ID)
	item := "POST /v1/invoiceitems customer=cus_1&invoice=" + inv.ID
	want := []struct{ line, key string }{
		{"POST /v1/invoices customer=cus_1&description=March&metadata[client]=acme&auto_advance=false&currency=eur" +
			"&pending_invoice_items_behavior=exclude&collection_method=send_invoice&days_until_due=14", key},
		{item + "&description=Logo&amount=4900&currency=eur", key + ":item:0"},
		{item + "&price=price_1&quantity=2", key + ":item:1"},
		{item + "&unit_amount=4900&currency=eur&quantity=3", key + ":item:2"},
		{"GET /v1/invoices/" + inv.ID + " expand[0]=payment_intent", ""},
	}
	require.Len(t, m.requests, len(want))
	for i, w := range want {
		requireRequest(t, w.line, "acct_1", w.key, m.requests[i])
	}
}

// onlyIn finds what a wanted request has in braces, for connected accounts only.
func onlyIn(account string) *regexp.Regexp {
	if account == "" {
		return regexp.MustCompile(`{[^}]*()}`)
	}
	return regexp.MustCompile(`{([^}]*)}`)
}

// requireRequest checks that the mock was asked for want, and took it.
func requireRequest(t *testing.T, want, account, key string, got request) {
	t.Helper()
	require.Equal(t, http.StatusOK, got.Status, got.Answer)
	method, rest, _ := strings.Cut(onlyIn(account).ReplaceAllString(want, "$1"), " ")
	path, query, _ := strings.Cut(rest, " ")
	assert.Equal(t, method+" "+path, got.Line)
	params := url.Values{}
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, found := strings.Cut(pair, "="); found {
			params.Add(name, value)
		}
	}
	assert.Equal(t, params, got.Params)
	assert.Equal(t, "2023-10-16", got.Header.Get("Stripe-Version"))
	assert.Equal(t, account, got.Header.Get("Stripe-Account"))
	if method == http.MethodGet {
		key = ""
	}
	assert.Equal(t, key, got.Header.Get("Idempotency-Key"))
}
