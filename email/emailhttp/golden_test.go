package emailhttp_test

import (
	"net/http/httptest"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailhttp"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
	"github.com/frontdesk-go/frontdesk/email/templates"
)

// What is previewed, what the fake receives and what is kept as golden are the same bytes.
func TestPreviewAndMailboxShowTheGoldenBytes(t *testing.T) {
	samples := func(language string) (all []email.Mail) {
		for _, s := range templates.Samples(templates.Language(language)) {
			all = append(all, s)
		}
		return all
	}
	preview := emailhttp.NewPreviewHandler(samples, &emailhttp.PreviewOptions{Languages: []string{"en", "pt-PT"}})
	box := emailtest.NewMailbox()
	service := email.New(box, emailtest.NewStore(), &email.Options{From: mail.Address{Address: "portal@studio.example"}})
	ctx := frontdesk.WithActor(t.Context(), frontdesk.System("test"))
	for _, language := range []string{"en", "pt-PT"} {
		for _, m := range samples(language) {
			t.Run(language+" "+m.Name(), func(t *testing.T) {
				box.Clear()
				_, err := service.Enqueue(ctx, m, language+"-"+m.Name(), nil)
				require.NoError(t, err)
				require.NoError(t, service.Drain(ctx))
				sent := box.Mails()
				require.Len(t, sent, 1)
				for part, got := range map[string]string{"html": sent[0].HTML, "text": sent[0].Text} {
					want := golden(t, language, m.Name(), part)
					require.Equal(t, want, got)
					answer := httptest.NewRecorder()
					query := url.Values{"mail": {m.Name()}, "language": {language}, "part": {part}}
					preview.ServeHTTP(answer, httptest.NewRequest("GET", "/?"+query.Encode(), nil))
					require.Equal(t, want, answer.Body.String())
				}
			})
		}
	}
}

func golden(t *testing.T, language, name, part string) string {
	t.Helper()
	suffix := map[string]string{"html": ".html", "text": ".txt"}[part]
	raw, err := os.ReadFile(filepath.Join("..", "templates", "testdata", "golden", language, name+suffix))
	require.NoError(t, err)
	return string(raw)
}
