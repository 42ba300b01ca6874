package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	gosmtp "github.com/wneessen/go-mail/smtp"

	"github.com/frontdesk-go/frontdesk"
)

const (
	quitTimeout = 5 * time.Second // for the farewell
	noopTimeout = 5 * time.Second // for a sign of life
)

// session is one connection that is signed in. Only one mail at a time uses it.
type session struct {
	client *gosmtp.Client
	conn   net.Conn
	stop   func() bool // of the end of the context that it was made under
	broken bool        // it cannot be used for another mail
	expiry *time.Timer
}

// dial makes a connection and signs in.
func (m *Mailer) dial(ctx context.Context) (*session, error) {
	s := &session{}
	client, err := gomail.NewClient(m.options.Host, m.clientOptions(ctx, s)...)
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.Internal, "smtp: go-mail refuses the options: %w", err)
	}
	if s.client, err = client.DialToSMTPClientWithContext(ctx); err == nil {
		err = m.signIn(s)
	}
	if s.stop != nil && !s.stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		s.hangUp()
		return nil, refusedEntry(ctx, err)
	}
	// go-mail has bounded the connection's life; from here on each mail's context does.
	return s, s.conn.SetDeadline(time.Time{})
}

// clientOptions are go-mail's. It signs in nowhere: it would not see that a connection
// made here is encrypted.
func (m *Mailer) clientOptions(ctx context.Context, s *session) []gomail.Option {
	policy := map[TLS]gomail.Option{
		Mandatory:     gomail.WithTLSPolicy(gomail.TLSMandatory),
		Implicit:      gomail.WithSSL(),
		Opportunistic: gomail.WithTLSPolicy(gomail.TLSOpportunistic),
		None:          gomail.WithTLSPolicy(gomail.NoTLS),
	}
	return []gomail.Option{
		gomail.WithPort(m.options.Port),
		gomail.WithTimeout(m.options.Timeout),
		gomail.WithHELO(m.options.HelloName),
		gomail.WithTLSConfig(m.options.TLSConfig),
		gomail.WithoutSMTPUTF8(), // addresses are ASCII
		gomail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
			return s.connect(ctx, dialing, m.connector(), network, address)
		}),
		policy[m.options.TLS],
	}
}

type connector interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

func (m *Mailer) connector() connector {
	if m.options.TLS == Implicit {
		return &tls.Dialer{Config: m.options.TLSConfig}
	}
	return &net.Dialer{}
}

// connect keeps the connection where the end of ctx reaches it: go-mail heeds its own
// context only until it is connected.
func (s *session) connect(ctx, dialing context.Context, c connector, network, address string) (net.Conn, error) {
	conn, err := c.DialContext(dialing, network, address)
	if err != nil {
		return nil, err
	}
	s.conn = conn
	s.stop = s.endWith(ctx)
	return conn, nil
}

// endWith cuts the connection when ctx ends, unless the returned function was called
// before; it reports whether it was.
func (s *session) endWith(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = s.conn.Close() })
}

// signIn takes the first way of signing in that both sides know and that shows the
// password to nobody on the way.
func (m *Mailer) signIn(s *session) error {
	if m.options.Username == "" {
		return nil
	}
	_, mechanisms := s.client.Extension("AUTH")
	user, password := m.options.Username, m.options.Password.Reveal()
	for _, way := range []struct {
		name string
		auth gosmtp.Auth
	}{
		{"SCRAM-SHA-256", gosmtp.ScramSHA256Auth(user, password)},
		{"SCRAM-SHA-1", gosmtp.ScramSHA1Auth(user, password)},
		{"CRAM-MD5", gosmtp.CRAMMD5Auth(user, password)},
		{"PLAIN", gosmtp.PlainAuth("", user, password, m.options.Host, false)},
		{"LOGIN", gosmtp.LoginAuth(user, password, m.options.Host, false)},
	} {
		if has(mechanisms, way.name) {
			return signInError(s.client.Auth(way.auth))
		}
	}
	return signInError(errNoWay)
}

