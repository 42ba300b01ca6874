package stripe

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	stripego "github.com/stripe/stripe-go/v76"

	"github.com/frontdesk-go/frontdesk"
)

const maxText = 500 // of a provider's message, in bytes

// cause is what an error of this package comes from. It has a text of its own
// because those of its errors hold too much: stripe-go's show client secrets,
// query strings with personal data and pieces of the body.
type cause struct {
	text string
	errs []error
}

func (c *cause) Error() string   { return c.text }
func (c *cause) Unwrap() []error { return c.errs }

// failure is the portable error for an attempt that failed.
func (p *Provider) failure(ctx context.Context, a *attempt, r request) *frontdesk.Error {
	e := &frontdesk.Error{RequestID: a.header.Get("Request-Id"), RetryAfter: a.retryAfter()}
	answer, found := errors.AsType[*stripego.Error](a.err)
	switch {
	case found:
		answer.Msg = p.scrub(answer.Msg)
		e.Code, e.Err = codeOf(answer, r), a.cause(describe(answer), answer)
		if e.Code == frontdesk.Invalid {
			e.Fields = refusedFields(answer)
		}
	case a.status == 0 && ctx.Err() != nil:
		e.Code, e.Err = a.codeOfEnd(ctx, r), a.cause(ctx.Err().Error(), ctx.Err(), bare(a.err))
	case a.status == 0:
		e.Code, e.Err = a.codeOfSilence(r), a.cause(p.scrub(bare(a.err).Error()), bare(a.err))
	default:
		e.Code, e.Err = a.codeOfStranger(r), a.cause(strconv.Itoa(a.status)+" with an answer that is not Stripe's")
	}
	return e
}

// cause names the request, less its query.
func (a *attempt) cause(text string, errs ...error) *cause {
	return &cause{strings.TrimSpace("stripe: "+a.method+" "+a.path) + ": " + text, errs}
}

