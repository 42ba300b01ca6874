package billingtest

import (
	"fmt"
	"net/http"

	"github.com/frontdesk-go/frontdesk"
)

// APIError is the provider's own answer to a request that it refuses, in the
// words of Stripe's errors. It is the cause of the errors that [Provider]
// returns, for errors.As.
type APIError struct {
	Status      int    // of the HTTP answer
	Type        string // invalid_request_error, card_error, idempotency_error, ...
	Code        string // resource_missing, card_declined, ...
	DeclineCode string // why the bank declined
	Param       string // which parameter was wrong, as it is spelt in the request
	Message     string
	Payment     string // of a decline: the payment intent that it leaves behind
}

// Error returns the message with its codes.
func (e *APIError) Error() string {
	return fmt.Sprintf("%s: %s (%d %s)", e.Type, e.Message, e.Status, e.Code)
}

func missing(kind, id string) error {
	return &frontdesk.Error{Code: frontdesk.NotFound, Err: &APIError{
		Status: http.StatusNotFound, Type: "invalid_request_error", Code: "resource_missing", Param: "id",
		Message: fmt.Sprintf("No such %s: '%s'", kind, id),
	}}
}

// absent is missing for an id that a parameter names, rather than the path.
func absent(param, kind, id string) error {
	return &frontdesk.Error{Code: frontdesk.NotFound, Err: &APIError{
		Status: http.StatusBadRequest, Type: "invalid_request_error", Code: "resource_missing", Param: param,
		Message: fmt.Sprintf("No such %s: '%s'", kind, id),
	}}
}

func invalid(field, message string) error {
	return &frontdesk.Error{
		Code:   frontdesk.Invalid,
		Fields: []frontdesk.Field{{Name: field, Message: message}},
		Err: &APIError{
			Status: http.StatusBadRequest, Type: "invalid_request_error", Code: "parameter_invalid",
			Param: field, Message: "The parameter " + field + " " + message,
		},
	}
}

func keyReused() error {
	return &frontdesk.Error{
		Code:   frontdesk.Invalid,
		Fields: []frontdesk.Field{{Name: "idempotency_key", Message: "was used with other parameters"}},
		Err: &APIError{
			Status: http.StatusBadRequest, Type: "idempotency_error",
			Message: "Keys for idempotent requests can only be used with the same parameters they were first used with.",
		},
	}
}

// wrongState refuses what the object's state does not allow.
func wrongState(code, message string) error {
	return &frontdesk.Error{Code: frontdesk.FailedPrecondition, Err: &APIError{
		Status: http.StatusBadRequest, Type: "invalid_request_error", Code: code, Message: message,
	}}
}

func declined(d decline, payment string) error {
	return &frontdesk.Error{Code: frontdesk.Declined, Err: &APIError{
		Status: http.StatusPaymentRequired, Type: "card_error", Code: d.code, DeclineCode: d.reason,
		Message: "Your card was declined.", Payment: payment,
	}}
}
