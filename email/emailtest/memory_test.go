package emailtest_test

import (
	"testing"

	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
)

func TestStore(t *testing.T) {
	emailtest.TestStore(t, func(*testing.T) email.Store { return emailtest.NewStore() })
}
