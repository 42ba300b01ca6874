package resend

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
)

const maxText = 500 // of Resend's message, in bytes

// Error is what Resend answers when it refuses
// (https://resend.com/docs/api-reference/errors). errors.As finds it.
type Error struct {
	StatusCode int    // of HTTP
	Name       string // "rate_limit_exceeded"; may be empty
	Message    string // in English, for developers
}

// Error returns the status, the name and the message.
func (e *Error) Error() string {
	return strings.TrimSpace(strconv.Itoa(e.StatusCode)+" "+e.Name) + ": " + e.Message
}

// cause is what an error of this package comes from, with a text of its own.
type cause struct {
	text string
	errs []error
}

func (c *cause) Error() string   { return c.text }
func (c *cause) Unwrap() []error { return c.errs }

// cause names the request.
func (a *attempt) cause(text string, errs ...error) *cause {
	return &cause{"resend: POST " + a.call.path + ": " + text, errs}
}

// parseError reads the body of a refusal. It is nil when it is not Resend's.
func parseError(status int, body []byte) *Error {
	var answer struct{ Name, Message string }
	if json.Unmarshal(body, &answer) != nil || answer.Name == "" && answer.Message == "" {
		return nil
	}
	return &Error{status, short(answer.Name), short(answer.Message)}
}

// short cuts a text, between its characters.
func short(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxText)], "")
}

// failure is the portable error for an attempt that failed.
func (m *Mailer) failure(ctx context.Context, a *attempt) *frontdesk.Error {
	e := &frontdesk.Error{RequestID: a.requestID(), RetryAfter: a.retryAfter()}
	answer := parseError(a.status, a.body)
	switch file := a.fileError(); {
	case file != nil:
		return unreadable(a, file)
	case a.status == 0 && ctx.Err() != nil:
		e.Code, e.Err = a.codeOfEnd(ctx), a.cause(ctx.Err().Error(), ctx.Err(), bare(a.err))
	case a.status == 0:
		e.Code, e.Err = a.codeOfSilence(), a.cause(m.scrub(bare(a.err).Error()), bare(a.err))
	case a.status >= 400 && answer != nil:
		answer.Message = m.scrub(answer.Message)
		answer.describe(e)
		e.Err = a.cause(answer.Error(), answer)
	default:
		e.Code, e.Err = codeOfStranger(a.status), a.cause(strconv.Itoa(a.status)+" with an answer that is not Resend's")
	}
	return e
}

// scrub takes the key out of a text that another program made.
func (m *Mailer) scrub(text string) string {
	return strings.ReplaceAll(text, m.key.Reveal(), "[redacted]")
}

// bare returns err without the URL, which the request's path says already.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// describe says in e what the answer means.
func (e *Error) describe(portable *frontdesk.Error) {
	portable.Code = e.code()
	switch portable.Code {
	case frontdesk.Invalid:
		if name := e.field(); name != "" {
			portable.Fields = []frontdesk.Field{{Name: name, Message: "was refused by the mail provider"}}
		}
	case frontdesk.AlreadyExists:
		portable.Message = "the key was used for another message"
	case frontdesk.FailedPrecondition:
		portable.Message = "the sender is not verified with the mail provider"
	}
}

// code reads the name where it says more than the status.
func (e *Error) code() frontdesk.Code {
	if code, known := codes[name{e.StatusCode, e.Name}]; known {
		return code
	}
	switch status := e.StatusCode; status {
	case http.StatusUnauthorized:
		return frontdesk.Unauthenticated
	case http.StatusForbidden:
		return frontdesk.PermissionDenied
	case http.StatusNotFound:
		return frontdesk.NotFound
	case http.StatusConflict:
		return frontdesk.Aborted
	case http.StatusTooManyRequests:
		return frontdesk.RateLimited
	case http.StatusUnavailableForLegalReasons:
		return frontdesk.Declined
	default:
		return codeOfRest(status)
	}
}

func codeOfRest(status int) frontdesk.Code {
	switch {
	case status == http.StatusGatewayTimeout:
		return frontdesk.OutcomeUnknown
	case status >= 500, status == http.StatusRequestTimeout:
		return frontdesk.Unavailable
	}
	return frontdesk.Invalid
}

