// Package contract checks the requests of the Stripe adapter against Stripe's
// own API description, with stripe-mock in strict version mode. It is a module
// of its own to keep stripe-mock out of the library's requirements.
//
// stripe-mock remembers nothing and refuses nothing but malformed requests: the
// adapter's behaviour is proved elsewhere.
package contract
