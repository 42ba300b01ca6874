package smtp_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/smtp"
)

func message(key string) *email.Message {
	return &email.Message{
		From: mail.Address{Name: "Frontdesk", Address: "desk@example.com"}, To: []mail.Address{{Address: "ada@example.com"}},
		Subject: "Hello", Text: "Hello", Key: key,
	}
}

func toThree(key string) *email.Message {
	m := message(key)
	m.To = append(m.To, mail.Address{Address: "bob@example.com"}, mail.Address{Address: "gone@example.com"})
	return m
}

func requireCode(t *testing.T, code frontdesk.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code.String(), frontdesk.CodeOf(err).String(), "%v", err)
	require.NotContains(t, fmt.Sprintf("%v %+v", err, err), testPassword)
}

var later = answer(451, [3]int{4, 3, 0}, "try again later")

func TestOutcomes(t *testing.T) {
	t.Run("a mail that is put off is sent by the next attempt, once", func(t *testing.T) {
		s := serve(t, nil)
		m := s.mailer(s.options())
		s.next(fault{data: later})
		_, err := m.Send(t.Context(), message("k1"))
		requireCode(t, frontdesk.Unavailable, err)
		_, err = m.Send(t.Context(), message("k1"))
		require.NoError(t, err)
		assert.Len(t, s.accepted(), 1)
	})
	t.Run("a mail that is refused for good is Declined after one attempt", func(t *testing.T) {
		s := serve(t, nil)
		s.next(fault{data: answer(550, [3]int{5, 7, 1}, "looks like spam")})
		_, err := s.mailer(s.options()).Send(t.Context(), message("k1"))
		requireCode(t, frontdesk.Declined, err)
		calls, _ := s.count()
		assert.Equal(t, 1, calls)
	})
	t.Run("a lost answer to the mail leaves no known outcome, and nothing is sent again", func(t *testing.T) {
		s := serve(t, nil)
		s.next(fault{lose: true})
		_, err := s.mailer(s.options()).Send(t.Context(), message("k1"))
		requireCode(t, frontdesk.OutcomeUnknown, err)
		calls, _ := s.count()
		assert.Equal(t, 1, calls)
		assert.Len(t, s.accepted(), 1)
	})
	t.Run("a mail that was accepted is sent although the connection ends", func(t *testing.T) {
		s := serve(t, nil)
		m := s.mailer(s.options())
		s.next(fault{leave: true})
		_, err := m.Send(t.Context(), message("k1"))
		require.NoError(t, err)
		_, err = m.Send(t.Context(), message("k2"))
		require.NoError(t, err)
		assert.Len(t, s.accepted(), 2)
	})
	for _, at := range []string{"MAIL", "RCPT", "DATA"} {
		t.Run("a connection that is cut at "+at+" sent nothing", func(t *testing.T) {
			s := serve(t, nil)
			m := s.mailer(s.options())
			s.next(fault{cut: at})
			big := message("k1")
			big.Attachments = []email.Attachment{file("a.bin", "application/octet-stream", "", make([]byte, 1<<20))}
			_, err := m.Send(t.Context(), big)
			requireCode(t, frontdesk.Unavailable, err)
			assert.Empty(t, s.accepted())
			_, err = m.Send(t.Context(), message("k1"))
			require.NoError(t, err)
		})
	}
	t.Run("a server that closes is left, and the next mail goes over another connection", func(t *testing.T) {
		s := serve(t, nil)
		m := s.mailer(s.options())
		s.next(fault{mail: answer(421, [3]int{4, 3, 2}, "closing")})
		_, err := m.Send(t.Context(), message("k1"))
		requireCode(t, frontdesk.Unavailable, err)
		_, err = m.Send(t.Context(), message("k1"))
		require.NoError(t, err)
		_, dials := s.count()
		assert.Equal(t, 2, dials)
	})
	t.Run("a port that nobody listens on is Unavailable", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, l.Close())
		m, err := smtp.New(smtp.Options{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: smtp.None})
		require.NoError(t, err)
		_, err = m.Send(t.Context(), message("k1"))
		requireCode(t, frontdesk.Unavailable, err)
	})
}

