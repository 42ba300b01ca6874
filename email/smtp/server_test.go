package smtp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/email/smtp"
)

const (
	testUser     = "desk"
	testPassword = "smtpSecretOfTheTests"
)

// received is a mail that the server has accepted.
type received struct {
	from string
	to   []string
	data []byte
}

// fault is how one mail goes wrong. One field is set.
type fault struct {
	mail, rcpt, data *gosmtp.SMTPError
	cut              string // the connection, at "MAIL", "RCPT", or before the end of "DATA"
	lose             bool   // accept, and cut before the answer
	leave            bool   // accept, answer, and cut
	hold             chan struct{}
}

// server is an SMTP server in this process that does what it is told.
type server struct {
	*gosmtp.Server
	t    testing.TB
	host string
	port int
	// discards: mails are read and not kept
	discards bool

	mu       sync.Mutex
	faults   []fault
	refused  map[string]*gosmtp.SMTPError
	mails    []received
	calls    int // MAIL commands
	dials    int // connections
	left     chan struct{}
	lastUser string
}

// serve starts a server; setup may change it before.
func serve(t testing.TB, setup func(*server)) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return serveOn(t, l, setup)
}

// serveTLS starts a server that is encrypted from the first byte.
func serveTLS(t *testing.T, cert tls.Certificate, setup func(*server)) *server {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	require.NoError(t, err)
	return serveOn(t, l, setup)
}

func serveOn(t testing.TB, l net.Listener, setup func(*server)) *server {
	t.Helper()
	host, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	s := &server{t: t, host: host, refused: map[string]*gosmtp.SMTPError{}, left: make(chan struct{}, 1000)}
	s.port, err = strconv.Atoi(port)
	require.NoError(t, err)
	s.Server = gosmtp.NewServer(s)
	s.Domain, s.ErrorLog, s.MaxMessageBytes = "localhost", log.New(io.Discard, "", 0), 64<<20
	if setup != nil {
		setup(s)
	}
	done := make(chan struct{})
	go func() {
		_ = s.Serve(l)
		close(done)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		_ = l.Close() // Serve may not have begun
		<-done
	})
	return s
}

// options reach the server.
func (s *server) options() smtp.Options {
	return smtp.Options{Host: s.host, Port: s.port, TLS: smtp.None, Timeout: 20 * time.Second}
}

// mailer returns a mailer on the server.
func (s *server) mailer(o smtp.Options) *smtp.Mailer {
	s.t.Helper()
	m, err := smtp.New(o)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = m.Close() })
	return m
}

func (s *server) next(faults ...fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

func (s *server) refuse(address string, answer *gosmtp.SMTPError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused[address] = answer
}

func (s *server) accepted() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

func (s *server) count() (calls, dials int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls, s.dials
}

// NewSession implements gosmtp.Backend.
func (s *server) NewSession(c *gosmtp.Conn) (gosmtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dials++
	return &visit{server: s, conn: c}, nil
}

// visit is one connection.
type visit struct {
	server *server
	conn   *gosmtp.Conn
	fault  fault
	mail   received
}

var errCut = errors.New("cut")

func (v *visit) cut() error {
	_ = v.conn.Conn().Close()
	return errCut
}

func (v *visit) Mail(from string, _ *gosmtp.MailOptions) error {
	s := v.server
	s.mu.Lock()
	s.calls++
	v.fault = fault{}
	if len(s.faults) > 0 {
		v.fault, s.faults = s.faults[0], s.faults[1:]
	}
	s.mu.Unlock()
	v.mail = received{from: from}
	switch {
	case v.fault.cut == "MAIL":
		return v.cut()
	case v.fault.mail != nil:
		return v.fault.mail
	}
	return nil
}

func (v *visit) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	v.server.mu.Lock()
	refused := v.server.refused[to]
	v.server.mu.Unlock()
	switch {
	case v.fault.cut == "RCPT":
		return v.cut()
	case v.fault.rcpt != nil:
		return v.fault.rcpt
	case refused != nil:
		return refused
	}
	v.mail.to = append(v.mail.to, to)
	return nil
}

func (v *visit) Data(r io.Reader) error {
	if v.fault.cut == "DATA" {
		_, _ = io.ReadFull(r, make([]byte, 10))
		return v.cut()
	}
	if v.server.discards {
		_, err := io.Copy(io.Discard, r)
		return err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if v.fault.hold != nil {
		<-v.fault.hold
	}
	if v.fault.data != nil {
		return v.fault.data
	}
	v.mail.data = data
	v.server.mu.Lock()
	v.server.mails = append(v.server.mails, v.mail)
	v.server.mu.Unlock()
	switch {
	case v.fault.lose:
		return v.cut()
	case v.fault.leave:
		_, _ = v.conn.Conn().Write([]byte("250 2.0.0 accepted\r\n"))
		return v.cut()
	}
	return nil
}

func (v *visit) Reset() {}

func (v *visit) Logout() error {
	v.server.left <- struct{}{}
	return nil
}

// signing is a visit that can sign in.
type signing struct{ *visit }

func (v signing) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v signing) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		v.server.mu.Lock()
		defer v.server.mu.Unlock()
		v.server.lastUser = user
		if user != testUser || password != testPassword {
			return gosmtp.ErrAuthFailed
		}
		return nil
	}), nil
}

// withAuth makes the server ask for the user and the password of the tests.
func withAuth(s *server) {
	s.Backend = gosmtp.BackendFunc(func(c *gosmtp.Conn) (gosmtp.Session, error) {
		v, err := s.NewSession(c)
		return signing{v.(*visit)}, err
	})
}

// certificate is made for 127.0.0.1, and trusted by the pool.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// answer is one of the server's.
func answer(code int, enhanced [3]int, text string) *gosmtp.SMTPError {
	return &gosmtp.SMTPError{Code: code, EnhancedCode: gosmtp.EnhancedCode(enhanced), Message: text}
}
