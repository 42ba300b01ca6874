// Package frontdesk holds the words that the packages of Frontdesk share, and is the
// map to them. It needs the standard library only, and knows none of the others.
//
// Frontdesk is the back office of a client portal. A host web app brings users,
// sign-in and pages. It imports the packages it needs, passes its own database, mounts
// the handlers it wants, and swaps in fakes when it tests.
//
// # Words
//
// A [Code] says what kind of failure an error is, whichever package or provider it came
// from. It is itself an error, for errors.Is; [RetryAfter] and [Fields] tell more,
// and errors.As still reaches the provider's own error.
//
// [Money] is a whole number of minor units in a [Currency]. There are no floats, and no
// sums across currencies.
//
// An [Actor] is who acts: a client, an expert, an administrator or the system. The host
// puts it in the context with [WithActor], and services refuse those who have none.
// Nothing else of ours travels in the context.
//
// An [AuditEvent] records what an actor did, or was refused.
//
// A [Secret] and a [Personal] keep credentials and personal data out of logs, errors
// and JSON.
//
// Values of these types are safe for concurrent use as long as nobody changes them.
//
// # Packages
//
//   - billing: customers, checkouts, subscriptions, invoices, payments and payouts. Its
//     Service is what hosts call; PaymentProvider and Store are what adapters implement.
//   - billing/stripe: the PaymentProvider on Stripe.
//   - billing/billinghttp: the handler for the provider's webhooks.
//   - billing/billingtest: a provider and a store in memory, for the tests of hosts, and
//     the suites that every adapter passes.
//   - email: mails, sent once and logged with what became of them. Mailer and Store are
//     what adapters implement.
//   - email/resend, email/smtp: the Mailers on Resend and on any mail server.
//   - email/templates: typed mails; email/emailhttp: webhooks and previews; email/emailtest:
//     a mailbox, a store in memory and the suites.
//   - storage: documents. DocumentStore and Store are what adapters implement;
//     storage/localdir keeps the bytes in a directory, storage/drive in Google Drive,
//     storage/storagetest in memory.
//   - storage/storagehttp: uploads and downloads; storage/sniff and storage/picture: types told
//     from content, and profile pictures; storage/websource: a source of migrations by URL.
//   - scheduling: availability, slots, holds and meetings. Calendar and Store are what
//     adapters implement; scheduling/googlecalendar is one.
//   - scheduling/ical: invitations, feeds, foreign calendars; scheduling/schedulinghttp: the
//     handlers; scheduling/schedulingtest: fakes and suites.
//   - booking: meetings that are paid through billing.
//   - notify: the mails that follow from what happens in other domains.
//   - store: what the domains remember, in SQLite or Postgres, through sqlx.
//   - store/jobs: the work that outlives a request, on River.
//   - examples: whole programs to run and to copy from.
//
// A domain such as billing imports this package, and no other domain, database or
// provider. Adapters, handlers and the store import their domain. The host connects
// them.
package frontdesk