func TestRecipients(t *testing.T) {
	t.Run("of three recipients the refused one is told, and the others get it exactly once", func(t *testing.T) {
		s := serve(t, nil)
		s.refuse("gone@example.com", noMailbox)
		r, err := s.mailer(s.options()).Send(t.Context(), toThree("k1"))
		require.NoError(t, err)
		assert.Equal(t, map[string]string{"gone@example.com": "550 5.1.1 no such mailbox"}, r.Refused)
		require.Len(t, s.accepted(), 1)
		assert.Equal(t, []string{"ada@example.com", "bob@example.com"}, s.accepted()[0].to)
		calls, _ := s.count()
		assert.Equal(t, 1, calls)
	})
	t.Run("a recipient who is put off puts the mail off, and then each gets it once", func(t *testing.T) {
		s := serve(t, nil)
		m := s.mailer(s.options())
		s.refuse("gone@example.com", answer(450, [3]int{4, 2, 0}, "greylisted"))
		_, err := m.Send(t.Context(), toThree("k1"))
		requireCode(t, frontdesk.Unavailable, err)
		assert.Empty(t, s.accepted())
		s.refuse("gone@example.com", nil)
		r, err := m.Send(t.Context(), toThree("k1"))
		require.NoError(t, err)
		assert.Empty(t, r.Refused)
		require.Len(t, s.accepted(), 1)
		assert.Len(t, s.accepted()[0].to, 3)
	})
	t.Run("who is named twice gets it once", func(t *testing.T) {
		s := serve(t, nil)
		m := message("k1")
		m.Cc, m.Bcc = m.To, m.To
		_, err := s.mailer(s.options()).Send(t.Context(), m)
		require.NoError(t, err)
		assert.Equal(t, []string{"ada@example.com"}, s.accepted()[0].to)
	})
	t.Run("a mail that all refuse spoils the connection for no other", func(t *testing.T) {
		s := serve(t, nil)
		m := s.mailer(s.options())
		s.refuse("ada@example.com", noMailbox)
		_, err := m.Send(t.Context(), message("k1"))
		requireCode(t, frontdesk.Declined, err)
		s.refuse("ada@example.com", nil)
		_, err = m.Send(t.Context(), message("k2"))
		require.NoError(t, err)
		_, dials := s.count()
		assert.Equal(t, 1, dials)
	})
}

func TestErrorCodes(t *testing.T) {
	for _, c := range []struct {
		rule  string
		fault fault
		code  frontdesk.Code
	}{
		{"a sender who is put off is Unavailable", fault{mail: later}, frontdesk.Unavailable},
		{"a sender who is refused is a failed precondition", fault{mail: answer(550, [3]int{5, 7, 1}, "not yours")}, frontdesk.FailedPrecondition},
		{"a server that wants a password is Unauthenticated", fault{rcpt: answer(530, [3]int{5, 7, 0}, "sign in")}, frontdesk.Unauthenticated},
		{"a mail that is too large is Invalid", fault{data: answer(552, [3]int{5, 3, 4}, "too big")}, frontdesk.Invalid},
		{"a full mailbox of the only recipient is Declined", fault{rcpt: answer(552, [3]int{5, 2, 2}, "mailbox full")}, frontdesk.Declined},
		{"a quota is a quota", fault{data: answer(550, [3]int{5, 4, 5}, "daily limit")}, frontdesk.QuotaExceeded},
		{"a policy is Declined", fault{data: answer(554, [3]int{5, 7, 1}, "policy")}, frontdesk.Declined},
	} {
		t.Run(c.rule, func(t *testing.T) {
			s := serve(t, nil)
			s.next(c.fault)
			_, err := s.mailer(s.options()).Send(t.Context(), message("k1"))
			requireCode(t, c.code, err)
		})
	}
	t.Run("the server's code and text stay reachable", func(t *testing.T) {
		s := serve(t, nil)
		s.next(fault{rcpt: noMailbox})
		_, err := s.mailer(s.options()).Send(t.Context(), message("k1"))
		var own *smtp.Error
		require.ErrorAs(t, err, &own)
		assert.Equal(t, []any{"RCPT", 550, "5.1.1", "no such mailbox"}, []any{own.Command, own.Code, own.Enhanced, own.Message})
		var wire *textproto.Error
		require.ErrorAs(t, err, &wire)
		assert.Equal(t, 550, wire.Code)
	})
}

