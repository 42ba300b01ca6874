package frontdesk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// vendorError stands for the error type of a provider's SDK.
type vendorError struct{ text string }

func (e *vendorError) Error() string { return e.text }

func TestErrorTellsTheWholeStoryOnce(t *testing.T) {
	boom := errors.New("boom")
	missing := frontdesk.Errorf(frontdesk.NotFound, "no invoice %q", "in_1")
	tests := []struct {
		err  error
		want string
	}{
		{&frontdesk.Error{}, "unknown"},
		{&frontdesk.Error{Err: boom}, "boom"},
		{&frontdesk.Error{Code: frontdesk.Declined, Message: "the card was declined", Err: boom},
			"declined: the card was declined: boom"},
		{missing, `not_found: no invoice "in_1"`},
		{frontdesk.Wrap("billing.Pay", missing), `billing.Pay: not_found: no invoice "in_1"`},
		{frontdesk.Wrap("billing.Pay", boom), "billing.Pay: boom"},
		{frontdesk.Wrap("billing.Pay", frontdesk.NotFound), "billing.Pay: not_found"},
		{frontdesk.Wrap("billing.Pay", context.Canceled), "billing.Pay: context canceled"},
		{frontdesk.Errorf(frontdesk.Unavailable, "list invoices: %w", missing),
			`unavailable: list invoices: not_found: no invoice "in_1"`},
		{frontdesk.InvalidField("amount", "must be positive"), "invalid: amount: must be positive"},
		{frontdesk.Wrap("billing.Pay", frontdesk.InvalidField("amount", "must be positive")),
			"billing.Pay: invalid: amount: must be positive"},
		{&frontdesk.Error{Code: frontdesk.Invalid, Fields: []frontdesk.Field{{"a", "is empty"}, {"b", "is long"}}},
			"invalid: a: is empty; b: is long"},
	}
	for _, test := range tests {
		if got := test.err.Error(); got != test.want {
			t.Errorf("\n got %s\nwant %s", got, test.want)
		}
	}
}

func TestErrorfKeepsTheTextsOfErrorsOutOfTheMessage(t *testing.T) {
	leak := &vendorError{"sk_live_1 was refused"}
	other := errors.New("sk_live_2 was refused")
	tests := []struct {
		err     error
		message string
	}{
		{frontdesk.Errorf(frontdesk.Internal, "charge %d: %w", 7, leak), "charge 7"},
		{frontdesk.Errorf(frontdesk.Internal, "charge: %v", leak), "charge"},
		{frontdesk.Errorf(frontdesk.Internal, "%w", leak), ""},
		{frontdesk.Errorf(frontdesk.Internal, "%w: while charging", leak), "while charging"},
		{frontdesk.Errorf(frontdesk.Internal, "%[2]s: %[1]w", leak, "charge"), "charge"},
		{frontdesk.Errorf(frontdesk.Internal, "%w, then %w", leak, other), ", then"},
	}
	for _, test := range tests {
		e, ok := errors.AsType[*frontdesk.Error](test.err)
		if !ok || e.Message != test.message {
			t.Errorf("the message of %q is %q, want %q", test.err, e.Message, test.message)
		}
		if !strings.Contains(test.err.Error(), leak.text) {
			t.Errorf("%q does not tell its cause to the logs", test.err)
		}
	}
}

