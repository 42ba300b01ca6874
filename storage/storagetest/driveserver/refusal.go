package driveserver

import (
	"encoding/json"
	"net/http"
)

// refusal is an error of Drive's
// (https://developers.google.com/workspace/drive/api/guides/handle-errors).
type refusal struct {
	status          int
	reason, message string
}

func (r *refusal) write(w http.ResponseWriter) {
	detail := map[string]any{"code": r.status, "message": r.message}
	if r.reason != "" {
		detail["errors"] = []map[string]string{{"domain": "global", "reason": r.reason, "message": r.message}}
	}
	writeJSON(w, r.status, map[string]any{"error": detail})
}

func notFound(id string) *refusal {
	return &refusal{http.StatusNotFound, "notFound", "File not found: " + id + "."}
}

func invalid(message string) *refusal {
	return &refusal{http.StatusBadRequest, "invalid", message}
}

func forbidden(reason, message string) *refusal {
	return &refusal{http.StatusForbidden, reason, message}
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // all that is answered can be written
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