func TestContextEnds(t *testing.T) {
	t.Run("before the answer to the mail, the outcome is unknown", func(t *testing.T) {
		s := serve(t, nil)
		hold := make(chan struct{})
		defer close(hold)
		s.next(fault{hold: hold})
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		_, err := s.mailer(s.options()).Send(ctx, message("k1"))
		requireCode(t, frontdesk.OutcomeUnknown, err)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
	t.Run("before the mail was sent, it has the context's code", func(t *testing.T) {
		s := serve(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		m := message("k1")
		a := file("a.txt", "text/plain", "", []byte("hello"))
		open := a.Open
		a.Open = func() (io.ReadCloser, error) { cancel(); return open() }
		m.Attachments = []email.Attachment{a}
		_, err := s.mailer(s.options()).Send(ctx, m)
		requireCode(t, frontdesk.Canceled, err)
		assert.Empty(t, s.accepted())
	})
	t.Run("a server that does not greet is Unavailable after Timeout", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		m, err := smtp.New(smtp.Options{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: smtp.None, Timeout: 100 * time.Millisecond})
		require.NoError(t, err)
		_, err = m.Send(t.Context(), message("k1"))
		requireCode(t, frontdesk.Unavailable, err)
	})
}

func TestGreetings(t *testing.T) {
	for greeting, code := range map[string]frontdesk.Code{
		"421 4.3.2 busy":    frontdesk.Unavailable,
		"554 5.7.1 go away": frontdesk.PermissionDenied,
		"HTTP/1.1 400 no":   frontdesk.Unavailable,
		"220 no answer":     frontdesk.Unavailable,
	} {
		t.Run("a server that greets with "+strings.TrimSpace(greeting)+" and leaves", func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			defer l.Close()
			go func() {
				if conn, err := l.Accept(); err == nil {
					_, _ = io.WriteString(conn, greeting+"\r\n")
					_ = conn.Close()
				}
			}()
			m, err := smtp.New(smtp.Options{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: smtp.None})
			require.NoError(t, err)
			_, err = m.Send(t.Context(), message("k1"))
			requireCode(t, code, err)
		})
	}
}

func TestConnections(t *testing.T) {
	t.Run("mails one after another share a connection", func(t *testing.T) {
		s := serve(t, nil)
		m := s.mailer(s.options())
		for i := range 5 {
			_, err := m.Send(t.Context(), message(fmt.Sprint("k", i)))
			require.NoError(t, err)
		}
		_, dials := s.count()
		assert.Equal(t, 1, dials)
	})
	t.Run("no more connections are made than allowed", func(t *testing.T) {
		s := serve(t, nil)
		o := s.options()
		o.Connections = 3
		m := s.mailer(o)
		var all sync.WaitGroup
		for i := range 30 {
			all.Go(func() {
				_, err := m.Send(t.Context(), message(fmt.Sprint("k", i)))
				assert.NoError(t, err)
			})
		}
		all.Wait()
		_, dials := s.count()
		assert.LessOrEqual(t, dials, 3)
		assert.Len(t, s.accepted(), 30)
	})
	t.Run("a connection that nobody uses is ended", func(t *testing.T) {
		s := serve(t, nil)
		o := s.options()
		o.IdleTimeout = 20 * time.Millisecond
		m := s.mailer(o)
		_, err := m.Send(t.Context(), message("k1"))
		require.NoError(t, err)
		<-s.left
		_, err = m.Send(t.Context(), message("k2"))
		require.NoError(t, err)
	})
	t.Run("Close ends them and refuses later mails", func(t *testing.T) {
		s := serve(t, nil)
		m := s.mailer(s.options())
		_, err := m.Send(t.Context(), message("k1"))
		require.NoError(t, err)
		require.NoError(t, m.Close())
		<-s.left
		_, err = m.Send(t.Context(), message("k2"))
		requireCode(t, frontdesk.FailedPrecondition, err)
	})
}

func TestEncryption(t *testing.T) {
	cert, pool := certificate(t)
	withTLS := func(s *server) { s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}} }
	trusting := func(s *server, policy smtp.TLS) smtp.Options {
		o := s.options()
		o.TLS, o.TLSConfig = policy, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
		return o
	}
	for _, policy := range []smtp.TLS{"", smtp.Mandatory, smtp.Opportunistic} {
		t.Run("a server with STARTTLS is encrypted under the policy "+strconv.Quote(string(policy)), func(t *testing.T) {
			s := serve(t, withTLS)
			_, err := s.mailer(trusting(s, policy)).Send(t.Context(), message("k1"))
			require.NoError(t, err)
			assert.Len(t, s.accepted(), 1)
		})
	}
	t.Run("a server without STARTTLS gets nothing when it is mandatory, which is the default", func(t *testing.T) {
		s := serve(t, nil)
		_, err := s.mailer(trusting(s, "")).Send(t.Context(), message("k1"))
		requireCode(t, frontdesk.Unavailable, err)
		assert.Empty(t, s.accepted())
	})
	t.Run("a server without STARTTLS is taken when it is opportunistic", func(t *testing.T) {
		s := serve(t, nil)
		_, err := s.mailer(trusting(s, smtp.Opportunistic)).Send(t.Context(), message("k1"))
		require.NoError(t, err)
	})
	t.Run("a certificate that nobody vouches for is refused", func(t *testing.T) {
		s := serve(t, withTLS)
		o := s.options()
		o.TLS = smtp.Mandatory
		_, err := s.mailer(o).Send(t.Context(), message("k1"))
		requireCode(t, frontdesk.Unavailable, err)
		assert.Empty(t, s.accepted())
	})
	t.Run("implicit TLS encrypts from the first byte, signing in included", func(t *testing.T) {
		s := serveTLS(t, cert, func(s *server) { withAuth(s) })
		o := trusting(s, smtp.Implicit)
		o.Username, o.Password = testUser, frontdesk.NewSecret(testPassword)
		_, err := s.mailer(o).Send(t.Context(), message("k1"))
		require.NoError(t, err)
		assert.Equal(t, testUser, s.lastUser)
	})
}

