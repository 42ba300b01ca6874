// Package notify sends the mails that follow from what happens in other domains. It
// stands between them, for they do not know each other:
//
//	pay := billing.New(provider, st.Billing(), &billing.Options{OnChange: notify.Billing(mail, nil)})
//	sched, err := scheduling.New(st.Scheduling(), &scheduling.Options{OnChange: notify.Meetings(mail, st.Scheduling(), nil)})
//
// A mail is enqueued under the change's key, so there is one for each change however
// often the change is told, and its delivery is email's business: a mail that cannot be
// sent holds up nothing. [Chain] makes one hook of several.
package notify

import (
	"context"

	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/templates"
)

// Reader is who gets a mail about a client, and how they read it. Empty fields are
// left to what the change knows and to the templates' set.
type Reader struct {
	Email    string
	Name     string
	Language templates.Language
	Zone     string // IANA time zone
}

// Queue takes mails to be sent. It is *email.Service.
type Queue interface {
	Enqueue(ctx context.Context, m email.Mail, key string, o *email.EnqueueOptions) (int64, error)
}
