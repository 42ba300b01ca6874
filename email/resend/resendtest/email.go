package resendtest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"
)

// Email is one that the server has accepted.
type Email struct {
	ID             string
	From           string
	To, Cc, Bcc    []string
	ReplyTo        []string
	Subject        string
	HTML, Text     string
	Headers        map[string]string
	Tags           map[string]string
	Attachments    []Attachment
	CreatedAt      time.Time
	ScheduledAt    time.Time // zero: at once
	LastEvent      string    // "sent", "scheduled" or "canceled"
	IdempotencyKey string
	Batch          bool // it came in one
}

func (e *Email) recipients() int { return len(e.To) + len(e.Cc) + len(e.Bcc) }

// Attachment is a file of an [Email].
type Attachment struct {
	Filename, ContentType, ContentID string
	Content                          []byte
}

// Emails are those that were accepted, in order.
func (s *Server) Emails() []Email {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Email, len(s.emails))
	for i, e := range s.emails {
		all[i] = *e
	}
	return all
}

// draft is an email as it comes. A list may be one text, as Resend allows.
type draft struct {
	From        string            `json:"from"`
	To          texts             `json:"to"`
	Cc          texts             `json:"cc"`
	Bcc         texts             `json:"bcc"`
	ReplyTo     texts             `json:"reply_to"`
	Subject     *string           `json:"subject"`
	HTML        string            `json:"html"`
	Text        string            `json:"text"`
	Headers     map[string]string `json:"headers"`
	Tags        []draftTag        `json:"tags"`
	ScheduledAt string            `json:"scheduled_at"`
	Attachments []draftFile       `json:"attachments"`
}

type draftTag struct{ Name, Value string }

type draftFile struct {
	Filename    string  `json:"filename"`
	ContentType string  `json:"content_type"`
	ContentID   string  `json:"content_id"`
	Content     content `json:"content"`
}

// texts is a list of texts, or one text.
type texts []string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *texts) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte(`"`)) {
		*t = make(texts, 1)
		return json.Unmarshal(raw, &(*t)[0])
	}
	return json.Unmarshal(raw, (*[]string)(t))
}

// content is bytes in base64, or a list of numbers as resend-go writes them.
type content struct {
	bytes   []byte
	encoded int // how long it was in base64
}

// UnmarshalJSON implements [json.Unmarshaler].
func (c *content) UnmarshalJSON(raw []byte) error {
	if !bytes.HasPrefix(raw, []byte("[")) {
		if err := json.Unmarshal(raw, &c.bytes); err != nil {
			return err
		}
		c.encoded = base64.StdEncoding.EncodedLen(len(c.bytes))
		return nil
	}
	var numbers []uint8
	var list []int
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	for _, n := range list {
		numbers = append(numbers, uint8(n)) //nolint:gosec // resend-go wrote bytes
	}
	c.bytes, c.encoded = numbers, base64.StdEncoding.EncodedLen(len(numbers))
	return nil
}

func (d *draft) email() *Email {
	e := &Email{
		From: d.From, To: d.To, Cc: d.Cc, Bcc: d.Bcc, ReplyTo: d.ReplyTo, HTML: d.HTML, Text: d.Text,
		Headers: d.Headers, LastEvent: "sent",
	}
	if d.Subject != nil {
		e.Subject = *d.Subject
	}
	for _, t := range d.Tags {
		if e.Tags == nil {
			e.Tags = map[string]string{}
		}
		e.Tags[t.Name] = t.Value
	}
	for _, f := range d.Attachments {
		e.Attachments = append(e.Attachments, Attachment{f.Filename, f.ContentType, f.ContentID, slices.Clone(f.Content.bytes)})
	}
	return e
}