func TestSigningIn(t *testing.T) {
	cert, pool := certificate(t)
	both := func(s *server) {
		withAuth(s)
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	}
	as := func(s *server, user, password string) smtp.Options {
		o := s.options()
		o.TLS, o.TLSConfig = smtp.Mandatory, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
		o.Username, o.Password = user, frontdesk.NewSecret(password)
		return o
	}
	t.Run("the right password is let in", func(t *testing.T) {
		s := serve(t, both)
		_, err := s.mailer(as(s, testUser, testPassword)).Send(t.Context(), message("k1"))
		require.NoError(t, err)
		assert.Equal(t, testUser, s.lastUser)
	})
	t.Run("a wrong password is Unauthenticated and not shown", func(t *testing.T) {
		s := serve(t, both)
		_, err := s.mailer(as(s, testUser, "wrong"+testPassword)).Send(t.Context(), message("k1"))
		requireCode(t, frontdesk.Unauthenticated, err)
	})
	t.Run("a server that signs nobody in is Unauthenticated", func(t *testing.T) {
		s := serve(t, func(s *server) { s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}} })
		_, err := s.mailer(as(s, testUser, testPassword)).Send(t.Context(), message("k1"))
		requireCode(t, frontdesk.Unauthenticated, err)
		assert.Empty(t, s.accepted())
	})
}

func TestComposing(t *testing.T) {
	t.Run("the Message-ID is the same for the same key, differs for others, and ends in the sender's domain", func(t *testing.T) {
		s := serve(t, nil)
		m := s.mailer(s.options())
		first, err := m.Send(t.Context(), message("k1"))
		require.NoError(t, err)
		again, err := m.Send(t.Context(), message("k1"))
		require.NoError(t, err)
		other, err := m.Send(t.Context(), message("k2"))
		require.NoError(t, err)
		assert.Equal(t, first, again)
		assert.NotEqual(t, first.ProviderID, other.ProviderID)
		assert.True(t, strings.HasSuffix(first.ProviderID, "@example.com"))
		assert.Contains(t, string(s.accepted()[0].data), "Message-ID: <"+first.ProviderID+">\r\n")
	})
	t.Run("the header that was asked for carries the key", func(t *testing.T) {
		s := serve(t, nil)
		o := s.options()
		o.KeyHeader = smtp.ResendKeyHeader
		_, err := s.mailer(o).Send(t.Context(), message("receipt/in_1:paid"))
		require.NoError(t, err)
		assert.Contains(t, string(s.accepted()[0].data), "Resend-Idempotency-Key: receipt/in_1:paid\r\n")
	})
	t.Run("an alternative stands after text and HTML, beside the files, with one charset", func(t *testing.T) {
		s := serve(t, nil)
		m := message("k1")
		m.HTML = "<p>Hello</p>"
		m.Alternatives = []email.Alternative{{Name: "invite.ics", ContentType: "text/calendar; method=REQUEST; charset=utf-8", Content: []byte("BEGIN:VCALENDAR")}}
		m.Attachments = []email.Attachment{file("invite.ics", "application/ics", "", []byte("BEGIN:VCALENDAR"))}
		_, err := s.mailer(s.options()).Send(t.Context(), m)
		require.NoError(t, err)
		data, at := string(s.accepted()[0].data), 0
		for _, part := range []string{
			"multipart/mixed;", "multipart/alternative;", "Content-Type: text/plain;", "Content-Type: text/html;",
			"Content-Type: text/calendar; method=REQUEST; charset=UTF-8\r\n", "Content-Type: application/ics;",
		} {
			next := strings.Index(data[at:], part)
			require.NotEqual(t, -1, next, "%s in %s", part, data)
			at += next
		}
	})
	t.Run("the date is the clock's", func(t *testing.T) {
		s := serve(t, nil)
		o := s.options()
		o.Clock = func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
		_, err := s.mailer(o).Send(t.Context(), message("k1"))
		require.NoError(t, err)
		assert.Contains(t, string(s.accepted()[0].data), "Date: Sun, 01 Mar 2026 12:00:00 +0000\r\n")
	})
}

