package emailtest_test

import (
	"testing"

	"github.com/frontdesk-go/frontdesk/email/emailtest"
)

func TestMailer(t *testing.T) {
	emailtest.TestMailer(t, func(t *testing.T) emailtest.Harness {
		box := emailtest.NewMailbox()
		return emailtest.Harness{Mailer: box, Driver: box}
	})
}
