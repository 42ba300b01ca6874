package resendtest

import (
	"crypto/sha256"
	"net/http"
	"time"
)

const (
	keyLife = 24 * time.Hour
	maxKey  = 256
)

// remembered is what was answered under an idempotency key
// (https://resend.com/docs/dashboard/emails/idempotency-keys).
type remembered struct {
	print  [sha256.Size]byte // of the request
	at     time.Time
	answer any // nil: it is being carried out
}

// once carries a request out once per key. What was refused may come again.
func (s *Server) once(w http.ResponseWriter, r *http.Request, body []byte, carryOut func() (any, *refusal)) {
	key := r.Header.Get("Idempotency-Key")
	known, refused := s.claim(key, r, body)
	if refused != nil {
		refused.write(w)
		return
	}
	if known != nil {
		writeJSON(w, http.StatusOK, known)
		return
	}
	answer, refused := carryOut()
	s.settle(key, answer, refused)
	if refused != nil {
		refused.write(w)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

// claim returns what was answered under the key before, or takes it.
func (s *Server) claim(key string, r *http.Request, body []byte) (any, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, given := r.Header["Idempotency-Key"]; !given {
		return nil, nil
	}
	if key == "" || len(key) > maxKey {
		return nil, &refusal{http.StatusBadRequest, "invalid_idempotency_key", "The key must be between 1-256 chars."}
	}
	print := sha256.Sum256(append([]byte(r.URL.Path+"\n"), body...))
	k, found := s.keys[key]
	switch {
	case !found || s.now().Sub(k.at) >= keyLife:
		s.keys[key] = &remembered{print: print, at: s.now()}
		return nil, nil
	case k.print != print:
		return nil, &refusal{http.StatusConflict, "invalid_idempotent_request", "This idempotency key has been used on a request with a different payload."}
	case k.answer == nil:
		return nil, &refusal{http.StatusConflict, "concurrent_idempotent_requests", "Another request with the same idempotency key is being processed."}
	}
	return k.answer, nil
}

func (s *Server) settle(key string, answer any, refused *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case key == "":
	case refused != nil:
		delete(s.keys, key)
	default:
		s.keys[key].answer = answer
	}
}
