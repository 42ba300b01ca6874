package emailhttp

import (
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
)

var (
	prefers = regexp.MustCompile(`(?i)\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)`)
	inline  = regexp.MustCompile(`cid:[^"'\s)>]+`)
)

// shownIn is the mail's HTML as one sees it who prefers the scheme, whatever the
// developer's own system prefers, and with its inline images.
func shownIn(scheme string, m *email.Message) (string, error) {
	if scheme != "light" && scheme != "dark" {
		return "", frontdesk.InvalidField("scheme", "is neither light nor dark")
	}
	images, err := inlineImages(m)
	if err != nil {
		return "", err
	}
	html := prefers.ReplaceAllStringFunc(m.HTML, func(query string) string {
		if strings.EqualFold(prefers.FindStringSubmatch(query)[1], scheme) {
			return "(min-width:0)" // always
		}
		return "(max-width:0)" // never
	})
	return inline.ReplaceAllStringFunc(html, func(reference string) string {
		if image, found := images[strings.TrimPrefix(reference, "cid:")]; found {
			return image
		}
		return reference
	}), nil
}

// inlineImages are the mail's inline files as data URLs, by their content ids.
func inlineImages(m *email.Message) (map[string]string, error) {
	images := make(map[string]string)
	for _, a := range m.Attachments {
		if a.ContentID == "" {
			continue
		}
		content, err := read(a)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Name, err)
		}
		images[a.ContentID] = "data:" + a.ContentType + ";base64," + base64.StdEncoding.EncodeToString(content)
	}
	return images, nil
}

func read(a email.Attachment) ([]byte, error) {
	r, err := a.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, a.Size))
}