func TestErrorfKeepsItsCauses(t *testing.T) {
	vendor := &vendorError{"no such customer"}
	err := frontdesk.Errorf(frontdesk.NotFound, "find: %w and %w", vendor, io.ErrUnexpectedEOF)
	if got, ok := errors.AsType[*vendorError](err); !ok || got != vendor {
		t.Errorf("errors.AsType does not reach the provider's error in %v", err)
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(err, frontdesk.NotFound) {
		t.Errorf("errors.Is does not reach all of %v", err)
	}
}

func TestErrorfKeepsACauseWithoutText(t *testing.T) {
	silent := &vendorError{}
	if err := frontdesk.Errorf(frontdesk.Internal, "x%w", silent); !errors.Is(err, silent) {
		t.Errorf("%v lost its cause", err)
	}
}

func TestWrap(t *testing.T) {
	vendor := &vendorError{"slow down"}
	limited := &frontdesk.Error{
		Code: frontdesk.RateLimited, Message: "try again soon", RetryAfter: time.Second, RequestID: "req_1", Err: vendor,
	}

	t.Run("adds the operation and keeps all the rest", func(t *testing.T) {
		err := frontdesk.Wrap("billing.Pay", fmt.Errorf("charge: %w", limited))
		e, ok := errors.AsType[*frontdesk.Error](err)
		if !ok || e.Op != "billing.Pay" || e.Code != limited.Code || e.Message != limited.Message ||
			e.RetryAfter != limited.RetryAfter || e.RequestID != limited.RequestID {
			t.Errorf("got %+v", e)
		}
		if got, ok := errors.AsType[*vendorError](err); !ok || got != vendor {
			t.Errorf("errors.AsType does not reach the provider's error in %v", err)
		}
	})

	t.Run("finds the request id in a cause that another code covers", func(t *testing.T) {
		err := frontdesk.Wrap("billing.Pay", frontdesk.Errorf(frontdesk.FailedPrecondition, "not now: %w", limited))
		if e, _ := errors.AsType[*frontdesk.Error](err); e.RequestID != "req_1" || e.Message != "not now" {
			t.Errorf("got %+v", e)
		}
	})

	t.Run("adds an operation once", func(t *testing.T) {
		once := frontdesk.Wrap("billing.Pay", limited)
		if twice := frontdesk.Wrap("billing.Pay", once); twice != once {
			t.Errorf("got %v", twice)
		}
	})

	t.Run("adds a second operation", func(t *testing.T) {
		err := frontdesk.Wrap("billing.Renew", frontdesk.Wrap("billing.Pay", io.EOF))
		if got, want := err.Error(), "billing.Renew: billing.Pay: EOF"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})

	t.Run("leaves nil alone", func(t *testing.T) {
		if err := frontdesk.Wrap("billing.Pay", nil); err != nil {
			t.Errorf("got %v", err)
		}
	})

	t.Run("gives the errors of a context their codes", func(t *testing.T) {
		err := frontdesk.Wrap("billing.Pay", context.DeadlineExceeded)
		if !errors.Is(err, frontdesk.DeadlineExceeded) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestCodeOf(t *testing.T) {
	missing := frontdesk.Errorf(frontdesk.NotFound, "gone")
	tests := []struct {
		rule string
		err  error
		want frontdesk.Code
	}{
		{"nil is unknown", nil, frontdesk.Unknown},
		{"a foreign error is unknown", io.EOF, frontdesk.Unknown},
		{"an error has its own code", missing, frontdesk.NotFound},
		{"a code is found under foreign errors", fmt.Errorf("x: %w", missing), frontdesk.NotFound},
		{"the outer code counts", frontdesk.Errorf(frontdesk.Internal, "x: %w", missing), frontdesk.Internal},
		{"an unknown outer code does not", &frontdesk.Error{Err: missing}, frontdesk.NotFound},
		{"the first of joined codes counts", errors.Join(io.EOF, missing, frontdesk.Aborted), frontdesk.NotFound},
		{"a context's cancellation is canceled", fmt.Errorf("x: %w", context.Canceled), frontdesk.Canceled},
		{"a context's deadline is exceeded", context.DeadlineExceeded, frontdesk.DeadlineExceeded},
		{"a code counts more than a context", errors.Join(context.Canceled, missing), frontdesk.NotFound},
		{"a code counts more than the context it covers",
			frontdesk.Errorf(frontdesk.OutcomeUnknown, "x: %w", context.DeadlineExceeded), frontdesk.OutcomeUnknown},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			if got := frontdesk.CodeOf(test.err); got != test.want {
				t.Errorf("CodeOf(%v) = %s, want %s", test.err, got, test.want)
			}
		})
	}
}

func TestCodeOfAnHTTPClientThatTimedOut(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)

	client := http.Client{Timeout: time.Millisecond}
	_, err := client.Get(server.URL)
	if got := frontdesk.CodeOf(err); got != frontdesk.DeadlineExceeded {
		t.Errorf("CodeOf(%v) = %s", err, got)
	}
}

func TestRetryAfterIsTheLongestThatIsAskedFor(t *testing.T) {
	short := &frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: time.Second}
	long := &frontdesk.Error{Code: frontdesk.RateLimited, RetryAfter: time.Minute, Err: short}
	tests := []struct {
		err  error
		want time.Duration
	}{
		{nil, 0},
		{io.EOF, 0},
		{frontdesk.RateLimited, 0},
		{&frontdesk.Error{RetryAfter: -time.Second}, 0},
		{fmt.Errorf("x: %w", short), time.Second},
		{errors.Join(short, long), time.Minute},
		{frontdesk.Wrap("billing.Pay", errors.Join(io.EOF, long)), time.Minute},
	}
	for _, test := range tests {
		if got := frontdesk.RetryAfter(test.err); got != test.want {
			t.Errorf("RetryAfter(%v) = %s, want %s", test.err, got, test.want)
		}
	}
}