type name struct {
	status int
	name   string
}

// codes are Resend's names that say more than their status
// (https://resend.com/docs/api-reference/errors). A 403 validation_error is about the
// sender: its domain is not verified, or the account may only write to itself.
var codes = map[name]frontdesk.Code{
	{401, "restricted_api_key"}:             frontdesk.PermissionDenied,
	{403, "invalid_api_key"}:                frontdesk.Unauthenticated,
	{403, "validation_error"}:               frontdesk.FailedPrecondition,
	{409, "invalid_idempotent_request"}:     frontdesk.AlreadyExists,
	{409, "concurrent_idempotent_requests"}: frontdesk.Aborted,
	{429, "daily_quota_exceeded"}:           frontdesk.QuotaExceeded,
	{429, "monthly_quota_exceeded"}:         frontdesk.QuotaExceeded,
}

// field is the field of a message that an answer complains of. Resend names it between
// backticks, if at all.
func (e *Error) field() string {
	switch e.Name {
	case "invalid_idempotency_key":
		return "key"
	case "invalid_attachment":
		return "attachments"
	case "invalid_from_address":
		return "from"
	}
	_, rest, _ := strings.Cut(e.Message, "`")
	quoted, _, _ := strings.Cut(rest, "`")
	field, _, _ := strings.Cut(quoted, ".")
	switch field {
	case "from", "to", "cc", "bcc", "reply_to", "subject", "html", "text", "headers", "tags", "attachments", "scheduled_at":
		return field
	}
	return ""
}

// codeOfEnd is the code of an attempt that the end of its context cut off.
func (a *attempt) codeOfEnd(ctx context.Context) frontdesk.Code {
	if a.maySent() {
		return frontdesk.OutcomeUnknown
	}
	return frontdesk.CodeOf(ctx.Err())
}

// codeOfSilence is the code of an attempt that got no answer.
func (a *attempt) codeOfSilence() frontdesk.Code {
	switch {
	case !a.started:
		return frontdesk.Internal // resend-go refused to make the request
	case a.maySent():
		return frontdesk.OutcomeUnknown
	}
	return frontdesk.Unavailable
}

// codeOfStranger is the code of an answer that is not Resend's, such as a page of a
// proxy, or makes no sense. Its 403 or 404 says nothing about the key or the mail.
func codeOfStranger(status int) frontdesk.Code {
	switch {
	case status/100 == 2, status == http.StatusGatewayTimeout:
		return frontdesk.OutcomeUnknown
	case status == http.StatusTooManyRequests:
		return frontdesk.RateLimited
	case status == http.StatusRequestEntityTooLarge:
		return frontdesk.Invalid
	}
	return frontdesk.Unavailable
}

// unreadable is the error for an attachment that cannot be read. Nothing was sent:
// the request broke off in its middle.
func unreadable(a *attempt, err error) *frontdesk.Error {
	code := frontdesk.CodeOf(err)
	if code == frontdesk.Unknown {
		code = frontdesk.Unavailable
	}
	return &frontdesk.Error{
		Code: code, Fields: frontdesk.Fields(err), Err: a.cause("an attachment cannot be read: "+err.Error(), err),
	}
}

// notSent is the error for an attempt that was not made.
func notSent(err error) *frontdesk.Error {
	if e, ok := errors.AsType[*frontdesk.Error](err); ok {
		return e
	}
	return &frontdesk.Error{Code: frontdesk.CodeOf(err), Err: &cause{"resend: not sent: " + err.Error(), []error{err}}}
}

// interrupted is what failed becomes when the context ends before the next attempt.
func interrupted(failed *frontdesk.Error, err error) *frontdesk.Error {
	return &frontdesk.Error{
		Code:       frontdesk.CodeOf(err),
		RequestID:  failed.RequestID,
		RetryAfter: failed.RetryAfter,
		Err:        &cause{err.Error() + ", after " + failed.Error(), []error{err, failed}},
	}
}
