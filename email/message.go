package email

import (
	"io"
	"net/mail"
)

// Message is one mail, to be sent once.
type Message struct {
	From        mail.Address
	To, Cc, Bcc []mail.Address
	ReplyTo     []mail.Address
	Subject     string
	Text        string // plain text; at least one of Text and HTML
	HTML        string
	// Alternatives are further forms of the text, the richest last.
	Alternatives []Alternative
	Attachments  []Attachment
	Headers      map[string]string // further ones, for example List-Unsubscribe
	Tags         map[string]string // for the provider's statistics, where it has any
	// Key makes it the same message: at the provider, in the log and as its
	// Message-ID. 1 to 256 visible ASCII characters.
	Key string
}

// Attachment is a file of a message. It may be opened several times: each attempt
// to send reads it anew.
type Attachment struct {
	Name        string
	ContentType string // a media type: application/pdf
	Size        int64  // bytes; exactly what Open's reader gives
	// ContentID makes the file inline: the HTML shows it as src="cid:ContentID".
	ContentID string
	Open      func() (io.ReadCloser, error)
}
