package frontdesk_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/frontdesk-go/frontdesk"
)

func TestOutcomeOf(t *testing.T) {
	tests := []struct {
		err  error
		want frontdesk.AuditOutcome
	}{
		{nil, frontdesk.Succeeded},
		{frontdesk.Errorf(frontdesk.PermissionDenied, "not yours"), frontdesk.Denied},
		{fmt.Errorf("x: %w", frontdesk.Unauthenticated), frontdesk.Denied},
		{frontdesk.Wrap("billing.Pay", frontdesk.PermissionDenied), frontdesk.Denied},
		{frontdesk.Declined, frontdesk.Failed},
		{frontdesk.OutcomeUnknown, frontdesk.Failed},
		{context.Canceled, frontdesk.Failed},
		{errors.New("boom"), frontdesk.Failed},
	}
	for _, test := range tests {
		if got := frontdesk.OutcomeOf(test.err); got != test.want {
			t.Errorf("OutcomeOf(%v) = %q, want %q", test.err, got, test.want)
		}
	}
}
