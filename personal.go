package frontdesk

// Personal is what a person may not want told: an email address, a phone number, a
// name. Like a [Secret], it stays out of logs, errors and JSON, and only Reveal tells
// the text.
//
// Personal values cannot be compared with ==. The zero Personal is empty.
type Personal struct{ redacted }

// NewPersonal returns a Personal that holds s.
func NewPersonal(s string) Personal { return Personal{redact(s)} }
