package templates

import (
	"cmp"
	"net/mail"

	"github.com/frontdesk-go/frontdesk/email"
)

// Brand is what makes the mails the host's. All of it may be left out.
type Brand struct {
	Name    string // of the host; in the header and the footer
	URL     string // where header and footer lead
	Address string // postal, for the footer; may have several lines

	// LogoURL is an image for the header in place of the name, shown 32 px high. It should be
	// a PNG with transparent ground whose shape stands out on white and on black.
	LogoURL string

	// Color is the brand colour on light grounds, "#3152db". It fills buttons and bars, so it
	// must have a contrast of 3 to the page, or New refuses it and names the ratio. Letters
	// on it are white or black, whichever can be read. Links have the same hue, made darker as
	// far as they must be to be read.
	Color string
	// DarkColor is the same on dark grounds. Default: Color, made lighter as far as it must be.
	DarkColor string

	From    mail.Address   // who sends; default: whom the email service names
	ReplyTo []mail.Address // who answers
}

// check returns the brand as templates may use it, and its colours.
func (b Brand) check() (Brand, colors, error) {
	in := &input{}
	if b.URL != "" {
		in.link("brand.url", b.URL)
	}
	if b.LogoURL != "" {
		in.link("brand.logo_url", b.LogoURL)
	}
	c := colors{light: lightPalette(), dark: darkPalette()}
	if b.Color != "" {
		in.add(c.light.brand("brand.color", b.Color))
		b.DarkColor = cmp.Or(b.DarkColor, readable(b.Color, c.dark))
	}
	if b.DarkColor != "" {
		in.add(c.dark.brand("brand.dark_color", b.DarkColor))
	}
	b.Name = oneLine(b.Name)
	b.ReplyTo = append([]mail.Address(nil), b.ReplyTo...)
	return b, c, in.err()
}

func (b Brand) message(to mail.Address, subject, html, text string) email.Message {
	return email.Message{
		From:    b.From,
		To:      []mail.Address{to},
		ReplyTo: append([]mail.Address(nil), b.ReplyTo...),
		Subject: subject,
		HTML:    html,
		Text:    text,
		// RFC 3834: asks machines for no answer, such as notes of absence.
		Headers: map[string]string{"Auto-Submitted": "auto-generated"},
	}
}
