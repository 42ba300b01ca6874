package billing

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// Account is an expert's connected account at the provider: who is paid. Both
// halves of its Ref are the account's id, because it is held by itself.
type Account struct {
	Header
	Type             AccountType        `json:"type,omitempty"`
	Email            string             `json:"email,omitempty"`
	Country          string             `json:"country,omitempty"` // ISO 3166-1 alpha-2
	Currency         frontdesk.Currency `json:"currency,omitempty"`
	DetailsSubmitted bool               `json:"details_submitted,omitempty"`
	ChargesEnabled   bool               `json:"charges_enabled,omitempty"`
	PayoutsEnabled   bool               `json:"payouts_enabled,omitempty"`
	Requirements     Requirements       `json:"requirements"`
	Capabilities     map[string]string  `json:"capabilities,omitempty"` // for example transfers: active
	Schedule         PayoutSchedule     `json:"schedule,omitzero"`
	ConnectedAt      time.Time          `json:"connected_at,omitzero"`    // last explicit connection; zero: as it was created
	DisconnectedAt   time.Time          `json:"disconnected_at,omitzero"` // last deauthorisation
}

// Key identifies the account.
func (a *Account) Key() Key { return Key{KindAccount, a.Ref} }

// State is the status, or "deleted".
func (a *Account) State() string { return a.state(string(a.Status())) }

// AccountRef is the Ref of a connected account.
func AccountRef(id string) Ref { return Ref{Account: id, ID: id} }

// AccountType is how much of the account the provider looks after.
type AccountType string

const (
	AccountExpress  AccountType = "express"
	AccountStandard AccountType = "standard"
	AccountCustom   AccountType = "custom"
)

// AccountStatus says in one word whether an expert can be paid.
type AccountStatus string

const (
	AccountDisconnected AccountStatus = "disconnected" // deauthorised, until it is connected again explicitly
	AccountRestricted   AccountStatus = "restricted"   // the provider has disabled something
	AccountPending      AccountStatus = "pending"      // something is due, or not everything is enabled yet
	AccountEnabled      AccountStatus = "enabled"
)

// Status derives the account's status.
func (a *Account) Status() AccountStatus {
	switch {
	case a.Disconnected():
		return AccountDisconnected
	case a.Requirements.DisabledReason != "":
		return AccountRestricted
	case len(a.Requirements.CurrentlyDue) > 0 || !a.ChargesEnabled || !a.PayoutsEnabled:
		return AccountPending
	}
	return AccountEnabled
}

// Disconnected reports whether the account was deauthorised after it was last connected.
func (a *Account) Disconnected() bool {
	return !a.DisconnectedAt.IsZero() && !a.DisconnectedAt.Before(a.ConnectedAt)
}

// AccountParams is a new connected account.
type AccountParams struct {
	Type     AccountType
	Country  string // ISO 3166-1 alpha-2; empty: the platform's
	Email    string
	Metadata map[string]string
}

// AccountLink leads an expert to the provider's onboarding, once and for a few minutes.
type AccountLink struct {
	URL       string
	ExpiresAt time.Time
}

// AccountLinkParams is a new onboarding link.
type AccountLinkParams struct {
	RefreshURL string // absolute; where a link that is used up leads, to ask for the next
	ReturnURL  string // absolute; where onboarding leads when it is left, done or not
}

// LoginLink leads an expert to the provider's dashboard for them, once.
type LoginLink struct {
	URL string
}
