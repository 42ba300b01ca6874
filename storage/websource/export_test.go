package websource

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
)

// Trust lets the source trust test servers.
func (s *Source) Trust(pool *x509.CertPool) {
	s.http.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}