// describe returns what of an answer may stand in a log.
func describe(answer *stripego.Error) string {
	words := []string{
		strconv.Itoa(answer.HTTPStatusCode), string(answer.Type), string(answer.Code),
		string(answer.DeclineCode), answer.Param,
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ") + ": " + answer.Msg[:min(len(answer.Msg), maxText)]
}

// scrub takes the key out of a text that another program made.
func (p *Provider) scrub(text string) string {
	return strings.ReplaceAll(text, p.key.Reveal(), "[redacted]")
}

// bare returns err without the URL, whose query holds personal data.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// refusedFields names the parameter that Stripe refused, in Stripe's spelling but
// for those of a payout schedule.
func refusedFields(answer *stripego.Error) []frontdesk.Field {
	switch {
	case answer.Type == stripego.ErrorTypeIdempotency:
		return []frontdesk.Field{{Name: "idempotency_key", Message: "was used for another request"}}
	case answer.Param != "":
		return []frontdesk.Field{{Name: fieldOf(answer.Param), Message: "was refused by the payment provider"}}
	}
	return nil
}

func fieldOf(param string) string {
	switch strings.TrimPrefix(param, "settings[payouts][schedule]") {
	case "[interval]":
		return "interval"
	case "[delay_days]":
		return "delay_days"
	case "[weekly_anchor]":
		return "weekday"
	case "[monthly_anchor]":
		return "month_day"
	}
	return param
}

// codeOf reads an error of Stripe's: its code where that says more than the
// status, then its type, then the status.
func codeOf(answer *stripego.Error, r request) frontdesk.Code {
	if code, known := codes[answer.Code]; known {
		return code
	}
	switch {
	case answer.Code == stripego.ErrorCodeInsufficientFunds && answer.Type == stripego.ErrorTypeInvalidRequest:
		return frontdesk.FailedPrecondition // not the payer's, but the balance's
	case answer.Code == stripego.ErrorCodeInsufficientFunds:
		return frontdesk.Declined
	case answer.Type == stripego.ErrorTypeCard:
		return frontdesk.Declined
	case answer.HTTPStatusCode == http.StatusBadRequest && answer.Type == stripego.ErrorTypeInvalidRequest:
		return codeOfRefusal(answer, r)
	}
	return codeOfStatus(answer.HTTPStatusCode, r)
}

// codeOfRefusal reads a refusal whose code says no more. About a parameter it is
// Invalid. If it names none and answers a write to an object that exists, as
// when a session that is not open is expired, it is about the object's state.
func codeOfRefusal(answer *stripego.Error, r request) frontdesk.Code {
	aboutParams := answer.Param != "" || strings.HasPrefix(string(answer.Code), "parameter")
	if r.write && r.onObject && !aboutParams {
		return frontdesk.FailedPrecondition
	}
	return frontdesk.Invalid
}

func codeOfStatus(status int, r request) frontdesk.Code {
	switch status {
	case http.StatusBadRequest:
		return frontdesk.Invalid
	case http.StatusUnauthorized:
		return frontdesk.Unauthenticated
	case http.StatusPaymentRequired:
		return frontdesk.Declined
	case http.StatusForbidden:
		return frontdesk.PermissionDenied
	case http.StatusNotFound:
		return frontdesk.NotFound
	case http.StatusConflict:
		return frontdesk.Aborted
	case http.StatusTooManyRequests:
		return frontdesk.RateLimited
	}
	return codeOfLoss(r)
}

// codeOfLoss is the code when it is not known whether r was carried out. A read
// changes nothing either way.
func codeOfLoss(r request) frontdesk.Code {
	if r.write {
		return frontdesk.OutcomeUnknown
	}
	return frontdesk.Unavailable
}

// codeOfEnd is the code of an attempt that the end of its context cut off.
func (a *attempt) codeOfEnd(ctx context.Context, r request) frontdesk.Code {
	if r.write && a.maySent() {
		return frontdesk.OutcomeUnknown
	}
	return frontdesk.CodeOf(ctx.Err())
}

// codeOfSilence is the code of an attempt that got no answer.
func (a *attempt) codeOfSilence(r request) frontdesk.Code {
	switch {
	case !a.started:
		return frontdesk.Internal // stripe-go refused to make the request
	case !a.maySent():
		return frontdesk.Unavailable
	}
	return codeOfLoss(r)
}

// codeOfStranger is the code of an answer that is not Stripe's, such as a page
// of a proxy, or makes no sense. Its status proves nothing about the object: a
// proxy's 404 must not make a customer look deleted.
func (a *attempt) codeOfStranger(r request) frontdesk.Code {
	if a.status == http.StatusTooManyRequests {
		return frontdesk.RateLimited
	}
	return codeOfLoss(r)
}

// unreadable is the error for an answer that billing cannot read. After a write
// its outcome is not known here; the same call with the same key gets the same
// answer. The reason is not kept as a cause: it would say Invalid, of the input.
func unreadable(r request, err error) error {
	code := frontdesk.Internal
	if r.write {
		code = frontdesk.OutcomeUnknown
	}
	return frontdesk.Errorf(code, "stripe: the answer cannot be read: %v", err)
}

// codes are Stripe's error codes that say more than their status
// (https://docs.stripe.com/error-codes).
var codes = map[stripego.ErrorCode]frontdesk.Code{
	stripego.ErrorCodeResourceMissing:       frontdesk.NotFound,
	stripego.ErrorCodeResourceAlreadyExists: frontdesk.AlreadyExists,
	stripego.ErrorCodeRateLimit:             frontdesk.RateLimited,
	stripego.ErrorCodeLockTimeout:           frontdesk.Aborted,
	stripego.ErrorCodeIdempotencyKeyInUse:   frontdesk.Aborted,
	stripego.ErrorCodeAccountInvalid:        frontdesk.PermissionDenied,
	stripego.ErrorCodeAPIKeyExpired:         frontdesk.Unauthenticated,
	stripego.ErrorCodePlatformAPIKeyExpired: frontdesk.Unauthenticated,
	stripego.ErrorCodeSecretKeyRequired:     frontdesk.Unauthenticated,

	stripego.ErrorCodeCardDeclined:                       frontdesk.Declined,
	stripego.ErrorCodeExpiredCard:                        frontdesk.Declined,
	stripego.ErrorCodeAuthenticationRequired:             frontdesk.Declined,
	stripego.ErrorCodeDebitNotAuthorized:                 frontdesk.Declined,
	stripego.ErrorCodePaymentIntentAuthenticationFailure: frontdesk.Declined,
	stripego.ErrorCodePaymentIntentPaymentAttemptExpired: frontdesk.Declined,
	stripego.ErrorCodePaymentIntentPaymentAttemptFailed:  frontdesk.Declined,
	stripego.ErrorCodePaymentIntentActionRequired:        frontdesk.Declined,
	stripego.ErrorCodeInvoicePaymentIntentRequiresAction: frontdesk.Declined,
	stripego.ErrorCodePaymentMethodCustomerDecline:       frontdesk.Declined,
	stripego.ErrorCodePaymentMethodProviderDecline:       frontdesk.Declined,
	stripego.ErrorCodePaymentMethodNotAvailable:          frontdesk.Declined,
	stripego.ErrorCodePaymentMethodUnactivated:           frontdesk.Declined,
	stripego.ErrorCodeCardDeclineRateLimitExceeded:       frontdesk.Declined,

	stripego.ErrorCodeBalanceInsufficient:               frontdesk.FailedPrecondition,
	stripego.ErrorCodeCaptureChargeAuthorizationExpired: frontdesk.FailedPrecondition,
	stripego.ErrorCodeCaptureUnauthorizedPayment:        frontdesk.FailedPrecondition,
	stripego.ErrorCodeChargeAlreadyCaptured:             frontdesk.FailedPrecondition,
	stripego.ErrorCodeChargeAlreadyRefunded:             frontdesk.FailedPrecondition,
	stripego.ErrorCodeChargeDisputed:                    frontdesk.FailedPrecondition,
	stripego.ErrorCodeChargeExpiredForCapture:           frontdesk.FailedPrecondition,
	stripego.ErrorCodeChargeNotRefundable:               frontdesk.FailedPrecondition,
	stripego.ErrorCodeCouponExpired:                     frontdesk.FailedPrecondition,
	stripego.ErrorCodeCustomerMaxPaymentMethods:         frontdesk.FailedPrecondition,
	stripego.ErrorCodeCustomerMaxSubscriptions:          frontdesk.FailedPrecondition,
	stripego.ErrorCodeCustomerTaxLocationInvalid:        frontdesk.FailedPrecondition,
	stripego.ErrorCodeIntentInvalidState:                frontdesk.FailedPrecondition,
	stripego.ErrorCodeInvoiceNoCustomerLineItems:        frontdesk.FailedPrecondition,
	stripego.ErrorCodeInvoiceNoPaymentMethodTypes:       frontdesk.FailedPrecondition,
	stripego.ErrorCodeInvoiceNoSubscriptionLineItems:    frontdesk.FailedPrecondition,
	stripego.ErrorCodeInvoiceNotEditable:                frontdesk.FailedPrecondition,
	stripego.ErrorCodeInvoiceOnBehalfOfNotEditable:      frontdesk.FailedPrecondition,
	stripego.ErrorCodeInvoiceUpcomingNone:               frontdesk.FailedPrecondition,
	stripego.ErrorCodeMissing:                           frontdesk.FailedPrecondition,
	stripego.ErrorCodeNotAllowedOnStandardAccount:       frontdesk.FailedPrecondition,
	stripego.ErrorCodeOutOfInventory:                    frontdesk.FailedPrecondition,
	stripego.ErrorCodePaymentIntentUnexpectedState:      frontdesk.FailedPrecondition,
	stripego.ErrorCodePaymentMethodUnexpectedState:      frontdesk.FailedPrecondition,
	stripego.ErrorCodePayoutReconciliationNotReady:      frontdesk.FailedPrecondition,
	stripego.ErrorCodePayoutsLimitExceeded:              frontdesk.FailedPrecondition,
	stripego.ErrorCodePayoutsNotAllowed:                 frontdesk.FailedPrecondition,
	stripego.ErrorCodePlatformAccountRequired:           frontdesk.FailedPrecondition,
	stripego.ErrorCodeProductInactive:                   frontdesk.FailedPrecondition,
	stripego.ErrorCodeRefundDisputedPayment:             frontdesk.FailedPrecondition,
	stripego.ErrorCodeSetupIntentUnexpectedState:        frontdesk.FailedPrecondition,
	stripego.ErrorCodeStatusTransitionInvalid:           frontdesk.FailedPrecondition,
	stripego.ErrorCodeStripeTaxInactive:                 frontdesk.FailedPrecondition,
	stripego.ErrorCodeTaxesCalculationFailed:            frontdesk.FailedPrecondition,
	stripego.ErrorCodeTransfersNotAllowed:               frontdesk.FailedPrecondition,
}
