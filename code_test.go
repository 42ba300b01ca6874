package frontdesk_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/frontdesk-go/frontdesk"
)

var codes = map[frontdesk.Code]struct {
	name      string
	retryable bool
}{
	frontdesk.Unknown:            {"unknown", false},
	frontdesk.Canceled:           {"canceled", false},
	frontdesk.DeadlineExceeded:   {"deadline_exceeded", true},
	frontdesk.Invalid:            {"invalid", false},
	frontdesk.NotFound:           {"not_found", false},
	frontdesk.AlreadyExists:      {"already_exists", false},
	frontdesk.PermissionDenied:   {"permission_denied", false},
	frontdesk.Unauthenticated:    {"unauthenticated", false},
	frontdesk.FailedPrecondition: {"failed_precondition", false},
	frontdesk.Aborted:            {"aborted", true},
	frontdesk.Declined:           {"declined", false},
	frontdesk.RateLimited:        {"rate_limited", true},
	frontdesk.QuotaExceeded:      {"quota_exceeded", false},
	frontdesk.Unavailable:        {"unavailable", true},
	frontdesk.OutcomeUnknown:     {"outcome_unknown", true},
	frontdesk.Unimplemented:      {"unimplemented", false},
	frontdesk.Internal:           {"internal", false},
}

func TestCodesHaveNamesAndSayWhetherToRetry(t *testing.T) {
	for code, want := range codes {
		if code.String() != want.name || code.Error() != want.name {
			t.Errorf("code %d reads %q and %q, want %q", code, code.String(), code.Error(), want.name)
		}
		if code.Retryable() != want.retryable {
			t.Errorf("%s.Retryable() = %t", code, code.Retryable())
		}
	}
}

func TestEveryCodeIsListed(t *testing.T) {
	if next := frontdesk.Code(len(codes)); next.String() != "unknown" {
		t.Errorf("code %s is missing from the table of this test", next)
	}
}

func TestCodesSurviveJSON(t *testing.T) {
	for code := range codes {
		text, err := json.Marshal(code)
		if err != nil {
			t.Fatal(err)
		}
		var got frontdesk.Code
		if err := json.Unmarshal(text, &got); err != nil || got != code {
			t.Errorf("%s came back from %s as %s, %v", code, text, got, err)
		}
	}
}

func TestNumberThatIsNoCodeReadsUnknown(t *testing.T) {
	if got := frontdesk.Code(255).String(); got != "unknown" {
		t.Errorf("got %q", got)
	}
}

func TestNameOfNoCodeIsInvalid(t *testing.T) {
	code := frontdesk.NotFound
	err := code.UnmarshalText([]byte("NOT_FOUND"))
	if !errors.Is(err, frontdesk.Invalid) || code != frontdesk.NotFound {
		t.Errorf("got %v and the code %s", err, code)
	}
}

func TestBareCodeIsAnError(t *testing.T) {
	err := fmt.Errorf("the row is gone: %w", frontdesk.NotFound)
	if !errors.Is(err, frontdesk.NotFound) || errors.Is(err, frontdesk.Internal) {
		t.Errorf("errors.Is does not match the code of %v", err)
	}
	if got := frontdesk.CodeOf(err); got != frontdesk.NotFound {
		t.Errorf("CodeOf = %s", got)
	}
}
