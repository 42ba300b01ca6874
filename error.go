package frontdesk

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// An Error is a failure in the words all packages share. Adapters make it from a
// provider's answer, services from their own checks, and [Wrap] adds the name of
// the operation.
//
// Callers rarely need the type: [CodeOf], [Fields] and [RetryAfter] answer for any
// error, and errors.Is matches its code.
type Error struct {
	// Code says what kind of failure it is.
	Code Code

	// Op names the operation that failed: "billing.CancelSubscription". Spans,
	// logs and audit events use the same name.
	Op string

	// Message may be shown to the person who asked. It holds no secret and none
	// of the provider's text. It may be empty.
	Message string

	// Fields lists what was wrong with the input, if Code is Invalid.
	Fields []Field

	// RetryAfter is how long to wait before trying again; zero if unknown.
	RetryAfter time.Duration

	// RequestID is the provider's name for the request that failed, for its
	// support desk.
	RequestID string

	// Err is the cause, for errors.As and the logs. It may be nil.
	Err error
}

// Errorf returns an Error with the given code. It formats like fmt.Errorf, and so
// keeps as causes what stands at %w.
//
// The text becomes the Message, except for the texts of errors among args: they are
// not for people, and only the method Error tells them.
func Errorf(code Code, format string, args ...any) error {
	text := fmt.Errorf(format, args...)
	if !slices.ContainsFunc(args, isError) {
		return &Error{Code: code, Message: text.Error()}
	}
	safe := fmt.Errorf(format, mute(args)...).Error()
	return &Error{Code: code, Message: strings.Trim(safe, ": "), Err: text}
}

// mute replaces the errors among args by one that has no text.
func mute(args []any) []any {
	muted := slices.Clone(args)
	for i, arg := range muted {
		if isError(arg) {
			muted[i] = errors.New("")
		}
	}
	return muted
}

func isError(arg any) bool {
	_, ok := arg.(error)
	return ok
}

// Wrap returns an Error of the operation op whose cause is err, and whose code, message,
// fields, retry-after and request id are err's. An error that names op already
// comes back as it is, and so does nil.
func Wrap(op string, err error) error {
	first, found := errors.AsType[*Error](err)
	switch {
	case err == nil, found && first.Op == op:
		return err
	case !found:
		return &Error{Code: CodeOf(err), Op: op, Err: err}
	}
	return &Error{
		Code:       CodeOf(err),
		Op:         op,
		Message:    first.Message,
		Fields:     Fields(err),
		RetryAfter: RetryAfter(err),
		RequestID:  requestID(err),
		Err:        err,
	}
}

// Error returns the whole story for logs, the cause's text included. People are
// shown the Message instead.
func (e *Error) Error() string {
	if e.Err == nil {
		return join(e.Op, e.Code.String(), e.said(""))
	}
	cause := e.Err.Error()
	if CodeOf(e.Err) == e.Code {
		return join(e.Op, e.said(cause), cause)
	}
	return join(e.Op, e.Code.String(), e.said(cause), cause)
}

// said returns the message and the fields, less what the cause's text says too.
func (e *Error) said(cause string) string {
	parts := []string{e.Message}
	for _, f := range e.Fields {
		parts = append(parts, f.Name+": "+f.Message)
	}
	parts = slices.DeleteFunc(parts, func(part string) bool { return strings.Contains(cause, part) })
	return strings.Join(parts, "; ")
}

func join(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return strings.Join(parts, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the error's code.
func (e *Error) Is(target error) bool { return target == e.Code }

// CodeOf returns the code of err: the first that is not Unknown, an error coming before
// its causes, and joined errors in their order. An error that has none is
// Canceled or DeadlineExceeded if context.Canceled or context.DeadlineExceeded is among
// its causes. All others, nil among them, are Unknown.
//
// An error with one code may have a cause with another. Then errors.Is matches
// both, and CodeOf tells the one that counts.
func CodeOf(err error) Code {
	for e := range known(err) {
		if e.Code != Unknown {
			return e.Code
		}
	}
	switch {
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return DeadlineExceeded
	}
	return Unknown
}

// RetryAfter returns how long to wait before trying again: the longest time that err
// or any of its causes asks for, and zero if none does.
func RetryAfter(err error) time.Duration {
	var longest time.Duration
	for e := range known(err) {
		longest = max(longest, e.RetryAfter)
	}
	return longest
}

func requestID(err error) string {
	for e := range known(err) {
		if e.RequestID != "" {
			return e.RequestID
		}
	}
	return ""
}

// known yields every Error in err's tree, in the order of errors.Is, and a bare
// Code as an Error.
func known(err error) iter.Seq[*Error] {
	return func(yield func(*Error) bool) { walk(err, yield) }
}

func walk(err error, yield func(*Error) bool) bool {
	switch e := err.(type) {
	case *Error:
		return yield(e) && walk(e.Err, yield)
	case Code:
		return yield(&Error{Code: e})
	case interface{ Unwrap() error }:
		return walk(e.Unwrap(), yield)
	case interface{ Unwrap() []error }:
		for _, cause := range e.Unwrap() {
			if !walk(cause, yield) {
				return false
			}
		}
	}
	return true
}
