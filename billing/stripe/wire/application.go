package wire

import (
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// application reads the event that ties an account to the platform, or unties it.
// Its object is the platform's application: who is meant is only in the envelope.
func application(raw []byte, e *billing.Event) (*billing.Account, error) {
	var o objectJSON
	if err := read(raw, "application", &o); err != nil {
		return nil, err
	}
	if e.Account == "" {
		return nil, frontdesk.Errorf(frontdesk.Invalid, "Stripe's event of an application names no account")
	}
	account := &billing.Account{Header: billing.Header{Ref: billing.AccountRef(e.Account)}}
	if strings.HasSuffix(e.Type, ".deauthorized") {
		account.DisconnectedAt = e.Created
	} else {
		account.ConnectedAt = e.Created
	}
	return account, nil
}
