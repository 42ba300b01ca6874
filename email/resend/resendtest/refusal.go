package resendtest

import (
	"encoding/json"
	"net/http"
)

// refusal is an error of Resend's (https://resend.com/docs/api-reference/errors).
type refusal struct {
	StatusCode int    `json:"statusCode"`
	Name       string `json:"name"`
	Message    string `json:"message"`
}

func (r *refusal) write(w http.ResponseWriter) { writeJSON(w, r.StatusCode, r) }

func writeJSON(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // all that is answered can be written
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
