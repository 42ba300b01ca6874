package email

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
)

// Alternative is a further form of what a message says, for programs that can do more with it than
// show it: an invitation that calendars read. It stands after the text and the HTML.
type Alternative struct {
	// Name is that of the file which it becomes at a provider that takes none but text and HTML.
	// There it stands in for the attachment with the same Name.
	Name        string
	ContentType string // a media type, of text: text/calendar; method=REQUEST
	Content     []byte // in UTF-8
}

func (m *Message) validAlternatives() error {
	var errs []error
	for i := range m.Alternatives {
		errs = append(errs, m.Alternatives[i].validate(fmt.Sprintf("alternatives[%d]", i)))
	}
	return errors.Join(errs...)
}

func (a *Alternative) validate(field string) error {
	errs := []error{validFileName(field+".name", a.Name), validTextType(field+".content_type", a.ContentType)}
	switch {
	case len(a.Content) == 0:
		errs = append(errs, frontdesk.InvalidField(field+".content", "is required"))
	case !utf8.Valid(a.Content) || bytes.ContainsRune(a.Content, 0):
		errs = append(errs, frontdesk.InvalidField(field+".content", "is not UTF-8 text"))
	}
	return errors.Join(errs...)
}

// validTextType passes media types of text in UTF-8, which every mailer may encode as it likes.
func validTextType(field, mediaType string) error {
	if err := validMediaType(field, mediaType); err != nil {
		return err
	}
	parsed, parameters, err := mime.ParseMediaType(mediaType)
	if charset, said := parameters["charset"]; err != nil || !strings.HasPrefix(parsed, "text/") || said && !strings.EqualFold(charset, "utf-8") {
		return frontdesk.InvalidField(field, "is not text in UTF-8")
	}
	return nil
}

// encoded is how many bytes the bodies have in a mail.
func (m *Message) encoded() int64 {
	size := int64(len(m.Text) + len(m.HTML))
	for _, a := range m.Alternatives {
		file := Attachment{Size: int64(len(a.Content))}
		size += file.encoded()
	}
	return size
}