func TestNew(t *testing.T) {
	secret := frontdesk.NewSecret(testPassword)
	for field, o := range map[string]smtp.Options{
		"host":       {Host: " "},
		"port":       {Host: "mail.example.com", Port: 70000},
		"tls":        {Host: "mail.example.com", TLS: "maybe"},
		"username":   {Host: "mail.example.com", Password: secret},
		"password":   {Host: "mail.example.com", Username: "desk"},
		"hello_name": {Host: "mail.example.com", HelloName: "a\r\nb"},
		"key_header": {Host: "mail.example.com", KeyHeader: "X-Key: 1\r\nBcc"},
	} {
		t.Run("a wrong "+field+" is refused by its name", func(t *testing.T) {
			m, err := smtp.New(o)
			require.ErrorIs(t, err, frontdesk.Invalid)
			assert.Equal(t, field, frontdesk.Fields(err)[0].Name)
			assert.Nil(t, m)
		})
	}
	t.Run("a mailer prints no secret", func(t *testing.T) {
		m, err := smtp.New(smtp.Options{Host: "mail.example.com", Username: "desk", Password: secret})
		require.NoError(t, err)
		assert.Equal(t, "smtp.Mailer(mail.example.com:587)", fmt.Sprintf("%+v", m))
	})
}

func TestParseURL(t *testing.T) {
	for text, want := range map[string]smtp.Options{
		"smtp://mail.example.com":                  {Host: "mail.example.com"},
		"smtp://desk:p%40ss@mail.example.com:2525": {Host: "mail.example.com", Port: 2525, Username: "desk", Password: frontdesk.NewSecret("p@ss")},
		"smtps://desk:pass@mail.example.com/":      {Host: "mail.example.com", TLS: smtp.Implicit, Username: "desk", Password: frontdesk.NewSecret("pass")},
		"smtp://127.0.0.1:1025?tls=none":           {Host: "127.0.0.1", Port: 1025, TLS: smtp.None},
		"smtp://[::1]:1025?tls=opportunistic":      {Host: "::1", Port: 1025, TLS: smtp.Opportunistic},
		"smtps://resend:re_1@smtp.resend.com?key_header=Resend-Idempotency-Key": {
			Host: "smtp.resend.com", TLS: smtp.Implicit, Username: "resend", Password: frontdesk.NewSecret("re_1"), KeyHeader: smtp.ResendKeyHeader,
		},
	} {
		t.Run(text+" is read", func(t *testing.T) {
			got, err := smtp.ParseURL(text)
			require.NoError(t, err)
			assert.Equal(t, want.Password.Reveal(), got.Password.Reveal())
			got.Password, want.Password = frontdesk.Secret{}, frontdesk.Secret{}
			assert.Equal(t, want, got)
		})
	}
	for _, text := range []string{
		"", "mail.example.com:25", "http://mail.example.com", "smtp://", "smtp://mail.example.com/box", "smtp://mail.example.com?tls=none&tls=none",
		"smtps://mail.example.com?tls=none", "smtp://mail.example.com?verify=no", "smtp://desk:" + testPassword + "@mail.example.com:port",
	} {
		t.Run(text+" is refused and not shown", func(t *testing.T) {
			_, err := smtp.ParseURL(text)
			require.ErrorIs(t, err, frontdesk.Invalid)
			assert.Equal(t, "smtp_url", frontdesk.Fields(err)[0].Name)
			assert.NotContains(t, err.Error(), testPassword)
		})
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("smtp://desk:" + testPassword + "@mail.example.com:25?tls=none")
	f.Add("smtps://%zz")
	f.Fuzz(func(t *testing.T, text string) {
		o, err := smtp.ParseURL(text)
		if err != nil {
			require.ErrorIs(t, err, frontdesk.Invalid)
			return
		}
		require.NotEmpty(t, o.Host)
	})
}