func has(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

// alive reports whether the server still answers.
func (s *session) alive(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, noopTimeout)
	defer cancel()
	stop := s.endWith(ctx)
	err := s.client.Noop()
	return stop() && err == nil
}

// close says farewell and ends the connection.
func (s *session) close() {
	if s.conn.SetDeadline(time.Now().Add(quitTimeout)) == nil {
		_ = s.client.Quit() // the connection ends either way
	}
	s.hangUp()
}

// hangUp ends the connection at once.
func (s *session) hangUp() {
	if s.conn != nil {
		_ = s.conn.Close() // nothing more is expected of it
	}
}

// deliver hands a letter over and returns who was refused, with the reasons.
func (s *session) deliver(ctx context.Context, l *letter) (map[string]string, error) {
	defer l.close()
	stop := s.endWith(ctx)
	defer func() { s.broken = !stop() || s.broken }()
	if err := s.client.Mail("<" + l.from + ">"); err != nil {
		return nil, s.giveUp(ctx, "MAIL", err)
	}
	refused, err := s.address(ctx, l.to)
	if err != nil {
		return nil, err
	}
	return refused, s.transmit(ctx, l)
}

// address names the recipients. It fails when all of them are refused, and when one is
// put off.
func (s *session) address(ctx context.Context, to []string) (map[string]string, error) {
	var refused map[string]string
	for _, address := range to {
		err := s.client.Rcpt("<" + address + ">")
		if err == nil {
			continue
		}
		answer := parseAnswer("RCPT", err)
		if answer == nil || answer.code() != frontdesk.Declined || len(refused)+1 == len(to) {
			return nil, s.giveUp(ctx, "RCPT", err)
		}
		if refused == nil {
			refused = map[string]string{}
		}
		refused[address] = answer.reason()
	}
	return refused, nil
}

// transmit sends the content. The connection is cut when it cannot be sent whole, for
// there is no other way to say that it is not to be delivered.
func (s *session) transmit(ctx context.Context, l *letter) error {
	w, err := s.client.Data()
	if err != nil {
		return s.giveUp(ctx, "DATA", err)
	}
	err = l.writeTo(w)
	if reason := l.fileError(); reason != nil {
		err = reason
	}
	switch {
	case ctx.Err() != nil:
		s.cut()
		return ended(ctx, "the mail was not sent to its end")
	case l.fileError() != nil:
		s.cut()
		return unreadable(err)
	case err != nil:
		s.cut()
		return lost("DATA", err)
	}
	if err := w.Close(); err != nil {
		return s.unanswered(ctx, err)
	}
	return nil
}

func (s *session) cut() {
	s.broken = true
	s.hangUp()
}

// giveUp is the error for a mail of which nothing was delivered. The connection can be
// used again if the server has answered and is not about to leave.
func (s *session) giveUp(ctx context.Context, command string, err error) error {
	answer := parseAnswer(command, err)
	switch {
	case answer == nil && ctx.Err() != nil:
		s.cut()
		return ended(ctx, command+" was not answered")
	case answer == nil:
		s.cut()
		return lost(command, err)
	}
	s.broken = answer.Code == serviceClosing || s.client.Reset() != nil
	return answer.portable()
}

// unanswered is the error for a mail that was sent to its end. Only an answer says
// that it was not accepted.
func (s *session) unanswered(ctx context.Context, err error) error {
	if answer := parseAnswer("DATA", err); answer != nil {
		s.broken = answer.Code == serviceClosing
		return answer.portable()
	}
	s.cut()
	return unknown(ctx, err)
}

// parseAnswer reads a refusal of the server. It is nil when err is none.
func parseAnswer(command string, err error) *Error {
	answer, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return nil
	}
	return newError(command, answer)
}
