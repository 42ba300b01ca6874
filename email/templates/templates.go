// Package templates holds the mails that a portal sends: each a type whose fields are
// all that the mail needs, and whose HTML and plain text say the same, in English and
// Portuguese, in light and dark.
//
//	mail.Enqueue(ctx, templates.Receipt{To: c.Email, Invoice: "LS-2026-041", ...}, key, nil)
//
// A mail renders itself with the [Default] set, which carries no brand. A host makes a
// [Set] of its own with [New]: its brand (name, logo, colours, address, sender), the
// language and zone of mails that name none, and files that replace ours.
//
//	set, err := templates.New(&templates.Options{Brand: templates.Brand{Name: "Lantern Studio"}})
//	mail.Enqueue(ctx, set.Mail(templates.Receipt{...}), key, nil)
//
// Rendering sends nothing and asks nobody. It fails with frontdesk.Invalid and names every
// field that is missing or wrong, in snake case. Text of people is escaped wherever it
// stands, and links must be absolute http or https URLs.
//
// # Replacing files
//
// [Files] holds the templates as they ship. [Options.Overrides] may hold any of them
// under the same path, and those replace ours:
//
//   - layout.html.tmpl and layout.txt.tmpl stand around all mails
//   - parts.html.tmpl has the title, the facts, the button and what else mails are made of
//   - LANGUAGE/NAME.html.tmpl and LANGUAGE/NAME.txt.tmpl are one mail in one language: the HTML
//     defines "preheader" and "body", the text "subject" and "body"
//   - LANGUAGE/shared.html.tmpl and shared.txt.tmpl have what the mails about meetings share
//
// A mail's templates get its struct, with the times in the recipient's zone; a layout
// gets Language, Subject, Brand and Mail. Besides the functions of html/template there are
//
//	money .Amount           €4,900.00 or 4900,00 €
//	day .PaidAt             19 November 2026 or 19 de novembro de 2026
//	date .Start             the day of the week before it
//	clock .PaidAt           15:00 CET (UTC+1)
//	span .Start .End        15:00–15:45 CET (UTC+1)
//	spanIn zone .Start .End the same in another zone, with the date where that differs
//	percent 80              80% or 80 %
//	hello .Person           the greeting, also without a name
//	capital "maio"          the text with a capital in front
//	lines .Note             the lines of a text
//	label "Due" .Text       Label and Value, for the parts that take both
//	color "ink", dark "ink" a colour of the light and of the dark palette
//	inks, grounds           the roles of colours that text, and what it stands on, may have
//
// Conditional comments such as <!--[if mso]>...<![endif]--> survive, also those of
// overrides, although html/template deletes comments. They are constants: New refuses
// one that has an action inside.
package templates

import (
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

// Template is a mail of this package: [Welcome], [MilestoneUpdate], [InvoiceSent], [Receipt],
// [PaymentFailed], [SubscriptionCanceled], [MeetingBooked], [MeetingMoved], [MeetingCancelled],
// [MeetingReminder], [MeetingRequested], [MeetingToConfirm], [MeetingDeclined], [MeetingExpired], [MeetingConflict],
// [MeetingOffered] or [DocumentShared].
type Template interface {
	// Name is the template's name, in the log and in the paths of overrides: "receipt".
	// Render is the mail in the default set: see [Set.Render].
	email.Mail

	recipient() recipient
	// prepare checks the fields and returns the mail with its times in the recipient's zone.
	prepare(in *input) Template
}

// recipient is whom a mail goes to, and how they read it.
type recipient struct {
	to, person string
	language   Language
}

// Set renders mails for one host. It is safe for concurrent use.
type Set struct {
	brand    Brand
	language Language
	zone     *time.Location
	pages    map[pageKey]page
}

// Default returns the set without a brand, in English and UTC.
func Default() *Set { return unbranded() }

var unbranded = sync.OnceValue(func() *Set {
	set, err := New(nil)
	if err != nil {
		panic(err) // the files of this package do not parse
	}
	return set
})

// Render returns the mail: its sender and reply address as the brand has them, one
// recipient, subject, HTML and text. The rest of the message is the caller's.
//
// It fails with Invalid, which names the fields, when the mail lacks something or has what
// no mail may have.
func (s *Set) Render(t Template) (email.Message, error) {
	message, err := s.render(t)
	return message, frontdesk.Wrap("templates.Render", err)
}

func (s *Set) render(t Template) (email.Message, error) {
	if t == nil {
		return email.Message{}, frontdesk.InvalidField("template", "must not be empty")
	}
	r := t.recipient()
	in := &input{zone: s.zone}
	to := in.address("to", r.to, r.person)
	t = t.prepare(in)
	if err := in.err(); err != nil {
		return email.Message{}, err
	}
	language := match(r.language, s.language)
	subject, html, text, err := s.pages[pageKey{language, t.Name()}].render(view{Language: language, Brand: s.brand, Mail: t})
	if err != nil {
		return email.Message{}, err
	}
	return s.brand.message(to, subject, html, text), nil
}

// Mail returns t such that it renders with this set.
func (s *Set) Mail(t Template) email.Mail { return bound{t, s} }

// bound is a mail with the set that renders it.
type bound struct {
	Template
	set *Set
}

func (b bound) Render() (email.Message, error) { return b.set.Render(b.Template) }
