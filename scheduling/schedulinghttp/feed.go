package schedulinghttp

import (
	"bytes"
	"net/http"
	"strings"
)

// feed gives an expert's agenda to calendars that subscribe to it.
func (h *handler) feed(w http.ResponseWriter, r *http.Request) error {
	token, found := strings.CutSuffix(r.PathValue("file"), ".ics")
	if !found || h.Feed == nil || !plausible(token) {
		return errUnknown
	}
	f, err := h.svc.FeedOf(r.Context(), token)
	if err != nil {
		return err
	}
	// What fails in the middle is no feed: a reader would take what is missing for cancelled.
	var body bytes.Buffer
	if err := h.Feed(&body, f); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("X-Robots-Tag", "noindex")
	conditional(w, r, "text/calendar; charset=utf-8", body.Bytes())
	return nil
}

// feedRecord is where an expert's feed is.
type feedRecord struct {
	Token string `json:"token"`
	Path  string `json:"path"` // on this host
}

func (h *handler) feedLink(w http.ResponseWriter, r *http.Request) error {
	expert, err := queryExpert(r)
	if err != nil {
		return err
	}
	if err := h.empty(w, r); err != nil {
		return err
	}
	token, err := h.svc.FeedToken(r.Context(), expert)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, feedRecord{Token: token, Path: located(r, "/feeds/"+token+".ics")})
}

func (h *handler) revokeFeed(w http.ResponseWriter, r *http.Request) error {
	expert, err := queryExpert(r)
	if err != nil {
		return err
	}
	if err := h.svc.RevokeFeed(r.Context(), expert); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
