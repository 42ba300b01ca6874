package billingtest

import (
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// ProviderDriver does what happens on the provider's side, counts what reaches
// it and breaks it. *Provider is one, also for an adapter that works over its
// Handler; its methods say what each must do.
type ProviderDriver interface {
	ProviderClock
	ProviderDashboard
	ProviderPayers
	ProviderBank
	ProviderNetwork
}

// ProviderClock is the provider's time.
type ProviderClock interface {
	Now() time.Time
	Advance(d time.Duration)
}

// ProviderDashboard is where people change things without the API.
type ProviderDashboard interface {
	AddPrice(ref billing.Ref, p billing.PriceParams) *billing.Price
	AddPaymentMethod(m billing.PaymentMethod) (*billing.PaymentMethod, error)
	AddSubscription(customer billing.Ref, price string) (*billing.Subscription, error)
	ScheduleCancel(subscriptionID string, at time.Time) error
	DeleteCustomer(ref billing.Ref) error
}

// ProviderPayers are the people who pay on the provider's pages.
type ProviderPayers interface {
	CompleteCheckout(sessionID string) error
	CompleteCheckoutUnpaid(sessionID string) error
	Authenticate(paymentID string, ok bool) error
}

// ProviderBank decides about money.
type ProviderBank interface {
	DeclineNext(code string)
	RequireAction()
	SettleCheckout(sessionID string, ok bool) error
	FailRefund(refundID string) error
	OpenDispute(paymentID string) (*billing.Dispute, error)
	CloseDispute(disputeID string, won bool) error
}

// ProviderNetwork is what lies between the provider and its callers.
type ProviderNetwork interface {
	Calls(method string) int
	Effects(method string) int
	FailNext(method string, err error)
	LoseNext(method string)
	Events() []billing.Event
	Webhook(eventID, version string) (http.Header, []byte, error)
}

// ProviderConnect is the provider's side of connected accounts. The driver of a
// provider that has the ability billing.Connect is one too; others need not be.
type ProviderConnect interface {
	ProviderExperts
	ProviderBalances
}

// ProviderExperts are the people who are paid, on the provider's pages.
type ProviderExperts interface {
	AddAccount(id string, p billing.AccountParams) *billing.Account
	CompleteOnboarding(accountID string) error
	RequireMore(accountID string, deadline time.Time, requirements ...string) error
	RejectRequirement(accountID, requirement, code, reason string) error
	SubmitRequirements(accountID string) error
	Deauthorize(accountID string) error
	Reauthorize(accountID string) error
}

// ProviderBalances is what happens to the money of connected accounts by itself.
type ProviderBalances interface {
	FailPayout(payoutID, code string) error
	FailNextPayout(accountID, code string) error
	CancelPayout(payoutID string) error
	Adjust(accountID, typ string, amount frontdesk.Money) error
}

var (
	_ ProviderDriver  = (*Provider)(nil)
	_ ProviderConnect = (*Provider)(nil)
)
