// Package email sends a host's mails: each once, logged, and delivered or explained.
//
// A host makes one [Service] from a [Mailer] (package resend adapts Resend, package
// smtp any mail server) and a [Store] (package store keeps it in SQLite or Postgres;
// package emailtest in memory). Package templates has the mails of a client portal
// ready to be sent.
//
// [Service.Enqueue] writes a message to the log, in the caller's transaction if it
// wants ([Service.In]), under a key: one entry however often it is called.
// [Service.Deliver] hands it to the mailer, with the same key at every attempt. What
// may help later is tried again, further and further apart, and no sooner than the
// provider asks; when the provider's quota is used up, its whole queue rests. What
// cannot help fails, and the entry says why.
//
// When an answer was lost, the message may have been sent. It is sent again only with
// a key that the provider still remembers ([Remembering]); later it is looked up there
// ([Finder]). Where neither can be done the message fails as uncertain, and a person
// decides ([Service.Resend]).
//
// [Service.Receive] verifies what the provider tells about deliveries and commits it
// before it returns. A message's [Status] never moves backwards, in whatever order that
// arrives. Addresses that bounced for good or complained are suppressed: they get no
// further mail unless it overrides that.
//
// [Service.Log] tells the whole story of a message: its attempts, and its events.
//
// Nothing here runs on after its call has returned. Package jobs does the work in
// the background; [Service.Drain] does what is due before it returns.
//
// Operation names are the same in errors, spans, logs and audit rows: "email.Resend".
package email
