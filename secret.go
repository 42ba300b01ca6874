package frontdesk

// A Secret is a credential: a key, a token, a password. Printed, logged or encoded, in
// whatever way, it reads "[redacted]". Deep inside a struct, where fmt prints fields
// rather than calling methods, it reads as an address. Only Reveal tells the text.
//
// Secrets cannot be compared with ==. The zero Secret is empty.
type Secret struct{ redacted }

// NewSecret returns a Secret that holds s.
func NewSecret(s string) Secret { return Secret{redact(s)} }
