package frontdesk_test

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/frontdesk-go/frontdesk"
)

func TestJoinedInvalidFieldsAreAllListed(t *testing.T) {
	err := errors.Join(
		frontdesk.InvalidField("amount", "must be at least %d", 50),
		nil,
		frontdesk.InvalidField("currency", "must not be empty"),
	)
	want := []frontdesk.Field{{"amount", "must be at least 50"}, {"currency", "must not be empty"}}
	for _, err := range []error{err, frontdesk.Wrap("billing.Pay", err), errors.Join(io.EOF, err, err)} {
		if !errors.Is(err, frontdesk.Invalid) || frontdesk.CodeOf(err) != frontdesk.Invalid {
			t.Errorf("%v is not invalid", err)
		}
		if got := frontdesk.Fields(err); !slices.Equal(got, want) {
			t.Errorf("Fields(%v) = %v, want %v", err, got, want)
		}
	}
}

func TestWrapLiftsTheFields(t *testing.T) {
	err := frontdesk.Wrap("billing.Pay", frontdesk.InvalidField("amount", "must be positive"))
	if e, _ := errors.AsType[*frontdesk.Error](err); len(e.Fields) != 1 || e.Message != "" {
		t.Errorf("got %+v", e)
	}
}

func TestInvalidFieldKeepsItsCauseFromPeople(t *testing.T) {
	err := frontdesk.InvalidField("key", "cannot be read: %w", &vendorError{"sk_live_1 is malformed"})
	if _, ok := errors.AsType[*vendorError](err); !ok {
		t.Errorf("%v lost its cause", err)
	}
	want := []frontdesk.Field{{"key", "cannot be read"}}
	if got := frontdesk.Fields(err); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOtherErrorsHaveNoFields(t *testing.T) {
	for _, err := range []error{nil, io.EOF, frontdesk.Invalid, frontdesk.Errorf(frontdesk.Invalid, "no")} {
		if got := frontdesk.Fields(err); got != nil {
			t.Errorf("Fields(%v) = %v", err, got)
		}
	}
}

func TestFieldsReturnsACopy(t *testing.T) {
	err := frontdesk.InvalidField("amount", "must be positive")
	frontdesk.Fields(err)[0].Name = "changed"
	if got := frontdesk.Fields(err)[0].Name; got != "amount" {
		t.Errorf("the error's own field is now %q", got)
	}
}

func TestFieldInJSON(t *testing.T) {
	got, err := json.Marshal(frontdesk.Field{"amount", "must be positive"})
	if want := `{"name":"amount","message":"must be positive"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}
