package smtp

import (
	"context"
	"errors"
	"net/textproto"
	"strconv"
	"strings"

	gosmtp "github.com/wneessen/go-mail/smtp"

	"github.com/frontdesk-go/frontdesk"
)

const (
	maxText        = 500 // of a server's text, in bytes
	serviceClosing = 421 // and the connection with it
)

var (
	errTimeout = errors.New("the server took too long")
	errNoWay   = errors.New("the server offers no way to sign in that is known here")
)

// Error is a refusal of the server. errors.As finds it, and the *textproto.Error that
// it comes from.
type Error struct {
	Command  string // that was refused: "MAIL", "RCPT", "DATA"; "" for the connection
	Code     int    // 550
	Enhanced string // "5.1.1" (RFC 3463); may be empty
	Message  string // the server's text
	Err      *textproto.Error
}

// newError reads an answer of the server.
func newError(command string, answer *textproto.Error) *Error {
	enhanced, text := cutEnhanced(answer.Msg)
	return &Error{Command: command, Code: answer.Code, Enhanced: enhanced, Message: oneLine(text), Err: answer}
}

// Error returns what the server said, on one line.
func (e *Error) Error() string {
	return strings.TrimSpace(e.Command + " was answered with " + e.reason())
}

// Unwrap returns the answer as it was read.
func (e *Error) Unwrap() error { return e.Err }

// reason is what the server said.
func (e *Error) reason() string {
	return strings.Join(strings.Fields(strconv.Itoa(e.Code)+" "+e.Enhanced+" "+e.Message), " ")
}

// cutEnhanced splits an enhanced status code from the text after it.
func cutEnhanced(text string) (enhanced, rest string) {
	first, rest, _ := strings.Cut(text, " ")
	parts := strings.Split(first, ".")
	if len(parts) != 3 {
		return "", text
	}
	for _, p := range parts {
		if _, err := strconv.ParseUint(p, 10, 16); err != nil || len(p) > 3 {
			return "", text
		}
	}
	return first, rest
}

// oneLine is a text that may stand in a log.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	return strings.ToValidUTF8(text[:min(len(text), maxText)], "")
}

// code reads the answer: what it is about where that is said, then whether it is for
// good. A 5.4.5 is a quota at Google's servers
// (https://support.google.com/a/answer/3726730).
func (e *Error) code() frontdesk.Code {
	switch {
	case e.Code < 500:
		return frontdesk.Unavailable
	case e.Enhanced == "5.4.5":
		return frontdesk.QuotaExceeded
	case e.Code == 530, e.Code == 534, e.Code == 535, e.Code == 538:
		return frontdesk.Unauthenticated
	case e.Enhanced == "5.3.4", e.Code == 552 && e.Command != "RCPT":
		return frontdesk.Invalid // larger than the server takes
	case e.Command == "MAIL":
		return frontdesk.FailedPrecondition
	case e.Command == "":
		return frontdesk.PermissionDenied
	}
	return frontdesk.Declined
}

func (e *Error) portable() error {
	p := &frontdesk.Error{Code: e.code(), Err: &cause{"smtp: " + e.Error(), []error{e}}}
	switch p.Code {
	case frontdesk.FailedPrecondition:
		p.Message = "the mail server does not accept the sender"
	case frontdesk.Invalid:
		p.Message = "the message is larger than the mail server takes"
	}
	return p
}

// cause is what an error of this package comes from, with a text of its own.
type cause struct {
	text string
	errs []error
}

func (c *cause) Error() string   { return c.text }
func (c *cause) Unwrap() []error { return c.errs }

// lost is the error for a connection that ended before the mail did.
func lost(command string, err error) error {
	return &frontdesk.Error{
		Code: frontdesk.Unavailable, Err: &cause{"smtp: the connection was lost at " + command + ": " + oneLine(err.Error()), []error{err}},
	}
}

// unknown is the error for a mail that was sent and not answered.
func unknown(ctx context.Context, err error) error {
	errs := []error{err}
	if ctx.Err() != nil {
		errs = append(errs, context.Cause(ctx))
	}
	return &frontdesk.Error{
		Code: frontdesk.OutcomeUnknown, Err: &cause{"smtp: the answer to the mail was lost: " + oneLine(err.Error()), errs},
	}
}

// ended is the error for a mail that was not sent because its context has ended, or
// Options.Timeout has passed, of which the caller's context knows nothing.
func ended(ctx context.Context, what string) error {
	reason := context.Cause(ctx)
	code := frontdesk.CodeOf(ctx.Err())
	if errors.Is(reason, errTimeout) {
		code = frontdesk.Unavailable
	}
	return &frontdesk.Error{Code: code, Err: &cause{"smtp: " + what + ": " + reason.Error(), []error{reason}}}
}

// refusedEntry is the error for a connection that was not made.
func refusedEntry(ctx context.Context, err error) error {
	if _, ok := errors.AsType[*frontdesk.Error](err); ok {
		return err
	}
	if answer := parseAnswer("", err); answer != nil {
		return answer.portable()
	}
	if ctx.Err() != nil {
		return ended(ctx, "no connection was made")
	}
	return &frontdesk.Error{Code: frontdesk.Unavailable, Err: &cause{"smtp: no connection was made: " + oneLine(err.Error()), []error{err}}}
}

// signInError makes an error of the mechanism one of the credentials; one of the server
// or the connection stays what it is.
func signInError(err error) error {
	var answer *textproto.Error
	switch {
	case err == nil, errors.As(err, &answer) && answer.Code < 500:
		return err
	case answer != nil, errors.Is(err, errNoWay), errors.Is(err, gosmtp.ErrUnencrypted):
		return &frontdesk.Error{
			Code: frontdesk.Unauthenticated, Err: &cause{"smtp: signing in failed: " + oneLine(err.Error()), []error{err}},
		}
	}
	return err
}

// unreadable is the error for an attachment that cannot be read.
func unreadable(err error) error {
	code := frontdesk.CodeOf(err)
	if code == frontdesk.Unknown {
		code = frontdesk.Unavailable
	}
	return &frontdesk.Error{
		Code: code, Fields: frontdesk.Fields(err), Err: &cause{"smtp: an attachment cannot be read: " + err.Error(), []error{err}},
	}
}
