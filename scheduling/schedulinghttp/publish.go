package schedulinghttp

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

func encode(v any) ([]byte, error) {
	body, err := json.Marshal(v)
	return append(body, '\n'), err
}

// publish answers everybody alike, and those who have the answer already with 304. One that is
// not lasting is not kept.
func (h *handler) publish(w http.ResponseWriter, r *http.Request, body []byte, lasting bool) {
	control := "no-store"
	switch {
	case lasting && h.MaxAge > 0:
		control = "public, max-age=" + strconv.Itoa(int(h.MaxAge/time.Second))
	case lasting:
		control = "public, no-cache"
	}
	w.Header().Set("Cache-Control", control)
	conditional(w, r, "application/json", body)
}

// conditional answers with the body, or 304 to whoever has it.
func conditional(w http.ResponseWriter, r *http.Request, contentType string, body []byte) {
	sum := sha256.Sum256(body)
	header := w.Header()
	header.Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(sum[:16])+`"`)
	header.Set("Content-Type", contentType)
	header.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
