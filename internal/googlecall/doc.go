// Package googlecall holds what every adapter of a Google API needs around the generated client:
// requests signed with tokens that are dropped when they are refused, a limiter that finds out
// the rate, and waits that end with their context. What an error means is the adapter's.
//
// It is internal: adapters may import it, and hosts have no use for it.
package googlecall
