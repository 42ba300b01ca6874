package billing

import (
	"net/mail"
	"strings"
	"unicode"

	"github.com/frontdesk-go/frontdesk"
)

// Limits of what is sent to the provider.
const (
	maxID       = 255
	maxClientID = 200 // Stripe's limit on client_reference_id
	maxText     = 500 // Stripe's limit on a metadata value
)

func validID(field, id string) error {
	switch {
	case id == "":
		return frontdesk.InvalidField(field, "is required")
	case len(id) > maxID:
		return frontdesk.InvalidField(field, "is longer than %d bytes", maxID)
	case strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r == '/' || !unicode.IsPrint(r) }):
		return frontdesk.InvalidField(field, "has a character that no id has")
	}
	return nil
}

func validClient(client string) error {
	if len(client) > maxClientID {
		return frontdesk.InvalidField("client", "is longer than %d bytes", maxClientID)
	}
	return validID("client", client)
}

func validExpert(expert string) error {
	if len(expert) > maxClientID {
		return frontdesk.InvalidField("expert", "is longer than %d bytes", maxClientID)
	}
	return validID("expert", expert)
}

// validEmail passes a bare address, and none at all.
func validEmail(field, email string) error {
	if email == "" {
		return nil
	}
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > maxText {
		return frontdesk.InvalidField(field, "is not an email address")
	}
	return nil
}

func validText(field, text string) error {
	if len(text) > maxText {
		return frontdesk.InvalidField(field, "is longer than %d bytes", maxText)
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return frontdesk.InvalidField(field, "has a control character")
	}
	return nil
}

// validAmount passes money to be taken: positive, in a known currency.
func validAmount(field string, m frontdesk.Money) error {
	if !m.Currency.Valid() {
		return frontdesk.InvalidField(field, "has no known currency")
	}
	if m.Amount <= 0 {
		return frontdesk.InvalidField(field, "must be above zero")
	}
	return nil
}
