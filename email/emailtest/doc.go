// Package emailtest is for tests of what uses or implements email.
//
// [Mailbox] is a mailer in memory that keeps what it is given, and whose tests wait
// for mails without sleeping:
//
//	box := emailtest.NewMailbox()
//	mail := email.New(box, emailtest.NewStore(), nil)
//	...
//	m, err := box.Latest(ctx, "ada@example.com")
//
// It fails when it is told to, and its webhooks reach a service signed.
//
// [NewStore] returns an email.Store in memory.
//
// [TestMailer] and [TestStore] are the suites that every implementation of
// email.Mailer and email.Store passes, these two among them.
package emailtest
