package resendtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
)

const (
	maxBody  = 64 << 20 // of a request
	maxBatch = 100
	maxPage  = 100
)

// read reads a request to its end. One that breaks off is not answered.
func read(r *http.Request) []byte {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return body
}

func (s *Server) send(w http.ResponseWriter, r *http.Request) {
	body := read(r)
	s.once(w, r, body, func() (any, *refusal) {
		var d draft
		if err := json.Unmarshal(body, &d); err != nil {
			return nil, invalid("validation_error", "The request body is not valid JSON.")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		e, refused := s.accept(&d)
		if refused != nil {
			return nil, refused
		}
		e.IdempotencyKey = r.Header.Get("Idempotency-Key")
		return map[string]string{"id": e.ID}, nil
	})
}

func (s *Server) accept(d *draft) (*Email, *refusal) {
	if refused := s.check(d); refused != nil {
		return nil, refused
	}
	at, refused := s.scheduled(d)
	if refused != nil {
		return nil, refused
	}
	e := d.email()
	if refused := s.quota(e.recipients()); refused != nil {
		return nil, refused
	}
	e.ID, e.CreatedAt = fmt.Sprintf("00000000-0000-4000-8000-%012d", len(s.emails)+1), s.now()
	if !at.IsZero() {
		e.ScheduledAt, e.LastEvent = at, "scheduled"
	}
	s.emails = append(s.emails, e)
	return e, nil
}

// batchAnswer is the answer to a batch.
type batchAnswer struct {
	Data   []map[string]string `json:"data"`
	Errors []batchError        `json:"errors,omitempty"`
}

type batchError struct {
	Index   int    `json:"index"`
	Message string `json:"message"`
}

func (s *Server) sendBatch(w http.ResponseWriter, r *http.Request) {
	body := read(r)
	s.once(w, r, body, func() (any, *refusal) {
		var drafts []draft
		if err := json.Unmarshal(body, &drafts); err != nil {
			return nil, invalid("validation_error", "The request body is not a list of emails.")
		}
		if len(drafts) == 0 || len(drafts) > maxBatch {
			return nil, invalid("validation_error", "A batch must hold between 1 and 100 emails.")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.acceptBatch(drafts, r.Header.Get("Idempotency-Key"), r.Header.Get("X-Batch-Validation") == "permissive")
	})
}

// acceptBatch drops what batches cannot have, in silence as Resend does.
func (s *Server) acceptBatch(drafts []draft, key string, permissive bool) (any, *refusal) {
	answer := batchAnswer{Data: []map[string]string{}}
	before := len(s.emails)
	for i := range drafts {
		drafts[i].Attachments, drafts[i].ScheduledAt = nil, ""
		e, refused := s.accept(&drafts[i])
		if refused == nil {
			e.IdempotencyKey, e.Batch = key, true
			answer.Data = append(answer.Data, map[string]string{"id": e.ID})
			continue
		}
		if !permissive || refused.StatusCode == http.StatusTooManyRequests {
			s.emails = s.emails[:before]
			return nil, refused
		}
		answer.Errors = append(answer.Errors, batchError{i, refused.Message})
	}
	return answer, nil
}

// find finds an email by its id. The lock is held.
func (s *Server) find(id string) *Email {
	i := slices.IndexFunc(s.emails, func(e *Email) bool { return e.ID == id })
	if i < 0 {
		return nil
	}
	return s.emails[i]
}

var noEmail = &refusal{http.StatusNotFound, "not_found", "Email not found"}

func (s *Server) cancel(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.find(r.PathValue("id"))
	switch {
	case e == nil:
		noEmail.write(w)
	case e.LastEvent != "scheduled" || !s.now().Before(e.ScheduledAt):
		invalid("validation_error", "The email cannot be canceled: it is not scheduled.").write(w)
	default:
		e.LastEvent = "canceled"
		writeJSON(w, http.StatusOK, map[string]string{"object": "email", "id": e.ID})
	}
}

// Depart sends a scheduled email now. It reports whether there was one.
func (s *Server) Depart(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.find(id)
	if e == nil || e.LastEvent != "scheduled" {
		return false
	}
	e.LastEvent = "sent"
	return true
}

// view is an email as it is read back: neither its key nor its headers are told.
func (e *Email) view() map[string]any {
	v := map[string]any{
		"object": "email", "id": e.ID, "from": e.From, "to": e.To, "cc": e.Cc, "bcc": e.Bcc, "reply_to": e.ReplyTo,
		"subject": e.Subject, "created_at": e.CreatedAt, "last_event": e.LastEvent, "scheduled_at": nil,
	}
	if !e.ScheduledAt.IsZero() {
		v["scheduled_at"] = e.ScheduledAt
	}
	return v
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.find(r.PathValue("id"))
	if e == nil {
		noEmail.write(w)
		return
	}
	v := e.view()
	v["html"], v["text"] = e.HTML, e.Text
	writeJSON(w, http.StatusOK, v)
}

// list answers with the newest first, after the email named by the parameter "after".
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil {
		limit = 20
	}
	after := r.URL.Query().Get("after")
	page := []map[string]any{}
	more := false
	for _, e := range slices.Backward(s.emails) {
		switch {
		case after != "":
			if e.ID == after {
				after = ""
			}
		case len(page) == min(limit, maxPage):
			more = true
		default:
			page = append(page, e.view())
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"object": "list", "has_more": more, "data": page})
}
