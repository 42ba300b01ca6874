package stripe

import (
	"net/http"

	stripego "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/account"
	"github.com/stripe/stripe-go/v76/accountlink"
	"github.com/stripe/stripe-go/v76/applicationfee"
	"github.com/stripe/stripe-go/v76/balance"
	"github.com/stripe/stripe-go/v76/balancetransaction"
	portalsession "github.com/stripe/stripe-go/v76/billingportal/session"
	"github.com/stripe/stripe-go/v76/charge"
	checkoutsession "github.com/stripe/stripe-go/v76/checkout/session"
	"github.com/stripe/stripe-go/v76/customer"
	"github.com/stripe/stripe-go/v76/dispute"
	"github.com/stripe/stripe-go/v76/event"
	"github.com/stripe/stripe-go/v76/feerefund"
	"github.com/stripe/stripe-go/v76/invoice"
	"github.com/stripe/stripe-go/v76/invoiceitem"
	"github.com/stripe/stripe-go/v76/loginlink"
	"github.com/stripe/stripe-go/v76/paymentintent"
	"github.com/stripe/stripe-go/v76/paymentmethod"
	"github.com/stripe/stripe-go/v76/payout"
	"github.com/stripe/stripe-go/v76/price"
	"github.com/stripe/stripe-go/v76/product"
	"github.com/stripe/stripe-go/v76/refund"
	"github.com/stripe/stripe-go/v76/subscription"
	"github.com/stripe/stripe-go/v76/transfer"
	"github.com/stripe/stripe-go/v76/transferreversal"
)

// clients are the parts of stripe-go that billing needs. Its client.API would
// link all of Stripe's products, for twice the build time.
type clients struct {
	charges        charge.Client
	checkouts      checkoutsession.Client
	customers      customer.Client
	disputes       dispute.Client
	events         event.Client
	invoiceItems   invoiceitem.Client
	invoices       invoice.Client
	intents        paymentintent.Client
	paymentMethods paymentmethod.Client
	portals        portalsession.Client
	prices         price.Client
	products       product.Client
	refunds        refund.Client
	subscriptions  subscription.Client

	accounts     account.Client
	accountLinks accountlink.Client
	balances     balance.Client
	feeRefunds   feerefund.Client
	fees         applicationfee.Client
	loginLinks   loginlink.Client
	payouts      payout.Client
	reversals    transferreversal.Client
	transactions balancetransaction.Client
	transfers    transfer.Client
}

// newClients has one backend of its own. The clients hold no key: the transport
// in c adds it to the requests.
func newClients(base string, c *http.Client) clients {
	b := stripego.GetBackendWithConfig(stripego.APIBackend, &stripego.BackendConfig{
		URL:               stripego.String(base),
		HTTPClient:        c,
		MaxNetworkRetries: stripego.Int64(0),
		EnableTelemetry:   stripego.Bool(false),
		LeveledLogger:     &stripego.LeveledLogger{Level: stripego.LevelNull},
	})
	return clients{
		charges:        charge.Client{B: b},
		checkouts:      checkoutsession.Client{B: b},
		customers:      customer.Client{B: b},
		disputes:       dispute.Client{B: b},
		events:         event.Client{B: b},
		invoiceItems:   invoiceitem.Client{B: b},
		invoices:       invoice.Client{B: b},
		intents:        paymentintent.Client{B: b},
		paymentMethods: paymentmethod.Client{B: b},
		portals:        portalsession.Client{B: b},
		prices:         price.Client{B: b},
		products:       product.Client{B: b},
		refunds:        refund.Client{B: b},
		subscriptions:  subscription.Client{B: b},

		accounts:     account.Client{B: b},
		accountLinks: accountlink.Client{B: b},
		balances:     balance.Client{B: b},
		feeRefunds:   feerefund.Client{B: b},
		fees:         applicationfee.Client{B: b},
		loginLinks:   loginlink.Client{B: b},
		payouts:      payout.Client{B: b},
		reversals:    transferreversal.Client{B: b},
		transactions: balancetransaction.Client{B: b},
		transfers:    transfer.Client{B: b},
	}
}
