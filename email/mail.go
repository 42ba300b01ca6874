package email

// Mail is what can be sent: a [Message], or what renders to one.
type Mail interface {
	// Name is what the log calls the mail, for example the template's name.
	Name() string
	// Render returns the message. Its From may be left to [Options], and its Key to
	// Enqueue.
	Render() (Message, error)
}

// Name is empty: a message was made from no template.
func (m Message) Name() string { return "" }

// Render returns the message.
func (m Message) Render() (Message, error) { return m, nil }
