package email

import (
	"net/mail"
	"slices"
)

// withhold takes recipients out of the message. If none is left that others may see,
// nobody is: a message has a recipient, and a blind copy is a copy.
func (m *Message) withhold(withheld map[string]string) {
	less := func(all []mail.Address) []mail.Address {
		return slices.DeleteFunc(slices.Clone(all), func(a mail.Address) bool {
			_, found := withheld[normal(a.Address)]
			return found
		})
	}
	m.To, m.Cc, m.Bcc = less(m.To), less(m.Cc), less(m.Bcc)
	if len(m.To) == 0 {
		m.To, m.Cc = m.Cc, nil
	}
}
