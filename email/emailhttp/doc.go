// Package emailhttp has the handlers that a host mounts for its mails: the provider's
// webhook, and preview pages for development. They work under any prefix, behind any
// router, and set nothing outside their responses.
//
//	mux.Handle("POST /webhooks/resend", emailhttp.NewWebhookHandler(mails, nil))
//
// The webhook authenticates the provider by its signature and never a person. Do not
// put it behind CSRF protection, a session, or middleware that reads or rewrites the
// body: the signature covers the bytes as they were sent.
//
// The preview shows made-up mails and authenticates nobody. Mount it in development only:
//
//	set, err := templates.New(&templates.Options{Brand: brand})
//	samples := func(language string) (all []email.Mail) {
//		for _, t := range templates.Samples(templates.Language(language)) {
//			all = append(all, set.Mail(t))
//		}
//		return all
//	}
//	mux.Handle("GET /dev/mails", emailhttp.NewPreviewHandler(samples, &emailhttp.PreviewOptions{
//		Languages: []string{"en", "pt-PT"},
//	}))
package emailhttp
