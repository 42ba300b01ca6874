// Package wire reads what Stripe sends: signatures, event envelopes and objects,
// of any API version.
//
// Stripe moves fields between versions, and an endpoint, a stored event and an
// answer of the API may each speak another one. The decoders accept every shape
// from 2020-08-27 on and give the same domain object for all of them, so that
// nothing above this package knows that versions exist. They use the standard
// library only: Stripe's SDK is pinned to one version and reads the others as
// zeros, without an error.
//
// Whatever cannot be read is [frontdesk.Invalid]; no input makes a function panic.
// Decoded text is valid UTF-8 without NUL characters, identifiers are at most
// 255 bytes long and times are in UTC, so that every database takes them.
package wire
