package resend_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
	"github.com/frontdesk-go/frontdesk/email/resend"
	"github.com/frontdesk-go/frontdesk/email/resend/resendtest"
)

func TestMailer(t *testing.T) {
	emailtest.TestMailer(t, func(t *testing.T) emailtest.Harness {
		s := resendtest.NewServer(&resendtest.Options{Key: testKey})
		front := httptest.NewServer(s)
		t.Cleanup(front.Close)
		m, err := resend.New(testKey, &resend.Options{
			WebhookSecrets: []frontdesk.Secret{s.WebhookSecret()},
			BaseURL:        front.URL,
			HTTPClient:     front.Client(),
			MaxAttempts:    1, // the suite looks at what each attempt brings
		})
		require.NoError(t, err)
		return emailtest.Harness{Mailer: m, Driver: driver{t, s}, NoAlternatives: true}
	})
}

// driver shows the suite what a local Resend holds, and breaks it.
type driver struct {
	t *testing.T
	*resendtest.Server
}

var (
	_ emailtest.ScheduleDriver = driver{}
	_ emailtest.WebhookDriver  = driver{}
)

func (d driver) Calls() int { return len(d.Requests()) }

func (d driver) LoseNext() { d.Next(resendtest.Fault{Lose: true}) }

// refusals are the answers that bring about a code.
var refusals = map[frontdesk.Code]resendtest.Fault{
	frontdesk.Invalid:            {Status: 422, Name: "validation_error", Message: "Invalid `to` field."},
	frontdesk.Unauthenticated:    {Status: 403, Name: "invalid_api_key", Message: "API key is invalid"},
	frontdesk.PermissionDenied:   {Status: 401, Name: "restricted_api_key", Message: "This API key is restricted to only send emails"},
	frontdesk.FailedPrecondition: {Status: 403, Name: "validation_error", Message: "The example.com domain is not verified."},
	frontdesk.Declined:           {Status: 451, Name: "security_error", Message: "We may have found a security issue with the request."},
	frontdesk.Aborted:            {Status: 409, Name: "concurrent_idempotent_requests", Message: "Another request is being processed."},
	frontdesk.RateLimited:        {Status: 429, Name: "rate_limit_exceeded", Message: "Too many requests."},
	frontdesk.QuotaExceeded:      {Status: 429, Name: "daily_quota_exceeded", Message: "You have reached your daily email sending quota."},
	frontdesk.Unavailable:        {Status: 500, Name: "application_error", Message: "An unexpected error occurred."},
}

func (d driver) FailNext(err error) {
	f, known := refusals[frontdesk.CodeOf(err)]
	if !known {
		d.t.Fatalf("Resend does not fail with %v", err)
	}
	f.RetryAfter = frontdesk.RetryAfter(err)
	d.Next(f)
}

func (d driver) Depart(id string) error {
	if !d.Server.Depart(id) {
		return errors.New("there is no such scheduled email")
	}
	return nil
}

var types = map[email.Status]string{
	email.StatusSent:       "email.sent",
	email.StatusDelayed:    "email.delivery_delayed",
	email.StatusDelivered:  "email.delivered",
	email.StatusBounced:    "email.bounced",
	email.StatusComplained: "email.complained",
	email.StatusFailed:     "email.failed",
	email.StatusSuppressed: "email.suppressed",
}

func (d driver) Webhook(e email.Event, at time.Time) (http.Header, []byte) {
	told := resendtest.Event{ID: e.ID, Type: e.Type, EmailID: e.MessageID, CreatedAt: e.OccurredAt, BounceType: "Transient", Detail: e.Detail}
	if told.Type == "" {
		told.Type = types[e.Status]
	}
	if e.Permanent {
		told.BounceType = "Permanent"
	}
	if e.Recipient != "" {
		told.To = []string{e.Recipient}
	}
	return d.Server.Webhook(told, at)
}

func (d driver) Mails() []emailtest.Mail {
	var all []emailtest.Mail
	for _, e := range d.Emails() {
		m := emailtest.Mail{ProviderID: e.ID, AcceptedAt: e.CreatedAt, SendAt: e.ScheduledAt, Canceled: e.LastEvent == "canceled"}
		m.From = d.address(e.From)
		m.To, m.Cc, m.Bcc, m.ReplyTo = d.addresses(e.To), d.addresses(e.Cc), d.addresses(e.Bcc), d.addresses(e.ReplyTo)
		m.Subject, m.Text, m.HTML, m.Headers, m.Tags, m.Key = e.Subject, e.Text, e.HTML, e.Headers, e.Tags, e.IdempotencyKey
		for _, f := range e.Attachments {
			m.Attachments = append(m.Attachments, file(f.Filename, f.ContentType, f.ContentID, f.Content))
		}
		all = append(all, m)
	}
	return all
}

func (d driver) address(text string) mail.Address {
	a, err := mail.ParseAddress(text)
	require.NoError(d.t, err)
	return *a
}

func (d driver) addresses(texts []string) []mail.Address {
	var all []mail.Address
	for _, text := range texts {
		all = append(all, d.address(text))
	}
	return all
}

// file is an attachment whose content is in memory.
func file(name, contentType, contentID string, content []byte) email.Attachment {
	return email.Attachment{
		Name: name, ContentType: contentType, ContentID: contentID, Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}
}
