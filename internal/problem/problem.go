// Package problem writes RFC 9457 problem details with our code.
package problem

import (
	"encoding/json"
	"net/http"

	"github.com/frontdesk-go/frontdesk"
)

type problem struct {
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail"`
	Code      frontdesk.Code `json:"code"`
	RequestID string         `json:"request_id,omitempty"`
}

// Write answers a request with a problem: the code, and a detail for whoever asked.
func Write(w http.ResponseWriter, r *http.Request, status int, code frontdesk.Code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	// A client that has gone away reads no answer.
	_ = json.NewEncoder(w).Encode(problem{http.StatusText(status), status, detail, code, frontdesk.FromRequest(r).RequestID})
}
