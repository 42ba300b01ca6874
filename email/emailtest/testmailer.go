package emailtest

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// TestMailer checks every promise of email.Mailer, and of the abilities that the mailer
// has. Open is called once per rule and returns a mailer whose provider holds nothing;
// what must be closed, it leaves to t.Cleanup.
//
//	func TestMailer(t *testing.T) {
//		emailtest.TestMailer(t, func(t *testing.T) emailtest.Harness {
//			box := emailtest.NewMailbox()
//			return emailtest.Harness{Mailer: box, Driver: box}
//		})
//	}
func TestMailer(t *testing.T, open func(t *testing.T) Harness) {
	groups := []struct {
		name  string
		rules []mailerRule
	}{
		{"Sending", sendRules},
		{"Content", contentRules},
		{"Failing", failRules},
		{"Remembering", rememberRules},
		{"Batches", batchRules},
		{"Scheduling", scheduleRules},
		{"Finding", findRules},
		{"Webhooks", webhookRules},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, r := range g.rules {
				t.Run(r.promise, func(t *testing.T) { r.check(newMailerTest(t, open(t))) })
			}
		})
	}
}

// mailerRule is one promise, and how to find out whether it is kept.
type mailerRule struct {
	promise string
	check   func(*mailerTest)
}

// mailerTest is one rule under test.
type mailerTest struct {
	*testing.T
	ctx     context.Context
	harness Harness
	m       email.Mailer
	driver  MailerDriver
	made    int
}

func newMailerTest(t *testing.T, h Harness) *mailerTest {
	if h.From.Address == "" {
		h.From = mail.Address{Name: "Frontdesk", Address: "desk@example.com"}
	}
	return &mailerTest{T: t, ctx: t.Context(), harness: h, m: h.Mailer, driver: h.Driver}
}

// ability is the mailer as one with the ability; without it the rule is left out.
func ability[A any](t *mailerTest) A {
	t.Helper()
	a, has := t.m.(A)
	if !has {
		t.Skip("the mailer does not have the ability")
	}
	return a
}

// driving is the driver as one that can do more; if it cannot, the rule is left out.
func driving[D any](t *mailerTest) D {
	t.Helper()
	d, can := t.driver.(D)
	if !can {
		t.Skip("the provider does not do it")
	}
	return d
}

// message is a new one with a key of its own.
func (t *mailerTest) message() *email.Message {
	t.made++
	return &email.Message{
		From: t.harness.From, To: []mail.Address{{Name: "Ada Lovelace", Address: fmt.Sprintf("ada%d@example.com", t.made)}},
		Subject: fmt.Sprintf("Message %d", t.made), Text: "Hello", HTML: "<p>Hello</p>",
		Key: fmt.Sprintf("%s-%d", keyOf(t.Name()), t.made),
	}
}

// keyOf makes a key of a rule's name, so that rules that share a provider share no key.
func keyOf(name string) string {
	key := strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r
		}
		return '-'
	}, name)
	return key[max(0, len(key)-200):]
}

func (t *mailerTest) send(m *email.Message) email.Receipt {
	t.Helper()
	r, err := t.m.Send(t.ctx, m)
	if err != nil {
		t.Fatalf("Send must succeed here, and failed: %v", err)
	}
	if r.ProviderID == "" {
		t.Error("the receipt has no provider id")
	}
	return r
}

// only is the one mail that the provider must hold.
func (t *mailerTest) only() Mail {
	t.Helper()
	mails := t.driver.Mails()
	if len(mails) != 1 {
		t.Fatalf("the provider has accepted %d messages, want 1", len(mails))
	}
	return mails[0]
}

// holds checks how many messages the provider has accepted.
func (t *mailerTest) holds(n int, rule string) {
	t.Helper()
	if got := len(t.driver.Mails()); got != n {
		t.Errorf("the provider has accepted %d messages, want %d: %s", got, n, rule)
	}
}

// refused checks that a call failed with the code.
func (t *mailerTest) refused(err error, code frontdesk.Code, rule string) {
	t.Helper()
	if got := frontdesk.CodeOf(err); err == nil || got != code {
		t.Errorf("failed with %s (%v), want %s: %s", got, err, code, rule)
	}
}

// names checks that the error complains of the field.
func (t *mailerTest) names(err error, field string) {
	t.Helper()
	if !slices.ContainsFunc(frontdesk.Fields(err), func(f frontdesk.Field) bool { return f.Name == field }) {
		t.Errorf("the error complains of %v, want %q", frontdesk.Fields(err), field)
	}
}

// equal checks one value.
func equal[T comparable](t *mailerTest, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// equalText is equal for values that are compared by how they print.
func equalText(t *mailerTest, what string, got, want any) {
	t.Helper()
	equal(t, what, fmt.Sprintf("%q", got), fmt.Sprintf("%q", want))
}
