package email

import (
	"errors"
	"fmt"
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
)

// In a mail, base64 stands in lines of 76 characters for 57 bytes, and a line end.
const (
	lineRaw     = 57
	lineEncoded = 78
)

// encoded is how many bytes the attachment has in a mail.
func (a *Attachment) encoded() int64 {
	return (a.Size + lineRaw - 1) / lineRaw * lineEncoded
}

func (m *Message) validAttachments() error {
	var errs []error
	total, cids := m.encoded(), map[string]bool{}
	for i := range m.Attachments {
		a, field := &m.Attachments[i], fmt.Sprintf("attachments[%d]", i)
		errs = append(errs, a.validate(field))
		if a.ContentID != "" && cids[a.ContentID] {
			errs = append(errs, frontdesk.InvalidField(field+".content_id", "is there twice"))
		}
		cids[a.ContentID] = true
		total += a.encoded()
		if a.Size > MaxSize || total > MaxSize {
			return errors.Join(append(errs, frontdesk.InvalidField(field+".size", "makes the message larger than %d bytes in base64", MaxSize))...)
		}
	}
	if total > MaxSize {
		errs = append(errs, frontdesk.InvalidField("html", "makes the message larger than %d bytes", MaxSize))
	}
	return errors.Join(errs...)
}

func (a *Attachment) validate(field string) error {
	errs := []error{validFileName(field+".name", a.Name), validMediaType(field+".content_type", a.ContentType)}
	if a.Size < 0 {
		errs = append(errs, frontdesk.InvalidField(field+".size", "is below zero"))
	}
	if a.Open == nil {
		errs = append(errs, frontdesk.InvalidField(field+".open", "is required"))
	}
	if strings.ContainsFunc(a.ContentID, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>\"", r) }) {
		errs = append(errs, frontdesk.InvalidField(field+".content_id", "has a character that no content id has"))
	}
	if len(a.ContentID) > 128 {
		errs = append(errs, frontdesk.InvalidField(field+".content_id", "is longer than 128 characters"))
	}
	return errors.Join(errs...)
}

// validFileName refuses what would make a file look like another one: line ends,
// paths, and characters that reverse the direction of writing.
func validFileName(field, name string) error {
	switch {
	case name == "":
		return frontdesk.InvalidField(field, "is required")
	case len(name) > maxName:
		return frontdesk.InvalidField(field, "is longer than %d bytes", maxName)
	case !utf8.ValidString(name), strings.ContainsFunc(name, func(r rune) bool { return breaksLine(r) || unicode.Is(unicode.Cf, r) }):
		return frontdesk.InvalidField(field, "has a control character")
	case strings.ContainsAny(name, `/\"`):
		return frontdesk.InvalidField(field, "has a slash or a quote")
	}
	return nil
}

func validMediaType(field, mediaType string) error {
	parsed, _, err := mime.ParseMediaType(mediaType)
	if err != nil || strings.Count(parsed, "/") != 1 || validLine(field, mediaType) != nil {
		return frontdesk.InvalidField(field, "is not a media type")
	}
	return nil
}
